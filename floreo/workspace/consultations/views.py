"""Pages of consultations: the list, one with all that can be done to it, its comments, which of them are alike, and its points."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from floreo.consultation import presenters
from floreo.consultation.access import (
    get_comment_for,
    get_consultation_for,
    get_event_for,
    get_invitation_for,
    get_point_for,
    get_topic_for,
    number_of,
)
from floreo.consultation.actions import deciding
from floreo.consultation.models import Comment, CommentState, Consultation
from floreo.consultation.queries import account_of, in_no_point, point_choices, suggestions_of, topics_of, with_words
from floreo.consultation.tables import CONSULTATIONS, WORKSPACE_COMMENTS
from floreo.core.access import can
from floreo.core.errors import Missing, Refused
from floreo.core.lists import Listing
from floreo.workspace.commands import command_view, commands_for
from floreo.workspace.consultations.commands import (
    COMMANDS,
    NEW,
    OF_COMMENT,
    OF_EVENT,
    OF_INVITATION,
    OF_POINT,
    OF_TOPIC,
    RUN,
)
from floreo.workspace.form_page import person, press, shown_of
from floreo.workspace.verbs import history_of

AREA = "consultations"
PAGE = 30  # comments, each with its whole text
MOST_AT_ONCE = 2000
MOST_READ = 50  # published with one press: a page of the list, whose texts were shown whole


def consultations(request: HttpRequest) -> HttpResponseBase:
    listing = Listing(CONSULTATIONS, request)
    if file := listing.download():
        return file
    rows = [(c, presenters.state_text(c)) for c in listing.rows]
    context = {
        "workspace_section": AREA,
        "listing": listing,
        "rows": rows,
        "may_prepare": can(request.user, RUN),
    }
    return render(request, "workspace/consultations/consultations.html", context)


def new_consultation(request: HttpRequest) -> HttpResponse:
    return command_view(request, None, NEW, "consultation", area=AREA, back=reverse("workspace:consultations"))


def consultation(request: HttpRequest, code: str) -> HttpResponse:
    """One consultation: where it is, what came, what waits, its points."""
    found = get_consultation_for(request.user, code)
    account = account_of(found)
    states = _states(found)
    may_run = can(request.user, RUN, found) and not found.is_answered
    context = {
        "workspace_section": AREA,
        "consultation": found,
        "state": presenters.state_text(found),
        "commands": [
            (command, reverse("workspace:consultation_command", args=[code, name]), name)
            for name, command in commands_for(request.user, found, COMMANDS).items()
        ],
        "main": _main(found, states),
        "account": account,
        "received": presenters.comments_text(account.comments),
        "states": states,
        "points": presenters.point_lines(account),
        "topics": topics_of(found),
        "invitations": list(found.invitations.all()) if found.participation != "open" else [],
        "may_run": may_run,
        "history": history_of(found, viewer=request.user),
    }
    return render(request, "workspace/consultations/consultation.html", context)


def _states(found: Consultation) -> list[tuple[str, str, int]]:
    """How many comments are in each state."""
    counts = dict(found.comments.order_by().values_list("state").annotate(Count("pk")))
    return [(state, str(CommentState(state).label), counts[state]) for state in CommentState.values if state in counts]


def _main(found: Consultation, states: list[tuple[str, str, int]]) -> str:
    """The one thing that comes next."""
    if found.state == "draft":
        return "schedule"
    return "answer" if found.phase == "closed" and not any(s == "waiting" for s, _w, _n in states) else "enter"


def consultation_command(request: HttpRequest, code: str, name: str) -> HttpResponse:
    return command_view(request, get_consultation_for(request.user, code), COMMANDS, name, area=AREA)


# --- Comments -----------------------------------------------------------------------------------------------------


def _rows_of(found: Consultation) -> Any:
    """With what is shown of each. The consultation is not joined: its order of rows could then not be that of the index."""
    return found.comments.select_related("point", "topic")


def comments(request: HttpRequest, code: str) -> HttpResponseBase:
    """Every comment, to be read and grouped."""
    found = get_consultation_for(request.user, code)
    listing = Listing(
        WORKSPACE_COMMENTS,
        request,
        rows=_rows_of(found),
        page=PAGE,
        shown=_shown,
        narrowed=with_words(found),
        counted=False,
    )
    if file := listing.download():
        return file
    context = {
        "workspace_section": AREA,
        "consultation": found,
        "listing": listing,
        "rows": [_row(c) for c in listing.rows],
        "points": point_choices(found),
        "may_group": can(request.user, RUN, found) and not found.is_answered,
    }
    return render(request, "workspace/consultations/comments.html", context)


_COLUMNS = (  # that the list shows, and what the properties ask for that it shows
    "consultation",
    "number",
    "reference",
    "received_on",
    "respondent",
    "organisation_name",
    "name",
    "is_nameless",
    "language",
    "clause",
    "text",
    "state",
    "topic",
    "topic__number",
    "point",
    "point__number",
)


def _shown(rows: QuerySet[Comment]) -> QuerySet[Comment]:
    return rows.only(*_COLUMNS)


def _row(comment: Comment) -> dict[str, Any]:
    return {
        "number": str(comment.number),
        "reference": comment.reference,
        "href": comment.workspace_url(),
        "about": presenters.about_text(comment),
        "from": presenters.from_whom(comment),
        "on": comment.received_on,
        "state": str(comment.get_state_display()),
        "point": str(comment.point.number) if comment.point is not None else "",
        "is_counted": comment.is_counted,
        "language": comment.language,
        "text": comment.text,
    }


def alike(request: HttpRequest, code: str) -> HttpResponse:
    """Comments in no point that say nearly the same: suggestions, each with the button that makes a point of it."""
    found = get_consultation_for(request.user, code)
    context = {
        "workspace_section": AREA,
        "consultation": found,
        "suggestions": suggestions_of(found),
        "compared": in_no_point(found).count(),
        "points": point_choices(found),
        "may_group": can(request.user, RUN, found) and not found.is_answered,
    }
    return render(request, "workspace/consultations/alike.html", context)


@require_POST
def group(request: HttpRequest, code: str) -> HttpResponse:
    """Puts the selected comments into a point: one that is there, or a new one with the title that was typed."""
    found = get_consultation_for(request.user, code)
    back = reverse(
        "workspace:comments_alike" if "alike" in request.POST else "workspace:consultation_comments", args=[code]
    )
    given = [number for each in request.POST.getlist("comment") for number in each.split(",")]
    numbers = sorted({number for each in given if (number := number_of(each)) is not None})
    if len(numbers) > MOST_AT_ONCE:
        messages.error(request, _("Nothing was changed: too many comments are selected."))
        return HttpResponseRedirect(back)
    if request.POST.get("do") == "publish":
        return press(request, lambda: _publish(request, found, numbers), _published_text, back)
    if request.POST.get("do") == "reject":
        return press(request, lambda: _reject(request, found, numbers), _rejected_text, back)
    return press(request, lambda: _group(request, found, numbers), _grouped_text, back)


def _publish(request: HttpRequest, found: Consultation, numbers: list[int]) -> int:
    if len(numbers) > MOST_READ:
        sentence = _("At most %(n)d comments are published at once: read each before you publish it.")
        raise Refused(sentence % {"n": MOST_READ}, code="too_many")
    rows = list(_rows_of(found).filter(number__in=numbers))
    return deciding.publish_comments(rows, by=person(request), shown=shown_of(request))


def _reject(request: HttpRequest, found: Consultation, numbers: list[int]) -> int:
    rows = list(_rows_of(found).filter(number__in=numbers))
    reason = request.POST.get("reason", "").replace("\x00", " ").strip()[:500]
    return deciding.reject_comments(rows, by=person(request), reason=reason, shown=shown_of(request))


def _rejected_text(number: int) -> str:
    words = ngettext("%(n)d sent text does not count.", "%(n)d sent texts do not count.", number)
    return words % {"n": number}


def _published_text(number: int) -> str:
    return ngettext("%(n)d comment published.", "%(n)d comments published.", number) % {"n": number}


def _group(request: HttpRequest, found: Consultation, numbers: list[int]) -> int:
    title, by = request.POST.get("title", "").replace("\x00", " ").strip(), person(request)
    if not numbers:
        raise Refused(_("Select at least one comment."), code="none_selected")
    if title:
        deciding.add_point(found, by=by, title=title, numbers=numbers)
        return len(numbers)
    wanted = request.POST.get("point", "")
    if not wanted:
        raise Refused(_("Choose a point, or enter the title of a new one."), code="no_point")
    point = None
    if wanted != "none":
        number = number_of(wanted)
        if number is None:
            raise Missing
        point = get_point_for(request.user, found.code, number)
    return deciding.group_comments(found, by=by, numbers=numbers, point=point)


def _grouped_text(number: int) -> str:
    return ngettext("%(n)d comment grouped.", "%(n)d comments grouped.", number) % {"n": number}


def comment(request: HttpRequest, code: str, number: int) -> HttpResponse:
    found = get_comment_for(request.user, code, number)
    context = {
        "workspace_section": AREA,
        "consultation": found.consultation,
        "comment": found,
        "about": presenters.about_text(found),
        "respondent": presenters.respondent_word(found.respondent),
        "commands": [
            (command, reverse("workspace:comment_command", args=[code, number, name]), name)
            for name, command in commands_for(request.user, found, OF_COMMENT).items()
        ],
        "next": _next_waiting(found),
        "history": history_of(found, viewer=request.user),
    }
    return render(request, "workspace/consultations/comment.html", context)


def _next_waiting(found: Comment) -> Comment | None:
    rows = _rows_of(found.consultation).filter(state=CommentState.WAITING).exclude(pk=found.pk)
    return rows.filter(number__gt=found.number).first() or rows.first()  # type: ignore[no-any-return]  # of Comment


def comment_command(request: HttpRequest, code: str, number: int, name: str) -> HttpResponse:
    return command_view(request, get_comment_for(request.user, code, number), OF_COMMENT, name, area=AREA)


# --- Points, meetings, questions, invitations ---------------------------------------------------------------------


def _back(code: str) -> str:
    return reverse("workspace:consultation", args=[code])


def point_command(request: HttpRequest, code: str, number: int, name: str) -> HttpResponse:
    found = get_point_for(request.user, code, number)
    return command_view(request, found, OF_POINT, name, area=AREA, back=_back(code))


def event_command(request: HttpRequest, code: str, pk: int, name: str) -> HttpResponse:
    found = get_event_for(request.user, code, pk)
    return command_view(request, found, OF_EVENT, name, area=AREA, back=_back(code))


def topic_command(request: HttpRequest, code: str, number: int, name: str) -> HttpResponse:
    found = get_topic_for(request.user, code, number)
    return command_view(request, found, OF_TOPIC, name, area=AREA, back=_back(code))


def invitation_command(request: HttpRequest, code: str, pk: int, name: str) -> HttpResponse:
    found = get_invitation_for(request.user, code, pk)
    return command_view(request, found, OF_INVITATION, name, area=AREA, back=_back(code))
