"""Laws at the workspace: the list, one law with all that can be done to it, its stages, and how it meets treaties."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_POST

from floreo.core.access import Permission, can, must
from floreo.core.errors import Missing
from floreo.core.lists import Listing
from floreo.core.models import named
from floreo.core.ui.papers import KINDS, paper
from floreo.frameworks.models import Framework, Item
from floreo.legislation import documents, presenters, queries
from floreo.legislation.access import (
    get_citation_for,
    get_commencement_for,
    get_law_for,
    get_stage_for,
    get_verdict_for,
)
from floreo.legislation.actions import instruments, verdicts
from floreo.legislation.models import Instrument, TreatyStatus
from floreo.legislation.tables import LAWS
from floreo.workspace.commands import Command, command_view, commands_for, new, over_row
from floreo.workspace.form_page import FormPage, doing, form_page, person, posted, press, shown_of
from floreo.workspace.forms import CommandForm
from floreo.workspace.laws import forms
from floreo.workspace.verbs import history_of

AREA = "laws"
_EDIT, _PUBLISH = Permission.LAW_EDIT, Permission.LAW_PUBLISH


def _is_hidden(law: Instrument, _viewer: object) -> bool:
    return not law.is_public


def _is_out(law: Instrument, _viewer: object) -> bool:
    return law.is_public


COMMANDS: Mapping[str, Command] = {
    "edit": Command(_l("Edit"), _l("Save"), _EDIT, over_row(forms.LawForm), instruments.update_instrument),
    "publish": Command(
        _l("Put it on the public site"),
        _l("Publish"),
        _PUBLISH,
        new(CommandForm),
        instruments.publish_instrument,
        _is_hidden,
        help=_l("Its stages and its published versions can then be read by everybody."),
        done=_l("Published."),
    ),
    "hide": Command(
        _l("Remove it from the public site"),
        _l("Remove"),
        _PUBLISH,
        new(CommandForm),
        instruments.hide_instrument,
        _is_out,
        done=_l("Removed from the public site."),
    ),
    "new-stage": Command(_l("Add a stage"), _l("Add"), _EDIT, new(forms.NewStageForm), instruments.add_stage),
    "cite": Command(_l("Add a citation"), _l("Add"), _EDIT, new(forms.CitationForm), instruments.add_citation),
    "commence": Command(
        _l("Record when it comes into force"),
        _l("Save"),
        _EDIT,
        new(forms.CommencementForm),
        instruments.add_commencement,
    ),
}
NEW = {
    "law": Command(
        _l("Enter a law"),
        _l("Save"),
        _EDIT,
        over_row(forms.NewLawForm),
        instruments.add_instrument,
        done=_l("Saved. Import its text next."),
    )
}
STAGES = {
    "record": Command(_l("Record this stage"), _l("Save"), _EDIT, over_row(forms.StageForm), instruments.record_stage),
    "remove": Command(_l("Remove this stage"), _l("Remove"), _EDIT, new(CommandForm), instruments.remove_stage),
}
REMOVE_CITATION = {
    "remove": Command(_l("Remove this citation"), _l("Remove"), _EDIT, new(CommandForm), instruments.remove_citation)
}
REMOVE_COMMENCEMENT = {
    "remove": Command(_l("Remove this date"), _l("Remove"), _EDIT, new(CommandForm), instruments.remove_commencement)
}


def laws(request: HttpRequest) -> HttpResponseBase:
    must(request.user, Permission.LAW_READ)
    listing = Listing(LAWS, request)
    if file := listing.download():
        return file
    context = {
        "workspace_section": AREA,
        "listing": listing,
        "rows": listing.rows,
        "may_edit": can(request.user, _EDIT),
    }
    return render(request, "workspace/laws/laws.html", context)


def new_law(request: HttpRequest) -> HttpResponse:
    return command_view(request, None, NEW, "law", area=AREA, back=reverse("workspace:laws"))


def law(request: HttpRequest, code: str) -> HttpResponse:
    """One law: where it is, its versions, what can be done."""
    must(request.user, Permission.LAW_READ)
    found = get_law_for(request.user, code)
    may = commands_for(request.user, found, COMMANDS)
    context = {
        "workspace_section": AREA,
        "law": found,
        "tasks": [(name, each, reverse("workspace:law_command", args=[code, name])) for name, each in may.items()],
        "versions": list(found.versions.defer("text")),
        "stages": list(found.stages.all()),
        "citations": list(found.citations.all()),
        "commencements": list(found.commencements.all()),
        "may_edit": can(request.user, _EDIT),
        "history": history_of(found, viewer=request.user),
    }
    return render(request, "workspace/laws/law.html", context)


def law_command(request: HttpRequest, code: str, name: str) -> HttpResponse:
    found, back = get_law_for(request.user, code), reverse("workspace:law", args=[code])
    return command_view(request, found, COMMANDS, name, area=AREA, back=back)


def stage_command(request: HttpRequest, code: str, stage: str, name: str) -> HttpResponse:
    found, back = get_stage_for(request.user, code, stage), reverse("workspace:law", args=[code])
    return command_view(request, found, STAGES, name, area=AREA, back=back, about=found.instrument.named())


def citation_command(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    found, back = get_citation_for(request.user, code, pk), reverse("workspace:law", args=[code])
    return command_view(request, found, REMOVE_CITATION, "remove", area=AREA, back=back, about=named(found))


def commencement_command(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    found, back = get_commencement_for(request.user, code, pk), reverse("workspace:law", args=[code])
    return command_view(request, found, REMOVE_COMMENCEMENT, "remove", area=AREA, back=back, about=named(found))


# --- Treaties -------------------------------------------------------------------------------------------------------


def treaties(request: HttpRequest) -> HttpResponse:
    """Where the country is with each treaty, and which laws are rated against it."""
    must(request.user, Permission.LAW_READ)
    states = {row.framework_id: row for row in TreatyStatus.objects.all()}
    rows = [(each, states.get(each.pk)) for each in queries.treaties()]
    context = {"workspace_section": "treaties", "rows": rows, "may_edit": can(request.user, _EDIT)}
    return render(request, "workspace/laws/treaties.html", context)


def _treaty(code: str) -> Framework:
    found = next((each for each in queries.treaties() if each.code == code), None)
    if found is None:
        raise Missing
    return found


def treaty_command(request: HttpRequest, code: str) -> HttpResponse:
    treaty = _treaty(code)
    row = TreatyStatus.objects.filter(framework=treaty).first() or TreatyStatus(framework=treaty)
    form = forms.TreatyForm(posted(request), instance=row)
    words = FormPage(
        _("Record the state of the treaty"), _l("Save"), reverse("workspace:treaties"), about=treaty.named(), area=AREA
    )
    return form_page(request, form, doing(request, verdicts.record_treaty, treaty), words)


def law_treaties(request: HttpRequest, code: str) -> HttpResponse:
    must(request.user, Permission.LAW_READ)
    found = get_law_for(request.user, code)
    version = queries.newest_version(found, request.user)
    rows = [(each, queries.coverage(queries.matrix(found, each, version, request.user))) for each in queries.treaties()]
    shown = [(each, presenters.coverage_text(cover), cover) for each, cover in rows]
    context = {"workspace_section": AREA, "law": found, "rows": shown}
    return render(request, "workspace/laws/law_treaties.html", context)


def matrix(request: HttpRequest, code: str, framework: str) -> HttpResponse:
    """Each article of the treaty with what the law says of it."""
    must(request.user, Permission.LAW_READ)
    found, treaty = get_law_for(request.user, code), _treaty(framework)
    version = queries.newest_version(found, request.user)
    rows = queries.matrix(found, treaty, version, request.user)
    context = {
        "workspace_section": AREA,
        "law": found,
        "treaty": treaty,
        "version": version,
        "rows": rows,
        "text": presenters.coverage_text(queries.coverage(rows)),
        "may_edit": can(request.user, _EDIT),
        "may_review": can(request.user, Permission.LAW_REVIEW),
    }
    return render(request, "workspace/laws/matrix.html", context)


def matrix_file(request: HttpRequest, code: str, framework: str, kind: str) -> HttpResponse:
    """The matrix in the order of the treaty, as Word or PDF; the table of verdicts leaves as CSV under Data."""
    must(request.user, Permission.LAW_READ)
    found, treaty = get_law_for(request.user, code), _treaty(framework)
    if kind not in KINDS:
        raise Missing
    version = queries.newest_version(found, request.user)
    document = documents.matrix_document(found, treaty, queries.matrix(found, treaty, version, request.user))
    return paper(document, kind, name=f"{code}-{framework}")


def rate(request: HttpRequest, code: str, framework: str, item: str) -> HttpResponse:
    """One article beside the law: suggestions by likeness, marked as suggestions; a verdict by a person."""
    must(request.user, _EDIT)
    found, treaty = get_law_for(request.user, code), _treaty(framework)
    version = queries.newest_version(found, request.user)
    article = Item.objects.filter(
        in_version__framework=treaty, in_version__is_current=True, code=item, is_rated=True
    ).first()
    if article is None:
        raise Missing
    rated = found.verdicts.filter(item=article).select_related("on_version")
    row = next(iter(queries.that_hold(rated, version)), None)
    first: dict[str, Any] = (
        {"verdict": row.verdict, "provisions": ", ".join(row.provisions), "reason": row.reason} if row else {}
    )
    form = forms.RateForm(posted(request), initial=first)
    alike = queries.suggestions(version, article) if version else []
    text = _("Clauses with a similar heading, only as a suggestion: %(clauses)s.")
    shown = text % {"clauses": ", ".join(f"{each.label} {each.heading}" for each in alike)} if alike else ""
    words = FormPage(
        f"{article.code} {article.in_language('title')}",
        _l("Save the rating"),
        reverse("workspace:law_matrix", args=[code, framework]),
        about=f"{found.named()}, {treaty.named()}",
        help=shown,
        area=AREA,
    )
    save = doing(request, verdicts.rate, found)
    return form_page(request, form, lambda facts: save(facts | {"item": article, "on_version": version}), words)


@require_POST
def review(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    found = get_verdict_for(request.user, code, pk)
    back = reverse("workspace:law_matrix", args=[code, found.item.in_version.framework.code])
    return press(
        request, lambda: verdicts.review(found, by=person(request), shown=shown_of(request)), _("Reviewed."), back
    )
