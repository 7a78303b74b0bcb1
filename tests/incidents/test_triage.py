"""Reports are taken in once; what is decided on them is recorded, and can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.errors import Missing, NotAllowed, Refused
from floreo.core.models import AuditEntry, OutboxMail
from floreo.incidents import logic
from floreo.incidents.actions import triage
from floreo.incidents.actions.receiving import receive
from floreo.incidents.incoming import IncomingFile
from floreo.incidents.models import Case, LogEntry, Report, ReportFile, ReportState
from floreo.organisations.models import User
from tests.incidents.reports import incoming, taken_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def responder(user_with: Callable[..., User]) -> User:
    return user_with("responder")


def test_the_same_source_is_taken_in_once() -> None:
    first, second = receive(incoming(), by=SYSTEM), receive(incoming(text="Again."), by=SYSTEM)
    assert (first.already, second.already, first.report.pk == second.report.pk) == (False, True, True)
    assert Report.objects.get().text == "Since about six this morning nobody can open the patient lists."


def test_who_reported_and_what_they_wrote_is_not_in_the_trail() -> None:
    taken_in(reporter_name="Ana Pech", text="My bank account was emptied.")
    entry = AuditEntry.objects.get()
    assert entry.verb == "incident_report.received"
    detail = str(entry.detail)
    assert [word for word in ("Ana Pech", "head@hospital.example", "emptied", "patient") if word in detail] == []


def test_a_file_is_kept_under_a_random_name_and_described_by_its_content() -> None:
    pdf = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    taken_in(files=(IncomingFile("../../photo.jpg", pdf), IncomingFile("tool.exe", b"MZ\x90\x00" + b"\0" * 200)))
    photo, tool = ReportFile.objects.all()
    assert (photo.name, photo.doubt) == ("photo.jpg", photo.doubt)
    assert photo.doubt != ""  # named .jpg, and it is none
    assert (tool.name, tool.media_type) == ("tool.exe", "application/octet-stream")
    assert "program" in tool.doubt
    for file in (photo, tool):
        place = Path(settings.MEDIA_ROOT) / str(file.file.name)
        assert place.parent.name == "incidents"
        assert place.suffix == ""


def test_times_that_cannot_be_are_refused() -> None:
    later = clock.machine() + timedelta(hours=1)
    with pytest.raises(Refused, match="still to come"):
        receive(incoming(received_at=later), by=SYSTEM)
    with pytest.raises(Refused, match="after it was reported"):
        receive(incoming(happened_at=clock.now() + timedelta(minutes=5)), by=SYSTEM)
    assert Report.objects.count() == 0


def test_an_accepted_report_opens_a_case_with_what_is_known(responder: User) -> None:
    report = taken_in(happened_at=clock.now() - timedelta(hours=3))
    case = triage.accept(
        report, by=responder, rsit="malicious-code/infected-system", severity="high", note="Call first."
    )
    report.refresh_from_db()
    assert (report.state, report.case_id, report.decided_at is not None) == ("accepted", case.pk, True)
    assert (case.rsit_class, case.rsit_type, case.severity_rank, case.lead) == (
        "malicious-code",
        "infected-system",
        3,
        responder,
    )
    assert (case.received_at, case.occurred_at) == (report.received_at, report.happened_at)
    assert case.reference == f"INC-{clock.today().year}-0001"
    assert [line.is_written for line in LogEntry.objects.order_by("pk")] == [False, True]


def test_a_report_joins_a_case_and_leaves_it_again(responder: User) -> None:
    case = triage.accept(taken_in(), by=responder)
    second = taken_in(2, received_at=clock.now() - timedelta(days=1))
    triage.join(second, by=responder, case=case)
    case.refresh_from_db()
    assert (case.reports.count(), case.received_at) == (2, second.received_at)
    triage.reopen(second, by=responder)
    second.refresh_from_db()
    assert (second.state, second.case, second.decided_at) == ("new", None, None)


def test_the_only_report_of_a_case_is_not_taken_out_of_it(responder: User) -> None:
    report = taken_in()
    triage.accept(report, by=responder)
    with pytest.raises(Refused, match="the only report"):
        triage.reopen(report, by=responder)


def test_a_second_decision_is_refused_with_the_first(responder: User) -> None:
    report = taken_in()
    triage.reject(report, by=responder, reason="An advertisement")
    for again in (
        lambda: triage.accept(report, by=responder),
        lambda: triage.pass_on(report, by=responder, to="The police"),
        lambda: triage.reject(report, by=responder, reason="Again"),
    ):
        with pytest.raises(Refused, match="was decided already: Rejected"):
            again()
    assert Case.objects.count() == 0


def test_a_duplicate_points_to_the_first_report_of_its_chain(responder: User) -> None:
    first, second, third = taken_in(1), taken_in(2), taken_in(3)
    case = triage.accept(first, by=responder)
    triage.mark_duplicate(second, by=responder, of=first)
    second.refresh_from_db()
    found = triage.mark_duplicate(third, by=responder, of=second)
    assert (found.duplicate_of, found.case, found.state) == (first, case, ReportState.DUPLICATE)
    with pytest.raises(Refused, match="itself"):
        triage.mark_duplicate(first, by=responder, of=second)


def test_many_are_rejected_together_or_not_at_all_and_taken_back(responder: User) -> None:
    reports = [taken_in(n) for n in range(1, 4)]
    triage.pass_on(reports[2], by=responder, to="The police")
    with pytest.raises(Refused):
        triage.reject_many(reports, by=responder, reason="Advertisements")
    assert list(Report.objects.order_by("pk").values_list("state", flat=True)) == ["new", "new", "passed"]
    assert triage.reject_many(reports[:2], by=responder, reason="Advertisements") == 2
    assert triage.reopen_many(reports[:2], by=responder) == 2
    assert list(Report.objects.order_by("pk").values_list("state", flat=True)) == ["new", "new", "passed"]


@pytest.mark.long
def test_many_are_taken_into_one_case_together_or_not_at_all(responder: User) -> None:
    reports = [taken_in(n) for n in range(1, 5)]
    triage.pass_on(reports[3], by=responder, to="The police")
    with pytest.raises(Refused):
        triage.join_many(reports, by=responder)
    assert Case.objects.count() == 0
    case = triage.join_many(reversed(reports[1:3]), by=responder)
    first = min(reports[1:3], key=lambda each: (each.received_at, each.pk))
    assert (case.title, list(case.reports.order_by("pk"))) == (first.subject, reports[1:3])
    assert triage.join_many(reports[:1], by=responder, case=case) == case
    assert case.reports.count() == 3
    assert (triage.reopen_many(reports[1:3], by=responder), case.reports.count()) == (2, 1)


def test_what_is_real_and_what_is_an_exercise_do_not_stand_in_one_case(responder: User) -> None:
    real, drill = taken_in(1), taken_in(2, is_exercise=True)
    case = triage.accept(real, by=responder)
    with pytest.raises(Refused) as error:
        triage.join(drill, by=responder, case=case)
    assert (error.value.code, case.reports.count()) == ("exercise", 1)


def test_a_red_report_does_not_enter_a_case_that_all_of_the_team_reads(responder: User) -> None:
    red = taken_in(1, tlp="RED")
    case = triage.accept(taken_in(2), by=responder)
    with pytest.raises(Refused) as error:
        triage.join(red, by=responder, case=case)
    assert (error.value.code, case.reports.count()) == ("red", 1)


def test_the_reports_of_a_red_case_are_read_by_those_named_in_it(user_with: Callable[..., User]) -> None:
    ana, ben = user_with("responder", email="ana@team.example"), user_with("responder", email="ben@team.example")
    report = taken_in(1, tlp="RED")
    assert [Report.objects.visible_to(each).count() for each in (ana, ben)] == [1, 1]  # somebody has to decide on it
    triage.accept(report, by=ana)
    assert [Report.objects.visible_to(each).count() for each in (ana, ben)] == [1, 0]


def test_nothing_is_decided_on_reports_of_a_red_case_by_who_is_not_named_in_it(user_with: Callable[..., User]) -> None:
    ana, ben = user_with("responder", email="ana@team.example"), user_with("responder", email="ben@team.example")
    first, second, third = taken_in(1), taken_in(2), taken_in(3)
    case = triage.accept(first, by=ana, tlp="RED")
    triage.join(second, by=ana, case=case)
    for report in (first, second):
        with pytest.raises(Missing):
            triage.reopen(report, by=ben)
    with pytest.raises(Missing):
        triage.mark_duplicate(third, by=ben, of=first)
    assert (case.reports.count(), Report.objects.get(pk=third.pk).state) == (2, "new")


def test_duplicates_close_into_no_ring_and_mix_no_exercise(responder: User) -> None:
    one, two, three, drill = taken_in(1), taken_in(2), taken_in(3), taken_in(4, is_exercise=True)
    triage.mark_duplicate(one, by=responder, of=two)
    triage.mark_duplicate(two, by=responder, of=three)
    with pytest.raises(Refused, match="itself"):
        triage.mark_duplicate(three, by=responder, of=Report.objects.get(pk=one.pk))
    with pytest.raises(Refused) as error:
        triage.mark_duplicate(three, by=responder, of=drill)
    assert error.value.code == "exercise"


def test_the_reporter_is_asked_by_mail_and_that_counts_as_the_first_answer(responder: User) -> None:
    report = taken_in()
    triage.ask_reporter(report, by=responder, text="Are the backups offline?")
    report.refresh_from_db()
    mail = OutboxMail.objects.get()
    assert (mail.to, mail.subject) == ("head@hospital.example", f"[{report.reference}] A question about your report")
    assert (report.state, report.acknowledged_at is not None) == ("asked", True)
    with pytest.raises(Refused, match="recorded already"):
        triage.acknowledge(report, by=responder)


def test_of_an_exercise_nothing_leaves(responder: User) -> None:
    with pytest.raises(Refused, match="exercise"):
        triage.ask_reporter(taken_in(is_exercise=True), by=responder, text="How many?")
    assert OutboxMail.objects.count() == 0


def test_who_does_not_handle_incidents_decides_nothing_and_sees_nothing(user_with: Callable[..., User]) -> None:
    report = taken_in()
    for role in ("secretariat", "administrator", "operator", "lead", "observer", "auditor"):
        other = user_with(role, email=f"{role}@x.example")
        assert (role, Report.objects.visible_to(other).count()) == (role, 0)
        with pytest.raises(NotAllowed):
            triage.correct(report, by=other, kind="money")


@pytest.mark.long
@given(
    st.lists(st.sampled_from(["asked", "accepted", "rejected", "passed", "duplicate", "withdrawn", "new"]), max_size=8)
)
def test_whatever_is_decided_a_withdrawn_report_stays_withdrawn(steps: list[str]) -> None:
    state, was_withdrawn = "new", False
    for step in steps:
        if logic.can_step(logic.REPORT_STEPS, state, step):
            state = step
        was_withdrawn = was_withdrawn or state == "withdrawn"
    assert not was_withdrawn or state == "withdrawn"


@pytest.mark.long
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "services": st.sampled_from(logic.SERVICES),
            "data": st.sampled_from(logic.DATA),
            "people": st.integers(0, 10**9),
            "danger": st.booleans(),
        },
    )
)
def test_a_worse_impact_never_gives_a_lower_severity(impact: dict[str, object]) -> None:
    before = logic.SEVERITY_RANK[logic.severity_of(impact)[0]]
    worse = logic.SEVERITY_RANK[logic.severity_of(impact | {"danger": True})[0]]
    assert worse == 4 >= before
    assert (before == 0) == (not any(key != "danger" or value for key, value in impact.items()))
