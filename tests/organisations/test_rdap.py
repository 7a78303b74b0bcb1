"""Registries are asked by RDAP about the networks of the register, a few a day; what they answer waits for a person. A server on loopback
answers in the shapes of three registries (rdap/README.md)."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.db.models import F
from hypothesis import given
from hypothesis import strategies as st

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.errors import NotAllowed, Refused
from floreo.core.models import AuditEntry
from floreo.core.tasks import Recipient
from floreo.organisations import actions as acts
from floreo.organisations.actions import rdap
from floreo.organisations.actions.rdap import ask_registries
from floreo.organisations.actions.registries import fetch_registry_files
from floreo.organisations.claims import problems_of
from floreo.organisations.held import plain_prefix
from floreo.organisations.models import (
    Contact,
    Country,
    Holding,
    Network,
    Organisation,
    RegistryAnswer,
    RegistryDifference,
    RegistrySource,
    User,
)
from floreo.organisations.registry import Unreadable, read_bootstrap, read_rdap
from floreo.organisations.registry_differences import parts_of
from floreo.organisations.tasks import waiting_tasks
from tests.factories import strategy as make
from tests.loopback import POLL
from tests.pages import squeezed

RECORDED = Path(__file__).parent / "rdap"
POWER, TELECOM, MINISTRY = "198.51.100.0/24", "203.0.113.0/24", "192.0.2.0/24"
Given = tuple[int, Mapping[str, str], bytes]


def recorded(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))
    return found


class Registry:
    """By path: an answer as JSON; or a status, headers and a body as they are sent. `cut`: half of a body is sent."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        self.asked: list[str] = []
        self.accepted: set[str] = set()
        self.url, self.cut = "", False

    def given(self, path: str) -> Given:
        found = self.answers.get(path, (404, {}, b'{"errorCode": 404, "title": "Not Found"}'))
        if isinstance(found, tuple):
            return found
        return 200, {"Content-Type": "application/rdap+json"}, json.dumps(found).encode()


def _listening(made: Registry) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append(self.path)
            made.accepted.add(self.headers["Accept"])
            status, headers, body = made.given(self.path)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if made.cut else body)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(POLL,), daemon=True).start()
    return server


@pytest.fixture
def two() -> Iterator[tuple[Registry, Registry]]:
    found = Registry(), Registry()
    servers = [_listening(each) for each in found]
    yield found
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def registry(two: tuple[Registry, Registry], settings: Any, monkeypatch: pytest.MonkeyPatch) -> Registry:
    """The registry of the settings, which knows the network of the power company alone."""
    first = two[0]
    settings.RDAP_SERVER, settings.RDAP_A_DAY = first.url, 20
    settings.FETCH_PRIVATE = ["127.0.0.0/8"]
    monkeypatch.setattr(rdap, "PAUSE", 0.0)
    first.answers[f"/ip/{POWER}"] = recorded("arin")
    return first


@pytest.fixture
def country(db: None, settings: Any, tmp_path: Any) -> Country:
    settings.DATA = tmp_path
    made = make.make_country()
    Country.objects.filter(pk=made.pk).update(is_sample=False)
    return Country.objects.get(pk=made.pk)


@pytest.fixture
def power(country: Country) -> Organisation:
    made = make.make_organisation("power")
    Organisation.objects.filter(pk=made.pk).update(name="ISLAND  Power.")
    return Organisation.objects.get(pk=made.pk)


def network(asn: int, *prefixes: str, holder: Organisation | None = None) -> Network:
    return Network.objects.create(asn=asn, name=f"Network {asn}", prefixes=list(prefixes), holder=holder)


def ask() -> int:
    return ask_registries(by=SYSTEM)


def ask_later(days: int) -> int:
    """As if the questions before had been asked so many days ago."""
    for name in ("tried_at", "ask_at", "wait_until", "answered_at"):
        rows = RegistryAnswer.objects.exclude(**{name: None})
        rows.update(**{name: F(name) - timedelta(days=days)})
    return ask()


def waiting() -> list[tuple[str, int, str, list[str]]]:
    rows = RegistryDifference.objects.filter(state="open", registry="rdap").order_by("asn", "kind", "name")
    return [(row.kind, row.asn, row.value, row.prefixes) for row in rows]


def problems() -> dict[str, str]:
    return {row.about: row.problem_text for row in RegistryAnswer.objects.all() if row.problem}


# --- What is asked, and when --------------------------------------------------------------------------------------


