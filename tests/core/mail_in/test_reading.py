"""A mail as plain data, whatever its sender made of it. Each is read in the cage, as in service."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floreo.core.mail_in.doubts import sentence
from floreo.core.mail_in.reading import DEEPEST, parse_in_a_cage, parse_mail, read_in_a_cage
from floreo.core.mail_in.rtf import text_of_rtf
from floreo.core.mail_in.shape import Attachment, Doubt, DoubtCode, IncomingMail
from floreo.core.mail_in.text import text_of_html
from tests.conftest import SAMPLES
from tests.examples import drawn

needs_samples = pytest.mark.skipif(not (SAMPLES / "mail").is_dir(), reason="the samples of mail are not here")


def codes(mail: IncomingMail) -> list[str]:
    return [each.code.value for each in mail.doubts]


def a_mail(text: str = "Hello", **headers: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = headers.pop("From", "Ana Coc <Ana@Water.example>")
    mail["To"] = headers.pop("To", "desk@csirt.example")
    mail["Subject"] = headers.pop("Subject", "Odd mail")
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


@needs_samples
def test_the_samples_are_read_as_their_writers_meant_them() -> None:
    plain, outlook, several = (
        read_in_a_cage((SAMPLES / "mail" / name).read_bytes())
        for name in ("mail_2.eml", "mail_3.msg", "mail_multiple_to.eml")
    )
    assert (plain.sender, plain.sender_name, plain.subject) == (
        "test@test.com",
        "Test Testerson",
        "multi-encoded-email",
    )
    assert plain.text.startswith("這是一個文本字符串\nזהו")
    assert plain.sent_at == datetime(2020, 12, 19, 2, 20, 15, tzinfo=UTC)
    assert plain.doubts == (Doubt(DoubtCode.REPLY_ELSEWHERE, "thebadguysdomainisthisone.com"),)
    assert (outlook.sender, outlook.recipients) == ("mlemos@acm.org", ("mlemos@linux.local",))
    assert outlook.message_id == "<20050430192829.0489.mlemos@acm.org>"
    assert "is working as expected." in outlook.text
    files = [(each.name, len(each.data), each.media_type) for each in outlook.files]
    assert files == [
        ("attachment.txt", 64, "text/plain"),
        ("logo.gif", 1195, "image/gif"),
        ("background.gif", 3265, "image/gif"),
    ]
    assert codes(outlook) == ["outlook"]
    assert several.to == ("jan.novak@example.com", "jan.marek@example.com")
    assert codes(several) == ["broken", "no_text"]


def test_a_page_becomes_text_with_the_address_behind_each_word() -> None:
    source = (
        "<html><head><title>x</title><style>p{}</style></head><body><p>Your account is <b>locked</b>.</p>"
        '<p><a href="http://bank.example.evil.test/login">www.bank.example</a></p><ul><li>one<li>two</ul>'
        '<script>steal()</script><img src="x" alt="Logo"><a href="http://same.test/">http://same.test</a></body></html>'
    )
    assert text_of_html(source) == (
        "Your account is locked.\n\nwww.bank.example <http://bank.example.evil.test/login>\n\n- one\n- two\n\n"
        "[Logo]http://same.test"
    )


def test_of_several_forms_the_plain_one_is_read_and_html_where_there_is_no_other() -> None:
    both, only = a_mail("Plain words"), EmailMessage()
    both.add_alternative("<p>Page</p>", subtype="html")
    only["From"] = "a@b.example"
    only.set_content("<p>Page <i>only</i></p>", subtype="html")
    assert [read_in_a_cage(each.as_bytes()).text for each in (both, only)] == ["Plain words", "Page only"]


def test_a_forwarded_mail_is_a_file_and_its_text_is_read() -> None:
    lure = a_mail("Pay now: hxxp://pay.example", From="Bank <bank@evil.test>", Subject="Urgent")
    lure.add_attachment(b"MZ", maintype="application", subtype="octet-stream", filename="..\\..\\pay.exe")
    outer = a_mail("See attached")
    outer.add_attachment(lure)
    mail = read_in_a_cage(outer.as_bytes())
    assert mail.text == "See attached\n\n--- Bank <bank@evil.test>: Urgent ---\n\nPay now: hxxp://pay.example"
    found = [(each.name, each.media_type, each.is_within) for each in mail.files]
    assert found == [("Urgent.eml", "message/rfc822", False), ("pay.exe", "application/octet-stream", True)]
    assert read_in_a_cage(mail.files[0].data).sender == "bank@evil.test"


@pytest.mark.long
def test_a_file_of_fifty_megabytes_is_named_and_left_out() -> None:
    outer = a_mail("The dump")
    outer.add_attachment(bytes(50 << 20), maintype="application", subtype="octet-stream", filename="dump.raw")
    outer.add_attachment(b"small", maintype="application", subtype="octet-stream", filename="note.bin")
    mail = read_in_a_cage(outer.as_bytes(), largest=20 << 20)
    assert mail.text == "The dump"
    assert mail.files == (Attachment("note.bin", b"small"),)
    assert mail.doubts == (Doubt(DoubtCode.FILE_TOO_LARGE, "dump.raw", 50 << 20),)
    assert "dump.raw (50.0\xa0MB) is too large" in sentence(mail.doubts[0])


def test_mails_within_mails_are_read_to_a_depth_and_no_further() -> None:
    inner = a_mail("innermost")
    for n in range(DEEPEST + 3):
        outer = a_mail(f"level {n}")
        outer.add_attachment(inner)
        inner = outer
    mail = read_in_a_cage(inner.as_bytes())
    assert codes(mail) == ["too_deep"]
    assert "innermost" not in mail.text
    assert f"level {DEEPEST}" in mail.text


def test_a_mail_bomb_is_taken_by_its_headers() -> None:
    parts = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(100_000))
    mail = read_in_a_cage(b"From: a@b.example\nSubject: Help\nMessage-ID: <1@b.example>\n" + parts)
    assert (mail.sender, mail.subject, mail.message_id) == ("a@b.example", "Help", "<1@b.example>")
    assert codes(mail)[0] == "unreadable"
    head = b"From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n"
    body = head + b"--x\nContent-Type: text/plain\n\nx\n" * 3000
    assert "too_many_parts" in codes(read_in_a_cage(body))


@pytest.mark.parametrize(
    ("raw", "text", "doubts"),
    [
        (b"", "", ["no_sender", "no_text"]),
        (b"\x00\xff" * 3, "ÿÿÿ", ["no_sender"]),
        (b"From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nHello", "Hello", ["broken"]),
        (b"From: a@b.example\nFrom: c@d.example\n\nHi", "Hi", ["several_senders"]),
        (b"From: a@b.example, c@d.example\n\nHi", "Hi", ["several_senders"]),
        (b"From: a@b.example\nContent-Type: text/plain; charset=us-ascii\n\nma\xf1ana", "mañana", ["charset"]),
        (b"From: a@b.example\nContent-Type: text/plain; charset=punycode\n\nhola", "hola", ["charset"]),
        (b"From: a@b.example\n\nma\xc3\xb1ana", "mañana", []),
        (b"From: a@b.example\nContent-Transfer-Encoding: base64\n\n!!!", "", ["no_text"]),
        (b"From: =?utf-8?q?a=40b.example?= <\n\nHi", "Hi", ["no_sender"]),
    ],
)
def test_something_is_said_of_broken_mail(raw: bytes, text: str, doubts: list[str]) -> None:
    mail = parse_in_a_cage(raw)
    assert mail is not None
    assert (mail.text.replace("\x00", "")[:100], codes(mail)) == (text, doubts)


def test_what_turns_text_round_is_taken_out() -> None:
    mail = read_in_a_cage(a_mail("invoice\u202efdp.exe\u200b done", Subject="a\u202eb").as_bytes())
    assert (mail.text, mail.subject) == ("invoicefdp.exe done", "ab")


@pytest.mark.parametrize(
    ("headers", "automatic", "answering"),
    [
        ({}, False, False),
        ({"Auto_Submitted": "no"}, False, False),
        ({"Auto_Submitted": "auto-replied (vacation)"}, True, True),
        ({"Auto_Submitted": "auto-generated"}, True, False),  # a program reports: it is taken in, and not answered
        ({"Precedence": "bulk"}, True, False),
        ({"Precedence": "auto_reply"}, True, True),
        ({"X_Autoreply": "yes"}, True, True),
        ({"List_Id": "<news.example>"}, True, False),
        ({"Return_Path": "<>"}, True, False),
        ({"From": "MAILER-DAEMON@mx.example"}, True, False),
    ],
)
def test_mail_of_a_machine_is_known(headers: dict[str, str], automatic: bool, answering: bool) -> None:
    mail = read_in_a_cage(a_mail(**headers).as_bytes())
    assert (mail.is_automatic, mail.is_answering_machine) == (automatic, answering)


def test_a_thread_is_known_by_its_ids() -> None:
    raw = a_mail(Message_ID="<3@b>", In_Reply_To="<2@b>", References="<1@b> <2@b>").as_bytes()
    mail = read_in_a_cage(raw)
    assert (mail.message_id, mail.in_reply_to, mail.references) == ("<3@b>", ("<2@b>",), ("<1@b>", "<2@b>"))


def test_a_report_of_a_server_is_a_file() -> None:
    raw = (
        b"From: a@b.example\nContent-Type: multipart/report; report-type=feedback-report; boundary=x\n\n--x\n\nSee below\n"
        b"--x\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nSource-IP: 192.0.2.1\n\n--x--\n"
    )
    mail = read_in_a_cage(raw)
    assert [(each.name, each.media_type) for each in mail.files] == [("feedback-report", "message/feedback-report")]
    assert b"Source-IP: 192.0.2.1" in mail.files[0].data


def test_words_of_rich_text() -> None:
    source = rb"{\rtf1\ansi{\fonttbl{\f0 Arial;}}{\*\generator x;}Ma\'f1ana \u8364?10\par {\b bold} \{ok\}}"
    assert text_of_rtf(source) == "Mañana €?10\nbold {ok}"


def test_a_compound_file_that_is_no_message_is_said() -> None:
    assert codes(read_in_a_cage(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000))) == ["unreadable", "outlook"]


def test_bytes_that_no_encoding_explains_are_no_half_letters() -> None:
    mail = read_in_a_cage(b"From: Jos\xe9 <a@b.example>\nSubject: se\xc3\xb1al \xff\nTo: x\xe9@b.example\n\nHi\xff")
    assert (mail.sender, mail.subject, mail.text) == ("a@b.example", "se\u00f1al \ufffd", "Hi\u00ff")
    assert mail.sender_name.startswith("Jos")


_PIECES = [
    b"From: ",
    b"To: ",
    b"Subject: ",
    b"=?utf-8?b?",
    b"=?x?q?=00",
    b"?=",
    b"<a@b.example>",
    b"\n\n",
    b"\n",
    b"--x",
    b"--x--",
]
_PIECES += [
    b"Content-Type: multipart/mixed; boundary=x\n\n",
    b"Content-Type: message/rfc822\n\n",
    b"\xff\xfe",
    b"\0",
    b"\xed\xa0\x80",
]
_PIECES += [
    b"Content-Type: text/html; charset=utf-16\n\n",
    b"Content-Transfer-Encoding: base64\n",
    b"; filename*=utf-8''%00%ff.exe",
    b"\xd0\xcf",
]


@settings(max_examples=drawn(150), deadline=None)
@given(st.lists(st.sampled_from(_PIECES) | st.binary(max_size=12), max_size=25).map(b"".join))
def test_whatever_comes_a_database_can_hold_what_is_said_of_it(raw: bytes) -> None:
    mail = parse_mail(raw)
    words = [mail.sender, mail.sender_name, mail.reply_to, mail.message_id, mail.subject, mail.text]
    words += [*mail.recipients, *mail.in_reply_to, *mail.references]
    words += [word for each in mail.files for word in (each.name, each.media_type)]
    assert "\0" not in "".join(words)
    "".join(words).encode()
