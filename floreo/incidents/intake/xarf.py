"""Abuse reports in XARF (versions 3 and 4, https://xarf.org) as `Incoming`. Class and type come from the table of the feeds' own
format (feeds/formats/xarf.toml), so that a report means the same by whichever channel it comes."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.errors import Refused
from floreo.core.mail_in.text import whole_characters
from floreo.feeds.engine.formats import load
from floreo.incidents.incoming import Incoming, IncomingFile
from floreo.incidents.observables import Found, Own, extract, kind_of

Data = Mapping[str, Any]

LARGEST = 20 * 1024 * 1024  # bytes of one file of reports
MOST_FIELDS = 200
_MOST_EVIDENCE = 20
_REQUIRED = ("report_id", "timestamp", "reporter", "source_identifier", "category", "type")
_ABOUT_CHILDREN = {"csam", "csem", "child_abuse", "childabuse"}
# What a reporter would have chosen in the form: models.ReportKind.
_KINDS = {
    "phishing": "message",
    "spam": "message",
    "bulk_messaging": "message",
    "suspicious_registration": "message",
    "fraud": "money",
    "exposed_data": "data",
    "ddos": "down",
    "defacement": "down",
    "login_attack": "account",
    "cve": "weakness",
    "misconfiguration": "weakness",
    "open_service": "weakness",
    "open": "weakness",
}
_ENDINGS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "text/html": "html",
    "message/rfc822": "eml",
    "application/json": "json",
}
_NOT_SEEN = {"reporter", "sender", "report_id", "xarf_version", "tags", "evidence", "legitimate_site", "_internal"}
_NOTHING = Own()


def reports_in(content: bytes) -> list[Data]:
    """The abuse reports of a file: one object, a list of them, or one a line. None where it holds nothing of this."""
    if len(content) > LARGEST or b"{" not in content[:2000]:
        return []
    start = content.find(b"{") if content.lstrip()[:1] != b"[" else content.find(b"[")
    text = content[start:].decode("utf-8", "replace")
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        given = list(_lines(text))
    found = given if isinstance(given, list) else [given]
    return [each for each in found if is_xarf(each)]


def _lines(text: str) -> Iterator[Any]:
    for line in text.splitlines():
        try:
            yield json.loads(line)
        except (ValueError, RecursionError):
            return


def is_xarf(data: object) -> bool:
    return isinstance(data, dict) and (
        "xarf_version" in data or ("Version" in data and isinstance(data.get("Report"), dict))
    )


def read_file(content: bytes, *, received_at: datetime, own: Own = _NOTHING) -> tuple[Incoming, ...]:
    """Every report of a file. Refuses one without any."""
    found = reports_in(content)
    if not found:
        raise Refused(_("This file holds no abuse report of XARF version 3 or 4."), code="no_xarf")
    return tuple(from_xarf(each, received_at=received_at, own=own) for each in found)


def from_xarf(data: Data, *, received_at: datetime, own: Own = _NOTHING) -> Incoming:
    """One report. What it lacks, and a type that is not known here, are said in the doubts: nothing is refused."""
    report = data if "xarf_version" in data else _as_version_4(data)
    category, kind = _word(report, "category"), _word(report, "type")
    doubts = [*_of_children(kind), *_missing(report), *_of_the_type(category, kind)]
    files, odd = _evidence(report)
    times, late = _times(report, received_at)
    reporter = report.get("reporter")
    reporter = reporter if isinstance(reporter, dict) else {}
    source = _word(report, "source_identifier")
    subject = _word(report, "subject") or _word(report, "description")
    title = _("%(type)s: %(source)s") % {"type": f"{category}/{kind}".strip("/") or "XARF", "source": source or "?"}
    return Incoming(
        channel="xarf",
        source_key=_source_key(data, report),
        received_at=received_at,
        happened_at=times,
        subject=f"{title} {subject}".strip()[:200],
        text=_word(report, "description", 20_000),
        kind="child" if kind in _ABOUT_CHILDREN else _KINDS.get(kind, "other"),
        language="",
        reporter_name=_word(reporter, "name"),
        reporter_mail=_mail(_word(reporter, "contact")),
        reporter_phone=_word(reporter, "phone", 40),
        organisation_name=_word(reporter, "org"),
        concerns_child=kind in _ABOUT_CHILDREN,
        answers=dict(_fields(report)),
        doubts=(*doubts, *odd, *late),
        rsit=_rsit(kind),
        files=files,
        observables=tuple((each.kind, each.value) for each in _observables(report, source, own)),
        is_automatic=True,
    )


def _as_version_4(data: Data) -> dict[str, Any]:
    """Version 3 under the names of version 4."""
    report, who = data["Report"], data.get("ReporterInfo")
    who = who if isinstance(who, dict) else {}
    source = report.get("Source")
    source = source if isinstance(source, dict) else {"Value": source}
    more = report.get("AdditionalInfo")
    more = more if isinstance(more, dict) else {}
    evidence = report.get("Attachment")
    found = {
        "timestamp": report.get("Date"),
        "category": str(report.get("ReportClass") or "").lower(),
        "type": str(report.get("ReportType") or "").lower(),
        "source_identifier": next(
            (source[k] for k in ("IP", "URL", "URI", "Domain", "Email", "Value") if source.get(k)), ""
        ),
        "source_port": source.get("Port"),
        "reporter": {
            "org": who.get("ReporterOrg"),
            "name": who.get("ReporterContactName"),
            "contact": who.get("ReporterContactEmail") or who.get("ReporterOrgEmail"),
            "phone": who.get("ReporterContactPhone"),
        },
        "evidence": [
            {
                "content_type": each.get("ContentType"),
                "description": each.get("Description"),
                "payload": each.get("Data"),
            }
            for each in (evidence if isinstance(evidence, list) else [])
            if isinstance(each, dict)
        ],
    }
    return {re.sub(r"(?<=[a-z])(?=[A-Z])", "_", key).lower(): value for key, value in more.items()} | {
        key: value for key, value in found.items() if value
    }


def _source_key(data: Data, report: Data) -> str:
    """By what it says, too: the number of a report is the sender's word."""
    digest = hashlib.sha256(json.dumps(data, sort_keys=True, default=str).encode("utf-8", "replace")).hexdigest()
    return f"xarf:{_word(report, 'report_id', 80)}:{digest[:32]}"


