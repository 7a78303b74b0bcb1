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


LAWS = Table(
    "laws",
    _("Laws"),
    _("Bills, Acts and regulations."),
    rows=_laws,
    columns=(
        Column.of(Instrument, "code", _("Part of its address")),
        Column.of(Instrument, "kind", _("Bill, act, regulations or policy")),
        Column.of(Instrument, "title", _("As cited"), value=lambda i: i.in_language("title")),
        Column.of(Instrument, "number", _("Within its year")),
        Column.of(Instrument, "year", _("Of its number"), CellKind.WHOLE),
        Column.of(Instrument, "dated", _("Of the work"), CellKind.DATE),
        Column.of(
            Instrument, "organisation", _("Code of the organisation"), value=lambda i: _public_code(i.organisation)
        ),
        Column.of(Instrument, "amends", _("Code of the law that it amends"), value=lambda i: _public_code(i.amends)),
        Column.of(
            Instrument, "became", _("Code of the Act that the bill became"), value=lambda i: _public_code(i.became)
        ),
        Column.of(Instrument, "in_force_on", _("Day of commencement"), CellKind.DATE),
        Column(
            "is_text_complete",
            _("Whole text"),
            _("Whether the whole text is here"),
            lambda i: i.is_text_complete,
            CellKind.FLAG,
        ),
        Column.of(Instrument, "source", _("Where it was read")),
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
        Column("law", _("Law"), _("Code of the law"), lambda v: v.instrument.code),
        Column.of(LawVersion, "code", _("Part of its address")),
        Column.of(LawVersion, "title", _("What it is"), value=lambda v: v.in_language("title")),
        Column.of(LawVersion, "dated", _("The day of this text"), CellKind.DATE),
        Column.of(LawVersion, "language", _("Of the text")),
        Column.of(LawVersion, "sha256", _("Of its Akoma Ntoso file")),
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
        Column("law", _("Law"), _("Code of the law"), lambda p: p.version.instrument.code),
        Column.of(LawProvision, "version", _("Code of the version"), value=lambda p: p.version.code),
        Column.of(LawProvision, "eid", _("Identifier within the document (Akoma Ntoso)")),
        Column.of(LawProvision, "kind", _("Part, section, subsection or paragraph")),
        Column.of(LawProvision, "label", _("As people name it")),
        Column.of(LawProvision, "heading", _("Of the section")),
        Column.of(LawProvision, "words", _("Its own and all below it")),
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
        Column("law", _("Law"), _("Code of the law"), lambda s: s.instrument.code),
        Column.of(Stage, "code", _("Of the stage")),
        Column.of(Stage, "title", _("What it is called"), value=lambda s: s.in_language("title")),
        Column.of(Stage, "state", _("Done, now, still to come, not needed")),
        Column.of(Stage, "starts_on", _("First day"), CellKind.DATE),
        Column.of(Stage, "ends_on", _("Last day"), CellKind.DATE),
        Column.of(Stage, "due_on", _("By when"), CellKind.DATE),
        Column.of(Stage, "votes_for", _("As counted"), CellKind.WHOLE),
        Column.of(Stage, "votes_against", _("As counted"), CellKind.WHOLE),
        Column.of(Stage, "abstained", _("As counted"), CellKind.WHOLE),
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
        Column("law", _("Law"), _("Code of the law"), lambda v: v.instrument.code),
        Column("treaty", _("Treaty"), _("Code of the framework's version"), lambda v: v.item.in_version.code),
        Column("article", _("Article"), _("Of the treaty"), lambda v: v.item.code),
        Column("title", _("Title"), _("Our own short title of the article"), lambda v: v.item.in_language("title")),
        Column.of(TreatyVerdict, "verdict", _("full, partial, gap, not applicable, unknown")),
        Column.of(TreatyVerdict, "provisions", _("Of the law"), value=lambda v: ", ".join(v.provisions)),
        Column.of(TreatyVerdict, "reason", _("In words"), value=lambda v: v.in_language("reason")),
        Column("version", _("Version"), _("That was rated"), lambda v: _public_code(v.on_version)),
        Column.of(TreatyVerdict, "rated_on", _("Day"), CellKind.DATE),
        Column.of(
            TreatyVerdict, "reviewed_on", _("By a second person; empty: not reviewed, not counted"), CellKind.DATE
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
        Column("treaty", _("Treaty"), _("Code of the framework"), lambda t: t.framework.code),
        Column("title", _("Title"), _("Of the treaty"), lambda t: t.framework.in_language("title")),
        Column.of(TreatyStatus, "state", _("In words, as the source says"), value=lambda t: t.in_language("state")),
        Column.of(TreatyStatus, "signed_on", _("Day"), CellKind.DATE),
        Column.of(TreatyStatus, "ratified_on", _("Day"), CellKind.DATE),
        Column.of(TreatyStatus, "in_force_on", _("For the country"), CellKind.DATE),
        Column.of(TreatyStatus, "open_until", _("Last day"), CellKind.DATE),
        Column.of(TreatyStatus, "reservations", _("In words"), value=lambda t: t.in_language("reservations")),
        Column.of(TreatyStatus, "source", _("Where it was read")),
    ),
    order=("pk",),
    search=("state",),
    lookup=by_id,
)
TABLES = {t.name: t for t in (LAWS, LAW_VERSIONS, LAW_PROVISIONS, LAW_STAGES, LAW_VERDICTS, TREATIES)}
