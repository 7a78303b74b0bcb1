"""Sentences of obligations and notifications, computed from their data: page, mail and paper use the same."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core import clock
from floreo.core.language_codes import WRITTEN
from floreo.core.ui import locale as ui
from floreo.core.wording import day_text, listed, number_figures, sentences
from floreo.obligations.checking import moment_of
from floreo.obligations.logic import Difference, DueState, Question, QuestionKind, Rhythm, StageState, WaitingFor
from floreo.obligations.models import (
    Notification,
    NotificationForm,
    NotificationStage,
    Obligation,
    ObligationDue,
    StageChoice,
)


def rhythm_text(obligation: Obligation) -> str:
    match Rhythm(obligation.rhythm):
        case Rhythm.MONTHS:
            n = obligation.months or 0
            return ngettext("Each month", "Every %(n)s months", n) % {"n": number_figures(n)}
        case Rhythm.ONCE:
            day = day_text(obligation.first_due_on) if obligation.first_due_on else ""
            return _("Once, by %(day)s") % {"day": day}
    n = obligation.within_days or 0
    return ngettext("Within %(n)s day of the event", "Within %(n)s days of the event", n) % {"n": number_figures(n)}


def binds_text(obligation: Obligation) -> str:
    """Whom it binds: "Operators of a designated service: Energy, Water"."""
    sectors = [row.sector.in_language("name") for row in obligation.in_sectors.all()]
    parts = [obligation.get_broad_display()] if obligation.broad else []
    where = listed([*parts, *sectors]) if parts or sectors else _("every sector")
    return _("%(whom)s: %(where)s") % {"whom": obligation.get_binds_display(), "where": where}


def form_state_text(form: NotificationForm, in_force: NotificationForm | None) -> str:
    """Whether a form is a draft, in force, still to come, or was replaced."""
    if form.is_draft:
        return _("Draft")
    words = {"day": day_text(form.holds_from)}
    if in_force is not None and form.pk == in_force.pk:
        return _("In force since %(day)s") % words
    if form.holds_from > clock.today():
        return _("In force from %(day)s") % words
    return _("Not in force: another form is asked")


def stages_text(question: Question) -> str:
    """In which stages it is asked: "Early warning (required), Final report"."""
    parts = []
    for stage in StageChoice:
        if stage.value in question.stages:
            words = {"stage": stage.label}
            parts.append(_("%(stage)s (required)") % words if stage.value in question.required else str(stage.label))
    return ", ".join(parts)


def law_text(thing: Any) -> str:
    return _("%(law)s, %(section)s") % {"law": thing.in_language("law"), "section": thing.section}


def due_state_text(due: ObligationDue, today: date) -> str:
    """Its status: "To be done. 3 days overdue." """
    late = (today - due.due_on).days
    if due.is_late_on(today):
        words = ngettext("%(n)s day overdue", "%(n)s days overdue", late) % {"n": number_figures(late)}
        return f"{due.get_state_display()}. {words}."
    if due.state in {DueState.SUBMITTED, DueState.ACCEPTED} and due.submitted_at is not None:
        on = clock.calendar_day(due.submitted_at)
        after = (on - due.due_on).days
        if after > 0:
            words = ngettext("%(n)s day late", "%(n)s days late", after) % {"n": number_figures(after)}
            return f"{due.get_state_display()}, {words}."
        return f"{due.get_state_display()}, {_('in time')}."
    return f"{due.get_state_display()}."


def waiting_text(waits: str) -> str:
    words = {
        WaitingFor.OPERATOR: _("the operator"),
        WaitingFor.REGULATOR: _("the national team"),
        WaitingFor.NOBODY: _("nobody"),
    }
    return words[WaitingFor(waits)]


def stage_title(stage: NotificationStage) -> str:
    """Of progress reports with the number."""
    if stage.kind == "progress":
        return _("Progress report %(n)s") % {"n": number_figures(stage.number)}
    return str(stage.get_kind_display())


def stage_state_text(stage: NotificationStage) -> str:
    """What became of it, with the moments."""
    words = {
        "first": ui.moment(stage.first_at) if stage.first_at else "",
        "decided": ui.moment(stage.decided_at) if stage.decided_at else "",
    }
    match StageState(stage.state):
        case StageState.DRAFT:
            if stage.asked_by_day:
                return _("Asked for by the national team, until %(day)s.") % {"day": day_text(stage.asked_by_day)}
            return _("Asked for by the national team.") if stage.asked_at else _("Being written.")
        case StageState.SUBMITTED:
            return _("First submitted on %(first)s. Waits for the national team.") % words
        case StageState.RETURNED:
            return (
                _("First submitted on %(first)s, returned on %(decided)s. The clock counts the first submission.")
                % words
            )
    return _("First submitted on %(first)s, accepted on %(decided)s.") % words


def answer_text(question: Question, value: Any, language: str) -> str:
    """An answer as a reader says it."""
    if value in (None, "", []):
        return _("(empty)")
    match question.kind:
        case QuestionKind.YES_NO:
            text = {"yes": _("Yes"), "no": _("No")}.get(value)
        case QuestionKind.CHOICE:
            text = question.choice_words(value, language)
        case QuestionKind.SEVERAL:
            text = listed([question.choice_words(each, language) for each in value])
        case QuestionKind.NUMBER:
            text = number_figures(value) if isinstance(value, int) else None
        case QuestionKind.MOMENT:
            found = moment_of(value)
            text = ui.moment(found) if found else None
        case QuestionKind.TEXT:
            text = str(value)
    return str(value) if text is None else text


def shown_answers(questions: Iterable[Question], answers: dict[str, Any]) -> list[tuple[str, str]]:
    language = ui.language()
    return [(q.words(language), answer_text(q, answers[q.code], language)) for q in questions if q.code in answers]


def shown_differences(questions: Iterable[Question], found: Iterable[Difference]) -> list[tuple[str, str, str]]:
    """(question, before, after)"""
    by_code, language = {each.code: each for each in questions}, ui.language()
    return [
        (
            by_code[each.code].words(language),
            answer_text(by_code[each.code], each.before, language),
            answer_text(by_code[each.code], each.after, language),
        )
        for each in found
    ]


def significance_text(notification: Notification) -> str:
    """Whether it is significant, and by which rules or whose judgement."""
    language = ui.language()
    titles = {
        rule.code: rule.title.get(language) or rule.title[WRITTEN] for rule in notification.form.significance_rules()
    }
    verdict = {
        True: _("Significant."),
        False: _("Not significant."),
        None: _("It is not known yet whether it is significant."),
    }[notification.is_significant]
    if "is_significant" in notification.corrected:
        return sentences(
            verdict, _("Judged by the national team: %(reason)s") % {"reason": notification.significance_reason}
        )
    holding = [titles[code] for code in notification.significance_rules if code in titles]
    if holding:
        return sentences(verdict, _("Rules that hold: %(rules)s.") % {"rules": listed(holding)})
    if notification.is_significant is False:
        return sentences(verdict, _("None of the rules holds: %(rules)s.") % {"rules": listed(list(titles.values()))})
    return verdict


def saved_text(at: datetime, by: str) -> str:
    return _("Saved on %(at)s by %(name)s.") % {"at": ui.moment(at), "name": by}


def border_text(notification: Notification) -> str:
    if notification.is_cross_border:
        return _("Crosses the border: %(countries)s") % {"countries": notification.countries}
    return _("Does not cross the border") if notification.is_cross_border is False else _("Not known yet")
