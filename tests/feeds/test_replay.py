"""The sample country's sixty nights, played by the actions that people use: every state is there, and its mail never leaves."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from floreo.config.jobs import JOBS
from floreo.core import clock
from floreo.core.errors import Refused
from floreo.core.models import AuditEntry, MailState, OutboxMail
from floreo.feeds.actions.replay import replay
from floreo.feeds.models import Correction, Feed, FeedFile, Finding, FindingState, FixClaim, Notice, OpenPeriod, Reply
from floreo.feeds.pack import nights_in, story_in
from floreo.feeds.story import untold
from floreo.indicators.models import Reading
from floreo.organisations.models import Contact, Country, Holding, Organisation

TOLD = pytest.mark.usefixtures("isla_feeds")
MEASURES = (
    "findings_open_per_1000_addresses",
    "share_notices_answered",
    "share_constituency_verified_contact",
    "rejects_per_million",
)
ISLA = Path(__file__).resolve().parents[2] / "packs" / "isla-prueba"


def of(subject: str) -> Finding:
    return Finding.objects.get(subject=subject)


def stands(subject: str) -> tuple[str, str, str, str]:
    finding = of(subject)
    return finding.organisation.code, finding.state, finding.reply, finding.claim


@TOLD
@pytest.mark.one_database
def test_every_report_is_read_and_its_counts_add_up() -> None:
    reports = list(FeedFile.objects.all())
    assert len(reports) == sum(map(len, nights_in(ISLA).values()))
    assert [r.name for r in reports if r.rows != r.kept + r.duplicates + r.dropped + r.rejected] == []
    assert {(r.state, r.problem) for r in reports} == {("done", ""), ("refused", "truncated")}
    reasons: Counter[str] = Counter()
    for report in reports:
        reasons.update(report.reasons)
    assert reasons == dict.fromkeys(
        (
            "address_is_network",
            "address_scoped",
            "address_unspecified",
            "bad_address",
            "bad_port",
            "broken_row",
            "time_in_future",
            "time_too_old",
        ),
        2,
    )
    assert {r.report_type for r in reports if not r.is_known_type} == {"scan_parrot"}
    drifted = {(r.report_type, *r.unknown_columns) for r in reports if r.is_known_type and r.unknown_columns}
    assert drifted == {("scan_ssl_poodle", "tls_grade")}
    assert all(sum(getattr(r, column) for r in reports) > 0 for column in ("duplicates", "dropped", "outside"))


@pytest.mark.long
@TOLD
@pytest.mark.one_database
def test_findings_stand_in_every_state_and_claims_are_checked() -> None:
    by_people = {FindingState.FALSE_ALARM, FindingState.ACCEPTED, FindingState.OUTSIDE, FindingState.WITHDRAWN}
    assert set(Finding.objects.values_list("state", flat=True)) == set(FindingState.values) - by_people
    assert set(Finding.objects.values_list("claim", flat=True)) >= {"", FixClaim.SHOWN, FixClaim.CONTRADICTED}
    assert stands("198.51.100.66") == ("island-bank", "fixed", "fixed", "shown")
    assert stands("198.51.100.20") == ("island-telephone", "persisting", "fixed", "contradicted")
    assert stands("192.0.2.21")[0] == "national-csirt"  # holds what the office had that was merged into it
    assert stands("203.0.113.200")[0] == "education"  # by its website's name, on a machine abroad
    assert stands("192.0.2.201")[:3] == ("light-and-power", "persisting", "need_help")
    assert of("192.0.2.201").severity == "critical"  # raised by a rule of the team
    back = of("192.0.2.141")
    assert (back.state, back.reopened, back.open_periods.count()) == ("reopened", 1, 2)


@TOLD
@pytest.mark.one_database
def test_what_was_not_theirs_went_to_whose_it_is_and_what_nobody_decided_waits() -> None:
    decided = {c.network: (c.state, c.moved_to and c.moved_to.code) for c in Correction.objects.all()}
    assert decided == {
        "203.0.113.96/28": ("accepted", "chamber-of-commerce"),
        "192.0.2.192/27": ("refused", None),
        "203.0.113.160/27": ("open", None),
    }
    assert Holding.objects.get(value="203.0.113.96/28").organisation.code == "chamber-of-commerce"
    assert stands("203.0.113.98")[:2] == ("chamber-of-commerce", "persisting")


@pytest.mark.long
@TOLD
@pytest.mark.one_database
def test_letters_stand_on_their_days_and_never_leave() -> None:
    mails = OutboxMail.objects.filter(kind__startswith="feeds.")
    assert set(mails.values_list("state", flat=True)) == {MailState.DROPPED}
    secret = mails.filter(is_secret=True)
    assert set(secret.values_list("is_masked", flat=True)) == {True}
    assert not any(re.search(r"/findings/(?!\[•••\])", text) for text in secret.values_list("text", flat=True))
    assert {d.posted_at.date() - d.on for d in Notice.objects.all()} == {date.min - date.min}
    a_day = Counter(Notice.objects.values_list("organisation", "contact_role", "on"))
    assert max(a_day.values()) == 1
    assert not Notice.objects.filter(organisation__code="north-point-cable").exists()  # has no address
    assert Finding.objects.filter(organisation__code="north-point-cable", state="persisting").exists()
    assert Contact.objects.get(email="security@island-bank.example").verified_on == date(2026, 11, 7)
    story = story_in(ISLA)
    assert set(Reply.objects.values_list("note", flat=True)) >= {one.note for one in story.answer}
    assert Reply.objects.exclude(answer="").count() == len(story.reply)


@TOLD
@pytest.mark.one_database
def test_the_figures_follow() -> None:
    taken = Reading.objects.filter(indicator__measure__in=MEASURES, value__isnull=False).order_by("starts_on")
    months: dict[str, list[int]] = {}
    for measure, on in taken.values_list("indicator__measure", "starts_on"):
        months.setdefault(measure, []).append(on.month)
    assert months == {
        "findings_open_per_1000_addresses": [11],  # how many addresses there were is known for today only
        "share_notices_answered": [10, 11],
        "share_constituency_verified_contact": [11],
        "rejects_per_million": [9, 10, 11],
    }
    open_ones = taken.get(indicator__measure="findings_open_per_1000_addresses")
    groups = {g["name"]: Decimal(g["numerator"]) for g in open_ones.working["groups"]}
    assert (sum(groups.values()), all(groups.values())) == (open_ones.numerator, True)


@TOLD
@pytest.mark.one_database
def test_reminded_again_nothing_is_told() -> None:
    entries = AuditEntry.objects.count()
    assert (untold(ISLA), replay(ISLA)) == ([], 0)
    JOBS["sample"].run()
    assert AuditEntry.objects.count() == entries


@pytest.mark.django_db
def test_a_real_country_has_no_story(real_country: Country) -> None:
    JOBS["sample"].run()
    assert not Feed.objects.get().reports.exists()


@pytest.fixture
def short(isla: Country, tmp_path: Path, settings: Any) -> Path:
    """The sample country before its story, of which there are two nights."""
    settings.DATA, settings.EVENTS_ROOT = tmp_path / "data", str(tmp_path / "data" / "events")
    home = tmp_path / "isla-prueba"
    for night in sorted(nights_in(ISLA))[:2]:
        shutil.copytree(ISLA / "reports" / night.isoformat(), home / "reports" / night.isoformat())
    (home / "reports" / "answers.toml").write_text('feed = "shadowserver"\n', encoding="utf-8")
    return home


def test_the_worker_tells_a_few_nights_at_a_time_and_goes_on_where_it_was(short: Path) -> None:
    assert replay(short, seconds=0) == 1
    assert [d.isoformat() for d in untold(short)] == ["2026-09-27"]
    with override_settings(PACK=str(short), PACK_DIRS=[]):
        JOBS["sample"].run()
    assert untold(short) == []
    assert set(OpenPeriod.objects.values_list("opened_on", flat=True)) == {date(2026, 9, 26), date(2026, 9, 27)}
    assert clock.today() == date(2026, 11, 24)


def test_a_night_that_breaks_off_leaves_nothing(short: Path) -> None:
    text = '\n[[answer]]\non = 2026-09-26\norganisation = "water-board"\nreply = "working"\n'
    with (short / "reports" / "answers.toml").open("a", encoding="utf-8") as file:
        file.write(text)
    with pytest.raises(Refused, match=r"answers.toml, 2026-09-26, water-board : it was sent no notice about it"):
        replay(short)
    assert (FeedFile.objects.count(), Finding.objects.count(), len(untold(short))) == (0, 0, 2)
    assert Organisation.objects.filter(code="water-board").exists()
