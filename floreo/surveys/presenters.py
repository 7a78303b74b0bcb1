"""Surveys as sentences and rows, computed from results, so that page, paper and workspace say the same. No HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext, pgettext

from floreo.core import clock, languages
from floreo.core.ui import charts
from floreo.core.ui.locale import day, number
from floreo.core.wording import (
    capital,
    colon,
    day_text,
    listed,
    month_text,
    number_figures,
    sentences,
    short_day_of_year,
)
from floreo.surveys.logic import Change, Hidden, fraction_name
from floreo.surveys.models import Question, QuestionKind, ResponseMode, Survey, Variable, Wave, WeightMethod
from floreo.surveys.queries import ALL, COUNTED, QUESTION, Progress, questions_of
from floreo.surveys.questions import LONGEST, Differs, Phase, Wrong

NBSP = "\u00a0"

GROUPING_WORDS = {
    "district": _l("District"),
    "age": _l("Age"),
    "gender": _l("Gender"),
    "sector": _l("Sector"),
}


# --- What is wrong with an answer ---------------------------------------------------------------------------------


_WRONG = {
    Wrong.UNKNOWN_OPTION: _l("That is none of the answers to choose from."),
    Wrong.NOT_A_NUMBER: _l("Enter a whole number, with digits only."),
    Wrong.MISSING: _l("This question has to be answered."),
    Wrong.NOT_ANSWERS: _l("These are no answers to this survey."),
}


def wrong_sentence(why: Wrong, question: Question | None, key: str) -> str:
    match why:
        case Wrong.UNKNOWN_QUESTION:
            return _("This survey has no question “%(key)s”.") % {"key": key[:40]}
        case Wrong.OUT_OF_RANGE:
            return _range_sentence(question)
        case Wrong.TOO_LONG:
            return _("At most %(n)s characters fit.") % {"n": number_figures(LONGEST)}
        case _:
            return str(_WRONG[why])


def _range_sentence(question: Question | None) -> str:
    low = question.low if question is not None and question.low is not None else 0
    if question is not None and question.kind == QuestionKind.SCALE:
        low, high = question.bounds()
        return _("Enter a number from %(low)s to %(high)s.") % {"low": low, "high": high}
    if question is not None and question.high is not None:
        words = {"low": number_figures(low), "high": number_figures(question.high)}
        return _("Enter a number from %(low)s to %(high)s.") % words
    return _("Enter a number of at least %(low)s.") % {"low": number_figures(low)}


def differing_sentence(questions: Sequence[Question]) -> str:
    words = "; ".join(f"“{q.called}”" for q in questions)
    return _("The two typings differ at: %(questions)s. Look at the paper.") % {"questions": words}


# --- Where a survey and a wave are --------------------------------------------------------------------------------


def phase_text(wave: Wave) -> str:
    words = {"first": day_text(wave.starts_on), "last": day_text(wave.ends_on)}
    match wave.phase:
        case Phase.DRAFT:
            return _("Draft")
        case Phase.WAITING:
            return _("Opens on %(first)s") % words
        case Phase.OPEN:
            return _("Open until %(last)s") % words
        case Phase.CLOSED:
            return _("Closed, results are to come")
        case _:
            on = clock.calendar_day(wave.published_at) if wave.published_at else wave.ends_on
            return _("Results published on %(day)s") % {"day": day_text(on)}


def mode_word(value: str) -> str:
    return str(ResponseMode(value).label) if value in ResponseMode.values else value


def next_wave_text(survey: Survey) -> str:
    return capital(month_text(survey.next_wave_on)) if survey.next_wave_on else ""


def language_word(code: str) -> str:
    return str(languages.named(code))


# --- Shares -------------------------------------------------------------------------------------------------------


def whole(share: float) -> int:
    """Per cent, as it is shown: half goes up."""
    return int(share * 100 + 0.5)


def percent(share: float) -> str:
    return f"{whole(share)}{NBSP}%"


def band_text(facts: Mapping[str, Any]) -> str:
    if "low" not in facts:
        return ""
    return _("%(low)s to %(high)s") % {"low": whole(facts["low"]), "high": whole(facts["high"])}


def points(by: float) -> str:
    """ "11 points", without a sign."""
    count = abs(whole(abs(by)))
    return ngettext("%(n)s point", "%(n)s points", count) % {"n": count}


def signed(by: float) -> str:
    """ "+6", "−3"."""
    count = whole(abs(by))
    if count == 0:
        return "0"
    return f"+{count}" if by > 0 else f"−{count}"


def moved_by(before: float, after: float) -> float:
    """The difference of what is shown: else 38 and 49 would stand beside "12 points"."""
    return (whole(after) - whole(before)) / 100


_WHY = {
    Hidden.NOBODY: _l("Not shown: nobody answered"),
    Hidden.UNCERTAIN: _l("Not shown: fewer than 50 answers"),
    Hidden.FEW: _l("Not shown: so few that a person could be recognised"),
    Hidden.WITH_ANOTHER: _l("Not shown: another small group could be computed from it"),
}

_DIFFERS = {
    Differs.NOT_ASKED: _l("It was not asked in the earlier wave."),
    Differs.KIND: _l("The kind of answer changed between the waves."),
    Differs.WORDS: _l("Its words changed between the waves."),
    Differs.OPTIONS: _l("The answers to choose from changed between the waves."),
    Differs.PLACE: _l("It was in another place in the earlier wave, after other questions."),
    Differs.CONDITION: _l("Other people were asked it in the earlier wave."),
}


def hidden_text(facts: Mapping[str, Any]) -> str:
    return str(_WHY[Hidden(facts["hidden"])]) if "hidden" in facts else ""


_FRACTIONS = {
    "none": _l("None of %(people)s %(statement)s"),
    "few": _l("Few %(people)s %(statement)s"),
    "tenth": _l("About one tenth of %(people)s %(statement)s"),
    "fifth": _l("About one fifth of %(people)s %(statement)s"),
    "quarter": _l("About a quarter of %(people)s %(statement)s"),
    "third": _l("About a third of %(people)s %(statement)s"),
    "almost_half": _l("Almost half of %(people)s %(statement)s"),
    "half": _l("Half of %(people)s %(statement)s"),
    "over_half": _l("More than half of %(people)s %(statement)s"),
    "two_thirds": _l("About two thirds of %(people)s %(statement)s"),
    "three_quarters": _l("About three quarters of %(people)s %(statement)s"),
    "four_fifths": _l("About four fifths of %(people)s %(statement)s"),
    "nine_tenths": _l("About nine tenths of %(people)s %(statement)s"),
    "almost_all": _l("Almost all %(people)s %(statement)s"),
    "all": _l("All %(people)s %(statement)s"),
    "": _l("%(share)s of %(people)s %(statement)s"),
}


def headline(wave: Wave, question: Question, facts: Mapping[str, Any]) -> str:
    """The answer, computed: "Almost half of adults use two-step sign-in". Of an open survey it says of whom it speaks."""
    result = facts["shares"].get(COUNTED, {}).get(ALL, {})
    statement = question.in_language("statement")
    if "share" not in result or not statement:
        return question.called
    is_sample = wave.is_sample
    people = wave.survey.in_language("people") or _("people asked")
    words = {
        "share": percent(result["share"]),
        "people": people if is_sample else _("those who chose to answer"),
        "statement": statement,
    }
    name = fraction_name(result["share"]) if is_sample else ""
    return str(_FRACTIONS[name]) % words


# --- The result page of one question ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One group of the table and of the chart."""

    name: str
    share: str = ""
    band: str = ""
    before: str = ""
    before_band: str = ""
    change: str = ""
    change_band: str = ""
    change_spoken: str = ""
    answers: str = ""
    missing: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    earlier: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_missing(self) -> bool:
        return bool(self.missing)


