"""Pages of findings: the list, one with all that happened to it, saying its state, and the team seeing to an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Value
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext

from floreo.assignments.models import Assignment
from floreo.assignments.queries import Accounts
from floreo.core.access import Permission, can, must
from floreo.core.composed import composed
from floreo.core.errors import Missing
from floreo.core.keys import key
from floreo.core.lists import Listing
from floreo.core.ui import locale
from floreo.core.ui.locale import language
from floreo.core.wording import colon
from floreo.feeds import logic
from floreo.feeds.access import get_finding_for, lines_for, sees_all
from floreo.feeds.actions import replies
from floreo.feeds.lines import ON_PAGE
from floreo.feeds.models import FeedFile, FileState, Finding, FindingQuerySet, Reply
from floreo.feeds.pools import Pools
from floreo.feeds.presenters import finding_text
from floreo.feeds.presenters.pools import how_to_find
from floreo.feeds.presenters.settling import unsettled_texts
from floreo.feeds.tables import FINDINGS, at_address, findings_for
from floreo.feeds.texts import text_of, title_for_others, title_of
from floreo.incidents.actions.promoting import promote
from floreo.incidents.models import Report
from floreo.organisations.models import User
from floreo.organisations.queries import bodies_of
from floreo.workspace.commands import Command, command_view, new
from floreo.workspace.feeds import forms
from floreo.workspace.feeds.many_views import pick_of, selection_of
from floreo.workspace.feeds.timeline import timeline_of
from floreo.workspace.ownership import owner_box, owners, team_for

AREA = "findings"
ADDRESSES = 12


def findings(request: HttpRequest) -> HttpResponseBase:
    """What there is, worst first; of one's own organisation, or of all."""
    must(request.user, Permission.FEED_READ)
    table = findings_for(request.user)
    listing = Listing(table, request, narrowed=at_address, counted=False, shown=_of_list, by_keys=_by_keys)
    if file := listing.download():
        return file
    visible = Finding.objects.visible_to(request.user)
    open_count, bad = (_counts_of_all() if sees_all(request.user) else _counts(visible))[0]
    answer = ngettext("%(n)s open finding.", "%(n)s open findings.", open_count) % {"n": locale.number(open_count)}
    if not open_count and not FeedFile.objects.filter(state=FileState.DONE).exists():
        answer = _("No file has been read yet, so no finding is known.")
    handles, shown = can(request.user, Permission.FINDING_HANDLE), listing.rows
    title = _title_for(request.user)
    accounts = Accounts() if handles else None
    held = owners((key(f) for f in shown), accounts) if handles else {}
    context = {
        "workspace_section": AREA,
        "listing": listing,
        "answer": answer,
        "bad": bad,
        "sees_all": sees_all(request.user),
        "unsettled": unsettled_texts() if sees_all(request.user) else [],
        "rows": [_row(f, held.get(key(f)), title(f)) for f in shown],
        "selection": selection_of(request, listing, [f.pk for f in shown]),
        "handles": handles,
        "may_tick": can(request.user, Permission.FINDING_ANSWER),
        "any_at_all": not shown and visible.exists(),
        "people": team_for(request.user, Permission.FINDING_HANDLE, accounts),
        "may_run": can(request.user, Permission.FEED_RUN),
    }
    return render(request, "workspace/feeds/findings.html", context)


def _counts(rows: FindingQuerySet) -> QuerySet[Finding, tuple[int, int]]:
    """How many of them are open, and how many of those critical or high, in one reading."""
    together = (
        rows.open().order_by().annotate(together=Value(1)).values("together")
    )  # one group, which is there if it is empty too
    bad = Count("severity_rank", filter=Q(severity_rank__lte=1))
    return together.annotate(open=Count("*"), bad=bad).values_list("open", "bad")


@composed
def _counts_of_all() -> QuerySet[Finding, tuple[int, int]]:
    return _counts(Finding.objects.all())


_BODY = ("code", "short_name", "name", "translations", "merged_into")
_IN_LIST = (
    *("subject", "unit", "port", "kind", "taxonomy", "severity", "severity_rank", "detail", "state", "claim"),
    *("first_day", "last_day", "last_seen", "opened_on", "fixed_on", "reopened", "reply", "replied_on"),
    *(f"{path}__{name}" for path in ("organisation", "organisation__merged_into") for name in _BODY),
)


def _of_list(rows: QuerySet[Finding]) -> QuerySet[Finding]:
    """What a line shows: the rest of a finding is three quarters of it."""
    return rows.select_related(None).select_related("organisation__merged_into").only(*_IN_LIST)


@composed
def _by_keys(keys: list[int]) -> QuerySet[Finding]:
    return _of_list(Finding.objects.filter(pk__among=keys).order_by(*FINDINGS.order))


@dataclass(frozen=True)
class FindingRow:
    """One line of the list; `owner` is who of the team has it."""

    one: Finding
    title: str
    detail: str
    news: Any
    owner: str
    pick: str  # the value of its tick box: the finding, and the assignment that is shown


def _title_for(viewer: object) -> Callable[[Finding], str]:
    """How this reader's findings are called: "your network" is the network of whoever reads of their own alone."""
    words = title_for_others if sees_all(viewer) else title_of
    return lambda found: words(found.kind, language(), found.taxonomy)


def _row(found: Finding, held: Assignment | None, title: str) -> FindingRow:
    news = finding_text.state_words(found)
    return FindingRow(
        found, title, _detail(found, title), news, held.user_name if held else "", pick_of(key(found), held)
    )


