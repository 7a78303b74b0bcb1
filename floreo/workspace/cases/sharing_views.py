"""Sharing a case with machines: what goes and what stays is shown before it leaves; what comes in is shown before it is taken."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core.errors import Refused
from floreo.core.uploads import uploaded_file
from floreo.incidents.access import get_case_for
from floreo.incidents.actions.sharing import FORMATS, leaving, share, take_in
from floreo.incidents.case_text import AUDIENCES
from floreo.incidents.exchange import misp, stix
from floreo.incidents.exchange.presenters import left_out_sentence, problem_sentence, unfit_sentence
from floreo.incidents.exchange.shared import LARGEST, Audience, Read, Shared, SharedObservable, Unfit
from floreo.incidents.models import Case, ObservableKind
from floreo.incidents.observables import defanged
from floreo.workspace.form_page import person

AREA = "cases"
SALT = "floreo.cases.sharing"
AN_HOUR = 3600  # seconds in which what was shown may be taken
READERS: Mapping[str, Callable[[bytes], Read]] = {"stix": stix.read, "misp": misp.read}


def share_case(request: HttpRequest, reference: str) -> HttpResponse:
    """GET shows what would go to the chosen audience; the press makes the file."""
    case = get_case_for(request.user, reference)
    given = request.POST if request.method == "POST" else request.GET
    audience = given.get("audience", Audience.COMMUNITY.value)
    if audience not in AUDIENCES:
        audience = Audience.COMMUNITY.value
    problem = ""
    if request.method == "POST" and (form := request.POST.get("form", "")) in FORMATS:
        try:
            content = share(case, by=person(request), audience=audience, form=form)
        except Refused as refusal:
            problem = str(refusal.sentence)
        else:
            return _file(case, form, content)
    goes = leaving(case, Audience(audience))
    context = {
        "workspace_section": AREA,
        "case": case,
        "audience": audience,
        "audiences": list(AUDIENCES.items()),
        "goes": goes,
        "observables": _shown(goes.shared.observables) if goes.shared else [],
        "stays": [left_out_sentence(each) for each in goes.left_out],
        "formats": [(name, words) for name, (words, _ending, _write) in FORMATS.items()],
        "problem": problem,
    }
    return render(request, "workspace/cases/share.html", context, status=422 if problem else 200)


def _file(case: Case, form: str, content: bytes) -> HttpResponse:
    _words, ending, _write = FORMATS[form]
    media = "text/csv; charset=utf-8" if ending == "csv" else "application/json"
    answer = HttpResponse(content, content_type=media)
    answer["Content-Disposition"] = f'attachment; filename="{case.reference}-{form}.{ending}"'
    answer["Cache-Control"] = "no-store"
    return answer


def _shown(observables: tuple[SharedObservable, ...]) -> list[tuple[str, Any, SharedObservable]]:
    """(defanged, kind in words, observable)"""
    words = dict(ObservableKind.choices)
    return [(defanged(each.kind, each.value), words.get(each.kind, each.kind), each) for each in observables]


def take_in_case(request: HttpRequest, reference: str) -> HttpResponse:
    """A file first shows what it holds and writes nothing; the second press takes in just what was shown."""
    case = get_case_for(request.user, reference)
    context: dict[str, Any] = {"workspace_section": AREA, "case": case, "kinds": ("stix", "misp")}
    if request.method != "POST":
        return render(request, "workspace/cases/take_in.html", context)
    try:
        if token := request.POST.get("shown", ""):
            return _taken(request, case, token)
        context |= _dry_run(request, case)
    except Refused as refusal:
        context["problem"] = str(refusal.sentence)
    return render(request, "workspace/cases/take_in.html", context, status=422 if "problem" in context else 200)


def _dry_run(request: HttpRequest, case: Case) -> dict[str, Any]:
    kind = request.POST.get("kind", "")
    if kind not in READERS:
        raise Refused(_("Choose which format the file has."), code="no_kind")
    file = uploaded_file(request, "file")
    if file.size is None or file.size > LARGEST:
        raise Refused(_("This file is larger than is taken."), code="too_large")
    content = file.read()
    try:
        read = READERS[kind](content)
    except Unfit as unfit:
        raise Refused(unfit_sentence(unfit), code=unfit.code) from unfit
    here = set(case.observables.values_list("kind", "value"))
    fresh = tuple(each for each in read.shared.observables if (each.kind, each.value[:500]) not in here)
    shown = {
        "case": case.pk,
        "name": str(file.name)[:200],
        "sha256": hashlib.sha256(content).hexdigest(),
        "rows": [
            [e.kind, e.value, e.role, e.tlp, e.pap, e.is_malicious, e.seen_at.isoformat() if e.seen_at else ""]
            for e in fresh
        ],
    }
    return {
        "read": read,
        "fresh": _shown(fresh),
        "already": len(read.shared.observables) - len(fresh),
        "problems": [problem_sentence(each) for each in read.problems],
        "shown": signing.dumps(shown, salt=SALT, compress=True) if fresh else "",
    }


def _taken(request: HttpRequest, case: Case, token: str) -> HttpResponse:
    try:
        shown = signing.loads(token, salt=SALT, max_age=AN_HOUR)
    except signing.BadSignature:
        shown = {}
    if shown.get("case") != case.pk:
        raise Refused(_("This page is too old. Choose the file again."), code="too_old")
    rows = tuple(_row(each) for each in shown["rows"])
    n = take_in(
        case,
        by=person(request),
        shared=Shared("", "", observables=rows),
        name=shown["name"],
        sha256=shown["sha256"],
    )
    messages.success(request, ngettext("%(n)s observable imported.", "%(n)s observables imported.", n) % {"n": n})
    return HttpResponseRedirect(f"{case.get_absolute_url()}#observables")


def _row(given: list[Any]) -> SharedObservable:
    kind, value, role, tlp, pap, is_malicious, seen = given
    return SharedObservable(kind, value, role, tlp, pap, is_malicious, datetime.fromisoformat(seen) if seen else None)
