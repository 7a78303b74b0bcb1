"""The words of initiatives and competitions."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core.ui.locale import number
from floreo.core.wording import colon, day_text, listed, number_figures, span_text
from floreo.initiatives.logic import Phase, names_in
from floreo.initiatives.models import Competition, CompetitionEntry, EntryState, Initiative
from floreo.initiatives.queries import ToJudge


def where_text(initiative: Initiative) -> str:
    places = [row.place.in_language("name") for row in initiative.in_districts.all()]
    return listed(places) if places else _("The whole country")


def when_text(initiative: Initiative) -> str:
    if initiative.starts_on is None and initiative.ends_on is None:
        return ""
    if initiative.ends_on is None and initiative.starts_on is not None:
        return _("Since %(day)s") % {"day": day_text(initiative.starts_on)}
    return span_text(initiative.starts_on, initiative.ends_on)


def state_text(initiative: Initiative) -> str:
    words = str(initiative.get_state_display())
    if initiative.reason:
        return f"{words}{colon()} {initiative.reason}"
    return _("%(state)s, over") % {"state": words} if initiative.is_over and initiative.is_public else words


def initiatives_text(count: int) -> str:
    return ngettext("%(n)s initiative", "%(n)s initiatives", count) % {"n": number_figures(count)}


def phase_text(competition: Competition) -> str:
    """Where it is, with its days."""
    first, last = competition.opens_on, competition.closes_on
    match competition.phase:
        case Phase.HIDDEN:
            return _("Draft")
        case Phase.COMING:
            return _("Opens on %(day)s") % {"day": day_text(first)} if first else ""
        case Phase.OPEN:
            return _("Open until %(day)s") % {"day": day_text(last)} if last else ""
        case Phase.JUDGING:
            return _("Closed on %(day)s. The jury judges.") % {"day": day_text(last)} if last else ""
    day = competition.result_on
    return _("Result of %(day)s") % {"day": day_text(day)} if day else ""


def ages_text(competition: Competition) -> str:
    return _("%(from)d to %(to)d years") % {"from": competition.age_from, "to": competition.age_to}


def entry_state_text(entry: CompetitionEntry) -> str:
    if entry.is_erased:
        return _("Entered; names are erased")
    if entry.state == EntryState.EXCLUDED:
        return _("Excluded: %(reason)s") % {"reason": entry.reason}
    if entry.state == EntryState.WAITING:
        return _("Waiting for the consent of the guardian. Nobody of the jury reads it.")
    if entry.is_of_minor and entry.agreed_on:
        return _("Entered. The guardian agreed on %(day)s.") % {"day": day_text(entry.agreed_on)}
    return _("Entered.")


def points_text(entry: CompetitionEntry) -> str:
    return number(entry.points, 1) if entry.points is not None else ""


def who_text(entry: CompetitionEntry) -> str:
    """What the published result says of who made it: the school, and a name only where the guardian agreed to that."""
    return ", ".join(part for part in (entry.published_name, entry.school) if part)


def judged_text(each: ToJudge) -> str:
    """How far a member of the jury is with one entry."""
    if each.is_conflict:
        return _("You do not judge this one")
    return _("Points given") if each.is_done else _("To be judged")


def names_text(entry: CompetitionEntry) -> str:
    """That the jury, who reads entries without names, reads one all the same; "" where none is found."""
    names = () if entry.may_name else (entry.entrant_name,)
    if not names_in(f"{entry.title} {entry.description}", *names, entry.guardian_name):
        return ""
    return _("The title or the description holds a name of the entrant or the guardian, and the jury reads it.")
