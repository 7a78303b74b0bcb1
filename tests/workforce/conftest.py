"""The sample country without the answers that came with it, where a test counts its own."""

from __future__ import annotations

import pytest

from floreo.workforce.models import CourseDate, WorkforceNeed


@pytest.fixture
def no_needs(isla: object) -> None:
    WorkforceNeed.objects.all().delete()


@pytest.fixture
def no_dates(isla: object) -> None:
    CourseDate.objects.all().delete()
