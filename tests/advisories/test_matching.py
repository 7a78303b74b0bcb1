"""Whether an advisory names what runs somewhere: names in plain words, versions where they can be compared, and never a guess that says
"not affected"."""

from __future__ import annotations

import json
import string
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floreo.advisories import csaf
from floreo.advisories.logic import Product
from floreo.advisories.matching import (
    OPEN,
    Running,
    Verdict,
    compared,
    contains,
    is_named,
    same_vendor,
    verdict,
    words_of,
)
from tests.advisories.test_csaf import needs_samples
from tests.conftest import SAMPLES

MAIL = (
    Product("Marea Software", "Marea Mail Server", "< 4.2.1"),
    Product("Marea Software", "Marea Mail Server", "4.2.1", "fixed"),
)


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("4.1", Verdict.AFFECTED),
        ("v4.1", Verdict.AFFECTED),
        ("4.2.0", Verdict.AFFECTED),
        ("4.2.1", Verdict.FIXED),
        ("4.3", Verdict.OTHER_VERSION),
        ("", Verdict.NOT_KNOWN),
        ("4.2", Verdict.NOT_KNOWN),  # recorded less exactly than the advisory says it
        ("4", Verdict.NOT_KNOWN),
        ("4.2.1-rc1", Verdict.NOT_KNOWN),
        ("build seven", Verdict.NOT_KNOWN),
        ("2019", Verdict.NOT_KNOWN),  # counted in years
    ],
)
def test_a_version_is_judged_only_where_it_can_be_compared(version: str, said: Verdict) -> None:
    assert verdict(Running("MAREA", "mail-server", version), MAIL) is said


@pytest.mark.parametrize(
    ("running", "product", "is_one"),
    [
        (("Cisco", "IOS"), ("Cisco Systems, Inc.", "IOS and IOS XE"), True),
        (("Cisco", "IOS XE"), ("Cisco", "IOS and IOS XE"), True),
        (("Cisco", "IOS"), ("Cisco", "IOS XR"), False),
        (("Cisco", "IOS XR"), ("Cisco", "IOS"), False),
        (("Cisco", "FTD"), ("Cisco", "Adaptive Security Appliance (ASA) and Firepower Threat Defense (FTD)"), True),
        (("Microsoft Corp.", "Exchange Server 2016"), ("Microsoft", "Exchange Server"), True),
        (("Microsoft", "Exchange Server"), ("Microsoft", "Microsoft Exchange Server 2016"), True),
        (("RedHat", "Enterprise Linux"), ("Red Hat", "Enterprise Linux"), True),
        (("Pelicano Networks", "pelicano gateway"), ("Pelícano Networks", "Pelícano Gateway"), True),
        (("Pelicano", "Gateway"), ("Coral", "Gateway"), False),
        (("Marea", "Mail"), ("Marea", "Mail Server"), False),
        (("OpenSSL", "OpenSSL"), ("OpenSSL", "OpenSSL"), True),
        (("", "Marea Mail Server"), ("Marea Software", "Marea Mail Server"), True),
        (("Microsoft", "Windows"), ("Microsoft", "Multiple Products"), False),
        (("Microsoft", ""), ("Microsoft", "Windows"), False),
    ],
)
def test_names_are_compared_in_plain_words(running: tuple[str, str], product: tuple[str, str], is_one: bool) -> None:
    assert is_named(Running(*running), Product(*product)) is is_one


