"""The figures that feeds offer: (period, filters) -> Reading. `indicators/catalogue.py` names them. They are about the country, so they
are not narrowed to a part of the plan.

They are made from what files show. What the team or an organisation says of a finding (a false alarm, an acceptance, a reply), a rule
that leaves it out, a night that did not come or that is held, and a look that failed never make one better.

No figure singles out an organisation: groups are kinds of finding or of report, or general sectors with at least `SMALL` organisations; a record is named by what and when, and only who may see findings can open it."""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import F, Min, Q

from floreo.core.figures import NOT_LOOKED_AT, NOT_REACHED, SMALL, Filters, Group, Period, Reading, RecordRef, share
from floreo.core.wording import short_day
from floreo.feeds import stepped
from floreo.feeds import times as fixing
from floreo.feeds.models import FeedFile, FileState, FindingState, Notice, OpenPeriod, SteppedStart, SteppedState
from floreo.organisations.models import Contact, Holding, HoldingKind, Network, Organisation
from floreo.organisations.queries import successors
from floreo.strategy.plan_facts import address

FRESH = timedelta(days=7)  # a notice younger than that may still be answered
VERIFIED_FOR = timedelta(days=365)  # a contact that answered longer ago is not known to be read any more
SECTOR = "sector_"  # before the code of the general sector of the organisations that a group holds
NO_SECTOR = "sector_not_known"  # organisations of which the register says no sector
OTHERS = "other_sectors"  # sectors with few organisations, together
# Why something was not counted; indicators/working.py says each in a sentence.
NO_IPV4, STILL_FRESH, NO_SCAN = "findings_without_ipv4", "letters_still_fresh", "findings_without_scans"
NOT_NOTIFIED = "findings_not_yet_notified"
NOT_READ = "files_not_readable"
# What is counted with a doubt.
THERE_BEFORE = "findings_there_at_the_first_look"
SWITCHED_OFF, SCAN_BEFORE = "findings_of_feeds_switched_off", "findings_of_scans_before"
NOT_SENT = "notices_not_sent"  # a group: organisations with findings to which no notice went
_HUNDREDTH = Decimal("0.01")


@dataclass
class _Sum:
    """What was counted of the organisations of one sector, and of how many of them."""

    bodies: set[int] = field(default_factory=set)
    numerator: int = 0
    denominator: int = 0

    def add(self, other: _Sum) -> None:
        self.bodies |= other.bodies
        self.numerator += other.numerator
        self.denominator += other.denominator


def safe_sectors(sums: Mapping[str, _Sum]) -> tuple[Group, ...]:
    """Sectors with few organisations are shown together, with as many larger ones as it takes that nobody can be identified."""
    safe = sorted((k for k, s in sums.items() if len(s.bodies) >= SMALL), key=lambda k: (len(sums[k].bodies), k))
    together = _Sum()
    for name in sorted(set(sums) - set(safe)):
        together.add(sums[name])
    while together.bodies and len(together.bodies) < SMALL and safe:
        together.add(sums[safe.pop(0)])
    shown = [Group(name, sums[name].numerator, sums[name].denominator) for name in sorted(safe)]
    return (*shown, Group(OTHERS, together.numerator, together.denominator)) if together.bodies else tuple(shown)


def _sectors() -> tuple[dict[int, str], dict[int, int]]:
    """The group of each organisation: its general sector, or that it is not known. And who carries on the work of each that was merged."""
    rows = Organisation.objects.order_by().values_list("pk", "sector__broad")
    return {pk: f"{SECTOR}{broad}" if broad else NO_SECTOR for pk, broad in rows}, successors()


def own_addresses(prefixes: Iterable[tuple[str, int]]) -> dict[int, int]:
    """How many IPv4 addresses each body answers for, from (prefix, body): every address counts once, for the most exact
    prefix; of two that are the same, for the later. Prefixes are apart or one within the other, so one walk does."""
    rows = []
    for order, (text, body) in enumerate(prefixes):
        network = ipaddress.ip_network(text, strict=False)
        if network.version == 4:
            rows.append((int(network.network_address), network.prefixlen, order, network.num_addresses, body))
    found: dict[int, int] = defaultdict(int)
    around: list[tuple[int, int]] = []  # the prefixes that hold the present one: (last address, whose)
    for start, _length, _order, size, body in sorted(rows):
        while around and around[-1][0] < start:
            around.pop()
        if around:
            found[around[-1][1]] -= size
        found[body] += size
        around.append((start + size - 1, body))
    return dict(found)


