"""Notifications from the first stage to the last: what is written, what is refused, who must act next, what is sent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.errors import Changed, Missing, NotAllowed, Refused
from floreo.core.figures import Filters, Period
from floreo.core.models import AuditEntry, OutboxMail
from floreo.incidents.actions.cases import close, open_case, resolve
from floreo.incidents.models import CaseOrganisation, ClockRule, Submission
from floreo.obligations import clocks, measures
from floreo.obligations.access import ByMail, Writer, notification_of_token, token_of
from floreo.obligations.actions import handling, reminding, writing
from floreo.obligations.actions.link_requests import post_start
from floreo.obligations.models import Notification, NotificationClock, StageDraft
from floreo.obligations.queries import notifications_of_case
from floreo.obligations.sheet import shown_stages
from floreo.organisations.models import NationalSector
from tests.obligations.desk import Desk, ago, final, notified, stage_of, version_of, warning


def _refused(desk: Desk, answers: dict[str, Any], kind: str = "early_warning") -> dict[str, str]:
    stage = stage_of(desk.started(), kind)
    with pytest.raises(Refused) as refusal:
        desk.submit(stage, answers)
    assert stage.versions.count() == 0
    return {name: str(sentence) for name, sentence in refusal.value.fields.items()}


# --- Submitting ---------------------------------------------------------------------------------------------------


def test_a_first_stage_is_submitted_with_its_facts_its_clocks_and_a_record(desk: Desk) -> None:
    found = desk.submitted(cross_border="yes", countries="Costa Ejemplo", people=1200)
    assert (found.state, found.waiting_for, found.is_cross_border, found.countries, found.people, found.impact) == (
        "open",
        "regulator",
        True,
        "Costa Ejemplo",
        1200,
        "stopped",
    )
    assert (found.is_significant, found.significance_rules) == (True, ["stopped", "many-people"])
    states = dict(found.clocks.values_list("rule", "state"))
    assert states == {
        "early-warning": "met",
        "notification": "running",
        "final-report": "not_started",
        "first-answer": "running",
    }
    entry = AuditEntry.objects.filter(verb="notification.submitted").get()
    assert entry.actor_code == desk.operator.actor_code
    kinds = set(OutboxMail.objects.values_list("kind", "to"))
    assert ("notification.team", OutboxMail.objects.get(kind="notification.team").to) in kinds
    assert ("notification.waiting", "op@power.example") in kinds
    assert "servers" not in " ".join(OutboxMail.objects.values_list("text", flat=True))


def test_the_reference_says_nothing_that_can_change(desk: Desk) -> None:
    found = desk.submitted()
    before = found.reference
    sector = NationalSector.objects.create(code="heat", name="Heat", broad="energy")
    handling.correct(
        found,
        by=desk.team,
        sector=sector,
        is_cross_border=True,
        countries="Costa Ejemplo",
        impact="degraded",
        is_significant=True,
    )
    found.refresh_from_db()
    assert (found.reference, found.sector, found.impact) == (before, sector, "degraded")
    assert found.corrected == ["countries", "impact", "is_cross_border"]
    stage = writing.begin_stage(found, by=desk.operator, kind="notification")
    desk.submit(stage, notified(impact="stopped"))
    found.refresh_from_db()
    assert (found.impact, found.is_cross_border) == ("degraded", True)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"summary": None}, "q_summary"),
        ({"summary": "x" * 3001}, "q_summary"),
        ({"aware": "tomorrow"}, "q_aware"),
        ({"cross_border": "yes"}, "q_countries"),
        ({"cross_border": "perhaps"}, "q_cross_border"),
        ({"impact": "terrible"}, "q_impact"),
        ({"people": "many"}, "q_people"),
        ({"people": -1}, "q_people"),
    ],
)
def test_what_is_missing_or_cannot_be_is_refused_at_its_question(desk: Desk, wrong: dict[str, Any], field: str) -> None:
    assert set(_refused(desk, warning(**wrong))) == {field}


def test_a_moment_still_to_come_is_refused(desk: Desk) -> None:
    assert set(_refused(desk, warning(aware=ago(hours=-3)))) == {"q_aware"}


def test_detected_after_becoming_aware_is_refused(desk: Desk) -> None:
    assert set(_refused(desk, warning(detected=ago(hours=1), aware=ago(hours=2)))) == {"q_aware"}


def test_nobody_becomes_aware_after_it_was_notified(desk: Desk) -> None:
    found = desk.submitted()
    Notification.objects.filter(pk=found.pk).update(submitted_at=clock.now() - timedelta(hours=1))
    stage = writing.begin_stage(found, by=desk.operator, kind="notification")
    with pytest.raises(Refused) as refusal:
        desk.submit(stage, notified(aware=ago(minutes=20)))
    assert set(refusal.value.fields) == {"q_aware"}


def test_what_is_not_asked_is_not_submitted(desk: Desk) -> None:
    stage = stage_of(desk.started(), "early_warning")
    made = desk.submit(stage, warning(countries="Costa Ejemplo", nonsense="x"))
    assert {"countries", "nonsense"} & set(made.answers) == set()


def test_pressed_twice_it_is_submitted_once(desk: Desk) -> None:
    stage = stage_of(desk.started(), "early_warning")
    desk.submit(stage, warning())
    with pytest.raises(Refused) as refusal:
        desk.submit(stage, warning())
    assert (refusal.value.code, stage.versions.count()) == ("submitted", 1)


def test_a_final_report_before_the_notification_is_refused(desk: Desk) -> None:
    found = desk.submitted()
    with pytest.raises(Refused) as refusal:
        writing.begin_stage(found, by=desk.operator, kind="final")
    assert (refusal.value.code, found.stages.count()) == ("order", 1)


def test_a_voluntary_notification_has_one_stage_and_no_deadline(desk: Desk) -> None:
    found = desk.started("voluntary")
    desk.submit(stage_of(found, "notification"), notified())
    found.refresh_from_db()
    states = dict(found.clocks.filter(is_ours=False).values_list("rule", "state"))
    assert set(states.values()) == {"does_not_apply"}
    handling.accept_stage(stage_of(found, "notification"), by=desk.team)
    found.refresh_from_db()
    assert (found.state, found.waiting_for) == ("closed", "nobody")


# --- Drafts -------------------------------------------------------------------------------------------------------


def test_a_draft_is_saved_without_an_entry_and_with_whatever_was_typed(desk: Desk) -> None:
    stage = stage_of(desk.started(), "early_warning")
    entries = AuditEntry.objects.count()
    draft = writing.save_draft(stage, by=desk.operator, answers={"summary": "half a sen", "people": "abo"}, version=1)
    assert (draft.answers, draft.version) == ({"summary": "half a sen", "people": "abo"}, 2)
    assert AuditEntry.objects.count() == entries


def test_the_second_of_two_who_write_is_told_what_the_first_saved(desk: Desk) -> None:
    stage = stage_of(desk.started(), "early_warning")
    writing.save_draft(stage, by=desk.operator, answers={"summary": "first"}, version=1)
    with pytest.raises(Changed) as refusal:
        writing.save_draft(stage, by=desk.operator, answers={"summary": "second"}, version=1)
    assert refusal.value.theirs["answers"] == {"summary": "first"}
    with pytest.raises(Changed):
        writing.submit(stage, by=desk.operator, answers=warning(), version=1)
    assert StageDraft.objects.get(stage=stage).answers == {"summary": "first"}


def test_a_stage_begins_with_the_earlier_answers_and_shows_what_changed(desk: Desk) -> None:
    found = desk.submitted(people=10)
    stage = writing.begin_stage(found, by=desk.operator, kind="notification")
    draft = StageDraft.objects.get(stage=stage)
    assert {k: draft.answers[k] for k in ("summary", "people")} == {
        "summary": "The servers do not answer.",
        "people": 10,
    }
    desk.submit(stage, notified(aware=draft.answers["aware"], people=900))
    shown = {each.stage.kind: each for each in shown_stages(found, desk.operator)}
    assert [change[1:] for change in shown["notification"].changes] == [("10", "900")]


# --- The team -----------------------------------------------------------------------------------------------------


def test_a_return_does_not_start_the_clock_again(desk: Desk) -> None:
    found = desk.submitted()
    stage = stage_of(found, "early_warning")
    first = stage.first_at
    handling.return_stage(stage, by=desk.team, reason="Say which servers.")
    found.refresh_from_db()
    assert (found.waiting_for, found.answered_at is not None) == ("operator", True)
    stage = stage_of(found, "early_warning")
    desk.submit(stage, warning(summary="Both servers."))
    stage.refresh_from_db()
    assert (stage.first_at, stage.versions.count(), stage.state) == (first, 2, "submitted")
    assert found.clocks.get(rule="early-warning").met_at == first
    mail = OutboxMail.objects.filter(kind="notification.waiting", to="op@power.example")
    assert mail.filter(text__contains="returned").exists()


def test_to_the_end_with_a_progress_report_in_between(desk: Desk) -> None:
    found = desk.submitted()
    handling.accept_stage(stage_of(found, "early_warning"), by=desk.team)
    asked = handling.ask_progress(found, by=desk.team, text="How many servers?", by_day=clock.today())
    found.refresh_from_db()
    assert (found.waiting_for, asked.asked_for) == ("operator", "How many servers?")
    desk.submit(asked, {"news": "Two.", "measures": "Restarted.", "impact": "degraded"})
    handling.accept_stage(stage_of(found, "progress"), by=desk.team)
    stage = writing.begin_stage(found, by=desk.operator, kind="notification")
    desk.submit(stage, notified())
    handling.accept_stage(stage_of(found, "notification"), by=desk.team)
    stage = writing.begin_stage(found, by=desk.operator, kind="final")
    desk.submit(stage, final())
    handling.accept_stage(stage_of(found, "final"), by=desk.team)
    found.refresh_from_db()
    assert (found.state, found.waiting_for, found.handled_at is not None) == ("closed", "nobody", True)
    assert set(found.clocks.values_list("state", flat=True)) == {"met"}
    with pytest.raises(Refused):
        handling.ask_progress(found, by=desk.team, text="More?")


def test_the_team_judges_significance_otherwise_only_with_a_reason(desk: Desk) -> None:
    found = desk.submitted()
    with pytest.raises(Refused) as refusal:
        handling.correct(found, by=desk.team, is_significant=False)
    assert set(refusal.value.fields) == {"reason"}
    handling.correct(found, by=desk.team, is_significant=False, reason="Only the test servers.")
    found.refresh_from_db()
    assert (found.is_significant, found.clocks.get(rule="notification").state) == (False, "does_not_apply")


def test_withdrawn_as_a_false_alarm_it_stays_on_record_and_clocks_end(desk: Desk) -> None:
    found = desk.submitted()
    with pytest.raises(Refused):
        writing.withdraw(found, by=desk.operator, reason=" ")
    writing.withdraw(found, by=desk.operator, reason="A test of the alarm.")
    found.refresh_from_db()
    assert (found.state, found.reason, found.clocks.count(), found.waiting_for) == (
        "withdrawn",
        "A test of the alarm.",
        0,
        "nobody",
    )
    assert found.stages.get().versions.count() == 1


def test_only_a_draft_is_discarded(desk: Desk) -> None:
    draft, sent = desk.started(), desk.submitted()
    writing.discard(draft, by=desk.operator)
    with pytest.raises(Refused):
        writing.discard(sent, by=desk.operator)
    assert list(Notification.objects.all()) == [sent]


# --- Clocks -------------------------------------------------------------------------------------------------------


def test_the_rule_that_held_when_it_began_holds_to_the_end(desk: Desk) -> None:
    found = desk.submitted()
    before = found.clocks.get(rule="notification").due_at
    old = ClockRule.objects.get(code="notification")
    ClockRule.objects.create(
        code="notification",
        revision="2",
        title="notification",
        law="Act",
        section="21",
        holds_from=clock.today() + timedelta(days=1),
        rule={**old.rule, "period": {"hours": 48}},
    )
    with clock.at(clock.now() + timedelta(days=2)):
        clocks.refresh_all()
        row = found.clocks.get(rule="notification")
    assert (row.due_at, row.revision) == (before, "1")


def test_late_is_said_and_told_once(desk: Desk) -> None:
    found = desk.submitted(aware=ago(hours=30))
    assert found.clocks.get(rule="early-warning").state == "met_late"
    with clock.at(clock.now() + timedelta(hours=45)):
        assert reminding.round_of_clocks(by=SYSTEM) == 1
        assert reminding.remind_clocks(by=SYSTEM) == 0
        row = NotificationClock.objects.get(notification=found, rule="notification")
    assert row.state == "overdue"
    mail = OutboxMail.objects.get(kind="notification.clock")
    assert (mail.to, "Overdue" in mail.text) == ("op@power.example", True)


# --- By link ------------------------------------------------------------------------------------------------------


def test_a_person_of_no_known_operator_is_held_until_attached(desk: Desk) -> None:
    found = writing.start(
        by=ByMail("eva@ferry.example"),
        form=desk.form,
        kind="incident",
        named="Ferry Company",
        name="Eva",
        mail="eva@ferry.example",
    )
    by = Writer(found)
    writing.submit(stage_of(found, "early_warning"), by=by, answers=warning(), version=1)
    found.refresh_from_db()
    assert (found.is_held, found.waiting_for) == (True, "regulator")
    with pytest.raises(Refused) as refusal:
        handling.accept_stage(stage_of(found, "early_warning"), by=desk.team)
    assert refusal.value.code == "held"
    assert not Notification.objects.visible_to(desk.other).exists()
    handling.attach(found, by=desk.team, organisation=desk.bank)
    found.refresh_from_db()
    assert list(Notification.objects.visible_to(desk.other)) == [found]
    handling.accept_stage(stage_of(found, "early_warning"), by=desk.team)
    with pytest.raises(Refused):
        handling.reject(found, by=desk.team, reason="No")


def test_one_of_nobody_is_rejected_with_a_reason(desk: Desk) -> None:
    found = writing.start(
        by=ByMail("x@y.example"), form=desk.form, kind="incident", named="Nobody", name="X", mail="x@y.example"
    )
    writing.submit(stage_of(found, "early_warning"), by=Writer(found), answers=warning(), version=1)
    handling.reject(found, by=desk.team, reason="There is no such organisation.")
    found.refresh_from_db()
    assert (found.state, found.waiting_for) == ("rejected", "nobody")


def test_a_leaked_link_ends_when_a_new_one_is_sent(desk: Desk) -> None:
    found = writing.start(
        by=ByMail("duty@power.example"),
        form=desk.form,
        kind="incident",
        organisation=desk.power,
        name="Eva",
        mail="duty@power.example",
    )
    leaked = token_of(found)
    assert notification_of_token(leaked) == found
    handling.renew_link(found, by=desk.team)
    with pytest.raises(Missing):
        notification_of_token(leaked)
    found.refresh_from_db()
    assert notification_of_token(token_of(found)) == found


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("token", ["", "1", "1-1~x", "99999999999999999999-1~x", "1-1~", "ünï-1~x", "0-0~0"])
def test_what_is_no_link_opens_nothing(desk: Desk, token: str) -> None:
    desk.started()
    with pytest.raises(Missing):
        notification_of_token(token)


def test_a_link_of_one_notification_writes_no_other(desk: Desk) -> None:
    mine, other = desk.started(), desk.started()
    with pytest.raises(Missing):
        writing.save_draft(stage_of(other, "early_warning"), by=Writer(mine), answers={"summary": "x"}, version=1)


def test_who_came_by_a_link_begins_for_its_own_address_only(desk: Desk) -> None:
    facts: dict[str, Any] = {"form": desk.form, "kind": "incident", "named": "X", "name": "X", "mail": "a@x.example"}
    with pytest.raises(NotAllowed):
        writing.start(by=ByMail("b@x.example"), **facts)
    with pytest.raises(NotAllowed):
        writing.start(by=desk.operator, form=desk.form, kind="incident", organisation=desk.bank)


def test_many_requests_for_a_link_leave_one_mail_to_send(desk: Desk) -> None:
    for _n in range(30):
        post_start(by=SYSTEM, mail="duty@power.example", language="en")
    waiting = OutboxMail.objects.filter(kind="notification.start", state="waiting")
    assert waiting.count() == 1


# --- Others see nothing -------------------------------------------------------------------------------------------


def test_one_operator_neither_sees_nor_writes_what_is_anothers(desk: Desk) -> None:
    found = desk.submitted()
    assert not Notification.objects.visible_to(desk.other).exists()
    for do in (
        lambda: writing.withdraw(found, by=desk.other, reason="x"),
        lambda: writing.begin_stage(found, by=desk.other, kind="notification"),
        lambda: handling.accept_stage(stage_of(found, "early_warning"), by=desk.other),
        lambda: handling.correct(found, by=desk.operator),
    ):
        with pytest.raises((NotAllowed, Missing)):
            do()


def test_the_team_reads_no_draft(desk: Desk) -> None:
    desk.started()
    assert not Notification.objects.visible_to(desk.team).exists()


# --- Cases and other authorities ----------------------------------------------------------------------------------


def test_a_case_is_opened_with_the_facts_and_nothing_of_the_answers(desk: Desk) -> None:
    found = desk.submitted()
    case = handling.open_case_of(found, by=desk.team, title="An outage")
    found.refresh_from_db()
    assert (found.case, case.aware_at, case.facts) == (case, found.aware_at, {"significant": True})
    assert list(case.submissions.values_list("kind", "organisation", "text")) == [("early_warning", desk.power.pk, "")]
    assert "servers" not in " ".join([case.title, case.summary, *case.log.values_list("text", flat=True)])
    stage = writing.begin_stage(found, by=desk.operator, kind="notification")
    desk.submit(stage, notified())
    assert case.submissions.count() == 2
    assert notifications_of_case(case, desk.team) == [found]
    assert notifications_of_case(case, desk.other) == []


def test_two_operators_in_one_case_read_nothing_of_each_other(desk: Desk) -> None:
    mine = desk.submitted()
    case = open_case(by=desk.team, title="The same fault", organisation=desk.power)
    handling.join_case(mine, by=desk.team, case=case)
    theirs = writing.start(by=desk.other, form=desk.form, kind="incident", organisation=desk.bank)
    writing.submit(stage_of(theirs, "early_warning"), by=desk.other, answers=warning(), version=1)
    handling.join_case(theirs, by=desk.team, case=case)
    CaseOrganisation.objects.filter(case=case).update(is_shared=True)
    assert CaseOrganisation.objects.filter(case=case).count() == 2
    assert notifications_of_case(case, desk.operator) == [mine]
    assert notifications_of_case(case, desk.other) == [theirs]
    assert len(notifications_of_case(case, desk.team)) == 2


@pytest.mark.long
def test_a_closed_case_does_not_keep_the_operator_from_submitting(desk: Desk) -> None:
    found = desk.submitted()
    case = handling.open_case_of(found, by=desk.team, title="An outage")
    resolve(case, by=desk.team)
    close(case, by=desk.team, reason="Over")
    stage = writing.begin_stage(found, by=desk.operator, kind="notification")
    desk.submit(stage, notified())
    assert Submission.objects.filter(case=case).count() == 1


def _forward(desk: Desk, found: Notification, **more: str) -> Any:
    facts = {"to": "desk@bank.example", "subject": "Outage", "text": "Facts.", **more}
    return handling.forward(found, by=desk.team, organisation=desk.bank, **facts)


def test_what_is_marked_is_passed_on_only_as_its_marking_allows(desk: Desk) -> None:
    found = desk.submitted()
    desk.bank.email = "desk@bank.example"
    desk.bank.save()
    with pytest.raises(Refused) as refusal:
        _forward(desk, found)
    assert refusal.value.code == "no_basis"
    with pytest.raises(Refused) as refusal:
        _forward(desk, found, basis="section 3", to="somebody@else.example")
    assert refusal.value.code == "unknown_address"
    made = _forward(desk, found, basis="section 3")
    mail = OutboxMail.objects.get(kind="notification.forward")
    assert (mail.to, mail.is_secret, mail.text, made.text) == (
        "desk@bank.example",
        True,
        "TLP:AMBER\n\nFacts.\n\nTLP:AMBER\n",
        "TLP:AMBER\n\nFacts.\n\nTLP:AMBER\n",
    )
    Notification.objects.filter(pk=found.pk).update(tlp="RED")
    with pytest.raises(Refused) as refusal:
        _forward(desk, found, basis="section 3")
    assert refusal.value.code == "red"
    assert version_of(stage_of(found, "early_warning")) > 1


# --- Values -------------------------------------------------------------------------------------------------------


def test_the_share_in_time_is_of_the_stages_whose_deadline_has_passed(desk: Desk) -> None:
    now = clock.now()
    year = Period(clock.today() - timedelta(days=200), clock.today() + timedelta(days=200))
    assert measures.share_stages_in_time(year, Filters()).value is None
    found = desk.submitted()
    assert measures.share_stages_in_time(year, Filters()).value is None  # no deadline has passed
    rows = found.clocks
    rows.filter(rule="early-warning").update(due_at=now - timedelta(hours=1), met_at=now - timedelta(hours=2))
    read = measures.share_stages_in_time(year, Filters())
    assert (read.value, [r.label for r in read.records]) == (100, [f"{found.reference} early-warning"])
    rows.filter(rule="notification").update(due_at=now - timedelta(minutes=5))  # open, and overdue
    rows.filter(is_ours=True).update(due_at=now - timedelta(minutes=5))
    read = measures.share_stages_in_time(year, Filters())
    assert (read.value, read.numerator, read.denominator) == (50, 1, 2)
    rows.filter(rule="early-warning").update(met_at=now)
    assert measures.share_stages_in_time(year, Filters()).value == 0
    before = Period(year.start, clock.today() - timedelta(days=2))
    assert measures.share_stages_in_time(before, Filters()).denominator == 0
    writing.withdraw(found, by=desk.operator, reason="A false alarm.")
    assert measures.share_stages_in_time(year, Filters()).denominator == 0
