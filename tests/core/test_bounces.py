"""What came back: the shapes of common servers, answering machines, forgeries, and bytes that are no mail at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floreo.core import bounces
from floreo.core.access import SYSTEM
from floreo.core.action import action
from floreo.core.bounce_mailbox import bad_addresses, take_in
from floreo.core.bounces import Kind, Report
from floreo.core.delivery import deliver_due
from floreo.core.models import AuditEntry, MailState, OutboxMail
from floreo.core.outbox import letter, post_all
from tests.config.installation import prepared
from tests.conftest import SAMPLES
from tests.core.mail_server import mail_server

OURS = "<0123456789abcdef@floreo.example>"

POSTFIX = """Return-Path: <>
From: MAILER-DAEMON@mx.example.org (Mail Delivery System)
To: floreo@floreo.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.org. I'm sorry to have to inform you...
<lead@example.org>: host mail.example.org said: 550 5.1.1 User unknown

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org
Arrival-Date: Tue, 24 Nov 2026 08:00:00 -0600

Final-Recipient: rfc822; lead@example.org
Original-Recipient: rfc822;lead@example.org
Action: failed
Status: 5.1.1
Remote-MTA: dns; mail.example.org
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--b1
Content-Type: {returned}

From: floreo@floreo.example
To: lead@example.org
Message-ID: {id}
Subject: A review is open

--b1--
"""
EXIM = """Return-path: <>
From: Mail Delivery System <Mailer-Daemon@mx.example.org>
To: floreo@floreo.example
Subject: Mail delivery failed: returning message to sender
X-Failed-Recipients: lead@example.org
Auto-Submitted: auto-replied

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  lead@example.org
    host mail.example.org [192.0.2.1]
    SMTP error from remote mail server after RCPT TO:<lead@example.org>:
    550 Mailbox is full for good

------ This is a copy of the message, including all the headers. ------

Return-path: <floreo@floreo.example>
Message-ID: {id}
To: lead@example.org
Subject: A review is open

Please answer.
"""
EXCHANGE = """From: <postmaster@contoso.example>
To: <floreo@floreo.example>
Subject: Undeliverable: A review is open
Content-Language: en-US
In-Reply-To: {id}
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="_9_"

--_9_
Content-Type: multipart/alternative; boundary="_8_"

--_8_
Content-Type: text/plain; charset="us-ascii"
Content-Transfer-Encoding: quoted-printable

Delivery has failed to these recipients or groups:=20
lead@contoso.example. The email address you entered couldn't be found.

--_8_--
--_9_
Content-Type: message/delivery-status

Reporting-MTA: dns;EX01.contoso.example

Final-recipient: RFC822; lead@contoso.example
Action: failed
Status: 5.1.10
Diagnostic-code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found

--_9_--
"""
GMAIL = """Return-Path: <>
From: Mail Delivery Subsystem <mailer-daemon@googlemail.example>
To: floreo@floreo.example
Subject: Delivery Status Notification (Failure)
References: {id}
In-Reply-To: {id}
X-Failed-Recipients: lead@gmail.example
Auto-Submitted: auto-replied
Content-Type: multipart/report; boundary="g"; report-type=delivery-status

--g
Content-Type: multipart/related; boundary="h"

--h
Content-Type: text/plain; charset="UTF-8"

** Address not found **
Your message wasn't delivered to lead@gmail.example.

--h--
--g
Content-Type: message/delivery-status

Reporting-MTA: dns; googlemail.example

Final-Recipient: rfc822; lead@gmail.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist.
 550 5.1.1 Learn more

--g
Content-Type: message/rfc822

Message-ID: {id}
To: lead@gmail.example

Please answer.
--g--
"""
QMAIL = """Return-Path: <>
From: MAILER-DAEMON@mx.example.org
Subject: failure notice

Hi. This is the qmail-send program at mx.example.org.
I'm afraid I wasn't able to deliver your message to the following addresses.

<lead@example.org>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Message-ID:
 {id}
To: lead@example.org
"""
SHAPES = {
    "postfix, headers only": (POSTFIX.replace("{returned}", "text/rfc822-headers"), "550 5.1.1 User unknown"),
    "postfix, whole mail": (POSTFIX.replace("{returned}", "message/rfc822"), "550 5.1.1 User unknown"),
    "exim": (EXIM, "550 Mailbox is full for good"),
    "exchange": (EXCHANGE, "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found"),
    "gmail": (GMAIL, "550-5.1.1 The email account that you tried to reach does not exist. 550 5.1.1 Learn more"),
    "qmail": (QMAIL, "Sorry, no mailbox here by that name. (#5.1.1)"),
}
VACATION = f"""From: lead@example.org
Subject: Automatic reply: A review is open
Auto-Submitted: auto-replied
In-Reply-To: {OURS}

