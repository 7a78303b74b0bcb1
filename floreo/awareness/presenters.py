"""Words about campaigns, materials, quizzes and exercises."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext

from floreo.awareness.gift import Bank, Problem, Reason
from floreo.awareness.models import Audience, Campaign, Message, ReachUnit, SpotPart
from floreo.awareness.queries import UnitReach
from floreo.awareness.results_file import COLUMNS, MOST_ROWS, Fault, Why, column_name
from floreo.core import clock
from floreo.core.wording import day_text, listed, number_figures

REASONS = {
    Reason.NO_END: _l("the braces { } do not close, or there are two pairs"),
    Reason.NO_BEGIN: _l("a } is without its {"),
    Reason.NO_TEXT: _l("there is no question before the answers"),
    Reason.NO_ANSWERS: _l("there are no answers in braces { }"),
    Reason.ESSAY: _l("essays are not taken: nobody would read them"),
    Reason.SHORT_ANSWER: _l("short answers are not taken: there is nothing to choose from. Add wrong answers with ~"),
    Reason.MATCHING: _l("matching questions are not taken"),
    Reason.NUMERICAL: _l("numerical questions are not taken"),
    Reason.ONE_ANSWER: _l("there are fewer than two answers"),
    Reason.NONE_RIGHT: _l("no answer is right: mark one with =, or give it a weight above 0"),
    Reason.PART_MARKS: _l("a question with one right answer (=) cannot give part of the marks (~%50%)"),
    Reason.TOO_MANY_ANSWERS: _l("there are more than 12 answers"),
    Reason.EMPTY_ANSWER: _l("an answer is empty"),
    Reason.SAME_ANSWERS: _l("two answers are the same"),
    Reason.TOO_LONG: _l("the question, an answer or a feedback is too long"),
    Reason.STRAY_TEXT: _l("there is text before the first answer: put = or ~ before each"),
    Reason.CONTROL_SIGNS: _l("it holds signs that cannot be shown"),
}
WHYS = {
    Why.UNREADABLE: _l("The file is not text. Save it as CSV."),
    Why.EMPTY: _l("The file has no rows."),
    Why.TOO_LARGE: _l("The file is too large: at most %(rows)d rows."),
    Why.ADDRESS: _l("Line %(line)d, column %(column)s, holds an e-mail address or something like it."),
    Why.COLUMN: _l("Column %(at)d is not one of the columns of this file, and could name a person."),
    Why.MISSING_COLUMN: _l("The column “%(column)s” is missing."),
    Why.WIDTH: _l("Line %(line)d does not have exactly the columns of this file."),
    Why.UNKNOWN_GROUP: _l(
        "Line %(line)d names no group of this exercise. Enter the group first, so that no person comes in as one."
    ),
    Why.SMALL: _l("Line %(line)d is of fewer than 5 people: such a group could be one person."),
    Why.NUMBER: _l("Line %(line)d, column “%(column)s”, is not a whole number."),
    Why.DAY: _l("Line %(line)d has no date like 2026-03-31, or one in the future."),
    Why.MORE_THAN_SENT: _l("Line %(line)d counts more than were sent."),
    Why.TWICE: _l("Line %(line)d repeats the group and date of another line."),
}


def fault_text(fault: Fault) -> str:
    """With the line and the column, and never with what is there."""
    name = column_name(fault.column) if fault.why is Why.MISSING_COLUMN else str(fault.column)
    words = {"line": fault.line, "at": fault.column, "column": name, "rows": MOST_ROWS}
    return str(WHYS[fault.why]) % words


def refused_text() -> str:
    return _(
        "The whole file was refused, and nothing of it was stored. Only counts of groups are taken: %(columns)s."
    ) % {"columns": ", ".join(COLUMNS)}


def problem_text(problem: Problem) -> str:
    words = {"line": problem.line, "reason": REASONS[problem.reason], "start": problem.start}
    return _("Line %(line)d, “%(start)s”: %(reason)s.") % words


def bank_text(bank: Bank) -> str:
    n = len(bank.questions)
    found = ngettext("%(n)s question can be imported.", "%(n)s questions can be imported.", n) % {
        "n": number_figures(n)
    }
    if not bank.problems:
        return found
    wrong = len(bank.problems)
    left = ngettext("%(n)s cannot.", "%(n)s cannot.", wrong) % {"n": number_figures(wrong)}
    return f"{found} {left}"


# --- Campaigns ----------------------------------------------------------------------------------------------------


def audiences_text(campaign: Campaign) -> str:
    words = dict(Audience.choices)
    return listed([str(words[value]) for value in campaign.audiences if value in words])


def phase_text(campaign: Campaign) -> str:
    """When it runs, as seen from today."""
    today = clock.today()
    days = {"first": day_text(campaign.starts_on), "last": day_text(campaign.ends_on)}
    if campaign.starts_on > today:
        return _("Planned from %(first)s to %(last)s") % days
    if campaign.ends_on < today:
        return _("Ran from %(first)s to %(last)s") % days
    return _("Runs from %(first)s to %(last)s") % days


def _in_words(unit: str, n: int) -> str:
    words = {
        ReachUnit.VIEWS: ngettext("%(n)s view", "%(n)s views", n),
        ReachUnit.LISTENERS: ngettext("%(n)s listener", "%(n)s listeners", n),
        ReachUnit.PEOPLE: ngettext("%(n)s person present", "%(n)s people present", n),
        ReachUnit.SMS: ngettext("%(n)s SMS sent", "%(n)s SMS sent", n),
        ReachUnit.COPIES: ngettext("%(n)s copy handed out", "%(n)s copies handed out", n),
    }
    return words[ReachUnit(unit)] % {"n": number_figures(n)}


def reach_line(unit: str, number: int) -> str:
    return _in_words(unit, number)


def reach_text(reach: Iterable[UnitReach]) -> str:
    """Each unit on its own: a view is no listener, and nobody knows who is in both."""
    parts = [_in_words(each.unit, each.number) for each in reach]
    return _("No reach entered yet") if not parts else "; ".join(parts)


# --- Quizzes ------------------------------------------------------------------------------------------------------


def score_text(right: int, asked: int) -> str:
    words = {"right": number_figures(right), "asked": number_figures(asked)}
    return ngettext("%(right)s of %(asked)s right", "%(right)s of %(asked)s right", right) % words


def in_place_text(number: int, asked: int) -> str:
    words = {"n": number_figures(number), "asked": number_figures(asked)}
    return ngettext("%(n)s of %(asked)s points is in place", "%(n)s of %(asked)s points are in place", number) % words


def taken_text(number: int) -> str:
    return ngettext("Taken %(n)s time", "Taken %(n)s times", number) % {"n": number_figures(number)}


def messages_text(number: int) -> str:
    return ngettext("%(n)s message", "%(n)s messages", number) % {"n": number_figures(number)}


# --- Exercises ----------------------------------------------------------------------------------------------------


def spot_words(message: Message, part: str, quote: str) -> str:
    """What a place of a message says: its part and the words that are there."""
    if part == SpotPart.SENDER:
        return message.sender_address
    if part == SpotPart.SUBJECT:
        return message.in_language("subject")
    if part == SpotPart.LINK:
        return message.link_address
    if part == SpotPart.ATTACHMENT:
        return message.attachment
    return quote


def recognised_text(right: int, asked: int) -> str:
    words = {"right": number_figures(right), "asked": number_figures(asked)}
    return (
        ngettext(
            "You judged %(right)s of %(asked)s messages rightly",
            "You judged %(right)s of %(asked)s messages rightly",
            right,
        )
        % words
    )


def months(first: date, number: int) -> list[tuple[date, date]]:
    """First and last day of so many months, from that of `first` on."""
    found = []
    year, month = first.year, first.month
    for _each in range(number):
        begin = date(year, month, 1)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        found.append((begin, date.fromordinal(date(year, month, 1).toordinal() - 1)))
    return found


def joined(parts: Sequence[str]) -> str:
    return " · ".join(part for part in parts if part)
