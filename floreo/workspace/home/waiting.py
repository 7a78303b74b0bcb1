"""What waits for others us: by organisation, with one-click reminders and their record."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST

from floreo.core import clock
from floreo.core.access import Permission, must
from floreo.core.errors import Missing
from floreo.offers import task_kinds
from floreo.organisations.models import User
from floreo.tasks import actions as acts
from floreo.tasks import presenters
from floreo.tasks.logic import DueGroup, part_of
from floreo.tasks.models import Reminder
from floreo.tasks.queries import Group, group_for, only, recipient_of, waiting_for_others
from floreo.workspace.form_page import person, press

PER_PAGE = 15  # organisations on one page
ROWS = 12  # things of one organisation, unless it is asked for alone
RECORDS = 5  # reminders of one organisation that are shown


@dataclass(frozen=True)
class Shown:
    """One organisation with its tasks and what it was reminded of."""

    line: presenters.OtherRow
    rows: list[presenters.ShownTask]
    more: int
    reminders: list[Reminder]


@dataclass(frozen=True)
class Asked:
    """How the list is narrowed: by when it is due, by kind, to one organisation."""

    when: str
    kind: str
    who: str

    @classmethod
    def of(cls, request: HttpRequest) -> Asked:
        when, kind = request.GET.get("when", ""), request.GET.get("kind", "")
        when = when if when in {*DueGroup, "all"} else DueGroup.OVERDUE
        return cls(when, kind if kind in task_kinds() else "", request.GET.get("who", ""))

    def narrowed(self, groups: list[Group]) -> list[Group]:
        today = clock.today()
        if self.who:
            groups = [group for group in groups if group.code == self.who]
        return only(
            groups,
            lambda i: self.when in ("all", part_of(i, today)) and (not self.kind or i.kind == self.kind),
        )


def waiting(request: HttpRequest) -> HttpResponse:
    """All that waits for others, by organisation, the oldest first."""
    must(request.user, Permission.REMIND)
    user, asked = person(request), Asked.of(request)
    every = waiting_for_others(user)
    found = asked.narrowed(every)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    number = sum(len(group.items) for group in found)
    context = {
        "workspace_section": "others",
        "asked": asked,
        "page": page,
        "shown": _shown(user, list(page), is_one=bool(asked.who)),
        "count": ngettext("%(n)d task", "%(n)d tasks", number) % {"n": number},
        "has_any": bool(every),
        "whens": [
            (DueGroup.NOW, pgettext("tasks", "Now")),
            (DueGroup.OVERDUE, _("Overdue")),
            (DueGroup.WEEK, _("This week")),
            (DueGroup.LATER, _("Later")),
            (DueGroup.UNDATED, _("Without a date")),
            ("all", _("All")),
        ],
        "kinds": [
            (kind, words) for kind, words in task_kinds().items() if any(i.kind == kind for g in every for i in g.items)
        ],
        "bodies": sorted({(group.code, group.name) for group in every}, key=lambda pair: pair[1].casefold()),
    }
    return render(request, "workspace/home/waiting.html", context)


def _shown(user: User, groups: list[Group], *, is_one: bool) -> list[Shown]:
    today, asked = clock.today(), recipient_of(user)
    cut = {id(g): g.items if is_one else g.items[:ROWS] for g in groups}
    names = presenters.Names.of(item for items in cut.values() for item in items)
    return [
        Shown(
            presenters.other_row(group, today),
            presenters.rows(cut[id(group)], asked, today, names=names),
            len(group.items) - len(cut[id(group)]),
            group.reminders[:RECORDS],
        )
        for group in groups
    ]


def _group(request: HttpRequest, kind: str, code: str) -> tuple[User, Group]:
    must(request.user, Permission.REMIND)
    user = person(request)
    group = group_for(user, kind, code)
    if group is None:
        raise Missing(_("They have no open tasks, or this organisation does not exist. Open the list again."))
    return user, group


def _chosen(request: HttpRequest, group: Group) -> Group:
    """What is overdue; what is to come where nothing is, or the things that were ticked."""
    ticked = set(request.POST.getlist("key"))
    late = [item for item in group.items if item.days_late(clock.today())]
    group.items = [item for item in group.items if item.key in ticked] if ticked else late or group.items
    return group


def _back(request: HttpRequest) -> str:
    """The page it was pressed on; only these two."""
    name = "workspace:waiting" if request.POST.get("back") == "others" else "workspace:home"
    return f"{reverse(name)}#others"


def _names(sent: list[Reminder]) -> dict[str, str]:
    return {"names": ", ".join(dict.fromkeys(reminder.to_name for reminder in sent))}


@require_POST
def send_reminder(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """Reminds one organisation, or a person who belongs to none."""
    user, group = _group(request, kind, code)
    group = _chosen(request, group)
    return press(
        request,
        lambda: acts.send_reminder(group.thing, by=user, items=group.items),
        lambda sent: _("A reminder will be sent to: %(names)s.") % _names(sent),
        _back(request),
    )


@require_POST
def escalate(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """Notifies the deputies of those who were reminded."""
    user, group = _group(request, kind, code)
    group = _chosen(request, group)
    return press(
        request,
        lambda: acts.escalate(group.thing, by=user, items=group.items),
        lambda sent: _("The deputy will be notified: %(names)s.") % _names(sent),
        _back(request),
    )
