"""The page on which a person chooses their notifications."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from floreo.core.tasks import News
from floreo.organisations.models import User
from floreo.tasks.models import WeeklyMail
from floreo.tasks.notifying import Rhythm
from floreo.tasks.queries import rhythms_of

PAGE = "/workspace/my-notifications/"
pytestmark = pytest.mark.usefixtures("isla")


@pytest.mark.long
@pytest.mark.parametrize("address", [PAGE, f"/es{PAGE}"])
def test_one_page_has_every_kind(address: str, secretariat: User, browser_of: Callable[[User], Client]) -> None:
    page = browser_of(secretariat).get(address)
    assert page.status_code == 200
    assert all(f'name="news-{news}"' in page.content.decode() for news in News)


def test_a_choice_is_kept_and_another_page_is_refused(secretariat: User, browser_of: Callable[[User], Client]) -> None:
    browser = browser_of(secretariat)
    given = {f"news-{news}": rhythm for news, rhythm in rhythms_of(secretariat).items()}
    answer = browser.post(PAGE, given | {"news-mention": "daily", "weekday": "3", "is_on": "on"})
    assert (answer.status_code, rhythms_of(secretariat)[News.MENTION]) == (302, Rhythm.DAILY)
    assert WeeklyMail.objects.get(user=secretariat).weekday == 3
    wrong = browser.post(PAGE, given | {"news-mention": "hourly", "weekday": "3"})
    assert (wrong.status_code, rhythms_of(secretariat)[News.MENTION]) == (422, Rhythm.DAILY)
