"""Mail to the team, from a real server of mail and into the case or the inbox; and mail that was made to do harm."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pysequoia
import pytest
from django.test import override_settings

from floreo.config.cli_mail import ingest
from floreo.core.access import SYSTEM
from floreo.core.delivery import deliver_due
from floreo.core.errors import NotAllowed, Refused
from floreo.core.mail_in.senders import NoAnswer
from floreo.core.models import AuditEntry, MailState, OutboxMail
from floreo.incidents import files
from floreo.incidents.actions import mail, triage
from floreo.incidents.actions.cases import close as close_case
from floreo.incidents.actions.mail import Became, Taken, read_team_mailbox, take_in_mail
from floreo.incidents.actions.messages import send_message
from floreo.incidents.files import Kept
from floreo.incidents.incoming import IncomingFile
from floreo.incidents.models import (
    Case,
    CaseEvidence,
    Direction,
    Message,
    Report,
    ReportFile,
    ReportState,
    WaitingFor,
)
from floreo.organisations.actions.register import add_contact
from tests.conftest import SAMPLES, make_user
from tests.core.mail_server import mail_server
from tests.core.mailbox_server import PROGRAMME, a_mailbox
from tests.core.test_bounces import shaped
from tests.factories.strategy import make_organisation
from tests.feeds.mails import keys_of, signed
from tests.incidents.desk import Desk, log_of

OURS = "incidents@floreo.example"
KEYS = keys_of("water.example", "evil.example")
ANA = "Ana <ana@water.example>"


@pytest.fixture(autouse=True)
def our_address() -> Iterator[None]:
    with override_settings(INCIDENT_ADDRESSES=[OURS]):
        yield


def a_mail(text: str, *files: tuple[str, bytes], sender: str = ANA, subject: str = "Help", **headers: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, OURS, subject
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    for name, data in files:
        mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


def packed(parts: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, body in parts.items():
            opened.writestr(name, body)
    return made.getvalue()


def take(raw: bytes, **more: bool) -> Taken:
    return take_in_mail(raw, by=SYSTEM, keys=KEYS, **more)  # type: ignore[arg-type]  # flags


def written_from(case: Case, desk: Desk, to: str = "ana@water.example") -> Message:
    return send_message(
        case, by=desk.ana, to=to, subject="Please look", text="Look.", confirmed=to, waiting_for=WaitingFor.OTHER
    )


@pytest.mark.long
@pytest.mark.skipif(PROGRAMME is None, reason="dovecot is not installed")
def test_a_case_is_written_to_and_its_reply_read_from_a_real_mailbox_once(desk: Desk) -> None:
    case = desk.case()
    written_from(case, desk)
    with mail_server() as server:
        assert deliver_due() == 1
    (got,) = server.got
    reply = a_mail(
        "It is clean now.",
        ("log.txt", b"rows"),
        subject=f"Re: {got['Subject']}",
        In_Reply_To=got["Message-ID"],
        Message_ID="<r1@water.example>",
    )
    fresh = a_mail("My shop was robbed at http://evil.example", Message_ID="<n1@water.example>")
    with tempfile.TemporaryDirectory(prefix="fl-", dir="/tmp") as name:
        raws = [signed(reply, "water.example"), fresh, b"no mail at all", shaped("gmail")]
        with a_mailbox(Path(name), raws) as (address, box):
            assert [read_team_mailbox(address, by=SYSTEM, keys=KEYS) for _turn in range(2)] == [4, 0]
            assert [message.get_flags() for message in box] == ["S"] * 4
    message = Message.objects.get(direction=Direction.IN)
    assert (message.case, message.sender, message.is_proven) == (case, "ana@water.example", True)
    assert (message.text, message.in_reply_to) == ("It is clean now.", got["Message-ID"])
    assert [(each.title, each.size) for each in CaseEvidence.objects.all()] == [
        ("File of an e-mail from ana@water.example: log.txt", 4)
    ]
    case.refresh_from_db()
    assert case.waiting_for == WaitingFor.TEAM
    subjects = Report.objects.order_by("pk").values_list("subject", "channel", "reporter_mail")
    assert sorted(subjects) == [
        ("Delivery Status Notification (Failure)", "mail", "mailer-daemon@googlemail.example"),  # of none of our mails
        ("Help", "mail", "ana@water.example"),
        ("no mail at all", "mail", ""),
    ]


@pytest.mark.skipif(PROGRAMME is None, reason="dovecot is not installed")
def test_a_mail_too_large_to_be_read_is_a_report_of_its_headers_and_stays_flagged(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "LARGEST_MAIL", 1024 * 1024)
    huge = a_mail("The disk", ("disk.raw", bytes(2 << 20)), subject="Disk image", Message_ID="<h1@water.example>")
    with tempfile.TemporaryDirectory(prefix="fl-", dir="/tmp") as name, a_mailbox(Path(name), [huge]) as (address, box):
        assert [read_team_mailbox(address, by=SYSTEM, keys=KEYS) for _turn in range(2)] == [1, 0]
        assert [message.get_flags() for message in box] == ["FS"]
    report = Report.objects.get()
    assert (report.subject, report.reporter_mail, report.files.count()) == ("Disk image", "ana@water.example", 0)
    assert report.doubts[-1] == (
        "The e-mail (3 MB) is too large to be read whole. It is flagged in the team's mailbox."
    )


def test_a_forged_reply_that_quotes_a_reference_is_a_report_that_says_so(desk: Desk) -> None:
    case = desk.case()
    written_from(case, desk)
    forged = a_mail(
        "Send me everything",
        sender="x@evil.example",
        subject=f"Re: [{case.reference}] Please",
        In_Reply_To="<guess@floreo.example>",
    )
    taken = take(signed(forged, "evil.example"))
    assert taken.became is Became.REPORT
    assert taken.reports[0].doubts == [
        f"It names {case.reference} but answers none of our e-mails. Anybody can write a reference: it was not added there."
    ]
    assert not Message.objects.filter(direction=Direction.IN).exists()


def test_a_reply_from_another_address_is_a_report_and_of_the_same_house_only_when_proven(desk: Desk) -> None:
    case = desk.case()
    out = written_from(case, desk)
    stranger = take(a_mail("Me too", sender="x@evil.example", In_Reply_To=out.message_id))
    assert stranger.became is Became.REPORT
    assert stranger.reports[0].doubts[-1] == (
        f"It answers an e-mail about {case.reference} that went to ana@water.example, but comes from x@evil.example."
        " It was not added there."
    )
    colleague = a_mail("I answer for Ana", sender="ben@water.example", In_Reply_To=out.message_id)
    assert take(colleague).became is Became.REPORT
    proven = take(signed(colleague, "water.example"))
    assert (proven.became, proven.case) == (Became.MESSAGE, case)


def test_an_answering_machine_ends_the_conversation(desk: Desk) -> None:
    case = desk.case()
    out = written_from(case, desk)
    before = OutboxMail.objects.count()
    away = a_mail("I am away", subject="Out of office", In_Reply_To=out.message_id, Auto_Submitted="auto-replied")
    for _turn in range(5):
        assert take(away).became is Became.AUTOMATIC
    assert OutboxMail.objects.count() == before  # nothing is answered
    assert not Message.objects.filter(direction=Direction.IN).exists()
    case.refresh_from_db()
    assert case.waiting_for == WaitingFor.OTHER
    assert AuditEntry.objects.filter(verb="case.automatic_reply_received").count() == 5
    assert log_of(case)[0] == "An answering machine of ana@water.example replied: “Out of office”."
    alone = take(a_mail("Ticket 7 was made", subject="Received", Auto_Submitted="auto-replied"))
    assert (alone.became, alone.reports[0].doubts[-1]) == (Became.REPORT, "An answering machine wrote this.")
    assert OutboxMail.objects.count() == before


def test_a_mail_of_ours_that_comes_back_marks_it_and_is_no_report(desk: Desk) -> None:
    out = written_from(desk.case(), desk)
    with mail_server():
        deliver_due()
    assert take(shaped("postfix, whole mail", out.message_id)).became is Became.RETURNED
    assert OutboxMail.objects.get(message_id=out.message_id).state == MailState.BOUNCED
    assert not Report.objects.exists()


def test_a_reply_about_a_report_is_added_to_it_once(desk: Desk) -> None:
    (report,) = take(a_mail("Help me", Message_ID="<1@water.example>")).reports
    triage.ask_reporter(report, by=desk.ana, text="Since when?")
    asked = OutboxMail.objects.get(kind="incident_report")
    raw = a_mail("Since Monday", ("shot.png", b"\x89PNG\r\n\x1a\n"), In_Reply_To=asked.message_id)
    first, second = take(raw), take(raw)
    assert (first.became, first.already, second.already) == (Became.ADDITION, False, True)
    report.refresh_from_db()
    assert [(each["text"], each["files"]) for each in report.additions] == [("Since Monday", "shot.png")]
    assert (report.state, report.files.count()) == (ReportState.NEW, 1)
    assert AuditEntry.objects.filter(verb="incident_report.answered_by_mail").count() == 1


def test_files_for_a_closed_case_are_not_lost(desk: Desk) -> None:
    case = desk.case()
    out = written_from(case, desk)
    close_case(case, by=desk.ana, reason="Solved", lessons="None")
    taken = take(a_mail("One more", ("late.log", b"rows"), In_Reply_To=out.message_id))
    assert taken.became is Became.REPORT
    assert taken.reports[0].doubts[-1] == f"It answers an e-mail about {case.reference}, which is closed."
    assert [each.name for each in taken.reports[0].files.all()] == ["late.log"]
    assert Message.objects.get(direction=Direction.IN).case == case


@pytest.mark.long
@pytest.mark.parametrize("is_closed", [False, True])
def test_a_reply_whose_files_find_no_room_is_taken_in_whole_the_next_time(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, is_closed: bool
) -> None:
    case = desk.case()
    out = written_from(case, desk)
    if is_closed:
        close_case(case, by=desk.ana, reason="Solved", lessons="None")
    raw = a_mail("See both", ("a.log", b"rows"), ("b.log", b"more"), In_Reply_To=out.message_id)
    real = files.store

    def full(given: IncomingFile) -> Kept:
        if given.name == "b.log":
            raise Refused("full", code="disk_full")
        return real(given)

    with override_settings(MEDIA_ROOT=tmp_path):
        monkeypatch.setattr(files, "store", full)
        with pytest.raises(Refused):
            take(raw)
        left = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert (left, Message.objects.filter(direction=Direction.IN).count()) == ([], 0)
        monkeypatch.setattr(files, "store", real)
        first, second = take(raw), take(raw)
    assert (first.already, second.already) == (False, True)
    assert Message.objects.filter(direction=Direction.IN).count() == 1
    names = ReportFile.objects.values_list("name") if is_closed else CaseEvidence.objects.values_list("name")
    assert sorted(names) == [("a.log",), ("b.log",)]


def test_a_second_mail_under_a_used_message_id_is_kept_and_the_log_says_so(desk: Desk) -> None:
    case, other = desk.case(), desk.case("Other")
    thread = {"In_Reply_To": written_from(case, desk).message_id, "Message_ID": "<same@water.example>"}
    first, again = (take(a_mail("First", ("e.txt", b"rows"), **thread)) for _turn in range(2))
    second = take(a_mail("Second", ("e.txt", b"rows"), **thread))
    third = take(a_mail("Second", ("e.txt", b"other rows"), **thread))
    elsewhere = take(a_mail("First", **(thread | {"In_Reply_To": written_from(other, desk).message_id})))
    assert [each.already for each in (first, again, second, third, elsewhere)] == [False, True, False, False, False]
    came = Message.objects.filter(direction=Direction.IN).order_by("pk").values_list("case", "text")
    assert list(came) == [(case.pk, "First"), (case.pk, "Second"), (case.pk, "Second"), (other.pk, "First")]
    assert CaseEvidence.objects.filter(case=case).count() == 3
    assert AuditEntry.objects.filter(verb="case.message_received").count() == 4
    assert log_of(other)[0] == (
        "The mail from ana@water.example has the number (Message-ID) of another that came before. Check who wrote each."
    )


def test_an_abuse_report_with_half_letters_is_taken_in(db: None) -> None:
    report = (
        b'{"xarf_version":"4.2.0","category":"content","type":"phishing\\ud800","source_identifier":"\\ud800",'
        b'"url":"http://\\udc80/","\\ud800":["\\ud800\\u0000"],"score":NaN}'
    )
    (taken,) = take(a_mail("See", ("xarf.json", report))).reports
    assert (taken.channel, taken.subject) == ("xarf", "content/phishing?: ?")
    assert {name: taken.answers[name] for name in ("?", "score")} == {"?": "? ", "score": "nan"}


@pytest.mark.parametrize("words", [b"Pay to account 13 instead.", b""])
def test_of_a_mail_that_openpgp_proves_only_what_was_signed_is_read(desk: Desk, words: bytes) -> None:
    """A line that is no header ends the headers for one reader and not for another: words between them were read as the sender's."""
    key = pysequoia.Tsk.generate("Ana <ana@water.example>")
    water = make_organisation("water")
    add_contact(
        water, by=SYSTEM, purpose="Abuse", email="ana@water.example", openpgp_key=str(key.extract_certificate())
    )
    case = desk.case()
    written_from(case, desk)
    with mail_server() as server:
        deliver_due()
    (got,) = server.got
    content = b"Content-Type: text/plain; charset=utf-8\r\n\r\nIt is clean now."
    signature = bytes(pysequoia.sign(key.signer(), content, mode=pysequoia.SignatureMode.DETACHED))
    head = f"From: {ANA}\r\nTo: {OURS}\r\nSubject: Re\r\nIn-Reply-To: {got['Message-ID']}\r\nMessage-ID: <p1@x>\r\n".encode()
    head += b"Content-Type : text/plain\r\n" + words + b"\r\n" if words else b""
    head += b'MIME-Version: 1.0\r\nContent-Type: multipart/signed; protocol="application/pgp-signature"; boundary="sig"\r\n\r\n'
    parts = [content, b"Content-Type: application/pgp-signature\r\n\r\n" + signature.replace(b"\n", b"\r\n")]
    raw = head + b"".join(b"--sig\r\n" + part + b"\r\n" for part in parts) + b"--sig--\r\n"
    assert take(raw).became is Became.MESSAGE
    message = Message.objects.get(direction=Direction.IN)
    assert (message.is_proven, message.text) == (True, "It is clean now.")


