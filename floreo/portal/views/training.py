"""Training: what can be taken, signing up, and what participants, organisations and trainers do by their links. No account, no cookie, no
script."""

from __future__ import annotations

from typing import Any

import segno
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from floreo.core import clock, throttle
from floreo.core.errors import Missing, Refused, Slower
from floreo.core.ui.forms import refuse_on
from floreo.core.ui.papers import KINDS, paper
from floreo.core.whole import whole
from floreo.core.wording import number_figures
from floreo.organisations.models import Country
from floreo.portal.training_forms import (
    CheckInListForm,
    CheckInWalkInForm,
    FeedbackForm,
    GroupForm,
    HereForm,
    SignUpForm,
)
from floreo.portal.views.by_link import count_guess
from floreo.portal.views.page import Crumb, country_of, page, public_page
from floreo.training import calendar, moments, presenters
from floreo.training.access import (
    ANYBODY,
    Inviter,
    Participant,
    Trainer,
    enrolment_of_link,
    get_cohort_for,
    get_course_for,
    invitation_of_link,
    session_at_check_in,
    session_of_link,
)
from floreo.training.actions import attending, enrolling
from floreo.training.logic import IS_OVER, CheckIn, EnrolmentState, check_in_code, seconds_to_next, step_of
from floreo.training.models import Cohort, CohortInvitation, Course, Enrolment, Programme, Session, SignUp
from floreo.training.papers import attendance_sheet
from floreo.training.queries import account_of, check_in_key, list_of, open_now, seats_of, walk_ins
from floreo.training.tables import COHORTS, completed_in, people_in

# Of one address: an office, a school or a class shares one. And of all together, per cohort: a crowd by script.
SIGN_UPS, SIGN_UPS_PER_HOUR = 30, 60
OF_ALL, OF_ALL_PER_HOUR = 1000, 6000
OF_MAIL, OF_MAIL_PER_HOUR = 3, 6  # mails to one address: nobody has another flooded
BUSY_SECONDS = 60  # after which somebody tries again whom the database did not take
PRESSES, PRESSES_PER_HOUR = 30, 60  # by one link
AT_CHECK_IN, AT_CHECK_IN_PER_HOUR = 100, 300  # of one address: everybody in the room may share it
SHEETS, SHEETS_PER_HOUR = 10, 60
_NO_STORE = "private, no-cache"  # kept by the browser for its Back button, by nobody else


def _crumbs(*more: Crumb) -> tuple[Crumb, ...]:
    return (Crumb(_("Training"), reverse("portal:training")), *more)


@login_not_required
@public_page
def training(request: HttpRequest) -> HttpResponseBase:
    """What anybody can sign up for, every programme with its courses, and what came of them."""
    offered = open_now()
    seats = seats_of(offered)
    rows = list(COHORTS.rows(None).order_by("-begins", "-pk"))
    past = [c for c in rows if c.state == "closed" or c.is_history]
    words = ngettext("%(n)s course open for sign-up", "%(n)s courses open for sign-up", len(offered))
    courses: dict[int, list[Course]] = {}
    for each in Course.objects.visible_to(None).select_related("programme"):
        courses.setdefault(each.programme_id, []).append(each)
    programmes = Programme.objects.visible_to(None).select_related("organisation", "funder")
    return page(
        request,
        "portal/training/training.html",
        title=words % {"n": number_figures(len(offered))} if offered else _("Training"),
        section="training",
        description=_("Courses in cybersecurity: who they are for, when they take place, and how to sign up."),
        offered=[_line(c, seats[c.pk]) for c in offered],
        programmes=[
            (
                p,
                presenters.audience_word(p.audience),
                [(c, presenters.hours_text(c.hours)) for c in courses.get(p.pk, [])],
            )
            for p in programmes
        ],
        past=[(c, presenters.dates_text(c), people_in(c), completed_in(c)) for c in past],
    )