@pytest.mark.long
def test_each_network_is_asked_about_once_in_thirty_days_and_a_few_a_day(
    registry: Registry, country: Country, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    network(64500, POWER)
    network(64501, *(f"203.0.113.{n}/32" for n in range(9)))
    settings.RDAP_A_DAY = 7
    assert (ask(), len(registry.asked)) == (1, 5)  # of an hour
    assert registry.accepted == {"application/rdap+json"}
    ask()
    ask()
    assert len(registry.asked) == 7  # of a day
    ask_later(1)
    assert len(registry.asked) == 10  # those that were never asked about; the others are asked again after a month
    assert len(set(registry.asked)) == 10
    ask_later(15)
    assert len(registry.asked) == 10
    ask_later(20)
    assert len(registry.asked) == 15


def test_nobody_is_asked_unless_the_installation_says_so(registry: Registry, country: Country, settings: Any) -> None:
    network(64500, POWER)
    settings.RDAP_A_DAY = 0
    assert (ask(), registry.asked) == (0, [])
    settings.RDAP_A_DAY = 5
    Country.objects.update(is_sample=True)  # its addresses are invented
    assert (ask(), registry.asked) == (0, [])
    Country.objects.update(is_sample=False)
    settings.RDAP_SERVER = ""
    assert (ask(), registry.asked, RegistryAnswer.objects.count()) == (0, [], 0)


def test_what_the_register_lost_is_not_asked_about_any_more(registry: Registry, country: Country) -> None:
    made = network(64500, POWER)
    ask()
    assert [kind for kind, *_rest in waiting()] == ["holder"]
    Network.objects.filter(pk=made.pk).update(prefixes=["192.88.99.0/24"])
    ask_later(31)
    assert (waiting(), [row.about for row in RegistryAnswer.objects.all()]) == ([], ["192.88.99.0/24"])


def test_the_list_of_servers_says_whom_to_ask(
    two: tuple[Registry, Registry], registry: Registry, country: Country, settings: Any
) -> None:
    first, second = two
    services = [[["198.0.0.0/8"], [f"{second.url}/"]], [["198.51.0.0/16", "2001:db8::/32"], [f"{first.url}/rdap/"]]]
    second.answers["/ipv4.json"] = {"version": "1.0", "services": services}
    settings.RDAP_SERVER, settings.RDAP_BOOTSTRAP = "", [f"{second.url}/ipv4.json"]
    first.answers = {f"/rdap/ip/{POWER}": recorded("arin")}
    network(64500, POWER, "203.0.113.0/24")
    assert fetch_registry_files(by=SYSTEM) == 1
    assert (ask(), first.asked) == (1, [f"/rdap/ip/{POWER}"])  # nobody answers for the other
    RegistrySource.objects.all().update(tried_at=None)
    second.answers["/ipv4.json"] = {"services": "none"}
    assert fetch_registry_files(by=SYSTEM) == 0
    assert "RFC 9224" in RegistrySource.objects.get().problem
    assert ask_later(31) == 1  # by the list that came before


# --- Answers that are none ----------------------------------------------------------------------------------------


def test_another_registry_may_answer(two: tuple[Registry, Registry], registry: Registry, country: Country) -> None:
    first, second = two
    first.answers[f"/ip/{MINISTRY}"] = (301, {"Location": f"{second.url}/rdap/ip/{MINISTRY}"}, b"")
    second.answers[f"/rdap/ip/{MINISTRY}"] = recorded("lacnic")
    network(64502, MINISTRY)
    assert ask() == 1
    row = RegistryAnswer.objects.get()
    assert (row.answered_by, row.server) == (f"{second.url}/rdap/ip/{MINISTRY}", first.url)
    assert waiting() == [("holder", 64502, "Ministerio de Comunicación", [MINISTRY])]


def test_a_redirect_into_a_closed_network_or_in_circles_is_not_followed(
    two: tuple[Registry, Registry], registry: Registry, country: Country
) -> None:
    network(64500, POWER)
    for location in ("http://10.0.0.1/ip/x", f"{registry.url}/ip/{POWER}", "file:///etc/passwd"):
        RegistryAnswer.objects.all().delete()
        registry.answers[f"/ip/{POWER}"] = (302, {"Location": location}, b"")
        assert ask() == 0
        assert problems()[POWER]
    assert waiting() == []


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_asks_to_wait_is_left_alone_for_so_long(
    status: int, registry: Registry, country: Country
) -> None:
    network(64500, POWER, "203.0.113.0/24", "192.0.2.0/24")
    registry.answers |= {
        f"/ip/{prefix}": (status, {"Retry-After": str(3 * 86_400)}, b"") for prefix in (POWER, MINISTRY, TELECOM)
    }
    assert (ask(), len(registry.asked)) == (0, 1)
    assert list(problems().values()) == ["The server of the registry asks us to wait, so it is asked later."]
    assert (ask_later(2), len(registry.asked)) == (0, 1)
    assert (ask_later(2), len(registry.asked)) == (0, 2)


@pytest.mark.parametrize(
    ("text", "days"),
    [("60", 0), ("", 1), ("soon", 1), ("9" * 50, 30), ("-5", 1), ("date", 2), ("far", 30), ("past", 0)],
)
def test_how_long_to_wait_is_read_and_is_never_for_ever(text: str, days: int) -> None:
    now = datetime.now(tz=UTC)
    moments = {"date": now + timedelta(days=2, minutes=1), "far": now + timedelta(days=900), "past": now - timedelta(9)}
    given_text = format_datetime(moments[text], usegmt=True) if text in moments else text
    assert (rdap._wait_until(given_text) - now + timedelta(seconds=2)).days == days


BROKEN: Mapping[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "unknown": (lambda _good: (404, {}, b""), f"The registry does not know {POWER}."),
    "refused": (lambda _good: (403, {}, b""), "The server of the registry answered with status 403."),
    "a page": (lambda _good: (200, {}, b"<html>Maintenance</html>"), "This is not an answer of RDAP: it is not JSON."),
    "half of it": (
        lambda good: (200, {}, json.dumps(good).encode()[:700]),
        "This is not an answer of RDAP: it is not JSON.",
    ),
    "an error": (
        lambda _good: {"errorCode": 501, "title": "501 Not Implemented"},
        "The registry answered with an error: 501 Not Implemented",
    ),
    "a domain": (
        lambda _good: {"objectClassName": "domain", "ldhName": "power.example"},
        "The answer is about power.example, not about 198.51.100.0/24.",
    ),
    "others' addresses": (
        lambda good: good | {"startAddress": "203.0.113.0", "endAddress": "203.0.113.255"},
        "The answer is about 203.0.113.0 - 203.0.113.255, not about 198.51.100.0/24.",
    ),
    "a registry's own": (
        lambda good: good | {"startAddress": "196.0.0.0", "endAddress": "199.255.255.255"},
        "The answer is about 196.0.0.0 - 199.255.255.255, which is more than one holder has.",
    ),
    "no holder": (lambda good: good | {"entities": []}, "The answer names no holder, so nothing of it was taken."),
    "odd entities": (
        lambda good: good | {"entities": [None, 7, {"roles": "registrant", "vcardArray": {"x": 1}}]},
        "The answer names no holder, so nothing of it was taken.",
    ),
    "left out": (
        lambda good: good | {"remarks": [{"type": "object truncated due to excessive load", "description": []}]},
        "The server says that its answer is not whole, so nothing of it was taken.",
    ),
    "too long": (
        lambda good: good | {"remarks": [{"description": ["x" * 600_000]}]},
        "No server gave a whole answer: it did not answer, broke off, or sent more than is taken.",
    ),
}


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("name", list(BROKEN))
def test_a_half_or_broken_answer_changes_nothing_and_is_listed(
    name: str, registry: Registry, country: Country, power: Organisation
) -> None:
    network(64500, POWER, holder=power)
    assert ask() == 1
    before, kept = waiting(), RegistryAnswer.objects.values("holder", "abuse", "sha256").get()
    make_broken, sentence = BROKEN[name]
    registry.answers[f"/ip/{POWER}"] = make_broken(recorded("arin") | {"handle": "OTHER"})
    assert ask_later(31) == 0
    assert (problems(), waiting()) == ({POWER: sentence}, before)
    assert RegistryAnswer.objects.values("holder", "abuse", "sha256").get() == kept
    registry.answers[f"/ip/{POWER}"] = recorded("arin")
    assert (ask_later(31), problems()) == (1, {})


def test_an_answer_that_breaks_off_and_no_server_at_all(registry: Registry, country: Country, settings: Any) -> None:
    network(64500, POWER, TELECOM)
    registry.cut = True
    none = "No server gave a whole answer: it did not answer, broke off, or sent more than is taken."
    assert (ask(), list(problems().values()), len(registry.asked)) == (0, [none], 1)  # and is not asked at once again
    registry.cut = False
    settings.FETCH_PRIVATE = []
    assert ask_later(2) == 0
    assert "The server of the registry lies in a closed network, so it is not asked." in problems().values()
    assert waiting() == []


# --- Differences --------------------------------------------------------------------------------------------------


def test_a_holder_that_the_register_has_is_set_when_a_person_approves(
    registry: Registry, country: Country, power: Organisation, secretariat: User, observer: User
) -> None:
    made = network(64500, POWER)
    ask()
    assert waiting() == [("holder", 64500, "Island Power", [POWER])]
    assert Network.objects.get(pk=made.pk).holder is None  # nothing by itself
    row = RegistryDifference.objects.get()
    with pytest.raises(NotAllowed):
        acts.approve_difference(row, by=observer)
    acts.approve_difference(row, by=secretariat)
    assert Network.objects.get(pk=made.pk).holder == power
    ask()  # now the registry's address for abuse can be somebody's
    assert waiting() == [("abuse", 64500, "abuse@power.example", [POWER])]
    acts.approve_difference(RegistryDifference.objects.get(kind="abuse"), by=secretariat)
    contact = Contact.objects.get(organisation=power)
    assert (contact.email, contact.role, contact.is_public, contact.confirmed) == (
        "abuse@power.example",
        "abuse",
        False,
        False,
    )
    assert contact.source.startswith("RDAP, NET-198-51-100-0-1, ")
    ask()
    assert waiting() == []


def test_what_is_the_same_proposes_nothing_and_writes_nothing(
    registry: Registry, country: Country, power: Organisation
) -> None:
    network(64500, POWER, holder=power)
    Contact.objects.create(organisation=power, purpose="Abuse", email="ABUSE@power.example")
    ask()
    entries = AuditEntry.objects.count()
    ask_later(31)
    assert (waiting(), AuditEntry.objects.count()) == ([], entries)


@pytest.mark.parametrize(
    ("held", "sentence"),
    [
        ("nobody", "No organisation of the register has the name Island Power."),
        ("two", "Several organisations of the register have the name Island Power."),
        ("a part", "The registry names Island Power for a part of the network alone"),
    ],
)
def test_a_holder_that_only_a_person_can_tell_is_refused_with_what_to_do(
    held: str, sentence: str, registry: Registry, country: Country, secretariat: User
) -> None:
    for code in {"nobody": [], "two": ["power", "light"], "a part": ["power"]}[held]:
        made = make.make_organisation(code)
        Organisation.objects.filter(pk=made.pk).update(name="Island Power")
    network(64500, POWER, *([TELECOM] if held == "a part" else []))
    ask()
    with pytest.raises(Refused, match=sentence):
        acts.approve_difference(RegistryDifference.objects.get(value="Island Power"), by=secretariat)
    assert Network.objects.get().holder is None


def test_an_address_for_abuse_of_another_holder_is_not_proposed_for_ours(registry: Registry, country: Country) -> None:
    network(64500, POWER, holder=make.make_organisation("bank"))
    ask()
    assert [kind for kind, *_rest in waiting()] == ["holder"]


def test_what_was_rejected_is_not_asked_again_until_the_registry_names_another(
    registry: Registry, country: Country, secretariat: User
) -> None:
    network(64500, POWER, holder=make.make_organisation("bank"))
    ask()
    acts.reject_difference(RegistryDifference.objects.get(), by=secretariat)
    ask_later(31)
    assert waiting() == []
    other = recorded("arin")
    other["entities"][0]["vcardArray"][1][1][3] = "Island Light"
    registry.answers[f"/ip/{POWER}"] = other
    ask_later(31)
    assert waiting() == [("holder", 64500, "Island Light", [POWER])]


def test_addresses_that_a_registry_has_in_parts_are_written_so_and_each_is_asked_about(
    registry: Registry, country: Country, secretariat: User
) -> None:
    made = network(64501, TELECOM, "192.88.99.0/24")
    Network.objects.filter(pk=made.pk).update(registry_prefixes={TELECOM: "xpnic"})
    registry.answers[f"/ip/{TELECOM}"] = recorded("ripe")
    ask()
    halves = ["203.0.113.0/25", "203.0.113.128/25"]
    assert waiting() == [("split", 64501, TELECOM, halves)]
    acts.approve_difference(RegistryDifference.objects.get(), by=secretariat)
    found = Network.objects.get(pk=made.pk)
    assert (found.prefixes, found.registry_prefixes) == (
        ["192.88.99.0/24", *halves],
        dict.fromkeys(halves, "xpnic"),
    )
    registry.asked.clear()
    registry.answers |= {f"/ip/{half}": recorded("ripe") for half in halves[:1]}
    ask()
    assert {f"/ip/{half}" for half in halves} <= set(registry.asked)
    assert waiting() == [("holder", 64501, "Island Telecom, S.A.", [halves[0]])]  # and no maintainer's name


def test_a_network_without_prefixes_is_asked_about_by_its_number(
    registry: Registry, country: Country, power: Organisation, secretariat: User
) -> None:
    made = network(64500)
    registry.answers["/autnum/64500"] = recorded("arin_autnum")
    assert (ask(), registry.asked) == (1, ["/autnum/64500"])
    assert waiting() == [("holder", 64500, "Island Power", [])]
    acts.approve_difference(RegistryDifference.objects.get(), by=secretariat)
    made.refresh_from_db()
    assert made.holder == power
    ask_later(31)  # the same holder now, whose contact for abuse is missing
    assert waiting() == [("abuse", 64500, "abuse@power.example", [])]
    made.prefixes = [POWER]
    made.save()
    ask_later(31)  # its prefixes say whose it is
    assert registry.asked[-1] == f"/ip/{POWER}"
    assert [row.about for row in RegistryAnswer.objects.all()] == [POWER]


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"startAutnum": 64501, "endAutnum": 64502}, "The answer is about AS64501 - AS64502, not about AS64500."),
        (
            {"startAutnum": 1, "endAutnum": 70000},
            "The answer is about AS1 - AS70000, which is more than one holder has.",
        ),
        ({"endAutnum": "64500"}, "This answer of RDAP is not about addresses, an AS number or a domain."),
        ({"endAutnum": 64499}, "This answer of RDAP is not about addresses, an AS number or a domain."),
        (
            {"startAutnum": True, "endAutnum": True},
            "This answer of RDAP is not about addresses, an AS number or a domain.",
        ),
        ({"endAutnum": 2**32}, "This answer of RDAP is not about addresses, an AS number or a domain."),
        ({"entities": []}, "The answer names no holder, so nothing of it was taken."),
    ],
)
def test_an_answer_that_is_not_about_the_number_changes_nothing(
    registry: Registry, country: Country, change: Any, problem: str
) -> None:
    network(64500)
    registry.answers["/autnum/64500"] = recorded("arin_autnum") | change
    assert (ask(), waiting(), problems()) == (0, [], {"AS64500": problem})


