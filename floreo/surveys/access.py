"""How a view gets a survey, or what hangs on one; and as whom people without an account act."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_noop

from floreo.core.access import Permission, can
from floreo.core.errors import Missing
from floreo.core.links import hash_of
from floreo.surveys.models import (
    InstrumentVersion,
    Interviewer,
    Question,
    Response,
    SampleLink,
    Survey,
    Wave,
    may_read_all,
)


def get_survey_for(viewer: object, code: str) -> Survey:
    found = Survey.objects.visible_to(viewer).select_related("carried_out_by").filter(code=code).first()
    if found is None:
        raise Missing
    return found


def get_wave_for(viewer: object, survey: str, code: str) -> Wave:
    rows = Wave.objects.visible_to(viewer).select_related(
        "survey__carried_out_by", "instrument__survey", "compared_with__instrument"
    )
    found = rows.filter(survey__code=survey, code=code).first()
    if found is None:
        raise Missing
    found.instrument.survey = found.survey
    return found


def get_instrument_for(viewer: object, survey: str, number: int) -> InstrumentVersion:
    rows = InstrumentVersion.objects.visible_to(viewer).select_related("survey")
    found = rows.filter(survey__code=survey, number=number).first()
    if found is None:
        raise Missing
    return found


def get_question_for(viewer: object, survey: str, number: int, key: str) -> Question:
    rows = Question.objects.visible_to(viewer).select_related("version_of__survey")
    found = rows.filter(version_of__survey__code=survey, version_of__number=number, key=key).first()
    if found is None:
        raise Missing
    return found


def get_interviewer_for(viewer: object, survey: str, wave: str, pk: int) -> Interviewer:
    rows = Interviewer.objects.select_related("wave__survey")
    found = rows.filter(wave__survey__code=survey, wave__code=wave, pk=pk).first()
    if found is None or not may_read_all(viewer):
        raise Missing
    return found


def get_paper_for(viewer: object, survey: str, wave: str, number: str) -> Response:
    """A paper that was typed in, by the number that is on it: to whoever types papers."""
    rows = Response.objects.select_related("wave__survey", "wave__instrument")
    found = rows.filter(wave__survey__code=survey, wave__code=wave, paper_number=number).first() if number else None
    if found is None or not can(viewer, Permission.SURVEY_RUN):
        raise Missing
    return found


# --- People without an account ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Respondents:
    """Whoever answers a survey, and is nobody in particular."""

    actor_code: str = "survey"

    @property
    def actor_name(self) -> str:
        return gettext_noop("Who answered the survey")

    def grants(self) -> Iterable[tuple[str, int | None]]:
        return ()


ANYBODY = Respondents()


@dataclass(frozen=True)
class InterviewerLink:
    """Whoever has the link of an interviewer: may send interviews of that wave, and nothing else."""

    interviewer: Interviewer

    @property
    def actor_code(self) -> str:
        return f"interviewer:{self.interviewer.pk}"

    @property
    def actor_name(self) -> str:
        return gettext_noop("Interviewer")

    def grants(self) -> Iterable[tuple[str, int | None]]:
        return ()


def interviewer_of_link(secret: str) -> Interviewer:
    """Raises Missing for a link that is none, or has ended."""
    rows = Interviewer.objects.select_related("wave__survey__carried_out_by", "wave__instrument__survey")
    found = rows.filter(link_hash=hash_of(secret)).first() if secret else None
    if found is None:
        raise Missing
    return found


def sample_link(secret: str) -> SampleLink:
    """Raises Missing for a link that is none."""
    rows = SampleLink.objects.select_related("wave__survey__carried_out_by", "wave__instrument__survey")
    found = rows.filter(link_hash=hash_of(secret)).first() if secret else None
    if found is None:
        raise Missing
    return found
