"""Laws as open data: instruments, versions, provisions, stages, and how they meet treaties."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from floreo.core.columns import ID, by_id
from floreo.core.tables import CellKind, Column, Filter, Table
from floreo.legislation.models import (
    Instrument,
    InstrumentKind,
    LawProvision,
    LawVersion,
    Stage,
    TreatyStatus,
    TreatyVerdict,
    may_read_drafts,
)


def _laws(viewer: object) -> QuerySet[Instrument]:
    return Instrument.objects.visible_to(viewer).select_related("organisation", "amends", "became")


def _versions(viewer: object) -> QuerySet[LawVersion]:
    return LawVersion.objects.visible_to(viewer).select_related("instrument").defer("text", "doubts")


def _provisions(viewer: object) -> QuerySet[LawProvision]:
    seen = LawVersion.objects.visible_to(viewer).values("pk")
    return LawProvision.objects.filter(version__in=seen).select_related("version__instrument").defer("lines")


def _stages(viewer: object) -> QuerySet[Stage]:
    rows = Stage.objects.select_related("instrument")
    return rows if may_read_drafts(viewer) else rows.filter(instrument__is_public=True)


def _verdicts(viewer: object) -> QuerySet[TreatyVerdict]:
    return TreatyVerdict.objects.visible_to(viewer).select_related(
        "instrument", "item__in_version__framework", "on_version"
    )


def _treaties(viewer: object) -> QuerySet[TreatyStatus]:
    return TreatyStatus.objects.select_related("framework")


def _public_code(thing: Any) -> str:
    """Columns have no viewer: what is not public is named on no exit."""
    return str(thing.code) if thing is not None and thing.is_public else ""


def _col(name: str, title: Any, about: Any, get: Any, kind: CellKind = CellKind.TEXT) -> Column:
    return Column(name, title, about, get, kind)


LAWS = Table(
    "laws",
    _("Laws"),
    _("Bills, Acts and regulations."),
    rows=_laws,
    columns=(
        _col("code", _("Code"), _("Part of its address"), lambda i: i.code),
        _col("kind", _("Kind"), _("Bill, act, regulations or policy"), lambda i: i.kind),
        _col("title", _("Title"), _("As cited"), lambda i: i.in_language("title")),
        _col("number", _("Number"), _("Within its year"), lambda i: i.number),
        _col("year", _("Year"), _("Of its number"), lambda i: i.year, CellKind.WHOLE),
        _col("dated", _("Date"), _("Of the work"), lambda i: i.dated, CellKind.DATE),
        _col(
            "organisation",
            _("Presented by"),
            _("Code of the organisation"),
            lambda i: _public_code(i.organisation),
        ),
        _col("amends", _("Amends"), _("Code of the law that it amends"), lambda i: _public_code(i.amends)),
        _col(
            "became",
            _("Became"),
            _("Code of the Act that the bill became"),
            lambda i: _public_code(i.became),
        ),
        _col("in_force_on", _("In force from"), _("Day of commencement"), lambda i: i.in_force_on, CellKind.DATE),
        _col(
            "is_text_complete",
            _("Whole text"),
            _("Whether the whole text is here"),
            lambda i: i.is_text_complete,
            CellKind.FLAG,
        ),
        _col("source", _("Source"), _("Where it was read"), lambda i: i.source),
    ),
    order=("title", "pk"),
    search=("title", "code", "number"),
    filters=(
        Filter(
            "kind",
            _("Kind"),
            lambda: [(str(v), str(w)) for v, w in InstrumentKind.choices],
            lambda rows, value: rows.filter(kind=value),
        ),
    ),
    lookup=lambda rows, key: rows.filter(code=key),
)
LAW_VERSIONS = Table(
    "law_versions",
    _("Versions of laws"),
    _("Each text of a law as it was on a day."),
    rows=_versions,
    key="id",
    columns=(
        ID,
        _col("law", _("Law"), _("Code of the law"), lambda v: v.instrument.code),
        _col("code", _("Code"), _("Part of its address"), lambda v: v.code),
        _col("title", _("Version"), _("What it is"), lambda v: v.in_language("title")),
        _col("dated", _("Dated"), _("The day of this text"), lambda v: v.dated, CellKind.DATE),
        _col("language", _("Language"), _("Of the text"), lambda v: v.language),
        _col("sha256", _("SHA-256"), _("Of its Akoma Ntoso file"), lambda v: v.sha256),
    ),
    order=("-dated", "pk"),
    search=("title", "code"),
    lookup=by_id,
)
LAW_PROVISIONS = Table(
    "law_provisions",
    _("Provisions of laws"),
    _("Each part, section and paragraph of each version, with its words."),
    rows=_provisions,
    key="id",
    columns=(
        ID,
        _col("law", _("Law"), _("Code of the law"), lambda p: p.version.instrument.code),
        _col("version", _("Version"), _("Code of the version"), lambda p: p.version.code),
        _col("eid", _("eId"), _("Identifier within the document (Akoma Ntoso)"), lambda p: p.eid),
        _col("kind", _("Kind"), _("Part, section, subsection or paragraph"), lambda p: p.kind),
        _col("label", _("Number"), _("As people name it"), lambda p: p.label),
        _col("heading", _("Heading"), _("Of the section"), lambda p: p.heading),
        _col("words", _("Text"), _("Its own and all below it"), lambda p: p.words),
    ),
    order=("version_id", "position", "pk"),
    search=("words", "heading", "label"),
    lookup=by_id,
)
LAW_STAGES = Table(
    "law_stages",
    _("Stages of laws"),
    _("The steps of each bill, with dates and votes."),
    rows=_stages,
    key="id",
    columns=(
        ID,
        _col("law", _("Law"), _("Code of the law"), lambda s: s.instrument.code),
        _col("code", _("Code"), _("Of the stage"), lambda s: s.code),
        _col("title", _("Stage"), _("What it is called"), lambda s: s.in_language("title")),
        _col("state", _("State"), _("Done, now, still to come, not needed"), lambda s: s.state),
        _col("starts_on", _("From"), _("First day"), lambda s: s.starts_on, CellKind.DATE),
        _col("ends_on", _("Done on"), _("Last day"), lambda s: s.ends_on, CellKind.DATE),
        _col("due_on", _("Due"), _("By when"), lambda s: s.due_on, CellKind.DATE),
        _col("votes_for", _("Votes for"), _("As counted"), lambda s: s.votes_for, CellKind.WHOLE),
        _col("votes_against", _("Votes against"), _("As counted"), lambda s: s.votes_against, CellKind.WHOLE),
        _col("abstained", _("Abstentions"), _("As counted"), lambda s: s.abstained, CellKind.WHOLE),
    ),
    order=("instrument_id", "position", "pk"),
    search=("title",),
    lookup=by_id,
)
LAW_VERDICTS = Table(
    "law_verdicts",
    _("Laws and treaties"),
    _("How far each law meets the articles of treaties: the country's own assessment."),
    rows=_verdicts,
    key="id",
    columns=(
        ID,
        _col("law", _("Law"), _("Code of the law"), lambda v: v.instrument.code),
        _col("treaty", _("Treaty"), _("Code of the framework's version"), lambda v: v.item.in_version.code),
        _col("article", _("Article"), _("Of the treaty"), lambda v: v.item.code),
        _col("title", _("Title"), _("Our own short title of the article"), lambda v: v.item.in_language("title")),
        _col("verdict", _("Verdict"), _("full, partial, gap, not applicable, unknown"), lambda v: v.verdict),
        _col("provisions", _("Provisions"), _("Of the law"), lambda v: ", ".join(v.provisions)),
        _col("reason", _("Reason"), _("In words"), lambda v: v.in_language("reason")),
        _col("version", _("Version"), _("That was rated"), lambda v: _public_code(v.on_version)),
        _col("rated_on", _("Rated on"), _("Day"), lambda v: v.rated_on, CellKind.DATE),
        _col(
            "reviewed_on",
            _("Reviewed on"),
            _("By a second person; empty: not reviewed, not counted"),
            lambda v: v.reviewed_on,
            CellKind.DATE,
        ),
    ),
    order=("instrument_id", "item__position", "pk"),
    search=("reason",),
    lookup=by_id,
)
TREATIES = Table(
    "treaties",
    _("Treaties"),
    _("The status of the country in each treaty."),
    rows=_treaties,
    key="id",
    columns=(
        ID,
        _col("treaty", _("Treaty"), _("Code of the framework"), lambda t: t.framework.code),
        _col("title", _("Title"), _("Of the treaty"), lambda t: t.framework.in_language("title")),
        _col("state", _("State"), _("In words, as the source says"), lambda t: t.in_language("state")),
        _col("signed_on", _("Signed on"), _("Day"), lambda t: t.signed_on, CellKind.DATE),
        _col("ratified_on", _("Ratified or acceded on"), _("Day"), lambda t: t.ratified_on, CellKind.DATE),
        _col("in_force_on", _("In force from"), _("For the country"), lambda t: t.in_force_on, CellKind.DATE),
        _col("open_until", _("Open for signature until"), _("Last day"), lambda t: t.open_until, CellKind.DATE),
        _col(
            "reservations", _("Reservations and declarations"), _("In words"), lambda t: t.in_language("reservations")
        ),
        _col("source", _("Source"), _("Where it was read"), lambda t: t.source),
    ),
    order=("pk",),
    search=("state",),
    lookup=by_id,
)
TABLES = {t.name: t for t in (LAWS, LAW_VERSIONS, LAW_PROVISIONS, LAW_STAGES, LAW_VERDICTS, TREATIES)}
