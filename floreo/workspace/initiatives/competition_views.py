"""Pages of competitions: the list, one with its jury and criteria, its entries, and one entry."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _l

from floreo.core.access import Permission
from floreo.core.lists import Listing
from floreo.initiatives import presenters
from floreo.initiatives.access import get_competition_for, get_criterion_for, get_entry_for, get_member_for
from floreo.initiatives.actions import entering, running
from floreo.initiatives.files import download
from floreo.initiatives.logic import Phase
from floreo.initiatives.models import CompetitionEntry, EntryState
from floreo.initiatives.queries import criteria_of, results_of, to_judge
from floreo.initiatives.tables import COMPETITIONS, WORKSPACE_ENTRIES
from floreo.workspace.commands import Command, allowed_by, command_view, commands_for, new, over_row, starting_with
from floreo.workspace.forms import CommandForm
from floreo.workspace.initiatives import forms
from floreo.workspace.verbs import history_of

AREA = "competitions"
_RUN = Permission.INITIATIVE_RUN

COMMANDS: Mapping[str, Command] = {
    "announce": Command(
        _l("Announce the competition"),
        _l("Announce"),
        _RUN,
        new(CommandForm),
        running.announce,
        allowed_by(running.must_be_draft),
        help=_l("Everybody sees it. Entries are taken from its first to its last day."),
        done=_l("The competition is announced."),
    ),
    "result": Command(
        _l("Publish the result"),
        _l("Publish the result"),
        _RUN,
        new(CommandForm),
        running.publish_result,
        allowed_by(running.must_be_judged),
        help=_l(
            "It is computed from the points of the jury. Public are title, school, category and place of each entry, and no name of"
            " a minor unless the guardian agreed to that."
        ),
        done=_l("The result is published."),
    ),
    "juror": Command(
        _l("Invite a member of the jury"),
        _l("Invite to the jury"),
        _RUN,
        new(forms.JurorForm),
        running.invite_juror,
        allowed_by(running.must_not_have_ended),
        help=_l("Their personal link is sent by e-mail. Invited again, they get a new one."),
        done=_l("The e-mail is in the outbox."),
    ),
    "criterion": Command(
        _l("Add a criterion"),
        _l("Add a criterion"),
        _RUN,
        new(forms.CriterionForm),
        running.add_criterion,
        allowed_by(running.must_have_no_scores),
    ),
    "edit": Command(
        _l("Edit the competition"),
        _l("Edit"),
        _RUN,
        over_row(forms.CompetitionForm),
        running.update,
        allowed_by(running.must_not_have_ended),
    ),
    "remove": Command(
        _l("Remove the draft"),
        _l("Remove the draft"),
        _RUN,
        new(CommandForm),
        running.remove,
        allowed_by(running.must_be_draft, running.must_have_no_entries),
        done=_l("Draft removed."),
        back=lambda _c: reverse("workspace:competitions"),
    ),
}
NEW: Mapping[str, Command] = {
    "competition": Command(
        _l("Prepare a competition"),
        _l("Save draft"),
        _RUN,
        new(forms.CompetitionForm),
        running.prepare,
        help=_l("This creates a draft. Nobody outside the workspace sees it until it is announced."),
        done=_l("Draft saved."),
    ),
}
OF_ENTRY: Mapping[str, Command] = {
    "remind": Command(
        _l("Write to the guardian again"),
        _l("Write to the guardian again"),
        _RUN,
        new(CommandForm),
        entering.remind_guardian,
        allowed_by(entering.must_wait, entering.must_not_be_over),
        help=_l("A new link is sent. The one before works no more."),
        done=_l("The e-mail is in the outbox."),
    ),
    "retitle": Command(
        _l("Change the title or school of the entry"),
        _l("Change the title"),
        _RUN,
        starting_with(forms.RetitleForm, title=lambda e: e.title, school=lambda e: e.school),
        running.retitle_entry,
        allowed_by(entering.must_not_be_over),
        help=_l("As it will be published: without the name of a child."),
    ),
    "exclude": Command(
        _l("Exclude the entry"),
        _l("Exclude"),
        _RUN,
        new(forms.ExcludeForm),
        running.exclude_entry,
        lambda entry, _viewer: entry.state != EntryState.EXCLUDED and not entry.competition.has_ended,
        help=_l("The jury does not read it, and it has no place in the result."),
        done=_l("The entry is excluded."),
    ),
}
OF_CRITERION: Mapping[str, Command] = {
    "edit": Command(
        _l("Edit the criterion"), _l("Edit"), _RUN, over_row(forms.CriterionForm), running.update_criterion
    ),
    "remove": Command(_l("Remove the criterion"), _l("Remove"), _RUN, new(CommandForm), running.remove_criterion),
}
OF_JUROR: Mapping[str, Command] = {
    "end": Command(
        _l("End the link of this member"),
        _l("End the link"),
        _RUN,
        new(CommandForm),
        running.end_juror,
        help=_l("The link works no more, and points that were given do not count."),
        done=_l("The link is ended."),
    ),
}


def competitions(request: HttpRequest) -> HttpResponseBase:
    entered, waiting = Q(entries__state=EntryState.ENTERED), Q(entries__state=EntryState.WAITING)
    rows = COMPETITIONS.rows(request.user).annotate(
        entered=Count("entries", filter=entered), waiting=Count("entries", filter=waiting)
    )
    listing = Listing(COMPETITIONS, request, rows=rows)
    if file := listing.download():
        return file
    context = {
        "workspace_section": AREA,
        "listing": listing,
        "rows": [(each, presenters.phase_text(each)) for each in listing.rows],
    }
    return render(request, "workspace/initiatives/competitions.html", context)


def new_competition(request: HttpRequest) -> HttpResponse:
    return command_view(request, None, NEW, "competition", area=AREA, back=reverse("workspace:competitions"))


def competition(request: HttpRequest, code: str) -> HttpResponse:
    """One competition: where it is, its criteria, its jury with how far each is, and the result as it is."""
    found = get_competition_for(request.user, code)
    states = dict(found.entries.order_by().values_list("state").annotate(Count("pk")))
    judged = [(member, to_judge(member) if member.link_hash else []) for member in found.jury.all()]
    results = results_of(found) if found.phase is Phase.JUDGING else None
    context = {
        "workspace_section": AREA,
        "competition": found,
        "phase": presenters.phase_text(found),
        "states": [
            (state, str(EntryState(state).label), states[state]) for state in EntryState.values if state in states
        ],
        "criteria": criteria_of(found),
        "jury": [(member, sum(each.is_done for each in rows), len(rows)) for member, rows in judged],
        "results": results,
        "may_run": not found.has_ended,
        "commands": [
            (command, reverse("workspace:competition_command", args=[code, name]), name)
            for name, command in commands_for(request.user, found, COMMANDS).items()
        ],
        "main": {Phase.HIDDEN: "announce", Phase.JUDGING: "result"}.get(found.phase, "juror"),
        "history": history_of(found, viewer=request.user),
    }
    return render(request, "workspace/initiatives/competition.html", context)


def competition_command(request: HttpRequest, code: str, name: str) -> HttpResponse:
    return command_view(request, get_competition_for(request.user, code), COMMANDS, name, area=AREA)


# --- Entries ------------------------------------------------------------------------------------------------------


def entries(request: HttpRequest, code: str) -> HttpResponseBase:
    found = get_competition_for(request.user, code)
    rows = CompetitionEntry.objects.filter(competition=found).select_related("competition", "place")
    listing = Listing(WORKSPACE_ENTRIES, request, rows=rows)
    if file := listing.download():
        return file
    context = {
        "workspace_section": AREA,
        "competition": found,
        "listing": listing,
        "rows": [(each, found.category_words(each.category)) for each in listing.rows],
    }
    return render(request, "workspace/initiatives/entries.html", context)


def entry(request: HttpRequest, code: str, reference: str) -> HttpResponse:
    found = get_entry_for(request.user, code, reference)
    context = {
        "workspace_section": AREA,
        "competition": found.competition,
        "entry": found,
        "state": presenters.entry_state_text(found),
        "category": found.competition.category_words(found.category),
        "points": presenters.points_text(found),
        "names": presenters.names_text(found),
        "commands": [
            (command, reverse("workspace:competition_entry_command", args=[code, reference, name]))
            for name, command in commands_for(request.user, found, OF_ENTRY).items()
        ],
        "history": history_of(found, viewer=request.user),
    }
    return render(request, "workspace/initiatives/entry.html", context)


def entry_file(request: HttpRequest, code: str, reference: str) -> HttpResponseBase:
    return download(get_entry_for(request.user, code, reference))


def entry_command(request: HttpRequest, code: str, reference: str, name: str) -> HttpResponse:
    return command_view(request, get_entry_for(request.user, code, reference), OF_ENTRY, name, area=AREA)


def criterion_command(request: HttpRequest, code: str, number: int, name: str) -> HttpResponse:
    found, back = get_criterion_for(request.user, code, number), reverse("workspace:competition", args=[code])
    return command_view(request, found, OF_CRITERION, name, area=AREA, back=back)


def juror_command(request: HttpRequest, code: str, pk: int, name: str) -> HttpResponse:
    found, back = get_member_for(request.user, code, pk), reverse("workspace:competition", args=[code])
    return command_view(request, found, OF_JUROR, name, area=AREA, back=back)
