"""The result page of one question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import pgettext

from floreo.core.wording import (
    capital,
    colon,
    listed,
    number_figures,
    sentences,
)
from floreo.surveys.logic import Change, Hidden
from floreo.surveys.models import Question, Wave
from floreo.surveys.presenters.shares import (
    GROUPING_WORDS,
    WHY_HIDDEN,
    band_text,
    headline,
    hidden_text,
    moved_by,
    percent,
    points,
    signed,
    whole,
)
from floreo.surveys.queries import ALL, COUNTED, QUESTION, questions_of
from floreo.surveys.questions import Differs

_DIFFERS = {
    Differs.NOT_ASKED: _l("It was not asked in the earlier wave."),
    Differs.KIND: _l("The kind of answer changed between the waves."),
    Differs.WORDS: _l("Its words changed between the waves."),
    Differs.OPTIONS: _l("The answers to choose from changed between the waves."),
    Differs.PLACE: _l("It was in another place in the earlier wave, after other questions."),
    Differs.CONDITION: _l("Other people were asked it in the earlier wave."),
}


@dataclass(frozen=True)
class GroupShare:
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
    rows: tuple[GroupShare, ...]
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


def _row(name: str, facts: Mapping[str, Any], earlier: Mapping[str, Any]) -> GroupShare:
    if "share" not in facts:
        return GroupShare(
            name, missing=hidden_text(facts) or str(WHY_HIDDEN[Hidden.NOBODY]), answers=_few_text(facts), facts=facts
        )
    change, spoken = _change_words(facts, earlier)
    numbers = [number_figures(each["answers"]) for each in (earlier, facts) if "answers" in each]
    return GroupShare(
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
