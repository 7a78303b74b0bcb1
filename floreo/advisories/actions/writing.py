"""Writing: a draft, sent to a second person, or returned by them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, TypedDict, Unpack

from django.utils.translation import gettext as _

from floreo.advisories import csaf, logic
from floreo.advisories.cvss_scores import BadVectorError, score_of
from floreo.advisories.models import Advisory, AdvisoryState, may_read_marking
from floreo.core import clock, languages
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.addresses import is_web_address
from floreo.core.decisions import itself
from floreo.core.errors import NotAllowed, Refused
from floreo.core.sectors import Sector
from floreo.core.writing import delete, lock_latest, refuse, require_free_code, require_text, save
from floreo.core.xml import sound

_CODE = re.compile(r"[a-z0-9][a-z0-9-]*")


class AdvisoryFacts(TypedDict, total=False):
    """What may be said of an advisory, apart from its code, which is its address."""

    title: str
    summary: str
    text: str
    advice: str
    language: str
    translations: dict[str, dict[str, str]]
    severity: str
    cves: list[str]
    cvss: list[dict[str, str]]
    products: list[dict[str, str]]
    sectors: list[str]
    references: list[str]
    tlp: str
    made_from: str
    source_known_at: datetime | None


def _sound(value: Any) -> Any:
    """The same, without characters that no feed could carry."""
    if isinstance(value, str):
        return sound(value).strip()
    if isinstance(value, list):
        return [_sound(each) for each in value]
    if isinstance(value, dict):
        return {key: _sound(each) for key, each in value.items()}
    return value


def put_facts(advisory: Advisory, facts: AdvisoryFacts) -> None:
    for name, value in facts.items():
        setattr(advisory, name, _sound(value))
    advisory.title = " ".join(advisory.title.split())
    advisory.summary = " ".join(advisory.summary.split())


def check_advisory(advisory: Advisory, by: Actor) -> None:
    """Refuses what the record may not say, each at its field."""
    advisory.title = require_text(advisory.title, field="title", sentence=_("Enter a title."))
    advisory.summary = require_text(
        advisory.summary, field="summary", sentence=_("Say in a sentence what is wrong and who is concerned.")
    )
    must_read_marking(advisory, by)
    _check_language(advisory)
    _check_cves(advisory)
    _check_vectors(advisory)
    _check_products(advisory)
    unknown = sorted(set(advisory.sectors) - set(Sector.values))
    if unknown:
        raise refuse("sectors", _("“%(sector)s” is not a sector.") % {"sector": unknown[0][:80]})
    for url in advisory.references:
        if not is_web_address(url) or len(url) > 1000:
            raise refuse("references", _("“%(line)s” is not a web address.") % {"line": url[:120]})
    if len(advisory.references) > logic.MOST_REFERENCES:
        raise refuse("references", _("Give at most %(most)d references.") % {"most": logic.MOST_REFERENCES})
    if advisory.source_known_at is not None and advisory.source_known_at > clock.now():
        raise refuse("source_known_at", _("This time is in the future."), code="date_to_come")


def must_read_marking(advisory: Advisory, by: Actor) -> None:
    if not may_read_marking(by, advisory.tlp):
        raise NotAllowed(_("Your role does not include advisories with this marking."))


def _check_language(advisory: Advisory) -> None:
    spoken = languages.site()
    advisory.language = advisory.language or spoken[0]
    if advisory.language not in spoken:
        sentence = _("This site is not available in “%(language)s”. Choose one of: %(spoken)s.")
        sentence %= {"language": advisory.language, "spoken": ", ".join(spoken)}
        raise refuse("language", sentence, code="other_language")


def _check_cves(advisory: Advisory) -> None:
    for cve in advisory.cves:
        if not logic.CVE.fullmatch(cve):
            raise refuse("cves", _("“%(line)s” is not a CVE number such as CVE-2026-12345.") % {"line": cve[:120]})
    if len(advisory.cves) > logic.MOST_CVES:
        raise refuse("cves", _("Name at most %(most)d CVE numbers.") % {"most": logic.MOST_CVES})


def _check_vectors(advisory: Advisory) -> None:
    seen: set[tuple[str, str]] = set()
    if len(advisory.cvss) > logic.MOST_VECTORS:
        raise refuse("cvss", _("Give at most %(most)d vectors.") % {"most": logic.MOST_VECTORS})
    for row in advisory.cvss:
        try:
            score = score_of(row["vector"])
        except BadVectorError as error:
            sentence = _("“%(line)s” is not a CVSS vector: %(why)s") % {"line": row["vector"][:120], "why": error}
            raise refuse("cvss", sentence, code="bad_vector") from error
        if row["cve"] and row["cve"] not in advisory.cves:
            sentence = _("A vector is about %(cve)s, which the advisory does not name.") % {"cve": row["cve"]}
            raise refuse("cvss", sentence)
        same = [
            (cve, version)
            for cve, version in seen
            if version == score.version and (cve == row["cve"] or not cve or not row["cve"])
        ]
        if same:
            sentence = _("Two vectors of CVSS %(version)s are about the same vulnerability.") % {
                "version": score.version
            }
            raise refuse("cvss", sentence, code="two_vectors")
        seen.add((row["cve"], score.version))


def _check_products(advisory: Advisory) -> None:
    rows = advisory.product_rows()
    if len(rows) > logic.MOST_PRODUCTS:
        raise refuse("products", _("Name at most %(most)d products.") % {"most": logic.MOST_PRODUCTS})
    named = [(row.vendor, row.product, row.versions) for row in rows]
    twice = next((row for row in rows if named.count((row.vendor, row.product, row.versions)) > 1), None)
    if twice is not None:
        raise refuse("products", _("“%(product)s” is named twice.") % {"product": twice.name}, code="named_twice")


def locked(advisory: Advisory, by: Actor, version: int | None = None) -> Advisory:
    """The row as it is now, which `by` may read."""
    fresh = lock_latest(advisory, version)
    must_read_marking(fresh, by)
    return fresh


def must_be_unpublished(advisory: Advisory) -> None:
    if advisory.state == AdvisoryState.PUBLISHED:
        sentence = _("It is already published. Correct it instead: the earlier version can still be read.")
        raise Refused(sentence, code="is_out")
    if advisory.state == AdvisoryState.WITHDRAWN:
        raise Refused(_("It is withdrawn. Write a new one at a new address."), code="withdrawn")


def must_be_draft(advisory: Advisory) -> None:
    if advisory.state != AdvisoryState.DRAFT:
        raise Refused(_("Only a draft can be sent to review."), code="not_draft")


def must_be_in_review(advisory: Advisory) -> None:
    must_be_unpublished(advisory)
    if advisory.state != AdvisoryState.REVIEW:
        raise Refused(_("It is a draft. Whoever wrote it sends it to review first."), code="is_draft")


@action("advisory.written", needs=Permission.ADVISORY_WRITE)
def write_advisory(code: str, *, by: Actor, **facts: Unpack[AdvisoryFacts]) -> Advisory:
    """A draft. Its code is its permanent address, and its number in CSAF. Other apps call it with
    `made_from` naming what it was made of."""
    advisory = Advisory(code=require_free_code(Advisory.objects.all(), code))
    if not _CODE.fullmatch(advisory.code):
        raise refuse("code", _("A code can contain only small letters, digits and hyphens."), code="bad_code")
    put_facts(advisory, facts)
    check_advisory(advisory, by)
    return save(advisory)


@action("advisory.rewritten", needs=Permission.ADVISORY_WRITE)
def update_advisory(
    advisory: Advisory, *, by: Actor, version: int | None = None, **facts: Unpack[AdvisoryFacts]
) -> Advisory:
    advisory = locked(advisory, by, version)
    must_be_unpublished(advisory)
    put_facts(advisory, facts)
    check_advisory(advisory, by)
    return save(advisory)


@action("advisory.sent_to_review", needs=Permission.ADVISORY_WRITE)
def send_to_review(advisory: Advisory, *, by: Actor) -> Advisory:
    """From now on it waits for a second person."""
    advisory = locked(advisory, by)
    must_be_draft(advisory)
    require_content(advisory)
    advisory.state, advisory.sent_at, advisory.returned_note = AdvisoryState.REVIEW, clock.now(), ""
    return save(advisory)


def require_content(advisory: Advisory) -> None:
    if not (advisory.text or advisory.advice):
        sentence = _("There is no content yet. Write a text, or what to do.")
        raise Refused(sentence, code="empty", fields={"text": sentence})


@action("advisory.returned", needs=Permission.ADVISORY_PUBLISH, decides=itself)
def return_advisory(advisory: Advisory, *, by: Actor, reason: str, shown: str | None = None) -> Advisory:
    """A draft again, with what is to be changed of what was `shown`. Who returns has written nothing of it, so a decision."""
    advisory = locked(advisory, by)
    must_be_in_review(advisory)
    advisory.returned_note = require_text(reason, field="reason", sentence=_("Say what is to be changed."))
    advisory.state = AdvisoryState.DRAFT
    return save(advisory, at={"returned_note": "reason"})


@action("advisory.removed", needs=Permission.ADVISORY_WRITE)
def remove_advisory(advisory: Advisory, *, by: Actor) -> None:
    """A draft that is not wanted. What was ever published stays: it is withdrawn instead."""
    advisory = locked(advisory, by)
    must_be_draft(advisory)
    delete(advisory)


@action("advisory.read_from_csaf", needs=Permission.ADVISORY_WRITE)
def draft_from_csaf(*, by: Actor, code: str, data: bytes, language: str = "") -> Advisory:
    """A draft from the CSAF document of somebody else. Refuses one that is not valid, with what the first test says. Its
    marking is kept; a document without one becomes TLP:AMBER."""
    try:
        document = csaf.parsed(data)
    except csaf.UnreadableError:
        raise refuse(
            "file", _("This file is not a CSAF document: it is not JSON, or too large."), code="unreadable"
        ) from None
    if problems := csaf.judge(document):
        raise refuse("file", problem_text(problems), code="not_valid")
    given = csaf.read(document)
    draft = Advisory(code=require_free_code(Advisory.objects.all(), code))
    facts: AdvisoryFacts = {
        "title": given.title[:300],
        "summary": given.summary[:500],
        "text": given.text,
        "advice": given.advice,
        "language": language or given.language,
        "severity": given.severity,
        "tlp": given.tlp,
        "cves": list(given.cves)[: logic.MOST_CVES],
        "cvss": [{"cve": cve, "vector": vector} for cve, vector in given.vectors][: logic.MOST_VECTORS],
        "products": [product.plain() for product in given.products][: logic.MOST_PRODUCTS],
        "references": [url for url in given.references if is_web_address(url)][: logic.MOST_REFERENCES],
        "made_from": f"csaf:{given.code}"[:120],
        "source_known_at": _known_at(given.released_at),
    }
    put_facts(draft, facts)
    check_advisory(draft, by)
    note(read=given.code[:200])
    return save(draft)


def _known_at(released: str) -> datetime | None:
    """When the maker published it, at the latest now; none where that cannot be read or meant: the field then stays empty."""
    try:
        found = datetime.fromisoformat(released.upper())
    except ValueError:
        return None
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    return clock.sound(min(found, clock.now()))


def problem_text(problems: list[csaf.Problem]) -> str:
    """The first of what the tests say, in a sentence."""
    first = problems[0]
    sentence = _("The CSAF document is not valid. Test %(test)s (%(title)s) says, at %(path)s: %(message)s")
    words = {"test": first.test, "title": first.title, "path": first.path or "/", "message": first.message[:300]}
    return sentence % words
