"""Pages of imports: the list with its upload, and what is done to a whole draft."""

from __future__ import annotations

from pathlib import Path

from django.contrib import messages
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db.models import Count, Q
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from floreo.core.access import SYSTEM, Permission, can, must
from floreo.core.errors import Missing, NotAllowed, Refused
from floreo.core.ui import locale
from floreo.core.ui.forms import refuse_on
from floreo.core.uploads import uploaded_file
from floreo.core.whole import whole
from floreo.strategy.access import get_draft_for, get_edition_for
from floreo.strategy.actions.drafts import (
    AlreadyHere,
    Finished,
    accept_all,
    discard_draft,
    finish_draft,
    read_again,
    read_draft,
    reject_all,
    start_draft,
    take_offers,
)
from floreo.strategy.actions.drafts.finishing import suggested_code
from floreo.strategy.drafting.rows import Kind
from floreo.strategy.models import DraftState, Edition, ImportDraft, RowState
from floreo.workspace.drafts.forms import NEW, FinishForm, UploadForm
from floreo.workspace.drafts.review import Review
from floreo.workspace.drafts.samples import sample_document, sample_documents
from floreo.workspace.form_page import person, posted

LISTED = 100


@require_http_methods(["GET", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """Drafts, newest first, and the upload."""
    must(request.user, Permission.IMPORT_REVIEW)
    form, status = UploadForm(), 200
    if request.method == "POST":
        try:
            return _upload(request)
        except Refused as refusal:
            if isinstance(refusal, NotAllowed | Missing):
                raise
            form, status = UploadForm(request.POST, request.FILES), refusal.status
            form.add_error("file", str(refusal.sentence))
    drafts = ImportDraft.objects.exclude(state=DraftState.DROPPED).select_related("edition")
    counted = drafts.annotate(
        row_count=Count("rows", filter=Q(rows__is_offer=False)),
        waiting=Count("rows", filter=Q(rows__state=RowState.UNCONFIRMED, rows__is_offer=False)),
    ).defer("text", "blocks", "repaired")
    context = {
        "form": form,
        "status": status,
        "drafts": counted[:LISTED],
        "samples": [p.name for p in sample_documents()],
        "workspace_section": "imports",
    }
    return render(request, "workspace/drafts/imports.html", context, status=status)


def _upload(request: HttpRequest) -> HttpResponse:
    """The uploaded file, or one of the pack's own texts, becomes a draft."""
    if name := request.POST.get("sample", ""):
        path = sample_document(name)
    else:
        given = uploaded_file(request, "file")
        if not isinstance(given, TemporaryUploadedFile):
            raise Refused(_("Choose a file first."), code="no_file")
        path, name = Path(given.temporary_file_path()), given.name or ""
    try:
        draft = start_draft(path, by=person(request), name=name)
    except AlreadyHere as there:
        messages.info(request, str(there.sentence))
        draft = there.draft
    return redirect("workspace:import", draft.code)


@require_safe
def download(request: HttpRequest, code: str) -> FileResponse:
    """The file as it was uploaded, to be kept, never to be shown: a browser must not run what somebody sent us."""
    draft = get_draft_for(request.user, code)
    if not draft.file or not draft.file.storage.exists(str(draft.file.name)):
        raise Missing(_("The file is no longer on this server."))
    response = FileResponse(
        draft.file.open("rb"), as_attachment=True, filename=draft.file_name, content_type="application/octet-stream"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@require_POST
def read(request: HttpRequest, code: str) -> HttpResponse:
    """Reads again what failed; reads here and now what has waited too long for the background worker."""
    draft = get_draft_for(request.user, code)
    if draft.state == DraftState.FAILED:
        read_again(draft, by=person(request))
    elif draft.state == DraftState.READING:
        must(request.user, Permission.IMPORT_REVIEW)
        read_draft(draft.pk, by=SYSTEM)
    return redirect("workspace:import", code)


@require_POST
def discard(request: HttpRequest, code: str) -> HttpResponse:
    draft = get_draft_for(request.user, code)
    discard_draft(draft, by=person(request))
    messages.success(request, _("Draft discarded. The same file can be imported again."))
    return redirect("workspace:imports")


@require_POST
def accept_many(request: HttpRequest, code: str) -> HttpResponse:
    """Accepts or rejects every undecided row of one kind."""
    draft = get_draft_for(request.user, code)
    if kind := request.POST.get("reject", "")[:20]:
        count = reject_all(draft, by=person(request), kind=kind)
        text = ngettext("%(n)s row rejected.", "%(n)s rows rejected.", count) % {"n": locale.number(count)}
        messages.success(request, text)
        return redirect("workspace:import", code)
    count = accept_all(draft, by=person(request), kind=request.POST.get("kind", "")[:20])
    text = ngettext("%(n)s row accepted.", "%(n)s rows accepted.", count) % {"n": locale.number(count)}
    messages.success(request, text)
    return redirect("workspace:import", code)


@require_POST
def take(request: HttpRequest, code: str) -> HttpResponse:
    """Makes rows of what was found but not certain."""
    draft = get_draft_for(request.user, code)
    numbers = [number for number in map(whole, request.POST.getlist("number")) if number is not None]
    try:
        count = take_offers(draft, by=person(request), numbers=numbers)
    except (NotAllowed, Missing):
        raise
    except Refused as refusal:
        messages.error(request, str(refusal.sentence))
    else:
        text = ngettext("%(n)s row added. Check it.", "%(n)s rows added. Check them.", count)
        messages.success(request, text % {"n": locale.number(count)})
    return redirect("workspace:import", code)


@require_http_methods(["GET", "POST"])
def finish(request: HttpRequest, code: str) -> HttpResponse:
    """Asks into which edition the accepted rows go, and puts them there."""
    draft = get_draft_for(request.user, code)
    review = Review(draft, person(request))
    form = _finish_form(request, draft, review)
    status = 200
    if form.is_bound and form.is_valid():
        try:
            return _finished(request, _finish(request, draft, form.cleaned_data))
        except NotAllowed:
            raise
        except Refused as refusal:
            refuse_on(form, refusal)
    if form.errors:
        status = 422
    context = {"draft": draft, "review": review, "form": form, "status": status, "workspace_section": "imports"}
    return render(request, "workspace/drafts/finish.html", context, status=status)


def _finish_form(request: HttpRequest, draft: ImportDraft, review: Review) -> FinishForm:
    """A new edition is offered while the draft has its row and made none; others to whoever may change the plan."""
    row = next((r for r in review.chain.ready if r.kind == Kind.EDITION), None)
    own = draft.edition
    editions = [own] if own else []
    if can(request.user, Permission.PLAN_EDIT):
        editions = list(Edition.objects.all())
    return FinishForm(posted(request), editions=editions, own=own, code=suggested_code(row) if row is not None else "")


def _finish(request: HttpRequest, draft: ImportDraft, given: dict[str, str]) -> Finished:
    by = person(request)
    if given["into"] == NEW:
        return finish_draft(draft, by=by, new=True, code=given.get("code", ""))
    return finish_draft(draft, by=by, edition=get_edition_for(request.user, given["into"]))


def _finished(request: HttpRequest, done: Finished) -> HttpResponseRedirect:
    entered = ngettext("%(n)s row added to the plan.", "%(n)s rows added to the plan.", done.entered)
    text = [entered % {"n": locale.number(done.entered)}]
    if done.new_organisations:
        count = len(done.new_organisations)
        new = ngettext(
            "%(n)s new organisation in the register, unchecked and not public. Check it there.",
            "%(n)s new organisations in the register, unchecked and not public. Check them there.",
            count,
        )
        text.append(new % {"n": locale.number(count)})
    messages.success(request, " ".join(text))
    return HttpResponseRedirect(reverse("workspace:plan", args=[done.edition.code]))
