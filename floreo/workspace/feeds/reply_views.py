"""Replies to notices that wait for the team: calls for help and false alarms, those of one organisation and kind together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from floreo.core.access import Permission
from floreo.core.errors import Refused
from floreo.core.wording import colon
from floreo.feeds.access import must_see_all
from floreo.feeds.actions.replies import FOR_THE_TEAM, see_to, unhandle
from floreo.feeds.models import Reply
from floreo.feeds.tasks import group_key
from floreo.organisations.models import Organisation, User
from floreo.workspace.bulk import Bulk, Pick, bulk, picked, run
from floreo.workspace.ownership import owners, team_for

AREA, HANDLE = "replies", Permission.FINDING_HANDLE


@dataclass
class ReplyGroup:
    """What one organisation asks, in one kind of reply: they are handled together, by one person."""

    key: str
    kind: str
    kind_words: str
    organisation: Organisation
    rows: list[tuple[Reply, str]] = field(default_factory=list)  # each with where its finding is
    owner: str = ""
    was: int = 0

    @property
    def name(self) -> str:
        return f"{self.organisation.label}{colon()} {self.kind_words}"

    @property
    def anchor(self) -> str:
        return f"{self.kind}-{self.organisation.pk}"

    @property
    def pick(self) -> str:
        return f"{self.key}|{self.was}"


def _waiting() -> QuerySet[Reply]:
    rows = Reply.objects.filter(kind__in=FOR_THE_TEAM, handled_at=None, finding__reply=F("kind"))
    return rows.select_related("finding__organisation", "notice").order_by("at", "pk")


def _groups() -> list[ReplyGroup]:
    """The longest waiting first."""
    found: dict[str, ReplyGroup] = {}
    for row in _waiting():
        body = row.finding.organisation
        name = group_key(row.kind, body.pk)
        group = found.setdefault(name, ReplyGroup(name, row.kind, row.get_kind_display(), body))
        group.rows.append((row, row.finding.where))
    return list(found.values())


def replies(request: HttpRequest) -> HttpResponse:
    """All that waits, with who has it."""
    must_see_all(request.user)
    groups = _groups()
    held = owners(group.key for group in groups)
    for group in groups:
        if (current := held.get(group.key)) is not None:
            group.owner, group.was = current.user_name, current.pk
    n = sum(len(group.rows) for group in groups)
    context = {
        "workspace_section": AREA,
        "groups": groups,
        "answer": ngettext("%(n)d reply waits for the team.", "%(n)d replies wait for the team.", n) % {"n": n},
        "people": team_for(request.user, HANDLE),
    }
    return render(request, "workspace/feeds/replies.html", context)


def _handle(rows: list[Reply], by: User, facts: Mapping[str, Any]) -> object:
    """All of one group; those that said the same in the same notice are done with the first of them."""
    done = []
    for row in rows:
        row.refresh_from_db(fields=["handled_at"])
        if row.handled_at is None:
            see_to(row, by=by, answer=facts["answer"])
        done.append(row.pk)
    return done


def _unhandle(line: Mapping[str, Any], by: User) -> None:
    for row in Reply.objects.filter(pk__in=line["before"]).order_by("pk"):
        unhandle(row, by=by)


HANDLE_MANY = bulk(Bulk("replies.handle", _l("Mark as handled"), HANDLE, _handle, _unhandle))
ANSWER_MANY = bulk(Bulk("replies.answer", _l("Mark as handled, with a reply"), HANDLE, _handle))


@require_POST
def handle_many(request: HttpRequest) -> HttpResponse:
    """Handles all that was ticked, a line for each. With words, these go out by e-mail: then it cannot be undone."""
    must_see_all(request.user)
    back = reverse("workspace:replies")
    try:
        given = [each.rpartition("|")[0] for each in picked(request, "pick")]
    except Refused as refusal:
        messages.error(request, str(refusal.sentence))
        return HttpResponseRedirect(back)
    groups = {group.key: group for group in _groups()}
    picks = [_pick(each, groups.get(each)) for each in given]
    words = request.POST.get("answer", "").strip()
    return run(request, ANSWER_MANY if words else HANDLE_MANY, picks, {"answer": words}, back=back)


def _pick(name: str, group: ReplyGroup | None) -> Pick:
    if group is None:
        return Pick(name[:160], _("Replies that no longer wait"))
    return Pick(name, group.name, group.rows[0][0].finding.get_absolute_url(), [row for row, _where in group.rows])
