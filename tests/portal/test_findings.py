"""The page of a notice: on a phone, without an account, a cookie or a script."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

import pytest
from django.test import Client

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.models import AuditEntry, OutboxMail
from floreo.feeds.actions.notices import end_link, send_notices
from floreo.feeds.holding_links import token_of
from floreo.feeds.models import Correction, Finding, Notice, Reply
from floreo.organisations.models import Contact, Organisation
from tests.factories import strategy as make
from tests.feeds.notices_made import MONDAY, TODAY, make_bank, make_finding, make_telco
from tests.pages import squeezed


@pytest.fixture
def phone() -> Client:
    """A browser without cookies, as strict about forgery as the real site."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def bank(db: None) -> Iterator[Organisation]:
    with clock.pinned_day(day=TODAY):
        make.make_country()
        make.make_organisation("csirt", "National CSIRT", kind="csirt", email="team@csirt.example.org")
        yield make_bank()


@pytest.fixture
def notice(bank: Organisation) -> Notice:
    make_finding(bank, "192.0.2.9", kind="open-telnet", port=23, severity="critical")
    make_finding(bank, detail='=HYPERLINK("http://evil.example")<script>alert(1)</script>')
    make_finding(bank, "192.0.2.8")
    make_finding(
        bank,
        "@sum.bank.example.org",
        kind="compromised-website",
        port=0,
        network="bank.example.org",
        reason="domain",
        ip=None,
    )
    send_notices(MONDAY)
    return Notice.objects.get()


def page_of(notice: Notice, *, language: str = "") -> str:
    return f"{language and '/' + language}/findings/{token_of(notice, 0)}/"


def pk(subject: str) -> int:
    return Finding.objects.get(subject=subject).pk


def test_the_page_shows_what_the_notice_says_worst_first(notice: Notice, phone: Client) -> None:
    response = phone.get(page_of(notice))
    text = response.content.decode()
    assert response.status_code == 200
    assert text.index("192.0.2.9, port 23") < text.index("192.0.2.7, port 3389") < text.index("192.0.2.8, port 3389")
    assert "<script>alert" not in text
    assert "The register lists the addresses 192.0.2.0/25 as yours." in text
    assert {name: response.headers[name] for name in ("Cache-Control", "Referrer-Policy", "X-Robots-Tag")} == {
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex, nofollow",
    }
    assert not phone.cookies
    assert f"/es/findings/{token_of(notice, 0)}/" in text
    assert phone.get(page_of(notice, language="es")).status_code == 200
    assert not AuditEntry.objects.filter(verb__startswith="finding.").exists()


@pytest.mark.long
@pytest.mark.parametrize(
    ("ticked", "subjects"),
    [
        ({"finding": "192.0.2.7"}, ["192.0.2.7"]),
        ({"kind": "open-rdp"}, ["192.0.2.7", "192.0.2.8"]),
        ({"everything": "1"}, ["192.0.2.7", "192.0.2.8", "192.0.2.9", "@sum.bank.example.org"]),
    ],
)
def test_one_press_answers_one_a_kind_or_everything(
    notice: Notice, phone: Client, ticked: dict[str, str], subjects: list[str]
) -> None:
    data = {k: pk(v) if k == "finding" else v for k, v in ticked.items()}
    response = phone.post(page_of(notice), data | {"reply": "fixed", "remark": "Closed"})
    assert (response.status_code, response["Location"]) == (302, f"{page_of(notice)}?done=answer")
    assert sorted(a.finding.subject for a in Reply.objects.all()) == sorted(subjects)
    assert "Reported fixed; the next reports will show" in phone.get(response["Location"]).content.decode()


def test_what_was_typed_and_ticked_stays_when_something_is_missing(notice: Notice, phone: Client) -> None:
    response = phone.post(page_of(notice), {"kind": "open-rdp", "remark": "We look into it"})
    text = response.content.decode()
    assert response.status_code == 422
    assert "Choose a state." in text
    assert "We look into it" in text
    assert re.search(r'name="kind" value="open-rdp" checked', squeezed(text))
    response = phone.post(page_of(notice), {"reply": "working"})
    assert (response.status_code, "Select the findings above." in response.content.decode()) == (422, True)
    assert Reply.objects.count() == 0


