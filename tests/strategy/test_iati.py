"""Money as IATI 2.03: valid against its schema, true to its rules, and never counted twice."""

from __future__ import annotations

import io
from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.xml import sound
from floreo.organisations.models import Organisation
from floreo.strategy.actions import money as acts
from floreo.strategy.iati import fiscal_period, write_iati
from floreo.strategy.iati_gaps import gaps_of
from floreo.strategy.models import Action, BudgetLine, Edition, IatiBody
from tests.conftest import SAMPLES
from tests.factories.strategy import TODAY, make_action, make_country, make_edition, make_organisation

SCHEMA = SAMPLES / "iati" / "iati-activities-schema.xsd"
needs_schema = pytest.mark.skipif(not SCHEMA.exists(), reason="the schema of IATI is not part of this repository")


@pytest.fixture
def edition(db: None) -> Any:
    with clock.pinned_day(day=TODAY):
        make_country()
        made = make_edition()
        Edition.objects.filter(pk=made.pk).update(is_public=True)
        made.refresh_from_db()
        yield made


@pytest.fixture
def act(edition: Edition) -> Action:
    return make_action(edition, lead=make_organisation("csirt", "CSIRT"))


@pytest.fixture
def fund(edition: Edition) -> Organisation:
    body = make_organisation("fund", "The Fund")
    acts.name_for_iati(body, by=SYSTEM, ref="XM-FUND", kind="40")
    return body


@pytest.fixture
def reporter(edition: Edition) -> Organisation:
    body = make_organisation("secretariat", "Secretariat")
    acts.name_for_iati(body, by=SYSTEM, ref="XX-REG-7", kind="10", reports=True)
    return body


def the_file() -> etree._Element:
    file = io.BytesIO()
    assert write_iati(file)
    return etree.fromstring(file.getvalue())


def assert_valid(root: etree._Element) -> None:
    schema = etree.XMLSchema(etree.parse(str(SCHEMA)))
    assert schema.validate(root), schema.error_log


def money(root: etree._Element, path: str) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for value in root.findall(path):
        sums[value.get("currency") or ""] += Decimal(value.text or "0")
    return dict(sums)


def _days(parent: etree._Element, *names: str) -> list[str]:
    return [child.get("iso-date") or "" for name in names for child in parent.findall(name)]


def _codes(made: etree._Element) -> list[str]:
    return [kind.get("code") or "" for kind in made.findall("transaction-type")]


def test_without_a_body_that_reports_there_is_no_file(act: Action) -> None:
    acts.add_budget_line(act, by=SYSTEM, amount=Decimal(5), currency="USD", fiscal_year=2026)
    assert (write_iati(file := io.BytesIO()), file.getvalue()) == (False, b"")
    assert [(g.code, g.stops) for g in gaps_of(act.edition)] == [("reporter", True), ("funder", False)]


@needs_schema
@pytest.mark.usefixtures("reporter")
def test_one_action_with_money_says_all_that_is_known(act: Action, fund: Organisation) -> None:
    deal = acts.add_grant(
        "deal",
        by=SYSTEM,
        title="A deal",
        funder=fund,
        currency="PRD",
        amount=Decimal(500),
        state="signed",
        signed_on=date(2026, 1, 9),
        provider_activity_id="XM-FUND-A1",
    )
    line = acts.add_budget_line(act, by=SYSTEM, amount=Decimal("400.50"), currency="PRD", fiscal_year=2026, grant=deal)
    acts.add_payment(line, by=SYSTEM, on=date(2026, 2, 1), amount=Decimal(200), kind="received")
    acts.add_payment(line, by=SYSTEM, on=date(2026, 3, 1), amount=Decimal("99.99"))
    acts.add_budget_line(act, by=SYSTEM, amount=Decimal(7), currency="USD", fiscal_year=2027, stage="planned")
    root = the_file()
    assert_valid(root)
    ids = [a.findtext("iati-identifier") for a in root]
    assert ids == ["XX-REG-7-2025-2028", "XX-REG-7-2025-2028-1.1.1"]
    parent, child = root
    assert (parent.get("hierarchy"), parent.findall("budget"), parent.findall("transaction")) == ("1", [], [])
    assert [(r.get("type"), r.get("ref")) for r in root.iter("related-activity")] == [("2", ids[1]), ("1", ids[0])]
    assert [
        (b.get("status"), *_days(b, "period-start", "period-end"), b.findtext("value")) for b in child.iter("budget")
    ] == [
        ("2", "2026-01-01", "2026-12-31", "400.50"),
        ("1", "2027-01-01", "2027-12-31", "7.00"),
    ]
    assert [(*_codes(t), *_days(t, "transaction-date"), t.findtext("value")) for t in child.iter("transaction")] == [
        ("11", "2026-01-09", "400.50"),
        ("1", "2026-02-01", "200.00"),
        ("4", "2026-03-01", "99.99"),
    ]
    assert {p.get("provider-activity-id") for p in child.iter("provider-org")} == {"XM-FUND-A1"}
    assert [(o.get("role"), o.get("ref"), o.findtext("narrative")) for o in child.findall("participating-org")] == [
        ("1", "XM-FUND", "The Fund"),
        ("2", "XX-REG-7", "Secretariat"),
        ("4", None, "CSIRT"),
    ]


