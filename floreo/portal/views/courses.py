"""The public catalogue of courses and the needs for people; and what institutions and organisations do by their links. No account, no
cookie, no script."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from floreo.core import clock, throttle
from floreo.core.errors import Changed, Missing, Refused, Slower
from floreo.core.lists import Listing
from floreo.core.ui.forms import refuse_on
from floreo.open_data.files import list_file
from floreo.portal.needs_form import NeedsForm
from floreo.portal.views.by_link import count_guess
from floreo.portal.views.page import Crumb, page, public_page
from floreo.workforce import presenters
from floreo.workforce.access import (
    Answering,
    Keeper,
    get_public_course,
    institution_of_link,
    own_course,
    request_of_link,
)
from floreo.workforce.actions.catalogue import add_course, change_course, confirm_courses, remove_course
from floreo.workforce.actions.needs import answer_needs
from floreo.workforce.course_form import CourseForm
from floreo.workforce.models import CatalogueCourse, Institution, NeedsRequest
from floreo.workforce.queries import cohorts_for, courses_with_all, public_values, roles_offered
from floreo.workforce.tables import COURSES

SECTION = "capacity"
PRESSES, PRESSES_PER_HOUR = 60, 240  # by one link
PAGE = 40


def _crumbs() -> tuple[Crumb, ...]:
    return (Crumb(_("Courses"), reverse("portal:courses")),)


@login_not_required
@public_page
def courses(request: HttpRequest) -> HttpResponseBase:
    """Who offers what, at which level, in which language, where and for how much."""
    listing = Listing(COURSES, request, rows=courses_with_all(CatalogueCourse.objects.listed()), page=PAGE)
    if file := list_file(listing, whole=False):
        return file
    return page(
        request,
        "portal/courses/courses.html",
        title=_("Courses on cybersecurity in the country"),
        description=_("Who offers what, at which level, in which language, where and for how much."),
        section=SECTION,
        listing=listing,
        count=presenters.courses_text(listing.total),
        rows=[
            (
                course,
                presenters.facts_text(course),
                presenters.next_text(course),
                "" if course.is_current else presenters.confirmed_text(course),
            )
            for course in listing.rows
        ],
    )


@login_not_required
@public_page
def course(request: HttpRequest, code: str) -> HttpResponseBase:
    found = get_public_course(code)
    coming = found.coming()
    return page(
        request,
        "portal/courses/course.html",
        title=found.in_language("title"),
        description=found.in_language("summary"),
        section=SECTION,
        crumbs=_crumbs(),
        course=found,
        institution=found.institution.organisation,
        json_ld=mark_safe(presenters.json_ld(found)),  # noqa: S308 -- it escapes the signs of markup
        confirmed=presenters.confirmed_text(found),
        cost=presenters.cost_text(found),
        hours=presenters.hours_text(found),
        where=presenters.where_text(found),
        taught_in=presenters.language_word(found.language),
        dates=[(day, presenters.seats_text(day)) for day in coming],
        roles=[presenters.role_words(item) for item in found.roles.select_related("in_version")],
    )


@login_not_required
@public_page
def workforce(request: HttpRequest) -> HttpResponseBase:
    """How many people are needed and missing, by sector only; and who teaches which role."""
    figures = public_values()
    table = figures.table
    rows = []
    if table is not None and not figures.is_withheld:
        rows = [
            (presenters.sector_word(name), cells[0], cells[1], total)
            for name, cells, total in zip(figures.rows, table.cells, table.row_totals, strict=True)
        ]
    return page(
        request,
        "portal/workforce/workforce.html",
        title=presenters.headline(figures),
        description=_("How many people organisations need for cybersecurity, how many they have, and who teaches."),
        section=SECTION,
        rows=rows,
        table=table,
        merged=[presenters.sector_word(name) for name in figures.merged],
        bodies=figures.bodies,
        roles=[
            (offer, presenters.role_words(offer.role), presenters.courses_text(offer.courses))
            for offer in roles_offered()
        ],
    )


# --- An institution, by its link ----------------------------------------------------------------------------------


def _institution(request: HttpRequest, token: str) -> Institution:
    try:
        return institution_of_link(token)
    except Missing:
        count_guess(request, "keep-courses")
        raise


def _spend(purpose: str, pk: int) -> None:
    throttle.spend(purpose, f"{purpose}:{pk}", capacity=PRESSES, per_hour=PRESSES_PER_HOUR)


def _slow(response: HttpResponse, refusal: Refused) -> HttpResponse:
    if isinstance(refusal, Slower):
        response.headers["Retry-After"] = str(refusal.seconds)
    return response


def _done_text(done: str) -> str:
    match done:
        case "confirmed":
            return _("Your courses are confirmed for twelve months.")
        case "added":
            return _("The course is in the catalogue.")
        case "changed":
            return _("The course is changed.")
        case "removed":
            return _("The course is removed from the catalogue.")
    return ""


@login_not_required
@csrf_exempt  # the address itself gives the right
@require_http_methods(["GET", "HEAD", "POST"])
def institution_courses(request: HttpRequest, token: str) -> HttpResponse:
    """All courses of an institution; it says with one press that they are right."""
    found = _institution(request, token)
    refusal: Refused | None = None
    if request.method == "POST":
        try:
            _spend("keep-courses", found.pk)
            confirm_courses(found, by=Keeper(found))
            return HttpResponseRedirect(f"{request.path}?done=confirmed")
        except Refused as wrong:
            refusal = wrong
    rows = courses_with_all(found.courses.filter(removed_on=None))
    context = {
        "institution": found,
        "token": token,
        "rows": [(c, _own_state(c), presenters.next_text(c)) for c in rows],
        "refusal": refusal,
        "done": _done_text(request.GET.get("done", "")) if refusal is None else "",
        "section": SECTION,
    }
    status = refusal.status if refusal is not None else 200
    response = render(request, "portal/courses/keep.html", context | {"status": status}, status=status)
    return _slow(response, refusal) if refusal is not None else response


def _own_state(course: CatalogueCourse) -> str:
    if course.is_hidden:
        return _("Hidden by the coordinator: %(reason)s") % {"reason": course.hidden_reason}
    return presenters.confirmed_text(course)


@login_not_required
@csrf_exempt  # as above
@require_http_methods(["GET", "HEAD", "POST"])
def institution_course(request: HttpRequest, token: str, pk: int | None = None) -> HttpResponse:
    """The form of one course of the institution, or of a new one."""
    institution = _institution(request, token)
    found = own_course(institution, pk) if pk is not None else None
    back = reverse("portal:institution_courses", args=[token])
    if request.method != "POST":
        return _course_page(request, institution, found, CourseForm(course=found), token)
    by, form = Keeper(institution), CourseForm(request.POST, course=found)
    try:
        _spend("keep-courses", institution.pk)
        if found is not None and request.POST.get("do") == "remove":
            remove_course(found, by=by)
            return HttpResponseRedirect(f"{back}?done=removed")
        if not form.is_valid():
            return _course_page(request, institution, found, form, token, status=422)
        if found is None:
            add_course(institution, by=by, **form.facts())
        else:
            change_course(found, by=by, **form.facts())
    except OperationalError:  # the database is busy, or away: what was typed is not lost with it
        form.add_error(None, _("This site is busy and nothing was saved. Your text is below. Try again in a minute."))
        return _course_page(request, institution, found, form, token, status=503)
    except Refused as refusal:
        form.is_valid()
        if isinstance(refusal, Changed):
            typed = request.POST.copy()
            typed["version"] = str(refusal.theirs["version"])  # what was typed is saved over it by the next press
            form = CourseForm(typed, course=found)
            form.is_valid()
        refuse_on(form, refusal)
        return _slow(_course_page(request, institution, found, form, token, status=refusal.status), refusal)
    return HttpResponseRedirect(f"{back}?done={'added' if found is None else 'changed'}")


def _course_page(
    request: HttpRequest,
    institution: Institution,
    found: CatalogueCourse | None,
    form: CourseForm,
    token: str,
    *,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "institution": institution,
        "course": found,
        "form": form,
        "token": token,
        "section": SECTION,
        "status": status,
    }
    return render(request, "portal/courses/keep_course.html", context, status=status)


# --- An organisation that was asked, by its link ------------------------------------------------------------------


def _asked(request: HttpRequest, token: str) -> NeedsRequest:
    try:
        return request_of_link(token)
    except Missing:
        count_guess(request, "answer-needs")
        raise


@login_not_required
@csrf_exempt  # the address itself gives the right
@require_http_methods(["GET", "HEAD", "POST"])
def answer_needs_page(request: HttpRequest, token: str) -> HttpResponse:
    """The form of one organisation, with its newest numbers. What was typed stays when something is wrong."""
    found = _asked(request, token)
    if request.method != "POST":
        return _answer_page(request, found, NeedsForm(request=found), done=request.GET.get("done") == "yes")
    form = NeedsForm(request.POST, request=found)
    try:
        _spend("answer-needs", found.pk)
        if not form.is_valid():
            return _answer_page(request, found, form, status=422)
        answer_needs(found, by=Answering(found), lines=form.given, note=form.cleaned_data["note"])
    except OperationalError:  # as above
        form.add_error(None, _("This site is busy and nothing was saved. Your text is below. Try again in a minute."))
        return _answer_page(request, found, form, status=503)
    except Refused as refusal:
        form.is_valid()
        refuse_on(form, refusal)
        return _slow(_answer_page(request, found, form, status=refusal.status), refusal)
    return HttpResponseRedirect(f"{request.path}?done=yes")


def _answer_page(
    request: HttpRequest, found: NeedsRequest, form: NeedsForm, *, status: int = 200, done: bool = False
) -> HttpResponse:
    items = [item.pk for item in form.items]
    coming = {cohort.pk: cohort for rows in cohorts_for(None, items, clock.today()).values() for cohort in rows}
    context = {
        "asked": found,
        "form": form,
        "done": done,
        "coming": list(coming.values())[:5],
        "section": SECTION,
        "status": status,
    }
    return render(request, "portal/workforce/answer.html", context, status=status)
