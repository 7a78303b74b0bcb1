"""What of frameworks leaves: the frameworks, their items, scores that others published, and reviewed answers."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission
from floreo.core.columns import SOURCED, column
from floreo.core.tables import Cell, CellKind, Column, Filter, Table, Words, in_each_language
from floreo.core.whole import whole
from floreo.frameworks.models import Answer, Assessment, Framework, Item, PublishedScore, RuleChoice, Version

INTERNAL = Permission.FRAMEWORK_ASSESS


def _frameworks() -> Iterable[tuple[str, Words]]:
    return [(y.code, y.short_title) for y in Framework.objects.all()]


def _versions(viewer: object) -> QuerySet[Version]:
    return Version.objects.counted().select_related("framework")


FRAMEWORKS = Table(
    "frameworks",
    _("Frameworks and indexes"),
    _("Frameworks and treaties used to assess the country, by version. The titles are our own."),
    rows=_versions,
    columns=(
        Column.of(Version, "code", _("Of this version")),
        Column.of(Version, "framework", _("Code that all its versions share"), value=lambda v: v.framework.code),
        Column.of(Version, "title", _("Our title, with its edition")),
        in_each_language("title", _("The title in that language"), has_first=False),
        Column("publisher", _("Publisher"), _("Publisher"), lambda v: v.framework.publisher),
        Column.of(Version, "released", _("As given by its publisher")),
        Column.of(Version, "is_current", _("Whether this version is in use"), CellKind.FLAG),
        Column.of(Version, "rule", _("sum, all_below, share or status: how the levels are scored")),
        Column.of(
            Version,
            "levels",
            _("Lowest first"),
            CellKind.LIST,
            value=lambda v: [f"{x['value']} {x['word']}" for x in v.levels],
        ),
        Column.of(Version, "items_stated", _("Number according to its publisher"), CellKind.WHOLE),
        Column.of(Version, "items_kind", _("Which of its items its publisher counts")),
        Column.of(Version, "items_source", _("Where the publisher's count was read")),
        column("items_here", _("Items held"), _("How many of those items have a title here"), CellKind.WHOLE),
        column(
            "is_held",
            _("Held"),
            _("Whether at least nine tenths of them are here; if not, the country is not rated against it"),
            CellKind.FLAG,
        ),
        Column.of(Version, "publisher_url", _("Address at its publisher"), CellKind.LINK),
        Column.of(Version, "missing", _("Parts not included here, and why")),
        Column.of(Version, "licence", _("Of its text, which is not included")),
        *SOURCED,
    ),
    order=("framework__position", "pk"),
    search=("code", "title", "framework__title"),
    filters=(
        Filter("framework", _("Framework"), _frameworks, lambda rows, v: rows.filter(framework__code=v)),
        Filter("rule", _("Rule"), lambda: RuleChoice.choices, lambda rows, v: rows.filter(rule=v)),
    ),
    lookup=lambda rows, key: rows.filter(code=key),
)


def _items(viewer: object) -> QuerySet[Item]:
    held = Version.objects.held().filter(pk=OuterRef("in_version"))
    return Item.objects.select_related("in_version__framework", "parent").annotate(in_held=Exists(held))


FRAMEWORK_ITEMS = Table(
    "framework_items",
    _("Items of frameworks"),
    _("Every item of every framework with its identifier, and our own short title if known."),
    rows=_items,
    columns=(
        Column("id", _("Number"), _("Identifies the rows of this table"), lambda r: r.pk, CellKind.WHOLE),
        Column("version", _("Version"), _("Code of the framework's version"), lambda r: r.in_version.code),
        Column.of(Item, "code", _("Its identifier within the version")),
        Column.of(
            Item,
            "parent",
            _("Identifier of the part that contains it"),
            value=lambda r: r.parent.code if r.parent else "",
        ),
        Column.of(Item, "kind", _("pillar, indicator, article")),
        Column.of(Item, "title", _("Our own short title; empty if not known")),
        in_each_language("title", _("The title in that language"), has_first=False),
        Column.of(Item, "maximum", _("Maximum, if its publisher gives one"), CellKind.DECIMAL),
        Column.of(
            Item,
            "is_rated",
            _("Whether the item itself is rated; never of a framework that is not held"),
            CellKind.FLAG,
            value=lambda r: r.is_rated and r.in_held,
        ),
        *SOURCED,
    ),
    order=("in_version_id", "position", "pk"),
    key="id",
    search=("code", "title", "in_version__code"),
    filters=(
        Filter("framework", _("Framework"), _frameworks, lambda rows, v: rows.filter(in_version__framework__code=v)),
        Filter(
            "checked",
            _("Title"),
            lambda: [("yes", _("Checked")), ("no", _("Not checked"))],
            lambda rows, v: rows.filter(confirmed=v == "yes"),
        ),
    ),
    lookup=lambda rows, key: rows.filter(pk=number) if (number := whole(key)) is not None else rows.none(),
)


def _scores(viewer: object) -> QuerySet[PublishedScore]:
    return PublishedScore.objects.select_related("framework", "in_version")


PUBLISHED_SCORES = Table(
    "published_scores",
    _("Published scores"),
    _("Scores that the publishers of frameworks gave this country and others, as published."),
    rows=_scores,
    columns=(
        Column("id", _("Number"), _("Identifies the rows of this table"), lambda r: r.pk, CellKind.WHOLE),
        Column.of(PublishedScore, "framework", _("Its code"), value=lambda r: r.framework.code),
        Column(
            "version",
            _("Version"),
            _("Code of its version, if known"),
            lambda r: r.in_version.code if r.in_version else "",
        ),
        Column.of(PublishedScore, "year", _("Of the publication"), CellKind.WHOLE),
        Column.of(PublishedScore, "subject", _("Empty for this country")),
        Column.of(PublishedScore, "part", _("Identifier of a part; empty for the whole")),
        Column.of(PublishedScore, "score", _("In the publisher's unit"), CellKind.DECIMAL),
        Column.of(PublishedScore, "maximum", _("Highest possible score"), CellKind.DECIMAL),
        Column.of(PublishedScore, "rank", _("If one was published"), CellKind.WHOLE),
        Column.of(PublishedScore, "tier", _("As published")),
        Column.of(PublishedScore, "note", _("Notes")),
        *SOURCED,
    ),
    order=("year", "pk"),
    key="id",
    search=("subject", "part", "tier", "framework__title"),
    filters=(
        Filter("framework", _("Framework"), _frameworks, lambda rows, v: rows.filter(framework__code=v)),
        Filter(
            "whose",
            _("Owner"),
            lambda: [("ours", _("This country")), ("others", _("Other countries"))],
            lambda rows, v: rows.filter(subject="") if v == "ours" else rows.exclude(subject=""),
        ),
    ),
    lookup=lambda rows, key: rows.filter(pk=number) if (number := whole(key)) is not None else rows.none(),
)


def _answers(viewer: object) -> QuerySet[Answer]:
    """Reviewed answers of the assessments that the viewer may see."""
    seen = Assessment.objects.visible_to(viewer).outside_campaigns().held()
    rows = Answer.objects.filter(assessment__in=seen).exclude(level=None)
    return rows.select_related("assessment__in_version__framework", "assessment__organisation", "item__in_version")


def _word(answer: Answer) -> Cell:
    return next((x["word"] for x in answer.item.in_version.levels if float(x["value"]) == float(answer.level or 0)), "")


RATINGS = Table(
    "framework_ratings",
    _("Ratings against frameworks"),
    _("The reviewed level of every item in every published assessment, with its reason."),
    rows=_answers,
    columns=(
        Column("id", _("Number"), _("Identifies the rows of this table"), lambda r: r.pk, CellKind.WHOLE),
        Column.of(Answer, "assessment", _("Its code"), value=lambda r: r.assessment.code),
        Column("version", _("Version"), _("Code of the framework's version"), lambda r: r.assessment.in_version.code),
        Column("year", _("Year"), _("Year assessed"), lambda r: r.assessment.year, CellKind.WHOLE),
        Column(
            "organisation",
            _("Organisation"),
            _("Code of the organisation that was assessed; empty for the country"),
            lambda r: r.assessment.organisation.code if r.assessment.organisation else "",
        ),
        Column.of(Answer, "item", _("Its identifier"), value=lambda r: r.item.code),
        Column("title", _("Title"), _("Our own short title of the item"), lambda r: r.item.title),
        Column.of(Answer, "level", _("Reviewed level, on the version's scale"), CellKind.DECIMAL),
        Column("word", _("In words"), _("The level in words"), _word),
        Column.of(Answer, "reason", _("Reason for this level")),
        Column.of(Answer, "reviewed_on", _("Date"), CellKind.DATE),
        Column.of(Answer, "reviewed_by", _("Not published"), needs=INTERNAL),
        Column(
            "is_public",
            _("Public"),
            _("Whether the indicator is public"),
            lambda r: r.assessment.is_public,
            CellKind.FLAG,
            needs=INTERNAL,
        ),
    ),
    order=("assessment__year", "assessment_id", "item__position", "pk"),
    key="id",
    search=("item__code", "item__title", "reason", "assessment__code"),
    filters=(
        Filter(
            "framework",
            _("Framework"),
            _frameworks,
            lambda rows, v: rows.filter(assessment__in_version__framework__code=v),
        ),
    ),
    lookup=lambda rows, key: rows.filter(pk=number) if (number := whole(key)) is not None else rows.none(),
)

TABLES: dict[str, Table] = {t.name: t for t in (FRAMEWORKS, FRAMEWORK_ITEMS, PUBLISHED_SCORES, RATINGS)}
