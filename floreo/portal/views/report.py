"""Reporting an incident: the form, its paper, and what the reporter does by the secret link. No account, no cookie, no script.

Until somebody has opened the form, the page shows the places to report that the pack knows, and says that nothing is received
here. Pages of the open form, and no others, may be shown in a frame of the sites that are listed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from floreo.core import clock, languages, throttle
from floreo.core.errors import Missing, Refused, Slower
from floreo.core.ui.forms import refuse_on
from floreo.core.ui.locale import address_in
from floreo.core.uploads import takes_up_to
from floreo.evidence.files import tidy
from floreo.incidents import spooled
from floreo.incidents.access import Reporter, report_of_link
from floreo.incidents.actions.reporter import LONGEST, add, withdraw
from floreo.incidents.incoming import IncomingFile
from floreo.incidents.logic import REPORT_STEPS, can_step
from floreo.incidents.models import Report, ReportingPoint
from floreo.incidents.presenters import plain_state
from floreo.incidents.queries import open_form_of
from floreo.portal.reporting import steps as form_steps
from floreo.portal.reporting.answers import Answers, Unreadable, loads
from floreo.portal.reporting.forms import AddForm
from floreo.portal.reporting.steps import CHECK, FIRST, Step, form_of, shown_answers, step_named, steps_for
from floreo.portal.views.by_link import count_guess
from floreo.portal.views.page import country_of, page, public_page

MOST_FILES, ALL_FILES = 5, 10 * 1024 * 1024  # of one report, together
_LONGEST_NAME = 150
# Of one address: an office or a school shares one. Counted in memory, so that nothing waits for the disk.
REPORTS, REPORTS_PER_HOUR = 30, 120
MEGABYTES, MEGABYTES_PER_HOUR = 60, 120
# By one link.
PRESSES, PRESSES_PER_HOUR = 30, 60
_NO_STORE = "private, no-cache"  # kept by the browser for its Back button, by nobody else


def _limit(_request: HttpRequest) -> int:
    return ALL_FILES


@login_not_required
@csrf_exempt  # no cookie gives any right here, and in a frame there is none
@takes_up_to(_limit)
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponseBase:
    team = open_form_of()
    if team is None:
        return _closed(request)
    response = _post(request, team) if request.method == "POST" else _show(request, team, Sheet(FIRST))
    return _framed(response, team)


def _framed(response: HttpResponse, team: ReportingPoint) -> HttpResponse:
    """In a frame of the listed sites, and of no others. None of our caches keeps it, which would lose these headers."""
    response.headers["Cache-Control"] = _NO_STORE
    if team.frames:
        response._csp_replace = {"frame-ancestors": ["'self'", *team.frames]}  # type: ignore[attr-defined]  # read by django-csp
        response.xframe_options_exempt = True  # read by Django
    return response


def _closed(request: HttpRequest) -> HttpResponseBase:
    """Nothing is received. Who was in the middle when the form was closed gets every word back."""
    if request.method != "POST":
        return _channels(request)
    typed = _typed_so_far(request)
    context = {"typed": typed, "text": _channels_text(request), "status": 409}
    return render(request, "portal/reporting/closed.html", context, status=409)


def _channels_text(request: HttpRequest) -> str:
    country = country_of(request)
    return country.in_language("report_text") if country else ""


@public_page
def _channels(request: HttpRequest) -> HttpResponseBase:
    """Where to report an incident, as the pack knows it."""
    return page(request, "portal/report.html", title=_("Report an incident"), text=_channels_text(request))


def _typed_so_far(request: HttpRequest) -> list[tuple[str, str]]:
    try:
        values = loads(request.POST.get("state", "")).values
    except Unreadable:
        values = {}
    step = step_named(request.POST.get("step", ""), [*steps_for(values), form_steps.TEXT, form_steps.CONTACT])
    if step is not None and step.form is not None:
        values = values | {name: request.POST.get(name, "") for name in step.form.base_fields}
    return [(each.title, each.text) for each in shown_answers(values, []) if each.text != _("No answer")]


@dataclass(frozen=True)
class Sheet:
    """One page of the form: which step, what was answered, and what is wrong."""

    step: Step
    answers: Answers | None = None
    form: Any = None
    refusal: Refused | None = None
    status: int = 200


def _show(request: HttpRequest, team: ReportingPoint, sheet: Sheet) -> HttpResponse:
    values = sheet.answers.values if sheet.answers else {}
    files = sheet.answers.files if sheet.answers else []
    steps = steps_for(values)
    numbered = [step for step in steps if step.wants_input]
    form = sheet.form or form_of(sheet.step, values, bound=False)
    context = {
        "team": team,
        "step": sheet.step,
        "form": form,
        "refusal": sheet.refusal,
        "status": sheet.status,
        "state": sheet.answers.dumps() if sheet.answers else "",
        "answers": sheet.answers,
        "number": numbered.index(sheet.step) + 1 if sheet.step in numbered else 0,
        "total": len(numbered),
        "is_first": sheet.step is FIRST,
        "is_alone": form is not None and len(form.fields) == 1,
        "is_about_child": form_steps.concerns_child(values),
        "text": _channels_text(request) if sheet.step is FIRST else "",
        "shown": shown_answers(values, [each.name for each in files]) if sheet.step is CHECK else [],
        "most_files": MOST_FILES,
        "most_megabytes": ALL_FILES // 1024**2,
        "other_languages": _other_languages(),
        "canonical": settings.SITE_ADDRESS + request.path,
    }
    response = render(request, "portal/reporting/step.html", context, status=sheet.status)
    if isinstance(sheet.refusal, Slower):
        response.headers["Retry-After"] = str(sheet.refusal.seconds)
    return response


def _other_languages() -> list[tuple[str, str, str]]:
    """(code, own name, address of the form) of each language but the one shown."""
    others = [code for code in languages.site() if code != languages.now()]
    return [(code, languages.own_name(code), address_in(code, reverse("portal:report"))) for code in others]


def _post(request: HttpRequest, team: ReportingPoint) -> HttpResponse:
    posted = request.POST
    step_name, go = posted.get("step", FIRST.name), posted.get("go", "next")
    given = posted.get("state", "")
    try:
        answers = loads(given) if given else Answers.begin()
    except Unreadable:
        sentence = _("Your earlier answers could not be read, so the form begins again. Nothing was sent.")
        return _show(request, team, Sheet(FIRST, refusal=Refused(sentence, code="state"), status=422))
    steps = steps_for(answers.values)
    step = step_named(step_name, steps) or FIRST
    longest = _take_answers(request, step, answers)
    if step.name == "files" and (stopped := _take_files(request, answers)) is not None:
        return _show(request, team, Sheet(step, answers, refusal=stopped, status=stopped.status))
    if longest:  # does not fit into the page's own memory of it: it stays in the field, and no other page is shown
        go = "next"
    return _go(request, team, Sheet(step, answers), go)


def _take_answers(request: HttpRequest, step: Step, answers: Answers) -> bool:
    """Notes what was typed. True where a text is too long to be carried along."""
    if step.form is None:
        return False
    too_long = False
    for name in step.form.base_fields:
        text = request.POST.get(name, "").replace("\r\n", "\n").strip()
        too_long = too_long or len(text) > 2 * LONGEST
        answers.put(name, text)
    return too_long


def _go(request: HttpRequest, team: ReportingPoint, sheet: Sheet, go: str) -> HttpResponse:
    answers, step = sheet.answers, sheet.step
    assert answers is not None
    steps = steps_for(answers.values)
    if step not in steps:  # an answer took away the page on which it was given
        step = FIRST
    elsewhere = _elsewhere(steps, step, answers, go)
    if elsewhere is not None:
        return _show(request, team, Sheet(elsewhere, answers))
    if step is CHECK:
        return _send(request, team, answers) if go == "send" else _show(request, team, sheet)
    form = _bound(request, step, answers)
    if form is not None and not form.is_valid():
        return _show(request, team, replace(sheet, form=form, status=422))
    following = steps[steps.index(step) + 1]
    if answers.is_checking and following.wants_input:  # from a changed answer back to the last page
        following = CHECK
    if following is CHECK:
        answers.is_checking = True
    return _show(request, team, Sheet(following, answers))


def _elsewhere(steps: list[Step], step: Step, answers: Answers, go: str) -> Step | None:
    """The page that was asked for without looking at what was typed: it may be wrong or missing."""
    word, _colon, which = go.partition(":")
    if word == "back":
        return steps[max(steps.index(step) - 1, 0)]
    if word == "edit":
        return step_named(which, steps) or step
    if word == "remove":
        answers.files = [each for each in answers.files if each.sha256 != which]
    return step if word in {"language", "add", "remove"} else None


def _bound(request: HttpRequest, step: Step, answers: Answers) -> Any:
    """The form with what was typed just now, whole, however long it is."""
    if step.form is None:
        return None
    typed = {name: request.POST.get(name, answers.values.get(name, "")) for name in step.form.base_fields}
    return form_of(step, typed, bound=True)


def _take_files(request: HttpRequest, answers: Answers) -> Refused | None:
    """Puts the files that came with this page on the disk. What was refused is said; those that were taken stay."""
    if (stopped := _stopped(request)) is not None:
        return stopped
    for file in request.FILES.getlist("files"):
        if not file.size:
            continue
        if len(answers.files) >= MOST_FILES:
            return _on_files(_("At most %(n)d files fit. Remove one first.") % {"n": MOST_FILES})
        if sum(each.size for each in answers.files) + file.size > ALL_FILES:
            words = {"name": tidy(file.name or ""), "n": ALL_FILES // 1024**2}
            return _on_files(_("“%(name)s” does not fit: all files together may have %(n)d MB.") % words)
        try:
            cost = max(file.size / 1024**2, 0.05)
            address = throttle.address_of(request)
            throttle.charge("report-files", address, capacity=MEGABYTES, per_hour=MEGABYTES_PER_HOUR, cost=cost)
            spooled.require_space()
            staged = spooled.stage(tidy(file.name or "")[-_LONGEST_NAME:], file.chunks())
        except Refused as refusal:
            refusal.fields = {"files": refusal.sentence}
            return refusal
        if staged.sha256 not in {each.sha256 for each in answers.files}:
            answers.files.append(staged)
    return None


def _on_files(sentence: str) -> Refused:
    return Refused(sentence, code="files", fields={"files": sentence})


def _send(request: HttpRequest, team: ReportingPoint, answers: Answers) -> HttpResponse:
    """Checks every answer once more, puts the report on the disk, and only then says that it was received."""
    noticed_at = ""
    for step in steps_for(answers.values):
        if step.form is None or not _is_to_be_checked(step.form, answers.values):
            continue
        form = form_of(step, answers.values, bound=True)
        if form is not None and not form.is_valid():
            return _show(request, team, Sheet(step, answers, form=form, status=422))
        if step is form_steps.WHEN and form is not None and form.cleaned_data["noticed_at"]:
            noticed_at = form.cleaned_data["noticed_at"].isoformat()
    gone = [each.name for each in answers.files if not each.is_here()]
    if gone:
        answers.files = [each for each in answers.files if each.is_here()]
        sentence = _("These files are no longer here: %(names)s. Choose them again.") % {"names": ", ".join(gone)}
        return _show(request, team, Sheet(form_steps.FILES, answers, refusal=_on_files(sentence), status=422))
    try:
        address = throttle.address_of(request)
        throttle.charge("report", address, capacity=REPORTS, per_hour=REPORTS_PER_HOUR)
        item = _item(answers, noticed_at)
        spooled.require_open(item)
        spooled.put(item)
    except Refused as refusal:
        return _show(request, team, Sheet(CHECK, answers, refusal=refusal, status=refusal.status))
    link = settings.SITE_ADDRESS + reverse("portal:follow_report", args=[answers.secret])
    context = {
        "team": team,
        "reference": answers.reference,
        "link": link,
        "other_languages": [],
        "values": answers.values,
    }
    return render(request, "portal/reporting/sent.html", context)


def _is_to_be_checked(form: Any, values: dict[str, str]) -> bool:
    """Whether something was answered there, or must be."""
    return any(field.required or values.get(name) for name, field in form.base_fields.items())


def _item(answers: Answers, noticed_at: str) -> dict[str, Any]:
    """What goes to the disk. A report about a child takes no files along, whatever was uploaded before."""
    values = {name: text for step in steps_for(answers.values) if step.form for name, text in _of(step, answers)}
    takes_files = form_steps.FILES in steps_for(answers.values)
    files = answers.files if takes_files else []
    return {
        "at": clock.machine().isoformat(),
        "answers": values | ({"noticed_at": noticed_at} if noticed_at else {}),
        "files": [{"name": each.name, "sha256": each.sha256, "size": each.size} for each in files],
        "language": languages.now(),
        "reference": answers.reference,
        "link_hash": answers.link_hash,
    }


def _of(step: Step, answers: Answers) -> list[tuple[str, str]]:
    assert step.form is not None
    return [(name, answers.values[name]) for name in step.form.base_fields if name in answers.values]


@login_not_required
@require_safe
def paper(request: HttpRequest) -> HttpResponse:
    """The same questions to print, fill in by hand and hand over."""
    team = open_form_of()
    if team is None:
        raise Missing
    forms = [(step, form_of(step, {}, bound=False)) for step in form_steps.ON_PAPER]
    return render(request, "portal/reporting/paper.html", {"team": team, "forms": forms})


@login_not_required
@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """By which a phone puts the form among its programs (https://www.w3.org/TR/appmanifest/)."""
    if open_form_of() is None:
        raise Missing
    country = country_of(request)
    here = reverse("portal:report")
    facts = {
        "name": _("Report an incident") + (f": {country.named()}" if country else ""),
        "short_name": pgettext("name of a program on a telephone", "Report"),
        "lang": languages.now(),
        "start_url": here,
        "scope": here,
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#11392f",
        "icons": [{"src": static("img/favicon.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }
    return JsonResponse(facts, content_type="application/manifest+json")


@login_not_required
@csrf_exempt
@takes_up_to(_limit)
@require_http_methods(["GET", "HEAD", "POST"])
def follow_report(request: HttpRequest, token: str) -> HttpResponse:
    """What has become of a report, for whoever has its secret link; adds to it, and withdraws it on a press."""
    try:
        found = report_of_link(token)
    except Missing:
        if spooled.is_waiting(token):
            return render(request, "portal/reporting/arriving.html", {"team": ReportingPoint.objects.first()})
        count_guess(request, "report-link")
        raise
    if request.method == "POST":
        return _follow_post(request, found)
    return _follow_page(request, found, AddForm(auto_id="r-%s"))


def _follow_page(request: HttpRequest, found: Report, form: AddForm, *, status: int = 200) -> HttpResponse:
    context = {
        "report": found,
        "state": plain_state(found),
        "team": ReportingPoint.objects.select_related("organisation").first(),
        "files": found.files.order_by("pk"),
        "additions": [
            (datetime.fromisoformat(each["at"]), each["text"], each.get("files", "")) for each in found.additions
        ],
        "may_withdraw": can_step(REPORT_STEPS, found.state, "withdrawn"),
        "most_files": MOST_FILES,
        "form": form,
        "status": status,
        "done": request.GET.get("done", "") if status == 200 else "",
        "most_megabytes": ALL_FILES // 1024**2,
    }
    return render(request, "portal/reporting/follow.html", context, status=status)


def _follow_post(request: HttpRequest, found: Report) -> HttpResponse:
    form = AddForm(request.POST, auto_id="r-%s")
    try:
        throttle.spend("report-link", f"report:{found.pk}", capacity=PRESSES, per_hour=PRESSES_PER_HOUR)
        done = _do(request, found)
    except Refused as refusal:
        form.is_valid()
        refuse_on(form, refusal)
        found.refresh_from_db()
        response = _follow_page(request, found, form, status=refusal.status)
        if isinstance(refusal, Slower):
            response.headers["Retry-After"] = str(refusal.seconds)
        return response
    return HttpResponseRedirect(f"{request.path}?done={done}")


def _do(request: HttpRequest, found: Report) -> str:
    """Withdraws, or adds. Returns what was done. Raises Refused."""
    by = Reporter(found)
    if request.POST.get("do") == "withdraw":
        withdraw(found, by=by)
        return "withdrawn"
    if (stopped := _stopped(request)) is not None:
        raise stopped
    given = request.FILES.getlist("files")
    if len(given) > MOST_FILES:
        raise _on_files(_("At most %(n)d files fit. Remove one first.") % {"n": MOST_FILES})
    files = [IncomingFile(each.name or "", each.read()) for each in given if each.size]
    add(found, by=by, text=request.POST.get("text", "").replace("\r\n", "\n"), given=files)
    return "added"


def _stopped(request: HttpRequest) -> Refused | None:
    """Why the upload was not taken whole, at its field."""
    stopped = getattr(request, "upload_refused", None)
    if not isinstance(stopped, Refused):
        return None
    return Refused(stopped.sentence, code=stopped.code, fields={"files": stopped.sentence})