def _line(cohort: Cohort, seats: Any) -> tuple[Cohort, str, str, str]:
    language = presenters.language_word(cohort.language) if cohort.language else ""
    return cohort, presenters.dates_text(cohort), presenters.seats_text(seats), language


@login_not_required
@public_page
def course(request: HttpRequest, code: str) -> HttpResponseBase:
    found = get_course_for(None, code)
    cohorts = list(Cohort.objects.visible_to(None).filter(course=found).select_related("course__programme", "place"))
    seats = seats_of(cohorts)
    programme = found.programme
    return page(
        request,
        "portal/training/course.html",
        title=found.in_language("title"),
        description=found.in_language("summary"),
        section="training",
        crumbs=_crumbs(),
        course=found,
        hours=presenters.hours_text(found.hours),
        audience=presenters.audience_word(programme.audience),
        modules=list(found.modules.all()),
        roles=[row.item for row in found.course_roles.select_related("item__in_version")],
        cohorts=[
            (
                c,
                presenters.dates_text(c),
                presenters.state_text(c),
                presenters.open_seats_text(c, seats[c.pk]),
            )
            for c in cohorts
        ],
        body=programme.organisation if programme.organisation and programme.organisation.is_public else None,
        funder=programme.funder if programme.funder and programme.funder.is_public else None,
    )


def _about(found: Cohort) -> dict[str, Any]:
    """What every page of one cohort says of it."""
    return {
        "cohort": found,
        "dates": presenters.dates_text(found),
        "held_in": presenters.language_word(found.language) if found.language else "",
        "audience": presenters.audience_word(found.course.programme.audience),
        "section": "training",
    }


@login_not_required
@public_page
def cohort(request: HttpRequest, code: str) -> HttpResponseBase:
    found = get_cohort_for(None, code)
    seats = seats_of([found])[found.pk]
    account = account_of(found) if found.state == "closed" else None
    about = _about(found)
    del about["section"]
    return page(
        request,
        "portal/training/cohort.html",
        title=found.in_language("title"),
        description=found.course.in_language("summary"),
        section="training",
        crumbs=_crumbs(Crumb(found.course.in_language("title"), found.course.get_absolute_url())),
        sessions=[(s, presenters.session_text(s)) for s in found.sessions.select_related("place")],
        state=presenters.state_text(found),
        seats=presenters.open_seats_text(found, seats),
        is_full=seats.is_full,
        sign_up=presenters.sign_up_text(found),
        may_sign_up=found.takes_sign_ups and found.sign_up == SignUp.OPEN,
        hours=presenters.hours_text(found.course.hours),
        account=account,
        result=presenters.result_text(account, is_public=True) if account else "",
        sectors=presenters.sector_lines(account) if account and not account.few else [],
        **about,
    )


@login_not_required
@require_safe
def cohort_calendar(request: HttpRequest, code: str) -> HttpResponse:
    """Its sessions for a calendar program."""
    found = get_cohort_for(None, code)
    response = HttpResponse(calendar.of_cohort(found), content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{found.code}.ics"'
    return response


# --- Signing up ---------------------------------------------------------------------------------------------------


@login_not_required
@csrf_exempt  # no cookie gives any right here
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest, code: str) -> HttpResponse:
    """The form. The answer is the same for everybody: it reveals to nobody who takes part."""
    found = get_cohort_for(None, code)
    if request.method != "POST":
        if not found.takes_sign_ups or found.sign_up != SignUp.OPEN:
            return HttpResponseRedirect(found.get_absolute_url())
        return _sign_up_page(request, found, SignUpForm())
    return _signed_up(request, found, SignUpForm(request.POST))


