"""The figures that the incidents app offers: (period, filters) -> Reading. Exercises never count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db.models import F
from django.urls import reverse

from floreo.core import clock
from floreo.core.figures import Filters, Group, Period, Reading, RecordRef, share
from floreo.incidents import moments
from floreo.incidents.models import Report, ReportState
from floreo.organisations.models import Kind

# Why a report was not counted; indicators/working.py says each in a sentence.
DUPLICATES = "reports_reported_before"
TESTS = "reports_of_tests"
STILL_IN_TIME = "reports_still_in_time"
# Who reported, as the working groups them.
PUBLIC, GOVERNMENT, OPERATORS = "reporters_public", "reporters_government", "reporters_others"
_GOVERNMENT = {Kind.MINISTRY, Kind.AGENCY, Kind.REGULATOR, Kind.POLICE, Kind.JUSTICE, Kind.CSIRT}
A_DAY = timedelta(hours=24)


@dataclass(frozen=True)
class _Received:
    reference: str
    received_at: datetime
    decided_at: datetime | None
    kind: str | None  # of the organisation that reported; None for anybody else
    why: str  # it is left out; "" where it counts

    @property
    def is_in_time(self) -> bool:
        return self.decided_at is not None and self.decided_at - self.received_at <= A_DAY

    @property
    def group(self) -> str:
        if self.kind is None:
            return PUBLIC
        return GOVERNMENT if self.kind in _GOVERNMENT else OPERATORS


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=clock.zone())


def _received_in(period: Period) -> Iterable[_Received]:
    """Reports received in the period, in the country's days, oldest first; in one query."""
    now = moments.now()
    rows = Report.objects.filter(
        received_at__gte=_midnight(period.start), received_at__lt=_midnight(period.end + timedelta(days=1))
    )
    columns = ("reference", "received_at", "decided_at", "state", "is_exercise", "rsit")
    for row in rows.order_by("received_at", "pk").values(*columns, of_kind=F("organisation__kind")):
        why = ""
        if row["state"] == ReportState.DUPLICATE:
            why = DUPLICATES
        elif row["is_exercise"] or row["rsit"].startswith("test"):
            why = TESTS
        elif row["decided_at"] is None and now - row["received_at"] < A_DAY:
            why = STILL_IN_TIME
        yield _Received(row["reference"], row["received_at"], row["decided_at"], row["of_kind"], why)


def share_reports_decided_within_24h(period: Period, filters: Filters) -> Reading:
    """Per cent of the reports received in the period on which a person took the first decision within 24 hours. Left out are
    those reported before, tests and exercises, and undecided ones whose 24 hours are not over."""
    found = list(_received_in(period))
    counted = [each for each in found if not each.why]
    in_time, total = (Counter(each.group for each in rows) for rows in ([c for c in counted if c.is_in_time], counted))
    groups = tuple(Group(name, in_time[name], total[name]) for name in (PUBLIC, GOVERNMENT, OPERATORS) if total[name])
    why = Counter(each.why for each in found if each.why)
    records = tuple(
        RecordRef(each.reference, reverse("workspace:incident_report", args=[each.reference]), each.is_in_time)
        for each in counted
    )
    done = in_time.total()
    left_out = tuple((name, why[name]) for name in (DUPLICATES, TESTS, STILL_IN_TIME) if why[name])
    return Reading(share(done, len(counted)), Decimal(done), Decimal(len(counted)), records, groups, left_out)
