"""Claims to addresses and domains: claimed, proved, approved by a second person; and what is open about them."""

from __future__ import annotations

import gzip
import ipaddress
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.errors import NotAllowed, Refused
from floreo.core.figures import Filters, Period
from floreo.feeds.constituency import owned
from floreo.organisations import actions as acts
from floreo.organisations.access import Keeper
from floreo.organisations.actions.proving import rdap_address, record_name
from floreo.organisations.claims import Code, problems_of
from floreo.organisations.held import is_public_suffix, plain_prefix, reverse_name
from floreo.organisations.measures import share_networks_proved
from floreo.organisations.models import Country, Holding, HoldingProof, Network, Organisation, RegistryFile, User
from floreo.organisations.registry import (
    Block,
    Unreadable,
    blocks_for,
    covering_range,
    read_blocks,
    read_head,
    read_rdap,
)
from tests.factories.trail import last_entry
from tests.organisations.servers import DELEGATED, ip_network_answer, name_server, rdap_server


def body(name: str, **facts: Any) -> Organisation:
    return acts.add_organisation(by=SYSTEM, name=name, kind="operator", **facts)


def keeper_of(organisation: Organisation) -> Keeper:
    return Keeper(acts.add_contact(organisation, by=SYSTEM, purpose="Desk", email=f"desk@{organisation.code}.example"))


def claim(organisation: Organisation, value: str, kind: str = "prefix") -> Holding:
    return acts.claim_holding(organisation, by=keeper_of(organisation), kind=kind, value=value)


def codes(holding: Holding) -> list[str]:
    return [problem.code for problem in problems_of([holding])[holding.pk]]


@pytest.fixture
def country(db: None) -> Country:
    return Country.objects.create(code="XP", name="Isla", languages=["en"], currency="XCD", pack="x", is_sample=True)


# --- What can be claimed ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spelling",
    [
        "2001:db8:0:1::/64",
        "2001:0DB8:0000:0001:0000:0000:0000:0000/64",
        " 2001:db8::1:0:0:0:0/64",
        "2001:DB8:0:1::0.0.0.0/64",
    ],
)
def test_each_spelling_of_an_ipv6_prefix_is_the_same_prefix(spelling: str) -> None:
    assert str(plain_prefix(spelling)) == "2001:db8:0:1::/64"


def test_an_ipv4_prefix_written_as_ipv6_is_the_ipv4_one() -> None:
    assert str(plain_prefix("::ffff:192.0.2.0/124")) == "192.0.2.0/28"


@given(st.integers(0, 2**128 - 1), st.integers(16, 128))
def test_a_prefix_is_plain_once_and_for_all(bits: int, length: int) -> None:
    network = ipaddress.IPv6Network((bits >> (128 - length) << (128 - length), length))
    plain = plain_prefix(str(network.exploded))
    assert plain_prefix(str(plain)) == plain


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "text", "code", "sentence"),
    [
        ("prefix", "0.0.0.0/0", "prefix_too_wide", "too wide"),
        ("prefix", "::/0", "prefix_too_wide", "too wide"),
        ("prefix", "10.1.0.0/16", "prefix_private", "private or special"),
        ("prefix", "192.168.1.0/24", "prefix_private", "private or special"),
        ("prefix", "100.64.0.0/16", "prefix_private", "private or special"),
        ("prefix", "fd00::/48", "prefix_private", "private or special"),
        ("prefix", "fe80::1%eth0/128", "bad_prefix", "is not a prefix"),
        ("prefix", "2001:db8::1/48", "bad_prefix", "is not a prefix"),
        ("prefix", "192.0.02.0/24", "bad_prefix", "is not a prefix"),
        ("domain", "co.uk", "public_suffix", "others register names"),
        ("domain", "com.bz", "public_suffix", "others register names"),
        ("domain", "bz", "bad_domain", "is not a domain"),
    ],
)
def test_what_nobody_holds_is_refused_with_a_sentence(kind: str, text: str, code: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence) as refusal:
        claim(body("A bank"), text, kind)
    assert (refusal.value.code, Holding.objects.count()) == (code, 0)


@pytest.mark.django_db
def test_ranges_for_examples_are_a_sample_countrys_alone(country: Country) -> None:
    assert claim(body("A bank"), "192.0.2.0/28").state == "claimed"
    country.is_sample = False
    country.save()
    with pytest.raises(Refused, match="examples and documents"):
        claim(body("A shop"), "192.0.2.16/28")