@dataclass(frozen=True)
class RowGroup:
    title: str
    rows: tuple[Row, ...]
    name: str = ""


@dataclass(frozen=True)
class Counted:
    """How many of the shown results rose, fell, or did neither clearly."""

    rises: int
    falls: int
    not_clear: int

    @property
    def all(self) -> int:
        return self.rises + self.falls + self.not_clear


@dataclass(frozen=True)
class ResultPage:
    """Everything that the page of one question says."""

    wave: Wave
    before: Wave | None
    question: Question
    facts: Mapping[str, Any]  # of the question
    results: Mapping[str, Any]
    headline: str
    lede: str
    share: str
    band: str
    change: str
    caption: str
    unit: str
    groups: tuple[RowGroup, ...]
    counted: Counted
    why_not_comparable: str
    hidden: tuple[str, ...]
    options: tuple[tuple[str, str, str], ...]
    has_before: bool


def result_page(wave: Wave, results: Mapping[str, Any], question: Question, before: Wave | None) -> ResultPage:
    facts = results["questions"][question.key]
    compared = _compared(results, question, before)
    groups = _groups(wave, results, question, compared)
    counted = _counted(groups)
    result = facts["shares"].get(COUNTED, {}).get(ALL, {})
    earlier = compared.get(COUNTED, {}).get(ALL, {})
    return ResultPage(
        wave=wave,
        before=before if compared else None,
        question=question,
        facts=facts,
        results=results,
        headline=headline(wave, question, facts),
        lede=_lede(wave, result, earlier, before, groups),
        share=str(whole(result["share"])) if "share" in result else "",
        band=_band_sentence(result),
        change=_change_sentence(result, earlier, before, question),
        caption=_caption(counted, question, has_before=bool(compared)),
        unit=_unit(wave, question),
        groups=groups,
        counted=counted,
        why_not_comparable=_why_not_comparable(results, question),
        hidden=_hidden_sentences(groups),
        options=_options(question, facts, compared),
        has_before=bool(compared),
    )


