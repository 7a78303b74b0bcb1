"""Two at once: one stage is submitted once, one thing that is due is submitted once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from floreo.core.errors import Refused
from floreo.obligations.actions import writing
from floreo.obligations.models import NotificationStage, StageVersion
from tests.obligations.desk import a_desk, stage_of, warning

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_who_submit_at_once_make_one_submission() -> None:
    desk = a_desk()
    stage = stage_of(desk.started(), "early_warning")
    answers = warning()

    def submit(_n: int) -> str:
        try:
            fresh = NotificationStage.objects.select_related("notification").get(pk=stage.pk)
            writing.submit(fresh, by=desk.operator, answers=answers, version=None)
        except Refused as refusal:
            return refusal.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        found = sorted(pool.map(submit, range(2)))
    assert (found, StageVersion.objects.count()) == (["done", "submitted"], 1)