def test_a_public_suffix_is_told_from_a_name_under_it() -> None:
    assert [is_public_suffix(name) for name in ("co.uk", "bank.co.uk", "example", "bank.example")] == [
        True,
        False,
        True,
        False,
    ]


# --- From a claim to an approval ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_claim_attributes_nothing_until_it_is_approved(secretariat: User, user_with: Callable[..., User]) -> None:
    bank = body("A bank")
    held = claim(bank, "192.0.2.0/28")
    assert (held.state, [each.network for each in owned()]) == ("claimed", [])
    with pytest.raises(Refused, match="Give the reason"):
        acts.approve_holding(held, by=secretariat)
    approved = acts.approve_holding(held, by=secretariat, reason="Known for years")
    assert (approved.state, approved.decided_by) == ("approved", secretariat.name)
    assert [(each.organisation, each.network) for each in owned()] == [(bank.code, "192.0.2.0/28")]
    rejected = acts.reject_holding(approved, by=secretariat, reason="Sold")
    assert (rejected.state, rejected.decision, list(owned())) == ("rejected", "Sold", [])
    with pytest.raises(Refused, match="rejected or withdrawn"):
        acts.reject_holding(rejected, by=secretariat, reason="Again")


@pytest.mark.django_db
def test_a_second_person_of_the_team_approves_what_a_member_entered(
    secretariat: User, user_with: Callable[..., User]
) -> None:
    held = acts.add_holding(body("A bank"), by=secretariat, kind="domain", value="bank.example")
    other = user_with("responder")
    with pytest.raises(Refused, match="second person"):
        acts.approve_holding(held, by=secretariat, reason="I know")
    assert acts.approve_holding(held, by=other, reason="I know too").state == "approved"
    alone = acts.add_holding(body("A shop"), by=other, kind="domain", value="shop.example")
    User.objects.filter(pk=secretariat.pk).update(is_active=False)
    assert acts.approve_holding(alone, by=other, reason="Nobody else is here").state == "approved"


@pytest.mark.django_db
def test_nobody_outside_approves_and_nobody_claims_for_others(observer: User, user_with: Callable[..., User]) -> None:
    bank, shop = body("A bank"), body("A shop")
    operator = user_with("operator", organisation=bank)
    held = acts.claim_holding(bank, by=operator, kind="domain", value="bank.example")
    for who in (observer, operator, keeper_of(bank)):
        with pytest.raises(NotAllowed):
            acts.approve_holding(held, by=who, reason="Mine")
    for who in (observer, operator, keeper_of(bank)):
        with pytest.raises(NotAllowed):
            acts.claim_holding(shop, by=who, kind="domain", value="shop.example")
    with pytest.raises(NotAllowed):
        acts.withdraw_holding(held, by=keeper_of(shop))
    assert acts.withdraw_holding(held, by=operator).state == "withdrawn"


@pytest.mark.django_db
def test_two_claim_the_same_and_only_the_team_knows(secretariat: User) -> None:
    bank, shop = body("A bank"), body("A shop")
    first, second = claim(bank, "192.0.2.0/28"), claim(shop, "192.0.2.0/28")
    assert Code.SAME in codes(first)
    assert "A shop claims it too." in [p.sentence for p in problems_of([first])[first.pk]]
    acts.approve_holding(first, by=secretariat, reason="Letter")
    assert "It is approved for A bank." in [p.sentence for p in problems_of([second])[second.pk]]
    with pytest.raises(Refused, match="approved for A bank"):
        acts.approve_holding(second, by=secretariat, reason="Too")
    with pytest.raises(Refused, match=r"has 192\.0\.2\.0/28 already"):
        claim(bank, "192.0.2.0/28")


@pytest.mark.django_db
def test_what_lies_in_anothers_is_told_both_ways(secretariat: User) -> None:
    bank, carrier = body("A bank"), body("A carrier")
    wide, narrow = claim(carrier, "2001:db8::/32"), claim(bank, "2001:0db8:0001::/48")
    assert (Code.AROUND in codes(wide), Code.INSIDE in codes(narrow)) == (True, True)
    above, below = claim(carrier, "carrier.example", "domain"), claim(bank, "mail.carrier.example", "domain")
    assert (Code.AROUND in codes(above), Code.INSIDE in codes(below)) == (True, True)
    successor = body("A merged bank")
    Organisation.objects.filter(pk__in=[bank.pk, carrier.pk]).update(merged_into=successor)
    assert (Code.AROUND in codes(wide), Code.INSIDE in codes(narrow)) == (False, False)


