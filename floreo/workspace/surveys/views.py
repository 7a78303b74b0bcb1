"""Pages of surveys: the list, one with its versions and waves, questions, a wave with its progress, papers, links, results."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from floreo.core import clock, languages
from floreo.core.access import can
from floreo.core.errors import Missing, NotAllowed, Refused
from floreo.core.lists import Listing
from floreo.core.ui.locale import language
from floreo.core.uploads import takes_up_to
from floreo.surveys import presenters
from floreo.surveys.access import (
    get_instrument_for,
    get_interviewer_for,
    get_paper_for,
    get_question_for,
    get_survey_for,
    get_wave_for,
)
from floreo.surveys.actions import answering, preparing
from floreo.surveys.form import form_of, given_in
from floreo.surveys.microdata import staff_csv
from floreo.surveys.models import Wave, WaveMode
from floreo.surveys.queries import (
    COUNTED,
    margins_of,
    progress_of,
    questions_of,
    results_of,
    variables_of,
    waves_of,
    weighting_cells,
)
from floreo.surveys.questions import Phase
from floreo.surveys.tables import SURVEYS
from floreo.workspace.commands import Command, command_view, commands_for
from floreo.workspace.form_page import FormPage, doing, form_page, person, posted, press
from floreo.workspace.surveys import forms
from floreo.workspace.surveys.commands import COMMANDS, DATA, NEW, OF_INTERVIEWER, OF_QUESTION, OF_VERSION, OF_WAVE, RUN
from floreo.workspace.verbs import history_of

AREA = "surveys"


def surveys(request: HttpRequest) -> HttpResponseBase:
    listing = Listing(SURVEYS, request)
    if file := listing.download():
        return file
    newest: dict[int, Wave] = {}
    waves = Wave.objects.visible_to(request.user).filter(survey__in=listing.rows).defer("targets", "results")
    for wave_ in waves.select_related("survey").order_by("starts_on", "pk"):
        newest[wave_.survey_id] = wave_
    rows = [(each, newest.get(each.pk)) for each in listing.rows]
    context = {
        "workspace_section": AREA,
        "listing": listing,
        "rows": [(each, w, presenters.phase_text(w) if w else "") for each, w in rows],
        "may_prepare": can(request.user, RUN),
    }
    return render(request, "workspace/surveys/surveys.html", context)


def new_survey(request: HttpRequest) -> HttpResponse:
    return command_view(request, None, NEW, "survey", area=AREA, back=reverse("workspace:surveys"))


def survey(request: HttpRequest, code: str) -> HttpResponse:
    """One survey: its versions, its waves and what can be done."""
    found = get_survey_for(request.user, code)
    waves = waves_of(found, request.user)
    context = {
        "workspace_section": AREA,
        "survey": found,
        "commands": _commands(
            request, found, COMMANDS, lambda name: reverse("workspace:survey_command", args=[code, name])
        ),
        "main": "wave",
        "waves": [(w, presenters.phase_text(w), w.responses.count()) for w in waves],
        "versions": [(v, v.questions.count(), v.is_frozen) for v in found.versions.order_by("-number")],
        "history": history_of(found, viewer=request.user),
    }
    return render(request, "workspace/surveys/survey.html", context)


def _commands(
    request: HttpRequest, thing: Any, table: Mapping[str, Command], address: Any
) -> list[tuple[Command, str, str]]:
    return [(c, address(name), name) for name, c in commands_for(request.user, thing, table).items()]


def survey_command(request: HttpRequest, code: str, name: str) -> HttpResponse:
    return command_view(request, get_survey_for(request.user, code), COMMANDS, name, area=AREA)


# --- Questions ----------------------------------------------------------------------------------------------------


def instrument(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The questions of one version."""
    found = get_instrument_for(request.user, code, number)
    context = {
        "workspace_section": AREA,
        "survey": found.survey,
        "instrument": found,
        "questions": questions_of(found),
        "is_frozen": found.is_frozen,
        "may_edit": can(request.user, RUN) and not found.is_frozen,
        "languages": languages.choices(),
        "commands": _commands(
            request, found, OF_VERSION, lambda name: reverse("workspace:instrument_command", args=[code, number, name])
        ),
    }
    return render(request, "workspace/surveys/instrument.html", context)


