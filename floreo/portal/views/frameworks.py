"""Frameworks for everybody: what others published, the self-assessment of the country, and what is missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, Model, Q
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.errors import Missing
from floreo.core.ui.charts import Bar
from floreo.core.ui.locale import number
from floreo.evidence.queries import open_pieces_of
from floreo.frameworks import presenters, queries
from floreo.frameworks.access import get_framework_for, get_version_for
from floreo.frameworks.models import Assessment, Framework, PublishedScore, Version
from floreo.frameworks.queries import ItemLine, Sheet
from floreo.indicators.models import Indicator
from floreo.portal.views.page import Crumb, country_of, page, public_page
from floreo.strategy.models import Action, Objective, Pillar


@dataclass(frozen=True)
class ListedFramework:
    """One framework in the list, with what is known of the country."""

    framework: Framework
    version: Version
    items: int
    score: str
    score_year: int | None
    own: str


def _list_rows() -> list[ListedFramework]:
    """Four queries, however many frameworks."""
    versions = Version.objects.counted().filter(is_current=True).select_related("framework")
    scores: dict[int, PublishedScore] = {}
    for score in PublishedScore.objects.filter(subject="", part="").order_by("-year", "pk"):
        scores.setdefault(score.framework_id, score)
    own: dict[int, str] = {}
    public = Assessment.objects.visible_to(None).of_the_nation().select_related("in_version")
    public = public.order_by("-as_of", "-pk")
    for found in public.annotate(n=Count("answers"), done=Count("answers", filter=Q(answers__level__isnull=False))):
        words = {"year": found.year, "done": getattr(found, "done", 0), "n": getattr(found, "n", 0)}
        own.setdefault(found.in_version.framework_id, _("%(year)d: %(done)d of %(n)d items reviewed") % words)
    rated = Count("items", filter=Q(items__is_rated=True), distinct=True)
    return [
        ListedFramework(
            v.framework,
            v,
            getattr(v, "rated", 0),
            presenters.score_text(s) if s else "",
            s.year if s else None,
            own.get(v.framework_id, ""),
        )
        for v in versions.annotate(rated=rated).order_by("framework__position", "pk")
        for s in (scores.get(v.framework_id),)
    ]


@login_not_required
@public_page
def frameworks(request: HttpRequest) -> HttpResponseBase:
    """Every framework, with the newest score and how far the country's own assessment is; those that are only known
    apart."""
    rows = _list_rows()
    return page(
        request,
        "portal/frameworks.html",
        section="indicators",
        title=_("Frameworks and indexes"),
        rows=[row for row in rows if row.version.is_held],
        known=[row for row in rows if not row.version.is_held],
        description=_("Frameworks and treaties used to assess the country."),
        crumbs=(Crumb(_("Indicators"), reverse("portal:indicators")),),
    )


@dataclass(frozen=True)
class ItemRow:
    """One item in public: its reviewed level, what is done for it, its public evidence, what is missing."""

    line: ItemLine
    summary: str
    level: str
    reason: str
    served: list[Model]
    pieces: list[Any]
    missing: list[str]


def _public_things(sheet: Sheet) -> dict[int, list[Model]]:
    """What serves each item and the public may know of."""
    found = queries.contributions_of(line.item for line in sheet.lines)
    things = {(type(t), t.pk) for pairs in found.values() for _serving, t in pairs}

    def ids(model: type[Model]) -> list[Any]:
        return [pk for kind, pk in things if kind is model]

    seen: set[tuple[type[Model], Any]] = set()
    seen |= {
        (Action, pk) for pk in Action.objects.visible_to(None).filter(pk__in=ids(Action)).values_list("pk", flat=True)
    }
    public = Objective.objects.filter(pillar__edition__is_public=True, pk__in=ids(Objective))
    seen |= {(Objective, pk) for pk in public.values_list("pk", flat=True)}
    pillars = Pillar.objects.filter(edition__is_public=True, pk__in=ids(Pillar))
    seen |= {(Pillar, pk) for pk in pillars.values_list("pk", flat=True)}
    return {item: [t for _s, t in pairs if (type(t), t.pk) in seen] for item, pairs in found.items()}


def _item_rows(sheet: Sheet) -> list[ItemRow]:
    answers = [line.answer for line in sheet.lines if line.answer is not None]
    pieces = open_pieces_of(answers)
    served = _public_things(sheet)
    return [_item_row(line, sheet, served, pieces) for line in sheet.lines]


def _item_row(line: ItemLine, sheet: Sheet, served: dict[int, list[Model]], pieces: dict[str, list[Any]]) -> ItemRow:
    answer = line.answer
    level = answer.level if answer else None
    missing = presenters.missing_of(line, clock.today()) if sheet.assessment else []
    return ItemRow(
        line,
        presenters.roll_text(line.roll, sheet.version),
        sheet.version.word_of(level),
        answer.in_language("reason") if answer and level is not None else "",
        served.get(line.item.pk, []),
        pieces.get(f"frameworks.answer:{answer.pk}", []) if answer else [],
        missing,
    )


@dataclass(frozen=True)
class Published:
    """Scores that the publisher gave: this country's parts and years, and other states in the newest year."""

    year: int | None
    whole: PublishedScore | None
    parts: list[Bar]
    part_unit: str
    years: list[tuple[PublishedScore, str]]
    states: list[Bar]
    rows: list[tuple[str, PublishedScore, str]]  # what, score, words
    zeros: str
    not_shown: list[str]  # of each part with a zero
    indicators: list[Indicator]


