"""Anybody reports without an account: the pages of the form, and what becomes of the answers."""

from __future__ import annotations

import pytest
from django.test import Client

from floreo.core.models import AuditEntry
from floreo.incidents import spooled
from floreo.incidents.access import FORM
from floreo.incidents.actions.reporter import MOST_ADDITIONS, add_again
from floreo.incidents.models import Report, ReportState
from tests.portal import reporting
from tests.portal.reporting import ANSWERS, HAPPENED, first_page, last_page, spool_root  # noqa: F401 -- a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.one_database, pytest.mark.usefixtures("spool_root")]


@pytest.mark.long
def test_a_report_goes_from_the_first_question_to_the_inbox() -> None:
    reporting.open_form()
    sent = last_page(Client()).send(go="send")
    assert (sent.status, sent.title, sent.answer.cookies) == (200, "Your report was received", {})
    assert spooled.take_in() == 1
    report = Report.objects.get()
    assert (report.reference, report.kind, report.text) == (sent.reference, "message", HAPPENED)
    assert (report.is_in_danger, report.wants_police, report.concerns_child) == (False, True, False)
    assert (report.organisation_name, report.reporter_mail) == ("Harbour Bank", "ana@example.org")
    assert report.noticed_at is not None
    assert report.noticed_at.isoformat() == "2025-11-23T14:30:00+00:00"
    followed = Client().get(sent.link)
    assert "Your report has arrived" in followed.content.decode()


def test_the_pages_come_in_this_order() -> None:
    reporting.open_form()
    shown, titles = first_page(Client()), []
    for step in ANSWERS:
        titles.append(shown.title)
        shown = shown.send(step)
    assert [*titles, shown.title] == [
        "Is anybody in danger right now?",
        "Do you want the police to know?",
        "Does it concern a child?",
        "What is it about?",
        "What happened?",
        "When did you notice it?",
        "Where did it happen?",
        "Which organisation does it concern?",
        "Do you have pictures or files that show it?",
        "How can we reach you?",
        "Check your answers and send them",
    ]


def sent(**changed: str) -> reporting.Page:
    return last_page(Client(), **changed).send(go="send")


@pytest.mark.long
def test_a_double_press_gives_the_same_number_and_link_and_one_report() -> None:
    reporting.open_form()
    page = last_page(Client())
    first, second = page.send(go="send"), page.send(go="send")
    spooled.take_in()
    third = page.send(go="send")  # also once the worker was there
    spooled.take_in()
    assert {(each.reference, each.link) for each in (first, second, third)} == {(first.reference, first.link)}
    assert [(each.reference, each.additions) for each in Report.objects.all()] == [(first.reference, [])]


@pytest.mark.long
def test_what_was_changed_and_sent_again_is_added_to_the_report() -> None:
    reporting.open_form()
    page = last_page(Client())
    page.send(go="send")
    spooled.take_in()
    changed = page.send(go="edit:text").send({"text": "It was another bank."})
    assert changed.title == "Check your answers and send them"
    changed.send(go="send")
    spooled.take_in()
    changed.send(go="send")
    spooled.take_in()
    report = Report.objects.get()
    assert (report.text, [each["text"] for each in report.additions]) == (HAPPENED, ["It was another bank."])
    key = report.additions[0]["key"]
    assert add_again(report, by=FORM, text="once more", key=key, at=report.received_at).additions == report.additions


def to_check(page: reporting.Page) -> reporting.Page:
    while page.hidden().get("step") != "check":
        page = page.send()
    return page


