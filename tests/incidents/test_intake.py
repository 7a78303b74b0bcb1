"""Mail and abuse reports become `Incoming`: what they say, what is odd about them, and nothing lost."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import pytest

from floreo.core.errors import Refused
from floreo.core.mail_in.reading import read_in_a_cage
from floreo.core.mail_in.senders import looked_up
from floreo.incidents import taxonomy
from floreo.incidents.incoming import Incoming, IncomingFile
from floreo.incidents.intake import xarf
from floreo.incidents.intake.language import is_in_none, language_of
from floreo.incidents.intake.mail import from_mail, references_in
from floreo.incidents.observables import Own
from tests.conftest import SAMPLES
from tests.feeds.mails import keys_of, mail_from, signed

AT = datetime(2026, 11, 28, 10, 0, tzinfo=UTC)
OURS = "feeds@floreo.example"
needs_samples = pytest.mark.skipif(not (SAMPLES / "xarf").is_dir(), reason="the samples are not here")
PHISHING: dict[str, Any] = {
    "xarf_version": "4.2.0",
    "report_id": "1a5ec293-0849-40a4-9eba-d5926262ff05",
    "timestamp": "2026-11-27T15:15:24Z",
    "reporter": {"org": "Brand Watch", "contact": "takedown@watch.example", "domain": "watch.example"},
    "source_identifier": "203.0.113.45",
    "category": "content",
    "type": "phishing",
    "url": "http://bank.example.com/auth",
    "evidence": [{"content_type": "text/plain", "payload": "aGVsbG8=", "hash": "md5:5d41402abc4b2a76b9719d911017c592"}],
}


def read(data: dict[str, Any]) -> Incoming:
    (found,) = xarf.read_file(json.dumps(data).encode(), received_at=AT)
    return found


@pytest.mark.parametrize(
    ("given", "doubt"),
    [
        ("0001-01-01T00:00:00Z", "before 1980"),
        ("0001-01-01T00:00:00+14:00", "before 1980"),
        ("9999-12-31T23:59:59-14:00", "still to come"),
        ("2026-11-27T15:15:60Z", "cannot be read"),
    ],
)
def test_a_time_that_nobody_can_mean_is_a_doubt_and_no_time(given: str, doubt: str) -> None:
    found = read(PHISHING | {"timestamp": given})
    assert found.happened_at is None
    assert [given in each and doubt in each for each in found.doubts] == [True]
    assert read(PHISHING | {"timestamp": "2026-11-27t15:15:24z"}).doubts == ()


@needs_samples
def test_every_sample_of_an_abuse_report_is_taken_with_its_class() -> None:
    """Judged by the names of the files, which say what each is."""
    found = {path.name: path.read_bytes() for path in sorted((SAMPLES / "xarf").glob("*.json"))}
    assert len(found) == 36
    expected = {
        "ddos": "availability/ddos",
        "infected-host": "malicious-code/infected-system",
        "login-attack": "intrusion-attempts/brute-force",
        "port-scan": "information-gathering/scanner",
        "phishing": "fraud/phishing",
        "malware": "malicious-code/malware-distribution",
        "exposed-data": "information-content-security/data-leak",
        "compromised-server": "intrusions/system-compromise",
        "remote-compromise": "intrusions/system-compromise",
        "spam": "abusive-content/spam",
        "botnet": "malicious-code/infected-system",
        "cve": "vulnerable/vulnerable-system",
        "open-service": "vulnerable/potentially-unwanted-accessible",
        "p2p": "fraud/copyright",
    }
    for name, content in found.items():
        (report,) = xarf.read_file(content, received_at=AT)
        last = name.removesuffix(".json").removesuffix("_v3_sample").partition("_v")[2][2:]
        kind = last.partition("-")[2] or last
        assert report.rsit == expected.get(kind, report.rsit), name
        assert taxonomy.is_known(*taxonomy.split(report.rsit)), name
        assert report.observables, name
        assert report.happened_at is not None, name
        assert report.reporter_mail, name
        assert len(report.files) == (2 if kind == "phishing" and "v4" in name else 1), name
        assert report.concerns_child == (kind in {"csam", "csem"})
        assert not [doubt for doubt in report.doubts if "type that is not known" in doubt], name
        assert xarf.read_file(content, received_at=AT)[0].source_key == report.source_key
    assert len({xarf.read_file(c, received_at=AT)[0].source_key for c in found.values()}) == 36


def test_an_abuse_report_is_taken_as_it_says() -> None:
    found = read(PHISHING)
    assert (found.channel, found.rsit, found.kind) == ("xarf", "fraud/phishing", "message")
    assert (found.organisation_name, found.reporter_mail) == ("Brand Watch", "takedown@watch.example")
    assert found.happened_at == datetime(2026, 11, 27, 15, 15, 24, tzinfo=UTC)
    assert found.observables == (
        ("ipv4", "203.0.113.45"),
        ("url", "http://bank.example.com/auth"),
        ("domain", "bank.example.com"),
    )
    assert (found.files, found.doubts) == ((IncomingFile("evidence-1.txt", b"hello"),), ())
    assert found.source_key.startswith("xarf:1a5ec293-0849-40a4-9eba-d5926262ff05:")
    assert len(found.source_key) <= 200


def test_an_unknown_type_is_kept_with_its_sentence() -> None:
    found = read(PHISHING | {"category": "quantum", "type": "teleport<script>"})
    assert found.rsit == ""
    assert found.doubts == (
        "This abuse report is of a type that is not known here: quantum/teleport<script>. Its class is for you to choose.",
    )
    assert found.answers["type"] == "teleport<script>"


def test_what_is_wrong_with_an_abuse_report_is_said_and_it_is_taken() -> None:
    broken = {"xarf_version": "4.2.0", "category": "content", "type": "phishing", "timestamp": "2027-01-01T00:00:00Z"}
    evidence = [{"content_type": "image/png", "payload": "aGVsbG8=", "hash": "sha256:00"}, {"payload": {"a": 1}}, 7]
    found = read(broken | {"evidence": evidence, "reporter": "nobody", "source_identifier": ["x"]})
    assert found.happened_at is None
    assert found.doubts == (
        "This abuse report lacks what the format requires: report_id.",
        "The evidence evidence-1.png does not have the hash that the report names.",
        "The evidence evidence-2.bin cannot be decoded.",
        "This abuse report speaks of a time that is still to come: 2027-01-01T00:00:00Z.",
    )


def test_a_second_report_under_the_number_of_another_is_another() -> None:
    assert read(PHISHING).source_key != read(PHISHING | {"source_identifier": "203.0.113.46"}).source_key


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[" * 100_000, b'{"a":' * 100_000, b"PK\x03\x04", b'{"Version": "3"}']
)
def test_a_file_without_any_is_refused(content: bytes) -> None:
    with pytest.raises(Refused, match="no abuse report"):
        xarf.read_file(content, received_at=AT)


def of_mail(raw: bytes, **more: Any) -> tuple[Incoming, ...]:
    return from_mail(looked_up(read_in_a_cage(raw), ours=[OURS], keys=keys_of("water.example")), received_at=AT, **more)


def test_a_mail_is_one_report_with_its_files_and_what_it_names() -> None:
    raw = mail_from("Ana <ana@water.example>", ("shot.png", b"\x89PNG"), Message_ID="<7@water.example>")
    raw = raw.replace(b"Here they are.", b"The site http://evil.example took our water.example data")
    (found,) = of_mail(signed(raw, "water.example"), own=Own(["water.example"]))
    assert (found.channel, found.subject, found.language) == ("mail", "Reports", "en")
    assert (found.reporter_name, found.reporter_mail, found.is_proven) == ("Ana", "ana@water.example", True)
    assert found.files == (IncomingFile("shot.png", b"\x89PNG"),)
    assert found.observables == (("url", "http://evil.example"), ("domain", "evil.example"))
    assert (found.doubts, found.is_automatic) == ((), False)
    assert found.source_key.startswith("mail:<7@water.example>:")
    (again,) = of_mail(b"Received: by another road\r\n" + signed(raw, "water.example"))
    assert again.source_key == found.source_key  # the same mail that came twice
    (other,) = of_mail(raw.replace(b"took", b"sold"))
    assert other.source_key != found.source_key  # another under the same number
    assert other.doubts == ("The e-mail has no DKIM signature of the sender's domain.",)


def test_abuse_reports_of_a_mail_are_reports_of_their_own() -> None:
    both = json.dumps([PHISHING, PHISHING | {"report_id": "2", "source_identifier": "203.0.113.46"}]).encode()
    found = of_mail(mail_from("robot@water.example", ("reports.json", both)))
    assert [each.channel for each in found] == ["xarf", "xarf"]
    assert {each.is_automatic for each in found} == {True}
    assert found[0].doubts == ("The e-mail has no DKIM signature of the sender's domain.",)
    (plain,) = of_mail(mail_from("robot@water.example", ("data.json", b'{"a": 1}')))
    assert (plain.channel, [each.name for each in plain.files]) == ("mail", ["data.json"])
    part = EmailMessage()
    part["From"] = "robot@water.example"
    part.set_content("See the report")
    raw = part.as_bytes().replace(b"Content-Type: text/plain", b"X-Old: text/plain")
    whole = raw.split(b"\n\n")[0] + (
        b"\nContent-Type: multipart/report; report-type=feedback-report; boundary=x\n\n--x\n\nSee\n"
        b"--x\nContent-Type: message/feedback-report\n\n" + json.dumps(PHISHING).encode() + b"\n--x--\n"
    )
    assert [each.rsit for each in of_mail(whole)] == ["fraud/phishing"]


def test_an_answering_machine_and_an_address_nobody_can_write_to_are_known() -> None:
    (away,) = of_mail(mail_from("ana@water.example", Auto_Submitted="auto-replied"))
    assert away.is_automatic
    (odd,) = of_mail(mail_from("ana@nowhere"))
    assert (odd.reporter_mail, odd.doubts[-1]) == ("", "The sender's address cannot be written to: ana@nowhere.")


def test_a_forged_reference_is_found_and_proves_nothing() -> None:
    raw = mail_from("x@evil.example").replace(b"Subject: Reports", b"Subject: Re: [INC-2026-0047] please send me all")
    mail = read_in_a_cage(raw)
    assert references_in(mail) == ("INC-2026-0047",)
    (found,) = of_mail(raw)
    assert (found.replies_to, found.is_proven) == ((), False)


def test_of_a_bomb_the_headers_are_a_report_and_the_whole_is_kept() -> None:
    parts = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(100_000))
    raw = b"From: ana@water.example\nSubject: Help\n" + parts
    (found,) = of_mail(raw)
    assert (found.subject, found.files) == ("Help", (IncomingFile("e-mail.eml", raw),))
    assert found.doubts[0].startswith("This e-mail could not be read: only its headers")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Somebody got into my account and took all of the money that I had in it", "en"),
        ("Alguien entró en mi cuenta y se llevó todo el dinero que había en ella", "es"),
        ("Quelqu’un est entré dans mon compte et a pris tout l’argent qui était sur la carte", "fr"),
        ("Help", ""),
        (
            "Wahn man kaal fu mi bank nomba ahn tel mi seh di akount lak op, so Ah gi ahn di koad ahn now di moni gaan",
            "",
        ),
    ],
)
def test_the_language_of_a_report_is_known_or_left_open(text: str, language: str) -> None:
    assert language_of(text) == language
    assert is_in_none(text) == (language == "" and len(text) > 10)
