"""Where money comes from and goes: counted at budget lines, once, and only what the viewer may see."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.core.models import AuditEntry
from floreo.organisations.models import Organisation, User
from floreo.strategy.actions import money as acts
from floreo.strategy.actions.next_edition import start_next_edition
from floreo.strategy.models import Action, BudgetLine, Edition, Grant, Payment
from floreo.strategy.money import MoneyRow, grants_of, money_of, visible_grants, year_text
from floreo.strategy.sums import BudgetAmounts, Sum, added, grouped
from tests.factories.strategy import make_action, make_country, make_edition, make_organisation

AMOUNTS = st.decimals(min_value=0, max_value=10**9, places=2)
LINES = st.lists(
    st.builds(BudgetAmounts, st.sampled_from(["XCD", "USD", "EUR"]), AMOUNTS, AMOUNTS, AMOUNTS), max_size=30
)


@pytest.mark.long
@given(LINES)
def test_every_cent_is_in_exactly_one_sum(lines: list[BudgetAmounts]) -> None:
    sums = added(lines, first="USD")
    assert [s.currency for s in sums] == sorted({x.currency for x in lines}, key=lambda c: (c != "USD", c))
    for s in sums:
        mine = [x for x in lines if x.currency == s.currency]
        assert (s.planned, s.committed, s.spent) == tuple(
            sum((getattr(x, name) for x in mine), Decimal(0)) for name in ("planned", "committed", "spent")
        )


@given(LINES, st.integers(1, 5))
def test_groups_add_up_to_the_whole(lines: list[BudgetAmounts], parts: int) -> None:
    groups = grouped(lines, lambda i: i % parts)
    flat = [BudgetAmounts(s.currency, s.planned, s.committed, s.spent) for sums in groups.values() for s in sums]
    assert added(flat) == added(lines)


def test_a_share_of_nothing_is_no_share_and_more_than_planned_is_above_a_hundred() -> None:
    assert Sum("USD").share_spent is None
    over = Sum("USD", Decimal(100), Decimal(50), Decimal(125))
    assert (over.share_spent, over.share_committed, over.is_overspent) == (Decimal("125.0"), Decimal("50.0"), True)


@pytest.mark.parametrize(("starts", "words"), [(1, "2026"), (4, "2026/27"), (10, "2026/27")])
def test_a_fiscal_year_reads_as_people_write_it(starts: int, words: str) -> None:
    assert year_text(2026, starts) == words


@pytest.fixture
def edition(db: None) -> Edition:
    make_country()
    made = make_edition()
    Edition.objects.filter(pk=made.pk).update(is_public=True)
    made.refresh_from_db()
    return made


@pytest.fixture
def fund(edition: Edition) -> Organisation:
    return make_organisation("fund", "The Fund")


@pytest.fixture
def act(edition: Edition) -> Action:
    return make_action(edition)


def line(act: Action, by: User, **facts: Any) -> BudgetLine:
    given: dict[str, Any] = {"amount": Decimal(100), "currency": "PRD", "fiscal_year": 2026} | facts
    return acts.add_budget_line(act, by=by, **given)


def grant(by: User, funder: Organisation, code: str = "deal", **facts: Any) -> Grant:
    given: dict[str, Any] = {
        "title": "An agreement",
        "funder": funder,
        "currency": "PRD",
        "amount": Decimal(400),
        "state": "signed",
        "signed_on": date(2026, 1, 5),
    } | facts
    return acts.add_grant(code, by=by, **given)


def test_a_budget_line_is_named_as_people_write_money(act: Action, secretariat: User) -> None:
    assert str(line(act, secretariat, amount=Decimal(45000), fiscal_year=2028)) == "PRD 45,000, 2028"
    assert str(line(act, secretariat, amount=Decimal("0.50"))) == "PRD 0.50, 2026"


def test_sums_by_funder_year_and_pillar_for_who_may_see_all(
    edition: Edition, act: Action, fund: Organisation, secretariat: User
) -> None:
    line(act, secretariat, funder=fund, amount=Decimal(300), spent=Decimal(40))
    line(act, secretariat, fiscal_year=2027, stage="planned", amount=Decimal(50))
    line(act, secretariat, currency="USD", amount=Decimal(7))
    facts = money_of(edition, secretariat)
    home, away = Sum("PRD", Decimal(350), Decimal(300), Decimal(40)), Sum("USD", Decimal(7), Decimal(7))
    assert facts.totals == (home, away)
    assert facts.main == home
    assert facts.by_funder == (
        MoneyRow("fund", "The Fund", (Sum("PRD", Decimal(300), Decimal(300), Decimal(40)),)),
        MoneyRow("", "No funder named", (Sum("PRD", Decimal(50)), away)),
    )
    assert [(row.code, row.sums) for row in facts.by_year] == [
        ("2026", (Sum("PRD", Decimal(300), Decimal(300), Decimal(40)), away)),
        ("2027", (Sum("PRD", Decimal(50)),)),
    ]
    assert facts.by_pillar == (MoneyRow("1", "Law", (home, away)),)
    assert (facts.lines, facts.actions, facts.actions_with_money, facts.overspent) == (3, 1, 1, 0)


def test_a_stranger_sees_public_actions_and_public_funders_only(
    edition: Edition, act: Action, fund: Organisation, secretariat: User
) -> None:
    hidden = make_action(edition, "1.1.2")
    Action.objects.filter(pk=hidden.pk).update(is_public=False)
    Organisation.objects.filter(pk=fund.pk).update(is_public=False)
    fund.refresh_from_db()
    deal = grant(secretariat, fund)
    line(act, secretariat, funder=fund, grant=deal)
    line(hidden, secretariat, amount=Decimal(900))
    facts = money_of(edition, None)
    assert facts.by_funder == (MoneyRow("", "No funder named", (Sum("PRD", Decimal(100), Decimal(100)),)),)
    assert (facts.actions, facts.grants) == (1, ())
    assert money_of(edition, secretariat).main.planned == 1000


def test_money_of_a_merged_funder_counts_under_its_heir(
    edition: Edition, act: Action, fund: Organisation, secretariat: User
) -> None:
    old = make_organisation("old", "Old Fund", merged_into=fund)
    line(act, secretariat, funder=old)
    line(act, secretariat, funder=fund)
    assert [(r.code, r.sums[0].planned) for r in money_of(edition, None).by_funder] == [("fund", Decimal(200))]


@pytest.mark.long
def test_sums_take_a_fixed_number_of_queries(
    edition: Edition, act: Action, fund: Organisation, secretariat: User, django_assert_num_queries: Any
) -> None:
    deal = grant(secretariat, fund)
    line(act, secretariat, grant=deal)
    with django_assert_num_queries(6):
        money_of(edition, None)
    for year in range(2020, 2032):
        line(act, secretariat, grant=deal, fiscal_year=year)
    with django_assert_num_queries(6):
        money_of(edition, None)


def test_an_agreement_is_listed_with_its_lines_and_never_added(
    edition: Edition, act: Action, fund: Organisation, secretariat: User
) -> None:
    deal = grant(secretariat, fund)
    first = line(act, secretariat, amount=Decimal(310), grant=deal)
    assert first.funder == fund, "who pays follows from the agreement"
    facts = money_of(edition, secretariat)
    (placed,) = facts.grants
    assert (placed.grant, placed.placed, placed.not_placed, placed.too_much) == (deal, 310, 90, 0)
    assert facts.main.planned == 310
    line(act, secretariat, amount=Decimal(100), grant=deal)
    (placed,) = grants_of(visible_grants(None), None)
    assert (placed.placed, placed.not_placed, placed.too_much) == (410, 0, 10), "allowed, and marked"


def test_what_an_unsigned_agreement_would_pay_is_planned_not_committed(
    edition: Edition, act: Action, fund: Organisation, secretariat: User
) -> None:
    deal = grant(secretariat, fund, state="proposed", signed_on=None)
    line(act, secretariat, grant=deal)
    assert money_of(edition, secretariat).totals == (Sum("PRD", Decimal(100)),)
    assert money_of(edition, None).grants == (), "a proposal is not published"


def refusal(call: Any) -> tuple[str, dict[str, str]]:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.code, {name: str(sentence) for name, sentence in caught.value.fields.items()}


def test_a_line_in_another_currency_than_its_agreement_is_refused(
    act: Action, fund: Organisation, secretariat: User
) -> None:
    deal = grant(secretariat, fund)
    assert refusal(lambda: line(act, secretariat, currency="USD", grant=deal)) == (
        "other_currency",
        {"currency": "The agreement “deal” pays in PRD, and this line is in USD. Enter the line in PRD."},
    )
    line(act, secretariat, grant=deal)
    assert refusal(lambda: acts.update_grant(deal, by=secretariat, currency="USD")) == (
        "other_currency",
        {
            "currency": "This agreement already has budget lines in PRD. An agreement and its lines must have the same currency."
        },
    )


def test_a_line_of_another_funder_than_its_agreement_is_refused(
    act: Action, fund: Organisation, secretariat: User
) -> None:
    deal, other = grant(secretariat, fund), make_organisation("other", "Another Fund")
    code, fields = refusal(lambda: line(act, secretariat, funder=other, grant=deal))
    assert (code, fields["grant"]) == (
        "other_funder",
        "The agreement “deal” is with another funder: The Fund. Choose that funder, or no agreement.",
    )


@pytest.mark.parametrize(
    ("facts", "code", "field", "sentence"),
    [
        (
            {"starts_on": date(2026, 5, 1), "ends_on": date(2026, 4, 1)},
            "dates_in_order",
            "ends_on",
            "The start date (1 May 2026) is after the end date (1 April 2026). Change one of them.",
        ),
        ({"amount": Decimal(-1)}, "negative", "amount", "The amount cannot be negative. Enter 0 or more."),
        (
            {"signed_on": None},
            "unsigned",
            "signed_on",
            "Enter the date on which it was signed, or leave it as proposed.",
        ),
        (
            {"provider_activity_id": "XM-DAC 1/2"},
            "bad_identifier",
            "provider_activity_id",
            "An IATI identifier cannot contain spaces or the characters / & | ?. Copy it as the funder publishes it.",
        ),
    ],
)
def test_what_an_agreement_cannot_say(
    fund: Organisation, secretariat: User, *, facts: dict[str, Any], code: str, field: str, sentence: str
) -> None:
    assert refusal(lambda: grant(secretariat, fund, **facts)) == (code, {field: sentence})


def test_spent_above_committed_is_allowed_and_marked(edition: Edition, act: Action, secretariat: User) -> None:
    line(act, secretariat, amount=Decimal(10), spent=Decimal(12))
    facts = money_of(edition, None)
    assert (facts.overspent, facts.main.is_overspent, facts.main.share_spent) == (1, True, Decimal("120.0"))


def test_what_is_spent_follows_the_payments(act: Action, secretariat: User) -> None:
    one = line(act, secretariat, spent=Decimal(5))
    acts.add_payment(one, by=secretariat, on=date(2026, 2, 1), amount=Decimal(60), kind="received")
    one.refresh_from_db()
    assert one.spent == 5, "money received is not money spent"
    first = acts.add_payment(one, by=secretariat, on=date(2026, 3, 1), amount=Decimal(20))
    acts.add_payment(one, by=secretariat, on=date(2026, 4, 1), amount=Decimal(11))
    one.refresh_from_db()
    assert one.spent == 31
    assert refusal(lambda: acts.update_budget_line(one, by=secretariat, spent=Decimal(5))) == (
        "payments_say",
        {"spent": "Its payments add up to PRD 31. Change the payments to change the amount spent."},
    )
    acts.update_payment(first, by=secretariat, amount=Decimal(25))
    one.refresh_from_db()
    assert one.spent == 36
    for payment in Payment.objects.filter(kind="spent"):
        acts.remove_payment(payment, by=secretariat, reason="Booked on the wrong line")
    one.refresh_from_db()
    assert one.spent == 0
    assert AuditEntry.objects.filter(verb="payment.removed", subject=f"strategy.action:{act.pk}").count() == 2
    assert refusal(lambda: acts.remove_budget_line(one, by=secretariat, reason="Not needed"))[0] == "in_use"


@pytest.mark.long
@pytest.mark.parametrize(
    ("facts", "code", "sentence"),
    [
        ({"amount": Decimal(0)}, "nothing", "Enter an amount greater than 0."),
        ({"amount": Decimal(-3)}, "negative", "The amount cannot be negative. Enter 0 or more."),
        (
            {"on": date(2099, 1, 1)},
            "date_to_come",
            "1 January 2099 is in the future. Enter today or an earlier day.",
        ),
    ],
)
def test_what_a_payment_cannot_be(
    act: Action, secretariat: User, facts: dict[str, Any], code: str, sentence: str
) -> None:
    one = line(act, secretariat)
    text: dict[str, Any] = {"on": date(2026, 3, 1), "amount": Decimal(1)} | facts
    found, fields = refusal(lambda: acts.add_payment(one, by=secretariat, **text))
    assert (found, list(fields.values())) == (code, [sentence])


def test_money_of_carried_work_is_counted_in_one_edition(edition: Edition, act: Action, secretariat: User) -> None:
    untouched = line(act, secretariat, fiscal_year=2029, amount=Decimal(70))
    begun = line(act, secretariat, fiscal_year=2029, amount=Decimal(100), source="Estimates", confirmed=True)
    acts.add_payment(begun, by=secretariat, on=date(2026, 3, 1), amount=Decimal(30))
    over = line(act, secretariat, fiscal_year=2029, amount=Decimal(5), spent=Decimal(6))
    before = money_of(edition, secretariat).main
    following = start_next_edition(
        edition, by=secretariat, code="2029-2032", title="Next", starts_on=date(2029, 1, 1), ends_on=date(2032, 12, 31)
    )
    here, there = money_of(edition, secretariat).main, money_of(following, secretariat).main
    assert (here.planned, here.spent) == (35, 36), "what was spent stays where it was spent"
    assert (there.planned, there.spent) == (140, 0)
    assert replace(here, planned=here.planned + there.planned, committed=before.committed) == before
    untouched.refresh_from_db()
    over.refresh_from_db()
    assert (untouched.action.edition, over.action.edition) == (following, edition)
    rest = BudgetLine.objects.get(action__edition=following, amount=70, source="Estimates")
    assert (rest.confirmed, rest.payments.count()) == (True, 0)


def test_one_body_reports_and_needs_its_number(fund: Organisation, secretariat: User) -> None:
    other = make_organisation("other")
    code, fields = refusal(lambda: acts.name_for_iati(fund, by=secretariat, ref="", kind="10", reports=True))
    assert (code, fields) == (
        "missing",
        {"ref": "Enter the number of the reporting organisation: every activity identifier begins with it."},
    )
    acts.name_for_iati(fund, by=SYSTEM, ref="XM-1", kind="10", reports=True)
    acts.name_for_iati(other, by=SYSTEM, ref="XM-2", kind="40", reports=True)
    assert [(o.code, o.iati.reports) for o in (Organisation.objects.get(pk=fund.pk), other)] == [
        ("fund", False),
        ("other", True),
    ]


def test_an_observer_reads_money_and_changes_none(act: Action, observer: User) -> None:
    with pytest.raises(Refused) as caught:
        line(act, observer)
    assert caught.value.code == "not_allowed"


@pytest.mark.usefixtures("isla")
def test_the_sample_country_agrees_with_itself() -> None:
    edition = Edition.objects.get(code="2025-2028")
    facts = money_of(edition, None)
    assert [s.currency for s in facts.totals] == ["XCD", "USD"]
    assert facts.main.planned == sum(
        row.amount for row in BudgetLine.objects.filter(action__edition=edition, action__is_public=True, currency="XCD")
    )
    assert {g.grant.code: (g.not_placed, g.too_much) for g in facts.grants} == {
        "archipelago-exercise": (8000, 0),
        "lighthouse-outreach": (12000, 0),
        "rdf-response": (12000, 0),
        "rdf-skills": (52000, 0),
    }