def _constituency(successor: Mapping[int, int]) -> dict[int, int]:
    """IPv4 addresses by who answers for them today."""
    networks = Network.objects.exclude(holder=None).order_by("pk").values_list("holder_id", "prefixes")
    held = (
        Holding.objects.approved()
        .filter(kind=HoldingKind.PREFIX)
        .order_by("pk")
        .values_list("organisation_id", "value")
    )
    rows = [(prefix, body) for body, prefixes in networks for prefix in prefixes]
    rows += [(prefix, body) for body, prefix in held]  # more exact, so they come later
    return own_addresses((prefix, successor.get(body, body)) for prefix, body in rows if body is not None)


def findings_open_per_1000_addresses(period: Period, filters: Filters) -> Reading:
    """Findings that nothing showed to have ended by the period's last day at IPv4 addresses, for each 1,000 IPv4 addresses of the
    register. How many addresses there were is known for today only. What the register attributes to nobody any more is said beside it for
    a year, since nothing shows that it ended."""
    sectors, successor = _sectors()
    addresses = _constituency(successor)
    rows = OpenPeriod.objects.filter(Q(shown_on=None) | Q(shown_on__gt=period.end), opened_on__lte=period.end)
    columns = ("finding_id", "finding__kind", "finding__ip", "finding__organisation_id", "opened_on")
    records, sums, left = [], defaultdict[str, _Sum](_Sum), 0
    for body, count in addresses.items():
        sums[sectors[body]].add(_Sum({body}, 0, count))
    for pk, kind, ip, of, since in rows.order_by("opened_on", "pk").values_list(*columns):
        owner = successor.get(of, of)
        if ip is None or ":" in ip or owner not in addresses:
            left += 1
            continue
        sums[sectors[owner]].numerator += 1
        records.append(_finding(pk, kind, since))
    gone = OpenPeriod.objects.filter(ending=FindingState.OUTSIDE, opened_on__lte=period.end, shown_on__lte=period.end)
    left += gone.filter(shown_on__gt=period.end - fixing.YEAR).count()
    total = sum(addresses.values())
    value = (Decimal(len(records) * 1000) / total).quantize(_HUNDREDTH, rounding=ROUND_HALF_UP) if total else None
    return Reading(
        value,
        Decimal(len(records)),
        Decimal(total),
        tuple(records),
        safe_sectors(sums),
        ((NO_IPV4, left),) if left else (),
    )


def _finding(pk: int, kind: str, since: date, *, counted: bool = True) -> RecordRef:
    """By what it is and since when; never by whose it is, nor where."""
    return RecordRef(f"{kind}, {short_day(since)}", address("workspace:finding", str(pk)), counted)


def _share_fixed_within(days: int, period: Period) -> Reading:
    """Per cent of findings of scans, first seen within a year before the period's last day, that scans show to be fixed within so many
    days (feeds/times.py). With the band of 95 %; None where none has been looked at for so long."""
    cohort = fixing.cohort_of(period.end)
    share_of = cohort.survival.ended_by(days)
    if share_of.shown is None:
        return _of_cohort(cohort, None, None, share_of.at_risk, NOT_LOOKED_AT)
    band = (_per_cent(share_of.low), _per_cent(share_of.high))
    return _of_cohort(cohort, _per_cent(share_of.shown), band, share_of.at_risk)


def share_findings_fixed_within_7_days(period: Period, filters: Filters) -> Reading:
    """Per cent of findings that scans show to be fixed within a week."""
    return _share_fixed_within(7, period)


def share_findings_fixed_within_30_days(period: Period, filters: Filters) -> Reading:
    """Per cent of findings that scans show to be fixed within 30 days."""
    return _share_fixed_within(30, period)


def share_findings_fixed_within_90_days(period: Period, filters: Filters) -> Reading:
    """Per cent of findings that scans show to be fixed within 90 days."""
    return _share_fixed_within(90, period)


