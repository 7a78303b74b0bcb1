"""Parts of a case: observables, tasks and playbooks, evidence and custody, mails, organisations; and clocks."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.core.models import AuditEntry, OutboxMail
from floreo.core.tasks import Recipient
from floreo.incidents import case_page, clocks, moments
from floreo.incidents.actions import cases, duties, evidence, merging, messages, parts, tasks
from floreo.incidents.incoming import IncomingFile
from floreo.incidents.models import Case, CaseEvidence, Clock, ClockRule, Message, Playbook
from floreo.incidents.tasks import waiting_tasks
from floreo.obligations.models import Notification
from tests.incidents.desk import EARLY, Desk, a_rule, log_of


def code_of(error: pytest.ExceptionInfo[Refused]) -> tuple[str, list[str]]:
    return error.value.code, sorted(error.value.fields)


# --- Observables and what happened --------------------------------------------------------------------------------


def test_an_observable_is_kept_once_and_shown_defanged_in_the_log(desk: Desk) -> None:
    case = desk.case()
    found = [("url", "http://bad.example/x"), ("ipv4", "198.51.100.7"), ("url", "http://bad.example/x")]
    made = parts.add_observables(case, by=desk.ana, found=found)
    assert [(each.value, each.tlp) for each in made] == [("http://bad.example/x", "AMBER"), ("198.51.100.7", "AMBER")]
    assert log_of(case)[0].startswith("2 observables added: hxxp://bad[.]example/x and 198")
    with pytest.raises(Refused) as again:
        parts.add_observables(case, by=desk.ana, found=found)
    with pytest.raises(Refused) as nothing:
        parts.add_observables(case, by=desk.ana, found=[])
    assert (code_of(again), code_of(nothing)) == (("all_here", ["text"]), ("none_found", ["text"]))
    parts.change_observable(made[0], by=desk.ana, tlp="GREEN", value="http://other.example")
    parts.remove_observable(made[1], by=desk.ana)
    assert list(case.observables.values_list("value", "tlp")) == [("http://bad.example/x", "GREEN")]


def test_what_happened_is_told_apart_from_what_was_done(desk: Desk) -> None:
    case = desk.case()
    line = parts.add_happening(case, by=desk.ana, text="Sign-in from abroad", at=moments.now() - timedelta(days=1))
    parts.change_happening(line, by=desk.ben, text="Sign-in with a stolen account", is_about=True)
    assert list(case.happenings.values_list("text", "is_about")) == [("Sign-in with a stolen account", True)]
    with pytest.raises(Refused) as future:
        parts.add_happening(case, by=desk.ana, text="x", at=moments.now() + timedelta(days=9))
    parts.remove_happening(line, by=desk.ana)
    assert (code_of(future), case.happenings.count()) == (("future", ["at"]), 0)
    assert len(log_of(case)) == 4


# --- Tasks --------------------------------------------------------------------------------------------------------


def playbook(code: str, *steps: str) -> Playbook:
    rows = [{"code": step, "title": step.capitalize(), "es": {"title": f"{step} (es)"}, "hours": 4} for step in steps]
    return Playbook.objects.create(code=code, title=code.capitalize(), steps=rows)


def test_a_playbook_is_changed_in_the_middle_and_what_is_done_stays(desk: Desk) -> None:
    case = desk.case()
    tasks.start_playbook(case, by=desk.ana, playbook=playbook("phishing", "collect", "block"))
    own = tasks.add_task(case, by=desk.ana, title="Call the bank", person=desk.ben)
    first = case.tasks.get(step="collect")
    assert first.in_language("title", "es") == "collect (es)"
    tasks.finish_task(first, by=desk.ben, note="Two mails.")
    tasks.start_playbook(case, by=desk.ana, playbook=playbook("ransomware", "collect", "isolate"))
    found = list(case.tasks.order_by("position", "pk").values_list("title", "state", "playbook"))
    assert found == [
        ("Collect", "done", "phishing"),
        ("Block", "dropped", "phishing"),
        ("Call the bank", "open", ""),
        ("Isolate", "open", "ransomware"),
    ]
    assert log_of(case)[0] == ("Playbook started: Ransomware, version 1. 1 open step of the earlier one is not needed.")
    tasks.change_task(own, by=desk.ana, title="Call both banks")
    tasks.discard_task(own, by=desk.ana, reason="They called us.")
    with pytest.raises(Refused) as over:
        tasks.finish_task(own, by=desk.ana)
    again = tasks.reopen_task(own, by=desk.ana)
    assert (code_of(over), again.state, again.title) == (("over", []), "open", "Call both banks")


# --- Evidence -----------------------------------------------------------------------------------------------------


def test_evidence_has_a_number_a_hash_and_a_chain_that_only_grows(desk: Desk) -> None:
    case = desk.case()
    kept = evidence.add_evidence(case, by=desk.ana, title="Ransom note", file=IncomingFile("note.txt", b"pay"))
    elsewhere = evidence.add_evidence(case, by=desk.ana, title="Disk", sha256="AB" * 32, place="Safe 2")
    evidence.hand_over(elsewhere, by=desk.ben, to_whom="Police laboratory", reason="Analysis")
    with pytest.raises(Refused) as before:
        evidence.hand_over(elsewhere, by=desk.ben, to_whom="Nobody", at=moments.now() - timedelta(days=30))
    with pytest.raises(Refused) as nothing:
        evidence.add_evidence(case, by=desk.ana, title="Nothing")
    with pytest.raises(Refused) as other:
        evidence.add_evidence(case, by=desk.ana, title="x", file=IncomingFile("a", b"a"), sha256="0" * 64)
    assert [(each.number, each.size) for each in CaseEvidence.objects.all()] == [("E-01", 3), ("E-02", None)]
    assert list(elsewhere.custody.values_list("from_whom", "to_whom", "place")) == [
        (desk.ana.name, desk.ana.name, "Safe 2"),
        (desk.ana.name, "Police laboratory", "Safe 2"),
    ]
    assert [code_of(each)[0] for each in (before, nothing, other)] == ["before_last", "nothing", "other_hash"]
    assert AuditEntry.objects.filter(verb="case.evidence_added").count() == 2
    assert list(evidence.broken_files()) == []
    Path(kept.file.path).write_bytes(b"PAY")
    assert [sentence.split(" is ")[-1] for sentence in evidence.broken_files()] == [
        "not the one that was saved: its hash differs."
    ]


# --- Mail ---------------------------------------------------------------------------------------------------------


def send(case: Case, desk: Desk, **more: Any) -> Message:
    facts = {"to": "soc@port.example", "subject": "A question", "text": "Is it down?", **more}
    return messages.send_message(case, by=desk.ana, **facts)


def test_the_first_mail_to_a_party_is_asked_about_once_more(desk: Desk) -> None:
    case = desk.case()
    with pytest.raises(Refused) as first:
        send(case, desk)
    assert (code_of(first), OutboxMail.objects.count()) == (("first_time", ["confirmed"]), 0)
    sent = send(case, desk, confirmed="soc@port.example", waiting_for="organisation")
    send(desk.case("Another"), desk)  # known from now on
    mail = OutboxMail.objects.order_by("pk")[0]
    assert (mail.kind, mail.is_secret, mail.message_id, mail.subject) == (
        "case",
        True,
        sent.message_id,
        f"[{case.reference}] [TLP:AMBER] A question",
    )
    assert mail.text == "TLP:AMBER\n\nIs it down?\n\nTLP:AMBER\n"
    assert Case.objects.get(pk=case.pk).waiting_for == "organisation"


def test_an_answer_is_threaded_once_and_the_team_is_to_act(desk: Desk) -> None:
    case = desk.case()
    send(case, desk, confirmed="soc@port.example", waiting_for="organisation")
    facts = {"sender": "soc@port.example", "subject": "Re", "text": "Yes.\x00", "message_id": "<1@port.example>"}
    came = messages.receive_message(case, by=SYSTEM, **facts)  # type: ignore[arg-type]  # all are text
    assert messages.receive_message(case, by=SYSTEM, **facts).pk == came.pk  # type: ignore[arg-type]
    reply = send(case, desk)
    assert (Case.objects.get(pk=case.pk).waiting_for, reply.in_reply_to) == ("team", "<1@port.example>")
    assert OutboxMail.objects.order_by("-pk")[0].headers["In-Reply-To"] == "<1@port.example>"


def test_nothing_of_an_exercise_or_marked_red_leaves(desk: Desk) -> None:
    case = desk.case("Drill", is_exercise=True)
    made = send(case, desk)
    with pytest.raises(Refused) as shared:
        parts.add_organisation(case, by=desk.ana, organisation=desk.port, is_shared=True)
    with pytest.raises(Refused) as red:
        send(desk.case(), desk, tlp="RED", confirmed="soc@port.example")
    assert (made.is_withheld, OutboxMail.objects.count()) == (True, 0)
    assert (code_of(shared), code_of(red)) == (("exercise", []), ("red", ["tlp"]))
    assert log_of(case)[0] == "Mail to soc@port.example written. It did not leave: this is an exercise."


# --- Clocks -------------------------------------------------------------------------------------------------------


def states(case: Case) -> list[tuple[str, str, bool]]:
    return list(Clock.objects.filter(case=case).order_by("rule").values_list("rule", "state", "is_open"))


def test_a_clock_starts_pauses_and_is_met_by_a_submission(desk: Desk) -> None:
    a_rule()
    case, now = desk.case(), moments.now()
    assert states(case) == [("early-warning", "not_started", False)]
    cases.set_moments(case, by=desk.ana, aware_at=now - timedelta(hours=2))
    assert states(case) == [("early-warning", "running", True)]
    duties.pause_clocks(case, by=desk.ana, reason="The court asked for it.", at=now - timedelta(hours=1))
    assert states(case) == [("early-warning", "paused", True)]
    duties.resume_clocks(case, by=desk.ana)
    duties.record_submission(case, by=desk.ana, kind="early_warning", organisation=desk.port)
    assert states(case) == [("early-warning", "met", False)]
    again = {each.rule.code: str(each.state) for each in clocks.computed(Case.objects.get(pk=case.pk))}
    assert again == {"early-warning": "met"}


def test_a_rule_that_changes_while_the_clock_runs_holds_for_what_begins_later(desk: Desk) -> None:
    a_rule()
    case = desk.case()
    cases.set_moments(case, by=desk.ana, aware_at=moments.now() - timedelta(hours=30))
    assert states(case) == [("early-warning", "overdue", True)]
    began = moments.now() - timedelta(minutes=1)  # just after midnight that is yesterday
    from_then = began.date().isoformat()
    a_rule(revision="2", holds_from=from_then, rule={**EARLY, "period": {"hours": 72}})
    assert clocks.refresh_all() >= 1
    (clock,) = Clock.objects.filter(case=case)
    assert (clock.revision, clock.state, clock.explained["newer_version_from"]) == ("1", "overdue", from_then)
    later = desk.case("Later")
    cases.set_moments(later, by=desk.ana, aware_at=began)
    assert Clock.objects.get(case=later).revision == "2"
    assert clocks.refresh_all() == 0  # nothing changes by time alone now


def test_a_clock_that_time_alone_changes_is_made_anew_by_the_worker(desk: Desk) -> None:
    a_rule()
    case = desk.case()
    cases.set_moments(case, by=desk.ana, aware_at=moments.now() - timedelta(hours=2))
    Case.objects.filter(pk=case.pk).update(aware_at=moments.now() - timedelta(hours=25))
    Clock.objects.update(changes_at=moments.now() - timedelta(minutes=1))
    ClockRule.objects.update(changed_at=moments.now() - timedelta(days=1))
    assert (clocks.refresh_all(), states(case)) == (1, [("early-warning", "overdue", True)])


# --- Tasks for people ---------------------------------------------------------------------------------------------


def test_clocks_tasks_and_untouched_cases_wait_for_whom_they_concern(desk: Desk) -> None:
    a_rule()
    case = desk.case(organisation=desk.port)
    cases.set_moments(case, by=desk.ana, aware_at=moments.now() - timedelta(hours=2))
    tasks.add_task(case, by=desk.ana, title="Image the disk", person=desk.ben)
    tasks.add_task(case, by=desk.ana, title="Send the logs", waiting_for="organisation", due_at=moments.now())
    parts.share(case.organisations.get(), by=desk.ana, is_shared=True)
    drill = desk.case("Drill", is_exercise=True)
    tasks.add_task(drill, by=desk.ana, title="Drill task", person=desk.ben)
    Case.objects.update(touched_at=moments.now() - timedelta(hours=30))

    def found(user: Any, **more: Any) -> list[tuple[str, str]]:
        who = Recipient(people=frozenset({user.pk}), **more)
        return sorted((t.kind, t.title) for t in waiting_tasks(who, viewer=user, today=moments.now().date()))

    team = {"permissions": frozenset({"incident.handle"})}
    assert found(desk.ben, **team) == [("case_task", "Image the disk")]
    assert found(desk.ana, **team) == [
        ("case_clock", f"Early warning: {case}"),
        ("case_task", "Send the logs"),
        ("case_untouched", str(case)),
    ]
    bodies = {"organisations": frozenset({desk.port.pk}), "permissions": frozenset({"incident.read"})}
    assert found(desk.operator, **bodies) == [("case_asked", "Send the logs")]
    cases.classify(case, by=desk.ana, tlp="RED")
    assert found(desk.ben, **team) == []
    assert [title for _kind, title in found(desk.ana, **team)] == [f"Early warning: {case.reference}", case.reference]


# --- The team -----------------------------------------------------------------------------------------------------


def test_a_rota_and_filters_of_the_team(desk: Desk) -> None:
    now = moments.now()
    shift = duties.plan_duty(by=desk.ana, user=desk.ben, starts_at=now, ends_at=now + timedelta(hours=8))
    with pytest.raises(Refused) as twice:
        duties.plan_duty(by=desk.ana, user=desk.ben, starts_at=now, ends_at=now + timedelta(hours=1))
    duties.remove_duty(shift, by=desk.ana)
    saved = duties.save_filter(by=desk.ana, name="Mine", query="state=open&next=http://x&severity=high")
    with pytest.raises(Refused) as empty:
        duties.save_filter(by=desk.ana, name="All", query="page=2")
    assert (code_of(twice), code_of(empty), saved.query) == (
        ("twice", ["user"]),
        ("no_filter", ["name"]),
        "state=open&severity=high",
    )
    duties.remove_filter(saved, by=desk.ben)


# --- The page -----------------------------------------------------------------------------------------------------


def test_the_page_knows_what_hangs_on_a_case_from_either_side(desk: Desk) -> None:
    """Each relation of which it has a row, and no other: what is not named is not read."""
    first, second, third, bare = (desk.case(f"Case {n}") for n in range(4))
    parts.add_observables(first, by=desk.ana, found=[("ipv4", "198.51.100.7")])
    tasks.add_task(first, by=desk.ana, title="Call")
    parts.link_case(first, by=desk.ana, other=second)
    merging.merge(third, by=desk.ana, into=second)
    always = case_page._what_hangs_on(bare)
    assert case_page._what_hangs_on(first) - always == {"observables", "tasks", "links"}
    assert case_page._what_hangs_on(second) - always == {"links", "merges"}
    assert case_page._what_hangs_on(third) - always == {"merges"}
    for case in (first, second, third, bare):
        case.refresh_from_db()
        plain = [name for name in case_page._HANGS if name not in {"links", "merges"}]
        assert {n for n in plain if getattr(case, n).exists()} == case_page._what_hangs_on(case) - {"links", "merges"}


def test_no_relation_of_a_case_is_forgotten() -> None:
    hang = {model for model, _names in case_page._HANGS.values()}
    shown = {each.related_model for each in Case._meta.related_objects} - hang
    assert shown <= {Case, Notification}, shown  # notifications are asked for by their own area
