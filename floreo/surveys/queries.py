"""Results of a wave: counted from its answers, weighted, with bands, and as they are published: nothing that is hidden is in them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count

from floreo.core import clock
from floreo.core.figures import is_small
from floreo.surveys import logic
from floreo.surveys.logic import Cell, Hidden, Share, Tally, Weights
from floreo.surveys.models import VARIABLES, InstrumentVersion, Question, QuestionKind, Survey, Wave, WeightMethod
from floreo.surveys.questions import Kind, Worded, chosen_of, mean_of, why_not_comparable

COUNTED = "*"  # the answers of a question that its result counts
ALL = ""  # the group of everybody
QUESTION = "question"  # groups by the answer to a question: "question.campaign/yes"

Profile = tuple[
    str, ...
]  # of one who answered: the value of each variable, then the answers to questions that make groups


@dataclass(frozen=True)
class Grouping:
    """One way to group people: a variable, or a question that makes groups, with its values in order."""

    name: str  # "district", or "question.campaign"
    question: Question
    values: tuple[str, ...]


@dataclass(frozen=True)
class Shown:
    """The result of a group: its share, or why it is not shown."""

    share: Share | None
    hidden: Hidden | None = None


@dataclass(frozen=True)
class OfQuestion:
    """What came of one question. `shares` by option (COUNTED for those that count together) and group."""

    question: Question
    place: int
    answered: int
    not_answered: int
    shares: Mapping[str, Mapping[str, Shown]]
    mean: tuple[float, float, float] | None = None  # mean, low, high


@dataclass(frozen=True)
class Results:
    """Of one wave, not rounded: for who computes with them. What leaves is `as_published`."""

    wave: Wave
    answers: int
    weights: Weights
    effective: float
    groupings: tuple[Grouping, ...]
    questions: Mapping[str, OfQuestion]
    languages: Mapping[str, int]
    modes: Mapping[str, int]
    group_sizes: Mapping[str, int] = field(default_factory=dict)


def questions_of(instrument: InstrumentVersion) -> list[Question]:
    return instrument.asked


def groupings_of(questions: Sequence[Question]) -> list[Grouping]:
    """By what results are shown: gender, age and district first, in the order of a page; then questions that make groups."""
    by_variable = {q.variable: q for q in questions if q.variable}
    order = ("gender", "age", "district", "sector")
    found = [
        Grouping(name, by_variable[name], by_variable[name].option_keys()) for name in order if name in by_variable
    ]
    found += [Grouping(f"{QUESTION}.{q.key}", q, q.option_keys()) for q in questions if q.is_group and not q.variable]
    return found


def weighting_cells(wave: Wave) -> Counter[Cell]:
    """How many answers have which values of the variables that are weighted by."""
    names = _weighting(wave)
    if not names:
        return Counter({(): wave.responses.count()})
    rows = wave.responses.order_by().values_list(*names).annotate(number=Count("pk"))
    found: Counter[Cell] = Counter()
    for *values, number in rows:
        found[tuple(str(each) for each in values)] += number
    return found


def _weighting(wave: Wave) -> list[str]:
    return [name for name in wave.weighted_by if name in VARIABLES]


def margins_of(wave: Wave) -> list[dict[str, float]]:
    """How many people of the population have each value, for each variable that is weighted by."""
    found = []
    for name in _weighting(wave):
        people: dict[str, float] = defaultdict(float)
        for row in wave.targets:
            if row.get(name):
                people[str(row[name])] += float(row["count"])
        found.append(dict(people))
    return found


def population_cells(wave: Wave) -> dict[Cell, float]:
    """People by the combination of all variables, where the table has it."""
    names = _weighting(wave)
    found: dict[Cell, float] = defaultdict(float)
    for row in wave.targets:
        if all(row.get(name) for name in names):
            found[tuple(str(row[name]) for name in names)] += float(row["count"])
    return dict(found)


def weights_of(wave: Wave, counts: Counter[Cell] | None = None) -> Weights:
    """As the wave says that its answers are weighted."""
    cells = weighting_cells(wave) if counts is None else counts
    if wave.method == WeightMethod.NONE or not _weighting(wave) or not wave.targets:
        return logic.even(cells)
    if wave.method == WeightMethod.CELLS:
        return logic.poststratified(cells, population_cells(wave))
    return logic.raked(cells, margins_of(wave))


# --- Counting -----------------------------------------------------------------------------------------------------


@dataclass
class _Counted:
    """The answers of a wave, counted in one walk."""

    profiles: Counter[Profile] = field(default_factory=Counter)
    answers: dict[str, Counter[tuple[Profile, Any]]] = field(default_factory=lambda: defaultdict(Counter))
    languages: Counter[str] = field(default_factory=Counter)
    modes: Counter[str] = field(default_factory=Counter)


def _count(wave: Wave, questions: Sequence[Question]) -> _Counted:
    found = _Counted()
    makers = [q.key for q in questions if q.is_group and not q.variable]
    keys = [(q.key, q.kind) for q in questions if q.kind != QuestionKind.TEXT]
    rows = wave.responses.order_by().values_list("answers", "language", "mode", *VARIABLES)
    for answers, language, mode, *variables in rows.iterator(chunk_size=5000):
        profile = (*variables, *(str(answers.get(key, "")) for key in makers))
        found.profiles[profile] += 1
        found.languages[language] += 1
        found.modes[mode] += 1
        for key, _kind in keys:
            given = answers.get(key)
            if given is not None:
                found.answers[key][profile, tuple(given) if isinstance(given, list) else given] += 1
    return found


def computed(wave: Wave) -> Results:
    """All results of the wave from its answers."""
    questions = questions_of(wave.instrument)
    counted, groupings = _count(wave, questions), groupings_of(questions)
    names = _weighting(wave)
    places = [VARIABLES.index(name) for name in names]
    cells: Counter[Cell] = Counter()
    for profile, number in counted.profiles.items():
        cells[tuple(profile[place] for place in places)] += number
    weights = weights_of(wave, cells)
    weight_of = {p: weights.of.get(tuple(p[place] for place in places), 1.0) for p in counted.profiles}
    groups_of = {p: _groups(p, groupings, questions) for p in counted.profiles}
    sizes: Counter[str] = Counter()
    for profile, number in counted.profiles.items():
        for group in groups_of[profile]:
            sizes[group] += number
    found = {}
    for place, question in enumerate(questions, 1):
        if question.kind == QuestionKind.TEXT:
            continue
        tallies = _tallies(question, counted.answers[question.key], weight_of, groups_of)
        answered = tallies[ALL].number if ALL in tallies else 0
        found[question.key] = OfQuestion(
            question,
            place,
            answered,
            sum(counted.profiles.values()) - answered,
            _shares(question, tallies, groupings, is_sample=wave.is_sample),
            _mean(question, counted.answers[question.key], weight_of, is_sample=wave.is_sample),
        )
    total = sum(counted.profiles.values())
    return Results(
        wave,
        total,
        weights,
        logic.effective_number((weight_of[p], number) for p, number in counted.profiles.items()),
        tuple(groupings),
        found,
        counted.languages,
        counted.modes,
        sizes,
    )


def _groups(profile: Profile, groupings: Iterable[Grouping], questions: Sequence[Question]) -> list[str]:
    """The groups to which somebody belongs, everybody's first."""
    makers = [q.key for q in questions if q.is_group and not q.variable]
    values = dict(zip((*VARIABLES, *(f"{QUESTION}.{key}" for key in makers)), profile, strict=True))
    return [ALL, *(f"{g.name}/{values[g.name]}" for g in groupings if values.get(g.name))]