def test_what_no_database_keeps_stops_nothing(registry: Registry, country: Country) -> None:
    """NUL, and half of a character, in a name, an address or the title of an error."""
    odd = json.dumps(recorded("arin_autnum")).replace("Island Power", r"Island\u0000 Po\ud800wer")
    network(64500)
    network(64501)
    registry.answers["/autnum/64500"] = (200, {}, odd.encode())
    registry.answers["/autnum/64501"] = (200, {}, rb'{"errorCode": 500, "title": "No\u0000 n\udfffe"}')
    assert ask() == 1
    assert waiting() == [("holder", 64500, "Island Power", [])]
    assert problems() == {"AS64501": "The registry answered with an error: No ne"}


def test_an_answer_about_addresses_is_none_about_a_number_and_the_other_way_round(
    registry: Registry, country: Country
) -> None:
    network(64500)
    network(64501, POWER)
    registry.answers = {"/autnum/64500": recorded("arin"), f"/ip/{POWER}": recorded("arin_autnum")}
    assert (ask(), waiting()) == (0, [])
    assert problems() == {
        "AS64500": "The answer is about 198.51.100.0 - 198.51.100.255, not about AS64500.",
        POWER: f"The answer is about AS64500, not about {POWER}.",
    }


def test_only_who_edits_the_register_compares_it(registry: Registry, country: Country, observer: User) -> None:
    network(64500, POWER)
    ask()
    with pytest.raises(NotAllowed):
        rdap.compare_answers(by=observer)
    assert rdap.compare_answers(by=SYSTEM) == 1