def _word(data: Data, name: str, most: int = 200) -> str:
    value = data.get(name)
    return " ".join(_storable(str(value)).split())[:most] if isinstance(value, str | int | float) else ""


def _storable(text: str) -> str:
    """JSON may name half characters and zeros, which no database keeps."""
    return whole_characters(text).replace("\x00", " ")


def _mail(text: str) -> str:
    found = kind_of(text)
    return found.value if found is not None and found.kind == "email" else ""


def _missing(report: Data) -> Iterator[str]:
    required = _REQUIRED if "xarf_version" in report else _REQUIRED[1:]
    if gone := [name for name in required if not report.get(name)]:
        yield _("This abuse report lacks what the format requires: %(names)s.") % {"names": ", ".join(gone)}


@cache
def _words_of(field: str) -> Mapping[str, str]:
    return load("xarf").types["xarf"].derived[f"classification.{field}"].words


def _rsit(kind: str) -> str:
    """Class and type, "" where it is not known or says nothing."""
    rsit_class, rsit_type = _words_of("taxonomy").get(kind, ""), _words_of("type").get(kind, "")
    return f"{rsit_class}/{rsit_type}" if rsit_class and rsit_type else ""


def _of_the_type(category: str, kind: str) -> Iterator[str]:
    if kind not in _words_of("type"):
        named = f"{category}/{kind}".strip("/") or "?"
        yield _("This abuse report is of a type that is not known here: %(type)s. Its class is for you to choose.") % {
            "type": named
        }


