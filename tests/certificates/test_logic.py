"""Certificates in plain Python: states, ends, codes, places in the list, and what a badge turns out to be."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floreo.certificates.logic import (
    LIST_SIZE,
    Fault,
    Ours,
    Read,
    Signature,
    State,
    Verdict,
    Why,
    alike,
    expiry,
    host_of,
    is_valid_on,
    issuer_did,
    new_code,
    number_of,
    place_in_list,
    read_code,
    same_name,
    spoken_code,
    state_on,
    verdict_of,
    why_not,
)

DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2090, 1, 1))


@dataclass(frozen=True)
class Dates:
    issued_on: date
    expires_on: date | None = None
    revoked_on: date | None = None


def test_a_certificate_goes_through_its_states() -> None:
    one = Dates(date(2025, 1, 1), date(2026, 12, 31))
    days = [
        date(2024, 12, 31),
        date(2025, 1, 1),
        date(2026, 10, 31),
        date(2026, 11, 1),
        date(2026, 12, 31),
        date(2027, 1, 1),
    ]
    assert [state_on(one, day) for day in days] == [
        None,
        State.CURRENT,
        State.CURRENT,
        State.EXPIRES_SOON,
        State.EXPIRES_SOON,
        State.EXPIRED,
    ]


def test_what_was_revoked_is_revoked_even_after_its_end() -> None:
    one = Dates(date(2025, 1, 1), date(2026, 12, 31), date(2025, 6, 1))
    assert [state_on(one, day) for day in (date(2025, 5, 31), date(2025, 6, 1), date(2028, 1, 1))] == [
        State.CURRENT,
        State.REVOKED,
        State.REVOKED,
    ]


@given(DAYS, st.integers(0, 4000), DAYS)
def test_it_is_valid_from_its_first_day_to_its_last_and_on_no_other(first: date, lasts: int, day: date) -> None:
    last = first + timedelta(days=lasts)
    assert is_valid_on(Dates(first, last), day) is (first <= day <= last)


@given(DAYS, st.integers(1, 240))
def test_so_many_months_later_a_new_one_could_begin(first: date, months: int) -> None:
    last = expiry(first, months)
    assert last is not None
    begins = last + timedelta(days=1)
    assert (begins.year * 12 + begins.month) - (first.year * 12 + first.month) in {months, months + 1}
    assert begins.day in {first.day, 1}


def test_without_months_it_does_not_end() -> None:
    assert (expiry(date(2026, 1, 31), None), expiry(date(2026, 1, 31), 1)) == (None, date(2026, 2, 28))


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({}, None),
        ({"passed": None}, None),
        ({"has_one": True}, Why.HAS_ONE),
        ({"was_revoked": True}, Why.WAS_REVOKED),
        ({"holds_seat": False}, Why.NO_SEAT),
        ({"completed_on": None}, Why.NOT_COMPLETED),
        ({"passed": False}, Why.NOT_PASSED),
        ({"has_name": False}, Why.NO_NAME),
    ],
)
def test_who_gets_none_is_told_why(facts: dict[str, object], why: Why | None) -> None:
    given_: dict[str, object] = {
        "holds_seat": True,
        "has_name": True,
        "completed_on": date(2026, 1, 1),
        "passed": True,
        "has_one": False,
    }
    assert why_not(**given_ | facts) is why  # type: ignore[arg-type]


def test_a_code_is_read_as_people_type_it() -> None:
    code = new_code(secrets.choice)
    assert {read_code(text) for text in (code, spoken_code(code), code.lower(), f" {spoken_code(code).lower()} ")} == {
        code
    }
    assert [read_code(text) for text in ("", "2026-00142", code[:-1], code + "A", "1" * 12)] == [""] * 5


@given(st.integers(1, 3 * LIST_SIZE), st.integers(1, 3 * LIST_SIZE))
def test_no_two_certificates_share_a_place_in_a_list(one: int, other: int) -> None:
    assert (place_in_list(one) == place_in_list(other)) is (one == other)
    assert 0 <= place_in_list(one)[1] < LIST_SIZE


@pytest.mark.long
def test_a_list_is_filled_to_its_last_place() -> None:
    assert {place_in_list(serial) for serial in range(1, LIST_SIZE + 1)} == {(1, bit) for bit in range(LIST_SIZE)}
    assert place_in_list(LIST_SIZE + 1)[0] == 2


def test_names_are_compared_without_accents_and_order() -> None:
    assert same_name("María José Pérez", "PEREZ, maria jose")
    assert not same_name("María Pérez", "María José Pérez")
    assert not same_name("", "")
    assert number_of(142, 2026) == "2026-00142"


@pytest.mark.parametrize(
    ("address", "did"),
    [
        ("https://cyber.example.bz", "did:web:cyber.example.bz"),
        ("https://cyber.example.bz:8443", "did:web:cyber.example.bz%3A8443"),
        ("http://cyber.example.bz", "did:key:z"),
        ("https://localhost:8000", "did:key:z"),
        ("https://10.0.0.1", "did:key:z"),
        ("https://user:secret@cyber.example.bz", "did:key:z"),
    ],
)
def test_the_site_signs_by_its_address_only_where_others_can_open_it(address: str, did: str) -> None:
    assert issuer_did(address, "did:key:z") == did


US = Ours(
    "https://here.example", ("Ministry of Digital Affairs",), ("did:web:here.example",), (("K1", True), ("K0", False))
)


@pytest.mark.parametrize(
    ("read", "known", "verdict"),
    [
        (Read(signature=Signature.HOLDS, key="K1"), State.CURRENT, Verdict.VALID),
        (Read(signature=Signature.HOLDS, key="K1", fault=Fault.EXPIRED), State.EXPIRED, Verdict.EXPIRED),
        (Read(signature=Signature.HOLDS, key="K1"), State.REVOKED, Verdict.REVOKED),
        (Read(signature=Signature.HOLDS, key="K1"), None, Verdict.UNRECORDED),
        (Read(signature=Signature.HOLDS, key="K0"), State.CURRENT, Verdict.KEY_WITHDRAWN),
        (Read(signature=Signature.HOLDS, key="K0"), State.REVOKED, Verdict.REVOKED),
        (Read(signature=Signature.BROKEN, key="K1"), State.CURRENT, Verdict.EDITED),
        (Read(signature=Signature.HOLDS, key="K1", fault=Fault.NOT_A_BADGE), State.CURRENT, Verdict.BROKEN),
        (Read(signature=Signature.HOLDS, key="K1", fault=Fault.NO_ISSUER), State.CURRENT, Verdict.BROKEN),
        (Read(signature=Signature.HOLDS, key="K1", fault=Fault.MALFORMED), State.CURRENT, Verdict.BROKEN),
        (Read(signature=Signature.HOLDS, key="K1", fault=Fault.AMBIGUOUS), State.CURRENT, Verdict.BROKEN),
        (Read(signature=Signature.HOLDS, key="K1", fault=Fault.NO_BADGE), State.CURRENT, Verdict.NO_BADGE),
        (Read(signature=Signature.OTHER_KEY, key="X", issuer_id="did:key:z"), None, Verdict.FORGED),
        (Read(signature=Signature.HOLDS, key="X", hosts=("here.example",)), None, Verdict.COPY),
        (Read(signature=Signature.HOLDS, key="X", issuer_id="did:web:here.example"), None, Verdict.FORGED),
        (Read(signature=Signature.MISSING, issuer_id="did:web:here.example"), None, Verdict.FORGED),
        (Read(signature=Signature.HOLDS, key="X"), State.CURRENT, Verdict.COPY),
        (Read(signature=Signature.HOLDS, key="X", issuer_name="ministry of digital affairs"), None, Verdict.COPY),
        (Read(signature=Signature.HOLDS, key="X", achievement="https://here.example/x"), None, Verdict.COPY),
        (Read(signature=Signature.HOLDS, key="X", achievement="https://here.example.evil/x"), None, Verdict.FOREIGN),
        (
            Read(signature=Signature.HOLDS, key="X", status_lists=("https://there.example/1",)),
            None,
            Verdict.FOREIGN_UNKNOWN,
        ),
        (Read(signature=Signature.HOLDS, key="X", fault=Fault.EXPIRED), None, Verdict.FOREIGN_EXPIRED),
        (Read(signature=Signature.MISSING), None, Verdict.UNSIGNED),
        (Read(signature=Signature.UNKNOWN, fault=Fault.OLD), None, Verdict.UNCHECKED),
        (Read(signature=Signature.HOLDS, key="X", fault=Fault.NO_ISSUER), None, Verdict.BROKEN),
        (Read(fault=Fault.NO_BADGE), None, Verdict.NO_BADGE),
    ],
)
def test_a_badge_is_what_its_key_and_the_record_say(read: Read, known: State | None, verdict: Verdict) -> None:
    assert verdict_of(read, US, known, is_known=known is not None) is verdict


@given(
    st.builds(
        Read,
        fault=st.sampled_from([None, *Fault]),
        signature=st.sampled_from(list(Signature)),
        key=st.sampled_from(["", "K0", "K1", "X"]),
        issuer_id=st.sampled_from(["", "did:web:here.example", "did:key:x"]),
        issuer_name=st.sampled_from(["", "Ministry of Digital Affairs"]),
    ),
    st.sampled_from([None, *State]),
    st.booleans(),
)
def test_nothing_is_valid_but_a_sound_badge_that_our_key_signed_and_the_record_holds(
    read: Read, known: State | None, differs: bool
) -> None:
    found = verdict_of(read, US, known, is_known=known is not None, differs=differs)
    by_us = read.signature is Signature.HOLDS and read.key == "K1"
    is_sound = read.fault in {None, Fault.EXPIRED, Fault.NOT_YET}  # the record says which dates count
    holds = known in {State.CURRENT, State.EXPIRES_SOON}
    assert (found is Verdict.VALID) is (by_us and is_sound and holds and not differs)


@pytest.mark.long
@given(st.text(alphabet="abdeilnorvwAIÑé01аоеНІ \u200b\u00ad-.", max_size=40))
def test_a_name_looks_like_itself_in_whatever_direction_it_is_written(name: str) -> None:
    assert alike(name, name) is alike(name, name[::-1])
    assert not alike(name, "")


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("HTTPS://Here.Example:443/x", "here.example"),
        ("https://user:secret@here.example./", "here.example"),
        ("did:web:HERE.example%3A8443:path#key", "here.example"),
        ("did:key:z6Mk", ""),
        ("mailto:ana@here.example", ""),
        ("https://[::1", ""),
        ("", ""),
    ],
)
def test_a_host_is_the_same_however_it_is_written(address: str, host: str) -> None:
    assert host_of(address) == host
