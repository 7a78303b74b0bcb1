"""What leaves as STIX and MISP, who may have it, and that it comes back. The reference libraries judge from the outside."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from floreo.incidents.exchange import misp, stix
from floreo.incidents.exchange.presenters import left_out_sentence, problem_sentence, unfit_sentence
from floreo.incidents.exchange.shared import (
    PAP,
    TLP,
    Audience,
    Leaving,
    LeftOut,
    Shared,
    SharedObservable,
    Unfit,
    WhyNot,
    may_have,
    what_may_leave,
)
from tests.conftest import SAMPLES

AT = datetime(2026, 11, 28, 10, 0, tzinfo=UTC)
US: dict[str, Any] = {"team": "CSIRT Isla Prueba", "address": "https://floreo.example", "at": AT}
VALUES = {
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "domain": "evil.example",
    "url": "http://evil.example/it's?a=1",
    "email": "lure@evil.example",
    "md5": "d41d8cd98f00b204e9800998ecf8427e",
    "sha1": "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "file": "invoice \\ 'x'.exe",
    "account": "bob",
}
ONLY_VALUE = {
    "cve": "CVE-2021-44228",
    "phone": "+1 555 0100",
    "bitcoin": "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
    "other": "=1+1",
}
OBSERVABLES = (
    *(
        SharedObservable(kind, value, "Part of it", TLP[n % 4], PAP[n % 3], is_malicious=True, seen_at=AT)
        for n, (kind, value) in enumerate(VALUES.items())
    ),
    *(SharedObservable(kind, value) for kind, value in ONLY_VALUE.items()),
    SharedObservable("ipv4", "192.0.2.200", is_malicious=False),
)
CASE = Shared(
    "INC-2026-0047",
    "Phishing of a bank <b>",
    "What happened",
    "fraud/phishing",
    "AMBER",
    "GREEN",
    AT,
    AT,
    AT,
    OBSERVABLES,
)


def test_who_may_have_what() -> None:
    """The whole table: for each audience, the markings that go."""
    table = {
        audience.value: [f"{tlp} {pap}" for tlp in TLP for pap in PAP if may_have(audience, tlp, pap) is None]
        for audience in Audience
    }
    assert table == {
        "public": ["CLEAR CLEAR"],
        "community": ["CLEAR CLEAR", "CLEAR GREEN", "GREEN CLEAR", "GREEN GREEN"],
        "clients": [f"{tlp} {pap}" for tlp in ("CLEAR", "GREEN", "AMBER") for pap in ("CLEAR", "GREEN", "AMBER")],
        "organisation": [
            f"{tlp} {pap}" for tlp in ("CLEAR", "GREEN", "AMBER", "AMBER+STRICT") for pap in ("CLEAR", "GREEN", "AMBER")
        ],
    }
    assert may_have(Audience.ORGANISATION, "AMBER", "PURPLE") is WhyNot.PAP
    assert may_have(Audience.ORGANISATION, "WHITE", "CLEAR") is WhyNot.TLP


def test_each_observable_leaves_by_its_own_marking_and_the_case_by_its_own() -> None:
    a, b, c, victim = (
        SharedObservable("domain", "a.example", "C2", "CLEAR", "CLEAR"),
        SharedObservable("domain", "b.example", "", "GREEN", "RED"),
        SharedObservable("domain", "c.example", "", "RED", "CLEAR"),
        SharedObservable("ipv4", "192.0.2.9", "", "CLEAR", "CLEAR", is_malicious=False),
    )
    case = replace(CASE, observables=(a, b, c, victim))
    assert what_may_leave(case, Audience.CLIENTS) == Leaving(
        replace(case, observables=(a, victim)),
        (LeftOut("domain", "b.example", WhyNot.PAP), LeftOut("domain", "c.example", WhyNot.TLP)),
    )
    public = what_may_leave(case, Audience.PUBLIC)
    assert public.is_bare
    bare = Shared("", "", tlp="CLEAR", pap="CLEAR", created_at=AT.replace(hour=0), observables=(replace(a, role=""),))
    assert public.shared == bare  # nothing of the case: no title, reference, class or time of what happened
    assert [left_out_sentence(each) for each in public.left_out] == [
        "Title and text of the case: its TLP marking does not allow it.",
        "b[.]example: its TLP marking does not allow it.",
        "c[.]example: its TLP marking does not allow it.",
        "192[.]0[.]2[.]9: it is not part of the attack and may be a victim's.",
    ]
    secret = replace(case, tlp="RED", observables=(c,))
    assert what_may_leave(secret, Audience.ORGANISATION).shared is None


def test_nothing_of_an_exercise_leaves() -> None:
    case = replace(CASE, is_exercise=True, tlp="CLEAR", pap="CLEAR")
    for audience in Audience:
        assert what_may_leave(case, audience) == Leaving(None, (LeftOut("case", case.reference, WhyNot.EXERCISE),))


def without_what_stix_lacks(each: SharedObservable) -> SharedObservable:
    return replace(each, seen_at=None) if each.kind in ONLY_VALUE else each


def test_a_case_leaves_as_stix_and_comes_back() -> None:
    back = stix.read(stix.bundle(CASE, **US))
    assert back.problems == ()
    assert back.shared == replace(
        CASE,
        occurred_at=None,
        source="CSIRT Isla Prueba",
        observables=tuple(map(without_what_stix_lacks, OBSERVABLES)),
    )
    bare = what_may_leave(CASE, Audience.PUBLIC).shared
    assert bare is not None
    text = stix.bundle(bare, **US).decode()
    assert "INC-2026" not in text
    assert "Phishing" not in text
    assert [each.value for each in stix.read(text.encode()).shared.observables] == [
        each.value for each in bare.observables
    ]


@pytest.mark.long
def test_the_validator_of_oasis_accepts_our_stix() -> None:
    from stix2validator import ValidationOptions, validate_string

    odd = SharedObservable("url", "http://mu\u00f1eca.example/\u00e1|b?c=d", "Lure")
    case = replace(CASE, observables=(*OBSERVABLES, odd))
    found = validate_string(stix.bundle(case, **US).decode(), ValidationOptions(version="2.1"))
    assert found.is_valid
    assert {str(warning).partition("{")[2][:3] for warning in found.warnings} == {"103"}  # identifiers made from names


def test_markings_are_those_of_tlp_2_and_a_second_export_is_the_same_objects() -> None:
    first = json.loads(stix.bundle(CASE, **US))["objects"]
    marks = {each["name"]: each for each in first if each.get("name", "").startswith("TLP:")}
    assert {name: each["id"] for name, each in marks.items()} == {
        f"TLP:{tlp}": stix.TLP_IDS[tlp] for tlp in ("CLEAR", "GREEN", "AMBER", "AMBER+STRICT")
    }
    assert marks["TLP:AMBER+STRICT"]["extensions"] == {
        "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d": {
            "extension_type": "property-extension",
            "tlp_2_0": "amber+strict",
        }
    }
    later = replace(CASE, modified_at=datetime(2026, 12, 1, tzinfo=UTC), summary="More")
    second = json.loads(stix.bundle(later, **US))["objects"]
    assert [each["id"] for each in first] == [each["id"] for each in second]
    versions = [(each["type"], each["modified"]) for each in second if each["type"] == "incident"]
    assert versions == [("incident", "2026-12-01T00:00:00.000Z")]


def test_stix_of_others_is_read_as_far_as_it_goes() -> None:
    given = {
        "type": "bundle",
        "id": "bundle--3f8a2c52-0f0d-4b1f-8f53-0d3c9a1f2b11",
        "objects": [
            {
                "type": "indicator",
                "spec_version": "2.1",
                "id": "indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f",
                "created": "2026-04-06T20:03:48.000Z",
                "modified": "2026-04-06T20:03:48.000Z",
                "pattern": "[domain-name:value = 'a.example' OR ipv4-addr:value = '192.0.2.1']",
                "pattern_type": "stix",
                "valid_from": "2026-01-01T00:00:00Z",
                "object_marking_refs": ["marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"],  # RED of TLP 1
            },
            {
                "type": "indicator",
                "spec_version": "2.1",
                "id": "indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd40",
                "created": "2026-04-06T20:03:48.000Z",
                "modified": "2026-04-06T20:03:48.000Z",
                "pattern": "[domain-name:value = 'a.example'] FOLLOWEDBY [file:name = 'b.exe']",
                "pattern_type": "stix",
                "valid_from": "2026-01-01T00:00:00Z",
            },
            {
                "type": "ipv4-addr",
                "spec_version": "2.1",
                "id": "ipv4-addr--ff26c055-6336-5bc5-b98d-13d6226742dd",
                "value": "x",
            },
            {"type": "malware", "id": "malware--1"},
            "text",
        ],
    }
    back = stix.read(json.dumps(given).encode())
    assert [(each.kind, each.value, each.tlp) for each in back.shared.observables] == [
        ("domain", "a.example", "RED"),
        ("ipv4", "192.0.2.1", "RED"),
    ]
    assert [(each.item, each.code) for each in back.problems] == [
        ("malware--1", "not_valid"),
        ("5", "no_object"),
        ("indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd40", "not_read"),
        ("ipv4-addr--ff26c055-6336-5bc5-b98d-13d6226742dd", "no_value"),
    ]
    assert all(problem_sentence(each) for each in back.problems)


def test_a_case_leaves_as_a_misp_event_and_comes_back() -> None:
    content = misp.event(CASE, Audience.CLIENTS, **US)
    back = misp.read(content)
    assert back.problems == ()
    assert back.shared == replace(
        CASE,
        created_at=datetime(2026, 11, 28, tzinfo=UTC),
        modified_at=None,
        occurred_at=None,
        source="CSIRT Isla Prueba",
        observables=OBSERVABLES,
    )
    event = json.loads(content)
    assert (event["distribution"], event["info"]) == ("1", "Phishing of a bank <b>")
    assert {tag["name"] for tag in event["Tag"]} == {"tlp:amber", "PAP:GREEN", 'rsit:fraud="phishing"'}
    to_ids = {each["value"]: each["to_ids"] for each in event["Attribute"]}
    assert (to_ids["192.0.2.1"], to_ids["evil.example"], to_ids["192.0.2.200"]) == (
        True,
        False,
        False,
    )  # PAP CLEAR, AMBER


@pytest.mark.skipif(not (SAMPLES / "misp").is_dir(), reason="the samples of MISP are not here")
def test_events_of_misp_are_read() -> None:
    found: dict[str, Any] = {}
    for path in sorted((SAMPLES / "misp").glob("*.json")):
        try:
            read = misp.read(path.read_bytes())
            found[path.name] = [(each.kind, each.value) for each in read.shared.observables], len(read.problems)
        except Unfit as unfit:
            found[path.name] = unfit.code, 0
    assert found == {
        "event.json": ([], 0),
        "event_obj_attr_tag.json": ("no_event", 0),  # objects alone
        "malware.json": ([("file", "bar.exe")], 0),
        "misp_custom_obj.json": ([("other", "foo"), ("other", "bar")], 0),
        "misp_event.json": ([("url", "http://fake.website.com/malware/is/here"), ("other", "Locky")], 0),
    }


@pytest.mark.parametrize("reader", [stix.read, misp.read])
@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b"null", b"[" * 200_000, b'{"type":"bundle","objects":7}', b"\xff\xfe"]
)
def test_what_is_none_is_refused(reader: Any, content: bytes) -> None:
    with pytest.raises(Unfit) as caught:
        reader(content)
    assert unfit_sentence(caught.value)


def test_the_libraries_are_loaded_when_they_are_needed() -> None:
    """The command line starts without them."""
    code = (
        "import sys, floreo.incidents.exchange.stix, floreo.incidents.exchange.misp; "
        "print([n for n in ('stix2', 'pymisp', 'requests', 'publicsuffixlist') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
