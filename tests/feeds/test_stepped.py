"""A stepped start of notices: who waits and who never does, that nobody chooses the order, and what it shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

import pytest

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.errors import NotAllowed, Refused
from floreo.core.figures import Filters, Period
from floreo.core.models import AuditEntry, HeldBecause
from floreo.feeds import measures, selection, stepped
from floreo.feeds.actions import notices
from floreo.feeds.actions import stepped as acts
from floreo.feeds.models import Finding, Notice, OpenPeriod, SteppedPlace, SteppedStart
from floreo.feeds.tasks import waiting_tasks
from floreo.organisations.models import Contact, ContactRole, Organisation, User
from floreo.tasks.queries import EVERYBODY
from tests.factories import strategy as make
from tests.feeds.notices_made import TODAY, fixed, make_feed, make_finding

FIRST = date(2026, 11, 30)  # a Monday
FACTS: dict[str, Any] = {
    "kind": "open-ntp",
    "begins_on": FIRST,
    "days": 14,
    "steps": 2,
    "reason": "New to all of them.",
}


@pytest.fixture
def six(db: None) -> Iterator[list[Organisation]]:
    """Six organisations with a contact each and an open NTP server each, never notified."""
    with clock.pinned_day(day=TODAY):
        make.make_country()
        make_feed(evidence="scan")
        yield [_with_ntp(number) for number in range(6)]


def _with_ntp(number: int, **facts: object) -> Organisation:
    body = make.make_organisation(f"body-{number}", f"Body {number}")
    Contact.objects.create(
        organisation=body, purpose="Abuse", role=ContactRole.ABUSE, email=f"abuse@body{number}.example.org"
    )
    ntp(body, number, **facts)
    return body


def ntp(body: Organisation, number: int, **facts: object) -> Finding:
    return make_finding(body, f"192.0.2.{number + 1}", kind="open-ntp", port=123, report_type="scan_x", **facts)


def agreed(drafter: User, agreer: User, **facts: Any) -> SteppedStart:
    return acts.agree_start(acts.draft_start(by=drafter, **FACTS | facts), by=agreer)


@pytest.fixture
def ana(user_with: Callable[..., User]) -> User:
    return user_with("responder", email="ana@example.org")


@pytest.fixture
def ben(user_with: Callable[..., User]) -> User:
    return user_with("responder", email="ben@example.org")


def at_step(start: SteppedStart, step: int) -> list[Organisation]:
    return [place.organisation for place in SteppedPlace.objects.filter(start=start, step=step)]


def notified(day: date) -> set[str]:
    """Who is written to that day."""
    before = set(Notice.objects.values_list("pk", flat=True))
    with clock.pinned_day(day=day):
        notices.send_notices(day)
    return set(Notice.objects.exclude(pk__in=before).values_list("organisation__code", flat=True))


@pytest.mark.long
def test_the_first_half_is_notified_at_once_and_the_others_at_their_step(
    six: list[Organisation], ana: User, ben: User
) -> None:
    start = agreed(ana, ben)
    first, second = ({each.code for each in at_step(start, n)} for n in (1, 2))
    assert (len(first), len(second)) == (3, 3)
    assert notified(FIRST) == first
    assert notified(FIRST + timedelta(days=7)) == set()  # the others' week has not come, and those were notified
    assert notified(FIRST + timedelta(days=14)) == second


def test_before_the_first_step_all_wait_and_the_list_says_why(six: list[Organisation], ana: User, ben: User) -> None:
    agreed(ana, ben, begins_on=FIRST + timedelta(days=7))
    plans = selection.preview(FIRST)
    assert [list(plan.held) for plan in plans] == [[HeldBecause.STEPPED]] * 6
    assert notified(FIRST) == set()


@pytest.mark.long
def test_what_is_urgent_never_waits(six: list[Organisation], ana: User, ben: User) -> None:
    start = agreed(ana, ben)
    (late, *_others) = at_step(start, 2)
    ntp(late, 40, severity="critical")
    ntp(late, 41, severity="high")
    make_finding(late, "192.0.2.60")  # of another kind
    assert late.code in notified(FIRST)
    sent = Notice.objects.get(organisation=late).findings.order_by("subject")
    assert [str(each) for each in sent] == [
        "open-ntp 192.0.2.41:123",
        "open-ntp 192.0.2.42:123",
        "open-rdp 192.0.2.60:3389",
    ]


def test_whoever_comes_later_or_stood_outside_is_notified_as_usual(
    six: list[Organisation], ana: User, ben: User
) -> None:
    agreed(ana, ben, begins_on=FIRST + timedelta(days=7))
    _with_ntp(9)
    assert notified(FIRST) == {"body-9"}


@pytest.mark.long
def test_a_merged_organisation_waits_with_its_successor(six: list[Organisation], ana: User, ben: User) -> None:
    start = agreed(ana, ben)
    late = at_step(start, 2)[0]
    heir = make.make_organisation("heir", "Heir")
    Contact.objects.create(organisation=heir, purpose="Abuse", role=ContactRole.ABUSE, email="abuse@heir.example.org")
    late.merged_into = heir
    late.save()
    assert "heir" not in notified(FIRST)
    assert "heir" in notified(FIRST + timedelta(days=14))


@pytest.mark.long
def test_a_stop_sends_what_waited_and_says_who_and_why(six: list[Organisation], ana: User, ben: User) -> None:
    start = agreed(ana, ben)
    notified(FIRST)
    with pytest.raises(Refused, match="Give the reason"):
        acts.stop_start(start, by=ana, reason="  ")
    with clock.pinned_day(day=FIRST + timedelta(days=1)):
        stopped = acts.stop_start(start, by=ana, reason="It is exploited now.")
    assert (stopped.state, stopped.stopped_by) == ("stopped", ana.actor_name)
    assert notified(FIRST + timedelta(days=7)) == {each.code for each in at_step(start, 2)}
    with pytest.raises(Refused, match="No notice waits"):
        acts.stop_start(start, by=ana, reason="Again")


def test_another_person_agrees_and_only_once(six: list[Organisation], ana: User, ben: User) -> None:
    draft = acts.draft_start(by=ana, **FACTS)
    with pytest.raises(Refused, match="another person of the team"):
        acts.agree_start(draft, by=ana)
    acts.agree_start(draft, by=ben)
    with pytest.raises(Refused, match="decided already"):
        acts.agree_start(draft, by=ben)
    with pytest.raises(Refused, match="decided already"):
        acts.discard_start(draft, by=ana, reason="No")


def test_who_may_not_handle_findings_drafts_none(six: list[Organisation], user_with: Callable[..., User]) -> None:
    with pytest.raises(NotAllowed):
        acts.draft_start(by=user_with("observer"), **FACTS)


def test_nobody_chooses_the_order_and_anybody_can_make_it_again(six: list[Organisation], ana: User, ben: User) -> None:
    start = agreed(ana, ben, steps=3)
    entry = AuditEntry.objects.get(verb="stepped_start.agreed")
    order = sorted((each.code for each in six), key=lambda code: sha256(f"{start.seed}:{code}".encode()).hexdigest())
    assert (entry.detail["seed"], entry.detail["order"]) == (start.seed, order)
    assert [place.organisation.code for place in start.places.order_by("step", "pk")] == order
    assert list(start.places.order_by("step").values_list("step", flat=True)) == [1, 1, 2, 2, 3, 3]


def test_seeds_differ(six: list[Organisation], ana: User, ben: User) -> None:
    seeds = set()
    for _n in range(3):
        start = agreed(ana, ben)
        seeds.add(start.seed)
        acts.stop_start(start, by=ana, reason="Once more")
    assert len(seeds) == 3


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"kind": "open-rdp"}, "at least 6 are needed"),
        ({"kind": ""}, "at least 6 are needed"),
        ({"begins_on": TODAY - timedelta(days=1)}, "Enter a day from today on"),
        ({"begins_on": TODAY + timedelta(days=181)}, "Enter a day from today on"),
        ({"reason": " \x00 "}, "Give the reason why it is justified"),
        ({"days": 6}, "7"),
        ({"days": 61}, "60"),
        ({"steps": 1}, "2"),
        ({"steps": 7}, "6"),
    ],
)
def test_what_cannot_be_measured_is_refused(
    six: list[Organisation], ana: User, facts: dict[str, object], sentence: str
) -> None:
    with pytest.raises(Refused) as refused:
        acts.draft_start(by=ana, **FACTS | facts)
    assert sentence in str(refused.value) + str(refused.value.fields)
    assert not SteppedStart.objects.exists()


def test_there_is_one_at_a_time_of_a_kind(six: list[Organisation], ana: User, ben: User) -> None:
    draft = acts.draft_start(by=ana, **FACTS)
    with pytest.raises(Refused, match="already"):
        acts.draft_start(by=ben, **FACTS)
    acts.discard_start(draft, by=ben, reason="Another kind first")
    start = agreed(ana, ben)
    with pytest.raises(Refused, match="already"):
        acts.draft_start(by=ana, **FACTS)
    with clock.pinned_day(day=start.all_begun_on):
        acts.draft_start(by=ana, **FACTS | {"begins_on": start.all_begun_on})


def test_whoever_was_notified_before_does_not_take_part(six: list[Organisation], ana: User) -> None:
    Finding.objects.filter(organisation=six[0]).update(notified_on=TODAY)
    assert [each.code for each in stepped.eligible("open-ntp")] == [each.code for each in six[1:]]
    assert stepped.kinds() == {}
    Finding.objects.filter(organisation=six[0]).update(notified_on=None, severity="high")
    assert len(stepped.eligible("open-ntp")) == 5


def test_a_draft_is_a_task_and_holds_nothing_back(six: list[Organisation], ana: User) -> None:
    draft = acts.draft_start(by=ana, **FACTS)
    tasks = [t for t in waiting_tasks(EVERYBODY, viewer=SYSTEM, today=TODAY) if "stepped" in t.key]
    assert [(task.due, task.href) for task in tasks] == [(FIRST, draft.get_absolute_url())]
    assert notified(FIRST) == {each.code for each in six}


def test_what_it_shows_is_what_scans_show(six: list[Organisation], ana: User, ben: User) -> None:
    """Of the three notified two are fixed within the step, of the three that wait one; and what is no fix is no fix."""
    start = agreed(ana, ben)
    first, second = at_step(start, 1), at_step(start, 2)
    for body in (*first[:2], second[0]):
        fixed(Finding.objects.get(organisation=body), FIRST + timedelta(days=10))
    fixed(Finding.objects.get(organisation=second[1]), FIRST + timedelta(days=15))  # after the step
    Finding.objects.filter(organisation=first[2]).update(state="false_alarm")  # what the team says changes nothing
    last = FIRST + timedelta(days=14)
    result = stepped.result_of(start, last)
    (step,) = result.steps
    assert (step.begun.fixed, step.begun.count, step.waiting.fixed, step.waiting.count) == (2, 3, 1, 3)
    assert result.comparison.difference == pytest.approx(1 / 3)
    assert result.comparison.band is not None
    assert stepped.result_of(start, last - timedelta(days=1)).steps == ()  # not over yet
    reading = measures.fixed_more_where_notified(Period(date(2026, 12, 1), date(2026, 12, 31)), Filters())
    assert (str(reading.value), reading.numerator, reading.denominator) == ("33.33", 2, 3)
    assert reading.left_out == (("findings_not_yet_notified", 3),)
    assert sum(record.counted for record in reading.records) == 2
    before = measures.fixed_more_where_notified(Period(date(2026, 11, 1), date(2026, 11, 30)), Filters())
    assert (before.value, before.denominator) == (None, None)


def test_what_came_later_or_went_otherwise_is_on_neither_side(six: list[Organisation], ana: User, ben: User) -> None:
    start = agreed(ana, ben)
    first, second = at_step(start, 1), at_step(start, 2)
    ntp(first[0], 50, day=FIRST + timedelta(days=1))  # opened within the step
    moved = OpenPeriod.objects.filter(finding__organisation=second[0])
    moved.update(ending="outside", ended_on=FIRST + timedelta(days=3), shown_on=FIRST + timedelta(days=3))
    ntp(first[1], 51, severity="high")
    (step,) = stepped.result_of(start, FIRST + timedelta(days=20)).steps
    assert (step.begun.count, step.waiting.count) == (3, 2)


def test_a_fix_that_is_shown_later_counts_when_it_is_shown(six: list[Organisation], ana: User, ben: User) -> None:
    start = agreed(ana, ben)
    of = OpenPeriod.objects.filter(finding__organisation=at_step(start, 1)[0])
    of.update(ending="fixed", ended_on=FIRST + timedelta(days=12), shown_on=FIRST + timedelta(days=16))
    fixes = [
        step.begun.fixed for days in (14, 16) for step in stepped.result_of(start, FIRST + timedelta(days=days)).steps
    ]
    assert fixes == [0, 1]


def test_of_sightings_silence_shows_nothing(six: list[Organisation], ana: User, ben: User) -> None:
    start = agreed(ana, ben)
    feed = Finding.objects.all()[0].feed
    feed.evidence = "sighting"
    feed.save()
    assert stepped.result_of(start, FIRST + timedelta(days=14)).comparison.difference is None


def test_a_stop_compares_the_steps_that_were_over(six: list[Organisation], ana: User, ben: User) -> None:
    start = agreed(ana, ben, steps=3, days=7)
    with clock.pinned_day(day=FIRST + timedelta(days=8)):
        start = acts.stop_start(start, by=ben, reason="Urgent")
    assert [step.step for step in stepped.result_of(start, FIRST + timedelta(days=30)).steps] == [1]
