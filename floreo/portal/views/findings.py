"""The page of one notice of findings, by signed link: no account, no password, no script."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from floreo.core import throttle
from floreo.core.errors import Missing, Refused, Slower
from floreo.feeds import notice_csv
from floreo.feeds.holding_links import Holder, holder_of
from floreo.feeds.lines import codes_of
from floreo.feeds.models import Notice
from floreo.feeds.presenters.finding_text import tlp_text
from floreo.feeds.sheet import Sheet
from floreo.organisations.sender import sender
from floreo.portal.views.by_link import count_guess

PRESSES, PRESSES_PER_HOUR = 60, 240  # per notice: those who fix share one address
FILES, FILES_PER_HOUR = 30, 60
LOOKS, LOOKS_PER_HOUR = 60, 240  # with evidence lines, which are read from all events of those days


def _holder(request: HttpRequest, token: str) -> Holder:
    try:
        return holder_of(token)
    except Missing:
        count_guess(request, "findings-link")
        raise


# No cookie gives any right here, only the address itself; and with no referrer sent, a browser names no origin either.
@login_not_required
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def findings(request: HttpRequest, token: str) -> HttpResponseBase:
    """What the notice said, as it is today, and the form that answers."""
    holder = _holder(request, token)
    sheet = Sheet(holder, only=request.GET.get("kind", ""))
    if request.method != "POST":
        return _page(request, token, sheet)
    sheet.fill(request.POST)
    refusal: Refused | None = None
    try:
        throttle.spend("findings", f"notice:{holder.notice.pk}", capacity=PRESSES, per_hour=PRESSES_PER_HOUR)
        if done := sheet.press(request.POST):
            return HttpResponseRedirect(f"{request.path}?done={done}")
    except Refused as text:
        refusal = text
    response = _page(request, token, sheet, refusal=refusal, status=refusal.status if refusal else 422)
    if isinstance(refusal, Slower):
        response.headers["Retry-After"] = str(refusal.seconds)
    return response


def _page(
    request: HttpRequest, token: str, sheet: Sheet, *, refusal: Refused | None = None, status: int = 200
) -> HttpResponse:
    """What was typed stays, whatever was refused."""
    notice = sheet.notice
    done = request.GET.get("done", "") if status == 200 else ""
    with_lines = _may_read_lines(notice)
    context: dict[str, Any] = {
        "sheet": sheet,
        "sections": sheet.sections(with_lines=with_lines),
        "with_lines": with_lines,
        "notice": notice,
        "organisation": notice.organisation.successor(),
        "address": sheet.holder.address,
        "team": sender(),
        "tlp_text": tlp_text(notice.tlp),
        "refusal": refusal,
        "status": status,
        "done": done,
        "token": token,
    }
    return render(request, "portal/findings.html", context, status=status)


def _may_read_lines(notice: Notice) -> bool:
    """Whoever looks too often sees the page without them, and answers all the same."""
    try:
        throttle.charge("findings-lines", f"notice:{notice.pk}", capacity=LOOKS, per_hour=LOOKS_PER_HOUR)
    except Slower:
        return False
    return True


@login_not_required
@require_safe
def findings_file(request: HttpRequest, token: str) -> HttpResponseBase:
    """All findings of the notice, as they are today."""
    holder = _holder(request, token)
    throttle.spend("findings-file", f"notice:{holder.notice.pk}", capacity=FILES, per_hour=FILES_PER_HOUR)
    rows = notice_csv.lines(Sheet(holder).findings, codes=codes_of(holder.notice.organisation))
    response = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="findings.csv"'
    return response