def _signed_up(request: HttpRequest, found: Cohort, form: SignUpForm) -> HttpResponse:
    try:
        throttle.charge("sign-up", throttle.address_of(request), capacity=SIGN_UPS, per_hour=SIGN_UPS_PER_HOUR)
        throttle.charge("sign-up-all", found.code, capacity=OF_ALL, per_hour=OF_ALL_PER_HOUR)
    except Slower as refusal:
        return _wait_page(request, found, form, seconds=refusal.seconds, status=refusal.status)
    try:
        if not form.is_valid():
            return _sign_up_page(request, found, form, status=422)
        who = form.who()
        throttle.charge("sign-up-mail", who.mail.casefold(), capacity=OF_MAIL, per_hour=OF_MAIL_PER_HOUR)
        enrolling.sign_up(found, by=ANYBODY, who=who)
    except OperationalError:  # the database is busy, or away: what was typed is not lost with it
        return _wait_page(request, found, form, seconds=BUSY_SECONDS, status=503)
    except Refused as refusal:
        form.is_valid()
        refuse_on(form, refusal)
        return _slowed(_sign_up_page(request, found, form, status=refusal.status), refusal)
    response = render(request, "portal/training/asked.html", _about(found) | {"mail": who.mail})
    response.headers["Cache-Control"] = "no-store"
    return response


def _wait_page(request: HttpRequest, found: Cohort, form: SignUpForm, *, seconds: int, status: int) -> HttpResponse:
    """For a crowd: that nothing was recorded, for how long to wait, and one button that sends again what was typed. No query and no field to
    fill in, since most of a crowd gets it."""
    typed = [(field.html_name, field.value() or "") for field in form]
    context = {"cohort": found, "typed": typed, "seconds": seconds, "section": "training"}
    response = render(request, "portal/training/wait.html", context, status=status)
    response.headers["Cache-Control"] = _NO_STORE
    response.headers["Retry-After"] = str(seconds)
    return response


def _slowed(response: HttpResponse, refusal: Refused) -> HttpResponse:
    if isinstance(refusal, Slower):
        response.headers["Retry-After"] = str(refusal.seconds)
    return response


def _sign_up_page(request: HttpRequest, found: Cohort, form: SignUpForm, *, status: int = 200) -> HttpResponse:
    seats = seats_of([found])[found.pk]
    context = _about(found) | {
        "form": form,
        "status": status,
        "seats": presenters.seats_text(seats),
        "is_full": seats.is_full,
    }
    response = render(request, "portal/training/sign_up.html", context, status=status)
    response.headers.setdefault("Cache-Control", _NO_STORE)
    return response


# --- By the participant's own link --------------------------------------------------------------------------------


def _own(request: HttpRequest, token: str) -> Enrolment:
    try:
        return enrolment_of_link(token)
    except Missing:
        count_guess(request, "training-own")
        raise


@login_not_required
@csrf_exempt  # the address itself gives the right
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest, token: str) -> HttpResponse:
    """Where a participant is: confirms, says that they are here, cancels, answers the question at the end, erases their data."""
    found = _own(request, token)
    if request.method != "POST":
        return _own_page(request, found)
    do = request.POST.get("do", "")
    here = HereForm(request.POST if do == "here" else None, by_link=True)
    feedback = FeedbackForm(request.POST if do == "feedback" else None)
    try:
        throttle.spend("training-link", f"enrolment:{found.pk}", capacity=PRESSES, per_hour=PRESSES_PER_HOUR)
        for form in (here, feedback):
            if form.is_bound and not form.is_valid():
                return _own_page(request, found, here=here, feedback=feedback, status=422)
        _press(found, do, here, feedback)
    except Refused as refusal:
        for form in (here, feedback):
            if form.is_bound and form.is_valid():
                refuse_on(form, refusal)
        found = _own(request, token)
        shown = None if here.is_bound or feedback.is_bound else refusal
        answer = _own_page(request, found, here=here, feedback=feedback, refusal=shown, status=refusal.status)
        return _slowed(answer, refusal)
    if do == "erase":
        return render(request, "portal/training/erased.html", _about(found.cohort))
    return HttpResponseRedirect(f"{request.path}?done={do if do in DONE else ''}")


