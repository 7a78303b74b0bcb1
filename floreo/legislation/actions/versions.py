"""Versions: read from a file, edited clause by clause, amended by a bill, published."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from django.db.models import F
from django.utils.text import slugify
from django.utils.translation import gettext as _

from floreo.core import languages
from floreo.core.access import Actor, Permission, must
from floreo.core.action import action
from floreo.core.decisions import itself
from floreo.core.errors import Changed, Refused
from floreo.core.reading.document import Unreadable
from floreo.core.uploads import digest_of
from floreo.core.writing import lock_latest, refuse, require_free_code, require_text, save
from floreo.legislation.models import (
    Instrument,
    InstrumentKind,
    LawInstruction,
    LawProvision,
    LawVersion,
    TreatyVerdict,
)
from floreo.legislation.presenters import unreadable_text
from floreo.legislation.text import akn, amend
from floreo.legislation.text.caged import ReadLaw, read_law
from floreo.legislation.text.lines import CELLS, lines_of
from floreo.legislation.text.outline import Builder, TextLine, judged
from floreo.legislation.text.provisions import Provision, provisions_of
from floreo.legislation.text.structure import Doubt, LegalText, Node
from floreo.organisations.queries import the_country

MOST_WORDS = 60_000  # of one clause, in characters
MOST_LINES, LONGEST_LINE = 2_000, 10_000  # what is longer takes long to read, and is no paragraph of a law


def frame_of(instrument: Instrument, *, dated: date, language: str) -> dict[str, str]:
    """What the head of the document says, as plain data."""
    country = the_country()
    return {
        "country": (country.code if country else "xx").lower()[:2],
        "kind": "bill" if instrument.kind == InstrumentKind.BILL else "act",
        "on": (instrument.dated or dated).isoformat(),
        "number": slugify(instrument.number) or instrument.code,
        "title": instrument.title,
        "language": languages.iso_639_2(language),
    }


def _frame(version: LawVersion) -> akn.Frame:
    facts = frame_of(version.instrument, dated=version.dated, language=version.language)
    return akn.Frame(
        facts["country"],
        facts["kind"],
        date.fromisoformat(facts["on"]),
        facts["number"],
        facts["title"],
        facts["language"],
    )


def import_version(
    instrument: Instrument,
    *,
    by: Actor,
    file: Path,
    name: str,
    code: str,
    title: str,
    dated: date,
    language: str = "",
) -> LawVersion:
    """A version from a Word, PDF, HTML or text file. Refuses with a sentence what cannot be read, and what holds no section. The file is
    read before anything is written: while it is read, everybody else writes."""
    must(by, Permission.LAW_EDIT, instrument)
    language = language or languages.first()
    version = LawVersion(
        instrument=instrument,
        code=require_free_code(instrument.versions.all(), code),
        title=require_text(title, field="title", sentence=_("Enter a name for this version.")),
        dated=dated,
        language=language,
        file_name=name[:200],
        file_sha256=digest_of(file),
    )
    try:
        found = read_law(file, name=name, frame=frame_of(instrument, dated=dated, language=language))
    except Unreadable as refusal:
        sentence = unreadable_text(refusal)
        raise Refused(sentence, code=refusal.code, fields={"file": sentence}) from refusal
    if not found.sections:
        sentence = _("%(name)s has no numbered section. Check that it is the text of a law.") % {"name": name}
        raise Refused(sentence, code="no_sections", fields={"file": sentence})
    return put_read_version(instrument, by=by, version=version, read=found, rows=provisions_of(found.xml)[1])


@action("law_version.imported", needs=Permission.LAW_EDIT)
def put_read_version(
    instrument: Instrument, *, by: Actor, version: LawVersion, read: ReadLaw, rows: Sequence[Provision]
) -> LawVersion:
    """What was read from a file. `version` is not stored yet; `rows` are the provisions of its text."""
    version.code = require_free_code(instrument.versions.all(), version.code)  # another may have taken it meanwhile
    return _put_text(version, read.xml, read.doubts, rows)


def _put_text(
    version: LawVersion, xml: str, doubts: Sequence[Doubt], rows: Sequence[Provision] | None = None
) -> LawVersion:
    version.text = xml
    version.sha256 = hashlib.sha256(xml.encode()).hexdigest()
    version.doubts = [[d.code, d.place, dict(d.facts)] for d in doubts]
    version = save(version)
    rebuild_provisions(version, rows)
    read_instructions(version)
    return version


def read_instructions(version: LawVersion) -> None:
    """What an amending bill orders, held against the Act as it read on the bill's day. Nothing of the Act changes."""
    act = version.instrument.amends
    principal = act.versions.filter(dated__lte=version.dated).exclude(text="").first() if act else None
    if principal is None or not version.text:
        return
    found = amend.instructions_of(akn.from_xml(version.text))
    amend.apply(akn.from_xml(principal.text), found)
    _put_instructions(version, principal, found)


