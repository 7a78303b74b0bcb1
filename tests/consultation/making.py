"""What tests of consultations are made of: a bill with clauses, and a consultation on it in any phase."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from floreo.consultation import moments
from floreo.consultation.access import ANYBODY
from floreo.consultation.actions import commenting, deciding, preparing
from floreo.consultation.actions.commenting import Given
from floreo.consultation.models import Comment, Consultation, Point
from floreo.core.access import SYSTEM
from floreo.legislation.models import Instrument, LawProvision, LawVersion
from floreo.organisations.models import Organisation

CODE = "harbour-bill"


def bill(*, is_public: bool = True) -> LawVersion:
    """Two clauses; the second has a subsection."""
    instrument = Instrument.objects.create(code="harbour-bill", kind="bill", title="Harbour Bill", is_public=is_public)
    version = LawVersion.objects.create(
        instrument=instrument, code="v1", title="As introduced", dated=date(2026, 9, 1), is_public=is_public
    )
    rows = (
        ("sec_3", "section", "3", "Searches", "3", "A magistrate may order a search."),
        ("sec_4", "section", "4", "Data", "4", "A business must delete personal data within 12 months."),
        ("sec_4__subsec_2", "subsection", "(2)", "", "4(2)", "The Minister may extend the time."),
    )
    for position, (eid, kind, number, heading, label, words) in enumerate(rows):
        LawProvision.objects.create(
            version=version,
            eid=eid,
            kind=kind,
            number=number,
            heading=heading,
            label=label,
            words=words,
            digest=eid,
            position=position,
        )
    return version


def draft(**facts: Any) -> Consultation:
    now = moments.now()
    given: dict[str, Any] = {
        "code": CODE,
        "title": "Harbour Bill 2026",
        "summary": "What the harbour may search.",
        "opens_at": now - timedelta(days=1),
        "closes_at": now + timedelta(days=10),
        "organisation": Organisation.objects.filter(is_public=True).order_by("pk")[0],
        "answer_due_on": (now + timedelta(days=40)).date(),
        "translations": {"es": {"title": "Proyecto de ley de puertos 2026"}},
    }
    if "law_version" not in facts:
        given["law_version"] = bill()
    return preparing.prepare(by=SYSTEM, **given | facts)


def opened(**facts: Any) -> Consultation:
    return preparing.schedule(draft(**facts), by=SYSTEM)


def closed_now(consultation: Consultation) -> Consultation:
    """Its closing moment passes. Written behind the trail's back: time does that."""
    Consultation.objects.filter(pk=consultation.pk).update(
        opens_at=moments.now() - timedelta(days=30), closes_at=moments.now() - timedelta(minutes=1)
    )
    return Consultation.objects.get(pk=consultation.pk)


def sent(consultation: Consultation, text: str = "Keep the name of the customer longer.", **facts: Any) -> Comment:
    """One comment by the form; the secret of its link is "secret-" and its number."""
    given = Given(text=text, **{"respondent": "citizen", "clause": "sec_4"} | facts)
    number = consultation.comments.count() + 1
    return commenting.send_comment(consultation, by=ANYBODY, given=given, secret=f"secret-{number}")


def read(comment: Comment) -> Comment:
    return deciding.publish_comment(comment, by=SYSTEM)


def decided(consultation: Consultation, numbers: list[int], decision: str = "accepted", **facts: Any) -> Point:
    title = f"A point about {numbers}"
    point = deciding.add_point(consultation, by=SYSTEM, title=title, numbers=numbers)
    return deciding.decide(
        point,
        by=SYSTEM,
        decision=decision,
        reason="It is right.",
        translations={"es": {"title": "Un punto", "reason": "Es cierto."}},
        **facts,
    )
