"""Word templates in the workspace: which there are, the fields they may hold, what is wrong with one, a preview of each."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from floreo.core.access import Permission, must
from floreo.core.errors import Refused
from floreo.core.ui.forms import refuse_on
from floreo.core.uploads import uploaded_file
from floreo.reports import actions as acts
from floreo.reports.access import get_template_for
from floreo.reports.models import WordTemplate
from floreo.reports.word.fields import flat
from floreo.strategy.models import EditionState
from floreo.strategy.queries import current_edition
from floreo.workspace.form_page import person, posted
from floreo.workspace.reports.forms import TemplateForm
from floreo.workspace.reports.views import AREA, WORD

HOW = {
    "one": "{{ headline }}",
    "begin": "{%p for one in late %}",
    "end": "{%p endfor %}",
    "row": "{%tr for one in late %}",
    "inner": "{{ one.title }}",
}


def templates(request: HttpRequest) -> HttpResponse:
    """The list, with a preview of each filled with today's values, and every field that there is."""
    must(request.user, Permission.REPORT_MAKE)
    edition = current_edition(request.user)
    context = {
        "workspace_section": AREA,
        "rows": WordTemplate.objects.defer("content").order_by("-is_active", "name"),
        "fields": list(flat()),
        "how": HOW,
        "edition": edition if edition and edition.state != EditionState.DRAFT else None,
    }
    return render(request, "workspace/reports/templates.html", context)


def new_template(request: HttpRequest) -> HttpResponse:
    """Sends one in. What is wrong with it is said, and nothing is kept until it is right."""
    must(request.user, Permission.REPORT_MAKE)
    form, status = TemplateForm(posted(request)), 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                upload = uploaded_file(request, "file")
                kept = acts.save_template(
                    upload.read(), by=person(request), file_name=upload.name or "", **form.facts()
                )
            except Refused as refusal:
                refuse_on(form, refusal)
            else:
                messages.success(request, _("“%(name)s” is saved. Check its preview.") % {"name": kept.name})
                return HttpResponseRedirect(reverse("workspace:word_templates"))
    context = {"workspace_section": AREA, "form": form, "fields": list(flat()), "how": HOW}
    return render(request, "workspace/reports/new_template.html", context, status=status)


def _attached(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=WORD)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.docx"'
    return response


def default_file(request: HttpRequest) -> HttpResponse:
    """The template to begin with."""
    must(request.user, Permission.REPORT_MAKE)
    # late: what draws is large, and only for whoever asks for it
    from floreo.reports.word.filling import default_template

    return _attached(default_template(), _("report-template"))


def template_file(request: HttpRequest, code: str) -> HttpResponse:
    """A template as it was sent in."""
    template = get_template_for(request.user, code)
    return _attached(bytes(template.content), template.code)


@require_POST
def retire(request: HttpRequest, code: str) -> HttpResponse:
    template = get_template_for(request.user, code)
    acts.retire_template(template, by=person(request))
    messages.success(request, _("“%(name)s” is discarded.") % {"name": template.name})
    return HttpResponseRedirect(reverse("workspace:word_templates"))