I am away.
"""


def shaped(name: str, message_id: str = OURS) -> bytes:
    return SHAPES[name][0].replace("{id}", message_id).encode()


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_the_report_of_each_common_server_names_our_letter_and_says_why(name: str, ends: str) -> None:
    report = bounces.read(shaped(name).replace(b"\n", ends.encode()))
    assert (report.kind, report.about[0], report.words) == (Kind.BOUNCED, OURS, SHAPES[name][1])


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ("Action: delayed", Kind.DELAYED),
        ("Action: delivered", Kind.ARRIVED),
        ("Action: relayed", Kind.ARRIVED),
        ("Action:", Kind.OTHER),
    ],
)
def test_a_delay_or_an_arrival_is_no_bounce(change: str, kind: Kind) -> None:
    assert bounces.read(shaped("postfix, whole mail").replace(b"Action: failed", change.encode())).kind is kind


@pytest.mark.parametrize(
    "headers",
    [
        "Auto-Submitted: auto-replied",
        "Precedence: bulk",
        "Precedence: auto_reply",
        "X-Autoreply: yes",
        "List-Id: <a.example>",
        "Return-Path: <>",
        "X-Auto-Response-Suppress: All",
    ],
)
def test_machines_that_answer_are_told_from_people(headers: str) -> None:
    text = f"From: lead@example.org\nSubject: Away\n{headers}\nIn-Reply-To: {OURS}\n\nI am away."
    assert bounces.read(text.encode()).kind is Kind.AUTOMATIC
    plain = f"From: lead@example.org\nSubject: Re: A review is open\nIn-Reply-To: {OURS}\n\nUndelivered mail? No: done."
    assert bounces.read(plain.encode()).kind is Kind.OTHER


@settings(deadline=None)
@given(st.binary(max_size=3000))
def test_bytes_that_are_no_mail_break_nothing(raw: bytes) -> None:
    assert isinstance(bounces.read(raw), Report)


@settings(deadline=None)
@given(st.data())
def test_a_harmed_report_breaks_nothing(data: st.DataObject) -> None:
    whole = shaped(data.draw(st.sampled_from(sorted(SHAPES))))
    cut, extra = data.draw(st.integers(0, len(whole))), data.draw(st.binary(max_size=40))
    assert bounces.read(whole[:cut] + extra + whole[cut + 5 :]).kind in Kind


@pytest.mark.long
def test_parts_nested_without_end_break_nothing() -> None:
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3000))
    assert isinstance(bounces.read(deep), Report)


@pytest.mark.parametrize("sample", sorted((SAMPLES / "mail").glob("*")) or [None], ids=str)
def test_mail_found_in_the_world_breaks_nothing(sample: Path | None) -> None:
    if sample is None:
        pytest.skip("the samples are not here")
    assert bounces.read(sample.read_bytes()).kind in Kind


# What it does to our mails


@action("test.bounces_posted", needs=None)
def put(mails: list[OutboxMail], *, by: object) -> int:
    return post_all(mails)


def sent(to: str = "lead@example.org") -> OutboxMail:
    put([letter(to=to, subject="A review is open", text="Please answer.", kind="review.asked")], by=SYSTEM)
    with mail_server():
        deliver_due()
    return OutboxMail.objects.order_by("-pk")[0]


@pytest.mark.first_cases(2)
@pytest.mark.django_db
@pytest.mark.parametrize("name", SHAPES)
def test_a_bounce_marks_its_letter_and_the_trail_says_so(name: str) -> None:
    mail = sent()
    take_in(shaped(name, mail.message_id))
    mail.refresh_from_db()
    assert (mail.state, mail.last_error, mail.bounced_at is not None) == (MailState.BOUNCED, SHAPES[name][1], True)
    assert AuditEntry.objects.order_by("-number")[0].verb == "mail.came_back"
    assert bad_addresses() == [mail]
    later = sent()
    assert bad_addresses() == []
    assert later.state == MailState.SENT


@pytest.mark.django_db
def test_a_forged_bounce_and_a_machines_answer_do_nothing_and_nothing_is_answered() -> None:
    mail, before = sent(), AuditEntry.objects.count()
    take_in(shaped("gmail"))  # a Message-ID that we never gave
    take_in(VACATION.replace(OURS, mail.message_id).encode())
    take_in(shaped("postfix, whole mail", mail.message_id).replace(b"Action: failed", b"Action: delayed"))
    mail.refresh_from_db()
    assert mail.state == MailState.SENT
    assert (OutboxMail.objects.count(), AuditEntry.objects.count()) == (1, before)


@pytest.mark.django_db
def test_what_has_not_left_cannot_come_back() -> None:
    put([letter(to="lead@example.org", subject="s", text="t", kind="k")], by=SYSTEM)
    mail = OutboxMail.objects.get()
    take_in(shaped("gmail", mail.message_id))
    mail.refresh_from_db()
    assert mail.state == MailState.WAITING


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe no mail", shaped("gmail")])
def test_the_pipe_of_a_mail_server_is_always_taken(raw: bytes, tmp_path: Path) -> None:
    done = prepared(tmp_path).run("mail-in", read=raw)
    assert (done.returncode, done.stdout.split()[-1] in {"other", "bounced"}) == (0, True), done.stderr
