"""A telephone company with a network, a bank within it, and findings at their addresses, as runs would have written them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from floreo.core.policy import Tlp
from floreo.feeds.logic import rank
from floreo.feeds.models import Feed, Finding, FindingState, OpenPeriod
from floreo.organisations.models import Contact, ContactRole, Holding, HoldingKind, Kind, Network, Organisation
from tests.factories import strategy as make

TODAY = date(2026, 11, 24)  # a Tuesday
MONDAY = date(2026, 11, 23)


def make_feed(code: str = "shadowserver", **facts: object) -> Feed:
    return Feed.objects.create(code=code, name=code.title(), **({"tlp": Tlp.AMBER} | facts))


def make_telco() -> Organisation:
    """AS64496 with 198.51.100.0/24; an abuse contact."""
    telco = make.make_organisation("telco", "Norte Telecom", kind=Kind.OPERATOR)
    Network.objects.create(asn=64496, name="NORTE", holder=telco, prefixes=["198.51.100.0/24"])
    Contact.objects.create(organisation=telco, purpose="Abuse", role=ContactRole.ABUSE, email="abuse@telco.example.org")
    return telco


def make_bank(**contact: object) -> Organisation:
    """192.0.2.0/25 and bank.example.org; an abuse contact that reads English."""
    bank = make.make_organisation("bank", "Banco del Faro", kind=Kind.COMPANY)
    Holding.objects.create(
        state="approved", organisation=bank, kind=HoldingKind.PREFIX, value="192.0.2.0/25", service="online banking"
    )
    Holding.objects.create(state="approved", organisation=bank, kind=HoldingKind.DOMAIN, value="bank.example.org")
    facts = {
        "purpose": "Abuse",
        "role": ContactRole.ABUSE,
        "email": "abuse@bank.example.org",
        "language": "en",
    } | contact
    Contact.objects.create(organisation=bank, **facts)
    return bank


def make_finding(organisation: Organisation, subject: str = "192.0.2.7", **facts: object) -> Finding:
    """Open RDP of medium severity, seen once on Sunday, 22 November."""
    day = facts.pop("day", date(2026, 11, 22))
    assert isinstance(day, date)
    severity = str(facts.get("severity", "medium"))
    at = datetime.combine(day, time(3), tzinfo=UTC)
    asked = facts.pop("feed", None)
    feed = asked if isinstance(asked, Feed) else Feed.objects.filter(code="shadowserver").first() or make_feed()
    is_name = not subject[:1].isdigit() and ":" not in subject
    given = {
        "ip": None if is_name else subject,
        "kind": "open-rdp",
        "port": 3389,
        "protocol": "tcp",
        "taxonomy": "vulnerable",
        "type": "potentially-unwanted-accessible",
        "severity": severity,
        "severity_rank": rank(severity),
        "network": "192.0.2.0/25",
        "reason": "prefix",
        "feed": feed,
        "report_type": "scan_rdp",
        "first_seen": at,
        "last_seen": at,
        "first_day": day,
        "last_day": day,
        "opened_on": day,
        "times_seen": 1,
        "state": FindingState.NEW,
    } | facts
    given.setdefault("observed", given["state"])
    given.setdefault("seen", {f"{feed.code}/{given['report_type']}": [[day.isoformat(), day.isoformat()]]})
    finding = Finding.objects.create(organisation=organisation, subject=subject, **given)
    ending = {"ended_on": finding.fixed_on, "shown_on": finding.fixed_on, "ending": "fixed"} if finding.fixed_on else {}
    OpenPeriod.objects.create(finding=finding, opened_on=finding.opened_on, starts_on=finding.opened_on, **ending)
    return finding


def seen_again(finding: Finding, day: date) -> None:
    """As the next run writes it."""
    Finding.objects.filter(pk=finding.pk).update(
        last_day=day, last_seen=datetime.combine(day, time(3), tzinfo=UTC), state=FindingState.PERSISTING
    )


def fixed(finding: Finding, day: date) -> None:
    fresh = Finding.objects.get(pk=finding.pk)
    fresh.state = fresh.observed = FindingState.FIXED
    fresh.fixed_on = day
    fresh.claim = "shown" if fresh.reply == "fixed" else fresh.claim
    fresh.save()
    open_ones = OpenPeriod.objects.filter(finding=finding, ended_on=None)
    open_ones.update(ended_on=day, shown_on=day, last_day=fresh.last_day, ending="fixed")
