"""Pages of the catalogue of courses: its list, institutions with their links, one course, and files."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.db.models import Count, Min, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_http_methods, require_safe

from floreo.core import languages
from floreo.core.access import Permission
from floreo.core.lists import Listing
from floreo.core.ui.forms import Answering
from floreo.core.uploads import uploaded_file
from floreo.workforce import importing, presenters
from floreo.workforce.access import get_course_for, get_institution_for
from floreo.workforce.actions import catalogue as acts
from floreo.workforce.models import CatalogueCourse, Institution
from floreo.workforce.queries import courses_with_all
from floreo.workforce.tables import WORKSPACE_COURSES
from floreo.workspace.commands import Command, allowed_by, command_view, commands_for, new, over_row
from floreo.workspace.form_page import person, posted
from floreo.workspace.forms import CommandForm
from floreo.workspace.verbs import history_of
from floreo.workspace.workforce import forms

AREA = "catalogue"
_RUN = Permission.WORKFORCE_RUN

OF_INSTITUTION: Mapping[str, Command] = {
    "link": Command(
        _l("Send the institution its link"),
        _l("Send its link"),
        _RUN,
        new(CommandForm),
        acts.send_link,
        allowed_by(acts.must_have_mail),
        help=_l("By it, the institution adds, changes and removes its own courses. An older link works no more."),
        done=_l("The e-mail is in the outbox."),
    ),
    "course": Command(
        _l("Enter a course of this institution"), _l("Enter a course"), _RUN, forms.new_course_form, acts.add_course
    ),
    "confirm": Command(
        _l("Record that all its courses are right"),
        _l("All are right"),
        _RUN,
        new(CommandForm),
        acts.confirm_courses,
        lambda body, _viewer: body.courses.filter(removed_on=None).exists(),
        help=_l("For example after a call. They count as confirmed for twelve months."),
        done=_l("Recorded."),
    ),
    "edit": Command(_l("Edit"), _l("Edit"), _RUN, over_row(forms.InstitutionForm), acts.update_institution),
    "end": Command(
        _l("End the link"),
        _l("End the link"),
        _RUN,
        new(CommandForm),
        acts.end_link,
        allowed_by(acts.must_have_link),
        help=_l("The link works no more. Its courses stay in the catalogue."),
        done=_l("The link is ended."),
    ),
    "remove": Command(
        _l("Remove the institution"),
        _l("Remove"),
        _RUN,
        new(CommandForm),
        acts.remove_institution,
        allowed_by(acts.must_be_empty),
        done=_l("Removed."),
        back=lambda _body: reverse("workspace:institutions"),
    ),
}
NEW: Mapping[str, Command] = {
    "institution": Command(
        _l("Add an institution"),
        _l("Add"),
        _RUN,
        new(forms.NewInstitutionForm),
        acts.add_institution,
        help=_l("Afterwards, send it its link."),
        done=_l("Added."),
    ),
}
OF_COURSE: Mapping[str, Command] = {
    "look": Command(
        _l("The course is in order"),
        _l("In order"),
        _RUN,
        new(CommandForm),
        acts.look_at,
        allowed_by(acts.must_be_unread),
        done=_l("Recorded."),
    ),
    "edit": Command(
        _l("Edit the course"),
        _l("Edit"),
        _RUN,
        forms.course_form,
        acts.change_course,
        allowed_by(acts.must_be_offered),
        help=_l("It counts as confirmed today."),
    ),
    "hide": Command(
        _l("Hide the course"),
        _l("Hide"),
        _RUN,
        new(forms.HideForm),
        acts.hide_course,
        allowed_by(acts.must_be_shown),
        help=_l("It leaves the public catalogue. It stays hidden until somebody here shows it again."),
        done=_l("The course is hidden."),
    ),
    "show": Command(
        _l("Show the course again"),
        _l("Show it again"),
        _RUN,
        new(CommandForm),
        acts.show_course,
        allowed_by(acts.must_be_hidden),
        done=_l("The course is in the catalogue again."),
    ),
    "remove": Command(
        _l("Remove the course"),
        _l("Remove"),
        _RUN,
        new(CommandForm),
        acts.remove_course,
        allowed_by(acts.must_be_offered),
        help=_l("It is offered no more. Dates that have passed stay counted."),
        done=_l("The course is removed."),
    ),
}


def catalogue(request: HttpRequest) -> HttpResponseBase:
    listing = Listing(WORKSPACE_COURSES, request)
    if file := listing.download():
        return file
    rows = [(course, presenters.state_text(course), presenters.confirmed_text(course)) for course in listing.rows]
    context = {
        "workspace_section": AREA,
        "listing": listing,
        "rows": rows,
        "unread": CatalogueCourse.objects.filter(needs_look=True, removed_on=None).count(),
    }
    return render(request, "workspace/workforce/catalogue.html", context)


def institutions(request: HttpRequest) -> HttpResponse:
    listed = Q(courses__removed_on=None, courses__isnull=False)
    rows = Institution.objects.select_related("organisation").annotate(
        number=Count("courses", filter=listed), oldest=Min("courses__checked_on", filter=listed)
    )
    return render(request, "workspace/workforce/institutions.html", {"workspace_section": AREA, "rows": rows})


def new_institution(request: HttpRequest) -> HttpResponse:
    return command_view(request, None, NEW, "institution", area=AREA, back=reverse("workspace:institutions"))


def institution(request: HttpRequest, code: str) -> HttpResponse:
    found = get_institution_for(request.user, code)
    courses = courses_with_all(found.courses.all())
    context = {
        "workspace_section": AREA,
        "institution": found,
        "commands": [
            (command, reverse("workspace:institution_command", args=[code, name]), name)
            for name, command in commands_for(request.user, found, OF_INSTITUTION).items()
        ],
        "main": "course" if found.has_link or not found.mail else "link",
        "courses": [(c, presenters.state_text(c), presenters.confirmed_text(c)) for c in courses],
        "history": history_of(found, viewer=request.user),
    }
    return render(request, "workspace/workforce/institution.html", context)


def institution_command(request: HttpRequest, code: str, name: str) -> HttpResponse:
    return command_view(request, get_institution_for(request.user, code), OF_INSTITUTION, name, area=AREA)


def course(request: HttpRequest, code: str) -> HttpResponse:
    found = get_course_for(request.user, code)
    context = {
        "workspace_section": AREA,
        "course": found,
        "state": presenters.state_text(found),
        "confirmed": presenters.confirmed_text(found),
        "cost": presenters.cost_text(found),
        "where": presenters.where_text(found),
        "taught_in": presenters.language_word(found.language),
        "dates": [(day, presenters.seats_text(day)) for day in found.dates.all()],
        "roles": [presenters.role_words(item) for item in found.roles.all()],
        "commands": [
            (command, reverse("workspace:catalogue_course_command", args=[code, name]), name)
            for name, command in commands_for(request.user, found, OF_COURSE).items()
        ],
        "main": "look" if found.needs_look else "edit",
        "history": history_of(found, viewer=request.user),
    }
    return render(request, "workspace/workforce/course.html", context)


def course_command(request: HttpRequest, code: str, name: str) -> HttpResponse:
    return command_view(request, get_course_for(request.user, code), OF_COURSE, name, area=AREA)


# --- Files --------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """The upload with its two buttons, and what a check found."""
    form, found = forms.CoursesFileForm(posted(request), request.FILES or None), None
    answer = Answering(form)
    if request.method == "POST":
        with answer:
            given = uploaded_file(request, "file")
            found = importing.read(given.read(), given.name or "")
            if "import" in request.POST and not found.problems:
                return _import(request, found)
        if found is not None and found.problems:
            answer.status = 422
    context = {
        "workspace_section": AREA,
        "form": form,
        "status": answer.status,
        "sentences": presenters.read_sentences(found) if found is not None else [],
        "is_sound": found is not None and not found.problems,
        "columns": [(each.title, each.note) for each in importing.COLUMNS],
        "spoken": languages.now(),
    }
    return render(request, "workspace/workforce/import.html", context, status=answer.status)


def _import(request: HttpRequest, found: importing.Read) -> HttpResponse:
    added, changed = acts.import_courses(by=person(request), read=found)
    words = {"added": presenters.courses_text(added), "changed": presenters.courses_text(changed)}
    messages.success(request, _("Added: %(added)s. Changed: %(changed)s.") % words)
    return HttpResponseRedirect(reverse("workspace:catalogue"))


@require_safe
def template(request: HttpRequest, language: str) -> HttpResponse:
    """The header and an example, to be filled in a spreadsheet."""
    return _csv(importing.template(language), f"courses-template-{languages.spoken(language)}.csv")


@require_safe
def export(request: HttpRequest, language: str) -> HttpResponse:
    """All courses in the columns of the import."""
    rows = courses_with_all(CatalogueCourse.objects.filter(removed_on=None)).prefetch_related("roles")
    return _csv(importing.export(rows.iterator(chunk_size=500), language), "courses.csv")


def _csv(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
