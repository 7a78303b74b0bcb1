"""Contacts that were silent for long are asked, drills measure who answers, and the call sheet is there without a network."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from floreo.contact_drills import papers
from floreo.contact_drills.access import (
    Answering,
    confirmation_of,
    recipient_of,
    token_of_confirmation,
    token_of_recipient,
)
from floreo.contact_drills.actions import confirming
from floreo.contact_drills.actions import drills as acts
from floreo.contact_drills.logic import Asked, minutes, score
from floreo.contact_drills.measures import median_minutes_to_answer_drill, share_operators_verified_duty_contact
from floreo.contact_drills.models import ConfirmationRequest, ContactDrill, DrillRecipient
from floreo.contact_drills.queries import chosen_contacts, lines, sent_drills
from floreo.contact_drills.tasks import waiting_tasks
from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.decisions import as_shown
from floreo.core.errors import Missing, NotAllowed, Refused
from floreo.core.figures import Filters, Period
from floreo.core.keys import key
from floreo.core.models import AuditEntry, MailState, OutboxMail
from floreo.core.tasks import Recipient
from floreo.core.ui import locale
from floreo.organisations import actions as register
from floreo.organisations.actions import sectors
from floreo.organisations.models import Contact, Country, Organisation, User

Browser = Callable[[User], Client]
AT = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)


@pytest.fixture
def bank(db: None) -> Organisation:
    Country.objects.create(code="XP", name="Isla", languages=["en", "es"], currency="XCD", pack="x", is_sample=True)
    return register.add_organisation(by=SYSTEM, name="A bank", kind="operator")


@pytest.fixture
def duty(bank: Organisation) -> Contact:
    return register.add_contact(
        bank, by=SYSTEM, purpose="Night desk", role="duty", email="night@bank.example", phone="555-1000", language="es"
    )


@pytest.fixture
def only_phone(bank: Organisation) -> Contact:
    return register.add_contact(bank, by=SYSTEM, purpose="Guard", role="duty", phone="555-1001")


def a_drill(by: Any, **facts: Any) -> ContactDrill:
    given = {"title": "Spring drill", "message": "We test.", "roles": ["duty"], "lasts_minutes": 60}
    return acts.add_drill(by=by, **(given | facts))


def answer(recipient: DrillRecipient) -> DrillRecipient:
    return acts.answer_drill(recipient, by=Answering(key(recipient), recipient.address))


# --- How long answers take ----------------------------------------------------------------------------------------


def asked(after: int | None, *, lasts: int = 60) -> Asked:
    return Asked(AT, None if after is None else AT + timedelta(minutes=after), AT + timedelta(minutes=lasts))


def test_who_has_not_answered_is_still_open_and_never_left_out() -> None:
    after = AT + timedelta(days=30)
    assert (score([asked(5), asked(10), asked(None)], after).median, score([asked(5)], after).median) == (10, 5)
    most_silent = score([asked(5), asked(None), asked(None)], after)
    assert (most_silent.median, most_silent.more_than, most_silent.answered) == (None, 60, 1)
    late = score([asked(5), asked(90), asked(95)], after)
    assert (late.median, late.more_than, late.answered) == (None, 60, 1)
    assert score([], after) == score([], AT)


def test_while_a_drill_runs_the_open_ones_are_open_until_now() -> None:
    now = AT + timedelta(minutes=20)
    assert score([asked(5), asked(None)], now).median == 5
    assert score([asked(None), asked(None), asked(5)], now).more_than == 20


@given(st.lists(st.integers(0, 59), min_size=1, max_size=30))
def test_where_all_answered_the_median_is_that_of_the_answers(after: list[int]) -> None:
    found = score([asked(each) for each in after], AT + timedelta(days=1)).median
    assert found == sorted(after)[(len(after) - 1) // 2]


@given(st.lists(st.integers(0, 59), min_size=1, max_size=20), st.integers(1, 20))
def test_silence_never_makes_the_median_better(after: list[int], silent: int) -> None:
    now = AT + timedelta(days=1)
    with_silent = score([*(asked(each) for each in after), *(asked(None) for _n in range(silent))], now)
    alone = score([asked(each) for each in after], now)
    assert alone.median is not None
    assert with_silent.median is None or with_silent.median >= alone.median


def test_a_begun_minute_counts() -> None:
    assert [minutes(timedelta(seconds=s)) for s in (0, 1, 60, 61)] == [0, 1, 1, 2]


# --- Asking -------------------------------------------------------------------------------------------------------


def test_silent_contacts_are_asked_once_and_confirm_with_a_press(
    duty: Contact, only_phone: Contact, secretariat: User
) -> None:
    fresh = register.add_contact(
        duty.organisation, by=SYSTEM, purpose="Day", email="day@bank.example", verified_on=clock.today()
    )
    old = clock.today() - timedelta(days=181)
    Contact.objects.filter(pk=duty.pk).update(verified_on=old)
    assert confirming.ask_stale_contacts(by=secretariat) == 1
    assert confirming.ask_stale_contacts(by=secretariat) == 0
    request = ConfirmationRequest.objects.get()
    mail = OutboxMail.objects.get()
    assert (request.contact, mail.to, mail.language, mail.is_secret) == (duty, "night@bank.example", "es", True)
    browser, at = Client(), f"/contacts/confirm/{token_of_confirmation(request)}/"
    assert browser.get(at).status_code == 200
    duty.refresh_from_db()
    assert duty.verified_on == old
    assert browser.post(at, {"do": "right"}).status_code == 302
    duty.refresh_from_db()
    assert (duty.verified_on, fresh.verified_on) == (clock.today(), clock.today())
    first = ConfirmationRequest.objects.get().confirmed_at
    assert browser.post(at, {"do": "right"}).status_code == 302
    assert ConfirmationRequest.objects.get().confirmed_at == first
    assert browser.post(at, {"do": "wrong"}).status_code == 422


def test_nobody_is_asked_by_itself_until_the_team_turns_it_on(duty: Contact, secretariat: User) -> None:
    assert confirming.ask_stale_contacts(by=SYSTEM, only_if_on=True) == 0
    with pytest.raises(Refused, match="from 1 to 1,000"):
        confirming.set_policy(by=secretariat, stale_days=0, wait_days=14)
    confirming.set_policy(by=secretariat, stale_days=90, wait_days=7, is_automatic=True)
    assert confirming.ask_stale_contacts(by=SYSTEM, only_if_on=True) == 1


def test_where_nobody_confirms_the_team_has_a_task(duty: Contact, secretariat: User) -> None:
    confirming.ask_contact(duty, by=secretariat)
    team = Recipient(permissions=frozenset({"contact_drill.run"}))
    today = clock.today()
    assert list(waiting_tasks(team, viewer=secretariat, today=today)) == []
    late = list(waiting_tasks(team, viewer=secretariat, today=today + timedelta(days=14)))
    assert [(t.title, t.why) for t in late] == [
        ("A bank: Night desk", "Nobody confirmed this contact. Call it, or find another.")
    ]
    request = ConfirmationRequest.objects.get()
    confirming.report_wrong(request, by=Answering(key(request), request.address))
    assert [t.why for t in waiting_tasks(team, viewer=secretariat, today=today)] == [
        "Somebody said by the link that this contact is not right. Call the organisation."
    ]
    confirming.close_confirmation(request, by=secretariat, is_right=True)
    duty.refresh_from_db()
    assert (list(waiting_tasks(team, viewer=secretariat, today=today)), duty.verified_on) == ([], today)


def test_a_link_of_a_contact_who_left_opens_nothing(duty: Contact, secretariat: User) -> None:
    confirming.ask_contact(duty, by=secretariat)
    request = ConfirmationRequest.objects.get()
    token = token_of_confirmation(request)
    assert confirmation_of(token) == request
    register.update_contact(duty, by=secretariat, email="other@bank.example")
    with pytest.raises(Missing, match="no longer has"):
        confirmation_of(token)
    register.remove_contact(duty, by=secretariat)
    assert Client().get(f"/contacts/confirm/{token}/").status_code == 404


def test_asked_again_only_the_newest_question_counts(duty: Contact, secretariat: User) -> None:
    confirming.ask_contact(duty, by=secretariat)
    old = ConfirmationRequest.objects.get()
    confirming.ask_contact(duty, by=secretariat)
    with pytest.raises(Refused, match="Use the newest e-mail"):
        confirming.confirm_contact(old, by=Answering(key(old), old.address))
    assert OutboxMail.objects.filter(state=MailState.WAITING).count() == 1
    with pytest.raises(NotAllowed):
        confirming.confirm_contact(ConfirmationRequest.objects.latest("pk"), by=Answering(key(old), old.address))


# --- Drills -------------------------------------------------------------------------------------------------------


def test_a_drill_says_so_in_its_subject_and_text_and_reaches_who_has_an_address(
    duty: Contact, only_phone: Contact, secretariat: User
) -> None:
    drill = acts.send_drill(a_drill(secretariat), by=secretariat)
    mail = OutboxMail.objects.get()
    assert (mail.to, mail.subject) == ("night@bank.example", "[SIMULACRO] Spring drill")
    assert mail.text.startswith("SIMULACRO.")
    assert mail.not_after == drill.ends_at
    assert [(r.purpose, r.address) for r in drill.recipients.order_by("purpose")] == [
        ("Guard", ""),
        ("Night desk", "night@bank.example"),
    ]
    with pytest.raises(Refused, match="sent or cancelled already"):
        acts.send_drill(drill, by=secretariat)


def test_the_first_press_counts_and_the_second_changes_nothing(duty: Contact, secretariat: User) -> None:
    drill = acts.send_drill(a_drill(secretariat), by=secretariat)
    browser, at = Client(), f"/contacts/drill/{token_of_recipient(drill.recipients.get())}/"
    page = browser.get(at)
    assert (page.status_code, drill.recipients.get().answered_at) == (200, None)
    assert browser.post(at).status_code == 302
    first = drill.recipients.get().pressed_at
    assert browser.post(at).status_code == 302
    assert drill.recipients.get().pressed_at == first
    duty.refresh_from_db()
    assert duty.verified_on == clock.today()
    assert "your answer is here" in browser.get(at).content.decode()


def test_an_answer_after_the_end_is_noted_and_does_not_count(duty: Contact, secretariat: User) -> None:
    drill = acts.send_drill(a_drill(secretariat), by=secretariat)
    past = clock.now() - timedelta(hours=2)
    ContactDrill.objects.update(sent_at=past, ends_at=past + timedelta(hours=1))
    DrillRecipient.objects.update(sent_at=past)
    browser, at = Client(), f"/contacts/drill/{token_of_recipient(drill.recipients.get())}/"
    assert "does not count any more" in browser.get(at).content.decode()
    browser.post(at)
    row = drill.recipients.select_related("drill").get()
    assert (row.pressed_at is not None, row.asked().is_in_time()) == (True, False)
    assert "is noted, and does not count" in browser.get(at).content.decode()
    assert acts.end_due(by=SYSTEM) == 1
    period = Period(date(2020, 1, 1), clock.today())
    read = median_minutes_to_answer_drill(period, Filters())
    assert (read.value, read.numerator, read.denominator) == (None, Decimal(0), Decimal(1))


def test_a_call_is_the_second_channel_and_whichever_was_first_counts(
    duty: Contact, only_phone: Contact, secretariat: User
) -> None:
    drill = acts.send_drill(a_drill(secretariat), by=secretariat)
    past = clock.now() - timedelta(minutes=30)
    ContactDrill.objects.update(sent_at=past, ends_at=past + timedelta(hours=1))
    DrillRecipient.objects.update(sent_at=past)
    guard = drill.recipients.get(purpose="Guard")
    for called_at, sentence in (
        (clock.now() + timedelta(hours=1), "still to come"),
        (past - timedelta(minutes=1), "not sent yet"),
    ):
        with pytest.raises(Refused, match=sentence):
            acts.record_call(guard, by=secretariat, called_at=called_at, call_outcome="reached")
    reached = acts.record_call(
        guard, by=secretariat, called_at=past + timedelta(minutes=9), call_outcome="reached", call_note="At once"
    )
    assert reached.answered_at is not None
    assert (minutes(reached.answered_at - reached.sent_at), reached.channel) == (9, "phone")
    corrected = acts.record_call(guard, by=secretariat, called_at=past + timedelta(minutes=9), call_outcome="no_answer")
    assert corrected.answered_at is None
    night = answer(drill.recipients.get(purpose="Night desk"))
    assert night.channel == "mail"
    earlier = acts.record_call(night, by=secretariat, called_at=past + timedelta(minutes=3), call_outcome="reached")
    assert earlier.answered_at is not None
    assert (earlier.channel, minutes(earlier.answered_at - earlier.sent_at)) == ("phone", 3)


def test_a_drill_without_a_contact_or_a_role_is_refused(bank: Organisation, secretariat: User) -> None:
    with pytest.raises(Refused, match="No contact has one of the chosen roles"):
        acts.send_drill(a_drill(secretariat), by=secretariat)
    for facts, field in (
        ({"roles": []}, "roles"),
        ({"message": " "}, "message"),
        ({"lasts_minutes": 5}, "lasts_minutes"),
    ):
        with pytest.raises(Refused) as refusal:
            a_drill(secretariat, **facts)
        assert list(refusal.value.fields) == [field]


def test_a_cancelled_drill_asks_for_nothing_and_counts_for_nobody(duty: Contact, secretariat: User) -> None:
    drill = acts.send_drill(a_drill(secretariat), by=secretariat)
    cancelled = acts.cancel_drill(drill, by=secretariat, reason="A real storm")
    assert (cancelled.state, OutboxMail.objects.get().state) == ("cancelled", MailState.DROPPED)
    with pytest.raises(Refused, match="was cancelled"):
        answer(drill.recipients.get())
    assert median_minutes_to_answer_drill(Period(date(2020, 1, 1), clock.today()), Filters()).denominator == 0


def test_a_leaked_link_is_ended_and_one_contacts_link_answers_for_no_other(
    duty: Contact, only_phone: Contact, secretariat: User
) -> None:
    drill = acts.send_drill(a_drill(secretariat), by=secretariat)
    row, guard = drill.recipients.get(purpose="Night desk"), drill.recipients.get(purpose="Guard")
    token = token_of_recipient(row)
    with pytest.raises(NotAllowed):
        acts.answer_drill(guard, by=Answering(key(row), row.address))
    acts.end_link(row, by=secretariat)
    with pytest.raises(Missing, match="ended this link"):
        recipient_of(token)
    with pytest.raises(Missing):
        recipient_of(token.replace("-", "-9"))
    register.remove_contact(duty, by=secretariat)
    with pytest.raises(Missing, match="no longer has"):
        recipient_of(token)
    assert drill.recipients.count() == 2


@pytest.mark.long
def test_drills_are_of_chosen_organisations_or_of_all_operators(duty: Contact, secretariat: User) -> None:
    shop = register.add_organisation(by=SYSTEM, name="A shop", kind="company")
    register.add_contact(shop, by=SYSTEM, purpose="Desk", role="duty", email="desk@shop.example")
    everybody = acts.send_drill(a_drill(secretariat), by=secretariat)
    chosen = acts.send_drill(a_drill(secretariat, title="Of the shop", organisations=[shop]), by=secretariat)
    assert [list(d.recipients.values_list("organisation__name", flat=True)) for d in (everybody, chosen)] == [
        ["A bank"],
        ["A shop"],
    ]
    assert [(line.organisation.name, [len(c) for c in line.cells]) for line in lines(sent_drills(), clock.now())] == [
        ("A bank", [1, 0]),
        ("A shop", [0, 1]),
    ]


def test_a_drill_of_a_sector_reaches_the_organisations_under_it_beside_single_ones(
    duty: Contact, secretariat: User
) -> None:
    energy = sectors.add_sector(by=SYSTEM, name="Energy", broad="energy")
    grid = sectors.add_sector(by=SYSTEM, name="Electricity", broad="energy", parent=energy)
    water = sectors.add_sector(by=SYSTEM, name="Water", broad="water")
    for name, sector in (("A plant", grid), ("A fuel depot", energy), ("A well", water)):
        body = register.add_organisation(by=SYSTEM, name=name, kind="company")
        Organisation.objects.filter(pk=body.pk).update(sector=sector)
        register.add_contact(body, by=SYSTEM, purpose="Desk", role="duty", phone="555-2000")
    names = [
        [each.organisation.name for each in chosen_contacts(a_drill(secretariat, title=title, **facts))]
        for title, facts in (
            ("One", {"sectors": [energy]}),
            ("Two", {"sectors": [grid]}),
            ("Three", {"sectors": [energy], "organisations": [duty.organisation]}),
        )
    ]
    assert names == [["A fuel depot", "A plant"], ["A plant"], ["A bank", "A fuel depot", "A plant"]]
    empty = sectors.add_sector(by=SYSTEM, name="Space", broad="other")
    with pytest.raises(Refused, match="No contact has one of the chosen roles"):
        acts.send_drill(a_drill(secretariat, title="Four", sectors=[empty]), by=secretariat)


def test_by_the_form_a_drill_is_of_a_sector(duty: Contact, secretariat: User, browser_of: Browser) -> None:
    finance = sectors.add_sector(by=SYSTEM, name="Finance", broad="finance")
    Organisation.objects.filter(pk=duty.organisation.pk).update(sector=finance)
    browser = browser_of(secretariat)
    facts = {"title": "Banks", "message": "We test.", "roles": ["duty"], "lasts_minutes": "60"}
    assert browser.post("/workspace/contact-drills/new/", facts | {"sectors": ["none"]}).status_code == 422
    assert browser.post("/workspace/contact-drills/new/", facts | {"sectors": ["finance"]}).status_code == 302
    drill = ContactDrill.objects.get()
    assert ([each.code for each in drill.sectors.all()], drill.organisations.count()) == (["finance"], 0)
    page = browser.get("/workspace/contact-drills/banks/").content.decode()
    assert ("Sectors, with those under them" in page, "Finance" in page, "All operators" in page) == (True, True, False)
    assert AuditEntry.objects.get(verb="contact_drill.added").detail["sectors"] == ["finance"]
    edit = browser.get("/workspace/contact-drills/banks/do/edit/").content.decode()
    assert re.search(r'<input[^>]*value="finance"[^>]*checked', edit)
    acts.update_drill(drill, by=secretariat, sectors=[])
    assert drill.sectors.count() == 0


def test_the_share_of_operators_counts_duty_contacts_that_answered(duty: Contact, secretariat: User) -> None:
    register.add_organisation(by=SYSTEM, name="Water", kind="operator")
    today = Period(clock.today(), clock.today())
    assert share_operators_verified_duty_contact(today, Filters()).value == 0
    register.update_contact(duty, by=secretariat, verified_on=clock.today())
    assert share_operators_verified_duty_contact(today, Filters()).value == 50
    Organisation.objects.filter(name="Water").update(ends_on=clock.today() - timedelta(days=1))
    assert share_operators_verified_duty_contact(today, Filters()).value == 100  # what has ended is no operator


# --- The call sheet -----------------------------------------------------------------------------------------------


def test_the_call_sheet_lies_in_the_data_folder_in_each_language(
    duty: Contact, only_phone: Contact, settings: Any, tmp_path: Any
) -> None:
    settings.DATA = tmp_path
    written = papers.write_call_sheets()
    assert [path.name for path in written] == ["call-sheet.en.pdf", "call-sheet.es.pdf"]
    assert {path.stat().st_mode & 0o777 for path in written} == {0o600}
    pages = PdfReader(io.BytesIO(written[0].read_bytes())).pages
    text = " ".join(" ".join(page.extract_text().split()) for page in pages)
    for part in ("555-1000", "555-1001", "never confirmed", "Night desk", "Confidential"):
        assert part in text
    assert list(tmp_path.glob("call-sheet/*.part")) == []


# --- The pages ----------------------------------------------------------------------------------------------------


def test_the_team_prepares_sees_sends_and_calls(
    duty: Contact, only_phone: Contact, user_with: Callable[..., User], browser_of: Browser
) -> None:
    browser = browser_of(user_with("responder"))
    facts = {"title": "Spring", "message": "We test.", "roles": ["duty"], "lasts_minutes": "60"}
    assert browser.post("/workspace/contact-drills/new/", facts | {"roles": []}).status_code == 422
    assert browser.post("/workspace/contact-drills/new/", facts).status_code == 302
    page = browser.get("/workspace/contact-drills/spring/").content.decode()
    for part in ("night@bank.example", "no address: only by telephone", "[SIMULACRO] Spring", "[DRILL] Spring"):
        assert part in page
    assert OutboxMail.objects.count() == 0
    at = "/workspace/contact-drills/spring/do/send/"
    assert "1 contacts get the e-mail; 1 have no address" in browser.get(at).content.decode()
    assert browser.post(at, {"shown": as_shown()}).status_code == 302
    assert OutboxMail.objects.count() == 1
    guard = DrillRecipient.objects.get(purpose="Guard")
    call = f"/workspace/contact-drills/spring/contacts/{guard.pk}/call/"
    assert browser.get(call).status_code == 200
    assert browser.post(call, {"called_at": "", "call_outcome": "reached"}).status_code == 422
    assert browser.get("/workspace/contact-drills/").status_code == 200
    assert browser.get("/workspace/contact-drills/?download=csv").status_code == 200
    assert browser.get("/workspace/contacts/").status_code == 200
    assert browser.post("/workspace/contacts/ask/").status_code == 302
    assert browser.post("/workspace/contacts/policy/", {"stale_days": "90", "wait_days": "7"}).status_code == 302
    sheet = browser.get("/workspace/contacts/call-sheet/").content.decode()
    assert ("555-1001" in sheet, "never confirmed" in sheet) == (True, True)
    paper = browser.get("/workspace/contacts/call-sheet.pdf")
    assert (paper.status_code, paper.content[:5]) == (200, b"%PDF-")


@pytest.mark.long
def test_nobody_outside_the_team_sees_contacts_or_drills(
    duty: Contact, user_with: Callable[..., User], browser_of: Browser
) -> None:
    for role in ("operator", "observer", "lead", "drafter", "analyst", "auditor", "coordinator"):
        browser = browser_of(user_with(role, organisation=duty.organisation))
        for address in ("contacts/", "contact-drills/", "contacts/call-sheet/", "contacts/call-sheet.pdf"):
            assert browser.get(f"/workspace/{address}").status_code == 403, (role, address)


@pytest.mark.usefixtures("isla")
def test_the_sample_country_had_three_drills(secretariat: User, browser_of: Browser) -> None:
    assert [d.code for d in sent_drills()] == [
        "duty-december-2025",
        "duty-technical-may-2026",
        "night-october-2026",
    ]
    assert DrillRecipient.objects.filter(contact=None).count() == 0
    read = median_minutes_to_answer_drill(Period(date(2026, 1, 1), date(2026, 11, 24)), Filters())
    assert (read.value, read.numerator, read.denominator) == (Decimal(41), Decimal(8), Decimal(11))
    page = browser_of(secretariat).get("/workspace/contact-drills/").content.decode()
    assert "after the end: 300 minutes" in page


def test_a_drill_that_was_not_sent_is_changed_and_removed(duty: Contact, secretariat: User) -> None:
    drill = a_drill(secretariat)
    changed = acts.update_drill(drill, by=secretariat, version=drill.version, title="Autumn drill")
    assert changed.title == "Autumn drill"
    acts.remove_drill(changed, by=secretariat)
    sent = acts.send_drill(a_drill(secretariat), by=secretariat)
    for refused in (acts.update_drill, acts.remove_drill):
        with pytest.raises(Refused, match="sent or cancelled already"):
            refused(sent, by=secretariat)


@pytest.mark.long
def test_who_reads_for_minutes_sends_what_was_shown_and_after_hours_it_is_shown_again(
    duty: Contact, user_with: Callable[..., User]
) -> None:
    """The e-mail names the minute until which to answer, which moves while the page is read."""
    browser, at = Client(), "/workspace/contact-drills/spring/do/send/"
    browser.force_login(user_with("responder"))
    facts = {"title": "Spring", "message": "We test.", "roles": ["duty"], "lasts_minutes": "60"}
    assert browser.post("/workspace/contact-drills/new/", facts).status_code == 302

    def press(later: timedelta, seen: Mapping[str, str]) -> Any:
        with clock.as_of(AT + later):
            return browser.post(at, {"shown": as_shown(), **seen})

    def carried(page: Any) -> dict[str, str]:
        context = next(part for part in page.context if "lines" in part)
        return {name: context[name] for name in ("seen", "once")}

    first = press(timedelta(0), {})
    late = press(timedelta(hours=1, seconds=1), carried(first))
    assert (late.status_code, "What would be sent has changed" in late.content.decode()) == (200, True)
    forged = carried(first) | {"seen": f"{'0' * 64} {AT.isoformat()}"}
    for seen in (forged, forged | {"seen": "x"}, forged | {"seen": "0 tomorrow"}, forged | {"seen": "0 2026-01-01"}):
        assert press(timedelta(minutes=2), seen).status_code == 200
    Contact.objects.update(email="other@bank.example")
    assert press(timedelta(minutes=2), carried(first)).status_code == 200
    assert OutboxMail.objects.count() == 0
    Contact.objects.update(email=duty.email)
    assert press(timedelta(minutes=2), carried(first)).status_code == 302
    (mail,) = OutboxMail.objects.all()
    with translation.override("es"):
        assert locale.moment(AT + timedelta(minutes=62)) in mail.text


@pytest.mark.long
@pytest.mark.usefixtures("duty", "only_phone")
def test_the_page_of_drills_asks_as_much_for_four_as_for_one(
    user_with: Callable[..., User], browser_of: Browser, django_assert_num_queries: Any
) -> None:
    responder = user_with("responder")
    browser = browser_of(responder)
    acts.send_drill(a_drill(responder), by=responder)
    browser.get("/workspace/contact-drills/")  # fills what is remembered
    with CaptureQueriesContext(connection) as for_one:
        browser.get("/workspace/contact-drills/")
    number = len(for_one)  # before other requests are counted
    for title in ("Summer", "Autumn", "Winter"):
        acts.send_drill(a_drill(responder, title=title), by=responder)
    browser.get("/workspace/contact-drills/")
    with django_assert_num_queries(number):
        page = browser.get("/workspace/contact-drills/").content.decode()
    assert ("Spring drill" in page, "Winter" in page) == (True, True)