def _tallies(
    question: Question,
    answers: Mapping[tuple[Profile, Any], int],
    weight_of: Mapping[Profile, float],
    groups_of: Mapping[Profile, list[str]],
) -> dict[str, Tally]:
    found: dict[str, Tally] = {}
    counted = {str(each) for each in question.counted}
    for (profile, given), number in answers.items():
        chosen = chosen_of(question.kind, list(given) if isinstance(given, tuple) else given)
        if counted & set(chosen):
            chosen = [*chosen, COUNTED]
        for group in groups_of[profile]:
            found.setdefault(group, Tally()).add(weight_of[profile], chosen, number)
    return found


def _shares(
    question: Question, tallies: Mapping[str, Tally], groupings: Iterable[Grouping], *, is_sample: bool
) -> dict[str, dict[str, Shown]]:
    everybody = tallies.get(ALL, Tally())
    options = [*question.option_keys(), *([COUNTED] if question.counted else [])]
    shown = _shown_options(question, everybody)
    found: dict[str, dict[str, Shown]] = {}
    for option in options:
        held: dict[str, Shown] = {ALL: _of_everybody(everybody, option, shown, question, is_sample=is_sample)}
        for grouping in groupings:
            if grouping.question.key != question.key:
                held |= _of_groups(grouping, tallies, option, held[ALL], is_sample=is_sample)
        found[option] = held
    return found


