"""Surveys: the list, a survey with its waves, the result of a question, and answering by an open link, a personal link or as an
interviewer without a signal. No account, no cookie; only the interviewer's page needs a script."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from floreo.core import clock, languages, throttle
from floreo.core.errors import Missing, Refused, Slower
from floreo.core.links import hash_of
from floreo.core.ui.locale import language
from floreo.core.ui.papers import KINDS, paper
from floreo.core.wording import number_figures, span_text
from floreo.indicators import queries as indicator_queries
from floreo.indicators.models import Indicator
from floreo.open_data.files import part_of_table
from floreo.organisations.models import Country
from floreo.portal import presenters as portal_words
from floreo.portal.views.by_link import count_guess
from floreo.portal.views.page import Crumb, country_of, page, public_page
from floreo.surveys import papers, presenters
from floreo.surveys.access import (
    ANYBODY,
    InterviewerLink,
    get_instrument_for,
    get_survey_for,
    get_wave_for,
    interviewer_of_link,
    sample_link,
)
from floreo.surveys.actions.answering import Given, Interview, closed_sentence, judged, send, send_by_link, take
from floreo.surveys.form import form_of, given_in
from floreo.surveys.microdata import public_csv
from floreo.surveys.models import Interviewer, Question, Survey, Wave, WaveMode
from floreo.surveys.queries import COUNTED, questions_of, results_of, waves_of
from floreo.surveys.questions import Phase
from floreo.surveys.tables import SURVEY_RESULTS

# Of one address: a school or an office shares one. And of all together, per wave: a crowd by script.
ANSWERS, ANSWERS_PER_HOUR = 30, 60
OF_ALL, OF_ALL_PER_HOUR = 1000, 6000
INTERVIEWS, INTERVIEWS_PER_HOUR = 300, 600  # by one link: a day's queue arrives at once
PAPERS, PAPERS_PER_HOUR = 10, 60
DATA, DATA_PER_HOUR = 10, 60
SECTION = "indicators"


def _crumbs(survey: Survey | None = None, wave: Wave | None = None) -> tuple[Crumb, ...]:
    found = [Crumb(_("Surveys"), reverse("portal:surveys"))]
    if survey is not None:
        found.append(Crumb(survey.in_language("title"), survey.get_absolute_url()))
    if wave is not None:
        found.append(Crumb(wave.in_language("title"), wave.get_absolute_url()))
    return tuple(found)


@login_not_required
@public_page
def surveys(request: HttpRequest) -> HttpResponseBase:
    """What the country is asked about, with the newest wave of each."""
    rows = list(Survey.objects.visible_to(None).select_related("carried_out_by"))
    newest: dict[int, Wave] = {}
    waves = (
        Wave.objects.visible_to(None).filter(survey__in=rows).defer("targets", "results").order_by("starts_on", "pk")
    )
    for wave in waves.select_related("survey"):
        newest[wave.survey_id] = wave
    lines = [(each, newest.get(each.pk)) for each in rows]
    return page(
        request,
        "portal/surveys/surveys.html",
        title=_("Surveys"),
        section=SECTION,
        description=_("What people here were asked about cybersecurity, and what they answered."),
        rows=[(survey, wave, presenters.phase_text(wave) if wave else "") for survey, wave in lines],
    )


@login_not_required
@public_page
def survey(request: HttpRequest, code: str) -> HttpResponseBase:
    """One survey: why it is asked, its waves, and the results of the newest."""
    found = get_survey_for(None, code)
    waves = waves_of(found, None)
    published = next((wave for wave in waves if wave.is_published), None)
    lines = _headlines(published) if published is not None else []
    return page(
        request,
        "portal/surveys/survey.html",
        title=found.in_language("title"),
        description=found.in_language("purpose"),
        section=SECTION,
        crumbs=_crumbs(),
        survey=found,
        waves=[(wave, presenters.phase_text(wave)) for wave in waves],
        open_wave=next((w for w in waves if w.phase is Phase.OPEN and w.mode == WaveMode.OPEN), None),
        newest=published,
        lines=lines,
        next_wave=presenters.next_wave_text(found),
        paper_languages=_languages(),
    )


def _headlines(wave: Wave) -> list[tuple[str, str, str]]:
    """(heading, band, address) of each question of a published wave that has a result."""
    whole = get_wave_for(None, wave.survey.code, wave.code)
    found = []
    for question in _with_results(whole, whole.results):
        facts = whole.results["questions"][question.key]
        result = facts["shares"].get(COUNTED, {}).get("", {})
        if "share" in result:
            words = f"{presenters.percent(result['share'])}"
            band = presenters.band_text(result)
            words = _("%(share)s (band %(band)s)") % {"share": words, "band": band} if band else words
            at = reverse("portal:survey_question", args=[whole.survey.code, whole.code, question.key])
            found.append((presenters.headline(whole, question, facts), words, at))
    return found


def _with_results(wave: Wave, results: dict[str, Any]) -> list[Question]:
    """The questions of which there is a share to show, in order."""
    every = questions_of(wave.instrument)
    return [q for q in every if q.counted and COUNTED in results.get("questions", {}).get(q.key, {}).get("shares", {})]


@login_not_required
@public_page
def wave(request: HttpRequest, code: str, wave: str, name: str = "") -> HttpResponseBase:
    """One wave: the result of one question, computed; of one that is not published, where it is."""
    found = get_wave_for(None, code, wave)
    if not found.is_published:
        return page(
            request,
            "portal/surveys/wave_waiting.html",
            title=found.named(),
            section=SECTION,
            crumbs=_crumbs(found.survey),
            wave=found,
            survey=found.survey,
            state=presenters.phase_text(found),
            is_answerable=found.phase is Phase.OPEN and found.mode == WaveMode.OPEN,
            paper_languages=_languages(),
        )
    return result_view(request, found, name)


def result_view(request: HttpRequest, found: Wave, key: str) -> HttpResponseBase:
    if kind := request.GET.get("download", ""):
        return part_of_table(request, SURVEY_RESULTS, SURVEY_RESULTS.ordered(None).filter(wave=found), kind)
    results = results_of(found)
    with_results = _with_results(found, results)
    chosen = next((q for q in with_results if q.key == key), None)
    if not with_results or (key and chosen is None):
        raise Missing
    question = chosen or with_results[0]
    shown = presenters.result_page(found, results, question, found.compared_with)
    status, target = _target(found, question)
    return page(
        request,
        "portal/surveys/wave.html",
        title=shown.headline,
        description=shown.lede,
        section=SECTION,
        crumbs=_crumbs(found.survey),
        kicker=found.named(),
        wave=found,
        survey=found.survey,
        shown=shown,
        questions=[
            (q, reverse("portal:survey_question", args=[found.survey.code, found.code, q.key])) for q in with_results
        ],
        status=status,
        target=target,
        **_about(found, results, shown),
    )


def _about(found: Wave, results: dict[str, Any], shown: presenters.ResultPage) -> dict[str, Any]:
    """What is beside and below the result: who was asked and how, the chart, the campaign, how it was computed."""
    result = shown.facts["shares"].get(COUNTED, {}).get("", {})
    numerator = round(result["share"] * result["answers"]) if "share" in result else None
    return {
        "results": results,
        "before_answers": number_figures(results["before"]["answers"]) if shown.has_before else "",
        "days": span_text(found.starts_on, found.ends_on),
        "answers": results["answers"],
        "chart": presenters.dumbbells(shown),
        "before_after": presenters.before_after(shown) if shown.has_before else "",
        "before_after_caption": presenters.before_after_caption(shown) if shown.has_before else "",
        "sure_title": _sure_title(found, shown),
        "remembered": presenters.remembered(shown),
        "languages": presenters.languages_text(results),
        "place": presenters.place_text(shown),
        "quoted": presenters.quoted(shown.question),
        "weights": presenters.weights_text(found, results),
        "weights_notes": presenters.weights_notes(results, found),
        "answered": presenters.answered_share(found, results["answers"]),
        "modes": [(presenters.mode_word(mode), n) for mode, n in results["modes"].items()],
        "next_wave": presenters.next_wave_text(found.survey),
        "numerator": numerator,
        "denominator": result.get("answers"),
        "paper_languages": _languages(),
        "published_on": clock.calendar_day(found.published_at) if found.published_at else None,
        "data_address": found.get_absolute_url(),
    }


def _sure_title(found: Wave, shown: presenters.ResultPage) -> str:
    """Over what says how sure the result is: before and after a campaign, where there was one."""
    if not shown.has_before:
        return _("How sure this is")
    if not found.campaign_title:
        return _("Before and after")
    return _("Before and after the campaign “%(campaign)s”") % {"campaign": found.named_campaign}


def _target(found: Wave, question: Question) -> tuple[str, str]:
    """How the share compares with the target of the indicator that it gives, if there is one: (status, note)."""
    of = f"{found.survey.code}/{question.key}/{COUNTED}"
    rows = Indicator.objects.visible_to(None).filter(measure="share_answering", measure_of=of)
    indicator = rows.exclude(target=None).order_by("position", "pk").first()
    if indicator is None:
        return "", ""
    reading = indicator_queries.latest(Indicator.objects.filter(pk=indicator.pk)).get(indicator.pk)
    return portal_words.shape_of(indicator, reading), portal_words.outlook_note(indicator, reading)


def _languages() -> list[tuple[str, str]]:
    """The languages in which there is a paper: those of the site."""
    return languages.choices()


@login_not_required
@require_safe
def questionnaire(request: HttpRequest, code: str, number: int, kind: str) -> HttpResponse:
    """The questions as a paper to fill in, in the language of the address or `?language=`."""
    instrument = get_instrument_for(None, code, number)
    country = country_of(request)
    if kind not in KINDS or not isinstance(country, Country):
        raise Missing
    throttle.charge("survey-paper", throttle.address_of(request), capacity=PAPERS, per_hour=PAPERS_PER_HOUR)
    wanted = request.GET.get("language", "")
    with override(wanted if wanted in languages.site() else get_language()):
        survey_ = instrument.survey
        return paper(
            papers.questionnaire(country, survey_, instrument, None), kind, name=f"{survey_.code}-{language()}"
        )


@login_not_required
@require_safe
def data_file(request: HttpRequest, code: str, wave: str) -> StreamingHttpResponse:
    """Single answers, where they were published: each like at least four others."""
    found = get_wave_for(None, code, wave)
    if not found.is_published or not found.is_data_public:
        raise Missing
    throttle.charge("survey-data", throttle.address_of(request), capacity=DATA, per_hour=DATA_PER_HOUR)
    response = StreamingHttpResponse(public_csv(found), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{found.survey.code}-{found.code}.csv"'
    return response


# --- Answering ----------------------------------------------------------------------------------------------------


def _no_store(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    return response


def _charge(request: HttpRequest, found: Wave) -> None:
    throttle.charge("survey", throttle.address_of(request), capacity=ANSWERS, per_hour=ANSWERS_PER_HOUR)
    throttle.charge("survey-all", str(found.pk), capacity=OF_ALL, per_hour=OF_ALL_PER_HOUR)


def _form_page(
    request: HttpRequest, found: Wave, given: Any, *, refusal: Refused | None = None, by_link: bool, once: str = ""
) -> HttpResponse:
    status = refusal.status if refusal is not None else 200
    context = {
        "wave": found,
        "survey": found.survey,
        "form": form_of(found, given, once=once, refusal=refusal),
        "by_link": by_link,
        "section": SECTION,
        "status": status,
    }
    response = render(request, "portal/surveys/answer.html", context, status=status)
    if isinstance(refusal, Slower):
        response.headers["Retry-After"] = str(refusal.seconds)
    return _no_store(response)


def _closed(request: HttpRequest, found: Wave, sentence: str, *, status: int = 409) -> HttpResponse:
    context = {"wave": found, "survey": found.survey, "sentence": sentence, "section": SECTION, "status": status}
    return _no_store(render(request, "portal/surveys/closed.html", context, status=status))


def _answering(request: HttpRequest, found: Wave, do: Any, *, by_link: bool) -> HttpResponse:
    """Fill in, look at it once more, send: each step is a form, and every answer goes with it."""
    if request.method != "POST":
        if found.phase is not Phase.OPEN:
            return _closed(request, found, closed_sentence(found), status=200)
        return _form_page(request, found, {}, by_link=by_link)
    given, once = given_in(request.POST, found), request.POST.get("once", "")[:60]
    try:
        return _step(request, found, do, given, once, by_link=by_link)
    except OperationalError:  # the database is busy, or away: what was typed is not lost with it
        busy = Refused(_("Your answers were not sent: this site is busy. They are below. Try again in a minute."))
        busy.status = 503
        return _form_page(request, found, given, refusal=busy, by_link=by_link, once=once)
    except Refused as refusal:
        if refusal.code in ("closed", "link_used", "sample"):
            return _closed(request, found, str(refusal.sentence), status=409)
        return _form_page(request, found, given, refusal=refusal, by_link=by_link, once=once)


def _step(request: HttpRequest, found: Wave, do: Any, given: Any, once: str, *, by_link: bool) -> HttpResponse:
    """What was pressed: look at the answers, change them, or send them."""
    _charge(request, found)
    if found.phase is not Phase.OPEN:
        raise Refused(closed_sentence(found), code="closed")
    step = request.POST.get("step", "check")
    if step == "change":
        return _form_page(request, found, given, by_link=by_link, once=once)
    if step != "send":
        return _check_page(request, found, given, once, by_link=by_link)
    do(Given(given, language(), once))
    context = {"wave": found, "survey": found.survey, "section": SECTION}
    return _no_store(render(request, "portal/surveys/thanks.html", context))


def _check_page(request: HttpRequest, found: Wave, given: Any, once: str, *, by_link: bool) -> HttpResponse:
    """All answers once more, with a way back to each."""
    answers = judged(found, given)
    context = {
        "wave": found,
        "survey": found.survey,
        "form": form_of(found, answers, once=once),
        "pairs": [
            (f"q_{key}", str(v))
            for key, value in answers.items()
            for v in (value if isinstance(value, list) else [value])
        ],
        "by_link": by_link,
        "section": SECTION,
    }
    return _no_store(render(request, "portal/surveys/check.html", context))


@login_not_required
@csrf_exempt  # no cookie gives any right here
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, code: str, wave: str) -> HttpResponse:
    """By the open link: whoever wants to."""
    found = get_wave_for(None, code, wave)
    if found.mode != WaveMode.OPEN:
        return HttpResponseRedirect(found.get_absolute_url())
    return _answering(request, found, lambda given: send(found, by=ANYBODY, given=given), by_link=False)


@login_not_required
@csrf_exempt  # the address itself gives the right
@require_http_methods(["GET", "HEAD", "POST"])
def answer_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """By a personal link, once."""
    try:
        link = sample_link(token)
    except Missing:
        count_guess(request, "survey-link")
        raise
    found = link.wave
    found.instrument.survey = found.survey
    if link.is_used:
        return _closed(request, found, _("This link was used already. Each link answers once. Thank you."), status=410)
    return _answering(
        request, found, lambda given: send_by_link(found, by=ANYBODY, given=given, secret=token), by_link=True
    )


# --- Interviewers -------------------------------------------------------------------------------------------------


def _interviewer(request: HttpRequest, token: str) -> Interviewer:
    try:
        return interviewer_of_link(token)
    except Missing:
        count_guess(request, "interviewer-link")
        raise


@login_not_required
@csrf_exempt  # the address itself gives the right
@require_http_methods(["GET", "HEAD", "POST"])
def interview(request: HttpRequest, token: str) -> HttpResponse:
    """The page of an interviewer: kept on the phone, so that it opens and saves without a signal. A phone that was away sends later."""
    found = _interviewer(request, token)
    if request.method == "POST":
        return _take(request, found)
    wave_ = found.wave
    wave_.instrument.survey = wave_.survey
    context = {
        "interviewer": found,
        "wave": wave_,
        "survey": wave_.survey,
        "form": form_of(wave_, {}),
        "link": hash_of(token)[:16],
        "scope": reverse("portal:interview", args=[token]),
        "section": SECTION,
        "sent": wave_.responses.filter(interviewer=found).count(),
        "closed": "" if wave_.phase is Phase.OPEN else closed_sentence(wave_),
    }
    return _no_store(render(request, "portal/surveys/interview.html", context))


def _take(request: HttpRequest, found: Interviewer) -> HttpResponse:
    """One interview from the phone. It answers what the phone understands: a receipt, or a sentence that says why not."""
    wave_ = found.wave
    wave_.instrument.survey = wave_.survey
    data = request.POST
    try:
        throttle.charge("interview", str(found.pk), capacity=INTERVIEWS, per_hour=INTERVIEWS_PER_HOUR)
        made = take(
            found,
            by=InterviewerLink(found),
            interview=Interview(
                key=data.get("uuid", "")[:60],
                answers=given_in(data, wave_),
                language=data.get("language", "")[:5] or language(),
                taken_at=_moment(data.get("phone_clock", "")),
                sent_at=_moment(data.get("sent_clock", "")),
            ),
        )
    except OperationalError:
        return _failed({"code": "busy", "message": _("The site is busy. The phone tries again.")}, status=503)
    except Refused as refusal:
        fields = {key: str(sentence) for key, sentence in refusal.fields.items()}
        facts = {"code": refusal.code, "message": str(refusal.sentence), "fields": fields}
        response = _failed(facts, status=refusal.status)
        if isinstance(refusal, Slower):
            response.headers["Retry-After"] = str(refusal.seconds)
        return response
    sentence = _("The phone's clock is wrong. The day on which it arrived counts.") if made.clock_off else ""
    received = made.received_at or clock.now()
    body = {"receipt": str(made.uuid)[:8], "received_at": received.isoformat(), "sentence": sentence}
    return _no_store(JsonResponse(body))


def _failed(error: dict[str, Any], *, status: int) -> HttpResponse:
    return _no_store(JsonResponse({"error": error}, status=status))


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text[:40])
    except (ValueError, OverflowError):
        return None
    return found if found is not None and found.tzinfo is not None else None
