"""What rows become besides actions: records of the register, milestones, money, evidence, values of indicators."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from floreo.core.access import SYSTEM
from floreo.core.errors import NotAllowed
from floreo.core.models import OutboxMail
from floreo.evidence.actions.storing import store_link
from floreo.evidence.models import Attachment, Evidence
from floreo.imports.actions import begin_import, import_rows, plan_of, undo_import
from floreo.imports.files import read_file
from floreo.imports.targets import targets_for
from floreo.indicators.actions.defining import define_indicator
from floreo.indicators.models import Indicator, Reading
from floreo.organisations.models import Contact, Holding, Invitation, Network, Organisation, Person, User
from floreo.strategy.models import BudgetLine, Edition, Milestone
from tests.factories import strategy as make
from tests.imports.making import begun, chosen, faults, field_of, imported, matched, outcomes, planned, workbook

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("register")]


def test_organisations_new_changed_the_same_and_refused() -> None:
    run = begun(
        "organisations",
        workbook(
            (
                "Bodies",
                [
                    ("Código", "Institución", "Siglas", "Tipo", "Correo electrónico", "Teléfono"),
                    ("moda", "Ministry of Digital Affairs", "MDA", "ministry", "info@moda.example.org", None),
                    (None, "Central Bank", "CB", "Regulator", None, "+1 202 555 0100"),
                    ("moj", "Ministry of Justice", None, "agency", None, None),
                    ("utilities", "Utilities Board", None, None, None, None),
                ],
            )
        ),
    )
    plan = planned(run)
    assert [str(r.outcome) for r in plan.results] == ["changed", "new", "same", "refused"]
    assert faults(plan) == [(5, "Institución", "It is called “Utilities Regulator” here. Rename it on its page.")]
    assert [(d.label, d.before, d.after) for d in plan.results[0].differences] == [
        ("Short name", "MoDA", "MDA"),
        ("Kind", "Public agency", "Ministry or department"),
        ("E-mail", "", "info@moda.example.org"),
    ]
    undo_import(imported(run), by=SYSTEM)
    assert Organisation.objects.get(code="moda").short_name == "MoDA"
    assert not Organisation.objects.filter(name="Central Bank").exists()


def test_contacts_stay_internal_and_a_new_body_is_made_where_that_was_chosen() -> None:
    rows = [
        ("Organisation", "Contact", "Type", "Email", "Phone"),
        ("MoDA", "Duty officer", "24/7", "duty@moda.example.org", "911"),
        ("Harbour Authority", "Abuse", "abuse", "abuse@harbour.example.org", None),
        ("MoDA", "Nobody", None, None, None),
    ]
    run = chosen(begun("contacts", workbook(("A", rows))), organisation={"Harbour Authority": "+"})
    plan = planned(run)
    assert faults(plan) == [(4, "Email", "Enter an e-mail address or a telephone number.")]
    imported(run)
    found = [(c.organisation.name, c.role, c.email, c.is_public) for c in Contact.objects.order_by("email")]
    assert found == [
        ("Harbour Authority", "abuse", "abuse@harbour.example.org", False),
        ("Ministry of Digital Affairs", "duty", "duty@moda.example.org", False),
    ]


def test_networks_and_their_prefixes() -> None:
    Network.objects.create(asn=64500, name="Old", prefixes=["198.51.100.0/24"])
    rows = [
        ("ASN", "Network name", "Holder", "Prefixes"),
        ("AS64501", "State network", "MoDA", "203.0.113.0/25; 2001:db8::/48"),
        ("64502", "Other", "MoDA", "198.51.100.128/25"),
        ("sixty", "Other", "MoDA", ""),
    ]
    run = begun("networks", workbook(("A", rows)))
    assert [(n, c) for n, c, _s in faults(planned(run))] == [(3, "Prefixes"), (4, "ASN")]
    imported(run)
    network = Network.objects.get(asn=64501)
    assert (network.prefixes, network.holder.code if network.holder else "") == (
        ["203.0.113.0/25", "2001:db8::/48"],
        "moda",
    )


def test_addresses_and_domains_are_claims_that_nobody_has_approved() -> None:
    rows = [("Entity", "Domain"), ("MoDA", "WWW.Example.org."), ("MoDA", "10.0.0.0/8"), ("MoJ", "co.uk")]
    run = chosen(begun("holdings", workbook(("A", rows))), organisation={"MoJ": "moj"})
    run = matched(run)
    assert [n for n, _c, _s in faults(planned(run))] == [3, 4]
    imported(run)
    assert [(h.value, h.kind, h.state) for h in Holding.objects.all()] == [("www.example.org", "domain", "claimed")]


def test_people_come_without_accounts_and_without_mail() -> None:
    rows = [
        ("Nombre", "Cargo", "Entidad", "Correo", "Idioma"),
        ("Ana Pérez", "Directora", "MoDA", "ana@moda.example.org", "Español"),
        ("Ben", "Clerk", "MoDA", "not an address", None),
    ]
    run = begun("people", workbook(("A", rows)))
    assert field_of(run)["Entidad"] == "organisation"
    imported(run)
    person = Person.objects.get()
    assert (person.name, person.post, person.language) == ("Ana Pérez", "Directora", "es")
    assert (User.objects.count(), Invitation.objects.count(), OutboxMail.objects.count()) == (0, 0, 0)


@pytest.fixture
def act(edition: Edition) -> object:
    return make.make_action(edition, "1.1.1", milestones=1)


@pytest.mark.usefixtures("act")
def test_milestones(edition: Edition) -> None:
    rows = [
        ("Action", "Deliverable", "Due", "Completed on"),
        ("1.1.1", "Step 1", "2027-02-28", None),
        ("Action 1.1.1", "Bill in force", "June 2027", None),
        ("1.1.1", "Draft", "2026-01-31", "2027-01-31"),
        ("9.9", "x", None, None),
    ]
    run = matched(begun("milestones", workbook(("A", rows)), scope=edition.code))
    plan = planned(run)
    assert [str(r.outcome) for r in plan.results] == ["changed", "new", "refused", "refused"]
    assert faults(plan)[0][:2] == (4, "Completed on")
    imported(run)
    assert list(Milestone.objects.values_list("code", "title", "due_on")) == [
        ("1.1.1.1", "Step 1", date(2027, 2, 28)),
        ("1.1.1.2", "Bill in force", date(2027, 6, 30)),
    ]


@pytest.mark.usefixtures("act")
def test_budget_lines_with_a_decimal_comma(edition: Edition) -> None:
    rows = [
        "Actividad;Presupuesto;Gastado;Año fiscal;Donante;Moneda",
        "1.1.1;1.250.000,50;(0);2026/27;MoDA;USD",
        "1.1.1;12,25;;2027;;",
        "1.1.1;-5;;2027;MoDA;USD",
        "1.1.1;muchos;;2027;;",
    ]
    run = matched(begun("budget", "\n".join(rows).encode(), "presupuesto.csv", scope=edition.code))
    assert [c["format"] for c in run.columns if c["field"] == "amount"] == ["comma"]
    plan = planned(run)
    assert faults(plan) == [
        (4, "Presupuesto", "The amount cannot be negative. Enter 0 or more."),
        (5, "Presupuesto", "This is no number that can be read. (muchos)"),
    ]
    imported(run)
    lines = [
        (b.amount, b.spent, b.currency, b.fiscal_year, b.stage) for b in BudgetLine.objects.order_by("fiscal_year")
    ]
    assert lines == [
        (Decimal("1250000.50"), Decimal(0), "USD", 2026, "planned"),
        (Decimal("12.25"), Decimal(0), "PRD", 2027, "planned"),
    ]
    again = matched(begun("budget", "\n".join(rows).encode(), "presupuesto.csv", scope=edition.code))
    assert planned(again).counts["same"] == 2


@pytest.mark.long
@pytest.mark.usefixtures("act")
def test_links_to_evidence_are_attached_once_and_stay_internal(edition: Edition) -> None:
    kept = store_link("https://example.org/report", by=SYSTEM, title="The report")
    rows = [
        ("Activity", "Evidence link", "Document"),
        ("1.1.1", "https://example.org/report", "Report"),
        ("1.1.1", "https://example.org/minutes", "Minutes"),
        ("1.1.1", "javascript:alert(1)", "Bad"),
    ]
    run = matched(begun("evidence", workbook(("A", rows)), scope=edition.code))
    assert [n for n, _c, _s in faults(planned(run))] == [4]
    imported(run)
    assert set(Attachment.objects.values_list("evidence__title", "evidence__is_public")) == {
        ("The report", False),
        ("Minutes", False),
    }
    again = matched(begun("evidence", workbook(("A", rows)), scope=edition.code))
    assert planned(again).counts["same"] == 2
    undo_import(run, by=SYSTEM)
    assert list(Evidence.objects.all()) == [kept]


@pytest.fixture
def trained() -> Indicator:
    return define_indicator(
        by=SYSTEM,
        code="trained",
        title="Officials trained",
        definition="Officials who finished a course.",
        unit="people",
        frequency="year",
    )


def test_values_of_indicators_in_groups(trained: Indicator) -> None:
    rows = [
        ("Indicator", "Year", "Sex", "Value"),
        ("Officials trained", 2024, None, 120),
        ("trained", 2025, "Women", 80),
        ("trained", 2025, "Men", 70),
        ("trained", 2024, "Women", 100),
        ("trained", 2024, "Men", 30),
        ("trained", 2026, None, 5),
    ]
    run = matched(begun("readings", workbook(("A", rows))), year="period", sex="group")
    plan = planned(run)
    assert outcomes(plan) == [
        ("A", 2, "refused"),
        ("A", 3, "new"),
        ("A", 4, "new"),
        ("A", 5, "refused"),
        ("A", 6, "refused"),
        ("A", 7, "refused"),
    ]
    assert faults(plan)[0][2] == "The groups add up to 130, but the value counts 120. Change one of them."
    assert faults(plan)[-1][2].startswith("This period ends on")
    imported(run)
    reading = Reading.objects.get()
    assert (reading.value, reading.starts_on, reading.ends_on) == (150, date(2025, 1, 1), date(2025, 12, 31))
    assert [g["name"] for g in reading.working["groups"]] == ["Women", "Men"]
    assert reading.confirmed is False
    again = matched(begun("readings", workbook(("A", rows[:1] + rows[2:4]))), year="period", sex="group")
    assert planned(again).counts["same"] == 2


def test_a_frozen_value_and_a_calculated_one_are_refused(trained: Indicator) -> None:
    from floreo.core import clock

    Reading.objects.create(
        indicator=trained,
        starts_on=date(2025, 1, 1),
        ends_on=date(2025, 12, 31),
        value=1,
        taken_at=clock.now(),
        taken_by="x",
        frozen_at=clock.now(),
        frozen_by="y",
    )
    run = matched(begun("readings", b"Indicator,Year,Value\ntrained,2025,7\n", "a.csv"), year="period")
    assert "has a frozen value" in faults(planned(run))[0][2]


class TestWhoMay:
    def test_whoever_may_write_one_row_may_bring_in_many(self, user_with: object, edition: Edition) -> None:
        assert callable(user_with)
        assert set(targets_for(user_with("observer"))) == set()
        assert set(targets_for(user_with("secretariat", email="s@example.org"))) >= {
            "actions",
            "milestones",
            "budget",
            "evidence",
            "organisations",
            "people",
            "readings",
        }

    def test_nobody_else(self, observer: User) -> None:
        upload = read_file(b"Name,Post\nAna,Director\n", "a.csv")
        with pytest.raises(NotAllowed):
            begin_import(by=observer, target="people", upload=upload)
        run = begin_import(by=SYSTEM, target="people", upload=upload)
        with pytest.raises(NotAllowed):
            import_rows(run, by=observer, seen=plan_of(run, by=SYSTEM).digest)

    def test_a_lead_sees_only_what_they_brought_and_writes_only_on_their_actions(
        self, user_with: object, edition: Edition
    ) -> None:
        assert callable(user_with)
        moda = Organisation.objects.get(code="moda")
        make.make_action(edition, "1.1.1", lead=moda)
        make.make_action(edition, "1.1.2")
        lead = user_with("lead", organisation=moda, email="l@example.org")
        file = read_file(b"Activity,Link\n1.1.1,https://example.org/a\n1.1.2,https://example.org/b\n", "a.csv")
        theirs = begin_import(by=SYSTEM, target="evidence", upload=file, scope=edition.code)
        own = begin_import(by=lead, target="evidence", upload=file, scope=edition.code)
        assert list(type(own).objects.visible_to(lead)) == [own]
        assert theirs.pk != own.pk
        assert [(r.number, str(r.outcome)) for r in plan_of(own, by=lead).results] == [(2, "new"), (3, "refused")]