def instrument_command(request: HttpRequest, code: str, number: int, name: str) -> HttpResponse:
    return command_view(request, get_instrument_for(request.user, code, number), OF_VERSION, name, area=AREA)


def preview(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The form as people will see it; it sends nothing."""
    found = get_instrument_for(request.user, code, number)
    shown = Wave(survey=found.survey, instrument=found, title=found.survey.title)
    context = {"workspace_section": AREA, "survey": found.survey, "instrument": found, "form": form_of(shown, {})}
    return render(request, "workspace/surveys/preview.html", context)


def question_command(request: HttpRequest, code: str, number: int, key: str, name: str) -> HttpResponse:
    found = get_question_for(request.user, code, number, key)
    return command_view(request, found, OF_QUESTION, name, area=AREA)


@require_POST
def move_question(request: HttpRequest, code: str, number: int, key: str) -> HttpResponse:
    found = get_question_for(request.user, code, number, key)
    up = request.POST.get("up") == "1"
    return press(
        request, lambda: preparing.move_question(found, by=person(request), up=up), _("Moved."), found.workspace_url()
    )


# --- Waves --------------------------------------------------------------------------------------------------------


def wave(request: HttpRequest, code: str, wave: str) -> HttpResponse:
    """One wave: what comes next, how many answers, by way and district, who asks, the weights."""
    found = get_wave_for(request.user, code, wave)
    progress = progress_of(found)
    context = {
        "workspace_section": AREA,
        "survey": found.survey,
        "wave": found,
        "state": presenters.phase_text(found),
        "commands": _commands(
            request, found, OF_WAVE, lambda name: reverse("workspace:wave_command", args=[code, wave, name])
        ),
        "main": _main(found),
        "progress": progress,
        "collected": presenters.collected_text(found, progress),
        "modes": [
            (presenters.mode_word(mode), n) for mode, n in sorted(progress.modes.items(), key=lambda pair: -pair[1])
        ],
        "districts": _by_district(found, progress.districts),
        "interviewers": [(each, each.responses.count()) for each in found.interviewers.all()],
        "may_run": can(request.user, RUN),
        "may_see_data": can(request.user, DATA),
        "may_type": can(request.user, RUN) and not found.is_published and found.state != "draft",
        "takes_links": found.is_sample and not found.is_published,
        "open_address": settings.SITE_ADDRESS + reverse("portal:survey_answer", args=[code, wave])
        if found.mode == WaveMode.OPEN
        else "",
        "weights": _weights_rows(found),
        "history": history_of(found.survey, viewer=request.user),
    }
    return render(request, "workspace/surveys/wave.html", context)


def _main(found: Wave) -> str:
    """The one thing that comes next."""
    return {Phase.DRAFT: "open", Phase.CLOSED: "publish"}.get(found.phase, "")


def _by_district(found: Wave, counts: Mapping[str, int]) -> list[tuple[str, int]]:
    question = variables_of(found.instrument).get("district")
    if question is None:
        return []
    return [(words, counts.get(key, 0)) for key, words in question.choices()]


def _weights_rows(found: Wave) -> list[tuple[str, str, int, int]]:
    """(group, value, answers, people) of each variable that answers are weighted by: where somebody lacks is seen while there is time."""
    names = [name for name in found.weighted_by if found.targets]
    cells, asked = weighting_cells(found), variables_of(found.instrument)
    rows = []
    for place, (name, people) in enumerate(zip(names, margins_of(found), strict=False)):
        question = asked.get(name)
        for value, count in people.items():
            have = sum(number for cell, number in cells.items() if cell[place] == value)
            title = str(presenters.GROUPING_WORDS[name])
            rows.append((title, question.option_text(value) if question else value, have, int(count)))
    return rows


@takes_up_to(lambda _request: forms.MOST_BYTES)
def wave_command(request: HttpRequest, code: str, wave: str, name: str) -> HttpResponse:
    found = get_wave_for(request.user, code, wave)
    if name != "population":
        return command_view(request, found, OF_WAVE, name, area=AREA)
    form = forms.PopulationForm(posted(request), request.FILES if request.method == "POST" else None)
    words = FormPage(
        _("Import the population"),
        _("Import the population"),
        found.workspace_url(),
        about=found.named(),
        help=_("Answers are weighted so that they have the shares of the population."),
        done=_("Population imported."),
        area=AREA,
    )
    return form_page(request, form, doing(request, preparing.import_population, found), words, thing=found)


def results(request: HttpRequest, code: str, wave: str) -> HttpResponse:
    """The results as they would be published: nothing that will be hidden is shown here either."""
    found = get_wave_for(request.user, code, wave)
    if not found.responses.exists():
        messages.info(request, _("There are no answers yet."))
        return HttpResponseRedirect(found.workspace_url())
    made = results_of(found)
    every = [q for q in questions_of(found.instrument) if q.counted and q.key in made["questions"]]
    chosen = next((q for q in every if q.key == request.GET.get("question")), every[0] if every else None)
    shown = presenters.result_page(found, made, chosen, found.compared_with) if chosen else None
    context = {
        "workspace_section": AREA,
        "survey": found.survey,
        "wave": found,
        "results": made,
        "shown": shown,
        "chart": presenters.dumbbells(shown) if shown else "",
        "questions": every,
        "weights": presenters.weights_text(found, made),
        "weights_notes": presenters.weights_notes(made, found),
        "answered": presenters.answered_share(found, made["answers"]),
        "counted": COUNTED,
        "commands": _commands(
            request,
            found,
            {name: OF_WAVE[name] for name in ("publish", "publish-data", "close-data")},
            lambda name: reverse("workspace:wave_command", args=[code, wave, name]),
        ),
    }
    return render(request, "workspace/surveys/results.html", context)


def answers_file(request: HttpRequest, code: str, wave: str) -> StreamingHttpResponse:
    """Every answer with its weight, for whoever may see single answers."""
    found = get_wave_for(request.user, code, wave)
    response = StreamingHttpResponse(staff_csv(found), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{code}-{wave}-answers.csv"'
    return response


# --- Papers -------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def enter_paper(request: HttpRequest, code: str, wave: str) -> HttpResponse:
    """One paper after another: the same questions as on the paper, its number, and whether it is the second typing."""
    found = get_wave_for(request.user, code, wave)
    given = given_in(request.POST, found) if request.method == "POST" else {}
    typed = _typed(request)
    refusal: Refused | None = None
    if request.method == "POST":
        try:
            answering.enter(found, by=person(request), answers=given, **typed)
        except (NotAllowed, Missing):
            raise
        except Refused as wrong:
            refusal = wrong
        else:
            done = (
                _("Paper %(number)s agrees with its first typing.")
                if typed["again"]
                else _("Paper %(number)s entered.")
            )
            messages.success(request, done % {"number": typed["paper_number"]})
            return HttpResponseRedirect(f"{request.path}?again={int(typed['again'])}&on={typed['taken_on']}")
    return _paper_page(request, found, given, typed, refusal)


def _typed(request: HttpRequest) -> dict[str, Any]:
    data = request.POST if request.method == "POST" else request.GET
    day = _day(data.get("taken_on") or data.get("on") or "")
    return {
        "paper_number": data.get("paper_number", "").replace("\x00", " ").strip()[:20],
        "taken_on": day or clock.today(),
        "language": data.get("language", language())[:5],
        "again": data.get("again") in ("1", "on"),
    }


def _day(text: str) -> date | None:
    try:
        return parse_date(text[:10])
    except ValueError:
        return None


def _paper_page(
    request: HttpRequest,
    found: Wave,
    given: Any,
    typed: dict[str, Any],
    refusal: Refused | None,
    *,
    correct: bool = False,
) -> HttpResponse:
    status = 422 if refusal is not None else 200
    context = {
        "workspace_section": AREA,
        "survey": found.survey,
        "wave": found,
        "form": form_of(found, given, refusal=refusal),
        "typed": typed,
        "languages": languages.choices(),
        "correct": correct,
        "differs": refusal is not None and refusal.code == "differs",
        "last_day": min(found.ends_on, clock.today()),
        "status": status,
    }
    return render(request, "workspace/surveys/paper.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def correct_paper(request: HttpRequest, code: str, wave: str) -> HttpResponse:
    """What is on a paper whose two typings differ."""
    found = get_wave_for(request.user, code, wave)
    typed = _typed(request)
    if not typed["paper_number"]:
        return HttpResponseRedirect(reverse("workspace:survey_paper", args=[code, wave]))
    response = get_paper_for(request.user, code, wave, typed["paper_number"])
    if request.method != "POST":
        return _paper_page(request, found, answering.whole_of(response), typed, None, correct=True)
    given = given_in(request.POST, found)
    try:
        answering.correct(response, by=person(request), answers=given)
    except (NotAllowed, Missing):
        raise
    except Refused as refusal:
        return _paper_page(request, found, given, typed, refusal, correct=True)
    messages.success(request, _("Paper %(number)s corrected.") % {"number": typed["paper_number"]})
    return HttpResponseRedirect(reverse("workspace:survey_paper", args=[code, wave]))


# --- Links --------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def make_links(request: HttpRequest, code: str, wave: str) -> HttpResponse:
    """Personal links as a file, once: they are not stored and cannot be shown again."""
    found = get_wave_for(request.user, code, wave)
    form = forms.LinksForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                made = preparing.make_links(found, by=person(request), **form.facts())
            except (NotAllowed, Missing):
                raise
            except Refused as refusal:
                form.add_error("number", str(refusal.sentence))
            else:
                return _links_file(found, made)
    context = {"workspace_section": AREA, "survey": found.survey, "wave": found, "form": form, "status": status}
    return render(request, "workspace/surveys/links.html", context, status=status)


def _links_file(found: Wave, made: list[str]) -> HttpResponse:
    buffer = io.StringIO()
    lines = csv.writer(buffer)
    lines.writerow(["number", "link"])
    lines.writerows(
        [number, settings.SITE_ADDRESS + reverse("portal:survey_link", args=[secret])]
        for number, secret in enumerate(made, 1)
    )
    response = HttpResponse(f"\ufeff{buffer.getvalue()}", content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{found.survey.code}-{found.code}-links.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def add_interviewer(request: HttpRequest, code: str, wave: str) -> HttpResponse:
    """A new interviewer; their link is shown once."""
    found = get_wave_for(request.user, code, wave)
    form = forms.InterviewerForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                interviewer, secret = preparing.add_interviewer(found, by=person(request), **form.facts())
            except (NotAllowed, Missing):
                raise
            except Refused as refusal:
                form.add_error("name", str(refusal.sentence))
            else:
                return _link_page(request, found, interviewer, secret)
    context = {"workspace_section": AREA, "survey": found.survey, "wave": found, "form": form, "status": status}
    return render(request, "workspace/surveys/interviewer.html", context, status=status)


def _link_page(request: HttpRequest, found: Wave, interviewer: Any, secret: str) -> HttpResponse:
    context = {
        "workspace_section": AREA,
        "survey": found.survey,
        "wave": found,
        "interviewer": interviewer,
        "link": settings.SITE_ADDRESS + reverse("portal:interview", args=[secret]),
    }
    response = render(request, "workspace/surveys/interviewer_link.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


@require_POST
def renew_link(request: HttpRequest, code: str, wave: str, pk: int) -> HttpResponse:
    interviewer = get_interviewer_for(request.user, code, wave, pk)
    try:
        fresh, secret = preparing.renew_link(interviewer, by=person(request))
    except (NotAllowed, Missing):
        raise
    except Refused as refusal:
        messages.error(request, str(refusal.sentence))
        return HttpResponseRedirect(interviewer.workspace_url())
    return _link_page(request, get_wave_for(request.user, code, wave), fresh, secret)


def interviewer_command(request: HttpRequest, code: str, wave: str, pk: int, name: str) -> HttpResponse:
    found = get_interviewer_for(request.user, code, wave, pk)
    return command_view(request, found, OF_INTERVIEWER, name, area=AREA)
