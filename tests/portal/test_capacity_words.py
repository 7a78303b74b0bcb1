"""Words of the apps of capacity that mean something else elsewhere: in Spanish each has its own."""

from __future__ import annotations

import pytest
from django.utils import translation

from floreo.awareness.models import Material
from floreo.core.fields import label_of
from floreo.outreach.models import OutreachSession
from floreo.surveys.models import WaveState
from floreo.training.models import Cohort
from floreo.workforce.models import CourseDate
from floreo.workforce.tables import COURSES


@pytest.mark.parametrize(
    ("model", "field", "words"),
    [
        (OutreachSession, "minutes", "Minutos"),  # not the minutes of a meeting
        (Material, "subject", "Tema"),
        (Cohort, "capacity", "Cupos"),  # not the seats of a committee
        (CourseDate, "seats", "Cupos"),
    ],
)
def test_a_label_is_that_of_its_own_field(model: type, field: str, words: str) -> None:
    with translation.override("es"):
        assert str(label_of(model, field)) == words


def test_hours_of_a_course_are_no_timetable_and_a_wave_that_is_closed_is_no_closing() -> None:
    with translation.override("es"):
        assert str(next(c.title for c in COURSES.columns if c.name == "hours")) == "Horas"
        assert str(WaveState.CLOSED.label) == "Cerrada"


def test_a_button_that_changes_something_is_a_verb() -> None:
    with translation.override("es"):
        assert translation.pgettext("a button", "Change") == "Cambiar"
