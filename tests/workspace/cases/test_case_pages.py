"""Pages of cases, without a country: what they show, what they do, and what they keep to themselves."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from floreo.assignments.models import BulkStep
from floreo.core.models import OutboxMail
from floreo.incidents.actions import cases, merging, messages, parts, tasks
from floreo.incidents.models import Case, CaseLink
from floreo.organisations.models import User
from floreo.workspace.cases import views
from tests.incidents.desk import Desk, a_desk, log_of

Browser = Callable[[User], Client]
NASTY = "<script>alert(1)</script>=cmd|x"


@pytest.fixture
def desk(db: None) -> Desk:
    return a_desk()


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def test_a_case_is_opened_worked_and_closed_in_the_browser(desk: Desk, browser_of: Browser) -> None:
    ana = browser_of(desk.ana)
    answer = ana.post("/workspace/incidents/cases/new/", {"title": "Port locked", "tlp": "AMBER"})
    assert answer.status_code == 302, answer.content.decode()[:2000]
    case = Case.objects.get()
    here = case.get_absolute_url()
    for name, sent in (
        ("note", {"text": "Called them."}),
        ("task", {"title": "Take an image", "waiting_for": "team"}),
        ("observables", {"text": "Seen: hxxp://bad.example/x and 45.9.148.7", "tlp": "GREEN", "pap": "AMBER"}),
        ("happened", {"text": "Sign-in from abroad", "tlp": "AMBER"}),
        ("close", {"reason": "Cleaned."}),
    ):
        answer = ana.post(f"{here}do/{name}/", sent)
        assert answer.status_code == 302, (name, answer.content.decode()[-3000:])
    page = text(ana, here)
    for words in (
        "Called them.",
        "Take an image",
        "hxxp://bad[.]example/x",
        "45[.]9[.]148[.]7",
        "No lessons were recorded.",
    ):
        assert words in page
    assert "http://bad.example" not in page
    assert "Port locked" in text(ana, "/workspace/incidents/cases/?state=closed")
    assert case.reference in ana.get("/workspace/incidents/cases/", {"q": case.reference}).headers["Location"]
    assert "Port locked" in text(ana, "/workspace/incidents/cases/?q=port")


def test_nothing_that_people_type_becomes_markup_or_a_link(desk: Desk, browser_of: Browser) -> None:
    case = desk.case(NASTY, summary=NASTY)
    parts.add_happening(case, by=desk.ana, text=NASTY, source=NASTY)
    parts.add_observables(case, by=desk.ana, found=[("other", NASTY), ("url", "http://bad.example/x")], role=NASTY)
    tasks.add_task(case, by=desk.ana, title=NASTY, note=NASTY)
    cases.hand_over(case, by=desk.ana, note=NASTY)
    cases.write_note(case, by=desk.ana, text=NASTY)
    ana = browser_of(desk.ana)
    for address in (case.get_absolute_url(), "/workspace/incidents/cases/", f"{case.get_absolute_url()}log/"):
        page = text(ana, address)
        assert "<script>alert" not in page
        assert 'href="http://bad.example' not in page
    sheet = b"".join(ana.get("/workspace/incidents/cases/?download=csv").streaming_content).decode()  # type: ignore[attr-defined]  # it streams
    assert ",<script>alert(1)</script>=cmd|x," in sheet


@pytest.mark.long
def test_a_red_case_is_at_no_exit_of_who_is_not_named(desk: Desk, browser_of: Browser) -> None:
    case = desk.case("Redword at the port", organisation=desk.port)
    parts.add_observables(case, by=desk.ana, found=[("ipv4", "203.0.113.9")])
    cases.classify(case, by=desk.ana, tlp="RED")
    other = desk.case("Another")
    parts.add_observables(other, by=desk.ana, found=[("ipv4", "203.0.113.9")])
    parts.link_case(other, by=desk.ana, other=case)
    ben = browser_of(desk.ben)
    assert ben.get(case.get_absolute_url()).status_code == 404
    seen = [
        text(ben, other.get_absolute_url()).replace(f"Marked as related to {case.reference}", ""),
        text(ben, "/workspace/incidents/cases/"),
        text(ben, "/workspace/incidents/cases/?q=redword"),
        text(ben, "/workspace/search/?q=redword"),
        b"".join(ben.get("/workspace/incidents/cases/?download=json").streaming_content).decode(),  # type: ignore[attr-defined]
    ]
    assert [("Redword" in page, case.reference in page) for page in seen] == [(False, False)] * 5
    assert "Redword" in text(browser_of(desk.ana), "/workspace/incidents/cases/")


def test_an_operator_reads_what_is_shared_and_nothing_of_the_inside(desk: Desk, browser_of: Browser) -> None:
    case = desk.case("Shared word", summary="Insideword", organisation=desk.port)
    hidden = desk.case("Hidden word", organisation=desk.port)
    cases.write_note(case, by=desk.ana, text="Logword")
    tasks.add_task(case, by=desk.ana, title="Send the logs", waiting_for="organisation")
    tasks.add_task(case, by=desk.ana, title="Teamword")
    place = case.organisations.get()
    operator = browser_of(desk.operator)
    assert "Shared word" not in text(operator, "/workspace/incidents/own/")
    parts.share(place, by=desk.ana, is_shared=True)
    assert "Shared word" in text(operator, "/workspace/incidents/own/")
    page = text(operator, f"/workspace/incidents/own/{case.reference}/")
    shown = [words in page for words in ("Shared word", "Send the logs", "Insideword", "Logword", "Teamword")]
    assert shown == [True, True, False, False, False]
    codes = [
        operator.get(address).status_code
        for address in (
            case.get_absolute_url(),
            "/workspace/incidents/cases/",
            f"/workspace/incidents/own/{hidden.reference}/",
        )
    ]
    assert codes == [403, 403, 404]


def test_the_same_part_of_another_case_is_not_found(desk: Desk, browser_of: Browser) -> None:
    one, other = desk.case("One"), desk.case("Other")
    task = tasks.add_task(one, by=desk.ana, title="Call")
    answer = browser_of(desk.ana).post(f"{other.get_absolute_url()}tasks/{task.pk}/done/", {})
    assert (answer.status_code, log_of(other)) == (404, ["Case opened."])


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        text(client, address)
    return len(asked)


def test_a_list_by_words_says_where_more_may_have_them(
    desk: Desk, browser_of: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = browser_of(desk.ana)
    for name in ("Hurricane one", "Hurricane two"):
        desk.case(name)
    note = "More cases may have these words: 2 were looked at."
    assert note not in text(ana, "/workspace/incidents/cases/?q=hurricane")
    monkeypatch.setattr(views, "MOST_FOUND", 2)
    assert note in text(ana, "/workspace/incidents/cases/?q=hurricane")


@pytest.mark.long
def test_list_and_page_ask_as_much_for_many_as_for_few(desk: Desk, browser_of: Browser) -> None:
    ana, case = browser_of(desk.ana), desk.case("One", organisation=desk.port)
    here, cases_page = case.get_absolute_url(), "/workspace/incidents/cases/?state=open"

    def fill(number: int) -> None:
        parts.add_observables(case, by=desk.ana, found=[("ipv4", f"198.51.100.{number}")])
        parts.add_happening(case, by=desk.ana, text=f"Line {number}")
        tasks.add_task(case, by=desk.ana, title=f"Task {number}", person=desk.ben)
        other = desk.case(f"Other {number}")
        parts.add_observables(other, by=desk.ana, found=[("ipv4", f"198.51.100.{number}")])
        parts.link_case(case, by=desk.ana, other=other)

    for number in (1, 2, 3):
        fill(number)
    text(ana, here)  # what is asked once a process
    few = queries_of(ana, cases_page), queries_of(ana, here)
    for number in (4, 5, 6):
        fill(number)
    assert (queries_of(ana, cases_page), queries_of(ana, here)) == few
    assert few == (
        12,
        26,
    )  # one for the cases that are bound to it, one for what hangs on it, and none for what does not


def test_ticked_cases_are_merged_and_taken_apart_and_a_red_one_of_others_is_not_there(
    desk: Desk, browser_of: Browser
) -> None:
    one, two, three = (desk.case(f"Case {n}") for n in range(3))
    red = cases.open_case(by=desk.ben, title="Red", tlp="RED")
    bulk, ana = "/workspace/incidents/cases/bulk/", browser_of(desk.ana)
    assert f'value="{two.reference}" aria-label="{two.reference}" form="bulk"' in text(
        ana, "/workspace/incidents/cases/"
    )
    ticked = [each.reference for each in (three, two, one)]
    for refused in (
        {"case": [*ticked, red.reference], "do": "merge"},
        {"case": ticked, "do": "mergee"},
        {"case": [f"INC-2026-{n:04d}" for n in range(40)], "do": "link"},
    ):
        assert "Nothing was changed" in ana.post(bulk, refused, follow=True).content.decode()
    assert not Case.objects.filter(state="merged").exists()
    answer = ana.post(bulk, {"case": ticked, "do": "merge"})
    assert answer["Location"] == reverse("workspace:bulk_step", args=[BulkStep.objects.get().pk])
    assert list(Case.objects.filter(merged_into=one).order_by("pk")) == [two, three]
    assert 'value="undo_merge"' in text(ana, "/workspace/incidents/cases/?state=merged")
    ana.post(bulk, {"case": [two.reference, three.reference], "do": "undo_merge"})
    assert Case.objects.filter(state="merged").count() == 0
    ana.post(bulk, {"case": ticked, "do": "link"})
    assert CaseLink.objects.count() == 2
    ana.post(bulk, {"case": ticked, "do": "unlink"})
    assert CaseLink.objects.count() == 0
    assert (
        "Tick two cases or more." in ana.post(bulk, {"case": ticked[:1], "do": "merge"}, follow=True).content.decode()
    )


def test_a_step_over_ticked_cases_is_undone_by_one_press_and_gives_back_what_was_there(
    desk: Desk, browser_of: Browser
) -> None:
    one, two, three = (desk.case(f"Secret case {n}") for n in range(3))
    bulk, ana = "/workspace/incidents/cases/bulk/", browser_of(desk.ana)
    ticked = [each.reference for each in (three, two, one)]
    parts.link_case(one, by=desk.ana, other=two, reason="One sender")

    def step(do: str) -> str:
        return ana.post(bulk, {"case": ticked, "do": do})["Location"]

    def related() -> list[tuple[int, int, str]]:
        return sorted(CaseLink.objects.values_list("case_id", "other_id", "reason"))

    kept = [(one.pk, two.pk, "One sender")]
    ana.post(f"{step('link')}undo/")
    assert related() == kept  # the relation that was there before stays
    undo = f"{step('unlink')}undo/"
    assert related() == []
    ana.post(undo)
    assert related() == kept
    address = step("merge")
    page = text(ana, address)
    assert (one.reference in page, "Secret case" in page, ">Undo <kbd" in page) == (True, False, True)
    assert "Secret case" not in str(BulkStep.objects.latest("pk").lines)
    assert browser_of(desk.ben).post(f"{address}undo/").status_code == 404  # another's step
    ana.post(f"{address}undo/")
    assert not Case.objects.filter(state="merged").exists()
    address = step("merge")
    cases.edit_case(Case.objects.get(pk=one.pk), by=desk.ben, title="Another title", summary="")
    refused = ana.post(f"{address}undo/", follow=True).content.decode()
    assert Case.objects.filter(state="merged").count() == 2, refused


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    ("state", "how", "words"),
    [
        ("waiting", {}, "It waits to be sent."),
        ("sent", {"is_signed": True}, "It left signed with OpenPGP."),
        ("sent", {"is_signed": True, "is_encrypted": True}, "It left signed and encrypted with OpenPGP."),
        ("sent", {}, "It left without an OpenPGP signature."),
        ("bounced", {"last_error": "550 no such mailbox"}, "550 no such mailbox"),
    ],
)
def test_a_mail_of_a_case_says_whether_it_left_and_how(
    desk: Desk, browser_of: Browser, state: str, how: dict[str, object], words: str
) -> None:
    case = desk.case()
    messages.send_message(case, by=desk.ana, to="a@b.example", subject="x", text="y", confirmed="a@b.example")
    OutboxMail.objects.update(state=state, **how)
    page = text(browser_of(desk.ana), case.get_absolute_url())
    assert words in page
    OutboxMail.objects.all().delete()
    assert "OpenPGP" not in text(browser_of(desk.ana), case.get_absolute_url())


def test_a_case_that_was_merged_into_a_red_one_does_not_name_it(desk: Desk, browser_of: Browser) -> None:
    red, amber = cases.open_case(by=desk.ana, title="Redword", tlp="RED"), desk.case("Harmless")
    merging.merge(amber, by=desk.ana, into=red)
    assert "Redword" in text(browser_of(desk.ana), amber.get_absolute_url())
    page = text(browser_of(desk.ben), amber.get_absolute_url())
    assert ("Redword" in page, "This case was merged into another one." in page) == (False, True)
    assert red.get_absolute_url() not in page
