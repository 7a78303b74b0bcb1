"""The list of cases, one case, and what can be done to it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from floreo.core import search
from floreo.core.access import Permission
from floreo.core.errors import Refused
from floreo.core.links import form_key
from floreo.core.lists import Listing
from floreo.core.policy import Tlp
from floreo.core.ui.locale import language
from floreo.core.wording import number_figures
from floreo.incidents import case_page, mail_templates, moments
from floreo.incidents.access import get_case_for
from floreo.incidents.actions import cases as actions
from floreo.incidents.actions import merging
from floreo.incidents.case_text import log_text, severity_text, span_text, type_text
from floreo.incidents.models import Case, CaseState, Direction, LogEntry, SavedFilter
from floreo.incidents.tables import CASES
from floreo.obligations import presenters
from floreo.obligations.queries import notifications_of_case
from floreo.organisations.models import User
from floreo.workspace.bulk import run_whole
from floreo.workspace.cases import forms, many
from floreo.workspace.cases.commands import commands_of
from floreo.workspace.commands import Command, command_view, commands_for, new
from floreo.workspace.form_page import person, press
from floreo.workspace.ticked import ticked

AREA = "cases"
HANDLE = Permission.INCIDENT_HANDLE
SHOWN = 30  # cases on one page of the list
MOST_FOUND = 200
MOST_COUNTED = 1000  # cases that a heading counts
LOG_PAGE = 100
_COLUMNS = (  # that the list shows
    "reference",
    "title",
    "rsit_class",
    "rsit_type",
    "severity",
    "tlp",
    "state",
    "waiting_for",
    "received_at",
    "touched_at",
    "is_exercise",
)


# --- The list -----------------------------------------------------------------------------------------------------


def cases(request: HttpRequest) -> HttpResponseBase:
    """All cases that the person may read. Words are looked for in the index, the best 200; a reference opens its case."""
    words = request.GET.get("q", "").replace("\x00", " ").strip()[:200]
    rows: QuerySet[Case] | None = None
    found: list[int] = []
    if words:
        if " " not in words:
            exact = Case.objects.visible_to(request.user).filter(reference__in={words, words.upper()}).first()
            if exact is not None:
                return HttpResponseRedirect(exact.get_absolute_url())
        found = search.rows_of("case", words, most=MOST_FOUND)
        rows = CASES.rows(request.user).filter(pk__among=found)
    listing = Listing(CASES, request, rows=rows, page=SHOWN, shown=_shown)
    if file := listing.download():
        return file
    now = moments.now()
    context = {
        "workspace_section": AREA,
        "listing": listing,
        "rows": [_row(one, now, request.user) for one in listing.rows],
        "answer": _answer(listing),
        "looked_at": len(found) if len(found) == MOST_FOUND else 0,
        "saved": SavedFilter.objects.all(),
        "query": request.GET.urlencode(),
        "are_merged": request.GET.get("state") == CaseState.MERGED,
        "on_duty": [shift.user.name for shift in case_page.on_duty(now)],
        "hours": case_page.untouched_hours(),
    }
    return render(request, "workspace/cases/cases.html", context)


def _shown(rows: QuerySet[Case]) -> QuerySet[Case]:
    """With the columns that _row and the page ask for: texts and facts of thirty cases take a sixth of its time."""
    return rows.select_related(None).select_related("lead").only(*_COLUMNS, "lead__name")


def _row(one: Case, now: Any, viewer: object) -> dict[str, Any]:
    return {
        "case": one,
        "type": type_text(one.rsit_class, one.rsit_type),
        "age": _("%(span)s ago") % {"span": span_text(now - one.received_at)},
        "untouched": _("%(span)s ago") % {"span": span_text(now - one.touched_at)},
        "waits": _waits(one, viewer),
    }


def _answer(listing: Listing) -> str:
    """How many there are, as far as it is worth counting."""
    found = len(listing.all_rows.order_by().values_list("pk", flat=True)[: MOST_COUNTED + 1])
    if found > MOST_COUNTED:
        return _("More than %(n)s cases") % {"n": number_figures(MOST_COUNTED)}
    return ngettext("%(n)s case", "%(n)s cases", found) % {"n": number_figures(found)}


@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """Merges the ticked cases, marks them as related, or takes that back: all of them or none, with a page of the step that undoes it."""
    back, by, do = reverse("workspace:cases"), person(request), request.POST.get("do", "")
    rows = Case.objects.visible_to(request.user)
    try:
        found = ticked(request, "case", rows, most=SHOWN, orders={"merge", "undo_merge", "link", "unlink"})
    except Refused as refusal:
        messages.error(request, str(refusal.sentence))
        return HttpResponseRedirect(back)
    if do == "undo_merge":
        return press(request, lambda: merging.undo_many(found, by=by), _own_again, back)
    step, change = many.STEPS[do]
    return run_whole(
        request,
        step,
        [many.pick_of(each) for each in found],
        lambda: change(found, by=by),
        before=many.before_of(found),
        back=back,
    )


def _own_again(n: int) -> str:
    return ngettext("%(n)s case is its own again.", "%(n)s cases are their own again.", n) % {"n": n}


NEW = {
    "new": Command(
        _l("Open a case"),
        _l("Open the case"),
        HANDLE,
        new(forms.NewCaseForm),
        actions.open_case,
        done=_l("Case opened."),
    )
}


def new_case(request: HttpRequest) -> HttpResponse:
    return command_view(request, None, NEW, "new", area=AREA, back=reverse("workspace:cases"))


# --- One case -----------------------------------------------------------------------------------------------------

# Buttons at the head, and what is in the list below the facts.
_HEAD = ("classify", "hand-over", "reopen")
_AT_PARTS = ("note", "task", "playbook", "happened", "observables", "mail")


def case(request: HttpRequest, reference: str) -> HttpResponse:
    found = get_case_for(request.user, reference)
    page = case_page.case_page(found, request.user)
    may = commands_for(request.user, found, commands_of(request.user))
    last = page.messages[0] if page.messages else None
    answers = last is not None and last.direction == Direction.IN
    context = {
        "workspace_section": AREA,
        "case": found,
        "merged_into": _readable(request.user, found.merged_into),
        "page": page,
        "may": may,
        "head": [(name, may[name]) for name in _HEAD if name in may],
        "more": [(name, each) for name, each in may.items() if name not in {*_HEAD, *_AT_PARTS}],
        "type": type_text(found.rsit_class, found.rsit_type),
        "severity_why": severity_text(found, page.severity_rules),
        "open_for": span_text((found.closed_at or page.now) - found.received_at),
        "waits": _waits(found, request.user),
        "waits_since": span_text(page.now - found.waiting_since) if found.waiting_since else "",
        "last": last,
        "answers": answers,
        "reply_to": "" if found.tlp == Tlp.RED else _reply_to(page),
        "reply_tlp": found.tlp,
        "reply_subject": _("Your incident"),
        "templates": mail_templates.TEMPLATES.values(),
        "notifications": [
            (each, presenters.significance_text(each)) for each in notifications_of_case(found, request.user)
        ],
        "once": form_key(),
        "untouched": _untouched(found, page.now),
    }
    return render(request, "workspace/cases/case.html", context)


def _readable(viewer: object, other: Case | None) -> Case | None:
    return Case.objects.visible_to(viewer).filter(pk=other.pk).first() if other is not None else None


def _waits(one: Case, viewer: object) -> str:
    """Whom it waits for: "you", a name, or the words of the choice."""
    if one.waiting_for != "team":
        return str(one.get_waiting_for_display())
    if one.lead_id is None:
        return str(_("the team"))
    return "you" if isinstance(viewer, User) and viewer.pk == one.lead_id else str(one.lead)


def _reply_to(page: case_page.CasePage) -> str:
    """To whom an answer goes: who wrote last, else whom the team wrote to last, else who reported it."""
    for each in page.messages:
        return each.sender if each.direction == Direction.IN else each.to
    return next((each.reporter_mail for each in page.reports if each.reporter_mail), "")


def _untouched(one: Case, now: Any) -> str:
    """How long nobody was at it, where that is too long."""
    span = now - one.touched_at
    hours = span.total_seconds() / 3600
    return span_text(span) if one.state in {"open", "contained"} and hours > case_page.untouched_hours() else ""


def case_log(request: HttpRequest, reference: str) -> HttpResponse:
    """All that the team did, a hundred lines a page."""
    found = get_case_for(request.user, reference)
    rows = LogEntry.objects.filter(case=found).order_by("-at", "-pk")
    if (before := request.GET.get("before", "")).isdecimal() and len(before) < 19:
        line = rows.filter(pk=int(before)).first()
        if line is not None:
            rows = rows.filter(at__lte=line.at).exclude(at=line.at, pk__gte=line.pk)
    lines = list(rows[: LOG_PAGE + 1])
    context = {
        "workspace_section": AREA,
        "case": found,
        "lines": [(line, log_text(line)) for line in lines[:LOG_PAGE]],
        "before": lines[LOG_PAGE - 1].pk if len(lines) > LOG_PAGE else None,
    }
    return render(request, "workspace/cases/log.html", context)


def case_command(request: HttpRequest, reference: str, name: str) -> HttpResponse:
    found = get_case_for(request.user, reference)
    commands = dict(commands_of(request.user))
    if name == "mail" and request.method != "POST":
        commands["mail"] = _begun_mail(request, found, commands["mail"])
    return command_view(request, found, commands, name, area=AREA, back=found.get_absolute_url())


def _begun_mail(request: HttpRequest, found: Case, command: Command) -> Command:
    """The same, with the text of a template and the address that the link named."""
    to = request.GET.get("to", "")[:320]
    subject, text = mail_templates.filled(request.GET.get("template", ""), request.GET.get("language", language()))
    start = {"to": to, "subject": subject, "text": text, "tlp": found.tlp, "waiting_for": ""}

    def begin(_data: Any, _case: Any) -> Any:
        return forms.MailForm(initial=start)

    return Command(
        command.title,
        command.button,
        command.needs,
        begin,
        command.function,
        command.is_possible,
        command.section,
        command.help,
        command.done,
    )
