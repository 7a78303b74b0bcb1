"""Pages of the audit chain: its entries newest first, and one of them with all that it holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import ngettext

from floreo.core import audit
from floreo.core.access import Permission, must
from floreo.core.errors import Missing
from floreo.core.models import AuditEntry
from floreo.core.ui import locale
from floreo.core.whole import whole
from floreo.workspace.accounts.forms import AuditForm
from floreo.workspace.verbs import Reader, changes_of, facts_of, kind_of, verb_text

PAGE = 50
REQUESTED = {"actor", "subject"}  # fields of the form that ask for what an entry says


def chain(request: HttpRequest) -> HttpResponse:
    must(request.user, Permission.AUDIT_READ)
    form = AuditForm(request.GET or None)
    rows = AuditEntry.objects.order_by("-number").defer("detail", "rows")
    if form.is_bound and form.is_valid():
        rows = _narrowed(rows, form)
    before = whole(request.GET.get("before", ""))
    if before is not None:
        rows = rows.filter(number__lt=before)
    kept = {k: v for k, v in request.GET.items() if k in form.fields and v}
    shown = _page(rows, request.user, open_only=bool(kept.keys() & REQUESTED))
    older = f"?{urlencode(kept | {'before': str(shown[PAGE - 1].entry.number)})}" if len(shown) > PAGE else ""
    head = audit.head()
    count = ngettext(
        "%(n)s entry, with the hash of the previous one.",
        "%(n)s entries, each with the hash of the previous one.",
        head.number,
    )
    context = {
        "entries": shown[:PAGE],
        "form": form,
        "head": head,
        "next_href": older,
        "narrowed": bool(kept),
        "answer": count % {"n": locale.number(head.number)},
        "workspace_section": "audit",
    }
    return render(request, "workspace/accounts/audit.html", context)


@dataclass(frozen=True)
class EntryShown:
    """One entry of the list: whole, or only what everybody who reads the trail may know of it."""

    entry: AuditEntry
    did: Promise | str
    kind: str
    is_open: bool


def _page(rows: QuerySet[AuditEntry], viewer: object, *, open_only: bool) -> list[EntryShown]:
    """A page and one more. Where the reader asked for a word, only what they may see answers: else the number of
    hits would show what is in the others."""
    found: list[EntryShown] = []
    while len(found) <= PAGE and (entries := list(rows[: 4 * PAGE])):
        reader = Reader(entries, viewer)
        shown = [EntryShown(e, verb_text(e.verb), kind_of(e), reader.opens(e)) for e in entries]
        found += [each for each in shown if each.is_open or not open_only]
        rows = rows.filter(number__lt=entries[-1].number)
    return found[: PAGE + 1]


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
    reader = Reader([entry], request.user, with_changes=True)
    is_open = reader.opens(entry)
    context = {
        "entry": entry,
        "is_open": is_open,
        "kind": kind_of(entry),
        "did": verb_text(entry.verb),
        "changes": changes_of(reader.changes(entry)) if is_open else [],
        "facts": facts_of(entry) if reader.sees_inside(entry) else [],
        "holds": audit.hash_of(entry) == entry.hash,
        "hash": in_groups(entry.hash),
        "before": in_groups(entry.before),
        "workspace_section": "audit",
    }
    return render(request, "workspace/accounts/audit_entry.html", context)