def test_a_reply_is_taken_back_and_an_address_confirmed(notice: Notice, phone: Client) -> None:
    phone.post(page_of(notice), {"finding": pk("192.0.2.7"), "reply": "not_ours"})
    assert Correction.objects.count() == 1
    assert f'name="back" value="{pk("192.0.2.7")}"' in phone.get(page_of(notice)).content.decode()
    phone.post(page_of(notice), {"back": pk("192.0.2.7")})
    assert (Reply.objects.count(), Correction.objects.count()) == (0, 0)
    phone.post(page_of(notice), {"received": "1"})
    assert Contact.objects.get(email="abuse@bank.example.org").verified_on == TODAY


def test_the_file_runs_nothing_in_a_spreadsheet(notice: Notice, phone: Client) -> None:
    response = phone.get(f"{page_of(notice)}findings.csv")
    text = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]  # it streams
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert len(rows) == 4
    assert [r["detail"] for r in rows if r["address"] == "192.0.2.7"] == [
        '\'=HYPERLINK("http://evil.example")<script>alert(1)</script>'
    ]
    assert [r["name"] for r in rows if r["name"]] == ["'@sum.bank.example.org"]


def test_what_went_to_another_organisation_is_not_shown_any_more(notice: Notice, phone: Client) -> None:
    Finding.objects.filter(subject="192.0.2.7").update(organisation=make_telco())
    text = phone.get(page_of(notice)).content.decode()
    assert "192.0.2.7, port" not in text
    assert "1 other finding of this notice is no longer yours: the register was corrected." in text
    response = phone.post(page_of(notice), {"finding": pk("192.0.2.7"), "reply": "fixed"})
    assert response.status_code == 422
    assert Reply.objects.count() == 0


def test_an_ended_link_and_one_of_another_notice_open_nothing(notice: Notice, phone: Client) -> None:
    old = page_of(notice)
    end_link(notice, by=SYSTEM)
    assert not OutboxMail.objects.filter(state="waiting").exists()
    response = phone.get(old)
    assert (response.status_code, "The team ended this link" in response.content.decode()) == (404, True)
    assert phone.post(old, {"everything": "1", "reply": "fixed"}).status_code == 404
    assert phone.get(f"{old}findings.csv").status_code == 404
    assert Reply.objects.count() == 0


@pytest.mark.long
def test_who_tries_links_is_slowed_down_and_who_presses_too_often_keeps_the_text(notice: Notice, phone: Client) -> None:
    with clock.as_of(clock.now()):  # on a busy machine more may be done meanwhile
        codes = [phone.get(f"/findings/0.{n}-1~guess/").status_code for n in range(32)]
        posts = [phone.post(page_of(notice), {"remark": "my words", "finding": pk("192.0.2.7")}) for _n in range(61)]
    assert codes == [404] * 30 + [429] * 2
    assert [r.status_code for r in posts] == [422] * 60 + [429]
    assert "my words" in posts[-1].content.decode()


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    "bad", [{"finding": "x"}, {"finding": "9" * 30}, {"finding": "0"}, {"back": "²"}, {"back": "-1"}]
)
def test_what_no_page_of_ours_sends_is_refused_in_text(notice: Notice, phone: Client, bad: dict[str, str]) -> None:
    response = phone.post(page_of(notice), bad | {"reply": "fixed", "remark": "Fixed."})
    assert response.status_code in {302, 422}
    assert Reply.objects.count() == 0


def test_a_link_dies_with_the_contact_that_it_was_sent_to(notice: Notice, phone: Client) -> None:
    link = page_of(notice)
    Contact.objects.filter(email="abuse@bank.example.org").update(email="Abuse@Bank.Example.org")
    assert phone.get(link).status_code == 200
    Contact.objects.filter(organisation=notice.organisation).delete()
    for address in (link, f"{link}findings.csv"):
        response = phone.get(address)
        assert response.status_code == 404
        assert "no contact of the organisation any more" in response.content.decode()
    assert phone.post(link, {"reply": "fixed"}).status_code == 404
    assert not Reply.objects.exists()
