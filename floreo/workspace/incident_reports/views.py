"""Pages of triage: the inbox, one report with its first decision, many at once, and what a caller says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from floreo.core import clock
from floreo.core.access import Permission
from floreo.core.errors import Missing, Refused
from floreo.core.links import form_key
from floreo.core.models import named
from floreo.core.ui.forms import refuse_on
from floreo.core.ui.locale import language
from floreo.incidents import inbox as reads
from floreo.incidents import taxonomy
from floreo.incidents.access import get_report_for
from floreo.incidents.actions import triage
from floreo.incidents.actions.receiving import receive
from floreo.incidents.logic import OPEN_REPORTS
from floreo.incidents.models import Case, Report, ReportFile, ReportState
from floreo.incidents.observables import defanged
from floreo.workspace.commands import Command, allowed_by, command_view, commands_for, new, starting_with
from floreo.workspace.form_page import FormPage, doing, form_page, person, posted, press
from floreo.workspace.forms import CommandForm
from floreo.workspace.incident_reports import forms
from floreo.workspace.ticked import ticked

AREA = "incident_reports"
HANDLE = Permission.INCIDENT_HANDLE
SHOWN = 30  # reports on one page of the inbox
MOST_AT_ONCE = 200

COMMANDS: Mapping[str, Command] = {
    "join": Command(
        _l("Add the report to a case"),
        _l("Add to a case"),
        HANDLE,
        new(forms.JoinForm),
        triage.join,
        allowed_by(triage.require_undecided),
        done=_l("Added to the case."),
    ),
    "ask": Command(
        _l("Ask the reporter"),
        _l("Ask the reporter"),
        HANDLE,
        new(forms.AskForm),
        triage.ask_reporter,
        lambda report, _viewer: bool(report.reporter_mail) and report.state in {"new", "asked"},
        help=_l("It is sent by e-mail. The reporter can answer it, or use the link of the report."),
        done=_l("Sent. The report waits for the reporter."),
    ),
    "duplicate": Command(
        _l("It was reported before"),
        _l("Reported before"),
        HANDLE,
        new(forms.DuplicateForm),
        triage.mark_duplicate,
        allowed_by(triage.require_undecided),
        done=_l("Marked as reported before."),
    ),
    "pass": Command(
        _l("Pass the report on"),
        _l("Not ours: pass on"),
        HANDLE,
        new(forms.PassForm),
        triage.pass_on,
        allowed_by(triage.require_undecided),
        help=_l("The reporter reads to whom it was passed on."),
        done=_l("Passed on."),
    ),
    "reject": Command(
        _l("Reject the report"),
        _l("Reject"),
        HANDLE,
        new(forms.RejectForm),
        triage.reject,
        allowed_by(triage.require_undecided),
        help=_l("The reason is for the team. The reporter reads that it was closed without a case."),
        done=_l("Rejected."),
    ),
    "answered": Command(
        _l("The reporter was answered"),
        _l("Answered by telephone"),
        HANDLE,
        new(CommandForm),
        triage.acknowledge,
        lambda report, _viewer: report.acknowledged_at is None and report.state in {"new", "accepted"},
        done=_l("Recorded."),
    ),
    "file": Command(
        _l("Correct how the report is filed"),
        _l("Correct"),
        HANDLE,
        starting_with(
            forms.CorrectForm,
            organisation=lambda r: r.organisation,
            place=lambda r: r.place,
            kind=lambda r: r.kind,
            tlp=lambda r: r.tlp,
        ),
        triage.correct,
    ),
    "reopen": Command(
        _l("Take the decision back"),
        _l("Take the decision back"),
        HANDLE,
        new(CommandForm),
        triage.reopen,
        allowed_by(triage.require_decided),
        done=_l("The report waits for a decision again."),
    ),
}
KEYS = {"join": "m", "ask": "q", "duplicate": "d", "pass": "p", "reject": "r", "answered": "t", "reopen": "u"}


def inbox(request: HttpRequest) -> HttpResponse:
    """What waits: for the team first, oldest first; beside the list the report that was chosen, or the first."""
    state = request.GET.get("state", "new")
    if state not in {s.value for s in ReportState}:
        state = ReportState.NEW
    waits = state in OPEN_REPORTS
    order = ("received_at", "pk") if waits else ("-received_at", "-pk")
    rows = list(reads.waiting(state, request.user).order_by(*order)[: SHOWN + 1])
    rows, more = rows[:SHOWN], len(rows) > SHOWN
    chosen = next((r for r in rows if r.reference == request.GET.get("at")), rows[0] if rows else None)
    counts = reads.counts()
    context = {
        "workspace_section": AREA,
        "state": state,
        "states": [(s.value, s.label, counts.get(s.value)) for s in ReportState],
        "rows": [(r, reads.age_text(r.received_at)) for r in rows],
        "more": more,
        "answer": _answer(counts),
        "may_bulk": state in {ReportState.NEW, ReportState.REJECTED, ReportState.ACCEPTED},
    }
    if chosen is not None:
        context |= _of_report(request, chosen) | _neighbours(rows, chosen)
    return render(request, "workspace/incident_reports/inbox.html", context)


def _answer(counts: Mapping[str, int]) -> str:
    new_ones = counts[ReportState.NEW]
    if not new_ones:
        return (
            _("No report waits for a first decision.") if Report.objects.exists() else _("No report has come in yet.")
        )
    oldest = reads.oldest()
    assert oldest is not None
    words = {"n": new_ones, "age": reads.age_text(oldest.received_at)}
    return (
        ngettext(
            "%(n)s report waits for a first decision, for %(age)s.",
            "%(n)s reports wait for a first decision. The oldest has waited for %(age)s.",
            new_ones,
        )
        % words
    )


def _neighbours(rows: list[Report], chosen: Report) -> dict[str, str]:
    here = rows.index(chosen)
    before, after = rows[here - 1] if here else None, rows[here + 1] if here + 1 < len(rows) else None
    return {"before": before.reference if before else "", "after": after.reference if after else ""}


def report(request: HttpRequest, reference: str) -> HttpResponse:
    found = get_report_for(request.user, reference)
    context = {"workspace_section": AREA} | _of_report(request, found)
    return render(request, "workspace/incident_reports/report.html", context)


def _of_report(request: HttpRequest, found: Report, form: Any = None) -> dict[str, Any]:
    """What the page of one report shows, alone or beside the inbox."""
    seen = reads.observables_of(found)
    may = commands_for(request.user, found, COMMANDS)
    undecided = found.state in OPEN_REPORTS
    return {
        "report": found,
        "case": Case.objects.visible_to(request.user).filter(pk=found.case_id).first() if found.case_id else None,
        "age": reads.age_text(found.received_at),
        "may": [(name, command, KEYS.get(name, "")) for name, command in may.items()],
        "undecided": undecided,
        "form": form or (_accept_form(None, found) if undecided else None),
        "once": form_key(),
        "alike": reads.alike(found, seen, request.user) if undecided else [],
        "seen": [(kind, defanged(kind, value)) for kind, value in seen],
        "files": list(found.files.all()),
        "rsit_text": str(taxonomy.labels(*taxonomy.split(found.rsit), language())) if found.rsit else "",
        "other_answers": [(k, v) for k, v in found.answers.items() if isinstance(v, str | int | float) and v != ""],
    }


def _accept_form(data: Any, found: Report) -> forms.AcceptForm:
    return forms.AcceptForm(
        data, initial={"title": found.subject, "rsit": found.rsit, "severity": "unknown", "tlp": found.tlp}
    )


def accept_report(request: HttpRequest, reference: str) -> HttpResponse:
    """The first decision: opens a case. A form of its own page too, for who comes here by its address."""
    found = get_report_for(request.user, reference)
    words = FormPage(
        _l("Open a case"),
        _l("Open a case"),
        found.get_absolute_url(),
        about=named(found),
        done=_l("Case opened."),
        area=AREA,
    )
    form = _accept_form(posted(request), found)
    answer = form_page(request, form, doing(request, triage.accept, found), words, thing=found)
    if answer.status_code == 302:
        found.refresh_from_db()
        if found.case is not None:
            return HttpResponseRedirect(found.case.get_absolute_url())
    return answer


def report_command(request: HttpRequest, reference: str, name: str) -> HttpResponse:
    found = get_report_for(request.user, reference)
    # Which case or report somebody may name depends on who they are.
    own = {
        "join": replace(COMMANDS["join"], form=lambda data, _report: forms.JoinForm(data, viewer=request.user)),
        "duplicate": replace(
            COMMANDS["duplicate"], form=lambda data, _report: forms.DuplicateForm(data, viewer=request.user)
        ),
    }
    commands = {**COMMANDS, **own}
    return command_view(request, found, commands, name, area=AREA, about=named(found), back=found.get_absolute_url())


def new_report(request: HttpRequest) -> HttpResponse:
    """What a caller says, in a minute."""
    form = forms.NewReportForm(posted(request), request.FILES or None)
    if form.is_bound and form.is_valid():
        key = request.POST.get("once", "")[:64] or form_key()
        try:
            got = receive(form.incoming(key=key, now=clock.machine(), language=language()), by=person(request))
        except Refused as refusal:
            refuse_on(form, refusal)
        else:
            messages.success(request, _("Report %(reference)s taken in.") % {"reference": got.report.reference})
            return HttpResponseRedirect(got.report.get_absolute_url())
    words = FormPage(
        _l("Record a report"),
        _l("Take it in"),
        reverse("workspace:incident_reports"),
        help=_l("Type while the caller speaks: one line is enough. All else can be added later."),
        area=AREA,
    )
    status = 422 if form.is_bound else 200
    context = {
        "workspace_section": AREA,
        "form": form,
        "question": words,
        "theirs": [],
        "once": request.POST.get("once", "")[:64] or form_key(),
        "status": status,
    }
    return render(request, "workspace/plan/form.html", context, status=status)


@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """Rejects the ticked reports, takes them into one case, or takes their decisions back: all of them or none."""
    back, by, do = reverse("workspace:incident_reports"), person(request), request.POST.get("do", "")
    rows = Report.objects.visible_to(request.user)
    try:
        found = ticked(request, "report", rows, most=MOST_AT_ONCE, orders={"", "join", "reopen"})
    except Refused as refusal:
        messages.error(request, str(refusal.sentence))
        return HttpResponseRedirect(back)
    if not found:
        messages.error(request, _("No report was ticked."))
        return HttpResponseRedirect(back)
    if do == "reopen":
        return press(request, lambda: triage.reopen_many(found, by=by), _reopened, back)
    if do == "join":
        return _join(request, found, back)
    reason = request.POST.get("reason", "")
    done = f"{back}?state=rejected"
    return press(request, lambda: triage.reject_many(found, by=by, reason=reason), _rejected, done)


def _join(request: HttpRequest, found: list[Report], back: str) -> HttpResponse:
    """Into the case that was named, of those that the person may read; without one into a new case."""
    named, case = request.POST.get("case", "").strip(), None
    if named:
        case = Case.objects.visible_to(request.user).filter(reference__iexact=named[:20]).first()
        if case is None:
            messages.error(request, _("There is no case with this reference."))
            return HttpResponseRedirect(back)
    by = person(request)
    return press(
        request, lambda: triage.join_many(found, by=by, case=case), lambda into: _joined(into, len(found)), back
    )


def _joined(case: Case, n: int) -> str:
    words = {"n": n, "case": case.reference}
    return (
        ngettext(
            "%(n)s report is in %(case)s now. It can be taken out again under “Taken into a case”.",
            "%(n)s reports are in %(case)s now. They can be taken out again under “Taken into a case”.",
            n,
        )
        % words
    )


def _rejected(n: int) -> str:
    return ngettext(
        "%(n)s report rejected. It can be taken back here.", "%(n)s reports rejected. They can be taken back here.", n
    ) % {"n": n}


def _reopened(n: int) -> str:
    return ngettext("%(n)s report waits again.", "%(n)s reports wait again.", n) % {"n": n}


def report_file(request: HttpRequest, reference: str, pk: int) -> FileResponse:
    """A file of a report as a download: never inline, whatever it is."""
    found = get_report_for(request.user, reference)
    file = ReportFile.objects.filter(report=found, pk=pk).first()
    if file is None:
        raise Missing
    try:
        opened = file.file.open("rb")
    except OSError:
        raise Missing(_("This file is no longer on the server. It can be restored from a backup.")) from None
    answer = FileResponse(opened, as_attachment=True, filename=file.name, content_type="application/octet-stream")
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer
