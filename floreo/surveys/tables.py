"""Surveys as open data: each survey, its waves, the questions as asked, and every published share."""

from __future__ import annotations

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from floreo.core.columns import CHANGED, ID, SOURCED, by_id, column, day, titles
from floreo.core.tables import CellKind, Column, Filter, Table, in_each_language
from floreo.surveys.models import PublishedResult, Question, Survey, Topic, Wave


def _surveys(viewer: object) -> QuerySet[Survey]:
    return Survey.objects.visible_to(viewer).select_related("carried_out_by")


def _body(survey: Survey) -> str | None:
    body = survey.carried_out_by
    return body.code if body is not None and body.is_public else None


SURVEYS = Table(
    "surveys",
    _("Surveys"),
    _("What the country is asked about, who asks and who pays."),
    rows=_surveys,
    columns=(
        column("code", _("Code"), _("Part of its address")),
        *titles(_("As published")),
        column("topic", _("What it asks about"), _("awareness, workforce or training")),
        column("purpose", _("Purpose"), _("Why it is asked")),
        column("who", _("Who is asked"), _("The population that it represents")),
        Column("carried_out_by", _("Carried out by"), _("Code of the organisation"), _body),
        column("paid_by", _("Paid by"), _("Who pays for it")),
        day("next_wave_on", _("Next wave"), _("Month in which it is asked again")),
        Column(
            "address",
            _("Address"),
            _("Permanent address"),
            lambda s: f"{settings.SITE_ADDRESS}/surveys/{s.code}/",
            CellKind.LINK,
        ),
        *SOURCED,
        CHANGED,
    ),
    order=("code", "pk"),
    search=("title", "code"),
    filters=(Filter("topic", _("What it asks about"), lambda: Topic.choices, lambda rows, v: rows.filter(topic=v)),),
    lookup=lambda rows, key: rows.filter(code=key),
)


def _waves(viewer: object) -> QuerySet[Wave]:
    rows = Wave.objects.visible_to(viewer).select_related("survey", "instrument", "compared_with")
    return rows.defer("targets")


def _answers(wave: Wave) -> int | None:
    return wave.results.get("answers") if wave.is_published else None


def _weights(name: str) -> Column:
    words = {
        "effective": (_("Effective answers"), _("How many answers of equal weight would be as certain")),
        "effect": (_("Design effect"), _("How many times as uncertain as a simple sample, by the weights")),
    }
    title, note = words[name]
    kind = CellKind.WHOLE if name == "effective" else CellKind.DECIMAL
    return Column(name, title, note, lambda w: w.results.get("weights", {}).get(name) if w.is_published else None, kind)


SURVEY_WAVES = Table(
    "survey_waves",
    _("Waves of surveys"),
    _("When a survey was asked, of whom and how, and by what its answers are weighted."),
    rows=_waves,
    columns=(
        ID,
        Column("survey", _("Survey"), _("Its code"), lambda w: w.survey.code),
        column("code", _("Wave"), _("Its code")),
        *titles(_("As published")),
        day("starts_on", _("First day"), _("From which day people were asked")),
        day("ends_on", _("Last day"), _("Until which day people were asked")),
        column("mode", _("How people are reached"), _("open, sample, paper or interviewer; open is no sample")),
        Column("state", _("State"), _("draft, waiting, open, closed or published"), lambda w: str(w.phase)),
        Column(
            "instrument",
            _("Version of the questions"),
            _("Number of the version"),
            lambda w: w.instrument.number,
            CellKind.WHOLE,
        ),
        column("who", _("Who was asked"), _("The population, where it differs from that of the survey")),
        column("how", _("How people were asked"), _("In words")),
        column("approached", _("People approached"), _("How many were asked to answer"), CellKind.WHOLE),
        Column("answers", _("Answers"), _("Of published waves"), _answers, CellKind.WHOLE),
        column("broken_off", _("Interviews broken off"), _("Left out of the answers"), CellKind.WHOLE),
        Column(
            "weighted_by",
            _("Weighted by"),
            _("Variables that answers are weighted by"),
            lambda w: list(w.weighted_by),
            CellKind.LIST,
        ),
        column("targets_source", _("Source of the population"), _("Where the numbers of people are from")),
        _weights("effective"),
        _weights("effect"),
        Column(
            "compared_with",
            _("Compared with wave"),
            _("Its code"),
            lambda w: w.compared_with.code if w.compared_with else None,
        ),
        *SOURCED,
        CHANGED,
    ),
    order=("-starts_on", "-pk"),
    key="id",
    search=("title", "survey__title"),
    filters=(
        Filter(
            "survey",
            _("Survey"),
            lambda: [(s.code, s.title) for s in Survey.objects.filter(is_public=True)],
            lambda rows, v: rows.filter(survey__code=v),
        ),
    ),
    lookup=by_id,
)


