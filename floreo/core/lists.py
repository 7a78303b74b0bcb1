"""A list page: search, filters, keyset pages and downloads over a Table, all from the address."""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _

from floreo.core import tables
from floreo.core.errors import Missing, Refused
from floreo.core.tables import Table

PAGE = 50
MOST_WORDS = 8  # that are looked for
MOST_KEYS = (
    20_000  # of rows with the words asked for, read at once; where there are more, they are counted by the database
)
ALL = "all"  # what a filter with a default is set to, to show everything
NEXT_FEW = 2_000  # rows in which a page is looked for, where very many rows may have the words


def _cursor(row: Any, order: Iterable[str]) -> str:
    values = []
    for name in order:
        value = row
        for step in name.lstrip("-").split("__"):
            value = getattr(value, step)
        values.append(value.isoformat() if isinstance(value, date | datetime) else value)
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


_LARGEST = 1 << 63  # what a column of whole numbers holds


def _is_sound(value: object) -> bool:
    """Whether a database can take it: no NUL, no half of a character, no infinity, no number that no column holds."""
    if isinstance(value, str):
        return "\x00" not in value and not any("\ud800" <= c <= "\udfff" for c in value)
    if isinstance(value, int):
        return abs(value) < _LARGEST
    return isinstance(value, float) and math.isfinite(value)


def _values(cursor: str, order: tuple[str, ...]) -> list[Any]:
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, UnicodeDecodeError, RecursionError):
        values = None
    if not isinstance(values, list) or len(values) != len(order) or not all(map(_is_sound, values)):
        raise Refused(_("The address of this page is incomplete. Start again from the first page."), code="bad_cursor")
    return values


def after(rows: QuerySet[Any], order: tuple[str, ...], cursor: str) -> QuerySet[Any]:
    """The rows that follow the one `cursor` was made from, in `order`."""
    values = _values(cursor, order)
    condition = Q()
    for depth, name in enumerate(order):
        field, operator = name.lstrip("-"), "lt" if name.startswith("-") else "gt"
        same = {o.lstrip("-"): v for o, v in zip(order[:depth], values[:depth], strict=True)}
        condition |= Q(**same) & Q(**{f"{field}__{operator}": values[depth]})
    # Said once more of the first field alone: an index can begin there, and a page deep in a list costs what the first does.
    leading = order[0].lstrip("-")
    bound = Q(**{f"{leading}__{'lte' if order[0].startswith('-') else 'gte'}": values[0]})
    try:
        return rows.filter(bound & condition)
    except (ValidationError, ValueError, TypeError) as error:
        raise Refused(
            _("The address of this page is incomplete. Start again from the first page."), code="bad_cursor"
        ) from error


@dataclass(frozen=True)
class Option:
    """One choice of a filter, with the address that chooses it."""

    value: str
    title: tables.Words
    is_current: bool
    address: Callable[[], str]

    @property
    def href(self) -> str:
        return self.address()


@dataclass(frozen=True)
class ShownFilter:
    name: str
    title: tables.Words
    options: tuple[Option, ...]
    current: str


