"""Examples for the addresses of surveys."""

from __future__ import annotations

from floreo.core.access import SYSTEM
from floreo.organisations.models import Country, User
from floreo.surveys.actions import preparing
from tests.surveys.making import CODE, WAVE, filled, opened


def examples(country: Country, user: User) -> dict[str, list[object]]:
    wave = filled(opened(mode="interviewer"), 60)
    preparing.add_version(wave.survey, by=SYSTEM)
    interviewer, _secret = preparing.add_interviewer(wave, by=SYSTEM, name="A. Paso")
    of_wave = ("survey_wave", "survey_results", "survey_paper", "sample_links", "add_interviewer", "survey_answers")
    return {
        "survey": [CODE],
        "survey_command": [CODE, "edit"],
        "instrument": [CODE, 2],
        "survey_preview": [CODE, 2],
        "instrument_command": [CODE, 2, "question"],
        "question_command": [CODE, 2, "backup", "edit"],
        "move_question": [CODE, 2, "backup"],
        **{name: [CODE, WAVE] for name in of_wave},
        "survey_correct": [CODE, WAVE],
        "wave_command": [CODE, WAVE, "edit"],
        "renew_interviewer": [CODE, WAVE, interviewer.pk],
        "interviewer_command": [CODE, WAVE, interviewer.pk, "end"],
    }