def _questions(viewer: object) -> QuerySet[Question]:
    return Question.objects.visible_to(viewer).select_related("version_of__survey")


SURVEY_QUESTIONS = Table(
    "survey_questions",
    _("Questions of surveys"),
    _("Every question as it was asked, by version."),
    rows=_questions,
    columns=(
        ID,
        Column("survey", _("Survey"), _("Its code"), lambda q: q.version_of.survey.code),
        Column(
            "instrument",
            _("Version of the questions"),
            _("Number of the version"),
            lambda q: q.version_of.number,
            CellKind.WHOLE,
        ),
        column("position", _("Place"), _("Order in the version"), CellKind.WHOLE),
        column("key", _("Key"), _("The same in every version")),
        column("kind", _("Kind of answer"), _("single, multiple, scale, number or text")),
        column("text", _("Question as asked"), _("In the first language")),
        in_each_language("text", _("Question in this language")),
        Column(
            "options",
            _("Answers to choose from"),
            _("Key and words of each"),
            lambda q: [f"{o['key']} = {o['text']}" for o in q.options],
            CellKind.LIST,
        ),
        Column(
            "counted",
            _("Answers that are counted"),
            _("Keys of the answers that its result counts"),
            lambda q: list(q.counted),
            CellKind.LIST,
        ),
        CHANGED,
    ),
    order=("version_of_id", "position", "pk"),
    key="id",
    search=("text", "key"),
    lookup=by_id,
)


def _results(viewer: object) -> QuerySet[PublishedResult]:
    return (
        PublishedResult.objects.visible_to(viewer)
        .select_related("wave__survey")
        .defer("wave__results", "wave__targets")
    )


SURVEY_RESULTS = Table(
    "survey_results",
    _("Results of surveys"),
    _("Published shares, weighted, with their 95 % bands; results of small groups are withheld."),
    rows=_results,
    columns=(
        ID,
        Column("survey", _("Survey"), _("Its code"), lambda r: r.wave.survey.code),
        Column("wave", _("Wave"), _("Its code"), lambda r: r.wave.code),
        column("question", _("Key"), _("Of the question")),
        column("option", _("Answer"), _("Key of the answer; * is the answers that count together")),
        column("grouping", _("Group by"), _("gender, age, district, sector or a question; empty for everybody")),
        column("value", _("Group"), _("Key of the group")),
        column("share", _("Per cent"), _("Weighted; of groups rounded to whole per cent"), CellKind.DECIMAL),
        column("low", _("Lower end"), _("Of the 95 % band"), CellKind.DECIMAL),
        column("high", _("Upper end"), _("Of the 95 % band"), CellKind.DECIMAL),
        column("answers", _("Answers"), _("Of the group"), CellKind.WHOLE),
        column("hidden", _("Withheld"), _("nobody, uncertain, few or with_another; empty where the share is shown")),
        column("change", _("Change"), _("rise, fall or not_clear on the wave before")),
        column("change_by", _("Points"), _("Difference to the wave before"), CellKind.DECIMAL),
        column("change_low", _("Lower end of the change"), _("Of the 95 % band"), CellKind.DECIMAL),
        column("change_high", _("Upper end of the change"), _("Of the 95 % band"), CellKind.DECIMAL),
        CHANGED,
    ),
    order=("wave_id", "position", "pk"),
    key="id",
    search=("question", "value"),
    filters=(
        Filter(
            "wave",
            _("Wave"),
            lambda: [
                (f"{w.survey.code}.{w.code}", w.named())
                for w in Wave.objects.published()
                .filter(survey__is_public=True)
                .select_related("survey")
                .defer("results")
            ],
            lambda rows, v: rows.filter(wave__survey__code=v.partition(".")[0], wave__code=v.partition(".")[2]),
        ),
    ),
    lookup=by_id,
)

TABLES: dict[str, Table] = {t.name: t for t in (SURVEYS, SURVEY_WAVES, SURVEY_QUESTIONS, SURVEY_RESULTS)}