# --- Claims -------------------------------------------------------------------------------------------------------


def claim(organisation: Organisation, value: str, kind: str = "prefix") -> Holding:
    return Holding.objects.create(organisation=organisation, kind=kind, value=value, claimed_on=date(2026, 11, 1))


def open_about(holding: Holding) -> list[str]:
    return [problem.sentence for problem in problems_of([holding])[holding.pk]]


def domain_answer(name: str, holder: str) -> dict[str, Any]:
    """In the shape of RFC 9083, section 5.3."""
    card = ["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", holder], ["kind", {}, "text", "org"]]]
    registrant = {"objectClassName": "entity", "handle": "R-1", "roles": ["registrant"], "vcardArray": card}
    return {"objectClassName": "domain", "handle": "D-1", "ldhName": name, "entities": [registrant] if holder else []}


def test_a_claim_that_the_registry_confirms_is_proved_by_itself_and_approved_by_a_person(
    registry: Registry, country: Country, power: Organisation
) -> None:
    made = claim(power, "198.51.100.64/26")
    registry.answers["/ip/198.51.100.64/26"] = recorded("arin")
    assert ask() == 1
    found = Holding.objects.get(pk=made.pk)
    assert (found.state, found.verified_how) == ("proved", "Answer of the registry")
    proof = found.proofs.get()
    assert (proof.by, proof.names, proof.source) == (
        SYSTEM.actor_name,
        ["Island Power"],
        f"{registry.url}/ip/198.51.100.64/26",
    )
    assert AuditEntry.objects.filter(verb="holding.proved_by_registry").count() == 1
    assert open_about(found) == ["No network of the register announces it."]
    assert (ask_later(31), found.proofs.count()) == (1, 1)  # asked again, and proved once
    assert waiting() == []  # no difference of a network