def _press(found: Enrolment, do: str, here: HereForm, feedback: FeedbackForm) -> None:
    """One of the buttons of the page; anything else does nothing."""
    by = Participant(found)
    match do:
        case "confirm":
            enrolling.confirm(found, by=by)
        case "cancel":
            enrolling.cancel(found, by=by)
        case "erase":
            enrolling.erase(found, by=by)
        case "here":
            _come(found, here.cleaned_data["code"])
        case "feedback":
            enrolling.give_feedback(found.cohort, by=ANYBODY, of=found, **feedback.cleaned_data)


def _come(found: Enrolment, code: str) -> None:
    """To the session of the cohort whose code is shown at the door now."""
    for session in found.cohort.sessions.all():
        if session.check_in is CheckIn.OPEN:
            attending.come_by_link(found, by=Participant(found), session=session, code=code)
            return
    raise Refused(_("No session of this cohort takes place now."), code="no_session")


# What was pressed, and in which states the page may say so.
DONE = {
    "confirm": ("confirmed", "waiting"),
    "cancel": ("cancelled",),
    "here": ("confirmed",),
    "feedback": ("confirmed",),
}


def _own_page(
    request: HttpRequest,
    found: Enrolment,
    *,
    here: HereForm | None = None,
    feedback: FeedbackForm | None = None,
    refusal: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    cohort_of = found.cohort
    came = {a.session_id for a in found.attendances.filter(presence="present")}
    sessions = list(cohort_of.sessions.all())
    place = 0
    if found.state == EnrolmentState.WAITING:
        queue = list(cohort_of.enrolments.all().waiting().values_list("pk", flat=True))
        place = queue.index(found.pk) + 1
    is_over = cohort_of.ends_on is not None and cohort_of.ends_on < clock.today()
    is_asked = (
        found.holds_seat
        and not found.gave_feedback
        and cohort_of.ends_on is not None
        and cohort_of.ends_on <= clock.today()
    )
    done = request.GET.get("done", "") if status == 200 else ""
    context = _about(cohort_of) | {
        "enrolment": found,
        "state": presenters.enrolment_text(found, place=place),
        "sessions": [(s, presenters.session_text(s), s.pk in came, s.ends_at < moments.now()) for s in sessions],
        "is_door_open": cohort_of.is_running and found.holds_seat and any(s.check_in is CheckIn.OPEN for s in sessions),
        "here": here or HereForm(by_link=True),
        "feedback": (feedback or FeedbackForm()) if is_asked else None,
        "may_confirm": found.state == EnrolmentState.ASKED and cohort_of.is_running,
        "may_cancel": cohort_of.is_running and not is_over and found.state not in IS_OVER,
        "refusal": refusal,
        "status": status,
        "done": done if found.state in DONE.get(done, ()) else "",
    }
    return render(request, "portal/training/own.html", context, status=status)


@login_not_required
@require_safe
def own_file(request: HttpRequest, token: str) -> HttpResponse:
    """All that is stored of an enrolment, as JSON."""
    response = JsonResponse(own_data(_own(request, token)), json_dumps_params={"ensure_ascii": False, "indent": 2})
    response.headers["Content-Disposition"] = 'attachment; filename="training.json"'
    return response


def own_data(found: Enrolment) -> dict[str, Any]:
    return {
        "cohort": found.cohort.code,
        "number": found.number,
        "name": found.name,
        "mail": found.mail,
        "organisation": found.organisation_words,
        "sector": found.sector,
        "language": found.language,
        "channel": found.channel,
        "state": found.state,
        "signed_up_on": found.asked_on.isoformat(),
        "sessions_attended": [
            {
                "session": a.session.number,
                "how": a.how,
                "recorded_at": a.recorded_at.isoformat() if a.recorded_at else None,
            }
            for a in found.attendances.filter(presence="present").select_related("session").order_by("session__number")
        ],
        "test_before": str(found.score_before) if found.score_before is not None else None,
        "test_after": str(found.score_after) if found.score_after is not None else None,
        "passed": found.passed,
        "completed_on": found.completed_on.isoformat() if found.completed_on else None,
        "answered_the_question_at_the_end": found.gave_feedback,
    }


# --- By the link of an organisation -------------------------------------------------------------------------------


def _invited(request: HttpRequest, token: str) -> CohortInvitation:
    try:
        return invitation_of_link(token)
    except Missing:
        count_guess(request, "training-group")
        raise


@login_not_required
@csrf_exempt  # as above
@require_http_methods(["GET", "HEAD", "POST"])
def group(request: HttpRequest, token: str) -> HttpResponse:
    """An organisation enrols its people."""
    found = _invited(request, token)
    if request.method != "POST":
        return _group_page(request, found, GroupForm())
    form = GroupForm(request.POST)
    try:
        throttle.spend("training-link", f"invitation:{found.pk}", capacity=PRESSES, per_hour=PRESSES_PER_HOUR)
        if not form.is_valid():
            return _group_page(request, found, form, status=422)
        made = enrolling.enrol_people(found, by=Inviter(found), people=form.people())
    except Refused as refusal:
        form.is_valid()
        refuse_on(form, refusal)
        return _slowed(_group_page(request, found, form, status=refusal.status), refusal)
    seated = sum(each.holds_seat for each in made)
    return HttpResponseRedirect(f"{request.path}?seats={seated}&waiting={len(made) - seated}")


def _group_page(request: HttpRequest, found: CohortInvitation, form: GroupForm, *, status: int = 200) -> HttpResponse:
    enrolled = list(found.enrolments.exclude(state__in=IS_OVER).order_by("number"))
    context = _about(found.cohort) | {
        "invitation": found,
        "form": form,
        "status": status,
        "enrolled": enrolled,
        "left": max(found.people - len(enrolled), 0),
        "may_enrol": found.cohort.takes_sign_ups,
        "seated": whole(request.GET.get("seats", "")),
        "waiting": whole(request.GET.get("waiting", "")),
    }
    return render(request, "portal/training/group.html", context, status=status)


# --- At the door --------------------------------------------------------------------------------------------------


def _at_check_in(request: HttpRequest, token: str) -> Session:
    try:
        return session_of_link(token)
    except Missing:
        count_guess(request, "training-door")
        raise


def _drawn(address: str) -> SafeString:
    """The address as a QR code, drawn here: no other host is asked."""
    svg = segno.make(address, error="m").svg_inline(scale=1, omitsize=True, border=2)
    return mark_safe(svg)  # noqa: S308 -- drawn from our own address


@login_not_required
@csrf_exempt  # as above
@require_http_methods(["GET", "HEAD", "POST"])
def check_in(request: HttpRequest, token: str) -> HttpResponse:
    """The trainer's page: the list to tick, who walked in, and the way to the code for the wall."""
    found = _at_check_in(request, token)
    if request.method != "POST":
        return _check_in_page(request, found)
    do, by = request.POST.get("do", ""), Trainer(found)
    ticks = CheckInListForm(request.POST if do == "list" else None, list_of(found))
    walk_in = CheckInWalkInForm(request.POST if do == "walk-in" else None)
    try:
        throttle.spend("training-door", f"session:{found.pk}", capacity=AT_CHECK_IN, per_hour=AT_CHECK_IN_PER_HOUR)
        if do == "list" and ticks.is_valid():
            attending.record_list_at_check_in(found, by=by, ticked=ticks.ticked())
        elif do == "walk-in" and walk_in.is_valid():
            attending.add_walk_in_at_check_in(found, by=by, **walk_in.cleaned_data)
        else:
            return _check_in_page(request, found, ticks=ticks, walk_in=walk_in, status=422)
    except Refused as refusal:
        for form in (ticks, walk_in):
            if form.is_bound and form.is_valid():
                refuse_on(form, refusal)
        return _slowed(_check_in_page(request, found, ticks=ticks, walk_in=walk_in, status=refusal.status), refusal)
    return HttpResponseRedirect(f"{request.path}?done={do}")


def _check_in_page(
    request: HttpRequest,
    found: Session,
    *,
    ticks: CheckInListForm | None = None,
    walk_in: CheckInWalkInForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = _about(found.cohort) | {
        "session": found,
        "when": presenters.session_text(found),
        "door": str(found.check_in),
        "ticks": ticks or CheckInListForm(None, list_of(found)),
        "walk_in": walk_in or CheckInWalkInForm(),
        "walk_ins": walk_ins(found),
        "status": status,
        "done": request.GET.get("done", "") if status == 200 else "",
        "may_record": found.cohort.is_running and found.check_in is not CheckIn.EARLY,
    }
    return render(request, "portal/training/check_in.html", context, status=status)


@login_not_required
@require_safe
def check_in_page_code(request: HttpRequest, token: str) -> HttpResponse:
    """The code for the wall: drawn large, and drawn again by itself when it changes."""
    found = _at_check_in(request, token)
    now = moments.now()
    code = check_in_code(check_in_key(), found.pk, step_of(now))
    address = settings.SITE_ADDRESS + reverse("portal:training_here", args=[f"{found.pk}-{code}"])
    context = _about(found.cohort) | {
        "session": found,
        "when": presenters.session_text(found),
        "is_open": found.check_in is CheckIn.OPEN and found.cohort.is_running,
        "door": str(found.check_in),
        "code": f"{code[:4]} {code[4:]}",
        "drawn": _drawn(address) if found.check_in is CheckIn.OPEN else "",
        "seconds": seconds_to_next(now) + 1,
        "here_address": settings.SITE_ADDRESS + reverse("portal:training_here_form", args=[found.pk]),
    }
    response = render(request, "portal/training/code.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


@login_not_required
@require_safe
def check_in_sheet(request: HttpRequest, token: str, kind: str) -> HttpResponse:
    """The list to print and sign, by the trainer's link."""
    found, country = _at_check_in(request, token), country_of(request)
    if kind not in KINDS or not isinstance(country, Country):
        raise Missing
    throttle.charge("training-sheet", throttle.address_of(request), capacity=SHEETS, per_hour=SHEETS_PER_HOUR)
    return paper(attendance_sheet(country, found), kind, name=f"{found.cohort.code}-{found.number}")


@login_not_required
@csrf_exempt  # as above
@require_http_methods(["GET", "HEAD", "POST"])
def here(request: HttpRequest, token: str) -> HttpResponse:
    """What the code on the wall opens: "17-K7QF3MXA". Who is enrolled says so by name and address."""
    pk, _dash, code = token.partition("-")
    number = whole(pk)
    if number is None:
        raise Missing
    return _here(request, session_at_check_in(number), code)


@login_not_required
@csrf_exempt  # as above
@require_http_methods(["GET", "HEAD", "POST"])
def here_form(request: HttpRequest, pk: int) -> HttpResponse:
    """The same for a phone that reads no QR codes: the code is typed."""
    return _here(request, session_at_check_in(pk), "")


def _here(request: HttpRequest, found: Session, code: str) -> HttpResponse:
    form = HereForm(request.POST if request.method == "POST" else None, initial={"code": code})
    status, came = 200, False
    if request.method == "POST":
        status = 422
        try:
            throttle.charge(
                "training-here", throttle.address_of(request), capacity=AT_CHECK_IN, per_hour=AT_CHECK_IN_PER_HOUR
            )
            if form.is_valid():
                attending.come_by_name(found, by=ANYBODY, **form.cleaned_data)
                status, came = 200, True
        except Refused as refusal:
            status = refusal.status
            form.is_valid()
            refuse_on(form, refusal)
            if isinstance(refusal, Slower):
                return _slowed(_here_page(request, found, form, came=False, status=status), refusal)
    return _here_page(request, found, form, came=came, status=status)


def _here_page(request: HttpRequest, found: Session, form: HereForm, *, came: bool, status: int) -> HttpResponse:
    context = {
        "session": found,
        "when": presenters.session_text(found),
        "cohort": found.cohort if found.check_in is CheckIn.OPEN else None,
        "door": str(found.check_in),
        "form": form,
        "came": came,
        "status": status,
        "section": "training",
    }
    response = render(request, "portal/training/here.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