def _put_instructions(version: LawVersion, principal: LawVersion, found: Sequence[amend.Instruction]) -> None:
    version.instructions.all().delete()
    LawInstruction.objects.bulk_create(
        LawInstruction(
            version=version,
            principal=principal,
            clause=each.clause[:60],
            kind=each.kind,
            section=each.section[:40],
            below="".join(each.below)[:60],
            words=each.words,
            before=each.before,
            after=each.after,
            problem=each.problem,
            position=position,
        )
        for position, each in enumerate(found)
    )


def rebuild_provisions(version: LawVersion, given: Sequence[Provision] | None = None) -> None:
    """The rows of provisions, from the text; or as they were `given`, worked out from the same text before."""
    version.provisions.all().delete()
    if not version.text:
        return
    found = provisions_of(version.text)[1] if given is None else given
    rows, seen = [], set()
    for position, each in enumerate(found):
        if each.eid in seen:
            continue
        seen.add(each.eid)
        rows.append(
            LawProvision(
                version=version,
                eid=each.eid[:200],
                kind=each.kind,
                number=each.number[:40],
                heading=each.heading[:500],
                label=each.label[:200],
                parent=each.parent[:200],
                words=each.words,
                lines=[line.as_data() for line in each.lines],
                digest=each.digest,
                position=position,
            )
        )
    LawProvision.objects.bulk_create(rows, batch_size=500)
    LawVersion.objects.filter(pk=version.pk).update(built_from=version.sha256)
    version.built_from = version.sha256


def build_provisions() -> None:
    """Provisions of versions that a pack brought, and the words that its verdicts judged."""
    for version in LawVersion.objects.exclude(built_from=F("sha256")).select_related("instrument__amends"):
        rebuild_provisions(version)
    for version in LawVersion.objects.exclude(instrument__amends=None).filter(instructions=None).exclude(text=""):
        read_instructions(version)
    for row in TreatyVerdict.objects.filter(digests={}).exclude(provisions=[]).exclude(on_version=None):
        found = dict(row.on_version.provisions.filter(label__in=row.provisions).values_list("label", "digest"))  # type: ignore[union-attr]
        if found:
            row.digests = found
            save(row)


def must_be_open(version: LawVersion) -> None:
    if version.is_locked:
        raise Refused(_("This version is published. Make a new version and change that one."), code="locked")


# --- One clause -----------------------------------------------------------------------------------------------------


def clause_text(version: LawVersion, number: str) -> str:
    """A section as a drafter edits it: one line a paragraph, with its number in front."""
    section = next((each for each in akn.from_xml(version.text).sections() if each.number == number), None)
    if section is None:
        return ""
    return "\n".join(lines_of(section))