@pytest.mark.parametrize(
    ("change", "value", "sentence"),
    [
        ({}, "198.51.100.0/24", "The registry lists 198.51.100.0 - 198.51.100.255 for Island Power"),
        ({"entities": []}, "198.51.100.0/24", ""),
        ({"country": "QQ"}, "198.51.100.0/24", "The registry gave these addresses to a holder in QQ."),
        ({}, "198.51.96.0/20", "It is wider than what the registry lists: 198.51.100.0 - 198.51.100.255"),
    ],
)
def test_a_claim_that_the_registry_does_not_confirm_waits_for_a_person_who_reads_why(
    change: dict[str, Any],
    value: str,
    sentence: str,
    registry: Registry,
    power: Organisation,
) -> None:
    is_of_another = "for Island Power" in sentence
    made = claim(make.make_organisation("bank") if is_of_another else power, value)
    registry.answers[f"/ip/{value}"] = recorded("arin") | change
    ask()
    found = Holding.objects.get(pk=made.pk)
    assert (found.state, found.proofs.count()) == ("claimed", 0)
    said = open_about(found)
    assert any(text.startswith(sentence) for text in said) if sentence else len(said) == 2


def test_where_a_person_says_that_it_is_the_same_holder_nothing_is_open_until_the_registry_names_another(
    registry: Registry, country: Country, secretariat: User
) -> None:
    bank = make.make_organisation("bank")
    made = claim(bank, POWER)
    ask()
    sentence = "The registry lists 198.51.100.0 - 198.51.100.255 for Island Power"
    assert any(text.startswith(sentence) for text in open_about(made))
    content = json.dumps(recorded("arin")).encode()
    acts.prove_by_registry(made, by=secretariat, content=content, is_the_holder=True)
    made = Holding.objects.get(pk=made.pk)
    acts.approve_holding(made, by=secretariat, reason="Known.")
    assert open_about(made) == ["No network of the register announces it."]
    other = recorded("arin")
    other["entities"][0]["vcardArray"][1][1][3] = "Island Light"
    registry.answers[f"/ip/{POWER}"] = other
    ask_later(31)
    assert any("for Island Light" in text for text in open_about(made))
    assert Holding.objects.get(pk=made.pk).state == "approved"  # nothing by itself