def _compared(results: Mapping[str, Any], question: Question, before: Wave | None) -> Mapping[str, Any]:
    held = results.get("before") or {}
    if before is None or held.get("wave") != before.code:
        return {}
    found: Mapping[str, Any] = held["questions"].get(question.key, {})
    return found


def _why_not_comparable(results: Mapping[str, Any], question: Question) -> str:
    why = (results.get("before") or {}).get("differs", {}).get(question.key)
    return str(_DIFFERS[Differs(why)]) if why else ""


def group_word(grouping: Mapping[str, Any], value: str, questions: Mapping[str, Question]) -> str:
    question = questions.get(grouping["question"])
    return question.option_text(value) if question is not None else value


def grouping_title(grouping: Mapping[str, Any], questions: Mapping[str, Question]) -> str:
    if grouping["name"] in GROUPING_WORDS:
        return str(GROUPING_WORDS[grouping["name"]])
    question = questions.get(grouping["question"])
    return question.called if question is not None else grouping["name"]


def _groups(
    wave: Wave, results: Mapping[str, Any], question: Question, compared: Mapping[str, Any]
) -> tuple[RowGroup, ...]:
    questions = {q.key: q for q in questions_of(wave.instrument)}
    shares = results["questions"][question.key]["shares"].get(COUNTED, {})
    earlier = compared.get(COUNTED, {})
    everybody = wave.survey.in_language("people")
    first = _("All %(people)s") % {"people": everybody} if wave.is_sample and everybody else _("All who answered")
    found = [RowGroup("", (_row(first, shares.get(ALL, {}), earlier.get(ALL, {})),))]
    for grouping in results["groupings"]:
        if grouping["question"] == question.key or grouping["name"].startswith(f"{QUESTION}."):
            continue
        rows = []
        for value in grouping["values"]:
            group = f"{grouping['name']}/{value}"
            rows.append(_row(group_word(grouping, value, questions), shares.get(group, {}), earlier.get(group, {})))
        if rows:
            found.append(RowGroup(grouping_title(grouping, questions), tuple(rows), grouping["name"]))
    return tuple(found)