def median_days_to_fix(period: Period, filters: Filters) -> Reading:
    """Days within which scans show half of the findings of scans to be fixed that were first seen within a year before the period's
    last day; None where that is not reached, with the days that it is longer than as far as they are known."""
    survival = (cohort := fixing.cohort_of(period.end)).survival
    median = survival.median()
    low, high = (None if day is None else Decimal(day) for day in (median.low, median.high))
    at_risk = survival.ended_by(median.shown or median.low or survival.longest).at_risk
    value = None if median.shown is None else Decimal(median.shown)
    band = None if low is None and high is None else (low, high)
    return _of_cohort(cohort, value, band, at_risk, "" if value is not None else NOT_REACHED)


def _per_cent(part: float) -> Decimal:
    return (Decimal(part) * 100).quantize(_HUNDREDTH, rounding=ROUND_HALF_UP)


def _of_cohort(
    cohort: fixing.Cohort,
    value: Decimal | None,
    band: tuple[Decimal | None, Decimal | None] | None,
    at_risk: int,
    without_value: str = "",
) -> Reading:
    is_known, older = bool(cohort.cases), sum(case.may_be_older for case in cohort.cases)
    remarks = ((THERE_BEFORE, older), (SWITCHED_OFF, cohort.switched_off), (SCAN_BEFORE, cohort.no_scan))
    return Reading(
        value,
        Decimal(cohort.survival.ended),
        Decimal(cohort.survival.count),
        tuple(_finding(each.pk, each.kind, each.since, counted=each.is_fixed) for each in cohort.cases),
        (),
        ((NO_SCAN, cohort.others),) if cohort.others else (),
        band,
        at_risk if is_known else None,
        without_value if is_known else "",
        tuple((why, count) for why, count in remarks if count),
    )


def fixed_more_where_notified(period: Period, filters: Filters) -> Reading:
    """By how many percentage points more of the findings were fixed within a step where their organisation had been notified than where it
    had not yet: of the stepped start that ended last by the period's last day, with the band of 95 % (feeds/stepped.py). None without
    such a start, or where nobody is left to compare with."""
    rows = SteppedStart.objects.filter(state__in=(SteppedState.AGREED, SteppedState.STOPPED)).exclude(agreed_on=None)
    over = [start for start in rows.order_by("pk") if start.compared_until <= period.end]
    if not over:
        return Reading(None, None, None)
    start = max(over, key=lambda each: each.compared_until)
    result = stepped.result_of(start, period.end)
    found, waiting = result.comparison, result.comparison.waiting.count
    band = None if found.band is None else (_per_cent(found.band[0]), _per_cent(found.band[1]))
    return Reading(
        None if found.difference is None else _per_cent(found.difference),
        Decimal(found.begun.fixed),
        Decimal(found.begun.count),
        tuple(_finding(each.finding, start.kind, each.open_at, counted=each.is_fixed) for each in result.notified),
        (),
        ((NOT_NOTIFIED, waiting),) if waiting else (),
        band,
    )


def share_notices_answered(period: Period, filters: Filters) -> Reading:
    """Per cent of the notices whose week to reply ended in the period that somebody answered by its last day. Each notice is in one period:
    that of the last week, answered or not, is in the next. One that the team left out counts as not answered, and so does each
    organisation to which none went though a finding of it was open for a week: whoever mutes those who never answer would else
    raise the share."""
    rows = Notice.objects.filter(on__gte=period.start - FRESH, on__lte=period.end - FRESH).order_by("on", "pk")
    records, sums = [], defaultdict[str, list[int]](lambda: [0, 0])
    for pk, role, on, to, answered in rows.values_list("pk", "contact_role", "on", "to", "answered_at__date"):
        is_answered = bool(to) and answered is not None and answered <= period.end
        group = role if to else NOT_SENT
        sums[group][0] += is_answered
        sums[group][1] += 1
        records.append(RecordRef(short_day(on), address("workspace:notice", str(pk)), is_answered))
    for since in _never_notified(period):
        sums[NOT_SENT][1] += 1
        records.append(RecordRef(short_day(since), "", counted=False))
    fresh = Notice.objects.filter(on__gt=period.end - FRESH, on__lte=period.end).exclude(to=[]).count()
    answered_ones = sum(record.counted for record in records)
    groups = tuple(Group(role, *sums[role]) for role in sorted(sums))
    return Reading(
        share(answered_ones, len(records)),
        Decimal(answered_ones),
        Decimal(len(records)),
        tuple(records),
        groups,
        ((STILL_FRESH, fresh),) if fresh else (),
    )


