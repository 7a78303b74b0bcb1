"""The workspace's pages of meetings: who gets in, what is kept, and what comes back when the answer is no."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from floreo.core.access import SYSTEM
from floreo.meetings.actions.agenda import add_item
from floreo.meetings.actions.decisions import ask_decision, take_decision
from floreo.meetings.actions.recording import ItemMinutes
from floreo.meetings.logic import fingerprint
from floreo.meetings.models import AgendaItem, Committee, Decision, Meeting, Seat
from floreo.organisations.models import Organisation, Person, User
from floreo.reviews.models import Review, UpdateRequest
from floreo.strategy.models import Edition, Objective
from tests.factories.strategy import TODAY, make_action
from tests.meetings.making import held, record_minutes, to_come
from tests.pages import squeezed

Browser = Callable[[User], Client]


@pytest.fixture
def workspace(secretariat: User, browser_of: Browser) -> Client:
    return browser_of(secretariat)


@pytest.fixture
def meeting(committee: Committee) -> Meeting:
    return held(committee)


def at(meeting: Meeting, name: str, *more: str) -> str:
    return reverse(f"workspace:{name}", args=[meeting.committee.code, meeting.code, *more])


def every_page(meeting: Meeting, decision: Decision, seat: Seat, item: AgendaItem) -> list[str]:
    code = meeting.committee.code
    pages = [
        reverse(f"workspace:{n}") for n in ("meetings", "committees", "decisions", "new_committee", "new_decision")
    ]
    pages += [
        reverse(f"workspace:{n}", args=[code]) for n in ("committee", "edit_committee", "call_meeting", "new_seat")
    ]
    pages += [reverse(f"workspace:{n}", args=[code, seat.pk]) for n in ("edit_seat", "end_seat", "remove_seat")]
    pages += [at(meeting, "meeting"), at(meeting, "record_meeting"), at(meeting, "meeting_invitation")]
    pages += [at(meeting, "meeting_paper", kind) for kind in ("agenda", "minutes")]
    pages += [at(meeting, "meeting_file", "minutes", form) for form in ("pdf", "docx")]
    pages += [
        at(meeting, "meeting_command", t)
        for t in (
            "edit",
            "move",
            "cancel",
            "send",
            "point",
            "decide",
            "circulate",
            "approve",
            "correct",
        )
    ]
    pages += [at(meeting, n, item.code) for n in ("edit_point", "remove_point")]
    pages += [reverse("workspace:decision", args=[decision.number])]
    tasks = ("answer", "milestone", "action", "done", "edit", "drop")
    return pages + [reverse("workspace:decision_command", args=[decision.number, t]) for t in tasks]


READING = {"meetings", "committees", "decisions", "committee", "meeting", "papers", "invitation.ics", "decision"}


@pytest.mark.long
def test_every_page_opens_to_the_secretariat_and_reading_ones_to_a_lead_and_none_to_an_observer(
    meeting: Meeting, workspace: Client, observer: User, user_with: Callable[..., User], browser_of: Browser
) -> None:
    edition = Edition.objects.get()
    item = add_item(meeting, by=SYSTEM, title="Targets")
    decision = take_decision(edition, by=SYSTEM, item=item, title="Vote", is_public=True)
    seat = meeting.committee.seats.all()[0]
    lead = browser_of(user_with("lead", organisation=Organisation.objects.get(code="csirt")))
    watcher = browser_of(observer)
    reads = {
        "/workspace/meetings/",
        "/workspace/committees/",
        "/workspace/decisions/",
        meeting.committee.workspace_url(),
        meeting.workspace_url(),
        at(meeting, "meeting_invitation"),
        at(meeting, "meeting_paper", "agenda"),
        at(meeting, "meeting_paper", "minutes"),
        at(meeting, "meeting_file", "minutes", "pdf"),
        at(meeting, "meeting_file", "minutes", "docx"),
        decision.workspace_url(),
    }
    for page in every_page(meeting, decision, seat, item):
        assert workspace.get(page).status_code == 200, page
        assert lead.get(page).status_code == (200 if page in reads else 403), page
        assert watcher.get(page).status_code in {403, 404}, page


def test_empty_rooms_say_what_to_do_first(edition: Edition, workspace: Client) -> None:
    assert "First add the committee" in workspace.get("/workspace/meetings/").content.decode()
    assert (
        "A task force, a steering committee or a working group: add it, add its seats, and schedule its first meeting."
        in workspace.get("/workspace/committees/").content.decode()
    )
    assert (
        "Record decisions during a meeting, each with the person responsible and a due date. You can then make them milestones and actions of the plan."
        in workspace.get("/workspace/decisions/").content.decode()
    )


def test_a_committee_is_made_seated_and_called_in_the_workspace(edition: Edition, workspace: Client) -> None:
    body = Organisation.objects.create(code="bank", name="Bank", kind="company")
    workspace.post("/workspace/committees/new/", {"code": "board", "name": "Board", "edition": edition.pk})
    workspace.post("/workspace/committees/board/seats/new/", {"organisation": "bank", "part": "chair"})
    assert [(s.organisation, s.part) for s in Seat.objects.all()] == [(body, "chair")]
    past = workspace.post("/workspace/committees/board/call/", {"on": "2026-11-01", "place": "Attic"})
    assert past.status_code == 422
    assert (
        "is in the past, so nobody can be invited to that meeting. Choose a future date, or record the meeting as held."
        in past.content.decode()
    )
    assert 'value="Attic"' in past.content.decode()
    called = workspace.post("/workspace/committees/board/call/", {"on": "2026-12-03", "starts_at": "14:00"})
    assert called["Location"] == "/workspace/meetings/board/2026-12-03/"


@pytest.mark.long
def test_the_agenda_is_drawn_by_one_press_and_says_when_nothing_is_new(
    edition: Edition, committee: Committee, workspace: Client
) -> None:
    make_action(edition, due_on=date(2026, 10, 1))
    meeting = to_come(committee)
    assert "1 item added." in workspace.post(at(meeting, "draw_agenda"), follow=True).content.decode()
    assert (
        "There is nothing new to add to the agenda."
        in workspace.post(at(meeting, "draw_agenda"), follow=True).content.decode()
    )
    assert workspace.get(at(meeting, "draw_agenda")).status_code == 405


def recording(meeting: Meeting, **more: str) -> dict[str, str]:
    blank = fingerprint("", "")
    given = {f"seat-{s.pk}-was": blank for s in meeting.committee.seats.all()}
    given |= {f"item-{i.pk}-was": blank for i in meeting.items.all()}
    return given | more


def test_one_form_keeps_attendance_minutes_decisions_and_a_new_point(meeting: Meeting, workspace: Client) -> None:
    item, seat = add_item(meeting, by=SYSTEM, title="Targets"), meeting.committee.seats.all()[0]
    answer = workspace.post(
        at(meeting, "record_meeting"),
        recording(
            meeting,
            **{
                f"seat-{seat.pk}-presence": "present",
                "guests": "Greta\n",
                f"item-{item.pk}-minutes": "Set.",
                f"item-{item.pk}-decision": "Hire two",
                f"item-{item.pk}-owner": "police",
                f"item-{item.pk}-due": "2026-12-01",
                "new_title": "Aside",
                "new_internal": "Between us",
            },
        ),
    )
    assert (answer.status_code, answer["Location"]) == (302, at(meeting, "record_meeting"))
    assert [(a.presence, a.name) for a in meeting.attendances.all()] == [("present", ""), ("present", "Greta")]
    assert [(i.title, i.minutes, i.minutes_internal) for i in meeting.items.all()] == [
        ("Targets", "Set.", ""),
        ("Aside", "", "Between us"),
    ]
    decision = Decision.objects.get()
    assert (decision.title, decision.item, decision.due_on, str(decision.organisation)) == (
        "Hire two",
        item,
        date(2026, 12, 1),
        "Police",
    )


def test_a_mistake_at_one_point_loses_nothing_typed_at_another(meeting: Meeting, workspace: Client) -> None:
    first, second = (add_item(meeting, by=SYSTEM, title=t) for t in ("One", "Two"))
    answer = workspace.post(
        at(meeting, "record_meeting"),
        recording(
            meeting,
            **{
                f"item-{first.pk}-minutes": "Long and careful words",
                f"item-{second.pk}-due": "soon",
            },
        ),
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Long and careful words" in page
    assert "<title>Error:" in squeezed(page)
    assert not AgendaItem.objects.exclude(minutes="").exists()


def test_two_who_record_at_once_both_see_both_texts_and_the_next_save_decides(
    meeting: Meeting, workspace: Client
) -> None:
    item = add_item(meeting, by=SYSTEM, title="Targets")
    record_minutes(meeting, ItemMinutes(item.pk, "Theirs"))
    answer = workspace.post(at(meeting, "record_meeting"), recording(meeting, **{f"item-{item.pk}-minutes": "Mine"}))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Theirs" in page
    assert "Mine" in page
    assert f'value="{fingerprint("Theirs", "")}"' in page
    given = recording(meeting, **{f"item-{item.pk}-minutes": "Mine", f"item-{item.pk}-was": fingerprint("Theirs", "")})
    assert workspace.post(at(meeting, "record_meeting"), given).status_code == 302
    item.refresh_from_db()
    assert item.minutes == "Mine"


def test_a_decision_goes_its_whole_way_in_the_workspace(edition: Edition, meeting: Meeting, workspace: Client) -> None:
    act = make_action(edition)
    workspace.post(
        at(meeting, "meeting_command", "decide"), {"title": "Pay more", "addressed_to": "Minister", "is_public": "on"}
    )
    decision = Decision.objects.get()
    assert (decision.state, decision.meeting) == ("asked", meeting)
    page = decision.workspace_url()
    workspace.post(f"{page}do/answer/", {"is_taken": "yes", "on": "2026-11-24", "answer": "So be it"})
    workspace.post(f"{page}do/milestone/", {"act": act.pk, "title": "Paid", "due_on": "2027-01-31"})
    assert [(m.title, m.due_on) for m in act.milestones.all()] == [("Paid", date(2027, 1, 31))]
    twice = workspace.post(f"{page}do/milestone/", {"act": act.pk, "title": "Paid"})
    assert twice.status_code == 422
    assert "It is already part of the plan. Open the part that it became." in twice.content.decode()
    assert "Paid" in workspace.get(page).content.decode()
    assert "D-2026-01" in workspace.get(act.workspace_url()).content.decode()


def test_a_decision_outside_a_meeting_becomes_an_action(
    edition: Edition, committee: Committee, workspace: Client
) -> None:
    workspace.post(
        "/workspace/decisions/new/",
        {
            "edition": edition.code,
            "title": "Write a guide",
            "organisation": "police",
            "on": str(TODAY),
            "committee": "steering",
        },
    )
    decision = Decision.objects.get()
    objective = Objective.objects.get()
    workspace.post(
        f"{decision.workspace_url()}do/action/", {"objective": objective.pk, "code": "1.1.7", "title": "Write a guide"}
    )
    assert list(edition.actions.values_list("code", "title")) == [("1.1.7", "Write a guide")]


def test_the_list_of_decisions_knows_what_is_open_late_and_done(
    edition: Edition, committee: Committee, workspace: Client
) -> None:
    take_decision(edition, by=SYSTEM, title="Overdue", due_on=date(2026, 11, 1), on=date(2026, 10, 1))
    ask_decision(edition, by=SYSTEM, title="Requested", addressed_to="Minister")
    late, asked = (workspace.get(f"/workspace/decisions/?status={s}").content.decode() for s in ("late", "asked"))
    assert ("D-2026-01" in late, "D-2026-02" in late) == (True, False)
    assert ("D-2026-01" in asked, "D-2026-02" in asked) == (False, True)
    assert "No results" in workspace.get("/workspace/decisions/?status=done").content.decode()


def test_what_is_not_there_is_not_there(meeting: Meeting, workspace: Client) -> None:
    for page in (
        "/workspace/meetings/steering/1999-01-01/",
        at(meeting, "meeting_command", "burn"),
        at(meeting, "meeting_paper", "poem"),
        at(meeting, "meeting_file", "minutes", "exe"),
        "/workspace/decisions/D-1999-01/",
        "/workspace/committees/none/",
    ):
        assert workspace.get(page).status_code == 404, page


# What the public sees


def test_the_public_reads_public_decisions_and_no_others(
    edition: Edition, committee: Committee, stranger: Client
) -> None:
    take_decision(edition, by=SYSTEM, committee=committee, title="Told", is_public=True)
    take_decision(edition, by=SYSTEM, committee=committee, title="Untold")
    page = stranger.get(reverse("portal:decisions", args=[edition.code])).content.decode()
    assert "Told" in page
    assert "Untold" not in page
    assert "Police" in page  # who sits there
    assert "Ruben" not in page
    assert "Untold" not in stranger.get("/data/decisions.json").getvalue().decode()
    assert "Ruben" not in stranger.get("/data/seats.csv").getvalue().decode()


def test_an_internal_committee_is_not_known_outside(edition: Edition, committee: Committee, stranger: Client) -> None:
    Committee.objects.update(is_public=False)
    to_come(committee)
    assert "steering" not in stranger.get("/data/meetings.json").getvalue().decode().lower()
    assert "Steering" not in stranger.get(reverse("portal:decisions", args=[edition.code])).content.decode()


def test_answers_that_are_not_given_come_onto_the_agenda_by_body_not_by_name(
    edition: Edition, committee: Committee, workspace: Client
) -> None:
    review = Review.objects.create(
        edition=edition,
        code="2026-q3",
        starts_on=date(2026, 7, 1),
        ends_on=date(2026, 9, 30),
        opened_on=date(2026, 10, 1),
        due_on=date(2026, 10, 15),
        closes_on=date(2026, 12, 15),
    )
    ruben = Person.objects.get(code="ruben")
    UpdateRequest.objects.create(review=review, person=ruben)
    UpdateRequest.objects.create(
        review=review, organisation=Organisation.objects.get(code="justice"), state="submitted"
    )
    meeting = to_come(committee)
    workspace.post(at(meeting, "draw_agenda"))
    workspace.post(at(meeting, "draw_agenda"))
    assert [(i.thing, i.text) for i in meeting.items.all()] == [
        (f"reviews.review:{review.pk}", "They were due on 15 October 2026. Missing from: Police."),
    ]