def _row(name: str, facts: Mapping[str, Any], earlier: Mapping[str, Any]) -> Row:
    if "share" not in facts:
        return Row(name, missing=hidden_text(facts) or str(_WHY[Hidden.NOBODY]), answers=_few_text(facts), facts=facts)
    change, spoken = _change_words(facts, earlier)
    numbers = [number_figures(each["answers"]) for each in (earlier, facts) if "answers" in each]
    return Row(
        name=name,
        share=str(whole(facts["share"])),
        band=band_text(facts),
        before=str(whole(earlier["share"])) if "share" in earlier else "",
        before_band=band_text(earlier),
        change=change,
        change_spoken=spoken,
        change_band=_("%(low)s to %(high)s") % {"low": signed(earlier["from"]), "high": signed(earlier["to"])}
        if "from" in earlier
        else "",
        answers="; ".join(numbers),
        facts=facts,
        earlier=earlier,
    )


def _few_text(facts: Mapping[str, Any]) -> str:
    return _("under 50") if facts.get("hidden") in (Hidden.UNCERTAIN, Hidden.FEW) else ""


def _change_words(facts: Mapping[str, Any], earlier: Mapping[str, Any]) -> tuple[str, str]:
    """("▲ 11", "rise of 11 points"); "not clear" where the band of the difference includes zero."""
    if "change" not in earlier:
        return "", ""
    by = moved_by(earlier["share"], facts["share"])
    match Change(earlier["change"]):
        case Change.RISE:
            return f"▲ {abs(whole(abs(by)))}", _("rise of %(points)s") % {"points": points(by)}
        case Change.FALL:
            return f"▼ {abs(whole(abs(by)))}", _("fall of %(points)s") % {"points": points(by)}
        case _:
            return _("not clear"), _("no clear change")


def _counted(groups: Sequence[RowGroup]) -> Counted:
    changes = [row.earlier.get("change") for group in groups for row in group.rows if "change" in row.earlier]
    return Counted(changes.count("rise"), changes.count("fall"), changes.count("not_clear"))


def _caption(counted: Counted, question: Question, *, has_before: bool) -> str:
    if not has_before or not counted.all:
        return _("By group: %(question)s") % {"question": question.called}
    parts = []
    if counted.rises:
        parts.append(_("clear rise in %(n)d of the %(all)d results shown") % {"n": counted.rises, "all": counted.all})
    if counted.falls:
        parts.append(_("clear fall in %(n)d of the %(all)d results shown") % {"n": counted.falls, "all": counted.all})
    if counted.not_clear:
        parts.append(_("no clear change in %(n)d") % {"n": counted.not_clear})
    return capital("; ".join(parts))


def _unit(wave: Wave, question: Question) -> str:
    people = wave.survey.in_language("people") if wave.is_sample else _("those who chose to answer")
    words = {"people": people or _("people asked"), "statement": question.in_language("statement")}
    if not words["statement"]:
        return _("Per cent of %(people)s") % words
    return _("Per cent of %(people)s who %(statement)s") % words


def _band_sentence(facts: Mapping[str, Any]) -> str:
    if "low" not in facts:
        return ""
    words = {"low": percent(facts["low"]), "high": percent(facts["high"])}
    return _("Between %(low)s and %(high)s, with 95 %% confidence") % words


def _change_sentence(
    facts: Mapping[str, Any], earlier: Mapping[str, Any], before: Wave | None, question: Question
) -> str:
    if "change" not in earlier or before is None or "share" not in facts:
        return ""
    by = moved_by(earlier["share"], facts["share"])
    better = _("lower is better") if question.lower_is_better else _("higher is better")
    words = {"points": points(by), "wave": before.in_language("title"), "better": better}
    match Change(earlier["change"]):
        case Change.RISE:
            return _("▲ %(points)s on %(wave)s; %(better)s") % words
        case Change.FALL:
            return _("▼ %(points)s on %(wave)s; %(better)s") % words
        case _:
            return _("No clear change on %(wave)s; %(better)s") % words


