"""Pages of the audit chain: its entries newest first, and one of them with all that it holds."""

from __future__ import annotations

from datetime import datetime, time
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import ngettext

from floreo.core import audit
from floreo.core.access import Permission, must
from floreo.core.errors import Missing
from floreo.core.models import AuditEntry
from floreo.core.ui import locale
from floreo.workspace.accounts.forms import AuditForm
from floreo.workspace.verbs import changes_of, facts_of, verb_text

PAGE = 50


def chain(request: HttpRequest) -> HttpResponse:
    must(request.user, Permission.AUDIT_READ)
    form = AuditForm(request.GET or None)
    rows = AuditEntry.objects.order_by("-number").defer("detail")
    if form.is_bound and form.is_valid():
        rows = _narrowed(rows, form)
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 19:
        rows = rows.filter(number__lt=int(before))
    entries = list(rows[: PAGE + 1])
    for entry in entries:
        entry.did = verb_text(entry.verb)  # type: ignore[attr-defined]  # for the page only
    kept = {k: v for k, v in request.GET.items() if k in form.fields and v}
    older = f"?{urlencode(kept | {'before': str(entries[PAGE - 1].number)})}" if len(entries) > PAGE else ""
    head = audit.head()
    count = ngettext(
        "%(n)s entry, each holding the hash of the one before it.",
        "%(n)s entries, each holding the hash of the one before it.",
        head.number,
    )
    context = {
        "entries": entries[:PAGE],
        "form": form,
        "head": head,
        "next_href": older,
        "narrowed": bool(kept),
        "answer": count % {"n": locale.number(head.number)},
        "workspace_section": "audit",
    }
    return render(request, "workspace/accounts/audit.html", context)


def _narrowed(rows: QuerySet[AuditEntry], form: AuditForm) -> QuerySet[AuditEntry]:
    given = form.cleaned_data
    if verb := given["verb"].strip():
        rows = rows.filter(verb__icontains=verb)
    if actor := given["actor"].strip():
        rows = rows.filter(Q(actor_name__icontains=actor) | Q(actor_code=actor))
    if subject := given["subject"].strip():
        rows = rows.filter(Q(subject=subject) | Q(subject_name__icontains=subject))
    if since := given["since"]:
        rows = rows.filter(at__gte=timezone.make_aware(datetime.combine(since, time.min)))
    return rows


def in_groups(digest: str) -> list[str]:
    """A hash in groups of eight, so that it can be compared by eye and fits a phone."""
    return [digest[i : i + 8] for i in range(0, len(digest), 8)]


def one_entry(request: HttpRequest, number: int) -> HttpResponse:
    must(request.user, Permission.AUDIT_READ)
    entry = AuditEntry.objects.filter(number=number).first()
    if entry is None:
        raise Missing
    context = {
        "entry": entry,
        "did": verb_text(entry.verb),
        "changes": changes_of(entry),
        "facts": facts_of(entry),
        "holds": audit.hash_of(entry) == entry.hash,
        "hash": in_groups(entry.hash),
        "before": in_groups(entry.before),
        "workspace_section": "audit",
    }
    return render(request, "workspace/accounts/audit_entry.html", context)