def test_a_telephone_number_and_files_sent_again_are_added_and_answer_the_team() -> None:
    reporting.open_form()
    page = last_page(Client())
    page.send(go="send")
    spooled.take_in()
    Report.objects.update(state=ReportState.ASKED)
    changed = page.send(go="edit:contact").send({"name": "Ana", "mail": "ana@example.org", "phone": "555 7777"})
    changed = changed.send(go="edit:danger").send({"danger": "yes"})
    changed = to_check(to_check(changed).send(go="edit:files").send({"files": [reporting.a_file("a.txt", b"proof")]}))
    changed.send(go="send")
    spooled.take_in()
    more = to_check(changed.send(go="edit:files").send({"files": [reporting.a_file("b.txt", b"more")]}))
    for _turn in range(2):
        more.send(go="send")
        spooled.take_in()
    report = Report.objects.get()
    assert [(each["text"], each["files"]) for each in report.additions] == [
        (
            "The form was sent again with other answers:\nIs anybody in danger? Yes\nTelephone: 555 7777",
            "a.txt",
        ),
        ("", "b.txt"),
    ]
    assert sorted(report.files.values_list("name", flat=True)) == ["a.txt", "b.txt"]
    assert (report.state, report.reporter_phone) == (ReportState.NEW, "")
    assert AuditEntry.objects.filter(verb="incident_report.sent_again").count() == 2


def test_what_takes_in_nothing_more_says_so_to_who_sends_it_again() -> None:
    reporting.open_form()
    page = last_page(Client())
    page.send(go="send")
    spooled.take_in()
    changed = page.send(go="edit:text").send({"text": "It was another bank."})
    for state, additions, sentence in (
        (ReportState.WITHDRAWN, 0, "This report was withdrawn. Make a new one."),
        (ReportState.NEW, MOST_ADDITIONS, "Nothing more can be added here. Call or write to the team."),
    ):
        Report.objects.update(state=ReportState.NEW, additions=[], doubts=[])
        changed.send(go="send")  # and meanwhile it becomes full or is withdrawn
        Report.objects.update(state=state, additions=[{"at": "2026-01-01T00:00:00", "text": "x"}] * additions)
        spooled.take_in()
        report = Report.objects.get()
        assert (len(report.additions), spooled.spool().failed()) == (additions, [])
        assert report.doubts == [
            "The form was sent again with other answers. They could not be added any more: ask the reporter."
        ]
        refused = changed.send(go="send")
        assert (refused.status, sentence in refused.text, spooled.spool().waiting()) == (422, True, [])


def test_a_worker_that_is_killed_before_the_file_is_removed_makes_no_second_report() -> None:
    reporting.open_form()
    sent()
    [name] = spooled.spool().waiting()
    item = spooled.spool().read(name)
    spooled.take_in()
    spooled.spool().put(name, item)
    assert (spooled.take_in(), Report.objects.count(), spooled.spool().waiting()) == (1, 1, [])


@pytest.mark.long
def test_a_number_that_another_report_has_does_not_stop_the_report() -> None:
    reporting.open_form()
    first, second = sent(), sent(text="Another one")
    for name in spooled.spool().waiting():
        item = spooled.spool().read(name)
        (spooled.spool().folder / f"{name}.json").unlink()
        spooled.spool().put(name, item | {"reference": first.reference})
    spooled.take_in()
    rows = {report.text: report for report in Report.objects.all()}
    assert rows[HAPPENED].reference == first.reference
    assert rows["Another one"].doubts == [
        f"The reporter was given the reference {first.reference}, which another report has too."
    ]
    assert rows["Another one"].reference in Client().get(second.link).content.decode()


def test_in_danger_the_telephone_comes_before_all_else() -> None:
    reporting.open_form()
    page = first_page(Client()).send({"danger": "yes"})
    assert (page.title, "Call now: 555 0100" in page.text) == ("Call for help first", True)
    assert page.send().title == "Do you want the police to know?"


@pytest.mark.long
def test_about_a_child_nobody_is_asked_for_pictures() -> None:
    reporting.open_form(child_help="Child helpline 555 0116")
    page = last_page(Client(), child="yes")
    assert "Do you have pictures or files that show it?" not in page.text
    page.send(go="send")
    spooled.take_in()
    assert Report.objects.get().concerns_child is True
    help_page = first_page(Client()).send({"danger": "no"}).send({"police": "no"}).send({"child": "yes"})
    assert (help_page.title, "Child helpline 555 0116" in help_page.text) == (
        "What happens with a report about a child",
        True,
    )