def _lede(
    wave: Wave,
    facts: Mapping[str, Any],
    earlier: Mapping[str, Any],
    before: Wave | None,
    groups: Sequence[RowGroup],
) -> str:
    if "share" not in facts:
        return hidden_text(facts)
    if not wave.is_sample:
        words = {"share": percent(facts["share"])}
        return (
            _("%(share)s of those who answered. They chose to answer, so this is not the result of the country.")
            % words
        )
    if "share" not in earlier or before is None:
        return _("%(share)s, in %(wave)s.") % {"share": percent(facts["share"]), "wave": wave.in_language("title")}
    words = {
        "now": percent(facts["share"]),
        "before": percent(earlier["share"]),
        "wave": before.in_language("title"),
    }
    match earlier.get("change"):
        case Change.RISE:
            first = _("%(now)s, up from %(before)s in %(wave)s.") % words
        case Change.FALL:
            first = _("%(now)s, down from %(before)s in %(wave)s.") % words
        case _:
            first = _("%(now)s, after %(before)s in %(wave)s: no clear change.") % words
    return sentences(first, _by_age(earlier.get("change", ""), groups))


def _by_age(change: str, groups: Sequence[RowGroup]) -> str:
    """Whether a clear change of all is one of every age group, and of which not."""
    found = next((group for group in groups if group.name == "age"), None)
    if found is None or change not in (Change.RISE, Change.FALL):
        return ""
    rows = [row for row in found.rows if "change" in row.earlier]
    others = [row.name for row in rows if row.earlier["change"] != change]
    if len(rows) < 2 or len(others) * 2 >= len(rows):
        return ""
    is_rise = change == Change.RISE
    if not others:
        return _("The rise is clear in every age group.") if is_rise else _("The fall is clear in every age group.")
    words = {"groups": listed(others)}
    if is_rise:
        return _("The rise is clear in every age group except: %(groups)s.") % words
    return _("The fall is clear in every age group except: %(groups)s.") % words


def _hidden_sentences(groups: Sequence[RowGroup]) -> tuple[str, ...]:
    """Which results are not shown, and why: one sentence for each reason."""
    found: dict[str, dict[str, list[str]]] = {}
    for group in groups:
        for row in group.rows:
            if row.is_missing and group.title:
                held = found.setdefault(str(row.facts.get("hidden", "nobody")), {})
                held.setdefault(group.title, []).append(row.name)
    return tuple(
        _hidden_sentence(Hidden(why), [f"{title}{colon()} {', '.join(names)}" for title, names in held.items()])
        for why, held in found.items()
    )


def _hidden_sentence(why: Hidden, names: Sequence[str]) -> str:
    words = {"groups": "; ".join(names)}
    match why:
        case Hidden.UNCERTAIN:
            return (
                _(
                    "%(groups)s. Fewer than 50 answers: the result would be too uncertain. They are counted in the total."
                )
                % words
            )
        case Hidden.FEW:
            return _("%(groups)s. So few that a person could be recognised. They are counted in the total.") % words
        case Hidden.WITH_ANOTHER:
            return _("%(groups)s. With it the result of another small group could be computed from the total.") % words
        case _:
            return _("%(groups)s. Nobody answered.") % words


def _options(
    question: Question, facts: Mapping[str, Any], compared: Mapping[str, Any]
) -> tuple[tuple[str, str, str], ...]:
    """(answer, share before, share now) of everybody; a sentence where one is not shown."""
    rows = []
    for key in question.option_keys():
        now, before = facts["shares"].get(key, {}).get(ALL, {}), compared.get(key, {}).get(ALL, {})
        text = question.option_text(key)
        rows.append((text, _cell(before), _cell(now)))
    return tuple(rows)


def _cell(facts: Mapping[str, Any]) -> str:
    if "share" in facts:
        return str(whole(facts["share"]))
    return pgettext("a result that is not shown", "not shown") if facts.get("hidden") == Hidden.FEW else "–"


# --- Charts -------------------------------------------------------------------------------------------------------


def dumbbells(shown: ResultPage) -> str:
    """The chart of all groups."""
    groups = tuple(charts.DumbbellGroup(g.title, tuple(_dumbbell(r, g, shown) for r in g.rows)) for g in shown.groups)
    spoken = "; ".join(
        " ".join(filter(None, [row.label, row.words, row.note])) for group in groups for row in group.rows if row.after
    )
    label = _("Chart: %(question)s. %(rows)s.") % {"question": shown.question.called, "rows": spoken}
    return charts.dumbbell_chart(groups, label=label)