class Listing:
    """What a list page shows. Reads `q`, `after` and the table's filters from the address. `shown` may leave columns out that the
    page does not show; a download has them all. `by_keys` gives the rows of a page by the keys that the viewer's own query found, in
    the table's order, where a composed query does it sooner. `narrowed` gives the keys of the rows that may have the words asked for
    (core/search.py: with_parts), or None where it does not know; a list that is not `counted` never asks for its total. With
    `words_counted_to`, rows with the words asked for are counted as far as that: `is_more` says that there are more."""

    def __init__(
        self,
        table: Table,
        request: HttpRequest,
        *,
        rows: QuerySet[Any] | None = None,
        page: int = PAGE,
        shown: Callable[[QuerySet[Any]], QuerySet[Any]] | None = None,
        by_keys: Callable[[list[Any]], list[Any]] | None = None,
        narrowed: Callable[[str], list[int] | None] | None = None,
        counted: bool = True,
        words_counted_to: int = MOST_KEYS,
    ):
        if not table.is_open_to(request.user):
            raise Missing
        self.table, self.request, self.page, self.shown, self.by_keys = table, request, page, shown, by_keys
        self.narrowed, self.counted, self.words_counted_to = narrowed, counted, words_counted_to
        self._asked: dict[str, list[tuple[str, tables.Words]]] = {}
        self.q = request.GET.get("q", "").replace("\x00", " ").strip()[:200]
        self._base = table.ordered(request.user) if rows is None else rows.order_by(*table.order)

    @cached_property
    def all_rows(self) -> QuerySet[Any]:
        """Every row that fits search and filters, in order: what a download holds."""
        rows = self._filtered
        if self._may_have is not None:
            return self._with_words(rows.filter(pk__among=self._may_have))
        return self._found(rows)

    @cached_property
    def _words(self) -> list[str]:
        return self.q.split()[:MOST_WORDS]

    @cached_property
    def _may_have(self) -> list[int] | None:
        """The keys of the few rows that may have the words; None where none are asked for, or nobody knows, or many may."""
        return self.narrowed(" ".join(self._words)) if self._words and self.narrowed is not None else None

    @cached_property
    def _filtered(self) -> QuerySet[Any]:
        """The rows that fit the filters, whatever their words."""
        rows = self._base
        for each in self.table.filters:
            chosen = self._chosen(each)
            if chosen and chosen in {value for value, _title in self._choices(each)}:
                rows = each.narrow(rows, chosen)
        return rows

    def _choices(self, each: tables.Filter) -> list[tuple[str, tables.Words]]:
        """Asked for once: they narrow the list, and they are shown."""
        if each.name not in self._asked:
            self._asked[each.name] = list(each.choices())
        return self._asked[each.name]

    def _chosen(self, each: tables.Filter) -> str:
        """What the address says of that filter, else that with which the list opens."""
        return self.request.GET.get(each.name) or each.default

    def _with_words(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Of a few rows those that have the words: their texts are read."""
        for word in self._words:
            condition = Q()
            for name in self.table.search:
                condition |= Q(**{f"{name}__icontains": word})
            rows = rows.filter(condition)
        return rows

    def _found(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The same of all rows, by the index of the table where it has one."""
        if self.table.having is None:
            return self._with_words(rows)
        for word in self._words:
            rows = rows.filter(self.table.having(word))
        return rows

    @cached_property
    def _keys(self) -> list[Any] | None:
        """The keys of all rows with the words asked for, in order: they are looked for once, and not for the count and then again
        for the page. None where no words are asked for, nobody counts them, or too many rows have them."""
        if not self.q or not self.counted or self.table.order[-1].lstrip("-") != "pk" or self._is_soon_counted:
            return None
        keys = list(self.all_rows.values_list("pk", flat=True)[: self.words_counted_to + 1])
        return keys if len(keys) <= self.words_counted_to else None

    @cached_property
    def _first_keys(self) -> list[Any]:
        """The keys of those among the first few rows that have the words, in order, where very many may have them; else none."""
        few = 2 * self.words_counted_to
        if few > NEXT_FEW or self.narrowed is None or self._may_have is not None:
            return []
        first = list(self._filtered.values_list("pk", flat=True)[:few])
        return list(self._with_words(self._base.filter(pk__among=first)).values_list("pk", flat=True))

    @property
    def _is_soon_counted(self) -> bool:
        """Whether already these are more than are counted: then no other text is read."""
        return len(self._first_keys) > self.words_counted_to

    def _page_of_keys(self, keys: list[Any], cursor: str) -> QuerySet[Any] | None:
        """The rows of the page that begins after `cursor`. None where the row of the cursor is no longer among them."""
        last = _values(cursor, self.table.order)[-1] if cursor else None
        if cursor and last not in keys:
            return None
        start = keys.index(last) + 1 if cursor else 0
        return self._base.filter(pk__among=keys[start : start + self.page + 1])

    def _page_of_many(self, cursor: str) -> QuerySet[Any] | None:
        """The page after `cursor` of a list that nobody counts to its end, where so many rows may have the words that the page is among
        the next few: only their texts are read, where the database would read all of them and sort what it found. None where it is
        not."""
        is_counted = self.counted and not self.is_more
        if not self._words or is_counted or self.narrowed is None or self._may_have is not None:
            return None
        rows = after(self._filtered, self.table.order, cursor) if cursor else self._filtered
        few = list(rows.values_list("pk", flat=True)[:NEXT_FEW])
        keys = list(self._with_words(self._base.filter(pk__among=few)).values_list("pk", flat=True)[: self.page + 1])
        return self._base.filter(pk__among=keys) if len(keys) > self.page or len(few) < NEXT_FEW else None

    @cached_property
    def _fetched(self) -> list[Any]:
        cursor = self.request.GET.get("after", "")
        if self._keys is not None:
            rows = self._page_of_keys(self._keys, cursor)
        elif self._is_soon_counted and not cursor:
            rows = self._base.filter(pk__among=self._first_keys[: self.page + 1])
        else:
            rows = self._page_of_many(cursor)
        if rows is None:
            rows = after(self.all_rows, self.table.order, cursor) if cursor else self.all_rows
            if self.table.has_long_rows:
                keys = list(rows.values_list("pk", flat=True)[: self.page + 1])
                if self.by_keys is not None:
                    return self.by_keys(keys)
                rows = self._base.filter(pk__among=keys)
        if self.shown is not None:
            rows = self.shown(rows)
        return list(rows[: self.page + 1])

    @property
    def rows(self) -> list[Any]:
        return self._fetched[: self.page]

    @cached_property
    def is_more(self) -> bool:
        """Whether more rows have the words asked for than are counted: then `total` is how far they were counted."""
        return bool(self.q) and self.words_counted_to < MOST_KEYS and self._keys is None

    @cached_property
    def total(self) -> int:
        if self._keys is not None:
            return len(self._keys)
        return self.words_counted_to if self.is_more else self.all_rows.count()

    @property
    def next_href(self) -> str:
        if len(self._fetched) <= self.page:
            return ""
        return self.href(after=_cursor(self._fetched[self.page - 1], self.table.order))

    @property
    def first_href(self) -> str:
        return self.href(after="") if self.request.GET.get("after") else ""

    @cached_property
    def _given(self) -> dict[str, str]:
        """What the address says of this list."""
        names = ["q", "after", *(f.name for f in self.table.filters)]
        return {n: self.request.GET.get(n, "") for n in names}

    @cached_property
    def filters(self) -> list[ShownFilter]:
        shown = []
        for each in self.table.filters:
            current, all_of_it = self._chosen(each), ALL if each.default else ""

            def leads_to(value: str, name: str = each.name) -> Callable[[], str]:
                return lambda: self.href(**{name: value, "after": ""})

            everything = Option(all_of_it, each.unchosen or _("All"), current == all_of_it, leads_to(all_of_it))
            options = [Option(value, title, value == current, leads_to(value)) for value, title in self._choices(each)]
            shown.append(ShownFilter(each.name, each.title, (everything, *options), current))
        return shown

    @property
    def is_narrowed(self) -> bool:
        usual = {each.name: {"", each.default, ALL} for each in self.table.filters}
        return bool(self.q) or any(f.current not in usual[f.name] for f in self.filters)

    def href(self, **changes: str) -> str:
        """This address with some of its parameters changed; empty ones go."""
        query = urlencode({k: v for k, v in (self._given | changes).items() if v})
        return f"?{query}" if query else self.request.path

    def download_href(self, kind: str) -> str:
        return self.href(download=kind, after="")

    def download(self) -> HttpResponse | StreamingHttpResponse | None:
        """The file asked for by `?download=`, or None when the page itself is wanted."""
        kind = self.request.GET.get("download", "")
        return file_response(self.table, self.all_rows, kind, self.request.user) if kind else None


def file_response(table: Table, rows: QuerySet[Any], kind: str, viewer: object) -> HttpResponse | StreamingHttpResponse:
    """The table as a file of `kind` csv, json or xlsx. Raises Missing for another kind."""
    stream = tables.light(rows).iterator(chunk_size=tables.AT_ONCE)
    response: HttpResponse | StreamingHttpResponse
    if kind == "csv":
        response = StreamingHttpResponse(tables.as_csv(table, stream, viewer), content_type="text/csv; charset=utf-8")
    elif kind == "json":
        response = StreamingHttpResponse(tables.as_json(table, stream, viewer), content_type="application/json")
    elif kind == "xlsx":
        body = tables.as_xlsx({table.name: (table, stream)}, viewer)
        response = HttpResponse(body, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    else:
        raise Missing
    response.headers["Content-Disposition"] = f'attachment; filename="{table.name}.{kind}"'
    return response