def test_a_domain_is_asked_about_at_the_server_of_its_zone(
    two: tuple[Registry, Registry], registry: Registry, country: Country, power: Organisation, settings: Any
) -> None:
    first, second = two
    second.answers["/dns.json"] = {"version": "1.0", "services": [[["xp"], [f"{first.url}/"]]]}
    settings.RDAP_SERVER, settings.RDAP_BOOTSTRAP = "", [f"{second.url}/dns.json"]
    assert fetch_registry_files(by=SYSTEM) == 1
    made = [claim(power, name, "domain") for name in ("power.xp", "light.xp", "water.xp", "power.example", "air.xp")]
    first.answers |= {
        "/domain/power.xp": domain_answer("power.xp", "Island Power"),
        "/domain/light.xp": domain_answer("light.xp", ""),
        "/domain/water.xp": domain_answer("fire.xp", "Island Power"),
        "/domain/air.xp": domain_answer("xp", "Island Power"),  # who runs the registry holds no name in it
    }
    assert ask() == 1
    assert set(first.asked) == {f"/domain/{name}.xp" for name in ("power", "light", "water", "air")}
    assert [Holding.objects.get(pk=each.pk).state for each in made] == ["proved", *["claimed"] * 4]
    assert problems() == {
        "light.xp": "The answer names no holder, so nothing of it was taken.",
        "water.xp": "The answer is about fire.xp, not about water.xp.",
        "air.xp": "The answer is about xp, not about air.xp.",
    }
    first.asked.clear()
    ask_later(2)
    assert set(first.asked) == {
        "/domain/water.xp",
        "/domain/air.xp",
    }  # one that leaves the holder out does so the next day too


