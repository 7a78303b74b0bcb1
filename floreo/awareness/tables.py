"""Awareness as open data: campaigns, whom they reached, materials, quizzes and exercises. No count of takers, no group."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db.models import Count, Model, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from floreo.awareness.models import Audience, Campaign, Exercise, Material, Quiz, QuizKind, Reach, ReachUnit, Subject
from floreo.awareness.models.published import Published
from floreo.core.access import Permission
from floreo.core.columns import CHANGED, ID, SOURCED, by_id, column, titles
from floreo.core.tables import CellKind, Column, Filter, PerLanguage, Table

_READ = Permission.AWARENESS_READ


def _address(thing: Any) -> str:
    return f"{settings.SITE_ADDRESS}{thing.get_absolute_url()}"


_ADDRESS = Column("address", _("Address"), _("Permanent address"), _address, CellKind.LINK)


def _is_public(of: type[Model]) -> Column:
    return Column.of(of, "is_public", _("Whether everybody sees it"), CellKind.FLAG, needs=_READ)


def _campaigns(viewer: object) -> QuerySet[Campaign]:
    rows: QuerySet[Campaign] = Campaign.objects.visible_to(viewer)
    counted = rows.annotate(number_of_reach=Count("reach", distinct=True))
    return counted.select_related("lead", "objective__pillar__edition")


def _lead(campaign: Campaign) -> str | None:
    lead = campaign.lead
    return lead.code if lead is not None and lead.is_public else None


def _objective(campaign: Campaign) -> str | None:
    objective = campaign.objective
    if objective is None or not objective.pillar.edition.is_public:
        return None
    return f"{objective.pillar.edition.code}/{objective.code}"


def _states() -> list[tuple[str, Any]]:
    return [("yes", _("Published")), ("no", _("Not published"))]


def _by_state(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    return rows.filter(is_public=value == "yes")


_AUDIENCE = Filter("audience", _("Audience"), lambda: Audience.choices, lambda rows, v: rows.filter(audience=v))
_SUBJECT = Filter(
    "subject", pgettext_lazy("of a text", "Subject"), lambda: Subject.choices, lambda rows, v: rows.filter(subject=v)
)
_STATE = Filter("published", _("Published"), _states, _by_state)


CAMPAIGNS = Table(
    "campaigns",
    _("Campaigns"),
    _("Campaigns to make people aware of something: for whom, from when to when, and what they serve in the strategy."),
    rows=_campaigns,
    columns=(
        Column.of(Campaign, "code", _("Part of its address")),
        *titles(_("As announced"), of=Campaign),
        Column.of(Campaign, "aim", _("Who should do what after it")),
        Column.of(
            Campaign, "audiences", _("households, schools, firms and others"), value=lambda c: " ".join(c.audiences)
        ),
        Column.of(Campaign, "starts_on", _("Day on which it begins"), CellKind.DATE),
        Column.of(Campaign, "ends_on", _("Day on which it ends"), CellKind.DATE),
        Column("objective", _("Serves"), _("Edition and code of what it serves in the strategy"), _objective),
        Column.of(Campaign, "lead", _("Code of the organisation"), value=_lead),
        column("number_of_reach", _("Numbers of reach"), _("How many numbers were entered"), CellKind.WHOLE),
        _ADDRESS,
        _is_public(Campaign),
        *SOURCED,
        CHANGED,
    ),
    order=("-starts_on", "-pk"),
    search=("title", "code", "aim"),
    filters=(_STATE,),
    lookup=lambda rows, key: rows.filter(code=key),
)


def _reach(viewer: object) -> QuerySet[Reach]:
    rows: QuerySet[Reach] = Reach.objects.visible_to(viewer)
    return rows.select_related("campaign", "channel")


CAMPAIGN_REACH = Table(
    "campaign_reach",
    _("Reach of campaigns"),
    _("How many a campaign reached, as its source counted it. Numbers of different units are never added."),
    rows=_reach,
    columns=(
        ID,
        Column.of(Reach, "campaign", _("Its code"), value=lambda r: r.campaign.code),
        Column.of(Reach, "unit", _("views, listeners, people, sms or copies")),
        Column.of(Reach, "number", _("As its source says"), CellKind.WHOLE),
        Column.of(Reach, "from_on", _("First day that was counted"), CellKind.DATE),
        Column.of(Reach, "to_on", _("Last day that was counted"), CellKind.DATE),
        Column.of(Reach, "channel", _("Where it was placed"), value=lambda r: r.channel.kind if r.channel else ""),
        *SOURCED,
        CHANGED,
    ),
    order=("campaign_id", "from_on", "pk"),
    key="id",
    search=("campaign__title", "source"),
    filters=(
        Filter("unit", _("What the number counts"), lambda: ReachUnit.choices, lambda rows, v: rows.filter(unit=v)),
    ),
    lookup=by_id,
)


def _published(model: Any) -> Callable[[object], QuerySet[Any]]:
    def rows(viewer: object) -> QuerySet[Any]:
        found: QuerySet[Any] = model.objects.visible_to(viewer)
        return found

    return rows


def _facts() -> tuple[Column | PerLanguage, ...]:
    return (
        Column.of(Published, "code", _("Part of its address")),
        *titles(_("As published"), of=Published),
        Column.of(Published, "summary", _("One sentence")),
        Column.of(Published, "audience", _("households, schools, firms, older, public_bodies or everybody")),
        Column.of(Published, "subject", _("What it is about")),
        Column.of(Published, "published_on", _("Day on which it was published first"), CellKind.DATE),
        Column.of(Published, "is_generic", _("Comes with the product, not written for the country"), CellKind.FLAG),
        _ADDRESS,
    )


MATERIALS = Table(
    "materials",
    _("Materials"),
    _("Advice to read and to print, each with its licence and source."),
    rows=_published(Material),
    columns=(
        *_facts(),
        Column.of(Material, "licence", _("Under which others may use it")),
        Column.of(Material, "paper", _("a4 or a5")),
        Column.of(Material, "body", _("Markdown")),
        Column.of(Material, "review_on", _("By when somebody reads whether it is still right"), CellKind.DATE),
        _is_public(Published),
        *SOURCED,
        CHANGED,
    ),
    order=("audience", "subject", "title", "pk"),
    search=("title", "summary", "body", "code"),
    filters=(_AUDIENCE, _SUBJECT, _STATE),
    lookup=lambda rows, key: rows.filter(code=key),
)


def _quizzes(viewer: object) -> QuerySet[Quiz]:
    rows: QuerySet[Quiz] = Quiz.objects.visible_to(viewer)
    return rows.annotate(number_of_questions=Count("questions"))


QUIZZES = Table(
    "quizzes",
    _("Quizzes and self-checks"),
    _("Quizzes that anybody may take, and self-checks for small firms."),
    rows=_quizzes,
    columns=(
        *_facts(),
        Column.of(Quiz, "kind", _("quiz or check")),
        column("number_of_questions", _("Questions"), _("How many it has"), CellKind.WHOLE),
        _is_public(Published),
        *SOURCED,
        CHANGED,
    ),
    order=("kind", "title", "pk"),
    search=("title", "summary", "code"),
    filters=(
        Filter("kind", _("Kind of quiz"), lambda: QuizKind.choices, lambda rows, v: rows.filter(kind=v)),
        _AUDIENCE,
        _STATE,
    ),
    lookup=lambda rows, key: rows.filter(code=key),
)


def _exercises(viewer: object) -> QuerySet[Exercise]:
    rows: QuerySet[Exercise] = Exercise.objects.visible_to(viewer)
    return rows.annotate(number_of_messages=Count("messages"))


EXERCISES = Table(
    "exercises",
    _("Phishing exercises"),
    _("Messages to look at in the browser, some of them a phish."),
    rows=_exercises,
    columns=(
        *_facts(),
        column("number_of_messages", _("Messages"), _("How many it has"), CellKind.WHOLE),
        _is_public(Published),
        *SOURCED,
        CHANGED,
    ),
    order=("title", "pk"),
    search=("title", "summary", "code"),
    filters=(_AUDIENCE, _STATE),
    lookup=lambda rows, key: rows.filter(code=key),
)

TABLES = {table.name: table for table in (CAMPAIGNS, CAMPAIGN_REACH, MATERIALS, QUIZZES, EXERCISES)}