def _dumbbell(row: Row, group: RowGroup, shown: ResultPage) -> charts.Dumbbell:
    return charts.Dumbbell(
        label=row.name,
        before=_banded(row.earlier) if not row.is_missing else None,
        after=_banded(row.facts),
        words=_("%(before)s to %(now)s") % {"before": row.before, "now": f"{row.share}{NBSP}%"}
        if row.before
        else f"{row.share}{NBSP}%",
        note=_note(row),
        missing=row.missing,
        is_strong=not group.title,
    )


def _note(row: Row) -> str:
    if not row.change:
        return ""
    if row.earlier.get("change") == Change.NOT_CLEAR:
        return _("no clear change")
    by = moved_by(row.earlier["share"], row.facts["share"])
    return f"{'▲' if by > 0 else '▼'} {points(by)}"


def _banded(facts: Mapping[str, Any]) -> charts.Banded | None:
    if "share" not in facts:
        return None
    low, high = facts.get("low"), facts.get("high")
    if low is None or high is None:
        return charts.Banded(facts["share"] * 100)
    return charts.Banded(facts["share"] * 100, low * 100, high * 100)


def before_after(shown: ResultPage) -> str:
    """The share in both waves over time, with the campaign between them."""
    row = shown.groups[0].rows[0]
    wave, before = shown.wave, shown.before
    first, second = _banded(row.earlier), _banded(row.facts)
    if before is None or first is None or second is None:
        return ""
    between = None
    if wave.campaign_title and wave.campaign_from and wave.campaign_to:
        days = _("%(first)s to %(last)s") % {
            "first": short_day_of_year(wave.campaign_from),
            "last": short_day_of_year(wave.campaign_to),
        }
        between = charts.Between(_("Campaign"), days, wave.campaign_from, wave.campaign_to)
    label = _("%(before)s in %(first)s, %(now)s in %(second)s.") % {
        "before": f"{row.before}{NBSP}%",
        "first": before.in_language("title"),
        "now": f"{row.share}{NBSP}%",
        "second": wave.in_language("title"),
    }
    return charts.before_after_chart(
        _at(before, first, row.before, row.before_band), _at(wave, second, row.share, row.band), between, label=label
    )