def _published(found: Framework, sheet: Sheet, country: str) -> Published:
    """Four lists out of one query. Parts are named by the version that the scores were given in."""
    scores = list(found.scores.select_related("in_version").order_by("-year", "pk"))
    ours = [s for s in scores if not s.subject]
    year = _newest_year(ours) or _newest_year(scores)
    names = _names(scores)
    of_year = [s for s in scores if s.year == year]
    parts = [s for s in of_year if s.part and not s.subject]
    newest = [s for s in of_year if not s.part]
    zeros = _zeros(parts, names)
    return Published(
        year,
        next((s for s in newest if not s.subject), None),
        _bars_of_parts(parts, names),
        _unit_of(parts),
        [(s, presenters.score_text(s)) for s in ours if not s.part],
        _bars_of_states(newest, country),
        [(_part_name(s, names) or _state_name(s, country), s, presenters.score_text(s)) for s in scores],
        presenters.zeros_text([name for _code, name in zeros], year) if year else "",
        _why_not_shown(sheet, zeros),
        _indicators_of(scores),
    )


def _zeros(parts: Iterable[PublishedScore], names: Mapping[tuple[int | None, str], str]) -> list[tuple[str, str]]:
    """Code and name of each part with nothing."""
    return [(s.part, _part_name(s, names)) for s in parts if s.score == 0]


def _newest_year(scores: Iterable[PublishedScore]) -> int | None:
    return max((s.year for s in scores), default=None)


def _indicators_of(scores: Iterable[PublishedScore]) -> list[Indicator]:
    """Those that follow these scores, as far as they are public."""
    return list(Indicator.objects.visible_to(None).filter(code__in={s.indicator for s in scores if s.indicator}))


def _bars_of_parts(parts: Iterable[PublishedScore], names: Mapping[tuple[int | None, str], str]) -> list[Bar]:
    return [Bar(_part_name(s, names), s.score, number(s.score, 2), is_ours=True) for s in parts]


def _part_name(score: PublishedScore, names: Mapping[tuple[int | None, str], str]) -> str:
    """Empty for a score of the whole."""
    return names.get((score.in_version_id, score.part), score.part)


def _state_name(score: PublishedScore, country: str) -> str:
    return score.in_language("subject") or country


def _unit_of(parts: Sequence[PublishedScore]) -> str:
    """Of how many points, where it is the same of each part."""
    most = {s.maximum for s in parts if s.maximum is not None}
    return _("points of %(most)s") % {"most": number(most.pop())} if len(most) == 1 else ""