@pytest.mark.django_db
def test_a_prefix_that_no_network_announces_says_so() -> None:
    held = claim(body("A bank"), "192.0.2.0/28")
    assert Code.NOT_ANNOUNCED in codes(held)
    Network.objects.create(asn=64511, name="Carrier", prefixes=["192.0.2.0/24"])
    assert Code.NOT_ANNOUNCED not in codes(held)


# --- The registry -------------------------------------------------------------------------------------------------


def rdap(first: str, last: str, **facts: Any) -> bytes:
    return json.dumps(ip_network_answer(first, last, **facts)).encode()


@pytest.mark.django_db
def test_an_answer_of_the_registry_that_names_the_holder_proves(country: Country, secretariat: User) -> None:
    held = claim(body("Banco Ínsula S.A."), "198.51.100.0/28")
    answer = rdap("198.51.100.0", "198.51.100.255", name="BANCO INSULA, S.A.")
    proved = acts.prove_by_registry(held, by=secretariat, content=answer, source="answer.json")
    proof = HoldingProof.objects.get()
    assert (proved.state, proved.verified_on, proved.verified_how) == (
        "proved",
        clock.today(),
        "Answer of the registry",
    )
    assert proof.summary == "The registry lists 198.51.100.0 - 198.51.100.255 for BANCO INSULA, S.A.."
    assert (proof.kind, json.loads(proof.answer)["handle"], len(proof.sha256)) == (
        "registry",
        "198.51.100.0-HANDLE",
        64,
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "code", "sentence"),
    [
        (rdap("198.51.100.0", "198.51.100.7", name="A bank"), "wider", "is wider than what the registry lists"),
        (rdap("203.0.113.0", "203.0.113.255", name="A bank"), "other_thing", "not about 198.51.100.0/28"),
        (
            rdap("198.51.100.0", "198.51.100.255", name="A bank", country="QQ"),
            "other_country",
            "lists these addresses in QQ",
        ),
        (rdap("198.51.100.0", "198.51.100.255", name="Another"), "other_name", "names Another as the holder"),
        (b"<html>", "not_json", "not JSON"),
        (b"[1]", "not_one", "not about addresses"),
        (b'{"errorCode": 404, "title": "Not found"}', "an_error", "Not found"),
        (b'{"objectClassName": "ip network", "startAddress": "x"}', "no_addresses", "no first and last"),
        (b'{"objectClassName": "entity"}', "not_one", "not about addresses"),
        (b"[" * 100_000, "not_json", "not JSON"),
    ],
)
def test_an_answer_that_does_not_fit_proves_nothing(
    content: bytes, code: str, sentence: str, country: Country, secretariat: User
) -> None:
    held = claim(body("A bank"), "198.51.100.0/28")
    with pytest.raises(Refused) as refusal:
        acts.prove_by_registry(held, by=secretariat, content=content)
    texts = [str(text) for text in refusal.value.fields.values()]
    assert (refusal.value.code, any(sentence in text for text in texts)) == (code, True)
    assert not HoldingProof.objects.exists()


@pytest.mark.django_db
def test_a_person_says_that_another_name_is_the_organisations(country: Country, secretariat: User) -> None:
    held = claim(body("A bank"), "198.51.100.0/28")
    answer = rdap("198.51.100.0", "198.51.100.255", name="Island Holdings")
    assert acts.prove_by_registry(held, by=secretariat, content=answer, is_the_holder=True).state == "proved"


@pytest.mark.django_db
def test_the_server_of_the_registry_is_asked_and_only_where_it_may_be(settings: Any, secretariat: User) -> None:
    held = claim(body("A bank"), "198.51.100.0/28")
    with pytest.raises(Refused, match="FLOREO_RDAP_SERVER"):
        acts.ask_registry(held)
    answer = ip_network_answer("198.51.100.0", "198.51.100.255", name="A bank")
    with rdap_server(
        {"/at/ip/198.51.100.0/28": answer, "/ip/198.51.100.0/28": ("redirect", "/at/ip/198.51.100.0/28")}
    ) as url:
        settings.RDAP_SERVER, settings.FETCH_PRIVATE = url, []
        with pytest.raises(Refused, match="closed network"):
            acts.ask_registry(held)
        settings.FETCH_PRIVATE = ["127.0.0.0/8"]
        assert rdap_address(held) == f"{url}/ip/198.51.100.0/28"
        assert acts.prove_by_registry(held, by=secretariat, content=acts.ask_registry(held)).state == "proved"
        other = claim(body("A shop"), "198.51.100.16/28")
        with pytest.raises(Refused, match="does not know"):
            acts.ask_registry(other)
    with pytest.raises(Refused, match="does not answer"):
        acts.ask_registry(held)


