"""Assessments as OSCAL: one organisation, a whole campaign, and a file that fills the answers of an organisation in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from floreo.assessments.access import get_campaign_for, get_participant_for
from floreo.assessments.actions.answering import must_take_answers
from floreo.assessments.actions.bringing_in import bring_in as bring_in_answers
from floreo.assessments.form import level_text
from floreo.assessments.models import Participant
from floreo.assessments.oscal import reading, writing
from floreo.assessments.oscal.caged import MOST_BYTES
from floreo.assessments.queries import wholes_of
from floreo.assessments.tables import PARTICIPANTS
from floreo.core.access import Permission, must
from floreo.core.errors import Missing, NotAllowed, Refused
from floreo.core.ui.forms import refuse_on
from floreo.core.uploads import takes_up_to, uploaded_file
from floreo.workspace.assessments import forms
from floreo.workspace.form_page import person, posted

AREA = "organisation_assessments"
_LISTED = 200  # problems


def file(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """The results of one organisation, or its plan, for who may read its page."""
    found = get_participant_for(request.user, code)
    (whole,) = wholes_of(found.campaign, [found])
    if kind == "results":
        document = writing.assessment_results(whole)
    elif kind == "plan":
        if not whole.plan:
            raise Missing(_("Nothing is planned yet."))
        document = writing.action_plan(whole)
    else:
        raise Missing
    return _download(writing.as_text(document).encode(), "application/json", f"{slugify(code)}-{kind}.oscal.json")


def files(request: HttpRequest, code: str) -> HttpResponse:
    """Of a campaign, the organisations that the reader may see: a file each, in a ZIP."""
    found = get_campaign_for(request.user, code)
    rows = PARTICIPANTS.rows(request.user).filter(campaign=found).order_by("organisation__code")
    wholes = wholes_of(found, rows)
    if not wholes:
        raise Missing(_("No organisation is asked yet."))
    return _download(writing.archive(wholes), "application/zip", f"{slugify(code)}-oscal.zip")


def _download(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


# --- In -----------------------------------------------------------------------------------------------------------


def _limit(_request: HttpRequest) -> int:
    return MOST_BYTES


@takes_up_to(_limit)
@require_http_methods(["GET", "POST"])
def bring_in(request: HttpRequest, code: str) -> HttpResponse:
    """The upload, then what it would change, then the button that does it."""
    found, by = get_participant_for(request.user, code), person(request)
    must(by, Permission.ASSESSMENT_ANSWER, found)
    form = forms.OscalForm(posted(request), request.FILES or None)
    try:
        must_take_answers(found)
        if request.method == "POST":
            if "sealed" in request.POST:
                return _write(request, found)
            given = uploaded_file(request, "file")
            upload = reading.read_file(given.read(), given.name or "")
            return _check(request, found, upload)
    except (NotAllowed, Missing):
        raise
    except Refused as refusal:
        if "file" not in refusal.fields:
            again = {"form": forms.OscalForm()} if found.takes_answers else {}
            status = 200 if request.method == "GET" else refusal.status
            return _page(request, found, {"refusal": refusal} | again, status)
        refuse_on(form, refusal)
        return _page(request, found, {"form": form}, refusal.status)
    return _page(request, found, {"form": form}, 200)


def _write(request: HttpRequest, found: Participant) -> HttpResponse:
    upload = reading.unsealed(found, request.POST["sealed"])
    seen, is_confirmed = request.POST.get("seen", ""), request.POST.get("confirmed") == "on"
    try:
        number = bring_in_answers(found, by=person(request), upload=upload, seen=seen, is_confirmed=is_confirmed)
    except (NotAllowed, Missing):
        raise
    except Refused as refusal:
        return _check(request, found, upload, refusal)
    words = ngettext("%(n)d answer was filled in.", "%(n)d answers were filled in.", number) % {"n": number}
    messages.success(request, words)
    return HttpResponseRedirect(found.workspace_url())


def _check(
    request: HttpRequest, found: Participant, upload: reading.Upload, refusal: Refused | None = None
) -> HttpResponse:
    """What the file would change, as the answers are now."""
    plan, version = reading.plan_of(found, upload.answers), found.campaign.in_version
    context = {
        "upload": upload,
        "is_other": upload.framework not in {"", version.code},
        "plan": plan,
        "refusal": refusal,
        "sealed": reading.sealed(found, upload) if plan.rows else "",
        "rows": [_shown(row) for row in plan.rows],
        "by_status": len(plan.by_status),
        "highest": version.word_of(version.scale.highest),
        "lowest": version.word_of(version.scale.lowest),
        "problems": plan.problems[:_LISTED],
        "more": max(0, len(plan.problems) - _LISTED),
    }
    return _page(request, found, context, refusal.status if refusal is not None else 200)


def _shown(row: reading.ReadAnswer) -> dict[str, Any]:
    own, version = row.own, row.item.in_version
    return {
        "item": row.item,
        "by_status": row.by_status,
        "now": level_text(version, own.level, applies=own.applies) if own is not None else "",
        "now_text": own.text if own is not None else "",
        "then": level_text(version, row.level, applies=row.applies),
        "then_text": row.text,
    }


def _page(request: HttpRequest, found: Participant, context: dict[str, Any], status: int) -> HttpResponse:
    words = {"workspace_section": AREA, "participant": found, "campaign": found.campaign, "status": status}
    return render(request, "workspace/assessments/oscal.html", words | context, status=status)