@pytest.mark.parametrize(
    ("versions", "inside", "outside", "unclear"),
    [
        ("4.2", ["4.2", "v4.2", "4.2.0", "version 4.2"], ["4.3", "3"], ["4.2.1", "4.2-rc1", ""]),
        ("< 4.2", ["4.1.9", "3"], ["4.2", "5"], ["4", "4.2-beta", "x"]),
        ("<= 4.2", ["4.2", "4.1"], ["4.3"], ["4.2.1", "4"]),
        (">= 4.0, < 4.2", ["4.0", "4.1.7"], ["3.9", "4.2"], ["4"]),
        (">=4.0 and <4.2", ["4.1"], ["4.2", "3.9"], ["4"]),
        ("< 1.5 or >= 3", ["1.4", "3.2"], ["2.0"], ["x"]),
        ("vers:generic/>=1.0|<2.0|>=3.0|<3.5", ["1.5", "3.2"], ["2.0", "4"], ["x", ""]),
        ("vers:npm/!=1.5", ["1.6"], ["1.5"], ["x"]),
        ("vers:all/*", ["1", "", "x"], [], []),
        ("4.x", ["4.1", "4"], ["5.0"], ["x"]),
        ("4.1 and earlier", ["4.1", "3"], ["4.2"], ["4.1.2", "4"]),
        ("4.1 or later", ["4.1", "9"], ["4.0"], ["4"]),
        ("before 4.2", ["4.1"], ["4.2"], ["4"]),
        ("from 4.0 to 4.2", ["4.1", "4.2"], ["4.3", "3.9"], ["4.2.9"]),
        ("4.0 through 4.2", ["4.1"], ["4.3"], []),
        ("1.0, 1.5", ["1.0", "1.5"], ["1.4"], ["1.5.2"]),
        ("12.2SE 12.2(55)SE", ["12.2(55)SE", "12.2se 12.2(55)se"], ["12.3(1)"], ["12.2SE", "12.2(58)SE"]),
        # What is not read is never taken for anything.
        ("1.0-1.9", [], [], ["1.5", "2.0", "0.9"]),
        ("4.0 through 4.2 except 4.1", [], [], ["4.1", "4.0", "5"]),
        ("all before last spring", [], [], ["4.1", ""]),
        ("4.0 on Windows", [], [], ["4.0", "4.1"]),
    ],
)
def test_ranges_as_advisories_state_them(
    versions: str, inside: list[str], outside: list[str], unclear: list[str]
) -> None:
    found = {own: contains(versions, own) for own in (*inside, *outside, *unclear)}
    assert found == dict.fromkeys(inside, True) | dict.fromkeys(outside, False) | dict.fromkeys(unclear)


def test_what_a_line_says_of_a_version_goes_before_what_another_says_of_all() -> None:
    lines = [Product("Coral", "Router"), Product("Coral", "Router", "2.1", "known_not_affected")]
    found = {v: verdict(Running("Coral", "Router", v), lines) for v in ("2.0", "2.1", "")}
    assert found == {"2.0": Verdict.AFFECTED, "2.1": Verdict.NOT_AFFECTED, "": Verdict.AFFECTED}


def test_where_only_the_fixed_version_is_named_every_other_may_be_affected() -> None:
    lines = [Product("Coral", "Router", "2.1", "fixed")]
    found = [verdict(Running("Coral", "Router", v), lines) for v in ("2.1", "2.0", "3")]
    assert found == [Verdict.FIXED, Verdict.NOT_KNOWN, Verdict.NOT_KNOWN]


def test_without_a_manufacturer_nothing_is_known_for_sure() -> None:
    assert verdict(Running("", "Marea Mail Server", "4.1"), MAIL) is Verdict.NOT_KNOWN
    assert verdict(Running("", "Marea Mail Server", "4.2.1"), MAIL) is Verdict.NOT_KNOWN


def test_what_is_named_together_with_something_else_is_not_known() -> None:
    line = Product(*("telnet-1:0.17 as a component of Red Hat Enterprise Linux Server AUS (v. 7.6)",) * 2, "", "fixed")
    assert verdict(Running("Red Hat", "Enterprise Linux Server AUS", "7.6"), [line]) is Verdict.NOT_KNOWN


# --- Properties ---------------------------------------------------------------------------------------------------