def parsed_clause(number: str, heading: str, words: str) -> tuple[Node, list[Doubt]]:
    """A section from what a drafter typed. Raises Refused for another section inside it."""
    if len(words) > MOST_WORDS:
        sentence = _("This clause is longer than %(most)s characters. Divide it.") % {"most": f"{MOST_WORDS:,}"}
        raise Refused(sentence, code="too_long", fields={"words": sentence})
    doubts: list[Doubt] = []
    lines = [_typed(line) for line in words.replace("\r", "").split("\n") if line.strip()]
    if max((len(line.words) for line in lines), default=0) > LONGEST_LINE:
        sentence = _("A line of this clause is longer than %(most)s characters. Divide it.")
        raise refuse("words", sentence % {"most": f"{LONGEST_LINE:,}"}, code="too_long")
    if len(lines) > MOST_LINES:
        sentence = _("This clause has more than %(most)s lines. Divide it.") % {"most": f"{MOST_LINES:,}"}
        raise Refused(sentence, code="too_long", fields={"words": sentence})
    if not lines:
        sentence = _("Enter the text of the clause.")
        raise Refused(sentence, code="no_words", fields={"words": sentence})
    builder = Builder(doubts)
    builder.open_section(Node("section", number, heading))
    nodes, _loose = builder.build(lines)
    if len(nodes) != 1:
        sentence = _("Line “%(line)s” begins a new section or part. Add it as a clause of its own.")
        other = nodes[1]
        sentence %= {"line": f"{other.number} {other.heading}".strip()}
        raise Refused(sentence, code="another_section", fields={"words": sentence})
    return nodes[0], [*doubts, *judged(LegalText(body=nodes))]


def _typed(line: str) -> TextLine:
    """What a drafter typed in one line; with " | " in it, a row of a table."""
    cells = tuple(cell.strip() for cell in line.split(CELLS)) if CELLS in line else ()
    return TextLine("" if cells else " ".join(line.split()), cells=cells)


@action("law_version.clause_edited", needs=Permission.LAW_EDIT)
def edit_clause(version: LawVersion, *, by: Actor, number: str, heading: str, words: str, seen: str = "") -> LawVersion:
    """One clause, written again. `seen` is the hash of what the drafter saw: refused where another saved in between."""
    version = lock_latest(version)
    must_be_open(version)
    row = version.provisions.filter(kind="section", number=number).first()
    if row is None:
        raise Refused(_("This version has no clause %(number)s.") % {"number": number}, code="no_clause")
    if seen and seen != row.digest:
        raise Changed(
            _("Somebody else changed this clause meanwhile. Compare both texts, then save again."),
            theirs={"heading": row.heading, "words": clause_text(version, number), "seen": row.digest},
        )
    text = akn.from_xml(version.text)
    node, doubts = parsed_clause(number, heading.strip(), words)
    _replace(text.body, number, [node])
    text.doubts = _doubts_elsewhere(version, number) + doubts
    return _put_text(version, akn.to_xml(text, _frame(version)), text.doubts)


@action("law_version.clause_added", needs=Permission.LAW_EDIT)
def add_clause(version: LawVersion, *, by: Actor, after: str, number: str, heading: str, words: str) -> LawVersion:
    """A clause after another, or as the first."""
    version = lock_latest(version)
    must_be_open(version)
    number = number.strip().rstrip(".")
    if not re.fullmatch(r"\d{1,4}[A-Z]{0,3}(?: (?:bis|ter|quater))?", number):
        sentence = _("Enter a number such as 12 or 12A.")
        raise Refused(sentence, code="bad_number", fields={"number": sentence})
    if version.provisions.filter(kind="section", number=number).exists():
        sentence = _("There is already a clause %(number)s.") % {"number": number}
        raise Refused(sentence, code="taken", fields={"number": sentence})
    text = akn.from_xml(version.text) if version.text else LegalText()
    node, doubts = parsed_clause(number, heading.strip(), words)
    if not _insert(text.body, after, node):
        sentence = _("This version has no clause %(number)s.") % {"number": after}
        raise Refused(sentence, code="no_clause", fields={"after": sentence})
    return _put_text(version, akn.to_xml(text, _frame(version)), [*_doubts(version), *doubts])


@action("law_version.clause_removed", needs=Permission.LAW_EDIT)
def remove_clause(version: LawVersion, *, by: Actor, number: str) -> LawVersion:
    version = lock_latest(version)
    must_be_open(version)
    text = akn.from_xml(version.text) if version.text else LegalText()
    if not _replace(text.body, number, []):
        raise Refused(_("This version has no clause %(number)s.") % {"number": number}, code="no_clause")
    if not list(text.sections()):
        raise Refused(_("A law has at least one clause."), code="last_clause")
    return _put_text(version, akn.to_xml(text, _frame(version)), _doubts_elsewhere(version, number))


