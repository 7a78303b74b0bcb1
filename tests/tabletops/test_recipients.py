"""No mail of an exercise reaches anybody who did not accept by their own link of it, whatever is done: every action of the app is walked
with the address of a minister wherever an address or a text can be given."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as django_mail
from django.forms import EmailField
from django.test import Client

import floreo.tabletops.actions
from floreo.config.jobs import JOBS
from floreo.core import action, clock, delivery, outbox
from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.core.keys import key
from floreo.core.models import MailState, OutboxMail
from floreo.offers import pack_files
from floreo.organisations.actions.people import update_person
from floreo.organisations.actions.register import merge_organisation
from floreo.organisations.models import Organisation
from floreo.strategy.models import Objective
from floreo.tabletops import pack, recipients
from floreo.tabletops.access import AddressHolder, Guest, address_of_link, confirm_token, participant_of_link, token_of
from floreo.tabletops.actions import evaluating, joining, planning, playing, running
from floreo.tabletops.models import Delivery, Participant, Scenario, Tabletop
from tests.factories.organisations import person
from tests.factories.strategy import make_edition
from tests.tabletops.making import SECRET, accepted, body, fresh, inject, invited, mails, on_screen, started, tabletop

pytestmark = pytest.mark.django_db
MINISTER = "minister@government.example"
ASKED = {recipients.INVITATION, recipients.CONFIRM}  # all that somebody may get who has not accepted


def every_verb() -> set[str]:
    for module in pkgutil.walk_packages(floreo.tabletops.actions.__path__, "floreo.tabletops.actions."):
        importlib.import_module(module.name)
    return {v for v, function in action.VERBS.items() if function.__module__.startswith("floreo.tabletops.")}


@dataclass
class World:
    """One exercise at a time, as each act needs it; whom each may reach is written down when they press."""

    tabletop: Tabletop
    member: Participant
    observer: Participant
    may: set[str] = field(default_factory=set)

    def held(self) -> Tabletop:
        if fresh(self.tabletop).is_on:
            running.end_tabletop(self.tabletop, by=SYSTEM)
        return fresh(self.tabletop)


def world() -> World:
    made = tabletop()
    member = accepted(made, "ana@example.org")
    observer = on_screen(made, part="observer")
    return World(made, member, observer, {"ana@example.org"})


def started_world() -> World:
    made = world()
    made.tabletop = running.start_tabletop(made.tabletop, by=SYSTEM)
    return made


def _expected(w: World) -> Any:
    return inject(w.tabletop, 1).expected.select_related("inject__tabletop").all()[0]


def _finding(w: World) -> Any:
    return evaluating.add_finding(w.held(), by=SYSTEM, title=MINISTER, text=MINISTER)


def _followed(w: World) -> Any:
    given: dict[str, Any] = {"organisation": body(), "due_on": clock.today()}
    return evaluating.add_finding(w.held(), by=SYSTEM, title=MINISTER, **given)


def _evaluated(w: World) -> Tabletop:
    return evaluating.evaluate(w.held(), by=SYSTEM, conclusion=MINISTER)


def _objective() -> Objective:
    edition = make_edition()
    found: Objective = Objective.objects.get(pillar__edition=edition)
    return found


def _closed(w: World) -> Any:
    return evaluating.close_finding(_followed(w), by=SYSTEM, closing_note=MINISTER)


def _asked_address(w: World) -> Participant:
    return joining.give_address(w.observer, by=Guest(w.observer), mail=MINISTER)


def _point(w: World) -> Any:
    return w.tabletop.evaluation_points.all()[0]


def _goal(w: World) -> Any:
    return w.tabletop.objectives.all()[0]


# What each action does with the address of the minister in every place that takes a text. A new action has no line here yet: the walk
# fails until it has.
PLANNED: dict[str, Callable[[World], object]] = {
    "tabletop.planned": lambda w: planning.plan_tabletop(
        by=SYSTEM, scenario=Scenario.objects.get(), planned_at=clock.now(), title=MINISTER, place=MINISTER
    ),
    "tabletop.updated": lambda w: planning.update_tabletop(
        w.tabletop, by=SYSTEM, title=MINISTER, planned_at=clock.now() + timedelta(days=3), mail=MINISTER
    ),
    "tabletop.what_if_attached": lambda w: planning.attach_what_if(w.tabletop, by=SYSTEM, what_if=None),
    "tabletop.cancelled": lambda w: planning.cancel_tabletop(w.tabletop, by=SYSTEM, reason=MINISTER),
    "tabletop.removed": lambda w: planning.remove_tabletop(
        planning.plan_tabletop(by=SYSTEM, planned_at=clock.now(), title=MINISTER), by=SYSTEM
    ),
    "tabletop.started": lambda w: running.start_tabletop(w.tabletop, by=SYSTEM),
    "tabletop_objective.added": lambda w: planning.add_objective(w.tabletop, by=SYSTEM, title=MINISTER),
    "tabletop_objective.updated": lambda w: planning.update_objective(_goal(w), by=SYSTEM, title=MINISTER),
    "tabletop_objective.removed": lambda w: planning.remove_objective(_goal(w), by=SYSTEM),
    "evaluation_point.added": lambda w: planning.add_point(w.tabletop, by=SYSTEM, text=MINISTER),
    "evaluation_point.removed": lambda w: planning.remove_point(_point(w), by=SYSTEM),
    "inject.added": lambda w: planning.add_inject(w.tabletop, by=SYSTEM, minute=1, title=MINISTER, text=MINISTER),
    "inject.updated": lambda w: planning.update_inject(inject(w.tabletop, 1), by=SYSTEM, text=f"{MINISTER} {SECRET}"),
    "inject.removed": lambda w: planning.remove_inject(inject(w.tabletop, 3), by=SYSTEM),
    "expected_action.added": lambda w: planning.add_expected(inject(w.tabletop, 1), by=SYSTEM, text=MINISTER),
    "expected_action.updated": lambda w: planning.update_expected(_expected(w), by=SYSTEM, text=MINISTER),
    "expected_action.removed": lambda w: planning.remove_expected(_expected(w), by=SYSTEM),
    "tabletop_participant.invited": lambda w: invited(w.tabletop, MINISTER, name=MINISTER, organisation_name=MINISTER),
    "tabletop_participant.link_renewed": lambda w: joining.renew_link(invited(w.tabletop, MINISTER), by=SYSTEM),
    "tabletop_participant.removed": lambda w: joining.remove_participant(
        invited(w.tabletop, MINISTER), by=SYSTEM, reason=MINISTER
    ),
    "tabletop_participant.accepted": lambda w: accepted(w.tabletop, "bo@example.org", gives=MINISTER, name=MINISTER),
    "tabletop_participant.address_given": _asked_address,
    "tabletop_participant.address_confirmed": lambda w: joining.confirm_address(
        w.observer, by=AddressHolder(w.observer, MINISTER)
    ),
    "tabletop_participant.declined": lambda w: _decline(invited(w.tabletop, MINISTER)),
    "tabletop_participant.left": lambda w: joining.leave(w.member, by=Guest(w.member)),
    "tabletop_participant.link_reported": lambda w: _report(invited(w.tabletop, MINISTER)),
    "tabletop_participants.forgotten": lambda w: joining.forget_addresses(by=SYSTEM),
}
RUNNING: dict[str, Callable[[World], object]] = {
    "tabletop.paused": lambda w: running.pause_tabletop(w.tabletop, by=SYSTEM),
    "tabletop.resumed": lambda w: running.resume_tabletop(running.pause_tabletop(w.tabletop, by=SYSTEM), by=SYSTEM),
    "tabletop.ended": lambda w: running.end_tabletop(w.tabletop, by=SYSTEM),
    "tabletop.clock_ran": lambda w: running.run_clock_of(w.tabletop, by=SYSTEM),
    "inject.sent": lambda w: running.send_inject(inject(w.tabletop, 2), by=SYSTEM),
    "inject.skipped": lambda w: running.skip_inject(inject(w.tabletop, 2), by=SYSTEM, reason=MINISTER),
    "tabletop_response.written": lambda w: playing.respond(w.member, by=Guest(w.member), text=f"cc {MINISTER}"),
    "tabletop_observation.noted": lambda w: evaluating.observe(_expected(w), by=SYSTEM, verdict="met", note=MINISTER),
    "tabletop_observation.noted_by_link": lambda w: playing.observe_by_link(
        _expected(w), by=Guest(w.observer), participant=w.observer, verdict="met", note=MINISTER
    ),
    "tabletop.minutes_written": lambda w: evaluating.write_hot_wash(w.held(), by=SYSTEM, hot_wash=MINISTER),
    "expected_action.judged": lambda w: (w.held(), evaluating.judge(_expected(w), by=SYSTEM, verdict="met"))[1],
    "evaluation_point.answered": lambda w: (
        w.held(),
        evaluating.answer_point(_point(w), by=SYSTEM, answer=MINISTER),
    )[1],
    "tabletop.evaluated": _evaluated,
    "tabletop.evaluation_reopened": lambda w: evaluating.reopen_evaluation(_evaluated(w), by=SYSTEM, reason=MINISTER),
    "tabletop.published": lambda w: evaluating.publish_tabletop(w.held(), by=SYSTEM),
    "tabletop.hidden": lambda w: evaluating.hide_tabletop(
        evaluating.publish_tabletop(w.held(), by=SYSTEM), by=SYSTEM, reason=MINISTER
    ),
    "tabletop_finding.added": _finding,
    "tabletop_finding.updated": lambda w: evaluating.update_finding(_finding(w), by=SYSTEM, text=MINISTER),
    "tabletop_finding.removed": lambda w: evaluating.remove_finding(_finding(w), by=SYSTEM),
    "tabletop_finding.became_action": lambda w: evaluating.become_action(
        _finding(w), by=SYSTEM, objective=_objective(), code="9.9.9", organisation=body()
    ),
    "tabletop_finding.closed": _closed,
    "tabletop_finding.reopened": lambda w: evaluating.reopen_finding(_closed(w), by=SYSTEM, reason=MINISTER),
    "tabletop_findings.settled": lambda w: evaluating.settle_findings(by=SYSTEM),
}


def _decline(of: Participant) -> object:
    return joining.decline(of, by=Guest(of))


def _report(of: Participant) -> object:
    return joining.report_link(of, by=Guest(of))


def test_the_walk_below_knows_every_action() -> None:
    assert {*PLANNED, *RUNNING} == every_verb()


@pytest.mark.guards("an exercise reaches nobody outside it")
@pytest.mark.first_cases(12)
@pytest.mark.parametrize("verb", [*PLANNED, *RUNNING])
def test_no_action_brings_anything_of_the_exercise_to_a_minister(verb: str) -> None:
    w = world() if verb in PLANNED else started_world()
    body().email = MINISTER
    Organisation.objects.update(email=MINISTER)
    if verb == "tabletop_participant.address_confirmed":  # nobody gave that address
        with pytest.raises(Refused, match="Another address was given"):
            PLANNED[verb](w)
    else:
        (PLANNED | RUNNING)[verb](w)
    for each in Tabletop.objects.filter(state="planned"):  # and whatever follows from it later
        if each.participants.filter(state="accepted").exists():
            running.start_tabletop(each, by=SYSTEM)
    with clock.at(clock.now() + timedelta(minutes=61)):
        running.run_clock(by=SYSTEM)
    everything_left(w.may)


def everything_left(may: set[str]) -> list[Any]:
    """Sends all that the outbox has, as the program does, and looks at what arrived where."""
    assert {m.to for m in mails() if m.kind not in ASKED} <= may
    django_mail.outbox.clear()
    OutboxMail.objects.filter(state=MailState.WAITING).update(next_try_at=clock.now())
    delivery.deliver_due(may_leave=recipients.may_leave)
    for message in django_mail.outbox:
        text = f"{message.subject} {message.body} {[a[1] for a in message.attachments]}"
        assert set(message.recipients()) <= may or SECRET not in text, text
        if message.extra_headers.get(recipients.HEADER):
            assert message.subject.startswith("EXERCISE / EJERCICIO")
            assert message.body.startswith("EXERCISE / EJERCICIO")
            assert "This is an exercise." in message.body
            assert "Esto es un ejercicio." in message.body
        else:
            raise AssertionError(f"a mail without the header: {message.subject}")
    return list(django_mail.outbox)


# --- Every mail is marked -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_kind_of_mail_says_in_both_languages_that_it_is_an_exercise(language: str) -> None:
    made = tabletop()
    accepted(made, "ana@example.org", language=language)
    accepted(made, "bo@example.org", gives="bo@home.example", language=language)
    planning.update_tabletop(made, by=SYSTEM, planned_at=clock.now() + timedelta(days=2))
    running.start_tabletop(made, by=SYSTEM)
    found = mails()
    assert {m.kind for m in found} == {*ASKED, recipients.OWN, recipients.CHANGE, recipients.INJECT}
    assert [m.kind for m in found if not recipients.is_marked(m)] == []
    assert all(m.text.rstrip().endswith("Esto se escribió para un ejercicio.") for m in found)
    assert {m.headers["X-Exercise"] for m in found} == {"EXERCISE / EJERCICIO"}


def test_an_invitation_says_nothing_of_what_is_exercised() -> None:
    made = tabletop()
    invited(made, MINISTER)
    one = mails()[0]
    assert (one.to, one.kind) == (MINISTER, recipients.INVITATION)
    assert SECRET not in f"{one.subject} {one.text} {one.attachment}"


# --- Who is a recipient -------------------------------------------------------------------------------------------


def test_who_only_was_invited_gets_no_inject() -> None:
    made = tabletop()
    invited(made, MINISTER)
    accepted(made, "ana@example.org")
    running.start_tabletop(made, by=SYSTEM)
    assert [m.to for m in mails(recipients.INJECT)] == ["ana@example.org"]


def test_another_address_than_that_of_the_invitation_is_asked_first() -> None:
    made = tabletop()
    found = accepted(made, "ana@example.org", gives="ana@home.example")
    running.start_tabletop(made, by=SYSTEM)
    assert ([m.to for m in mails(recipients.CONFIRM)], mails(recipients.INJECT)) == (["ana@home.example"], [])
    holder = address_of_link(confirm_token(Participant.objects.get(pk=found.pk)))
    joining.confirm_address(holder.participant, by=holder)
    running.send_inject(inject(made, 2), by=SYSTEM)
    assert [m.to for m in mails(recipients.INJECT)] == ["ana@home.example"]


def test_a_confirming_link_is_of_one_address_and_works_once() -> None:
    made = tabletop()
    found = on_screen(made)
    joining.give_address(found, by=Guest(found), mail="first@example.org")
    first = confirm_token(Participant.objects.get(pk=found.pk))
    joining.give_address(Participant.objects.get(pk=found.pk), by=Guest(found), mail=MINISTER)
    with pytest.raises(Refused):
        address_of_link(first)  # a press on the first does not confirm the second
    with pytest.raises(Refused):
        joining.confirm_address(found, by=AddressHolder(found, "first@example.org"))


def test_a_confirmed_address_does_not_change() -> None:
    found = accepted(tabletop())
    with pytest.raises(Refused, match="ask who runs the exercise to invite you there"):
        joining.give_address(found, by=Guest(found), mail=MINISTER)


def test_an_address_that_was_written_otherwise_gets_nothing() -> None:
    """By a form with more fields, a pack, an import or the database itself: only the press of its owner seals an address."""
    made = tabletop()
    found = accepted(made, "ana@example.org")
    other = on_screen(made)
    Participant.objects.filter(pk=found.pk).update(mail=MINISTER)
    Participant.objects.filter(pk=other.pk).update(mail=MINISTER, consent=found.consent)
    running.start_tabletop(made, by=SYSTEM)
    assert recipients.recipients(made) == []
    assert [m.to for m in mails(recipients.INJECT)] == []


def test_the_consent_to_one_exercise_is_none_to_another() -> None:
    first = tabletop()
    found = accepted(first, "ana@example.org")
    second = planning.plan_tabletop(by=SYSTEM, scenario=first.scenario, planned_at=clock.now())
    copied = invited(second, "ana@example.org")
    Participant.objects.filter(pk=copied.pk).update(state="accepted", mail=found.mail, consent=found.consent)
    assert recipients.recipients(second) == []
    Participant.objects.filter(pk=found.pk).update(tabletop=second, number=9)  # the row itself, moved
    assert recipients.recipients(second) == []


def test_a_person_whose_address_changes_and_an_organisation_that_is_merged_change_nothing() -> None:
    made = tabletop()
    port, ministry = body(), body("ministry")
    clerk = person("ana", port, email="ana@example.org")
    accepted(made, "ana@example.org", name=clerk.name)
    update_person(clerk, by=SYSTEM, email=MINISTER)
    Organisation.objects.filter(pk=ministry.pk).update(email=MINISTER)
    merge_organisation(port, by=SYSTEM, into=ministry, on=clock.today())
    running.start_tabletop(made, by=SYSTEM)
    assert [m.to for m in mails(recipients.INJECT)] == ["ana@example.org"]


def test_who_left_or_was_removed_gets_nothing_not_even_what_waits() -> None:
    made = tabletop()
    first, second = accepted(made, "ana@example.org"), accepted(made, "bo@example.org")
    on_screen(made)
    running.start_tabletop(made, by=SYSTEM)
    joining.leave(first, by=Guest(first))
    joining.remove_participant(second, by=SYSTEM)
    running.send_inject(inject(made, 2), by=SYSTEM)
    assert {(m.to, m.state) for m in mails(recipients.INJECT)} == {
        ("ana@example.org", "dropped"),
        ("bo@example.org", "dropped"),
    }
    assert everything_left({"ana@example.org", "bo@example.org"}) == []


# --- Right before it leaves ---------------------------------------------------------------------------------------


def _forged(**facts: Any) -> OutboxMail:
    given: dict[str, Any] = {
        "to": MINISTER,
        "subject": "EXERCISE / EJERCICIO: x",
        "text": f"EXERCISE / EJERCICIO {SECRET}",
        "kind": recipients.INJECT,
        "headers": recipients.HEADERS,
    }
    made = outbox.letter(**given | facts)
    made.save()
    return made


@pytest.mark.parametrize("kind", [recipients.INJECT, recipients.OWN, recipients.CHANGE, "tabletop.other", "notice"])
def test_a_mail_that_was_put_into_the_outbox_otherwise_does_not_leave(kind: str) -> None:
    made = started()
    reached = Delivery.objects.filter(by_mail=True).get()
    OutboxMail.objects.all().delete()
    for about in (key(reached), key(reached.participant)):
        _forged(kind=kind, about=about)
    if kind != "notice":
        _forged(kind=kind)
        _forged(kind=kind, about=key(made))
    assert delivery.deliver_due(may_leave=recipients.may_leave) == 0
    assert set(OutboxMail.objects.values_list("state", "last_error")) == {
        ("dropped", "It may not be sent to this address any more.")
    }


@pytest.mark.parametrize("without", ["subject", "text", "headers"])
def test_a_mail_without_its_marks_does_not_leave(without: str) -> None:
    started()
    reached = Delivery.objects.filter(by_mail=True).get()
    OutboxMail.objects.all().delete()
    facts: dict[str, Any] = {without: {} if without == "headers" else "Real"}
    _forged(to="ana@example.org", about=key(reached), **facts)
    assert delivery.deliver_due(may_leave=recipients.may_leave) == 0


def test_the_right_one_does_leave() -> None:
    started()
    got = everything_left({"ana@example.org"})
    assert [m.subject for m in got if m.extra_headers]
    assert {m.recipients()[0] for m in got} == {"ana@example.org"}
    assert any(SECRET in m.body for m in got)


def test_what_an_administrator_sends_again_from_the_outbox_is_asked_again() -> None:
    made = started()
    found = Participant.objects.get(mail="ana@example.org")
    stuck = mails(recipients.INJECT)[0]
    OutboxMail.objects.exclude(pk=stuck.pk).delete()
    joining.remove_participant(found, by=SYSTEM)
    OutboxMail.objects.filter(pk=stuck.pk).update(state=MailState.STUCK, text=stuck.text, is_masked=False)
    outbox.try_again(OutboxMail.objects.get(pk=stuck.pk), by=SYSTEM)
    assert (delivery.deliver_due(may_leave=recipients.may_leave), fresh(made).state) == (0, "running")


def test_the_worker_asks_before_each_mail_leaves() -> None:
    run: Any = JOBS[delivery.JOB].run
    assert recipients.may_leave in run.args


def test_mails_of_others_are_no_concern_of_it() -> None:
    one = outbox.letter(to="a@example.org", subject="Hello", text="Hello", kind="notice", about="feeds.notice:1")
    assert recipients.may_leave(one)


# --- No other way -------------------------------------------------------------------------------------------------


def test_no_row_of_a_pack_has_an_address() -> None:
    """Whom a pack names takes part on screen: a shape with a field for an address would refuse to be here."""
    fields = {name for shape in pack.SHAPES for name in shape.model_fields}
    wrong = {"mail", "consent", "email", "invited_mail", "pending_mail", "state"} & set(
        pack.ParticipantShape.model_fields
    )
    assert (wrong, {f for f in fields if "mail" in f or "consent" in f}) == (set(), set())
    assert pack_files()["tabletops.toml"].only_sample


@pytest.mark.usefixtures("isla")
def test_nobody_of_the_sample_country_gets_a_mail() -> None:
    paused = Tabletop.objects.get(code="ex-2026-02")
    running.resume_tabletop(paused, by=SYSTEM)
    running.send_inject(inject(paused, 4), by=SYSTEM)
    assert (mails(), Delivery.objects.filter(inject__number=4, inject__tabletop=paused).count()) == ([], 4)


def test_the_api_writes_nothing_of_an_exercise() -> None:
    paths = Client().get("/api/v1/openapi.json").json()["paths"]
    writing = {p for p, ways in paths.items() if set(ways) - {"get", "parameters"}}
    assert [p for p in writing if "exercise" in p or "tabletop" in p] == []


def test_the_only_form_of_the_workspace_with_an_address_is_the_invitation() -> None:
    from floreo.workspace.tabletops import forms

    found = {
        (name, field_name)
        for name, form in vars(forms).items()
        if isinstance(form, type) and hasattr(form, "base_fields") and form.__module__ == forms.__name__
        for field_name, each in form.base_fields.items()
        if isinstance(each, EmailField)
    }
    assert found == {("InviteForm", "invited_mail")}


@pytest.mark.usefixtures("isla")
def test_more_fields_than_the_form_has_are_not_taken(secretariat: Any, browser_of: Callable[[Any], Client]) -> None:
    browser = browser_of(secretariat)
    browser.post(
        "/workspace/tabletops/ex-2026-03/do/invite/",
        {
            "part": "player",
            "organisation": "island-bank",
            "language": "en",
            "mail": MINISTER,
            "consent": "x",
            "state": "accepted",
            "pending_mail": MINISTER,
        },
    )
    one = Participant.objects.get(tabletop__code="ex-2026-03", number=4)
    assert (one.state, one.mail, one.pending_mail, one.consent, mails()) == ("invited", "", "", "", [])


def test_a_link_of_one_exercise_is_none_of_another_purpose() -> None:
    found = accepted(tabletop())
    assert participant_of_link(token_of(found)) == found
    for token in (confirm_token(found), "1-1~x", token_of(found)[:-1]):
        with pytest.raises(Refused):
            participant_of_link(token)