def test_many_claims_keep_no_network_from_its_turn(registry: Registry, country: Country, power: Organisation) -> None:
    for number in range(20):
        claim(power, f"203.0.113.{number}/32")
    network(64500, POWER, MINISTRY)
    ask()
    assert {f"/ip/{POWER}", f"/ip/{MINISTRY}"} < set(registry.asked)


def test_a_claim_that_ended_is_not_asked_about_any_more(
    registry: Registry, country: Country, power: Organisation, secretariat: User
) -> None:
    made = claim(power, POWER)
    ask()
    assert RegistryAnswer.objects.count() == 1
    acts.reject_holding(Holding.objects.get(pk=made.pk), by=secretariat, reason="Not theirs.")
    registry.asked.clear()
    ask_later(31)
    assert (registry.asked, RegistryAnswer.objects.count()) == ([], 0)


# --- Reading ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "holder", "abuse", "country"),
    [
        ("arin", "Island Power", ("abuse@power.example",), ""),
        ("ripe", "Island Telecom, S.A.", ("abuse@telecom.example",), "XP"),
        ("lacnic", "Ministerio de Comunicación", ("csirt@ministerio.example",), ""),
    ],
)
def test_three_registries_are_read_alike(name: str, holder: str, abuse: tuple[str, ...], country: str) -> None:
    found = read_rdap(json.dumps(recorded(name)).encode())
    assert (found.holder, found.abuse, found.country, found.is_partial) == (holder, abuse, country, False)


@pytest.mark.long
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=9), lambda inner: st.lists(inner, max_size=4)
    )
)
def test_whatever_stands_where_entities_and_cards_are_is_read_or_left(odd: Any) -> None:
    good = recorded("arin")
    whole = read_rdap(json.dumps(good).encode())
    cards = {"entities": [{"roles": ["registrant", "abuse"], "vcardArray": odd}]}
    for place in ({"entities": odd}, {"entities": [{"roles": odd}]}, cards):
        found = read_rdap(json.dumps(good | place | {"remarks": odd, "notices": odd}).encode())
        assert (found.first, found.last) == (whole.first, whole.last)
        assert found.abuse == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"services": 7}',
        '{"services": [[["a b"], ["https://a.example/"]]]}',
        '{"services": [[["1.0.0.0/8"]]]}',
        '{"services": [[["64496-"], ["https://a.example/"]]]}',
        '{"services": [[[7], ["https://a.example/"]]]}',
    ],
)
def test_a_list_of_servers_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        read_bootstrap(text.encode())


def test_the_longest_prefix_and_the_encrypted_server_win() -> None:
    services = [
        [["41.0.0.0/8"], ["http://a.example/rdap/", "https://a.example/rdap/"]],
        [["41.1.0.0/16"], ["https://b.example/"]],
        [["42.0.0.0/8"], ["ftp://c.example/"]],
    ]
    servers = read_bootstrap(json.dumps({"services": services}).encode())
    asked = ["41.1.2.0/24", "41.2.0.0/24", "42.0.0.0/24", "2001:db8::/32"]
    found = [servers.server_for(plain_prefix(text)) for text in asked]
    assert found == ["https://b.example", "https://a.example/rdap", "", ""]


def test_a_list_says_who_answers_for_which_numbers() -> None:
    services = [[["64496-64500", "64505"], ["https://a.example/rdap/"]], [["64501-64504"], ["https://b.example/"]]]
    servers = read_bootstrap(json.dumps({"version": "1.0", "services": services}).encode())
    found = [servers.server_for(number) for number in (64495, 64496, 64500, 64501, 64505, 64506)]
    assert found == ["", "https://a.example/rdap", "https://a.example/rdap", "https://b.example", *found[1:2], ""]