def _shown_options(question: Question, everybody: Tally) -> dict[str, bool]:
    """Which answers are shown by themselves. Where one person gives several, no sum of them is known from which one could be computed."""
    keys = question.option_keys()
    counts = [everybody.number_of(key) for key in keys]
    if question.kind == QuestionKind.MULTIPLE:
        return {key: not is_small(number) for key, number in zip(keys, counts, strict=True)}
    return dict(zip(keys, logic.shown_options(counts), strict=True))


def _of_everybody(
    tally: Tally, option: str, shown: Mapping[str, bool], question: Question, *, is_sample: bool
) -> Shown:
    share = tally.share(option, is_sample=is_sample)
    if share is None:
        return Shown(None, Hidden.NOBODY)
    number = tally.number_of(option)
    few = is_small(tally.number) or is_small(number) or is_small(tally.number - number)
    if few or not shown.get(option, True) or (option == COUNTED and _counted_gives_away(tally, shown, question)):
        return Shown(None, Hidden.FEW)
    return Shown(share)


def _counted_gives_away(tally: Tally, shown: Mapping[str, bool], question: Question) -> bool:
    """Whether the answers that count together, or all others, are so few but for those that are shown by themselves: the difference would
    reveal them. Where one person gives several answers, they have no sum."""
    if question.kind == QuestionKind.MULTIPLE:
        return False
    counted = {str(key) for key in question.counted}
    hidden = [key for key in question.option_keys() if not shown.get(key, True)]
    parts = ([key for key in hidden if (key in counted) is together] for together in (True, False))
    return any(is_small(sum(tally.number_of(key) for key in part)) for part in parts)


def _of_groups(
    grouping: Grouping, tallies: Mapping[str, Tally], option: str, everybody: Shown, *, is_sample: bool
) -> dict[str, Shown]:
    names = [f"{grouping.name}/{value}" for value in grouping.values]
    held = [tallies.get(name, Tally()) for name in names]
    hidden = logic.hidden_groups([t.number for t in held], [t.number_of(option) for t in held])
    if everybody.share is None:  # what is too few of all is too few of each part
        hidden = [why or Hidden.FEW for why in hidden]
    return {
        name: Shown(None, why) if why is not None else Shown(tally.share(option, is_sample=is_sample))
        for name, tally, why in zip(names, held, hidden, strict=True)
    }


def _mean(
    question: Question,
    answers: Mapping[tuple[Profile, Any], int],
    weight_of: Mapping[Profile, float],
    *,
    is_sample: bool,
) -> tuple[float, float, float] | None:
    """The weighted mean with its band, of a number or a scale."""
    if question.kind not in (Kind.NUMBER, Kind.SCALE) or sum(answers.values()) < logic.ENOUGH:
        return None
    pairs = [(float(given), weight_of[profile]) for (profile, given), number in answers.items() for _n in range(number)]
    found = mean_of(pairs)
    if found is None:
        return None
    mean, spread, effective = found
    half = logic.Z95 * spread / effective**0.5 if is_sample else 0.0
    return mean, mean - half, mean + half


# --- As published -------------------------------------------------------------------------------------------------


def as_published(wave: Wave) -> dict[str, Any]:
    """What everybody may see of the wave, rounded and without what is hidden; with its comparison to the wave before. This is stored
    when results are published, and it is what pages, files and measures read."""
    results = computed(wave)
    before = computed(wave.compared_with) if wave.compared_with is not None else None
    return {
        "on": clock.today().isoformat(),
        "answers": results.answers,
        "is_sample": wave.is_sample,
        "languages": dict(results.languages),
        "modes": dict(results.modes),
        "weights": _weights_facts(wave, results),
        "groupings": [_grouping_facts(g, results) for g in results.groupings],
        "questions": {key: _question_facts(each) for key, each in results.questions.items()},
        "before": _before_facts(before, results) if before is not None else None,
    }


def _weights_facts(wave: Wave, results: Results) -> dict[str, Any]:
    made = results.weights
    names = _weighting(wave)
    is_weighted = wave.method != WeightMethod.NONE and bool(names) and bool(wave.targets)
    return {
        "by": names if is_weighted else [],
        "method": wave.method if is_weighted else WeightMethod.NONE.value,
        "effective": round(results.effective),
        "effect": round(logic.design_effect(results.answers, results.effective), 2),
        "trimmed": made.trimmed,
        "is_fitted": made.is_fitted,
        "unknown": made.unknown,
        "missing": [
            [names[place] if wave.method != WeightMethod.CELLS else "", value.replace("\x1f", " / "), round(share, 4)]
            for place, value, share in made.missing
        ],
    }