# --- Delegated files ----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_delegated_file_says_country_and_holder_of_each_claim(
    country: Country, settings: Any, tmp_path: Any, secretariat: User
) -> None:
    settings.DATA = tmp_path
    bank, shop = body("A bank"), body("A shop")
    ours, abroad, wide = claim(bank, "198.51.100.0/28"), claim(bank, "203.0.113.0/28"), claim(shop, "198.51.100.0/24")
    six, nowhere = claim(shop, "2001:db8::/32"), claim(shop, "192.0.2.0/28")
    read = acts.read_registry_file(gzip.compress(DELEGATED.encode()), by=secretariat, name="delegated-xpnic-extended")
    assert (read.registry, read.rows, read.own_rows, str(read.on)) == ("xpnic", 5, 4, "2026-11-01")
    assert (last_entry().verb, last_entry().detail["claims_changed"]) == ("registry_file.read", 4)
    found = {h.value: h for h in Holding.objects.all()}
    told = {value: (h.registry_country, h.registry_range) for value, h in found.items()}
    assert told == {
        ours.value: ("XP", "198.51.100.0 - 198.51.100.127"),
        abroad.value: ("QQ", "203.0.113.0 - 203.0.113.255"),
        wide.value: ("XP", "parts"),
        six.value: ("XP", "2001:db8:: - 2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"),
        nowhere.value: ("", ""),
    }
    said = {value: set(codes(h)) & {"other_country", "wider", "not_in_registry"} for value, h in found.items()}
    assert said == {
        ours.value: set(),
        abroad.value: {"other_country"},
        wide.value: {"wider"},
        six.value: set(),
        nowhere.value: {"not_in_registry"},
    }
    later = claim(bank, "203.0.113.16/28")
    assert (later.registry_country, later.registry_on) == ("QQ", read.on)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_delegated"),
        (b"hello\n", "not_delegated"),
        (DELEGATED.replace("|6|", "|60|").encode(), "cut_off"),
        (DELEGATED.replace("198.51.100.0|", "nonsense|").encode(), "not_delegated"),
        (gzip.compress(DELEGATED.encode())[:-12], "cut_off"),
        (DELEGATED.replace("20261101", "19991301").encode(), "not_delegated"),
    ],
)
def test_a_file_that_is_none_changes_nothing(
    content: bytes, code: str, country: Country, settings: Any, tmp_path: Any
) -> None:
    settings.DATA = tmp_path
    with pytest.raises(Refused) as refusal:
        acts.read_registry_file(content, by=SYSTEM, name="x")
    assert (refusal.value.code, RegistryFile.objects.count(), list(tmp_path.iterdir())) == (code, 0, [])


@pytest.mark.django_db
def test_an_older_file_does_not_replace_a_newer_one(
    country: Country, settings: Any, tmp_path: Any, secretariat: User
) -> None:
    settings.DATA = tmp_path
    acts.read_registry_file(DELEGATED.encode(), by=secretariat, name="new")
    with pytest.raises(Refused, match="newer file"):
        acts.read_registry_file(DELEGATED.replace("20261101", "20251101").encode(), by=secretariat, name="old")
    assert RegistryFile.objects.get().file_name == "new"


@pytest.mark.long
@given(st.text(max_size=200))
def test_no_text_breaks_the_reader_of_files(text: str) -> None:
    """Whatever it takes for a block is one: from a first address to a last of the same kind."""
    lines, blocks = text.splitlines(), list[Block]()
    with suppress(Unreadable):
        read_head(lines)
        blocks += read_blocks(lines)
    assert all(each.first.version == each.last.version and int(each.first) <= int(each.last) for each in blocks)


_NAMES = ["objectClassName", "startAddress", "entities", "vcardArray", "roles", "status", "country"]
_JSON = st.recursive(
    st.none() | st.text() | st.integers(), lambda x: st.lists(x) | st.dictionaries(st.sampled_from(_NAMES), x)
)


@pytest.mark.long
@given(st.binary(max_size=300) | _JSON.map(lambda x: json.dumps(x).encode()))
def test_no_answer_breaks_the_reader_of_answers(content: bytes) -> None:
    """What it takes for an answer is an object that says of what class it is."""
    with suppress(Unreadable):
        read_rdap(content)
        assert json.loads(content.decode("utf-8-sig"))["objectClassName"]