def _at(wave: Wave, shown: charts.Banded, share: str, band: str) -> charts.At:
    middle = date.fromordinal((wave.starts_on.toordinal() + wave.ends_on.toordinal()) // 2)
    return charts.At(middle, shown, f"{share}{NBSP}%", band, day(middle, "month"))


def before_after_caption(shown: ResultPage) -> str:
    row = shown.groups[0].rows[0]
    match row.earlier.get("change"):
        case Change.RISE:
            by = points(moved_by(row.earlier["share"], row.facts["share"]))
            return _("The share rose by %(points)s between the two waves") % {"points": by}
        case Change.FALL:
            by = points(moved_by(row.earlier["share"], row.facts["share"]))
            return _("The share fell by %(points)s between the two waves") % {"points": by}
        case _:
            return _("No clear change between the two waves")


def remembered(shown: ResultPage) -> list[str]:
    """The result among those who gave each answer to a question that makes groups: who remembers a campaign, and who does not."""
    questions = {q.key: q for q in questions_of(shown.wave.instrument)}
    shares = shown.facts["shares"].get(COUNTED, {})
    found = []
    for grouping in shown.results["groupings"]:
        if not grouping["name"].startswith(f"{QUESTION}.") or grouping["question"] == shown.question.key:
            continue
        for value in grouping["values"]:
            facts = shares.get(f"{grouping['name']}/{value}", {})
            if "share" not in facts:
                continue
            words = {
                "question": grouping_title(grouping, questions),
                "answer": group_word(grouping, value, questions),
                "share": percent(facts["share"]),
                "band": band_text(facts),
                "n": number_figures(facts["answers"]),
            }
            if "low" in facts:
                text = _("%(question)s: %(answer)s. Of those %(share)s (band %(band)s; %(n)s answers).") % words
            else:
                text = _("%(question)s: %(answer)s. Of those %(share)s (%(n)s answers).") % words
            found.append(text)
    return found


# --- About a wave -------------------------------------------------------------------------------------------------


def collected_text(wave: Wave, progress: Progress) -> str:
    """ "3 answers, of 100 planned; 2 of 50 personal links used."."""
    text = ngettext("%(n)s answer", "%(n)s answers", progress.answers) % {"n": number_figures(progress.answers)}
    if wave.planned:
        text = _("%(answers)s of %(n)s planned") % {"answers": text, "n": number_figures(wave.planned)}
    if progress.links:
        words = {"used": number_figures(progress.links_used), "all": number_figures(progress.links)}
        text = f"{text}; " + _("%(used)s of %(all)s personal links used") % words
    return f"{text}."


def weights_text(wave: Wave, results: Mapping[str, Any]) -> str:
    facts = results["weights"]
    if not facts["by"]:
        return _("Not weighted")
    return capital(listed([str(Variable(name).label).lower() for name in facts["by"]]))


def weights_notes(results: Mapping[str, Any], wave: Wave) -> list[str]:
    """What has to be said of the weights: cut ones, people whom nobody stands for, who could not be weighted."""
    facts = results["weights"]
    found = []
    if facts["by"]:
        words = {"n": number_figures(facts["effective"]), "effect": number(facts["effect"], 1)}
        found.append(_("As certain as %(n)s answers of equal weight (design effect %(effect)s).") % words)
    if facts["method"] == WeightMethod.CELLS:
        found.append(_("Post-stratified by cells of the population."))
    if facts["trimmed"]:
        trimmed = facts["trimmed"]
        text = ngettext(
            "The weight of %(n)s answer was kept between a fifth and five times the mean.",
            "The weights of %(n)s answers were kept between a fifth and five times the mean.",
            trimmed,
        )
        found.append(text % {"n": number_figures(trimmed)})
    if not facts["is_fitted"]:
        found.append(_("The weights do not meet all totals of the population."))
    found += [_missing_text(wave, name, value, share) for name, value, share in facts["missing"]]
    if facts["unknown"]:
        text = ngettext(
            "%(n)s answer leaves out a group: it is weighted by the others.",
            "%(n)s answers leave out a group: they are weighted by the others.",
            facts["unknown"],
        )
        found.append(text % {"n": number_figures(facts["unknown"])})
    return found


def _missing_text(wave: Wave, name: str, value: str, share: float) -> str:
    question = next((q for q in questions_of(wave.instrument) if q.variable == name), None)
    words = {"group": question.option_text(value) if question is not None else value, "share": percent(share)}
    return _("Nobody of “%(group)s” answered: the results do not represent them (%(share)s of the population).") % words


def answered_share(wave: Wave, answers: int) -> str:
    if not wave.approached or not wave.is_sample:
        return ""
    return _("%(share)s of those approached answered") % {"share": percent(answers / wave.approached)}


def languages_text(results: Mapping[str, Any]) -> str:
    """ "Asked in Spanish to 71 %, in English to 29 %."; nothing where there is one language."""
    counts, total = results["languages"], results["answers"]
    if len(counts) < 2 or not total or any(n < 5 for n in counts.values()):
        return ""
    ordered = sorted(counts.items(), key=lambda pair: -pair[1])
    parts = [
        _("in %(language)s to %(share)s") % {"language": language_word(code), "share": percent(n / total)}
        for code, n in ordered
    ]
    return _("Asked %(languages)s.") % {"languages": ", ".join(parts)}


def place_text(shown: ResultPage) -> str:
    """ "Question 7. Same words and same place in both waves."""
    first = _("Question %(n)d.") % {"n": shown.facts["place"]}
    if shown.has_before:
        return sentences(first, _("Same words and same place in both waves."))
    if shown.why_not_comparable and shown.results.get("before"):
        return sentences(first, _("Not comparable with the earlier wave."), shown.why_not_comparable)
    return first


def quoted(question: Question) -> list[tuple[str, str]]:
    """The question as asked, in each language that it has: (language, words)."""
    found = [("", question.text)]
    found += [(code, str(t["text"])) for code, t in sorted(question.translations.items()) if t.get("text")]
    return found