def _detail(found: Finding, title: str) -> str:
    """What its title does not say already."""
    return "" if found.detail.replace("-", " ").lower() in title.lower() else found.detail


def finding(request: HttpRequest, pk: int) -> HttpResponse:
    """One finding: what it means, why it is theirs, what happened to it, what the reports say."""
    found = get_finding_for(request.user, pk)
    handles, text = can(request.user, Permission.FINDING_HANDLE), text_of(found.kind, found.taxonomy, language())
    text = replace(text, title=_title_for(request.user)(found))
    waits = found.answers.filter(kind__in=replies.FOR_THE_TEAM, handled_at=None).select_related("notice")
    addresses = _addresses(found)
    context = {
        "workspace_section": AREA,
        "finding": found,
        "where": found.where,
        "moments": timeline_of(found, everything=sees_all(request.user)),
        "why": finding_text.why_text(found.reason, found.network, found.service, to_holder=not sees_all(request.user)),
        "text": text,
        "detail": _detail(found, text.title),
        "news": finding_text.state_words(found),
        "how_to_find": how_to_find(Pools.now().kind_of(found.ip)),
        "machine": finding_text.machine_words(found),
        "addresses": addresses[:ADDRESSES],
        "more_addresses": len(addresses[ADDRESSES:]),
        "lines": lines_for(request.user, found, most=ON_PAGE),
        "sees_all": sees_all(request.user),
        "may_answer": can(request.user, Permission.FINDING_ANSWER, found),
        "handles": handles,
        "may_promote": can(request.user, Permission.INCIDENT_HANDLE),
        "reports": Report.objects.visible_to(request.user).filter(finding_key=key(found)),
        "waits": list(waits) if handles else [],
        "is_open": found.state in logic.OPEN_STATES,
        "shows_reason": handles or _was_theirs(found),
        "owner": owner_box(request.user, key(found), Permission.FINDING_HANDLE),
    }
    return render(request, "workspace/feeds/finding.html", context)


def _addresses(found: Finding) -> list[tuple[str, date, date]]:
    """Where its machine was seen, with the first and the last day; the newest first."""
    rows = [(ip, date.fromisoformat(first), date.fromisoformat(last)) for ip, (first, last) in found.addresses.items()]
    return sorted(rows, key=lambda row: (row[2], row[1], row[0]), reverse=True)


def _was_theirs(found: Finding) -> bool:
    """Whether what was said of how it ends was said while it was this organisation's: before, it was said of another's."""
    return found.moved_on is None or (found.ending is not None and found.ending.made_on >= found.moved_on)


def _alike(found: Finding) -> list[int]:
    """What else of this kind is open at this organisation."""
    bodies = bodies_of([found.organisation.successor().pk])
    rows = Finding.objects.open().filter(organisation__in=bodies, kind=found.kind).exclude(pk=found.pk)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _save_reply(found: Finding, *, by: User, reply: str, remark: str, every: bool) -> None:
    ids = [found.pk, *(_alike(found) if every else [])]
    replies.answer_signed_in(found.organisation.successor(), by=by, replies=dict.fromkeys(ids, reply), remark=remark)


def _handle(row: Reply, *, by: User, answer: str, every: bool) -> None:
    replies.see_to(row, by=by, answer=answer, with_its_like=every)


def _where_sent(row: Reply) -> str:
    if row.notice is not None and row.notice.to:
        return _("What you write is sent to %(addresses)s.") % {"addresses": ", ".join(row.notice.to)}
    return _("This reply was given in the workspace, so your text is shown here and not e-mailed.")


FINDING_COMMANDS: Mapping[str, Command] = {
    "answer": Command(
        _l("Reply to this finding"),
        _l("Send"),
        Permission.FINDING_ANSWER,
        lambda data, found: forms.AnswerForm(data, alike=len(_alike(found))),
        _save_reply,
        help=_l("A reply does not close a finding: the next reports show whether it is still seen."),
        done=_l("Thank you. Your reply is saved and shown with the finding."),
    ),
    "report": Command(
        _l("Make it a report of an incident"),
        _l("Take it in"),
        Permission.INCIDENT_HANDLE,
        new(forms.PromoteForm),
        promote,
        help=_l("It comes into the inbox of reports, where the team decides whether it is a case."),
        done=_l("Taken in as a report of an incident."),
    ),
}
REPLY_COMMANDS: Mapping[str, Command] = {
    "handle": Command(
        _l("Mark as handled"), _l("Save"), Permission.FINDING_HANDLE, new(forms.SeenToForm), _handle, help=_where_sent
    ),
}


def finding_command(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """By whoever speaks for the organisation, or by the team for it."""
    found = get_finding_for(request.user, pk)
    title = _title_for(request.user)(found)
    about = f"{found.organisation.successor().label}{colon()} {found.where}, {title}"
    return command_view(request, found, FINDING_COMMANDS, name, area=AREA, about=about, back=found.get_absolute_url())


def reply_command(request: HttpRequest, pk: int, answer_pk: int, name: str) -> HttpResponse:
    """The team has seen to a call for help or a false alarm."""
    found = get_finding_for(request.user, pk)
    row = found.answers.filter(pk=answer_pk).select_related("notice", "finding").first()
    if row is None:
        raise Missing
    about = f"{row.sender}{colon()} {row.get_kind_display()}" + (f". {row.note}" if row.note else "")
    return command_view(request, row, REPLY_COMMANDS, name, area=AREA, about=about, back=found.get_absolute_url())
