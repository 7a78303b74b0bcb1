"""Pages of cohorts: the list, one with all that can be done to it, its participants, their tests, and a file of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from floreo.core.access import Permission, can
from floreo.core.errors import Missing, NotAllowed, Refused
from floreo.core.lists import Listing
from floreo.core.tables import safe_text
from floreo.core.ui.forms import Answering, refuse_on
from floreo.core.uploads import uploaded_file
from floreo.training import importing, presenters
from floreo.training.access import get_cohort_for, get_enrolment_for, get_invitation_for
from floreo.training.actions import enrolling, results, running
from floreo.training.actions.seats import has_begun
from floreo.training.logic import IS_OVER
from floreo.training.mails import own_link
from floreo.training.models import Cohort, SignUp
from floreo.training.queries import account_of, feedback_of, results_of, seats_of
from floreo.training.tables import COHORTS, ENROLMENTS
from floreo.workspace.commands import Command, allowed_by, command_view, commands_for, new, over_row
from floreo.workspace.form_page import person, posted
from floreo.workspace.forms import CommandForm
from floreo.workspace.training import forms
from floreo.workspace.verbs import history_of

AREA = "training"
_RUN = Permission.TRAINING_RUN


def _is_kept(cohort: Cohort, _viewer: object) -> bool:
    return cohort.is_running and not cohort.is_history


COMMANDS: Mapping[str, Command] = {
    "session": Command(
        _l("Add a session"), _l("Add a session"), _RUN, new(forms.SessionForm), running.add_session, _is_kept
    ),
    "enrol": Command(
        _l("Enrol somebody"),
        _l("Enrol somebody"),
        _RUN,
        new(forms.EnrolForm),
        enrolling.enrol,
        _is_kept,
        help=_l("Where there is no free seat, the person goes on the waiting list."),
    ),
    "close": Command(
        _l("Record the results"),
        _l("Record the results"),
        _RUN,
        new(CommandForm),
        results.close_cohort,
        lambda c, _viewer: not c.is_history and allowed_by(results.must_be_over)(c, _viewer),
        help=_l(
            "Who completed it is computed from attendance and the pass mark. After that attendance and tests stay as they are."
        ),
        done=_l("The results are recorded."),
    ),
    "seats": Command(
        _l("Give free seats to people on the waiting list"),
        _l("Give free seats"),
        _RUN,
        new(CommandForm),
        enrolling.give_seats,
        lambda c, _viewer: _is_kept(c, _viewer) and has_begun(c),
        help=_l("The first on the list get them, and an e-mail."),
        done=_l("Seats given."),
    ),
    "invite": Command(
        _l("Invite an organisation"),
        _l("Invite an organisation"),
        _RUN,
        new(forms.InviteForm),
        running.invite_organisation,
        lambda c, _viewer: _is_kept(c, _viewer) and c.sign_up != SignUp.CLOSED,
        help=_l(
            "It gets a link by which it enrols its people. Invited again, it gets a new one and the old one stops working."
        ),
        done=_l("The invitation is in the outbox."),
    ),
    "edit": Command(
        _l("Edit"),
        _l("Edit"),
        _RUN,
        lambda data, c: (forms.HistoryForm if c.is_history else forms.CohortForm)(data, instance=c),
        running.update_cohort,
        allowed_by(running.must_be_running),
    ),
    "open-again": Command(
        _l("Open the cohort again"),
        _l("Open again"),
        _RUN,
        new(forms.WhyForm),
        results.open_again,
        allowed_by(results.must_be_closed),
        help=_l("To correct attendance or tests. Who completed it is computed again when the results are recorded."),
        done=_l("The cohort is open again."),
    ),
    "cancel": Command(
        _l("Cancel the cohort"),
        _l("Cancel the cohort"),
        _RUN,
        new(forms.WhyForm),
        running.cancel_cohort,
        _is_kept,
        help=_l("Everybody who signed up and left an address gets an e-mail."),
        done=_l("The cohort is cancelled."),
    ),
    "remove": Command(
        _l("Remove the cohort"),
        _l("Remove"),
        _RUN,
        new(CommandForm),
        running.remove_cohort,
        lambda c, _viewer: not c.enrolments.exists(),
        back=lambda c: str(c.course.workspace_url()),
    ),
}

OF_ENROLMENT: Mapping[str, Command] = {
    "edit": Command(
        _l("Edit"),
        _l("Edit"),
        _RUN,
        over_row(forms.EnrolmentForm),
        enrolling.update_enrolment,
        lambda e, _viewer: not e.is_erased,
    ),
    "leave": Command(
        _l("Left the course"),
        _l("Left the course"),
        _RUN,
        new(CommandForm),
        enrolling.leave,
        lambda e, _viewer: e.holds_seat and e.cohort.is_running and has_begun(e.cohort),
        help=_l("Counted as not completed."),
    ),
    "cancel": Command(
        _l("Cancel the enrolment"),
        _l("Cancel the enrolment"),
        _RUN,
        new(CommandForm),
        enrolling.cancel_by_staff,
        lambda e, _viewer: e.state not in IS_OVER and e.cohort.is_running,
        help=_l("The seat goes to the first of the waiting list."),
    ),
    "erase": Command(
        _l("Erase the data because the person asked for it"),
        _l("Erase on request"),
        _RUN,
        new(forms.EraseForm),
        enrolling.erase_on_request,
        lambda e, _viewer: not e.is_erased,
        help=_l("Name and address are deleted for good. What was attended stays counted. This cannot be undone."),
        done=_l("The data are erased."),
    ),
}
OF_INVITATION: Mapping[str, Command] = {
    "end": Command(
        _l("End the link"),
        _l("End the link"),
        _RUN,
        new(CommandForm),
        running.end_invitation,
        help=_l("The organisation can enrol nobody more. Whom it enrolled stays."),
    ),
}


def cohorts(request: HttpRequest) -> HttpResponseBase:
    listing = Listing(COHORTS, request)
    if file := listing.download():
        return file
    rows = list(listing.rows)
    seats = seats_of(rows)
    context = {
        "workspace_section": AREA,
        "listing": listing,
        "rows": [
            (
                c,
                presenters.dates_text(c),
                presenters.state_text(c),
                presenters.open_seats_text(c, seats[c.pk]),
            )
            for c in rows
        ],
    }
    return render(request, "workspace/training/cohorts.html", context)


def cohort(request: HttpRequest, code: str) -> HttpResponse:
    """One cohort: its sessions, who has a seat, what came of it."""
    found = get_cohort_for(request.user, code)
    seats = seats_of([found])[found.pk]
    account = account_of(found)
    lines = results_of(found) if found.is_running and not found.is_history else []
    sessions = [
        (s, presenters.session_text(s), came, s.recorded_on or came)
        for s in found.sessions.select_related("trainer", "place")
        for came in [s.attendances.filter(presence="present").count()]
    ]
    context = {
        "workspace_section": AREA,
        "cohort": found,
        "state": presenters.state_text(found),
        "dates": presenters.dates_text(found),
        "seats": presenters.open_seats_text(found, seats),
        "sign_up": presenters.sign_up_text(found),
        "held_in": presenters.language_word(found.language) if found.language else "",
        "audience": presenters.audience_word(found.course.programme.audience),
        "sessions": sessions,
        "account": account,
        "result": presenters.result_text(account, is_public=False),
        "share_completed": presenters.share_text(account.share_completed),
        "share_passed": presenters.share_text(account.share_passed),
        "would_complete": sum(line.result.completed for line in lines),
        "of_lines": len(lines),
        "feedback": feedback_of(found),
        "invitations": [
            (i, i.enrolments.exclude(state__in=IS_OVER).count())
            for i in found.invitations.select_related("organisation")
        ],
        "commands": [
            (command, reverse("workspace:training_cohort_command", args=[code, name]), name)
            for name, command in commands_for(request.user, found, COMMANDS).items()
        ],
        "main": _main(found),
        "may_run": can(request.user, _RUN) and found.is_running and not found.is_history,
        "history": history_of(found, viewer=request.user),
    }
    return render(request, "workspace/training/cohort.html", context)


def _main(found: Cohort) -> str:
    """The one thing that comes next."""
    if allowed_by(results.must_be_over)(found, None):
        return "close"
    return "enrol" if found.sessions.exists() else "session"


def cohort_command(request: HttpRequest, code: str, name: str) -> HttpResponse:
    return command_view(request, get_cohort_for(request.user, code), COMMANDS, name, area=AREA)


def end_invitation(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    found = get_invitation_for(request.user, code, pk)
    back = reverse("workspace:training_cohort", args=[code])
    return command_view(request, found, OF_INVITATION, "end", area=AREA, back=back)


# --- Participants -------------------------------------------------------------------------------------------------


def participants(request: HttpRequest, code: str) -> HttpResponseBase:
    found = get_cohort_for(request.user, code)
    listing = Listing(ENROLMENTS, request, rows=ENROLMENTS.rows(request.user).filter(cohort=found))
    if file := listing.download():
        return file
    context = {
        "workspace_section": AREA,
        "cohort": found,
        "listing": listing,
        "rows": list(listing.rows),
        "sessions": found.sessions.count(),
        "may_run": can(request.user, _RUN) and found.is_running and not found.is_history,
    }
    return render(request, "workspace/training/participants.html", context)


def enrolment(request: HttpRequest, code: str, number: int) -> HttpResponse:
    found = get_enrolment_for(request.user, code, number)
    came = {a.session_id: a for a in found.attendances.all()}
    context = {
        "workspace_section": AREA,
        "cohort": found.cohort,
        "enrolment": found,
        "sessions": [(s, presenters.session_text(s), came.get(s.pk)) for s in found.cohort.sessions.all()],
        "link": own_link(found) if can(request.user, _RUN) and not found.is_erased else "",
        "commands": [
            (command, reverse("workspace:training_enrolment_command", args=[code, number, name]), name)
            for name, command in commands_for(request.user, found, OF_ENROLMENT).items()
        ],
        "history": history_of(found, viewer=request.user),
    }
    return render(request, "workspace/training/enrolment.html", context)


def enrolment_command(request: HttpRequest, code: str, number: int, name: str) -> HttpResponse:
    return command_view(request, get_enrolment_for(request.user, code, number), OF_ENROLMENT, name, area=AREA)


def scores(request: HttpRequest, code: str) -> HttpResponse:
    """Both tests of everybody, on one page."""
    found = get_cohort_for(request.user, code)
    rows = list(found.enrolments.filter(state="confirmed").order_by("name", "number"))
    form = forms.ScoresForm(posted(request), rows)
    if request.method == "POST" and form.is_valid():
        try:
            changed = results.enter_scores(found, by=person(request), **form.facts())
        except (NotAllowed, Missing):
            raise
        except Refused as refusal:
            refuse_on(form, refusal)
        else:
            words = ngettext("%(n)d participant’s tests saved.", "%(n)d participants’ tests saved.", changed)
            messages.success(request, words % {"n": changed})
            return HttpResponseRedirect(reverse("workspace:training_cohort", args=[code]))
    status = 422 if form.is_bound else 200
    context = {"workspace_section": AREA, "cohort": found, "form": form, "status": status}
    return render(request, "workspace/training/scores.html", context, status=status)


# --- A file of participants ---------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def import_file(request: HttpRequest, code: str) -> HttpResponse:
    """The upload with its two buttons, and what a check found."""
    cohort_of = get_cohort_for(request.user, code)
    form, found = forms.ImportForm(posted(request), request.FILES or None), None
    answer = Answering(form)
    if request.method == "POST":
        with answer:
            given = uploaded_file(request, "file")
            found = importing.read(cohort_of, given.read(), given.name or "")
            if "import" in request.POST and not found.problems:
                return _import(request, cohort_of, found)
        if found is not None and found.problems:
            answer.status = 422
    context = {
        "workspace_section": AREA,
        "cohort": cohort_of,
        "form": form,
        "status": answer.status,
        "sentences": _sentences(found) if found is not None else [],
        "is_sound": found is not None and not found.problems,
        "columns": _columns(),
    }
    return render(request, "workspace/training/import.html", context, status=answer.status)


def _sentences(found: importing.Read) -> list[str]:
    """What was read of a file, and what is wrong in it, line by line."""
    words: dict[str, Any] = {"n": len(found.rows), "name": found.name, "encoding": found.encoding, "new": found.new}
    rows = [
        ngettext(
            "%(n)d row can be imported from “%(name)s” (%(encoding)s).",
            "%(n)d rows can be imported from “%(name)s” (%(encoding)s).",
            len(found.rows),
        )
        % words,
        ngettext("%(new)d of them is of somebody new.", "%(new)d of them are of somebody new.", found.new) % words,
    ]
    if found.unknown:
        rows.append(_("Columns that are not imported: %(columns)s.") % {"columns": ", ".join(found.unknown)})
    if found.problems:
        count = len(found.problems)
        rows.append(ngettext("%(count)d problem:", "%(count)d problems:", count) % {"count": count})
        rows += [str(problem) for problem in found.problems[: importing.MOST_PROBLEMS]]
        if count > importing.MOST_PROBLEMS:
            rows.append(_("Only the first %(most)d are listed.") % {"most": importing.MOST_PROBLEMS})
    return rows


def _import(request: HttpRequest, cohort_of: Cohort, found: importing.Read) -> HttpResponse:
    count = results.import_rows(cohort_of, by=person(request), found=found)
    messages.success(request, ngettext("%(n)d row imported.", "%(n)d rows imported.", count) % {"n": count})
    return HttpResponseRedirect(reverse("workspace:training_participants", args=[cohort_of.code]))


def _columns() -> list[tuple[str, str]]:
    notes = {
        "number": _("In the cohort: says who is meant, of those who are enrolled."),
        "name": _("Needed for somebody new."),
        "mail": _("Says who is meant where there is no number; of somebody new, where the link is sent."),
        "organisation": _("Code or name."),
        "sector": _("As in the form."),
        "sessions": _("Numbers of the sessions attended, for example 1, 2; or “all”."),
        "before": _("Test before, from 0 to 100."),
        "after": _("Test after, from 0 to 100."),
    }
    return [(_named(name), notes[name]) for name in importing.COLUMNS]


def _named(field: str) -> str:
    return str(importing.COLUMNS[field].title)


@require_safe
def template(request: HttpRequest, code: str) -> HttpResponse:
    """The header with everybody who has a seat, to be filled in a spreadsheet."""
    found = get_cohort_for(request.user, code)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_named(name) for name in importing.COLUMNS])
    for each in found.enrolments.filter(state="confirmed").select_related("organisation").order_by("number"):
        body = each.organisation.code if each.organisation else each.organisation_name
        scores_of = [each.score_before, each.score_after]
        cells = [each.number, each.name, each.mail, body, each.sector, "", *("" if s is None else s for s in scores_of)]
        writer.writerow([safe_text(cell) if isinstance(cell, str) else cell for cell in cells])
    response = HttpResponse(out.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.code}.csv"'
    return response
