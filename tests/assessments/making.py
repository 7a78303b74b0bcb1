"""What tests of assessments are made of: a campaign over a small framework, organisations, links, answers."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

from floreo.assessments.access import ByLink, ForReview, respondent_of_link
from floreo.assessments.actions import answering, preparing, reviewing
from floreo.assessments.actions.answering import Given
from floreo.assessments.models import AssessmentCampaign, Participant
from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.models import OutboxMail
from floreo.frameworks.models import Version
from floreo.organisations.models import Organisation
from tests.frameworks.making import make_version

CODE = "power-check"
LEVELS = {"A-1": "1", "A-2": "0.5", "B-1": "0"}


def body(code: str) -> Organisation:
    return Organisation.objects.get(code=code)


def version(code: str = "own-1") -> Version:
    return Version.objects.filter(code=code).first() or make_version(code)


def draft(**facts: Any) -> AssessmentCampaign:
    day = clock.today()
    given: dict[str, Any] = {
        "code": CODE,
        "title": "Power check",
        "in_version": version(),
        "starts_on": day - timedelta(days=5),
        "ends_on": day + timedelta(days=20),
        "words": "The law asks for it.",
        "reviewer": body("utilities-commission"),
    }
    return preparing.prepare(by=SYSTEM, **given | facts)


def opened(*codes: str, sector: str = "energy", **facts: Any) -> AssessmentCampaign:
    made = draft(**facts)
    rows = preparing.add_organisations(
        made, by=SYSTEM, organisations=[body(code) for code in codes or ("light-and-power",)], sector=sector
    )
    for row in rows:
        if not row.respondents.exists():
            row.respondents.create(name="Desk", mail=f"desk@{row.organisation.code}.example.org")
    return preparing.open_campaign(made, by=SYSTEM)


def asked(campaign: AssessmentCampaign, code: str = "light-and-power") -> Participant:
    return campaign.participants.select_related("campaign", "organisation", "assessment").get(organisation__code=code)


def secret_of(mail: str) -> str:
    text = OutboxMail.objects.filter(to=mail, kind="assessment.link").order_by("-pk")[0].text
    found = re.search(r"/assessment/([\w-]+)/", text)
    assert found is not None, text
    return found[1]


def link_of(participant: Participant) -> str:
    return secret_of(participant.respondents.filter(ended_on=None).order_by("pk")[0].mail)


def by_link(participant: Participant) -> ByLink:
    return ByLink(respondent_of_link(link_of(participant)))


def given(item: str, level: str | None = None, text: str = "", seen: int = 0, **facts: Any) -> Given:
    return Given(item, level, text, seen, **facts)


def answered(participant: Participant, levels: dict[str, str] | None = None) -> Participant:
    rows = [given(code, level, f"About {code}.") for code, level in (levels or LEVELS).items()]
    answering.save_answers(participant, by=by_link(participant), given=rows)
    return asked(participant.campaign, participant.organisation.code)


def submitted(participant: Participant, levels: dict[str, str] | None = None) -> Participant:
    whole = answered(participant, levels)
    return answering.submit(whole, by=by_link(whole))


def accepted(participant: Participant, levels: dict[str, str] | None = None) -> Participant:
    sent = submitted(participant, levels)
    reviewing.accept(ForReview(sent), by=SYSTEM)
    return asked(sent.campaign, sent.organisation.code)


def over(campaign: AssessmentCampaign) -> AssessmentCampaign:
    """Its last day passes. Written behind the trail's back: time does that."""
    AssessmentCampaign.objects.filter(pk=campaign.pk).update(ends_on=clock.today() - timedelta(days=1))
    return AssessmentCampaign.objects.get(pk=campaign.pk)


def closed(campaign: AssessmentCampaign) -> AssessmentCampaign:
    return preparing.close_campaign(over(campaign), by=SYSTEM)


def halves(*values: str) -> list[Decimal]:
    return [Decimal(value) for value in values]
