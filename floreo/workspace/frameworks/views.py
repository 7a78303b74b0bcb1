"""Pages of frameworks that only show: the list, one framework, one assessment, two assessments side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _l

from floreo.core import clock
from floreo.core.access import Permission, can, must
from floreo.core.errors import Missing
from floreo.frameworks import presenters, queries
from floreo.frameworks.access import get_assessment_for, get_framework_for, get_version_for
from floreo.frameworks.logic import ScoreChange, Step
from floreo.frameworks.models import Assessment, Framework, Item, PublishedScore, Version
from floreo.frameworks.queries import ItemLine, Sheet
from floreo.workspace.commands import commands_for
from floreo.workspace.frameworks.commands import ASSESSMENT_COMMANDS
from floreo.workspace.verbs import history_of


@dataclass(frozen=True)
class FrameworkRow:
    """One framework in the list: its version in use, and how far its newest assessment is."""

    framework: Framework
    version: Version
    items: int
    unchecked: int
    assessment: Assessment | None
    reviewed: int


def _rows(viewer: object) -> list[FrameworkRow]:
    """Three queries, however many frameworks."""
    counted = (
        Version.objects.counted()
        .filter(is_current=True)
        .select_related("framework")
        .annotate(
            rated=Count("items", filter=Q(items__is_rated=True), distinct=True),
            open_titles=Count("items", filter=Q(items__confirmed=False), distinct=True),
        )
    )
    newest: dict[int, tuple[Assessment, int]] = {}
    for found in (
        Assessment.objects.visible_to(viewer)
        .of_the_nation()
        .annotate(reviewed=Count("answers", filter=Q(answers__level__isnull=False)))
        .select_related("in_version__framework")
        .order_by("-as_of", "-pk")
    ):
        newest.setdefault(found.in_version.framework_id, (found, getattr(found, "reviewed", 0)))
    nothing: tuple[Assessment | None, int] = (None, 0)
    return [
        FrameworkRow(
            v.framework, v, getattr(v, "rated", 0), getattr(v, "open_titles", 0), *newest.get(v.framework_id, nothing)
        )
        for v in counted.order_by("framework__position", "pk")
    ]


def frameworks(request: HttpRequest) -> HttpResponse:
    """Every framework with how far its newest assessment is."""
    must(request.user, Permission.FRAMEWORK_ASSESS)
    context = {"workspace_section": "frameworks", "rows": _rows(request.user)}
    return render(request, "workspace/frameworks/frameworks.html", context)


def framework(request: HttpRequest, code: str) -> HttpResponse:
    """One framework: its assessments, its published scores, and its items with what serves them."""
    must(request.user, Permission.FRAMEWORK_ASSESS)
    found = get_framework_for(request.user, code)
    version = get_version_for(request.user, found, request.GET.get("version", ""))
    shown = queries.sheet(version, None, request.user)
    contributions = queries.contributions_of(line.item for line in shown.lines)
    context = {
        "workspace_section": "frameworks",
        "framework": found,
        "version": version,
        "sheet": shown,
        "versions": found.versions.all(),
        "lines": [(line, contributions.get(line.item.pk, [])) for line in shown.lines],
        "assessments": _assessments(request.user, found),
        "scores": _scores(found),
        "unchecked": presenters.unchecked_text(shown),
        "held": presenters.held_text(shown),
        "known": presenters.known_text(version),
        "files": [presenters.wording_text(file) for file in shown.wording_files],
        "may_review": can(request.user, Permission.FRAMEWORK_REVIEW),
        "may_start": _may_start(request.user, found, version),
    }
    return render(request, "workspace/frameworks/framework.html", context)


def _may_start(viewer: object, found: Framework, version: Version) -> bool:
    """Only against what is held: the version in use, or an older one while the one in use is only known."""
    if not version.is_held or not can(viewer, Permission.FRAMEWORK_REVIEW):
        return False
    return version.is_current or not get_version_for(viewer, found).is_held


def _assessments(viewer: object, found: Framework) -> list[Assessment]:
    rows = Assessment.objects.visible_to(viewer).outside_campaigns().filter(in_version__framework=found)
    rows = rows.annotate(items=Count("answers"), reviewed=Count("answers", filter=Q(answers__level__isnull=False)))
    return list(rows.select_related("in_version__framework", "organisation").order_by("-as_of", "-pk"))


def _scores(found: Framework) -> list[tuple[PublishedScore, str, str]]:
    """Each published score of this country with the name of its part."""
    rows = list(found.scores.filter(subject="").select_related("in_version"))
    items = Item.objects.filter(in_version__framework=found, code__in=[r.part for r in rows if r.part])
    names = {(item.in_version_id, item.code): item.in_language("title") for item in items}
    return [(r, names.get((r.in_version_id or 0, r.part), r.part), presenters.score_text(r)) for r in rows]


# What the page of an assessment can be narrowed to.
SHOWN: Mapping[str, tuple[Promise, Callable[[ItemLine], bool]]] = {
    "": (_l("All items"), lambda line: True),
    "missing": (_l("What is missing"), lambda line: line.is_missing or not line.evidence),
    "waiting": (_l("Not reviewed"), lambda line: line.answer is None or line.answer.level is None),
    "differ": (_l("Ratings differ"), lambda line: line.disagrees),
    "bare": (_l("No evidence"), lambda line: not line.evidence),
}


@dataclass(frozen=True)
class LineRow:
    """One item of an assessment in words."""

    line: ItemLine
    summary: str  # of a branch: its status
    level: str
    before: str
    raters: list[tuple[str, str]]
    missing: list[str]


def _line_row(line: ItemLine, version: Version) -> LineRow:
    level = line.answer.level if line.answer else None
    raters = [(r.rater_name, version.word_of(r.level)) for r in line.ratings]
    return LineRow(
        line,
        presenters.roll_text(line.roll, version),
        version.word_of(level),
        version.word_of(line.before),
        raters,
        presenters.missing_of(line, clock.today()),
    )


def _narrowed(shown: Sheet, keep: Callable[[ItemLine], bool]) -> list[ItemLine]:
    """The items that fit, and the branches that hold one of them."""
    fits = {line.item.pk for line in shown.rated if keep(line)}
    over = {line.item.pk: line.item.parent_id for line in shown.lines}
    for pk in list(fits):
        up = over.get(pk)
        while up is not None and up not in fits:
            fits.add(up)
            up = over.get(up)
    return [line for line in shown.lines if line.item.pk in fits]


def assessment(request: HttpRequest, code: str) -> HttpResponse:
    """One assessment, item by item."""
    must(request.user, Permission.FRAMEWORK_ASSESS)
    found = get_assessment_for(request.user, code)
    shown = queries.sheet(found.in_version, found, request.user)
    chosen = request.GET.get("show", "")
    chosen = chosen if chosen in SHOWN else ""
    counts = {name: sum(keep(line) for line in shown.rated) for name, (_words, keep) in SHOWN.items()}
    lines = _narrowed(shown, SHOWN[chosen][1])
    context = {
        "workspace_section": "frameworks",
        "assessment": found,
        "version": found.in_version,
        "sheet": shown,
        "rows": [_line_row(line, found.in_version) for line in lines],
        "chips": [(name, words, counts[name], name == chosen) for name, (words, _store) in SHOWN.items()],
        "status_text": presenters.status_text(shown),
        "unchecked": presenters.unchecked_text(shown),
        "next": next((line for line in shown.rated if _waits_for(line, request.user)), None),
        "may": commands_for(request.user, found, ASSESSMENT_COMMANDS),
        "history": history_of(found, viewer=request.user),
        "others": Assessment.objects.visible_to(request.user)
        .outside_campaigns()
        .filter(in_version__framework=found.in_version.framework_id)
        .exclude(pk=found.pk)
        .select_related("in_version__framework", "organisation"),
    }
    return render(request, "workspace/frameworks/assessment.html", context)


def _waits_for(line: ItemLine, viewer: object) -> bool:
    """Whether this person has not rated it yet."""
    code = getattr(viewer, "actor_code", "")
    return line.answer is not None and all(rating.rater != code for rating in line.ratings)


@dataclass(frozen=True)
class StepRow:
    """One item then and now, in words."""

    item: Item
    before: str
    now: str
    change: str
    words: str


def compare(request: HttpRequest, code: str) -> HttpResponse:
    """Two assessments of a framework side by side; through the mappings where its version changed."""
    must(request.user, Permission.FRAMEWORK_ASSESS)
    now = get_assessment_for(request.user, code)
    before = _other(request, now)
    items = {item.code: item for item, _depth in queries.ordered(now.in_version)}
    steps = queries.steps_between(before, now)
    context = {
        "workspace_section": "frameworks",
        "now": now,
        "before": before,
        "turns": _waiting_for(steps),
        "rows": [_step_row(step, items[step.code], before.in_version, now.in_version) for step in steps],
        "old": queries.sheet(before.in_version, before, request.user),
        "unlinked": _unlinked(steps, before),
        "new": queries.sheet(now.in_version, now, request.user),
    }
    context["old_text"] = presenters.roll_text(context["old"].total, before.in_version)  # type: ignore[attr-defined]
    context["new_text"] = presenters.roll_text(context["new"].total, now.in_version)  # type: ignore[attr-defined]
    return render(request, "workspace/frameworks/compare.html", context)


def _other(request: HttpRequest, now: Assessment) -> Assessment:
    """The assessment asked for, or the one that this one follows. Raises Missing when there is none of this framework."""
    wanted = request.GET.get("with", "") or (now.before.code if now.before else "")
    before = get_assessment_for(request.user, wanted) if wanted else None
    if before is None or before.in_version.framework_id != now.in_version.framework_id:
        raise Missing
    return before


def _step_row(step: Step, item: Item, old: Version, new: Version) -> StepRow:
    return StepRow(
        item, old.word_of(step.before), new.word_of(step.now), step.change, str(presenters.CHANGE_WORDS[step.change])
    )


def _waiting_for(steps: list[Step]) -> list[tuple[str, int]]:
    """How many went which way; what was rated neither then nor now is left out."""
    return [
        (str(words), count)
        for change, words in presenters.CHANGE_WORDS.items()
        if change is not ScoreChange.NONE and (count := sum(step.change is change for step in steps))
    ]


def _unlinked(steps: list[Step], before: Assessment) -> int:
    """How many rated items of the older one have no counterpart: only where the version changed can that be."""
    levels: dict[str, Decimal] = queries.levels_of(before)
    return max(len(levels) - sum(step.before is not None for step in steps), 0)
