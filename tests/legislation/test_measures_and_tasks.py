"""The figures that laws offer, and what waits for whom."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from floreo.core.access import SYSTEM
from floreo.core.figures import Filters, Period, Reading
from floreo.core.tasks import Recipient
from floreo.legislation import measures
from floreo.legislation.actions import instruments, verdicts, versions
from floreo.legislation.tasks import waiting_tasks
from floreo.organisations.models import User
from floreo.tasks.calendar import calendar_of
from floreo.tasks.queries import recipient_of
from tests.conftest import make_user
from tests.factories.strategy import make_organisation
from tests.legislation.conftest import TODAY
from tests.legislation.laws import article, make_law, make_treaty, make_version

pytestmark = pytest.mark.usefixtures("today")
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))


def figures(found: Reading) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    return found.value, found.numerator, found.denominator


def full() -> Reading:
    return measures.share_treaty_items_full(YEAR, Filters())


def gap() -> Reading:
    return measures.share_treaty_items_gap(YEAR, Filters())


def test_nothing_reviewed_is_no_figure() -> None:
    assert figures(full()) == (None, 0, 0)
    assert figures(measures.median_days_bill_in_stage(YEAR, Filters())) == (None, 0, 0)


def test_only_reviewed_verdicts_of_public_texts_that_apply_are_counted() -> None:
    law = make_law()
    version = make_version(law)
    treaty = make_treaty(articles=5)
    for code, verdict in (("1", "full"), ("2", "gap"), ("3", "not_applicable"), ("4", "full"), ("5", "unknown")):
        row = verdicts.rate(
            law,
            by=SYSTEM,
            item=article(treaty, code),
            on_version=version,
            verdict=verdict,
            provisions=["1"],
            reason="Why.",
        )
        if code != "4":
            verdicts.review(row, by=make_user("secretariat", email=f"{code}@example.org"))
    assert figures(full()) == (None, 0, 0)
    versions.publish_version(version, by=SYSTEM)
    assert figures(full()) == (Decimal(50), 1, 2)
    assert figures(gap()) == (Decimal(50), 1, 2)
    assert [(g.name, g.numerator, g.denominator) for g in gap().groups] == [("The budapest convention", 1, 2)]
    versions.hide_version(version, by=SYSTEM)
    assert figures(full()) == (None, 0, 0)


@pytest.mark.long
def test_a_verdict_whose_words_changed_is_in_no_figure() -> None:
    law = make_law()
    first = versions.publish_version(make_version(law), by=SYSTEM)
    treaty = make_treaty(articles=2)
    for code, label in (("1", "1"), ("2", "3(1)")):
        row = verdicts.rate(
            law,
            by=SYSTEM,
            item=article(treaty, code),
            on_version=first,
            verdict="full",
            provisions=[label],
            reason="W.",
        )
        verdicts.review(row, by=make_user("secretariat", email=f"{code}@example.org"))
    assert figures(full()) == (Decimal(100), 2, 2)
    newer = versions.copy_version(first, by=SYSTEM, code="v2", title="Next", dated=date(2026, 1, 1))
    text = versions.clause_text(newer, "3").replace("ten dollars", "a dollar")
    versions.edit_clause(newer, by=SYSTEM, number="3", heading="Theft", words=text)
    assert figures(full()) == (Decimal(100), 2, 2)
    versions.publish_version(newer, by=SYSTEM)
    assert figures(full()) == (Decimal(100), 1, 1)
    assert figures(measures.share_treaty_items_partial(YEAR, Filters())) == (Decimal(0), 0, 1)
    assert figures(measures.share_treaty_items_full(Period(date(2025, 1, 1), date(2025, 12, 31)), Filters())) == (
        None,
        0,
        0,
    )


def test_the_median_of_days_in_a_stage_counts_those_that_are_not_over_as_far_as_they_went() -> None:
    law = make_law(kind="bill")
    for n, (start, end) in enumerate(
        [("2026-01-01", "2026-01-11"), ("2026-02-01", "2026-03-03"), ("2026-04-01", "2026-06-10")]
    ):
        instruments.add_stage(
            law,
            by=SYSTEM,
            code=f"s{n}",
            title=f"S{n}",
            state="done",
            starts_on=date.fromisoformat(start),
            ends_on=date.fromisoformat(end),
        )
    instruments.add_stage(law, by=SYSTEM, code="skipped", title="S", state="skipped", starts_on=date(2026, 1, 1))
    assert figures(measures.median_days_bill_in_stage(YEAR, Filters())) == (None, 0, 0)
    instruments.publish_instrument(law, by=SYSTEM)
    assert figures(measures.median_days_bill_in_stage(YEAR, Filters())) == (30, 3, 3)
    instruments.add_stage(law, by=SYSTEM, code="now", title="Now", state="now", starts_on=date(2026, 7, 1))
    assert figures(measures.median_days_bill_in_stage(YEAR, Filters()))[1:] == (3, 4)


def tasks_of(recipient: Recipient, viewer: object) -> list[tuple[str, str, str]]:
    return [(task.kind, task.title, str(task.due)) for task in waiting_tasks(recipient, viewer=viewer, today=TODAY)]


def test_whoever_has_the_pen_and_may_edit_is_waited_for() -> None:
    body, other = make_organisation("justice"), make_organisation("other")
    law = make_law(kind="bill")
    instruments.update_instrument(law, by=SYSTEM, pen_organisation=body, pen_until=date(2026, 12, 1))
    drafter, elsewhere = (make_user("drafter", organisation=o, email=f"{o.code}@example.org") for o in (body, other))
    observer = make_user("observer", organisation=body)
    assert tasks_of(recipient_of(drafter), drafter) == [("pen", "Boats Act", "2026-12-01")]
    assert tasks_of(recipient_of(elsewhere), elsewhere) == []
    assert tasks_of(recipient_of(observer), observer) == []


def test_ratings_wait_for_those_who_review_until_all_are_reviewed() -> None:
    law = make_law()
    version = make_version(law)
    treaty = make_treaty()
    rows = [
        verdicts.rate(
            law,
            by=SYSTEM,
            item=article(treaty, code),
            on_version=version,
            verdict="full",
            provisions=["1"],
            reason="Why.",
        )
        for code in ("1", "2")
    ]
    reviewer, drafter = make_user("secretariat"), make_user("drafter")

    def whys(of: User) -> list[str]:
        return [
            str(task.why) for task in waiting_tasks(recipient_of(of), viewer=of, today=TODAY) if task.kind == "verdict"
        ]

    assert whys(reviewer) == ["2 ratings against a treaty wait for a second person."]
    assert whys(drafter) == []
    verdicts.review(rows[0], by=reviewer)
    assert whys(reviewer) == ["1 rating against a treaty waits for a second person."]
    verdicts.review(rows[1], by=reviewer)
    assert whys(reviewer) == []


def test_a_treaty_that_closes_for_signature_is_in_the_list_and_the_calendar_until_it_is_signed() -> None:
    treaty = make_treaty()
    drafter, lead = make_user("drafter"), make_user("lead", organisation=make_organisation("x"))
    verdicts.record_treaty(treaty, by=SYSTEM, open_until=date(2026, 12, 31))
    waiting = [each for each in tasks_of(recipient_of(drafter), drafter) if each[0] == "treaty"]
    assert [(kind, due) for kind, _title, due in waiting] == [("treaty", "2026-12-31")]
    assert tasks_of(recipient_of(lead), lead) == []
    assert b"20261231" in calendar_of(drafter)
    verdicts.record_treaty(treaty, by=SYSTEM, signed_on=date(2026, 11, 20))
    assert tasks_of(recipient_of(drafter), drafter) == []