@pytest.mark.long
@pytest.mark.usefixtures("reporter")
def test_what_is_not_public_is_not_in_the_file(act: Action, edition: Edition, fund: Organisation) -> None:
    hidden = make_action(edition, "1.1.2")
    Action.objects.filter(pk=hidden.pk).update(is_public=False, title="Hidden work")
    Organisation.objects.filter(pk=fund.pk).update(is_public=False, name="Hidden Fund")
    for one in (act, hidden):
        acts.add_budget_line(one, by=SYSTEM, amount=Decimal(5), currency="PRD", fiscal_year=2026, funder=fund)
    text = etree.tostring(the_file(), encoding="unicode")
    assert "1.1.1" in text
    assert "Hidden" not in text
    assert "XM-FUND" not in text


@needs_schema
@pytest.mark.usefixtures("reporter")
def test_odd_words_break_nothing(act: Action) -> None:
    odd = "Fish & <chips>\x00\x0b\ud800 \U0001f41f"
    Action.objects.filter(pk=act.pk).update(title="Fish & <chips> \x0b\x1f \U0001f41f", code="1&1|x?")
    acts.add_budget_line(act, by=SYSTEM, amount=Decimal(5), currency="PRD", fiscal_year=2026)
    root = the_file()
    assert_valid(root)
    assert root[1].findtext("title/narrative") == "Fish & <chips>  \U0001f41f"
    assert root[1].findtext("iati-identifier") == "XX-REG-7-2025-2028-1-1-x-"
    assert sound(odd) == "Fish & <chips> \U0001f41f"


@given(st.text())
def test_any_text_can_stand_in_xml(text: str) -> None:
    element = etree.Element("narrative")
    element.text = sound(text)
    back = etree.fromstring(etree.tostring(element, encoding="UTF-8")).text or ""
    assert back == sound(text).replace("\r\n", "\n").replace("\r", "\n") or back == sound(text)


@given(st.integers(1990, 2200), st.integers(1, 12))
def test_a_fiscal_year_is_never_longer_than_a_year(year: int, starts: int) -> None:
    first, last = fiscal_period(year, starts)
    assert first.day == 1
    assert 364 <= (last - first).days <= 365
    assert fiscal_period(year + 1, starts)[0] == date.fromordinal(last.toordinal() + 1)


def test_gaps_are_told_in_plain_text(act: Action, fund: Organisation, reporter: Organisation) -> None:
    deal = acts.add_grant(
        "deal",
        by=SYSTEM,
        title="A deal",
        funder=fund,
        currency="PRD",
        amount=Decimal(500),
        state="signed",
        signed_on=date(2026, 1, 9),
    )
    IatiBody.objects.filter(organisation=fund).update(ref="")
    acts.add_budget_line(
        act, by=SYSTEM, amount=Decimal(400), spent=Decimal(3), currency="PRD", fiscal_year=2026, grant=deal
    )
    assert [(g.code, list(g.names)) for g in gaps_of(act.edition)] == [
        ("activity", ["deal A deal"]),
        ("number", ["The Fund"]),
        ("days", ["1.1.1 Action 1.1.1"]),
    ]
    assert gaps_of(act.edition)[0].words == (
        "1 agreement has no IATI identifier of the funder’s activity, so the funder’s own tools will not show that the "
        "money arrived. Ask the funder for it."
    )


@needs_schema
@pytest.mark.usefixtures("isla")
def test_the_sample_country_is_valid_and_counts_each_line_once() -> None:
    root = the_file()
    assert_valid(root)
    lines = BudgetLine.objects.filter(action__is_public=True, action__edition__is_public=True)
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        sums[line.currency] += line.amount
    assert money(root, ".//budget/value") == dict(sums)
    assert [a for a in root if a.get("hierarchy") == "1" and (a.findall("budget") or a.findall("transaction"))] == []
    assert_rules(root)


def assert_rules(root: etree._Element) -> None:
    """The rules of IATI's standard ruleset that such a file can break."""
    today, ids = clock.today().isoformat(), [a.findtext("iati-identifier") or "" for a in root]
    assert len(set(ids)) == len(ids)
    for activity in root:
        reporter = activity.find("reporting-org").get("ref")  # type: ignore[union-attr]  # the schema asks for it
        assert (activity.findtext("iati-identifier") or "").startswith(f"{reporter}-")
        days = {d.get("type"): d.get("iso-date") or "" for d in activity.findall("activity-date")}
        assert "1" in days or "2" in days
        assert days["1"] <= days.get("3", "9")
        assert days.get("4", "0") <= today
        for budget in activity.findall("budget"):
            start, end = (date.fromisoformat(budget.find(p).get("iso-date")) for p in ("period-start", "period-end"))  # type: ignore[union-attr, arg-type]  # as above
            assert start <= end
            assert (end - start).days <= 366
        for made in activity.findall("transaction"):
            assert (made.find("transaction-date").get("iso-date") or "") <= today  # type: ignore[union-attr]  # as above
        for name in ("reporting-org", "participating-org", "provider-org", "receiver-org"):
            for body in activity.iter(name):
                assert not set(body.get("ref") or "") & set("/&|?")
