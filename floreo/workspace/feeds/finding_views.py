"""Pages of findings: the list, one with all that happened to it, saying how it stands, and the team seeing to an answer."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core.access import Permission, can, must
from floreo.core.errors import Missing
from floreo.core.lists import Listing
from floreo.core.ui import locale
from floreo.core.ui.locale import language
from floreo.feeds.access import get_finding_for, sees_all
from floreo.feeds.actions import replies
from floreo.feeds.engine.addresses import words_of
from floreo.feeds.engine.store import Filter, latest
from floreo.feeds.models import Finding, Reply
from floreo.feeds.presenters import finding_text
from floreo.feeds.tables import findings_for
from floreo.feeds.texts import text_of, title_of
from floreo.organisations.queries import bodies_of
from floreo.workspace.event_store import the_store
from floreo.workspace.feeds import forms
from floreo.workspace.feeds.timeline import timeline_of
from floreo.workspace.form_page import FormPage, form_page, person, posted

ROOM = "findings"
EVENTS = 20


def findings(request: HttpRequest) -> HttpResponseBase:
    """What stands, worst first; of one's own organisation, or of all."""
    must(request.user, Permission.FEED_READ)
    listing = Listing(findings_for(request.user), request)
    if file := listing.download():
        return file
    visible = Finding.objects.visible_to(request.user)
    open_count = visible.open().count()
    bad = visible.open().filter(severity_rank__lte=1).count()
    answer = ngettext("%(n)s open finding.", "%(n)s open findings.", open_count) % {"n": locale.number(open_count)}
    context = {
        "workspace_section": ROOM,
        "listing": listing,
        "answer": answer,
        "bad": bad,
        "sees_all": sees_all(request.user),
        "rows": [_row(f) for f in listing.rows],
        "total": listing.total,
        "may_run": can(request.user, Permission.FEED_RUN),
    }
    return render(request, "workspace/feeds/findings.html", context)


def _row(found: Finding) -> tuple[Finding, str, str, Any]:
    title = title_of(found.kind, language(), found.taxonomy)
    return found, title, _detail(found, title), finding_text.NEWS_WORDS[finding_text.changes_now(found)]


def _detail(found: Finding, title: str) -> str:
    """What its title does not say already."""
    return "" if found.detail.replace("-", " ").lower() in title.lower() else found.detail


def finding(request: HttpRequest, pk: int) -> HttpResponse:
    """One finding: what it means, why it is theirs, what happened to it, what the reports say."""
    found = get_finding_for(request.user, pk)
    handles, text = can(request.user, Permission.FINDING_HANDLE), text_of(found.kind, found.taxonomy, language())
    waits = found.answers.filter(kind__in=replies.FOR_THE_TEAM, handled_at=None).select_related("notice")
    context = {
        "workspace_section": ROOM,
        "finding": found,
        "where": finding_text.where(found),
        "moments": timeline_of(found),
        "why": finding_text.why_text(found.reason, found.network, found.service),
        "text": text,
        "detail": _detail(found, text.title),
        "news": finding_text.NEWS_WORDS[finding_text.changes_now(found)],
        "events": _events(found, everything=sees_all(request.user)),
        "sees_all": sees_all(request.user),
        "may_answer": can(request.user, Permission.FINDING_ANSWER, found),
        "handles": handles,
        "waits": list(waits) if handles else [],
    }
    return render(request, "workspace/feeds/finding.html", context)


def _events(found: Finding, *, everything: bool) -> list[dict[str, Any]]:
    """The newest events behind it, from the store. Whoever speaks for its organisation sees those that were its own then;
    before a correction they may have been another's."""
    where = _where(
        found, None if everything else tuple(sorted({found.organisation.code, found.organisation.successor().code}))
    )
    table = latest(the_store(), where, limit=EVENTS, first=found.first_day, last=date.max, whole=True)
    return [{k.replace(".", "_"): v for k, v in row.items()} for row in table.to_pylist()]


def _where(found: Finding, codes: tuple[str, ...] | None) -> Filter:
    address = words_of(found.subject) if found.ip else None
    name = None if address else found.subject
    return Filter(organisations=codes, kinds=(found.kind,), address=address, name=name)


def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """By whoever speaks for the organisation, or by the team for it."""
    found = get_finding_for(request.user, pk)
    must(request.user, Permission.FINDING_ANSWER, found)
    alike = _alike(found)
    form = forms.AnswerForm(posted(request), alike=len(alike))
    question = FormPage(
        _("Reply to this finding"),
        _("Send"),
        found.get_absolute_url(),
        about=f"{found.organisation.successor().label}: {finding_text.where(found)}, {title_of(found.kind, language())}",
        help=_("A reply does not close a finding: the next reports show whether it is fixed."),
        room=ROOM,
        done=_("Thank you. Your reply is saved and shown with the finding."),
    )
    return form_page(request, form, lambda f: _save_reply(request, found, alike, f), question)


def _alike(found: Finding) -> list[int]:
    """What else of this kind stands at this organisation."""
    bodies = bodies_of([found.organisation.successor().pk])
    rows = Finding.objects.open().filter(organisation__in=bodies, kind=found.kind).exclude(pk=found.pk)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _save_reply(request: HttpRequest, found: Finding, alike: list[int], facts: dict[str, Any]) -> None:
    ids = [found.pk, *(alike if facts["every"] else [])]
    reply = dict.fromkeys(ids, facts["reply"])
    replies.answer_signed_in(found.organisation.successor(), by=person(request), replies=reply, remark=facts["remark"])


def _waiting(request: HttpRequest, pk: int, answer_pk: int) -> Reply:
    must(request.user, Permission.FINDING_HANDLE)
    row = get_finding_for(request.user, pk).answers.filter(pk=answer_pk).select_related("notice", "finding").first()
    if row is None:
        raise Missing
    return row


def see_to(request: HttpRequest, pk: int, answer_pk: int) -> HttpResponse:
    """The team has seen to a call for help or a false alarm."""
    row = _waiting(request, pk, answer_pk)
    letter = row.notice
    if letter is not None and letter.to:
        where = _("What you write is sent to %(addresses)s.") % {"addresses": ", ".join(letter.to)}
    else:
        where = _("This reply was given in the workspace, so your text is shown here and not e-mailed.")
    question = FormPage(
        _("Mark as handled"),
        _("Save"),
        row.finding.get_absolute_url(),
        room=ROOM,
        help=where,
        done=_("Saved."),
        about=f"{row.replied_by}: {row.get_kind_display()}" + (f". {row.note}" if row.note else ""),
    )
    form = forms.SeenToForm(posted(request))
    return form_page(
        request,
        form,
        lambda f: replies.see_to(row, by=person(request), answer=f["answer"], with_its_like=f["every"]),
        question,
    )
