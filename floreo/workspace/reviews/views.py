"""Pages of reviews: the list with each edition's rhythm, one review with its progress, and what is done to a whole one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from floreo.core import clock
from floreo.core.access import Permission, can, must, reach
from floreo.core.figures import period_of
from floreo.core.keys import key
from floreo.core.lists import Listing
from floreo.reports.actions import close_review
from floreo.reports.models import Snapshot
from floreo.reviews import actions as acts
from floreo.reviews import presenters, queries
from floreo.reviews.access import get_review_for
from floreo.reviews.logic import ended_period
from floreo.reviews.models import Review, Rhythm, UpdateRequest
from floreo.reviews.tables import REQUESTS, REVIEWS
from floreo.strategy.access import get_edition_for
from floreo.strategy.models import Edition, EditionState
from floreo.workspace.commands import Command, Data, command_view, commands_for
from floreo.workspace.form_page import FormPage, form_page, person, posted, press
from floreo.workspace.ownership import owners, team_for
from floreo.workspace.reviews import forms
from floreo.workspace.reviews.rows import decide_rows, request_rows
from floreo.workspace.sending import left

AREA = "reviews"
RUN = Permission.REVIEW_RUN


@dataclass(frozen=True)
class RhythmShown:
    """An edition in force with its rhythm in a sentence."""

    edition: Edition
    rhythm: Rhythm
    words: str


def reviews(request: HttpRequest) -> HttpResponseBase:
    """All reviews, newest first, under the rhythm in which they open."""
    must(request.user, Permission.PLAN_READ)
    listing = Listing(REVIEWS, request)
    if file := listing.download():
        return file
    rows = [(row, presenters.title(row), presenters.progress(row.answered, row.asked)) for row in listing.rows]
    context = {
        "workspace_section": AREA,
        "listing": listing,
        "rows": rows,
        "rhythms": _rhythms(request.user),
        "may_run": can(request.user, RUN),
    }
    return render(request, "workspace/reviews/reviews.html", context)


def _rhythms(viewer: object) -> list[RhythmShown]:
    found = []
    for edition in Edition.objects.visible_to(viewer).filter(state=EditionState.IN_FORCE):
        rhythm = queries.rhythm_of(edition)
        found.append(RhythmShown(edition, rhythm, presenters.rhythm_text(rhythm, clock.today())))
    return found


def review(request: HttpRequest, edition: str, code: str) -> HttpResponseBase:
    """One review: how far it is, what waits to be decided, who is asked and who must act next."""
    found = get_review_for(request.user, edition, code)
    runs = can(request.user, RUN)
    decides = can(request.user, Permission.REVIEW_DECIDE) and not found.is_closed
    listing = Listing(REQUESTS, request, rows=queries.requests_of(found)) if runs else None
    if listing and (file := listing.download()):
        return file
    done, asked = queries.counts(found)
    shown = listing.rows if listing else _own(request.user, found)
    context = {
        "workspace_section": AREA,
        "review": found,
        "title": presenters.title(found),
        "listing": listing,
        "progress": presenters.progress(done, asked),
        "done": done,
        "asked": asked,
        "due": presenters.due_text(found, clock.today()),
        "rows": request_rows(shown, found),
        **_deciding(found, request.user, decides=decides),
        "unasked": queries.unasked(found) if runs and not found.is_closed else [],
        "may": commands_for(request.user, found, REVIEW_COMMANDS),
        "report": _report_of(found),
        "left": left(request.user, _about(found), url=can(request.user, Permission.MAIL_READ)) if runs else [],
    }
    return render(request, "workspace/reviews/review.html", context)


def _deciding(found: Review, viewer: object, *, decides: bool) -> dict[str, object]:
    """What waits to be approved: the rows, who has each, and how many say that nothing changed."""
    if not decides:
        return {"to_decide": [], "unchanged": 0, "people": []}
    rows = decide_rows(found, viewer)
    held = owners(key(row.answer) for row in rows)
    return {
        "to_decide": [
            replace(row, was=one.pk, owner=one.user_name) if (one := held.get(key(row.answer))) else row for row in rows
        ],
        "unchanged": len(queries.unchanged_to_decide(found)),
        "people": team_for(viewer, Permission.REVIEW_DECIDE),
    }


def _own(viewer: object, found: Review) -> list[UpdateRequest]:
    """What is asked of the viewer in person, and of the organisations that they speak for."""
    own, person = reach(viewer, Permission.PLAN_UPDATE), getattr(viewer, "person_id", None)
    rows = queries.requests_of(found)
    if own is None:
        return list(rows)
    mine = Q(organisation__in=own)
    if person is not None:
        mine |= Q(person=person) | Q(deputy=person)
    return list(rows.filter(mine))


def _about(found: Review) -> list[str]:
    """What the e-mails of a review are about: who was asked."""
    return [key(each) for each in found.requests.only("pk", "review")]


def _report_of(found: Review) -> Snapshot | None:
    """The report of the closed period, once there is one."""
    return Snapshot.objects.light().select_related("edition", "release").filter(review=found).first()


def rhythm(request: HttpRequest, edition: str) -> HttpResponse:
    must(request.user, RUN)
    found = get_edition_for(request.user, edition)
    known = queries.rhythm_of(found)
    words = FormPage(
        _("Set the schedule"),
        _("Save the schedule"),
        reverse("workspace:reviews"),
        about=found.in_language("title"),
        help=_("Days are counted from the last day of the period under review. Reviews in progress keep their dates."),
        done=_("Schedule saved."),
        area=AREA,
    )
    form = forms.RhythmForm(known, posted(request))
    thing = known if known.pk else None
    return form_page(request, form, lambda f: acts.set_rhythm(found, by=person(request), **f), words, thing=thing)


def _usual_days(edition: Edition) -> dict[str, date]:
    """The newest period that is over and has no review; else the running one up to today."""
    today, beat = clock.today(), queries.rhythm_of(edition).beat
    period = ended_period(beat, today)
    if edition.reviews.filter(starts_on=period.start, ends_on=period.end).exists():
        period = replace(period_of(today, beat.frequency), end=today)
    due = today + timedelta(days=beat.due_after - beat.opens_after)
    closes = due + timedelta(days=beat.closes_after - beat.due_after)
    return {"starts_on": period.start, "ends_on": period.end, "due_on": due, "closes_on": closes}


def _is_open(review: Review, _viewer: object) -> bool:
    return not review.is_closed


def _close_form(data: Data, review: Review) -> forms.CloseForm:
    return forms.CloseForm(queries.to_decide(review).count(), data)


def _close_help(review: Review) -> str:
    return f"{presenters.progress(*queries.counts(review))} " + _(
        "Closing freezes the state of the plan: links still open, but nothing can be changed. Closing "
        "cannot be undone. Errors are corrected beside the report. Closing does not publish: you decide about that next, on the page of the report."
    )


EDITION_COMMANDS: Mapping[str, Command] = {
    "new-review": Command(
        _l("Open a review by hand"),
        _l("Open and request updates"),
        RUN,
        lambda data, edition: forms.ReviewForm(data, initial=_usual_days(edition)),
        acts.open_review,
        help=_l("For an extra review, or a missed period. The next page shows every e-mail before it is sent."),
        done=_l("The review is open. All leads have been sent a request for updates."),
    ),
}
REVIEW_COMMANDS: Mapping[str, Command] = {
    "move": Command(
        _l("Change the dates"),
        _l("Save the dates"),
        RUN,
        lambda data, review: forms.MoveForm(review, data),
        acts.move_review,
        _is_open,
        help=_l("Reminders move with the due date."),
    ),
    "close": Command(
        _l("Close the review"),
        _l("Close permanently"),
        RUN,
        _close_form,
        close_review,
        _is_open,
        help=_close_help,
        done=_l("Review closed. Its report is frozen and not published yet."),
    ),
}


def edition_command(request: HttpRequest, edition: str, name: str) -> HttpResponse:
    found, back = get_edition_for(request.user, edition), reverse("workspace:reviews")
    about = found.in_language("title")
    return command_view(request, found, EDITION_COMMANDS, name, area=AREA, about=about, back=back, shows_made=True)


def review_command(request: HttpRequest, edition: str, code: str, name: str) -> HttpResponse:
    found = get_review_for(request.user, edition, code)
    about = presenters.title(found)
    return command_view(request, found, REVIEW_COMMANDS, name, area=AREA, about=about, shows_made=name == "close")


@require_POST
def remind(request: HttpRequest, edition: str, code: str) -> HttpResponse:
    """Writes to everybody who has not answered."""
    must(request.user, RUN)
    found = get_review_for(request.user, edition, code)
    return press(request, lambda: acts.remind_now(found, by=person(request)), _reminded, found.workspace_url())


def _reminded(mails: int) -> str:
    return ngettext("%(n)d reminder will be sent.", "%(n)d reminders will be sent.", mails) % {"n": mails}


@require_POST
def widen(request: HttpRequest, edition: str, code: str) -> HttpResponse:
    """Asks about what has come into the plan since."""
    must(request.user, RUN)
    found = get_review_for(request.user, edition, code)
    return press(request, lambda: acts.request_the_rest(found, by=person(request)), _widened, found.workspace_url())


def _widened(number: int) -> str:
    return ngettext("Updates requested on %(n)d more action.", "Updates requested on %(n)d more actions.", number) % {
        "n": number
    }
