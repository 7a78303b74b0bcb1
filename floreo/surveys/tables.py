"""Surveys as open data: each survey, its waves, the questions as asked, and every published share."""

from __future__ import annotations

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from floreo.core.columns import CHANGED, ID, SOURCED, by_id, column, titles
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
        Column.of(Survey, "code", _("Part of its address")),
        *titles(_("As published"), of=Survey),
        Column.of(Survey, "topic", _("awareness, workforce or training")),
        Column.of(Survey, "purpose", _("Why it is asked")),
        Column.of(Survey, "who", _("The population that it represents")),
        Column.of(Survey, "carried_out_by", _("Code of the organisation"), value=_body),
        Column.of(Survey, "paid_by", _("Who pays for it")),
        Column.of(Survey, "next_wave_on", _("Month in which it is asked again"), CellKind.DATE),
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
        Column.of(Wave, "survey", _("Its code"), value=lambda w: w.survey.code),
        column("code", _("Wave"), _("Its code")),
        *titles(_("As published"), of=Wave),
        Column.of(Wave, "starts_on", _("From which day people were asked"), CellKind.DATE),
        Column.of(Wave, "ends_on", _("Until which day people were asked"), CellKind.DATE),
        Column.of(Wave, "mode", _("open, sample, paper or interviewer; open is no sample")),
        Column.of(Wave, "state", _("draft, waiting, open, closed or published"), value=lambda w: str(w.phase)),
        Column.of(Wave, "instrument", _("Number of the version"), CellKind.WHOLE, value=lambda w: w.instrument.number),
        Column.of(Wave, "who", _("The population, where it differs from that of the survey")),
        Column.of(Wave, "how", _("In words")),
        Column.of(Wave, "approached", _("How many were asked to answer"), CellKind.WHOLE),
        Column("answers", _("Answers"), _("Of published waves"), _answers, CellKind.WHOLE),
        Column.of(Wave, "broken_off", _("Left out of the answers"), CellKind.WHOLE),
        Column.of(
            Wave,
            "weighted_by",
            _("Variables that answers are weighted by"),
            CellKind.LIST,
            value=lambda w: list(w.weighted_by),
        ),
        Column.of(Wave, "targets_source", _("Where the numbers of people are from")),
        _weights("effective"),
        _weights("effect"),
        Column.of(
            Wave, "compared_with", _("Its code"), value=lambda w: w.compared_with.code if w.compared_with else None
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
        Column.of(Question, "position", _("Order in the version"), CellKind.WHOLE),
        Column.of(Question, "key", _("The same in every version")),
        Column.of(Question, "kind", _("single, multiple, scale, number or text")),
        Column.of(Question, "text", _("In the first language")),
        in_each_language("text", _("Question in this language")),
        Column.of(
            Question,
            "options",
            _("Key and words of each"),
            CellKind.LIST,
            value=lambda q: [f"{o['key']} = {o['text']}" for o in q.options],
        ),
        Column.of(
            Question,
            "counted",
            _("Keys of the answers that its result counts"),
            CellKind.LIST,
            value=lambda q: list(q.counted),
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
        Column.of(PublishedResult, "wave", _("Its code"), value=lambda r: r.wave.code),
        Column.of(PublishedResult, "question", _("Of the question")),
        Column.of(PublishedResult, "option", _("Key of the answer; * is the answers that count together")),
        Column.of(PublishedResult, "grouping", _("gender, age, district, sector or a question; empty for everybody")),
        Column.of(PublishedResult, "value", _("Key of the group")),
        Column.of(PublishedResult, "share", _("Weighted; of groups rounded to whole per cent"), CellKind.DECIMAL),
        Column.of(PublishedResult, "low", _("Of the 95 % band"), CellKind.DECIMAL),
        Column.of(PublishedResult, "high", _("Of the 95 % band"), CellKind.DECIMAL),
        Column.of(PublishedResult, "answers", _("Of the group"), CellKind.WHOLE),
        Column.of(
            PublishedResult, "hidden", _("nobody, uncertain, few or with_another; empty where the share is shown")
        ),
        Column.of(PublishedResult, "change", _("rise, fall or not_clear on the wave before")),
        Column.of(PublishedResult, "change_by", _("Difference to the wave before"), CellKind.DECIMAL),
        Column.of(PublishedResult, "change_low", _("Of the 95 % band"), CellKind.DECIMAL),
        Column.of(PublishedResult, "change_high", _("Of the 95 % band"), CellKind.DECIMAL),
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