NAMES = st.lists(st.text("abcdeñóü", min_size=2, max_size=6), min_size=1, max_size=3).map(" ".join)
NUMBERS = st.lists(st.integers(0, 99), min_size=3, max_size=3)
TEXTS = st.text(string.printable + "≤≥–áñ", max_size=40)
STATUSES = st.sampled_from(["known_affected", "fixed", "known_not_affected", "under_investigation"])
LINES = st.lists(st.builds(Product, st.just("Marea"), st.just("Mail"), TEXTS | NUMBERS.map(repr), STATUSES), max_size=6)


def _dotted(numbers: list[int]) -> str:
    return ".".join(map(str, numbers))


@given(NAMES)
def test_case_accents_and_punctuation_do_not_count(name: str) -> None:
    shouted = name.upper().replace(" ", " - ").replace("Ó", "O")
    assert words_of(shouted) == words_of(name)
    assert same_vendor(f"{name} Inc.", name)
    assert is_named(Running(name.upper(), shouted), Product(name, name))


@given(NUMBERS, NUMBERS)
def test_dotted_versions_are_in_the_order_of_their_numbers(one: list[int], other: list[int]) -> None:
    expected = (one > other) - (one < other)
    a, b = _dotted(one), _dotted(other)
    assert (compared(a, b), compared(b, a)) == (expected, -expected)
    assert contains(f"< {b}", a) is (one < other)
    assert contains(f">= {b}", a) is (one >= other)


@pytest.mark.long
@given(TEXTS, TEXTS)
def test_whatever_is_written_has_an_answer(versions: str, own: str) -> None:
    assert contains(versions, own) in {True, False, None}
    order, back = compared(own, versions), compared(versions, own)
    assert order is None or back is None or (order > 0) == (back < 0)


@pytest.mark.long
@given(LINES)
def test_a_version_that_is_not_known_never_counts_as_another_one(lines: list[Product]) -> None:
    """Without a version, only what an advisory says of every version is said of it."""
    found = verdict(Running("Marea", "Mail"), lines)
    assert found is not Verdict.OTHER_VERSION
    every = {contains(each.versions, "") for each in lines}
    assert found in {None, *OPEN} or True in every


@pytest.mark.long
@given(LINES, NUMBERS.map(_dotted) | TEXTS, st.randoms())
def test_the_order_of_lines_does_not_count(lines: list[Product], version: str, random: object) -> None:
    mixed = list(lines)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    running = Running("Marea", "Mail", version)
    assert verdict(running, mixed) is verdict(running, lines)


@pytest.mark.long
@given(LINES, NUMBERS.map(_dotted) | TEXTS)
def test_a_line_that_means_the_version_as_affected_is_never_hidden(lines: list[Product], version: str) -> None:
    exact = Product("Marea", "Mail", "7.7.7")
    assert verdict(Running("Marea", "Mail", "7.7.7"), [*lines, exact]) is Verdict.AFFECTED
    other = [each for each in lines if each.status == "known_affected" and contains(each.versions, version) is None]
    if other:
        found = verdict(Running("Marea", "Mail", version), other)
        assert found is Verdict.NOT_KNOWN


# --- Documents that nobody here wrote -----------------------------------------------------------------------------


@pytest.mark.long
@needs_samples
def test_every_product_of_the_samples_is_found_where_it_runs() -> None:
    """Each product of a CSAF sample, as an asset that runs it in the version that is named, and in one that cannot be compared."""
    said, unknown = Counter[str](), Counter[str]()
    for path in sorted((SAMPLES / "csaf").glob("*/*.json")):
        document = json.loads(path.read_text())
        if "document" not in document:
            continue
        products = csaf.read(document).products
        for each in products:
            version = "" if each.is_range or not each.versions else each.versions.split()[-1]
            found = verdict(Running(each.vendor.upper(), each.product, version), products)
            said[f"{each.status}: {found}"] += 1
            if each.versions:
                unknown[str(verdict(Running(each.vendor, each.product, "no number"), products))] += 1
    assert said == {
        "known_affected: affected": 268,
        "fixed: not_known": 15,  # components of a system: which of them is there is not in the register
        "fixed: fixed": 2,
        "known_not_affected: not_affected": 11,
    }
    assert unknown == {"not_known": 265}
