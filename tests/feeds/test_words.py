"""Words are looked for in the texts that findings share, and find what reading every row would find; the database keeps the texts."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.db.models import Q
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from floreo.feeds.actions.searched import give_texts
from floreo.feeds.migrations._texts import TEXTS
from floreo.feeds.models import Feed, Finding, FindingText
from floreo.feeds.tables import FINDINGS
from floreo.feeds.words import SEARCHED, having
from floreo.organisations.models import Organisation
from tests.conftest import make_user
from tests.examples import drawn
from tests.factories.strategy import make_organisation
from tests.feeds.making import night
from tests.feeds.notices_made import make_feed, make_finding

pytestmark = pytest.mark.two_databases

# Signs that have a meaning somewhere: for LIKE, for the index of SQLite, for an address, or capitals that fold in an odd way.
SIGNS = "abC.1:/-_%\"*\\'éÉßİı ñ(2fZ"
TEXT = st.text(SIGNS, max_size=9)


@pytest.fixture
def body(db: None) -> Organisation:
    return make_organisation("bank")


def by_reading(word: str) -> set[int]:
    """As every row is read."""
    either = Q()
    for name in SEARCHED:
        either |= Q(**{f"{name}__icontains": word})
    return set(Finding.objects.filter(either).values_list("pk", flat=True))


def by_index(word: str) -> set[int]:
    return set(Finding.objects.filter(having(word)).values_list("pk", flat=True))


def test_the_columns_that_are_searched_are_those_of_which_texts_are_kept() -> None:
    assert FINDINGS.search == SEARCHED == ("subject", *TEXTS["\n"], *TEXTS["\t"])


@pytest.mark.long
@settings(
    max_examples=drawn(400),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    rows=st.lists(st.tuples(TEXT.filter(str.strip), TEXT, TEXT, TEXT, TEXT), min_size=1, max_size=6),
    asked=st.one_of(TEXT, st.sampled_from(["192.0", "bank.ex", "RDP", "rd", "2001:DB8", "::1", "0.2.7"])),
    cut=st.tuples(st.integers(0, 8), st.integers(1, 8)),
)
def test_a_word_finds_what_reading_every_row_finds(
    body: Organisation, rows: list[tuple[str, ...]], asked: str, cut: tuple[int, int]
) -> None:
    Finding.objects.all().delete()
    feed = Feed.objects.filter(code="shadowserver").first() or make_feed()
    fixed = [("192.0.2.7", "open-rdp", "", "192.0.2.0/25", ""), ("2001:db8::1", "bot", "Mirai", "AS64496", "web")]
    fixed += [("www.bank.example", "phishing", "", "bank.example", "")]
    for number, (subject, kind, detail, network, service) in enumerate([*rows, *fixed]):
        facts = {"kind": kind, "detail": detail, "network": network, "service": service, "ip": None, "port": number}
        make_finding(body, subject, feed=feed, **facts)
    start, length = cut
    for word in {*asked.split(), *rows[0][0][start : start + length].split(), *rows[-1][2][start:].split()}:
        assert by_index(word) == by_reading(word), word


def test_the_database_keeps_the_texts_whichever_statement_writes(body: Organisation) -> None:
    one = make_finding(body, "192.0.2.7")
    other = make_finding(body, "www.bank.example", kind="phishing", port=443)
    assert sorted(FindingText.objects.values_list("text", flat=True)) == [
        "\t192.0.2.0/25\n",
        "\nopen-rdp\n",
        "\nphishing\n",
        "www.bank.example",
    ]
    one.detail = "Windows"
    one.save()  # knows nothing of its text
    assert by_index("windows") == {one.pk}
    Finding.objects.filter(pk=other.pk).update(subject="mail.bank.example", service="webmail")
    assert by_index("mail.") == by_index("webmail") == {other.pk}
    assert by_index("www.") == set()
    Finding.objects.bulk_create([Finding(**_facts_of(one) | {"unit": "x", "kind": "open-smb"})])
    assert len(by_index("open-")) == 2
    Finding.objects.filter(kind="open-smb").delete()
    assert by_index("open-smb") == set()


TAKEN = ("id", "kind_text_id", "network_text_id")


def _facts_of(one: Finding) -> dict[str, object]:
    return {f.attname: getattr(one, f.attname) for f in Finding._meta.concrete_fields if f.attname not in TAKEN}


@pytest.mark.long
def test_a_night_writes_no_text_twice_and_a_text_that_changes_is_found(feed: Feed) -> None:
    ips = ["192.0.2.20", "192.0.2.1", "192.0.2.2"]
    for day in (20, 21):
        night(feed, date(2026, 11, day), ips)
    assert Finding.objects.filter(Q(kind_text=None) | Q(network_text=None)).count() == 0
    # One kind; the bank's network with its service, and the provider's.
    assert Finding.objects.values("kind_text").order_by().distinct().count() == 1
    assert Finding.objects.values("network_text").order_by().distinct().count() == 2
    assert FindingText.objects.count() == 3
    # What a night gives them is what the database would.
    before = Finding.objects.order_by("pk").values_list("kind_text", "network_text")
    given, known = list(before), set(FindingText.objects.values_list("pk", "text"))
    Finding.objects.update(kind_text=None)
    assert list(before.all()) == given
    assert set(FindingText.objects.values_list("pk", "text")) == known
    assert by_index("banking") == set(Finding.objects.filter(subject="192.0.2.20").values_list("pk", flat=True))


def test_rows_of_a_copy_without_texts_get_theirs(body: Organisation) -> None:
    one = make_finding(body, "www.bank.example")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE feeds_finding DISABLE TRIGGER USER")
            cursor.execute("UPDATE feeds_finding SET kind_text_id = NULL, network_text_id = NULL")
            cursor.execute("ALTER TABLE feeds_finding ENABLE TRIGGER USER")
        else:
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = 'finding_texts_changed'")
            (trigger,) = cursor.fetchone()
            cursor.execute("DROP TRIGGER finding_texts_changed")
            cursor.execute("UPDATE feeds_finding SET kind_text_id = NULL, network_text_id = NULL")
            cursor.execute(trigger)
    FindingText.objects.all().delete()
    assert by_index("rdp") == set()
    give_texts()
    assert by_index("rdp") == by_index("www.bank") == {one.pk}


def test_a_word_reads_no_row_of_findings_and_part_of_an_address_their_index_alone(body: Organisation) -> None:
    make_finding(body, "www.bank.example", kind="phishing")
    make_finding(body, "192.0.2.9")
    assert FINDINGS.having is having
    for word in ("phish", "bank.ex", "192.0.2.0/25", "2.9"):
        with CaptureQueriesContext(connection) as asked:
            assert len(list(Finding.objects.filter(having(word)).values_list("pk"))) == (2 if "/" in word else 1)
        read = [each["sql"] for each in asked if "LIKE" in each["sql"] and 'FROM "feeds_finding"' in each["sql"]]
        assert len(read) == (word == "2.9"), word
        assert all(sql.startswith('SELECT "feeds_finding"."subject" AS') for sql in read) or not read


def test_the_list_finds_a_word_by_the_index_and_shows_each_their_own(body: Organisation) -> None:
    other = make_organisation("shop")
    make_finding(body, "www.bank.example", kind="phishing")
    make_finding(other, "www.shop.example", kind="phishing")
    make_finding(body, "192.0.2.9", kind="open-smb")
    client = Client()
    client.force_login(make_user("responder"))
    found = client.get("/workspace/findings/?q=PHISH+.example").content.decode()
    assert "www.bank.example" in found
    assert "www.shop.example" in found
    assert "192.0.2.9" not in found
    client.force_login(make_user("operator", organisation=body, email="own@example.org"))
    found = client.get("/workspace/findings/?q=phish").content.decode()
    assert "www.bank.example" in found
    assert "www.shop.example" not in found
    assert "192.0.2.9" not in found