def _doubts_elsewhere(version: LawVersion, number: str) -> list[Doubt]:
    """Those of other clauses: 1(2) is of clause 1, and 12 is not."""
    return [d for d in _doubts(version) if d.place != number and not d.place.startswith(f"{number}(")]


def _doubts(version: LawVersion) -> list[Doubt]:
    return [Doubt(code, place, tuple((k, str(v)) for k, v in facts.items())) for code, place, facts in version.doubts]


def _replace(nodes: list[Node], number: str, new: list[Node]) -> bool:
    for at, node in enumerate(nodes):
        if node.kind == "section" and node.number == number:
            nodes[at : at + 1] = new
            return True
        if node.kind != "section" and _replace(node.children, number, new):
            return True
    return False


def _insert(nodes: list[Node], after: str, new: Node) -> bool:
    if not after:
        first = next((node for node in nodes if node.kind != "crossheading"), None)
        if first is not None and first.kind != "section":
            return _insert(first.children, "", new)
        nodes.insert(0, new)
        return True
    for at, node in enumerate(nodes):
        if node.kind == "section" and node.number == after:
            nodes.insert(at + 1, new)
            return True
        if node.kind != "section" and _insert(node.children, after, new):
            return True
    return False


# --- Whole versions -------------------------------------------------------------------------------------------------


@action("law_version.copied", needs=Permission.LAW_EDIT)
def copy_version(version: LawVersion, *, by: Actor, code: str, title: str, dated: date) -> LawVersion:
    """A new version that begins with the same words."""
    made = LawVersion(
        instrument=version.instrument,
        code=require_free_code(version.instrument.versions.all(), code),
        title=require_text(title, field="title", sentence=_("Enter a name for this version.")),
        dated=dated,
        language=version.language,
    )
    return _put_text(made, version.text, _doubts(version))


@action("law_version.published", needs=Permission.LAW_PUBLISH, decides=itself)
def publish_version(version: LawVersion, *, by: Actor, shown: str | None = None) -> LawVersion:
    """On the public site; from then on it changes only as a new version. Its instrument is published with it."""
    version = lock_latest(version)
    version.is_public = version.is_locked = True
    instrument = lock_latest(version.instrument)
    if not instrument.is_public:
        instrument.is_public = True
        save(instrument)
    return save(version)


def lock_text(version: LawVersion) -> LawVersion:
    """Within an action: its words stay as they are from now on, since people answer to them."""
    version = lock_latest(version)
    version.is_locked = True
    return save(version)


@action("law_version.hidden", needs=Permission.LAW_PUBLISH)
def hide_version(version: LawVersion, *, by: Actor) -> LawVersion:
    version = lock_latest(version)
    version.is_public = False
    return save(version)


@action("law.amended", needs=Permission.LAW_EDIT)
def apply_bill(bill: LawVersion, *, by: Actor, principal: LawVersion, code: str, title: str, dated: date) -> LawVersion:
    """The principal Act as it would read after the bill, as a version of the Act; each instruction is recorded with what it found and
    left, or with why it does not fit. Refused where no instruction could be read."""
    if not principal.text:
        sentence = _("This version of the Act has no text. Choose one that has.")
        raise Refused(sentence, code="no_text", fields={"principal": sentence})
    found = amend.instructions_of(akn.from_xml(bill.text)) if bill.text else []
    if all(each.kind == "not_understood" for each in found):
        raise Refused(
            _("No clause of this bill was recognised as an instruction that changes an Act."), code="no_instruction"
        )
    made = amend.apply(akn.from_xml(principal.text), found)
    if not bill.is_locked:  # of a published bill everybody reads what its instructions came to: that does not change
        _put_instructions(bill, principal, found)
    version = LawVersion(
        instrument=principal.instrument,
        code=require_free_code(principal.instrument.versions.all(), code),
        title=require_text(title, field="title", sentence=_("Enter a name for this version.")),
        dated=dated,
        language=principal.language,
    )
    doubts = [Doubt("instruction_failed", each.clause, (("problem", each.problem),)) for each in found if each.problem]
    return _put_text(version, akn.to_xml(made, _frame(version)), doubts)
