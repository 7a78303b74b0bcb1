"""A finding of a feed becomes a report, once for each time that it was open."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.feeds.models import Finding
from floreo.incidents.actions.promoting import promote
from floreo.incidents.models import Report
from tests.feeds.making import make_register, shadow_feed

pytestmark = pytest.mark.django_db
SEEN = datetime(2026, 11, 24, 3, tzinfo=UTC)


def test_a_finding_becomes_one_report_with_what_the_feed_knows() -> None:
    finding = Finding.objects.create(
        organisation=make_register(),
        subject="192.0.2.20",
        ip="192.0.2.20",
        kind="open-rdp",
        taxonomy="vulnerable",
        type="vulnerable-system",
        feed=shadow_feed(),
        first_seen=SEEN,
        last_seen=SEEN,
        first_day=date(2026, 11, 24),
        last_day=date(2026, 11, 24),
        opened_on=date(2026, 11, 24),
    )
    report = promote(finding, by=SYSTEM, note="The port answers too.")
    assert (report.channel, report.rsit, report.organisation, report.finding_key) == (
        "feed",
        "vulnerable/vulnerable-system",
        finding.organisation,
        f"feeds.finding:{finding.pk}",
    )
    assert report.answers == {"observables": [["ipv4", "192.0.2.20"]]}
    assert report.text.endswith("The port answers too.")
    with pytest.raises(Refused, match=report.reference):
        promote(finding, by=SYSTEM)
    assert Report.objects.count() == 1