def test_while_the_name_service_is_silent_reports_still_come_in(db: None) -> None:
    def silent(_name: str) -> bytes | None:
        raise NoAnswer("timed out")

    (report,) = take_in_mail(signed(a_mail("Help"), "water.example"), by=SYSTEM, keys=silent).reports
    assert report.doubts == ["Nobody checked who sent this e-mail."]


@pytest.mark.long
def test_what_was_made_to_do_harm_is_kept_with_its_sentence(db: None) -> None:
    inner = packed({"a": bytes(60 << 20)})
    bomb = packed({f"{n}.zip": inner for n in range(12)})
    text = '=HYPERLINK("http://evil.example") <script>alert(1)</script> \u202egnp.exe'
    raw = a_mail(
        text,
        ("bomb.zip", bomb),
        ("photo.jpg", b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"),
        ("tool.exe", b"MZ" + bytes(200)),
        ("../../etc/passwd", b"root"),
        subject="<b>=1+1</b>",
        sender='"=cmd|x" <ana@water.example>',
    )
    (report,) = take(raw).reports
    assert (report.subject, report.reporter_name) == (
        "<b>=1+1</b>",
        "=cmd|x",
    )  # as they came: each exit makes them harmless
    assert report.text.endswith("gnp.exe")
    assert "\u202e" not in report.text
    doubts = {each.name: each.doubt for each in report.files.all()}
    assert set(doubts) == {"bomb.zip", "photo.jpg", "tool.exe", "passwd"}
    assert "unpack" in doubts["bomb.zip"]
    assert doubts["photo.jpg"] == "“photo.jpg” is called otherwise than its content: it is a PDF file."
    assert "contains a program" in doubts["tool.exe"]


def test_one_mail_a_hundred_times_is_one_report_and_a_second_under_its_number_is_another(db: None) -> None:
    raw = a_mail("Help", Message_ID="<1@water.example>")
    assert [take(raw).already for _turn in range(3)] == [False, True, True]
    assert not take(a_mail("Other", Message_ID="<1@water.example>")).already
    assert Report.objects.count() == 2


def test_only_who_handles_incidents_takes_mail_in(db: None) -> None:
    with pytest.raises(NotAllowed):
        take_in_mail(a_mail("Help"), by=make_user("observer"), keys=KEYS)


def test_files_are_taken_in_from_the_command_line(db: None, tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(a_mail("Help", Message_ID="<1@water.example>"))
    (tmp_path / "b.json").write_text(json.dumps({"a": 1}))
    report = {"xarf_version": "4.2.0", "report_id": "1", "timestamp": "2026-01-01T00:00:00Z", "category": "content"}
    (tmp_path / "c.json").write_text(
        json.dumps(report | {"type": "phishing", "source_identifier": "192.0.2.1", "reporter": {"org": "Watch"}})
    )
    paths = [tmp_path / name for name in ("a.eml", "b.json", "c.json", "none.eml", "a.eml")]
    if (SAMPLES / "mail").is_dir():
        paths.append(SAMPLES / "mail" / "mail_3.msg")
    lines: list[str] = []
    assert ingest(paths, echo=lines.append) == 1
    said = [line.partition(": ")[2] for line in lines]
    references = dict(Report.objects.values_list("channel", "reference").order_by("-pk"))
    first = Report.objects.get(channel="mail", reporter_mail="ana@water.example")
    assert said[:5] == [
        f"is the report {first.reference}",
        "This file holds no abuse report of XARF version 3 or 4.",
        f"is the report {references['xarf']}",
        "No such file or directory",
        f"was taken in before: {first.reference}",
    ]
    if len(said) == 6:
        outlook = Report.objects.get(reporter_mail="mlemos@acm.org")
        assert said[5] == f"is the report {outlook.reference}"
        assert [each.name for each in outlook.files.all()] == ["attachment.txt", "logo.gif", "background.gif"]
