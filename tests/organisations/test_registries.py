"""Files of registries on schedule, from a server on loopback, and what they would change in the register: nothing without a person."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.db.models import F
from hypothesis import given
from hypothesis import strategies as st

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.errors import Changed, NotAllowed, Refused
from floreo.core.tasks import Recipient
from floreo.organisations import actions as acts
from floreo.organisations.actions import registries
from floreo.organisations.actions.registries import fetch_registry_files
from floreo.organisations.held import plain_prefix
from floreo.organisations.models import (
    Country,
    Holding,
    Network,
    RegistryDifference,
    RegistryFile,
    RegistrySource,
    User,
)
from floreo.organisations.registry import Unreadable, read_blocks, read_numbers
from floreo.organisations.registry_differences import Had, differences
from floreo.organisations.tasks import waiting_tasks
from tests.factories import strategy as make
from tests.loopback import POLL

ROWS = """\
xpnic|XP|asn|64500|1|20100101|allocated|H1
xpnic|XP|asn|64501|1|20100101|allocated|H2
xpnic|XP|asn|64502|1|20100101|allocated|H2
xpnic|QQ|asn|64503|1|20100101|allocated|H3
xpnic|XP|ipv4|198.51.100.0|256|20100101|allocated|H1
xpnic|XP|ipv4|203.0.113.0|192|20100101|assigned|H2
xpnic|QQ|ipv4|192.0.2.0|256|20100101|allocated|H3
xpnic|XP|ipv4|198.18.0.0|256||available|
xpnic|XP|ipv6|2001:db8::|32|20120101|allocated|H1
"""


def file(rows: str = ROWS, day: str = "20261101") -> bytes:
    return f"2|xpnic|{day}|{len(rows.splitlines())}|19870101|{day}|-0300\n{rows}".encode()


def read(rows: str = ROWS, day: str = "20261101", **more: Any) -> RegistryFile:
    return acts.read_registry_file(file(rows, day), by=SYSTEM, name="delegated", **more)


def waiting() -> list[tuple[str, str, int, list[str]]]:
    rows = RegistryDifference.objects.filter(state="open").order_by("kind", "name")
    return [(row.kind, row.name, row.asn, row.prefixes) for row in rows]


def one(name: str) -> RegistryDifference:
    return RegistryDifference.objects.get(name=name)


@pytest.fixture
def country(db: None, settings: Any, tmp_path: Any) -> Country:
    settings.DATA = tmp_path
    made = make.make_country()
    Country.objects.filter(pk=made.pk).update(is_sample=False)
    return Country.objects.get(pk=made.pk)


# --- Differences --------------------------------------------------------------------------------------------------


def test_what_the_register_lacks_waits_for_a_person(country: Country, secretariat: User) -> None:
    Network.objects.create(asn=64500, name="Old", prefixes=["198.51.100.0/25"])
    read()
    assert waiting() == [
        ("network", "AS64501", 64501, []),
        ("network", "AS64502", 64502, []),
        ("prefix", "2001:db8::/32", 64500, ["2001:db8::/32"]),
        ("prefix", "203.0.113.0/25", 0, ["203.0.113.0/25", "203.0.113.128/26"]),  # of a holder with two networks
    ]
    assert Network.objects.count() == 1
    acts.approve_difference(one("2001:db8::/32"), by=secretariat)
    network = Network.objects.get(asn=64500)
    assert (network.prefixes, network.registry_prefixes) == (
        ["198.51.100.0/25", "2001:db8::/32"],
        {"2001:db8::/32": "xpnic"},
    )
    with pytest.raises(Refused, match="does not say which network"):
        acts.approve_difference(one("203.0.113.0/25"), by=secretariat)
    acts.approve_difference(one("AS64501"), by=secretariat)
    made = Network.objects.get(asn=64501)
    assert (made.name, made.holder, made.is_public, made.confirmed, made.source) == (
        "AS64501",
        None,
        False,
        False,
        "Delegated file of xpnic, 2026-11-01",
    )
    with pytest.raises(Refused, match="already"):
        acts.approve_difference(one("AS64501"), by=secretariat)


def test_a_new_network_brings_the_addresses_of_its_holder(country: Country, secretariat: User) -> None:
    bank = make.make_organisation("bank")
    Holding.objects.create(
        state="claimed", organisation=bank, kind="prefix", value="203.0.113.64/28"
    )  # so these are known
    read()
    assert waiting()[0] == ("network", "AS64500", 64500, ["198.51.100.0/24", "2001:db8::/32"])
    assert [name for _kind, name, _asn, _prefixes in waiting()] == ["AS64500", "AS64501", "AS64502"]
    acts.approve_difference(one("AS64500"), by=secretariat)
    assert Network.objects.get(asn=64500).registry_prefixes == {"198.51.100.0/24": "xpnic", "2001:db8::/32": "xpnic"}


def test_only_what_a_file_brought_is_proposed_for_removal(country: Country, secretariat: User) -> None:
    Network.objects.create(asn=64500, name="Old", prefixes=["192.88.99.0/24"])  # entered by a person
    Network.objects.create(
        asn=64999, name="Elsewhere", prefixes=["192.0.2.0/25"], registry_prefixes={"192.0.2.0/25": "another"}
    )
    read()
    acts.approve_difference(one("198.51.100.0/24"), by=secretariat)
    less = "".join(row + "\n" for row in ROWS.splitlines() if "198.51.100.0" not in row)
    read(less, "20261102")
    assert ("gone", "198.51.100.0/24", 64500, ["198.51.100.0/24"]) in waiting()
    assert [name for kind, name, _asn, _prefixes in waiting() if kind == "gone"] == ["198.51.100.0/24"]
    acts.approve_difference(one("198.51.100.0/24"), by=secretariat)
    network = Network.objects.get(asn=64500)
    assert (network.prefixes, network.registry_prefixes) == (["192.88.99.0/24"], {})


def test_what_a_person_takes_away_or_changes_is_not_automatic_any_more(country: Country, secretariat: User) -> None:
    Network.objects.create(asn=64500, name="Old")
    read()
    acts.approve_difference(one("198.51.100.0/24"), by=secretariat)
    acts.update_network(Network.objects.get(asn=64500), by=secretariat, prefixes=["198.51.100.0/25"])
    assert Network.objects.get(asn=64500).registry_prefixes == {}


def test_what_was_rejected_is_not_asked_again_and_what_is_gone_goes(country: Country, secretariat: User) -> None:
    read()
    acts.reject_difference(one("AS64501"), by=secretariat)
    read(ROWS.replace("64502|1", "64504|1"), "20261102")
    assert [name for kind, name, _asn, _prefixes in waiting() if kind == "network"] == ["AS64500", "AS64504"]
    assert one("AS64501").state == "rejected"
    assert one("AS64500").seen_on.isoformat() == "2026-11-02"


def test_addresses_of_another_network_are_refused_with_a_sentence(country: Country, secretariat: User) -> None:
    read()
    Network.objects.create(asn=64999, name="Other", prefixes=["198.51.100.0/24"])
    with pytest.raises(Refused, match="shares addresses with"):
        acts.approve_difference(one("AS64500"), by=secretariat)
    assert one("AS64500").state == "open"


def test_nobody_else_decides_and_nobody_what_they_did_not_see(
    country: Country, observer: User, secretariat: User
) -> None:
    read()
    row = one("AS64500")
    with pytest.raises(NotAllowed):
        acts.approve_difference(row, by=observer)
    with pytest.raises(NotAllowed):
        acts.reject_difference(row, by=observer)
    read(ROWS.replace("198.51.100.0|256", "198.51.100.0|128"), "20261102")
    with pytest.raises(Changed):
        acts.approve_difference(row, by=secretariat, version=row.version)


def test_a_file_that_lost_half_its_lines_is_refused_until_a_person_says_that_it_is_complete(country: Country) -> None:
    read()
    before = waiting()
    few = "".join(f"{row}\n" for row in ROWS.splitlines()[:5])
    with pytest.raises(Refused) as caught:
        read(few, "20261102")
    assert "The file has 1 rows about addresses; that of" in str(caught.value.fields["file"])
    assert (caught.value.code, RegistryFile.objects.get().rows, waiting()) == ("shrunk", 5, before)
    assert read(few, "20261102", is_complete=True).rows == 1


@pytest.mark.parametrize(
    "row", ["xpnic|XP|asn|x|1|20100101|allocated|H", "xpnic|XP|asn|1|999999999|20100101|allocated|H"]
)
def test_numbers_that_are_none_are_refused(country: Country, row: str) -> None:
    with pytest.raises(Unreadable):
        list(read_numbers([row]))
    with pytest.raises(Refused):
        read(f"{ROWS}{row}\n")


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["XP", "QQ"]), st.integers(0, 255), st.sampled_from([64, 256, 192]), st.integers(1, 3)
        ),
        max_size=8,
    ),
    st.lists(st.integers(0, 255), max_size=4),
)
def test_nothing_that_the_register_has_is_proposed_and_nothing_of_another_country(
    blocks: list[tuple[str, int, int, int]], held: list[int]
) -> None:
    lines = [f"x|{cc}|ipv4|20.0.{third}.0|{size}|20100101|allocated|H{holder}" for cc, third, size, holder in blocks]
    numbers = list(read_numbers([f"x|XP|asn|{n}|1|20100101|allocated|H{n}" for n in (1, 2)]))
    has = [plain_prefix(f"20.0.{third}.0/24") for third in held]
    found = differences("XP", list(read_blocks(lines)), numbers, [Had(1, tuple(has))], has)
    proposed = [plain_prefix(p) for each in found if each.kind != "gone" for p in each.prefixes]
    assert not any(p.overlaps(h) for p in proposed for h in has)
    own = [block for block in read_blocks(lines) if block.country == "XP"]
    assert all(any(block.covers(p) for block in own) for p in proposed)
    gone = {p for each in found if each.kind == "gone" for p in each.prefixes}
    assert gone == {str(h) for h in has if not any(block.overlaps(h) for block in own)}


# --- On schedule --------------------------------------------------------------------------------------------------


class Registry:
    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, bytes]] = {}
        self.asked: list[str] = []
        self.cut, self.hangs, self.url = False, False, ""


@contextmanager
def listening() -> Iterator[Registry]:
    made = Registry()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append(self.path)
            if made.hangs:
                time.sleep(2)
            status, content = made.answers.get(self.path, (404, b""))
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2] if made.cut else content)

        def log_message(self, *_words: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(POLL,), daemon=True).start()
    made.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def registry(country: Country, settings: Any) -> Iterator[Registry]:
    settings.FETCH_PRIVATE = ["127.0.0.0/8"]
    with listening() as made:
        settings.REGISTRY_FILES = [f"{made.url}/one", f"{made.url}/two"]
        yield made


def _hours_go_by(hours: int) -> None:
    RegistrySource.objects.update(tried_at=F("tried_at") - timedelta(hours=hours))


def test_files_are_fetched_once_a_day_and_one_that_fails_stops_no_other(registry: Registry) -> None:
    registry.answers["/two"] = (200, gzip.compress(file()))
    assert fetch_registry_files(by=SYSTEM) == 1
    assert (registry.asked, RegistryFile.objects.get().read_by) == (["/one", "/two"], "Floreo")
    first, second = RegistrySource.objects.order_by("url")
    assert (first.problem, first.read_at) == ("The server responded with status 404.", None)
    assert (second.problem, second.read_at is not None) == ("", True)
    assert fetch_registry_files(by=SYSTEM) == 0
    _hours_go_by(4)
    fetch_registry_files(by=SYSTEM)
    assert registry.asked == ["/one", "/two", "/one"]
    registry.answers["/two"] = (200, file(day="20261102"))
    _hours_go_by(23)
    assert fetch_registry_files(by=SYSTEM) == 1
    assert RegistryFile.objects.get().on.isoformat() == "2026-11-02"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"<html>", "This is not a delegated file of a registry: <html>"),
        (file().replace(b"|9|", b"|90|"), "The file breaks off: it says that it has 90 records, and 9 are there."),
        (file(day="20261001"), "A newer file of this registry was read already"),
        (file("".join(f"{row}\n" for row in ROWS.splitlines()[:5]), "20261102"), "Nothing of it was used."),
    ],
)
def test_a_file_that_cannot_be_used_changes_nothing_and_the_page_says_why(
    registry: Registry, content: bytes, sentence: str
) -> None:
    read()
    before = waiting()
    registry.answers["/one"] = registry.answers["/two"] = (200, content)
    assert fetch_registry_files(by=SYSTEM) == 0
    assert sentence in RegistrySource.objects.order_by("url")[0].problem
    assert (RegistryFile.objects.get().on.isoformat(), waiting()) == ("2026-11-01", before)


def test_a_server_that_hangs_breaks_off_or_is_closed_is_named(
    registry: Registry, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REGISTRY_FILES = settings.REGISTRY_FILES[:1]
    registry.answers["/one"] = (200, file())

    def problem() -> str:
        RegistrySource.objects.all().delete()
        assert fetch_registry_files(by=SYSTEM) == 0
        return RegistrySource.objects.get().problem

    registry.cut = True
    whole = "No server gave the whole file: it did not answer, broke off, or sent more than is taken."
    assert problem() == whole
    registry.cut = False
    monkeypatch.setattr(registries, "LARGEST_FILE", 100)
    assert problem() == whole
    monkeypatch.setattr(registries, "SECONDS", 0.2)
    registry.hangs = True
    assert problem() == whole
    settings.FETCH_PRIVATE = []
    assert problem() == "The address leads to a closed network, so files are not fetched from it."


def test_a_sample_country_asks_nobody(registry: Registry, country: Country) -> None:
    Country.objects.update(is_sample=True)
    assert (fetch_registry_files(by=SYSTEM), registry.asked) == (0, [])


# --- The page -----------------------------------------------------------------------------------------------------


def test_a_person_decides_several_on_the_page(country: Country, secretariat: User, browser_of: Any) -> None:
    read()
    browser = browser_of(secretariat)
    text = browser.get("/workspace/claims/registry/").content.decode()
    assert "AS64500" in text
    chosen = [
        f"{row.pk}.{row.version}" for row in RegistryDifference.objects.filter(name__in=["AS64500", "203.0.113.0/25"])
    ]
    answer = browser.post(
        "/workspace/claims/registry/differences/", {"difference": chosen, "do": "approve"}, follow=True
    ).content.decode()
    assert "1 difference decided." in answer
    assert "does not say which network has 203.0.113.0/25" in answer
    assert Network.objects.filter(asn=64500).exists()
    for odd in ({}, {"do": "approve"}, {"do": "approve", "difference": ["x", "9999999999999999999.1", "1"]}):
        assert browser.post("/workspace/claims/registry/differences/", odd).status_code in {302, 404}
    (task,) = [
        each
        for each in waiting_tasks(Recipient(everybody=True), viewer=secretariat, today=clock.today())
        if "registry" in each.key
    ]
    assert task.why.startswith("3 differences")
