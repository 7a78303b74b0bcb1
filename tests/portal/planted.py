"""A word put into everything of the secretariat's rhythm that is not public: then every public address is read for it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import models

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.action import action
from floreo.core.figures import Period
from floreo.core.keys import key
from floreo.core.outbox import post_test
from floreo.core.writing import save
from floreo.evidence.models import Attachment, Evidence
from floreo.frameworks.models import Answer as Rated
from floreo.frameworks.models import Assessment, Rating, Version
from floreo.indicators.models import Indicator, Reading
from floreo.meetings.models import AgendaItem, Attendance, Committee, Correction, Decision, Meeting, Seat
from floreo.organisations.models import Country, Organisation, Person, User
from floreo.publications.models import Channel, Posting, Publication, PublicationVersion
from floreo.reports import actions as reports
from floreo.reports.models import Snapshot
from floreo.reports.queries import signed_pdf_sha256
from floreo.reviews.models import Answer, UpdateRequest
from floreo.strategy.models import Action, BudgetLine, Edition, Grant, Milestone, Objective, Payment, Pillar

SECRET = "XSECRETX"
LOW = SECRET.lower()
THIS = "2025-2028"
MONTH = Period(date(2026, 10, 5), date(2026, 10, 30))


@action("leak.planted", needs=None)
def plant(country: Country, *, by: User) -> None:
    act = Action.objects.get(edition__code=THIS, code="2.1.1")
    person = save(Person(code=LOW, name=f"{SECRET} name", email=f"{LOW}@example.org"))
    body = save(
        Organisation(code=LOW, name=f"{SECRET} body", kind="agency", is_public=False, email=f"{LOW}@example.net")
    )
    hidden = save(
        Action(
            edition=act.edition,
            objective=act.objective,
            code=f"{LOW}.9",
            title=f"{SECRET} action",
            is_public=False,
            starts_on=date(2026, 1, 1),
            due_on=date(2026, 10, 9),
        )
    )
    step = save(Milestone(action=hidden, code="m", title=f"{SECRET} step", due_on=date(2026, 12, 4)))
    _money(act, hidden, body)
    _next_edition(act)
    _meetings(act.edition, hidden, step, body, person)
    _publications(body)
    _evidence(act)
    _frameworks()
    _reviews(act, person)
    _readings()
    post_test(by=SYSTEM, to=f"{LOW}@example.org")


def _money(act: Action, hidden: Action, body: Organisation) -> None:
    proposed = save(
        Grant(code=f"{LOW}-1", title=f"{SECRET} grant", funder=body, currency="USD", amount=9, reference=SECRET)
    )
    line = save(
        BudgetLine(action=act, amount=7, spent=1, currency="USD", fiscal_year=2026, funder=body, grant=proposed)
    )
    save(Payment(budget_line=line, on=date(2026, 10, 7), amount=1, reference=f"{SECRET} voucher"))
    other = save(BudgetLine(action=hidden, amount=7, currency="USD", fiscal_year=2026, note=f"{SECRET} note"))
    save(Payment(budget_line=other, on=date(2026, 10, 7), amount=1, source=f"{SECRET} payment"))


def _next_edition(act: Action) -> None:
    """A draft that carries on what a public action began, and what one of an ended edition did."""
    draft = save(Edition(code=f"{LOW}-next", title=f"{SECRET} edition", is_public=False))
    objective = save(
        Objective(pillar=save(Pillar(edition=draft, code="1", title=f"{SECRET} pillar")), code="1.1", title="x")
    )
    old = Action.objects.filter(edition__state="ended", carried_to=None).first()
    for number, before in enumerate(filter(None, [act, old])):
        Action.objects.filter(carried_from=before).update(carried_from=None)
        save(
            Action(
                edition=draft,
                objective=objective,
                code=f"1.1.{number}",
                title=f"{SECRET} next",
                carried_from=before,
            )
        )


def _meetings(edition: Edition, hidden: Action, step: Milestone, body: Organisation, person: Person) -> None:
    closed = save(Committee(code=f"{LOW}-c", name=f"{SECRET} committee", edition=edition))
    save(Meeting(committee=closed, code="a", number=1, on=date(2026, 12, 1), place=f"{SECRET} place"))
    opened = save(Committee(code="open-one", name="Open committee", edition=edition, is_public=True))
    save(Seat(committee=opened, organisation=body))
    save(Seat(committee=opened, organisation=Organisation.objects.get(code="national-csirt"), person=person))
    meeting = save(
        Meeting(
            committee=opened,
            code="b",
            number=1,
            on=date(2026, 12, 2),
            online_url=f"https://{LOW}.example/",
            opening=f"{SECRET} opening",
            cancelled_reason=f"{SECRET} reason",
        )
    )
    item = save(
        AgendaItem(
            meeting=meeting,
            code="1",
            title=f"{SECRET} point",
            text=f"{SECRET} text",
            minutes=f"{SECRET} said",
            minutes_internal=f"{SECRET} inside",
        )
    )
    save(Attendance(meeting=meeting, name=f"{SECRET} guest", is_guest=True))
    save(Correction(meeting=meeting, on=date(2026, 11, 1), text=f"{SECRET} correction", reported_by=SECRET))
    facts: dict[str, Any] = {
        "edition": edition,
        "committee": closed,
        "meeting": meeting,
        "item": item,
        "person": person,
    }
    days: Any = {"asked_on": date(2026, 10, 6), "taken_on": date(2026, 10, 6)}
    save(
        Decision(
            number=f"{LOW}-1", title=f"{SECRET} decision", state="asked", addressed_to=f"{SECRET} post", **facts, **days
        )
    )
    others: list[dict[str, Any]] = [{"about": key(hidden)}, {"became": key(step)}, {"organisation": body}]
    for number, more in enumerate(others):
        save(Decision(number=f"D-{number}", title="Open decision", is_public=True, **facts, **more, **days))


def _publications(body: Organisation) -> None:
    moment = datetime(2026, 11, 1, tzinfo=UTC)
    common: dict[str, Any] = {
        "kind": "press",
        "language": "en",
        "summary": f"{SECRET} summary",
        "text": f"{SECRET} text",
    }
    common |= {"file": f"publications/{LOW}", "file_name": f"{LOW}.pdf", "media_type": "application/pdf", "size": 3}
    later = clock.now() + timedelta(days=1)
    states: dict[str, dict[str, Any]] = {
        "draft": {"state": "draft"},
        "ready": {"state": "ready"},
        "embargo": {"state": "ready", "embargo_until": later},
        "withdrawn": {
            "state": "withdrawn",
            "published_at": moment,
            "withdrawn_at": moment,
            "withdrawn_reason": "Wrong.",
        },
    }
    channel = save(Channel(code=f"{LOW}-old", name=f"{SECRET} channel", kind="press", is_active=False))
    for name, facts in states.items():
        made = save(
            Publication(
                code=f"p-{name}", title=f"{SECRET} {name}", translations={"es": {"title": SECRET}}, **common, **facts
            )
        )
        save(Posting(publication=made, channel=channel, at=moment, url=f"https://{LOW}.example/", by_name=SECRET))
        save(
            PublicationVersion(
                publication=made,
                issue=1,
                title=SECRET,
                valid_from=moment,
                corrected_at=moment,
                note=SECRET,
                corrected_by=SECRET,
            )
        )
    out = save(
        Publication(
            code="p-out",
            kind="press",
            title="Out",
            language="en",
            text="x",
            state="published",
            published_at=moment,
            organisation=body,
            edition=Edition.objects.get(code=f"{LOW}-next"),
            corrected_at=moment,
        )
    )
    site = Channel.objects.exclude(pk=channel.pk).first()
    assert site is not None
    save(Posting(publication=out, channel=site, at=moment, by_name=f"{SECRET} poster"))
    save(Posting(publication=out, channel=channel, at=moment, by_name=SECRET, skipped=True, note=f"{SECRET} skip"))
    save(
        PublicationVersion(
            publication=out,
            issue=1,
            title="Before",
            valid_from=moment,
            corrected_at=moment,
            note="A date was wrong.",
            corrected_by=f"{SECRET} corrector",
        )
    )


def _evidence(act: Action) -> None:
    kinds: dict[str, dict[str, Any]] = {
        "green": {},
        "amber": {"tlp": "AMBER"},
        "strict": {"tlp": "AMBER+STRICT"},
        "red": {"tlp": "RED"},
        "clear": {"tlp": "CLEAR"},
        "gone": {"tlp": "CLEAR", "is_public": True, "withdrawn_on": date(2026, 11, 1)},
    }
    things: list[models.Model] = [act, *act.milestones.all(), *Rated.objects.all()[:3]]
    for name, facts in kinds.items():
        piece = save(
            Evidence(
                code=f"e-{name}",
                kind="link",
                title=f"{SECRET} {name}",
                url=f"https://{LOW}.example/{name}",
                note=SECRET,
                kept_by=SECRET,
                **facts,
            )
        )
        for thing in things:
            save(Attachment(evidence=piece, thing=key(thing), note=f"{SECRET} page", attached_by=SECRET))
    shown = save(
        Evidence(
            code="e-shown",
            kind="link",
            title="Shown",
            url="https://example.org/shown",
            tlp="CLEAR",
            is_public=True,
            kept_by=f"{SECRET} hand",
            organisation=Organisation.objects.get(code=LOW),
        )
    )
    save(Attachment(evidence=shown, thing=key(act), attached_by=f"{SECRET} hand"))


def _frameworks() -> None:
    version = Version.objects.filter(assessments__is_public=True).first() or Version.objects.filter(is_current=True)[0]
    item = version.items.filter(is_rated=True)[0]
    day = date(2026, 11, 1)
    common: dict[str, Any] = {"in_version": version, "year": 2026, "as_of": day, "opened_on": day, "opened_by": SECRET}
    earlier = save(Assessment(code=f"{LOW}-open", note=f"{SECRET} note", **common))
    save(
        Assessment(
            code=f"{LOW}-closed", state="closed", closed_on=day, **(common | {"year": 2025}), note=f"{SECRET} note"
        )
    )
    shown = save(
        Assessment(
            code="shown", state="closed", closed_on=day, is_public=True, before=earlier, **(common | {"year": 2031})
        )
    )
    half = version.levels[-1]["value"]
    for assessment, level in ((earlier, half), (shown, None)):
        made = save(
            Rated(
                assessment=assessment,
                item=item,
                level=level,
                reason=f"{SECRET} reason",
                reviewed_by=f"{SECRET} reviewer",
                reviewed_on=day if level is not None else None,
            )
        )
        save(Rating(answer=made, rater=SECRET, rater_name=SECRET, level=half, reason=f"{SECRET} rating", rated_on=day))
    second = version.items.filter(is_rated=True)[1]
    save(
        Rated(
            assessment=shown, item=second, level=half, reason="Said", reviewed_by=f"{SECRET} reviewer", reviewed_on=day
        )
    )


def _reviews(act: Action, person: Person) -> None:
    review = act.edition.reviews.order_by("-ends_on")[0]
    asked = save(UpdateRequest(review=review, person=person, deputy=person))
    for number, state in enumerate(("draft", "submitted", "returned"), start=1):
        facts: dict[str, Any] = {
            name: f"{SECRET} {name}" for name in ("done", "next", "risks", "internal_note", "reported_by")
        }
        save(
            Answer(
                update_request=asked, action=act, number=number, state=state, returned_note=f"{SECRET} note", **facts
            )
        )


def _readings() -> None:
    shown = Indicator.objects.get(code="days-to-attendance-list")
    save(
        Reading(
            indicator=shown,
            starts_on=date(2026, 7, 1),
            ends_on=date(2026, 9, 30),
            value=250,
            taken_at=clock.now(),
            taken_by=f"{SECRET} taker",
            frozen_at=clock.now(),
            frozen_by=f"{SECRET} freezer",
        )
    )


def freeze(by: User) -> Snapshot:
    """A report of the month, and of an edition that has ended, with what is internal beside them."""
    for ended in Edition.objects.filter(state="ended", is_public=True):
        reports.note_lesson(ended, by=by, title=f"{SECRET} lesson", is_public=False)
        reports.note_lesson(ended, by=by, title="Open lesson", reported_by=f"{SECRET} teacher")
    snapshot = reports.freeze_report(Edition.objects.get(code=THIS), by=by, period=MONTH)
    reports.correct_snapshot(snapshot, by=by, where=f"{SECRET} place", instead=SECRET, is_public=False)
    reports.correct_snapshot(snapshot, by=by, where="Money", instead="It is right.", text="It was.")
    reports.sign_off(
        snapshot,
        by=by,
        signed_name="The Minister",
        signed_post="Minister",
        signed_on=date(2026, 11, 20),
        language="en",
        pdf_sha256=signed_pdf_sha256(snapshot, "en"),
        note=f"{SECRET} note",
    )
    reports.publish_report(snapshot, by=by)
    return snapshot
