"""Where finds of the plan are put: gives them codes and parents, and keeps one row for what a text says twice."""

from __future__ import annotations

from collections import Counter, defaultdict

from floreo.core.reading.document import Block
from floreo.strategy.drafting.rows import Kind, Value
from floreo.strategy.drafting.rules.details import details_in
from floreo.strategy.drafting.rules.found import Found
from floreo.strategy.drafting.source import Source, plain

_DETAILS = ("lead", "supporting", "starts", "due", "budget")


class FoundRows:
    """The finds so far and the open pillar, objective and action that the next find may belong to."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.found: list[Found] = []
        # Long documents have thousands of rows, so what is known is looked up, not searched for.
        self._by_wording: dict[tuple[Kind, str], list[Found]] = defaultdict(list)
        self._first_code: dict[tuple[Kind, str], Found] = {}
        self._same_code: dict[tuple[Kind, str], list[Found]] = defaultdict(list)
        self._printed: dict[tuple[Kind, str], list[Found]] = defaultdict(list)
        self._children: Counter[tuple[Kind, int]] = Counter()
        self.pillar: Found | None = None
        self.objective: Found | None = None
        self.action: Found | None = None

    def leave_pillar(self) -> None:
        self.pillar = self.objective = self.action = None

    def numbered_parent(self, number: str) -> Found | None:
        """The objective or pillar whose code a dotted number continues."""
        head, dot, _ = number.rpartition(".")
        if not dot or self.pillar is None:
            return None
        for kind in (Kind.OBJECTIVE, Kind.PILLAR):
            for row in reversed(self._printed[kind, head]):
                if row is self.pillar or row.parent is self.pillar:
                    return row
        return None

    def put(
        self,
        kind: Kind,
        start: int,
        end: int,
        *,
        upto: int,
        fields: dict[str, Value],
        named: bool = False,
        full_row: bool = False,
        printed: str = "",
        listed: bool = False,
    ) -> None:
        """Adds a find, or opens the one the text already gave under another heading."""
        title = " ".join(self.source.text[start:end].split())
        parent = self._parent(kind, str(fields.get("code") or ""))
        known = self._known(kind, title, str(fields.get("code") or ""), parent, named=named)
        if known is None:
            known = Found(kind, title, start, upto, parent, {"code": "", "title": title, **fields}, printed, listed)
            self._settle_code(known, named=named)
            self._add(known)
        elif full_row and kind == Kind.ACTION and _richness(fields) > _richness(known.fields):
            # The row of the table says more than the list before it, so it is the better passage.
            known.start, known.end = start, upto
            known.fields |= {key: value for key, value in fields.items() if value and key != "code"}
        self._open(known)

    def add_details(self, block: Block) -> bool:
        """Trailers that are in a paragraph of their own belong to the open action, whose passage then grows."""
        if self.action is None or block.start < self.action.end:
            return False
        details = details_in(self.source.text, block.start, block.end)
        for name, value in details.fields.items():
            self.action.fields.setdefault(name, value)
        self.action.end = block.end
        return True

    def _add(self, row: Found) -> None:
        self.found.append(row)
        self._by_wording[row.kind, plain(row.title)].append(row)
        self._first_code.setdefault((row.kind, row.code), row)
        self._same_code[row.kind, row.code].append(row)
        self._printed[row.kind, row.printed].append(row)
        self._children[row.kind, id(row.parent)] += 1

    def _open(self, row: Found) -> None:
        if row.kind == Kind.PILLAR:
            self.pillar, self.objective, self.action = row, None, None
        elif row.kind == Kind.OBJECTIVE:
            self.objective, self.action = row, None
            self.pillar = row.parent if row.parent is not None else self.pillar
        else:
            self.action = row

    def _parent(self, kind: Kind, code: str) -> Found | None:
        if kind == Kind.PILLAR:
            return None
        if (parent := self._by_code(kind, code)) is not None:
            return parent
        if kind == Kind.OBJECTIVE:
            return self.pillar
        return self.objective or self.pillar

    def _by_code(self, kind: Kind, code: str) -> Found | None:
        head = code.rpartition(".")[0]
        wanted = (Kind.PILLAR,) if kind == Kind.OBJECTIVE else (Kind.OBJECTIVE, Kind.PILLAR)
        while head:
            for kind_above in wanted:
                if (row := self._first_code.get((kind_above, head))) is not None:
                    return row
            head = head.rpartition(".")[0]
        return None

    def _known(self, kind: Kind, title: str, code: str, parent: Found | None, *, named: bool) -> Found | None:
        for row in self._by_wording[kind, plain(title)]:
            near = kind == Kind.PILLAR or row.parent is parent or row.code == code
            other_action = kind == Kind.ACTION and code and row.code and row.code != code
            if near and not other_action:
                return row
        if not code or kind == Kind.ACTION or not (named or "." in code):
            return None
        same_code = self._same_code[kind, code]
        return next((row for row in same_code if kind == Kind.PILLAR or row.parent is parent), None)

    def objective_is_one_of_many(self) -> bool:
        """Whether the open objective is the last of a list, so that what follows belongs to all of them."""
        open_one = self.objective
        if open_one is None or not open_one.listed:
            return False
        return self._children[Kind.OBJECTIVE, id(open_one.parent)] > 1

    def _settle_code(self, row: Found, *, named: bool) -> None:
        """A code as the text gives it, or by counting; one that counts sections of the document is replaced."""
        parent = row.parent
        if row.kind == Kind.OBJECTIVE and parent is not None and not named:
            if row.code.isdigit():
                row.fields["code"] = f"{parent.code}.{row.code}"
            elif parent.printed != parent.code:
                row.fields["code"] = ""
        if row.kind == Kind.PILLAR and "." in row.code:
            row.fields["code"] = ""
        if not row.code:
            row.fields["code"] = self._next_code(row)

    def _next_code(self, row: Found) -> str:
        count = self._children[row.kind, id(row.parent)] + 1
        if row.kind == Kind.PILLAR:
            return str(count)
        if row.kind == Kind.OBJECTIVE and row.parent is not None:
            return f"{row.parent.code}.{count}"
        return str(count) if row.kind == Kind.OBJECTIVE else ""


def _richness(fields: dict[str, Value]) -> int:
    return sum(1 for name in _DETAILS if fields.get(name))