@pytest.mark.long
def test_files_of_a_report_that_became_one_about_a_child_are_not_taken_along() -> None:
    reporting.open_form()
    page = last_page(Client()).send(go="edit:files")
    page = page.send({"files": reporting.a_file("screen.png", b"\x89PNG\r\n\x1a\nxx")})
    page = page.send(go="edit:child").send({"child": "yes"}).send()
    assert page.title == "Check your answers and send them"
    page.send(go="send")
    spooled.take_in()
    assert Report.objects.get().files.count() == 0


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    ("step", "values", "error"),
    [
        (0, {}, "Choose one of the answers."),
        (0, {"danger": "perhaps"}, "Choose one of the answers."),
        (3, {"kind": "<script>"}, "Choose one of the answers."),
        (4, {"text": " \n "}, "Write in a few words what happened."),
        (
            5,
            {"day": "31", "month": "2", "year": "2026"},
            "This is not a day. Enter day, month and year as numbers, or leave all of them empty.",
        ),
        (5, {"day": "1", "month": "1", "year": "2999"}, "The day is in the future. Enter today or an earlier day."),
        (
            5,
            {"day": "²", "month": "x", "year": ""},
            "This is not a day. Enter day, month and year as numbers, or leave all of them empty.",
        ),
        (5, {"hour": "25:99"}, "Enter the time as hours and minutes, for example 14:30."),
        (6, {"place": "nowhere"}, "Choose one of the answers."),
        (9, {"mail": "ana at home"}, "This is no e-mail address. Enter one like name@example.com, or leave it empty."),
    ],
)
def test_an_error_is_a_sentence_at_its_field_and_what_was_typed_stays(
    step: int, values: dict[str, str], error: str
) -> None:
    reporting.open_form()
    page = first_page(Client())
    for given in ANSWERS[:step]:
        page = page.send(given)
    title, page = page.title, page.send(values)
    assert (page.status, page.title, error in page.errors) == (422, title, True)
    kept = {name: text for name, text in page.typed().items() if name in values and text.strip()}
    typed = {name: text for name, text in values.items() if name in {"day", "month", "year", "hour", "mail"} and text}
    assert kept == typed


def test_a_text_that_is_too_long_comes_back_whole() -> None:
    reporting.open_form()
    text = "á" * 60_000
    page = first_page(Client())
    for given in ANSWERS[:4]:
        page = page.send(given)
    for go in ("next", "back", "language"):
        again = page.send({"text": text}, go=go)
        assert (again.status, again.errors) == (422, ["The text has 60000 characters. At most 8000 fit."])
        assert again.typed()["text"] == text


@pytest.mark.long
def test_back_keeps_what_was_typed_also_when_it_is_wrong() -> None:
    reporting.open_form()
    page = last_page(Client()).send(go="edit:contact").send({"mail": "ana at home", "name": "Ana"}, go="back")
    assert page.title == "Do you have pictures or files that show it?"
    page = page.send()
    refused = page.send(go="send")
    assert (refused.status, refused.title, refused.typed()["mail"]) == (422, "How can we reach you?", "ana at home")


def test_the_other_language_is_a_button_that_loses_nothing() -> None:
    reporting.open_form()
    page = first_page(Client())
    for given in ANSWERS[:4]:
        page = page.send(given)
    page = page.send({"text": HAPPENED}, go="language", to="/es/report/")
    assert (page.title, page.typed()["text"]) == ("¿Qué pasó?", HAPPENED)


@pytest.mark.long
def test_looking_changes_nothing() -> None:
    reporting.open_form()
    page = sent()
    spooled.take_in()
    before = Report.objects.values().get()
    for address in ("/report/", "/report/?go=send", "/report/paper/", f"{page.link}?do=withdraw&text=x"):
        assert Client().get(address).status_code == 200
    assert (Report.objects.values().get(), spooled.spool().waiting()) == (before, [])