def test_the_longest_zone_wins() -> None:
    services = [[["xp", "QQ"], ["https://a.example/"]], [["gob.xp"], ["https://b.example/rdap"]]]
    servers = read_bootstrap(json.dumps({"services": services}).encode())
    asked = ["bank.xp", "www.health.gob.xp", "gob.xp", "bank.qq", "bank.example", "xp.example"]
    found = [servers.server_for(name) for name in asked]
    assert found == [
        "https://a.example",
        "https://b.example/rdap",
        "https://b.example/rdap",
        "https://a.example",
        "",
        "",
    ]


@pytest.mark.long
@given(st.lists(st.tuples(st.lists(st.text(max_size=6) | st.none(), max_size=3), st.lists(st.text(max_size=9)))))
def test_whatever_stands_in_a_list_of_servers_is_read_or_refused(services: Any) -> None:
    try:
        found = read_bootstrap(json.dumps({"services": services}).encode())
    except Unreadable:
        return
    assert all(
        url.startswith(("https://", "http://"))
        for url in (*found.zones.values(), *dict(found.prefixes).values(), *(url for _numbers, url in found.numbers))
    )


@given(st.integers(0, 255), st.integers(0, 255), st.integers(20, 32))
def test_parts_are_the_same_addresses_each_once(first: int, last: int, length: int) -> None:
    whole = plain_prefix(f"198.51.96.0/{length}")
    low, high = sorted((first, last))
    parts = parts_of(whole, *(plain_prefix(f"198.51.96.{n}").network_address for n in (low, high)))
    if parts:
        assert sum(plain_prefix(part).num_addresses for part in parts) == whole.num_addresses
        assert all(plain_prefix(part).subnet_of(whole) for part in parts)  # type: ignore[arg-type]
        assert len(set(parts)) == len(parts)


# --- The page -----------------------------------------------------------------------------------------------------


@pytest.mark.long
def test_the_page_of_a_claim_says_what_the_registry_answered(
    registry: Registry, power: Organisation, secretariat: User, browser_of: Any
) -> None:
    made, other = claim(make.make_organisation("bank"), POWER), claim(power, MINISTRY)
    ask()
    browser = browser_of(secretariat)
    text = squeezed(browser.get(made.workspace_url()).content.decode())
    for part in ("Answer of the registry (RDAP)", "198.51.100.0 - 198.51.100.255", "Island Power", "What is open"):
        assert part in text, part
    assert f"The registry does not know {MINISTRY}." in squeezed(browser.get(other.workspace_url()).content.decode())
    assert "for Island Power (answer of" in squeezed(browser.get("/workspace/claims/").content.decode())
    listed = squeezed(browser.get("/workspace/claims/registry/").content.decode())
    assert f'{MINISTRY}, <a href="{other.workspace_url()}"' in listed


def test_the_page_says_whether_anybody_is_asked_what_came_of_it_and_what_did_not(
    registry: Registry, power: Organisation, secretariat: User, browser_of: Any, settings: Any
) -> None:
    address, browser = "/workspace/claims/registry/", browser_of(secretariat)
    settings.RDAP_A_DAY = 0
    assert "Registries are not asked on schedule: FLOREO_RDAP_A_DAY is not set." in squeezed(
        browser.get(address).content.decode()
    )
    settings.RDAP_A_DAY, settings.RDAP_SERVER = 9, ""
    assert "No registry can be asked: no server is set" in squeezed(browser.get(address).content.decode())
    settings.RDAP_SERVER = registry.url
    network(64500, POWER, MINISTRY)
    ask()
    text = squeezed(browser.get(address).content.decode())
    for part in (
        "1 of 2 prefixes, AS numbers and domains have an answer; at most 9 are asked about a day, each once in 30 days.",
        "Without a whole answer at the last question",
        f"The registry does not know {MINISTRY}.",
        "The registry names another holder",
        "Island Power",
        "No holder",
    ):
        assert part in text, part
    spanish = squeezed(
        browser.get(f"/es{address}").content.decode()
    )  # in the reader's language, and not in the worker's
    assert f"El registro de Internet no conoce {MINISTRY}." in spanish
    row = RegistryDifference.objects.get()
    facts = {"difference": [f"{row.pk}.{row.version}"], "do": "approve"}
    answer = browser.post("/workspace/claims/registry/differences/", facts, follow=True).content.decode()
    assert "for a part of the network alone" in answer
    (task,) = [
        each
        for each in waiting_tasks(Recipient(everybody=True), viewer=secretariat, today=clock.today())
        if "registry" in each.key
    ]
    assert (task.title, task.why) == (
        "Answers of registries (RDAP)",
        "1 difference between answers of registries and the register waits for review.",
    )