def _of_children(kind: str) -> Iterator[str]:
    if kind in _ABOUT_CHILDREN:
        yield _("It is about the abuse of a child: open none of its files, and pass it to the police.")


def _times(report: Data, received_at: datetime) -> tuple[datetime | None, tuple[str, ...]]:
    """When it happened, and a sentence where the report says a time that cannot be meant or none that can be read."""
    for name in ("first_seen", "timestamp"):
        if not (given := _word(report, name)):
            continue
        try:
            moment = datetime.fromisoformat(given.upper())
        except ValueError:
            return None, (_("The time of this abuse report cannot be read: %(time)s.") % {"time": given},)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        if moment > received_at:
            return None, (_("This abuse report speaks of a time that is still to come: %(time)s.") % {"time": given},)
        if not clock.is_sound(moment):
            words = {"time": given, "year": clock.FIRST_YEAR}
            return None, (_("This abuse report speaks of a time before %(year)d: %(time)s.") % words,)
        return moment, ()
    return None, ()


def _evidence(report: Data) -> tuple[tuple[IncomingFile, ...], tuple[str, ...]]:
    files, doubts = list[IncomingFile](), list[str]()
    given = report.get("evidence")
    for n, each in enumerate(given if isinstance(given, list) else [], 1):
        if not isinstance(each, dict) or n > _MOST_EVIDENCE:
            continue
        media_type = _word(each, "content_type").partition(";")[0].lower()
        name = f"evidence-{n}.{_ENDINGS.get(media_type, 'txt' if media_type.startswith('text/') else 'bin')}"
        try:
            content = base64.b64decode(str(each.get("payload") or ""), validate=False)
        except (binascii.Error, ValueError):
            doubts.append(_("The evidence %(name)s cannot be decoded.") % {"name": name})
            continue
        if not content:
            continue
        files.append(IncomingFile(name, content))
        algorithm, _sep, digest = _word(each, "hash").lower().partition(":")
        if algorithm in {"md5", "sha1", "sha256", "sha512"} and hashlib.new(algorithm, content).hexdigest() != digest:
            doubts.append(_("The evidence %(name)s does not have the hash that the report names.") % {"name": name})
    return tuple(files), tuple(doubts)


def _fields(report: Data) -> Iterator[tuple[str, object]]:
    """What the report says beside what has a place of its own, flat: {"c2_server": "..."}."""
    own = {*_REQUIRED, "sender", "evidence", "description", "xarf_version", "_internal"} - {"category", "type"}
    for n, (key, value) in enumerate(_flat({k: v for k, v in report.items() if k not in own})):
        if n >= MOST_FIELDS:
            return
        yield key[:100], value


def _flat(value: object, key: str = "", depth: int = 0) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict) and depth < 5:
        for name, inner in value.items():
            yield from _flat(inner, f"{key}.{name}" if key else str(name), depth + 1)
    elif isinstance(value, list) and all(isinstance(each, str | int | float | bool) for each in value):
        yield _storable(key), _storable(", ".join(map(str, value)))[:1000]
    elif isinstance(value, list) and depth < 5:
        for n, inner in enumerate(value[:50], 1):
            yield from _flat(inner, f"{key}.{n}", depth + 1)
    elif isinstance(value, str | int | float | bool):
        is_number = isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))
        yield _storable(key), value if is_number else _storable(str(value))[:1000]


def _observables(report: Data, source: str, own: Own) -> Sequence[Found]:
    """What is accused comes first, whatever it is; then what the fields of the report name."""
    accused = kind_of(source)
    texts = [str(text) for key, text in _flat({k: v for k, v in report.items() if k not in _NOT_SEEN})]
    found = [*([accused] if accused else []), *extract("\n".join(texts), own=own)]
    return tuple(dict.fromkeys(found))
