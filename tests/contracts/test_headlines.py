"""A sentence that reassures says what it covers. Nothing yet, never and not known are states of their own: of an empty country, a feed
without a file, an edition that ended without a report, what was carried over, a limit that holds so far, an operator's findings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.feeds.actions.feeds import make_feed
from floreo.indicators.logic import Direction, Outlook, Target, outlook
from floreo.indicators.presenters import OUTLOOKS
from floreo.organisations.models import Country, Organisation, User
from floreo.packs.checking import Trust, forget, trust
from floreo.portal.presenters import trust_text
from floreo.publications.copies import _what_is_unconfirmed, copy_of
from floreo.reports.documents.closing import headline as closing_headline
from floreo.strategy.actions.statuses import refresh_statuses
from floreo.strategy.logic import Status, tally
from floreo.strategy.models import Action, Edition, Milestone, Objective, Update
from floreo.strategy.presenters import status_text
from floreo.workspace.feeds.health import headline as feeds_headline
from tests.factories import strategy as make
from tests.feeds.notices_made import make_finding
from tests.portal.crawl import body

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

# Words that say that all is well. None of them is on a page that knows nothing.
REASSURES = (
    "is on schedule.",
    "are on schedule.",
    "No actions are late",
    "No action is late",
    "All rows",
    "All actions",
    "was checked",
    "were checked",
    "Target reached",
    "deliver as expected",
    "You have no tasks",
)


def reassurances(text: str) -> list[str]:
    return [words for words in REASSURES if words.lower() in text.lower()]


def test_an_empty_country_is_told_that_nothing_is_wrong_nowhere(stranger: Client) -> None:
    make.make_country()
    forget()
    with clock.pinned_day(day=make.TODAY):
        pages = [
            body(stranger, address)
            for address in ("/", "/strategy/", "/indicators/", "/about/unconfirmed/", "/reports/")
        ]
    assert [
        (page[page.lower().index(found[0].lower()) - 200 :][:400], found)
        for page in pages
        if (found := reassurances(page))
    ] == []
    assert trust_text(Trust(0, 0, 0, {})) == ""
    assert status_text.status_sentences(tally([])) == ""


def test_an_edition_of_which_nothing_is_known_says_so(stranger: Client) -> None:
    make.make_country()
    with clock.pinned_day(day=make.TODAY):
        edition = make.make_edition()
        Objective.objects.all().delete()
        edition.pillars.all().delete()
        copied = copy_of(edition, viewer=None, language="en")
        assert "is known here" in _what_is_unconfirmed(copied)


@pytest.fixture
def ended(db: None) -> Edition:
    """An edition that ended: one action without an update, one that was closed, one that the next goes on with."""
    make.make_country()
    with clock.pinned_day(day=make.TODAY):
        edition = make.make_edition()
        objective = Objective.objects.filter(pillar__edition=edition)[0]
        for code in ("1.1.7", "1.1.8", "1.1.9"):
            act = Action.objects.create(
                edition=edition, objective=objective, code=code, title=code, due_on=date(2024, 6, 30)
            )
            Milestone.objects.create(action=act, code="m", title="A step", due_on=date(2024, 3, 31))
        Action.objects.filter(code="1.1.8").update(closed_on=date(2024, 6, 1), closed_by="A lead")
        following = Edition.objects.create(code="next", title="Next", state="in_force", starts_on=date(2025, 1, 1))
        pillar = objective.pillar
        pillar.pk, pillar.edition = None, following
        pillar.save()
        later = Objective.objects.create(pillar=pillar, code="1.1", title="On")
        carried = Action.objects.get(code="1.1.9")
        Action.objects.create(edition=following, objective=later, code="1", title="On", carried_from=carried)
        Edition.objects.filter(pk=edition.pk).update(
            state="ended", is_public=True, starts_on=date(2021, 1, 1), ends_on=date(2024, 12, 31)
        )
        refresh_statuses(by=SYSTEM, always=True)
    return Edition.objects.get(pk=edition.pk)


def test_what_nobody_reported_on_is_neither_late_nor_undone(ended: Edition, stranger: Client) -> None:
    found = dict(Action.objects.filter(edition=ended, code__startswith="1.1.").values_list("code", "status"))
    assert {code: found[code] for code in ("1.1.7", "1.1.8", "1.1.9")} == {
        "1.1.7": Status.NOT_KNOWN,
        "1.1.8": Status.DONE,
        "1.1.9": Status.CARRIED,
    }
    with clock.pinned_day(day=make.TODAY):
        page = body(stranger, Action.objects.get(code="1.1.7").get_absolute_url())
        assert "No report was found" in page
        assert "days late" not in page
        assert reassurances(page) == []
    counts = tally(found.values())
    facts = status_text.EditionFacts.of(ended, is_followed=True)
    assert "No report says what became of" in status_text.headline(facts, counts)
    assert status_text.change_sentence(counts, counts) == ""


def test_an_update_is_a_report(ended: Edition) -> None:
    act = Action.objects.get(code="1.1.7")
    Update.objects.create(action=act, on=date(2024, 2, 1), done="Begun", reported_by="Somebody")
    with clock.pinned_day(day=make.TODAY):
        refresh_statuses(by=SYSTEM, always=True)
    act.refresh_from_db()
    assert act.status == Status.LATE


@pytest.mark.parametrize(
    ("value", "day", "expected"),
    [
        (Decimal(2), date(2026, 6, 1), Outlook.WITHIN),  # rose from 0 to its limit
        (Decimal(0), date(2026, 6, 1), Outlook.WITHIN),
        (Decimal(2), date(2026, 12, 31), Outlook.WITHIN),  # it never came down to it
        (Decimal(3), date(2026, 12, 31), Outlook.MISSED),
    ],
)
def test_a_limit_that_holds_so_far_is_not_a_target_reached(value: Decimal, day: date, expected: Outlook) -> None:
    target = Target(Decimal(2), date(2026, 12, 31))
    found = outlook(
        value=value, on=day, target=target, direction=Direction.DOWN, baseline=Decimal(0), baseline_on=date(2026, 1, 1)
    )
    assert found is expected
    assert "reached" not in str(OUTLOOKS[Outlook.WITHIN])


def test_no_feed_is_well_that_never_had_a_file(
    isla: Country, secretariat: User, browser_of: Callable[[User], Client]
) -> None:
    assert reassurances(feeds_headline([])) == []
    make_feed("A new feed", by=SYSTEM, collector="api", code="a-new-feed")
    page = body(browser_of(secretariat), "/workspace/feeds/")
    assert reassurances(page) == []
    assert "never received a file" in page or "No feed has received a file yet" in page


def test_an_operator_with_an_open_finding_has_a_task(
    isla: Country, user_with: Callable[..., User], browser_of: Callable[[User], Client]
) -> None:
    power = Organisation.objects.get(code="light-and-power")
    make_finding(power, "power.example", detail="x")
    operator = user_with("operator", organisation=power, email="operator@example.org")
    page = body(browser_of(operator), "/workspace/")
    assert "open finding" in page
    assert reassurances(page) == []


def test_rows_of_a_real_country_are_checked_by_nobody_before_somebody_did(
    real_country: Country, stranger: Client
) -> None:
    forget()
    counted = trust()
    assert counted.confirmed == 0
    assert body(stranger, "/").count("0 of ") >= 1
    assert reassurances(body(stranger, "/")) == []


def test_the_closing_evaluation_claims_nothing_that_nobody_knows(ended: Edition) -> None:
    class Summary:
        total = 3
        counts = tally([Status.NOT_KNOWN, Status.DONE, Status.CARRIED])

    assert closing_headline(Summary()) == "No report says what became of 1 of 3 actions."  # type: ignore[arg-type]