def _never_notified(period: Period) -> list[date]:
    """Of each organisation with a finding that was open for a week of the period or more, and that has no notice of the period, not
    even one left out: since when. Whether a rule mutes it, it has no address, or its findings were decided away."""
    after = successors()
    have = Notice.objects.filter(on__gte=period.start - FRESH, on__lte=period.end).order_by()
    notified = {after.get(of, of) for of in have.values_list("organisation_id", flat=True)}
    a_week = Q(shown_on__gte=period.start + FRESH) & Q(shown_on__gte=F("opened_on") + FRESH)
    rows = OpenPeriod.objects.filter(Q(shown_on=None) | a_week, opened_on__lte=period.end - FRESH).order_by()
    first: dict[int, date] = {}
    for of, since in rows.values_list("finding__organisation_id").annotate(since=Min("opened_on")):
        owner = after.get(of, of)
        first[owner] = min(since, first.get(owner, since))
    return sorted(since for owner, since in first.items() if owner not in notified)


def share_constituency_verified_contact(period: Period, filters: Filters) -> Reading:
    """Per cent of the organisations with networks, addresses or domains in the register of which a contact answered within a
    year before the period's last day. Only the last answer of a contact is known, so this knows today only."""
    sectors, successor = _sectors()
    holders = Network.objects.exclude(holder=None).order_by().values_list("holder_id", flat=True)
    held = Holding.objects.approved().order_by().values_list("organisation_id", flat=True)
    bodies = {successor.get(body, body) for body in (*holders, *held) if body is not None}
    fresh = Contact.objects.filter(verified_on__gt=period.end - VERIFIED_FOR, verified_on__lte=period.end)
    verified = {successor.get(body, body) for body in fresh.order_by().values_list("organisation_id", flat=True)}
    sums = defaultdict[str, _Sum](_Sum)
    records = []
    for organisation in Organisation.objects.filter(pk__in=bodies).order_by("name", "pk"):
        is_in = organisation.pk in verified
        sums[sectors[organisation.pk]].add(_Sum({organisation.pk}, int(is_in), 1))
        records.append(RecordRef(organisation.name, address("workspace:organisation", organisation.code), is_in))
    counted = sum(record.counted for record in records)
    return Reading(
        share(counted, len(records)),
        Decimal(counted),
        Decimal(len(records)),
        tuple(sorted(records, key=lambda r: r.counted)),
        safe_sectors(sums),
    )


def rejects_per_million(period: Period, filters: Filters) -> Reading:
    """Rows of reports about days of the period that could not be kept, for each million rows read. Grouped by kind of report."""
    rows = FeedFile.objects.filter(state=FileState.DONE, day__gte=period.start, day__lte=period.end, rows__gt=0)
    columns = ("pk", "report_type", "day", "rows", "rejected")
    records, sums = [], defaultdict[str, list[int]](lambda: [0, 0])
    for pk, kind, day, count, rejected in rows.order_by(F("day"), "pk").values_list(*columns):
        sums[kind][0] += rejected
        sums[kind][1] += count
        label = f"{kind}, {short_day(day)}: {rejected} / {count}"
        records.append(RecordRef(label, address("workspace:feed_report", str(pk)), rejected > 0))
    bad, total = (sum(s[i] for s in sums.values()) for i in (0, 1))
    refused = FeedFile.objects.filter(state=FileState.REFUSED, day__gte=period.start, day__lte=period.end).count()
    value = (Decimal(bad) * 1_000_000 / total).quantize(_HUNDREDTH, rounding=ROUND_HALF_UP) if total else None
    groups = tuple(Group(kind or "-", *sums[kind]) for kind in sorted(sums))
    left_out = ((NOT_READ, refused),) if refused else ()
    return Reading(value, Decimal(bad), Decimal(total), tuple(records), groups, left_out)
