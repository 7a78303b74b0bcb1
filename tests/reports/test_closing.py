"""Closing a period: readings frozen, the snapshot kept, the review locked, all or nothing."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from floreo.core import audit
from floreo.core.access import SYSTEM
from floreo.core.errors import NotAllowed, Refused
from floreo.core.figures import Period
from floreo.core.models import AuditEntry
from floreo.organisations.models import User
from floreo.reports.actions import close_edition, close_review, correct_snapshot, freeze_past, freeze_report
from floreo.reports.data import canonical, digest_of, gather
from floreo.reports.models import Snapshot
from floreo.reports.queries import public_file, summary_of
from floreo.reviews.actions import approve_answer
from floreo.reviews.logic import AnswerState
from floreo.reviews.models import Answer, Review, UpdateRequest
from floreo.strategy.actions.actions import update_action
from floreo.strategy.actions.editions import end_edition
from floreo.strategy.actions.updates import add_update
from floreo.strategy.models import Action, Edition
from tests.factories.strategy import make_organisation

pytestmark = pytest.mark.django_db


def waiting_answer(review: Review, act: Action) -> Answer:
    update_request = UpdateRequest.objects.create(
        review=review, organisation=make_organisation("police"), state=AnswerState.SUBMITTED
    )
    update_request.actions.add(act)
    return Answer.objects.create(
        update_request=update_request, action=act, done="We trained.", state=AnswerState.SUBMITTED, reported_by="A"
    )


@pytest.mark.long
def test_closing_keeps_how_everything_valid_on_the_last_day(review: Review, secretariat: User) -> None:
    snapshot = close_review(review, by=secretariat)
    review.refresh_from_db()
    public, internal = snapshot.public, snapshot.internal
    assert (snapshot.code, snapshot.as_of, snapshot.frozen_by, review.state, snapshot.review) == (
        "2026-q3",
        date(2026, 9, 30),
        "Test secretariat",
        "closed",
        review,
    )
    assert {s: n for s, n in public["tally"].items() if n} == {"done": 1, "late": 1, "on_track": 1}
    assert {s: n for s, n in public["tally_before"].items() if n} == {"on_track": 1, "stalled": 1, "not_started": 1}
    assert {s: n for s, n in internal["tally"].items() if n} == {"done": 1, "late": 2, "on_track": 1}
    assert [m["action"] for m in public["moved"]["closed"]] == ["1.1.1"]


@pytest.mark.long
def test_answers_are_in_the_report_of_the_period_that_they_are_about(
    review: Review, edition: Edition, acts: list[Action], secretariat: User
) -> None:
    approve_answer(waiting_answer(review, acts[1]), by=secretariat)  # in November, about July to September
    add_update(acts[2], by=secretariat, done="Said in August, unasked.", on=date(2026, 8, 20))
    add_update(acts[2], by=secretariat, done="Said in October, unasked.", on=date(2026, 10, 2))
    third = close_review(review, by=secretariat)
    running = gather(edition, Period(date(2026, 10, 1), date(2026, 12, 31)), viewer=SYSTEM, day=date(2026, 11, 24))
    assert [s["done"][""] for s in third.public["updates"]] == ["Said in August, unasked.", "We trained."]
    assert [s["done"][""] for s in running["updates"]] == ["Said in October, unasked."]


def test_the_snapshot_names_its_fingerprint_and_its_entry_in_the_chain(review: Review, secretariat: User) -> None:
    snapshot = close_review(review, by=secretariat)
    entry = AuditEntry.objects.get(number=snapshot.audit_number)
    assert (entry.verb, entry.actor_name) == ("report.closed", "Test secretariat")
    assert snapshot.digest in str(entry.detail)
    kept = Snapshot.objects.get(pk=snapshot.pk)
    assert digest_of("2025-2028", "2026-q3", "period", kept.public, kept.internal) == kept.digest
    assert list(audit.walk()) == []


def test_answers_that_wait_are_never_passed_over(review: Review, acts: list[Action], secretariat: User) -> None:
    answer = waiting_answer(review, acts[1])
    with pytest.raises(
        Refused,
        match="Approve or return it first, or close with a reason: the update is then returned",
    ):
        close_review(review, by=secretariat)
    with pytest.raises(Refused, match="Give the reason for closing the review while updates are waiting"):
        close_review(review, by=secretariat, force=True)
    assert not Snapshot.objects.exists()
    close_review(review, by=secretariat, force=True, reason="Cabinet meets tomorrow.")
    answer.refresh_from_db()
    assert (answer.state, answer.returned_note) == ("returned", "Cabinet meets tomorrow.")


@pytest.mark.long
def test_a_period_closes_once_and_not_while_it_runs(review: Review, edition: Edition, secretariat: User) -> None:
    close_review(review, by=secretariat)
    with pytest.raises(Refused, match="already closed"):
        close_review(review, by=secretariat)
    running = Review.objects.create(
        edition=edition,
        code="2026-q4",
        starts_on=date(2026, 10, 1),
        ends_on=date(2026, 12, 31),
        opened_on=date(2026, 11, 1),
        due_on=date(2026, 12, 1),
        closes_on=date(2027, 1, 10),
    )
    with pytest.raises(Refused, match="The period ends on 31 December 2026"):
        close_review(running, by=secretariat)


def test_a_lead_closes_nothing(review: Review, user_with: object) -> None:
    with pytest.raises(NotAllowed):
        close_review(review, by=user_with("lead"))  # type: ignore[operator]
    assert not Snapshot.objects.exists()


@pytest.mark.long
def test_what_is_frozen_refuses_to_change_by_us_and_by_the_database(review: Review, secretariat: User) -> None:
    snapshot = close_review(review, by=secretariat)
    before = canonical(Snapshot.objects.get(pk=snapshot.pk).public)
    snapshot.code = "other"
    with pytest.raises(Refused, match=r"never changes|cannot change"):
        snapshot.save()
    with pytest.raises(Refused, match=r"never changes|cannot change"):
        snapshot.delete()
    with pytest.raises(DatabaseError, match=r"never changes|cannot change"), transaction.atomic():
        Snapshot.objects.filter(pk=snapshot.pk).update(code="other")
    with (
        pytest.raises(DatabaseError, match=r"never changes|cannot change"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE reports_snapshot SET frozen_by = 'x'")
    assert canonical(Snapshot.objects.get(pk=snapshot.pk).public) == before


@pytest.mark.long
def test_later_changes_of_the_plan_do_not_reach_a_frozen_report(
    review: Review, acts: list[Action], secretariat: User
) -> None:
    snapshot = close_review(review, by=secretariat)
    data, pdf = public_file(snapshot, "report", "json"), public_file(snapshot, "report", "pdf")
    update_action(acts[1], by=secretariat, title="Quite another title")
    again = Snapshot.objects.get(pk=snapshot.pk)
    assert public_file(again, "report", "json") == data
    assert public_file(again, "report", "pdf") == pdf
    assert b"Quite another" not in data


def test_a_correction_is_shown_beside_it_in_every_form(review: Review, secretariat: User) -> None:
    snapshot = close_review(review, by=secretariat)
    with pytest.raises(Refused, match="Enter the correct version and its source"):
        correct_snapshot(snapshot, by=secretariat, where="Money", instead=" ")
    correct_snapshot(snapshot, by=secretariat, where="Money, 2026", instead="The grant was 400,000.", text="40,000")
    correct_snapshot(snapshot, by=secretariat, where="Risks", instead="Not for all.", is_public=False)
    fresh = Snapshot.objects.get(pk=snapshot.pk)
    assert [c.where for c in summary_of(fresh).corrections] == ["Money, 2026"]
    assert [c.where for c in summary_of(fresh, internal=True).corrections] == ["Money, 2026", "Risks"]
    assert "1 correction." in summary_of(fresh).foot
    address = "http://localhost:8000/reports/2025-2028/2026-q3/"
    assert summary_of(fresh).foot.endswith(f"1 correction. Check it at {address}")
    with pytest.raises(DatabaseError), transaction.atomic():
        fresh.corrections.update(instead="x")


def test_closed_reviews_of_a_pack_get_their_snapshot_as_of_their_end(review: Review, edition: Edition) -> None:
    assert freeze_past(by=SYSTEM) == 0
    Review.objects.filter(pk=review.pk).update(state="closed", closed_at="2026-10-20T12:00Z", closed_by="Pack")
    assert (freeze_past(by=SYSTEM), freeze_past(by=SYSTEM)) == (1, 0)
    assert Snapshot.objects.get().as_of == date(2026, 9, 30)


def test_a_year_is_reported_without_a_review(edition: Edition, acts: list[Action], secretariat: User) -> None:
    snapshot = freeze_report(edition, by=secretariat, period=Period(date(2025, 1, 1), date(2025, 12, 31)))
    assert (snapshot.code, snapshot.public["tally_before"]) == ("2025", None)
    with pytest.raises(Refused, match="This period already has a report, which cannot change"):
        freeze_report(edition, by=secretariat, period=Period(date(2025, 1, 1), date(2025, 12, 31)))
    with pytest.raises(Refused, match="begins on"):
        freeze_report(edition, by=secretariat, period=Period(date(2023, 1, 1), date(2023, 12, 31)))


def test_an_edition_is_evaluated_when_it_has_ended(edition: Edition, acts: list[Action], secretariat: User) -> None:
    with pytest.raises(
        Refused,
        match="The closing evaluation can be frozen only after the edition has ended",
    ):
        close_edition(edition, by=secretariat)
    Edition.objects.filter(pk=edition.pk).update(ends_on=date(2026, 10, 31))
    edition.refresh_from_db()
    end_edition(edition, by=secretariat)
    edition.refresh_from_db()
    snapshot = close_edition(edition, by=secretariat)
    assert (snapshot.code, snapshot.kind, snapshot.public["tally"]["done"]) == ("closing", "closing", 1)


@pytest.mark.long
def test_what_was_not_public_when_it_closed_stays_so(edition: Edition, review: Review, secretariat: User) -> None:
    Edition.objects.filter(pk=edition.pk).update(is_public=False)
    snapshot = close_review(review, by=secretariat)
    assert (snapshot.is_public, snapshot.public) == (False, {})
    Edition.objects.filter(pk=edition.pk).update(is_public=True)
    assert not Snapshot.objects.visible_to(None).exists()