def _bars_of_states(scores: Iterable[PublishedScore], country: str) -> list[Bar]:
    """The highest first."""
    return [
        Bar(_state_name(s, country), s.score, number(s.score, 1), is_ours=not s.subject)
        for s in sorted(scores, key=lambda s: -s.score)
    ]


def _why_not_shown(sheet: Sheet, zeros: Iterable[tuple[str, str]]) -> list[str]:
    """Of each part with a zero, by code and name, what of it is not shown; nothing where the items are not held."""
    if not sheet.version.is_held:
        return []
    return [presenters.not_shown_text(name, _not_shown(sheet, code)) for code, name in zeros]


def _not_shown(sheet: Sheet, part: str) -> list[str]:
    """Items of that part without a level above the bottom, or without public evidence."""
    inside = set(sheet.tree.under(part)) if part in sheet.tree.nodes else set()
    lines = [line for line in sheet.lines if line.item.code in inside]
    return [line.item.in_language("title") or line.item.code for line in lines if line.is_missing or not line.evidence]


def _names(scores: Iterable[PublishedScore]) -> dict[tuple[int | None, str], str]:
    wanted: dict[int, set[str]] = defaultdict(set)
    for score in scores:
        if score.in_version_id and score.part:
            wanted[score.in_version_id].add(score.part)
    found: dict[tuple[int | None, str], str] = {}
    for version in Version.objects.filter(pk__in=wanted):
        for item in version.items.filter(code__in=wanted[version.pk]):
            found[version.pk, item.code] = item.in_language("title")
    return found


def _own(request: HttpRequest, version: Version) -> Assessment | None:
    """The published assessment asked for, or the newest."""
    wanted = request.GET.get("assessment", "")
    rows = Assessment.objects.visible_to(None).filter(in_version=version)
    rows = rows.select_related("in_version__framework", "before")
    found = rows.filter(code=wanted).first() if wanted else rows.of_the_nation().first()
    if wanted and found is None:
        raise Missing
    return found


@login_not_required
@public_page
def framework(request: HttpRequest, code: str) -> HttpResponseBase:
    """One framework: published scores, the country's own assessment item by item, and what is missing."""
    found = get_framework_for(None, code)
    version = get_version_for(None, found, request.GET.get("version", ""))
    own = _own(request, version)
    sheet = queries.sheet(version, own, None)
    country = country_of(request)
    return page(
        request,
        "portal/framework.html",
        section="indicators",
        title=found.in_language("title"),
        description=presenters.status_text(sheet),
        crumbs=_crumbs(),
        framework=found,
        version=version,
        sheet=sheet,
        published=_published(found, sheet, country.in_language("name") if country else _("This country")),
        rows=_item_rows(sheet),
        own=own,
        tops=_tops(sheet),
        unchecked=presenters.unchecked_text(sheet),
        held=presenters.held_text(sheet),
        versions=found.versions.all(),
        earlier=Assessment.objects.visible_to(None)
        .filter(in_version__framework=found)
        .select_related("in_version__framework"),
        files=[presenters.wording_text(file) for file in sheet.wording_files] if version.wording_is_public else [],
        change=_change(own),
    )


def _crumbs() -> tuple[Crumb, ...]:
    return (
        Crumb(_("Indicators"), reverse("portal:indicators")),
        Crumb(_("Frameworks and indexes"), reverse("portal:frameworks")),
    )


def _tops(sheet: Sheet) -> list[tuple[ItemLine, str]]:
    """The result of each part, in words; nothing while nothing is assessed."""
    if sheet.assessment is None:
        return []
    return [(line, presenters.roll_text(line.roll, sheet.version)) for line in sheet.tops if not line.item.is_rated]


def _change(own: Assessment | None) -> list[tuple[str, int]]:
    """How many items went which way since the assessment before, where that one is public too."""
    if own is None or own.before is None or not own.before.is_public:
        return []
    changes: dict[str, int] = defaultdict(int)
    for step in queries.steps_between(own.before, own):
        changes[step.change] += 1
    return [
        (str(words), changes[change])
        for change, words in presenters.CHANGE_WORDS.items()
        if changes[change] and change != "none"
    ]
