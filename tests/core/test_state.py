"""The trail attests what the tables hold: what is changed, removed or added behind its back is named."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models

from floreo.core import audit, state
from floreo.core.access import SYSTEM
from floreo.core.action import action
from floreo.core.models import AuditEntry
from floreo.core.writing import delete, save, save_many
from floreo.indicators.models import Reading
from floreo.organisations.models import Contact, Country, Organisation, Person
from floreo.strategy.models import Action, Milestone

pytestmark = pytest.mark.django_db


@action("test.state_made", needs=None)
def make(*, by: Any, code: str) -> Organisation:
    return save(Organisation(code=code, name=f"Body {code}", kind="agency"))


@action("test.state_renamed", needs=None)
def rename(body: Organisation, *, by: Any, name: str) -> Organisation:
    body.name = name
    return save(body)


@action("test.state_removed", needs=None)
def remove(thing: models.Model, *, by: Any) -> None:
    delete(thing)


@action("test.state_several", needs=None)
def make_several(*, by: Any, codes: list[str]) -> None:
    save_many([Organisation(code=c, name=c, kind="agency") for c in codes], model=Organisation)


def behind(sql: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def named() -> list[str]:
    return [str(each) for each in state.differences()]


def test_what_actions_write_is_as_the_trail_left_it() -> None:
    body = make(by=SYSTEM, code="a")
    rename(body, by=SYSTEM, name="Renamed")
    make_several(by=SYSTEM, codes=["b", "c"])
    remove(Organisation.objects.get(code="b"), by=SYSTEM)
    assert named() == []


def test_a_row_changed_behind_its_back_is_named_with_the_entry_that_left_it() -> None:
    body = make(by=SYSTEM, code="a")
    behind("UPDATE organisations_organisation SET name = %s", "Somebody else")
    assert named() == [f"organisations.organisation:{body.pk} is not as entry 1 left it"]


def test_a_row_removed_behind_its_back_is_named() -> None:
    body = make(by=SYSTEM, code="a")
    behind("DELETE FROM organisations_organisation")
    assert named() == [f"organisations.organisation:{body.pk} is gone, though entry 1 left it"]


def test_a_row_added_behind_its_back_is_named() -> None:
    body = Organisation.objects.create(code="x", name="X", kind="agency")
    assert named() == [f"organisations.organisation:{body.pk} is in no entry: it was added behind the trail's back"]


def test_a_removed_row_put_back_is_named() -> None:
    body = make(by=SYSTEM, code="a")
    pk = body.pk
    remove(body, by=SYSTEM)
    Organisation.objects.create(pk=pk, code="a", name="Body a", kind="agency")
    assert named() == [f"organisations.organisation:{pk} is there again, though entry 2 removed it"]


def test_what_goes_with_a_row_and_what_loses_its_link_are_known_to_the_trail() -> None:
    @action("test.state_family", needs=None)
    def family(*, by: Any) -> Person:
        body = save(Organisation(code="f", name="F", kind="agency"))
        save(Contact(organisation=body, purpose="press", email="a@example.org"))
        boss = save(Person(code="boss", name="Boss"))
        save(Person(code="other", name="Other", deputy=boss))
        return boss

    boss = family(by=SYSTEM)
    remove(boss, by=SYSTEM)
    remove(Organisation.objects.get(code="f"), by=SYSTEM)
    assert Person.objects.get().deputy is None
    assert named() == []


@pytest.mark.usefixtures("whoever_holds_the_database")
def test_an_entry_whose_rows_are_rewritten_no_longer_matches_its_hash() -> None:
    body = make(by=SYSTEM, code="a")
    behind("UPDATE organisations_organisation SET name = %s", "Somebody else")
    forged = dict(state.hashes(Organisation, [body.pk]))
    AuditEntry.objects.filter(number=1).update(rows={"organisations.organisation": forged})
    assert named() == []
    assert [str(b.reason) for b in audit.walk()] == ["its content does not match its hash"]


@pytest.mark.usefixtures("whoever_holds_the_database")
def test_an_entry_taken_out_and_the_rest_hashed_anew_leaves_rows_that_no_entry_tells_of() -> None:
    """Whoever also rewrites the last entries can only be found with a head that was published before."""
    make(by=SYSTEM, code="a")
    body = make(by=SYSTEM, code="b")
    make(by=SYSTEM, code="c")
    published = audit.head().hash
    AuditEntry.objects.filter(number=2).delete()
    last = AuditEntry.objects.get(number=3)
    last.number, last.before = 2, AuditEntry.objects.get(number=1).hash
    last.hash = audit.hash_of(last)
    last.save()
    assert list(audit.walk()) == []
    assert named() == [f"organisations.organisation:{body.pk} is in no entry: it was added behind the trail's back"]
    assert [b.reason for b in audit.walk(expected=published)] == [
        "the head you gave is not in the chain: entries were removed or rewritten"
    ]


@pytest.mark.guards("the chain attests every row of the sample")
def test_the_whole_sample_country_is_as_its_trail_left_it(isla: Country) -> None:
    assert named() == []


@pytest.mark.long
def test_the_sample_country_with_its_nights_is_as_its_trail_left_it(isla_feeds: Country) -> None:
    assert named() == []


@pytest.mark.guards("rows changed behind the chain are named")
def test_the_attack_on_plan_and_frozen_readings_is_named(isla: Country) -> None:
    act = Action.objects.filter(closed_on=None).order_by("pk")[0]
    step = Milestone.objects.filter(reached_on=None).order_by("pk")[0]
    reading = Reading.objects.exclude(frozen_at=None).order_by("pk")[0]
    behind("UPDATE strategy_action SET due_on = %s WHERE id = %s", "2030-12-31", act.pk)
    behind("UPDATE strategy_milestone SET reached_on = %s WHERE id = %s", "2026-01-01", step.pk)
    _without_triggers(f"UPDATE indicators_reading SET value = 99 WHERE id = {reading.pk}")
    assert [each.thing for each in state.differences()] == [
        f"strategy.action:{act.pk}",
        f"strategy.milestone:{step.pk}",
        f"indicators.reading:{reading.pk}",
    ]


def _without_triggers(statement: str) -> None:
    if connection.vendor == "postgresql":
        table = "ALTER TABLE indicators_reading"
        for each in (f"{table} DISABLE TRIGGER USER", statement, f"{table} ENABLE TRIGGER USER"):
            connection.check_constraints()  # no table is altered while checks of its rows are pending
            behind(each)
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'indicators_reading'")
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')
    behind(statement)


def test_what_a_row_says_depends_on_neither_database_nor_python_kind() -> None:
    assert state._plain(Decimal("7.00")) == state._plain(Decimal("7")) == state._plain(7.0) == "7"
    assert state._plain(Decimal("0.00")) == "0"
    assert state._plain(Decimal("100")) == "100"
    assert state._plain(datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)) == "2026-01-02T03:04:05.000006+00:00"
    assert state._plain(date(2026, 1, 2)) == "2026-01-02"
    assert state._plain(memoryview(b"x")) == state._plain(b"x")
    assert state._plain({"b": [True, None], "a": 1}) == {"b": [True, None], "a": 1}


def test_every_model_says_what_of_it_the_trail_does_not_attest() -> None:
    """A column or a model that is written without an entry is declared beside it, with a reason that can be read."""
    for model in (m for m in apps.get_models() if m.__module__.startswith("floreo.")):
        text = state.not_chained(model)
        reasons = [text] if isinstance(text, str) else list(text.values())
        assert all(len(reason) > 15 and reason.endswith(".") for reason in reasons), model
        if not isinstance(text, str):
            assert set(text) <= {f.name for f in model._meta.concrete_fields}, model


def test_what_is_not_attested_is_no_more_than_this() -> None:
    """Whoever adds to it says why here too."""
    ours = [m for m in apps.get_models() if m.__module__.startswith("floreo.")]
    whole = {m._meta.label for m in ours if isinstance(state.not_chained(m), str)}
    assert whole == {
        "advisories.EpssScore",
        "advisories.KevEntry",
        "awareness.CountedBatch",
        "awareness.ExerciseCount",
        "awareness.QuizCount",
        "surveys.SampleLink",
        "training.Feedback",
        "core.AuditEntry",
        "core.OneTimeLink",
        "core.OutboxMail",
        "core.Schedule",
        "core.SignedHead",
        "core.SearchEntry",
        "core.TokenBucket",
        "feeds.ChangeStream",
        "feeds.Finding",
        "feeds.FindingChange",
        "feeds.FindingText",
        "feeds.SteppedPlace",  # the entry of the agreement holds the seed and the order
        "feeds.Run",
        "feeds.OpenPeriod",
        "incidents.Clock",
        "legislation.LawInstruction",  # made from two texts, whose hashes are in the trail
        "legislation.LawProvision",  # made from the text of its version
        "organisations.KeptAnswer",
        "organisations.RegistryAnswer",  # what a server answered last; what was approved of it is in the trail
        "organisations.RegistrySource",  # what of a file was looked at last; the file is in the trail
        "meetings.Ballot",  # who voted how: the trail says only that somebody answered
        "obligations.NotificationClock",
        "obligations.StageDraft",
        "evidence.FileText",  # made from files, whose hashes are in the trail
        "publications.FileText",  # the same
        "imports.UploadedSheets",
        "imports.ImportedRecord",  # what undoing needs: the records themselves are in the trail
        "tasks.FeedKey",
        "tasks.NotificationState",
        "tasks.WeeklyMail",
        "packs.LoadedPack",
        "packs.PackRow",
        "strategy.StatusCount",
        "webhooks.SeenState",
        "webhooks.WebhookAttempt",
        "webhooks.WebhookMessage",
    }
    columns = {
        f"{m._meta.label}.{name}" for m in ours if not isinstance(text := state.not_chained(m), str) for name in text
    }
    assert columns == {
        *(f"webhooks.Webhook.{n}" for n in ("after", "failing_since", "delivered_at")),
        *(f"organisations.ApiToken.{n}" for n in ("last_used_on", "last_used_from", "warned_on")),
        "legislation.LawVersion.built_from",
        *(f"feeds.{n}.alerted_at" for n in ("Feed", "Notice", "Reply")),
        "feeds.Feed.unsettled_since",
        *(
            f"feeds.Feed.{n}"
            for n in ("etag", "modified", "due_at", "failures", "last_error", "last_looked_at", "passed_over")
        ),
        *(f"feeds.FeedFile.{n}" for n in ("state", "claimed_until", "attempts")),
        "organisations.User.last_login",
        "organisations.User.password",
        *(f"strategy.Action.{n}" for n in ("status", "status_rule", "status_since")),
        "strategy.Edition.valid_on",
        "awareness.ExerciseGroup.phish_recognised",
        "awareness.ExerciseGroup.phish_seen",
        "awareness.ExerciseGroup.real_recognised",
        "awareness.ExerciseGroup.real_seen",
        "awareness.ExerciseGroup.takers",
        "certificates.Certificate.credential",
        "certificates.Certificate.signed_at",
        "certificates.Certificate.signed_with",
        "certificates.Certificate.token",
        "certificates.StatusList.made_at",
        "certificates.StatusList.revoked",
        "certificates.StatusList.text",
        "training.Enrolment.gave_feedback",
        "training.Session.reminded_at",
    }


def test_the_trail_records_what_the_database_held_whatever_was_loaded() -> None:
    body = make(by=SYSTEM, code="a")
    stale = Organisation.objects.get(pk=body.pk)
    rename(Organisation.objects.get(pk=body.pk), by=SYSTEM, name="By somebody else")
    rename(stale, by=SYSTEM, name="Mine")
    assert _last() == ("changed", {"name": ["By somebody else", "Mine"]})


def test_a_row_read_again_does_not_take_another_change_for_its_own() -> None:
    body = Organisation.objects.get(pk=make(by=SYSTEM, code="a").pk)
    Organisation.objects.filter(pk=body.pk).update(role_text="Set by somebody else")
    body.refresh_from_db()
    rename(body, by=SYSTEM, name="Mine")
    assert _last() == ("changed", {"name": ["Body a", "Mine"]})


def test_a_row_saved_and_kept_is_not_made_twice() -> None:
    body = Organisation(code="a", name="A", kind="agency")
    body.save()
    rename(body, by=SYSTEM, name="B")
    assert _last() == ("changed", {"name": ["A", "B"]})


def _last() -> tuple[str, dict[str, Any]]:
    entry = AuditEntry.objects.order_by("-number")[0]
    (change,) = entry.detail["changes"]
    return change["what"], change["fields"]