def test_blocks_of_one_holder_that_follow_each_other_are_one_range() -> None:
    prefix = plain_prefix("2001:db8::/32")
    rows = blocks_for([prefix], read_blocks(DELEGATED.splitlines()))[prefix]
    around = covering_range(prefix, rows)
    assert around is not None
    assert (str(around[0]), around[2]) == ("2001:db8::", {"XP"})
    assert covering_range(prefix, rows[1:]) is None


# --- Name server records ------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_text_record_at_the_domain_proves(settings: Any) -> None:
    bank = body("A bank")
    held = claim(bank, "bank.example", "domain")
    by = keeper_of(bank)
    with name_server({"bank.example": ["v=spf1 -all"]}) as at:
        settings.NAME_SERVERS = [at]
        with pytest.raises(Refused, match="has no text record floreo-verify="):
            acts.look_for_record(held, by=by)
    with name_server({"bank.example": ["floreo-verify=0000"]}) as at:
        settings.NAME_SERVERS = [at]
        with pytest.raises(Refused, match="record of another claim"):
            acts.look_for_record(held, by=by)
    with name_server({"bank.example": ["v=spf1 -all", held.record]}) as at:
        settings.NAME_SERVERS = [at]
        proved = acts.look_for_record(held, by=by)
    assert (proved.state, proved.verified_how, HoldingProof.objects.get().source) == (
        "proved",
        "Name server record",
        "bank.example",
    )


@pytest.mark.django_db
def test_a_name_that_does_not_exist_and_servers_that_fail_are_two_sentences(settings: Any) -> None:
    bank = body("A bank")
    held, by = claim(bank, "bank.example", "domain"), keeper_of(bank)
    with name_server({}) as at:
        settings.NAME_SERVERS = [at]
        with pytest.raises(Refused, match="has no text record"):
            acts.look_for_record(held, by=by)
    with name_server({}, is_silent=True) as at:
        settings.NAME_SERVERS = [at]
        with pytest.raises(Refused, match="do not answer"):
            acts.look_for_record(held, by=by)


@pytest.mark.django_db
def test_a_prefix_is_proved_in_its_reverse_zone_where_it_has_one(settings: Any, secretariat: User) -> None:
    bank = body("A bank")
    whole, part = claim(bank, "198.51.100.0/24"), claim(bank, "203.0.113.0/28")
    assert (record_name(whole), record_name(part)) == ("100.51.198.in-addr.arpa", None)
    assert reverse_name(plain_prefix("2001:db8::/32")) == "8.b.d.0.1.0.0.2.ip6.arpa"
    with pytest.raises(Refused, match="no reverse zone of its own"):
        acts.look_for_record(part, by=secretariat)
    with name_server({"100.51.198.in-addr.arpa": [whole.record]}) as at:
        settings.NAME_SERVERS = [at]
        assert acts.look_for_record(whole, by=secretariat).state == "proved"


# --- Signed letters, and the figure -------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_letter_names_who_signed_it_and_its_day(secretariat: User) -> None:
    held = claim(body("A bank"), "192.0.2.0/28")
    with pytest.raises(Refused, match="Say who signed"):
        acts.prove_by_document(held, by=secretariat, evidence="letter", signed_by=" ", on=clock.today())
    proved = acts.prove_by_document(
        held, by=secretariat, evidence="letter", signed_by="Ana Faro, director", on=clock.today()
    )
    assert (proved.state, HoldingProof.objects.get().evidence) == ("proved", "letter")


@pytest.mark.django_db
def test_the_share_of_proved_prefixes_counts_claims_too(secretariat: User) -> None:
    bank = body("A bank")
    held = claim(bank, "192.0.2.0/28")
    claim(bank, "198.51.100.0/28")
    claim(bank, "bank.example", "domain")
    acts.withdraw_holding(claim(bank, "203.0.113.0/28"), by=secretariat)
    acts.prove_by_document(held, by=secretariat, evidence="letter", signed_by="X", on=clock.today())
    read = share_networks_proved(Period(clock.today(), clock.today()), Filters())
    assert (read.value, read.numerator, read.denominator) == (50, 1, 2)


@pytest.mark.django_db
def test_another_value_is_another_claim(secretariat: User) -> None:
    held = claim(body("A bank"), "192.0.2.0/28")
    proved = acts.prove_by_document(held, by=secretariat, evidence="l", signed_by="X", on=clock.today())
    approved = acts.approve_holding(proved, by=secretariat, reason="Fine")
    same = acts.update_holding(approved, by=secretariat, service="Mail")
    assert (same.state, same.verified_on is not None) == ("approved", True)
    other = acts.update_holding(same, by=secretariat, value="192.0.2.16/28")
    assert (other.state, other.verified_on) == ("claimed", None)
