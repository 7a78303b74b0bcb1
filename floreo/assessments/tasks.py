"""What waits for whom: a form to be filled in, one to be reviewed, a campaign to be closed, a line of a plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from floreo.assessments.models import (
    AssessmentCampaign,
    CampaignState,
    LineState,
    Participant,
    ParticipantState,
    PlanLine,
)
from floreo.assessments.presenters import phase_text
from floreo.core.access import Permission
from floreo.core.audit import key
from floreo.core.tasks import Recipient, Task

SOON = timedelta(days=30)
_ANSWERS = (ParticipantState.ASKED, ParticipantState.ANSWERING, ParticipantState.RETURNED)


def waiting_tasks(recipient: Recipient, *, viewer: object, today: date) -> Iterable[Task]:
    """Three queries, whatever waits."""
    rows = Participant.objects.visible_to(viewer).filter(campaign__state=CampaignState.OPEN)
    open_ones = Q(state__in=_ANSWERS, campaign__starts_on__lte=today, campaign__ends_on__gte=today)
    waiting = rows.filter(open_ones | Q(state=ParticipantState.SUBMITTED))
    for row in waiting.select_related("campaign", "organisation", "assessment").defer("results", "self_results"):
        task = _review(row) if row.state == ParticipantState.SUBMITTED else _answer(row)
        if recipient.holds(task):
            yield task
    lines = PlanLine.objects.filter(state=LineState.OPEN, action=None, due_on__lte=today + SOON)
    lines = lines.filter(participant__in=Participant.objects.visible_to(viewer).values("pk"))
    for line in lines.select_related("participant__organisation", "participant__assessment", "participant__campaign"):
        if recipient.holds(found := _line(line)):
            yield found
    yield from _over(recipient, viewer, today)


def _answer(row: Participant) -> Task:
    why = row.return_note if row.state == ParticipantState.RETURNED else _("A self-assessment to be filled in.")
    return Task(
        key=f"{key(row)}/answer",
        kind="assessment",
        title=row.named(),
        why=why,
        href=row.workspace_url(),
        due=row.campaign.ends_on,
        since=row.campaign.starts_on,
        organisation=row.organisation_id,
        needs=Permission.ASSESSMENT_ANSWER,
    )


def _review(row: Participant) -> Task:
    return Task(
        key=f"{key(row)}/review",
        kind="assessment",
        title=row.named(),
        why=_("A self-assessment to be reviewed."),
        href=row.workspace_url(),
        due=row.campaign.ends_on,
        since=row.submitted_on,
        organisation=row.campaign.reviewer_id,
        needs=Permission.ASSESSMENT_REVIEW,
    )


def _line(line: PlanLine) -> Task:
    return Task(
        key=key(line),
        kind="plan_line",
        title=line.title,
        why=_("A line of the action plan: %(who)s.") % {"who": line.owner},
        href=line.workspace_url(),
        due=line.due_on,
        organisation=line.participant.organisation_id,
        needs=Permission.ASSESSMENT_ANSWER,
    )


def _over(recipient: Recipient, viewer: object, today: date) -> Iterator[Task]:
    rows = AssessmentCampaign.objects.visible_to(viewer).filter(state=CampaignState.OPEN, ends_on__lt=today)
    for row in rows:
        task = Task(
            key=f"{key(row)}/close",
            kind="assessment",
            title=row.named(),
            why=phase_text(row),
            href=row.workspace_url(),
            due=row.ends_on,
            needs=Permission.ASSESSMENT_RUN,
        )
        if recipient.holds(task):
            yield task
