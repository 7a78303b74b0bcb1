"""A ministry's Word template that is no longer offered."""

from __future__ import annotations

import pytest

from floreo.core.errors import NotAllowed
from floreo.organisations.models import User
from floreo.reports.actions import save_template
from floreo.reports.actions.templates import retire_template
from floreo.reports.models import WordTemplate
from tests.factories.trail import recorded
from tests.reports.test_templates import template

pytestmark = pytest.mark.django_db


def test_a_template_is_retired_and_stays_for_the_reports_made_with_it(secretariat: User, observer: User) -> None:
    kept = save_template(template("{{ period }}"), by=secretariat, name="Cabinet paper", file_name="paper.docx")
    with pytest.raises(NotAllowed):
        retire_template(kept, by=observer)
    retire_template(kept, by=secretariat)
    assert recorded("report.template_retired", secretariat.name) == {"is_active": [True, False]}
    assert not WordTemplate.objects.get().is_active