def _grouping_facts(grouping: Grouping, results: Results) -> dict[str, Any]:
    return {
        "name": grouping.name,
        "question": grouping.question.key,
        "values": [v for v in grouping.values if results.group_sizes.get(f"{grouping.name}/{v}")],
    }


def _question_facts(found: OfQuestion) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "place": found.place,
        "answered": found.answered,
        "not_answered": found.not_answered,
        "shares": {
            option: {group: shown_facts(shown, is_all=group == ALL) for group, shown in held.items()}
            for option, held in found.shares.items()
        },
    }
    if found.mean is not None:
        facts["mean"] = [round(each, 1) for each in found.mean]
    return facts


def shown_facts(shown: Shown, *, is_all: bool) -> dict[str, Any]:
    """Of a group whole per cent only: finer ones would reveal what is hidden by their difference from the total."""
    if shown.share is None:
        return {"hidden": str(shown.hidden or Hidden.NOBODY)}
    share, digits = shown.share, 4 if is_all else 2
    facts: dict[str, Any] = {"share": round(share.value, digits), "answers": share.answers}
    if share.low is not None and share.high is not None:
        facts |= {"low": round(share.low, digits), "high": round(share.high, digits)}
    return facts


def _before_facts(before: Results, after: Results) -> dict[str, Any]:
    """The wave before beside this one: its shares, and of each question that compares the difference with its band."""
    found: dict[str, Any] = {"wave": before.wave.code, "answers": before.answers, "questions": {}, "differs": {}}
    for key, each in after.questions.items():
        earlier = before.questions.get(key)
        why = why_not_comparable(_worded(earlier), _worded(each))
        if why is not None or earlier is None:
            found["differs"][key] = str(why or "not_asked")
            continue
        found["questions"][key] = {
            option: {
                group: _change_facts(earlier.shares.get(option, {}).get(group), shown, group)
                for group, shown in held.items()
            }
            for option, held in each.shares.items()
        }
    return found


def _worded(found: OfQuestion | None) -> Worded | None:
    return found.question.as_worded(found.place) if found is not None else None


def _change_facts(before: Shown | None, after: Shown, group: str) -> dict[str, Any]:
    if before is None:
        return {"hidden": str(Hidden.NOBODY)}
    facts = shown_facts(before, is_all=group == ALL)
    if before.share is None or after.share is None:
        return facts
    change = logic.difference(before.share, after.share)
    if change is None:
        return facts
    digits = 4 if group == ALL else 2
    return facts | {
        "change": str(change.change),
        "by": round(change.value, digits) + 0.0,  # -0.0 is 0.0: PostgreSQL keeps no other
        "from": round(change.low, digits) + 0.0,
        "to": round(change.high, digits) + 0.0,
    }


def results_of(wave: Wave) -> dict[str, Any]:
    """What is published of a wave; of one that is not, what would be."""
    return dict(wave.results) if wave.results else as_published(wave)


# --- Pages and lists ----------------------------------------------------------------------------------------------


def waves_of(survey: Survey, viewer: object) -> list[Wave]:
    """Newest first."""
    rows = Wave.objects.visible_to(viewer).filter(survey=survey).defer("targets", "results")
    return list(rows.select_related("instrument").order_by("-starts_on", "-pk"))


def published_before(survey_code: str, last_day: Any, first_day: Any) -> Wave | None:
    """The newest published wave of a public survey whose last day lies between the two."""
    rows = Wave.objects.published().filter(survey__code=survey_code, survey__is_public=True)
    rows = rows.filter(ends_on__lte=last_day, ends_on__gte=first_day)
    return rows.select_related("survey").order_by("-ends_on", "-pk").first()


@dataclass(frozen=True)
class Progress:
    """How many answers a wave has, by way and by district."""

    answers: int
    modes: Mapping[str, int]
    districts: Mapping[str, int]
    clock_off: int
    typed_once: int
    links: int
    links_used: int


def progress_of(wave: Wave) -> Progress:
    rows = wave.responses.order_by()
    modes = dict(rows.values_list("mode").annotate(number=Count("pk")))
    districts = dict(rows.values_list("district").annotate(number=Count("pk")))
    links = dict(wave.sample_links.order_by().values_list("is_used").annotate(number=Count("pk")))
    return Progress(
        sum(modes.values()),
        modes,
        districts,
        rows.filter(clock_off=True).count(),
        rows.filter(mode="paper", typed_twice=False).count(),
        sum(links.values()),
        links.get(True, 0),
    )


def variables_of(instrument: InstrumentVersion) -> dict[str, Question]:
    """The questions that describe who answers, by what they describe."""
    return {q.variable: q for q in questions_of(instrument) if q.variable}
