"""A campaign prepared, opened and closed: the framework, the organisations, who answers by link, and the targets."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.text import slugify
from django.utils.translation import gettext as _

from floreo.assessments.logic import CampaignPhase
from floreo.assessments.mails import KIND_LINK, KIND_RETURNED, link_mail, spoken
from floreo.assessments.models import (
    RUN,
    AssessmentCampaign,
    CampaignState,
    Participant,
    ParticipantState,
    Respondent,
    TargetLevel,
)
from floreo.assessments.queries import newest_before, number_asked
from floreo.core import clock, outbox
from floreo.core.access import ROLES, Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.keys import key
from floreo.core.links import hash_of
from floreo.core.writing import (
    assign,
    delete,
    free_code,
    lock_latest,
    refuse,
    require_period,
    require_text,
    save,
    save_many,
    touch,
)
from floreo.frameworks.actions import must_be_held
from floreo.frameworks.logic import Rule
from floreo.frameworks.models import Assessment, AssessmentState, Item, Version
from floreo.organisations.models import ContactRole, Membership, Organisation
from floreo.organisations.queries import the_country

_FIXED = frozenset({"in_version", "starts_on"})  # under which organisations were asked
_WRITTEN_TO = (ContactRole.MANAGEMENT, ContactRole.TECHNICAL)


def must_be_draft(campaign: AssessmentCampaign) -> None:
    if campaign.state != CampaignState.DRAFT:
        raise Refused(_("This campaign has been opened already."), code="opened")


def must_be_open(campaign: AssessmentCampaign) -> None:
    if campaign.state != CampaignState.OPEN:
        raise Refused(_("This campaign is not open."), code="not_open")


def must_not_be_closed(campaign: AssessmentCampaign) -> None:
    if campaign.state == CampaignState.CLOSED:
        raise Refused(_("This campaign is closed, and nothing in it changes."), code="closed")


def must_be_scored(version: Version) -> None:
    """A campaign compares levels, so its framework is held whole and its levels can be added up."""
    must_be_held(version)
    if version.rule == Rule.STATUS:
        sentence = _(
            "%(title)s is looked at article by article and has no levels that add up. Choose another framework."
        )
        raise refuse("in_version", sentence % {"title": version.in_language("title")}, code="no_levels")


def _require_sound(campaign: AssessmentCampaign) -> None:
    require_text(campaign.title, field="title", sentence=_("Enter the title of the campaign."))
    require_period(campaign.starts_on, campaign.ends_on)
    try:
        must_be_scored(campaign.in_version)
    except Refused as refusal:
        raise refuse("in_version", str(refusal.sentence), code=refusal.code) from refusal


@action("assessment_campaign.prepared", needs=RUN)
def prepare(*, by: Actor, code: str = "", **facts: Any) -> AssessmentCampaign:
    """A draft, of which no organisation learns before it is opened. Raises Refused for a framework that is not held whole."""
    made = AssessmentCampaign()
    assign(made, facts)
    _require_sound(made)
    made.code = free_code(AssessmentCampaign, made.title, wanted=code.strip())
    return save(made)


@action("assessment_campaign.updated", needs=RUN)
def update(campaign: AssessmentCampaign, *, by: Actor, version: int | None = None, **facts: Any) -> AssessmentCampaign:
    """Until it is closed. Once organisations are asked, the framework and the first day stay; the last day may move."""
    fresh = lock_latest(campaign, version)
    must_not_be_closed(fresh)
    changed = {name for name in _FIXED if name in facts and facts[name] != getattr(fresh, name)}
    if changed and fresh.state != CampaignState.DRAFT:
        sentence = _("Organisations have been asked already, so it cannot change.")
        raise Refused(sentence, code="fixed", fields=dict.fromkeys(sorted(changed), sentence))
    reviewer = fresh.reviewer_id
    assign(fresh, facts)
    _require_sound(fresh)
    saved = save(fresh)
    if saved.reviewer_id != reviewer and saved.state == CampaignState.OPEN:
        for assessment in Assessment.objects.filter(participant__campaign=saved):
            assessment.reviewer = saved.reviewer
            save(assessment)
    return saved


@action("assessment_campaign.removed", needs=RUN)
def remove(campaign: AssessmentCampaign, *, by: Actor) -> None:
    must_be_draft(campaign)
    delete(campaign)


# --- Who is asked -------------------------------------------------------------------------------------------------


@action("assessment_campaign.organisations_added", needs=RUN)
def add_organisations(
    campaign: AssessmentCampaign, *, by: Actor, organisations: Iterable[Organisation], sector: str = ""
) -> list[Participant]:
    """Asks them too, each once, with those to write to whom the register has for it. Each is compared in the general sector that the
    register gives it, or all of them in `sector`. A campaign that is open sends its links at once. An organisation that is merged into
    another is refused, and one of which no sector is known."""
    fresh = lock_latest(campaign)
    must_not_be_closed(fresh)
    wanted = list(dict.fromkeys(organisations))
    if not wanted:
        raise refuse("organisations", _("Choose at least one organisation."), code="missing")
    have = set(fresh.participants.values_list("organisation_id", flat=True))
    twice = [body.in_language("name") for body in wanted if body.pk in have]
    if twice:
        sentence = _("%(names)s: in this campaign already.") % {"names": ", ".join(twice)}
        raise refuse("organisations", sentence, code="twice")
    gone = [body.in_language("name") for body in wanted if body.merged_into_id is not None]
    if gone:
        raise refuse("organisations", _("%(names)s: merged into another.") % {"names": ", ".join(gone)}, code="merged")
    unknown = [body.in_language("name") for body in wanted if not (sector or body.general_sector)]
    if unknown:
        sentence = _("%(names)s: the register gives no sector. Choose the one in which they are compared.")
        raise refuse("sector", sentence % {"names": ", ".join(unknown)}, code="no_sector")
    made = [Participant(campaign=fresh, organisation=body, sector=sector or body.general_sector) for body in wanted]
    save_many(made, model=Participant)
    note(organisations=[body.code for body in wanted], sector=", ".join(sorted({row.sector for row in made})))
    save_many([found for row in made for found in _proposed(row)], model=Respondent)
    if fresh.state == CampaignState.OPEN:
        _ask(fresh, made, by=by)
    return made


def _proposed(participant: Participant) -> list[Respondent]:
    """Those whom the register says to write to: management and technical contacts, else the organisation's own address."""
    body, country = participant.organisation, the_country()
    language = spoken(country.languages[0] if country is not None and country.languages else "")
    contacts = body.contacts.filter(role__in=_WRITTEN_TO).exclude(email="").order_by("pk")
    pairs = {contact.email.lower(): (contact.purpose or body.name)[:200] for contact in contacts}
    if not pairs and body.email:
        pairs = {body.email.lower(): body.name}
    return [
        Respondent(participant=participant, name=name, mail=mail, language=language) for mail, name in pairs.items()
    ]


@action("assessment_campaign.organisation_removed", needs=RUN)
def remove_organisation(campaign: AssessmentCampaign, *, by: Actor, participant: Participant, reason: str) -> None:
    """Asks it no more. Refused once it has answered: what somebody wrote is returned or accepted, never dropped."""
    fresh = lock_latest(participant)
    must_not_be_closed(fresh.campaign)
    if fresh.answered or fresh.state != ParticipantState.ASKED:
        raise Refused(_("It has answered already, so it stays in the campaign."), code="answered")
    note(
        reason=require_text(reason, field="reason", sentence=_("Say why it is not asked.")),
        organisation=fresh.organisation.code,
    )
    for respondent in fresh.respondents.all():
        outbox.withdraw_mail(KIND_LINK, key(respondent))
    assessment = fresh.assessment
    delete(fresh)
    if assessment is not None:
        delete(assessment)


@action("assessment.sector_set", needs=RUN)
def set_sector(participant: Participant, *, by: Actor, sector: str) -> Participant:
    """In which sector it is compared with others. Until the campaign is closed: what was compared stays so."""
    fresh = lock_latest(participant)
    must_not_be_closed(fresh.campaign)
    fresh.sector = sector
    return save(fresh)


# --- Opened and closed --------------------------------------------------------------------------------------------


@action("assessment_campaign.opened", needs=RUN)
def open_campaign(campaign: AssessmentCampaign, *, by: Actor) -> AssessmentCampaign:
    """Makes the assessment of each organisation and sends the links. Refused without organisations, and where one has nobody to write
    to and no account."""
    fresh = lock_latest(campaign)
    must_be_draft(fresh)
    must_be_scored(fresh.in_version)
    if fresh.ends_on < clock.today():
        raise Refused(_("Its last day has passed. Change it first."), code="over")
    rows = list(fresh.participants.select_related("organisation"))
    if not rows:
        raise Refused(_("Add the organisations first."), code="nobody")
    bare = _without_anybody(rows)
    if bare:
        names = ", ".join(bare[:10]) + ("…" if len(bare) > 10 else "")
        sentence = _("Nobody can answer for %(names)s: add somebody to write to, or take it out.") % {"names": names}
        raise Refused(sentence, code="nobody_to_write_to")
    fresh.state, fresh.opened_on, fresh.opened_by = CampaignState.OPEN, clock.today(), by.actor_name
    save(fresh)
    _ask(fresh, rows, by=by)
    return fresh


def _without_anybody(rows: list[Participant]) -> list[str]:
    """Organisations for which there is neither a link to send nor an account that may answer."""
    written = set(
        Respondent.objects.filter(participant__in=rows, ended_on=None).values_list("participant_id", flat=True)
    )
    bodies = [row.organisation_id for row in rows if row.pk not in written]
    roles = [name for name, role in ROLES.items() if Permission.ASSESSMENT_ANSWER in role.grants]
    answered = set(
        Membership.objects.filter(organisation__in=bodies, role__in=roles, user__is_active=True).values_list(
            "organisation_id", flat=True
        )
    )
    return [
        row.organisation.in_language("name")
        for row in rows
        if row.pk not in written and row.organisation_id not in answered
    ]


def _ask(campaign: AssessmentCampaign, rows: list[Participant], *, by: Actor) -> None:
    """Their assessments and their links, each kind of row written at once."""
    befores = {row.organisation_id: newest_before(row.organisation_id, campaign.in_version) for row in rows}
    made = [
        Assessment(
            code=_code(campaign, row.organisation),
            in_version=campaign.in_version,
            organisation=row.organisation,
            reviewer=campaign.reviewer,
            in_campaign=True,
            year=campaign.ends_on.year,
            as_of=campaign.ends_on,
            opened_on=clock.today(),
            opened_by=by.actor_name,
            before=befores[row.organisation_id],
        )
        for row in rows
    ]
    save_many(made, model=Assessment)
    for row, assessment in zip(rows, made, strict=True):
        row.assessment = assessment
        row.version += 1
    _write_many(rows, ["assessment", "version"])
    asked, by_pk, mails = number_asked(campaign.in_version), {row.pk: row for row in rows}, []
    people = list(Respondent.objects.filter(participant__in=rows, ended_on=None))
    for person in people:
        person.participant = by_pk[person.participant_id]
        mails.append(link_mail(person, _new_secret(person), asked))
        person.version += 1
    _write_many(people, ["link_hash", "sent_on", "version"])
    outbox.post_all(mails)  # not by post(): the trail would keep the addresses for good
    note(organisations=len(rows), links=len(mails))


def _code(campaign: AssessmentCampaign, organisation: Organisation) -> str:
    base = slugify(f"{campaign.code[:38]}-{organisation.code[:38]}")
    return base if not Assessment.objects.filter(code=base).exists() else f"{base[:70]}-{secrets.token_hex(3)}"


def _write_many(rows: Sequence[Any], fields: list[str]) -> None:
    """Many rows changed alike: the entry holds what each says now, and no list of changes."""
    if rows:
        type(rows[0]).objects.bulk_update(rows, fields, batch_size=200)
        touch(rows)


def _new_secret(respondent: Respondent) -> str:
    secret = secrets.token_urlsafe(32)
    respondent.link_hash, respondent.sent_on = hash_of(secret), clock.today()
    return secret


def send_link(respondent: Respondent, asked: int) -> Any:
    """A new link for that respondent: only its hash stays here. The mail, to be put into the outbox."""
    secret = _new_secret(respondent)
    save(respondent, full_clean=False)
    return link_mail(respondent, secret, asked)


def _with_organisations(campaign: AssessmentCampaign) -> Iterable[models.Model | models.QuerySet[Any]]:
    return [campaign, campaign.participants.all()]


@action("assessment_campaign.closed", needs=RUN, decides=_with_organisations)
def close_campaign(campaign: AssessmentCampaign, *, by: Actor, shown: str | None = None) -> AssessmentCampaign:
    """Its links open nothing any more, and the means of sectors are shown from now on. What was not accepted stays as it is, and counts
    in no mean."""
    fresh = lock_latest(campaign)
    must_be_open(fresh)
    if fresh.phase in {CampaignPhase.OPEN, CampaignPhase.COMING}:
        raise Refused(
            _("Answers are still taken. Change its last day first, or wait until it has passed."), code="running"
        )
    waiting = fresh.participants.filter(state=ParticipantState.SUBMITTED).count()
    if waiting:
        raise Refused(_("Submitted assessments are waiting for a review. Accept or return them first."), code="waiting")
    for respondent in Respondent.objects.filter(participant__campaign=fresh).exclude(link_hash=""):
        for kind in (KIND_LINK, KIND_RETURNED):
            outbox.withdraw_mail(kind, key(respondent))
        respondent.link_hash = ""
        save(respondent, full_clean=False)
    left = Assessment.objects.filter(participant__campaign=fresh).exclude(state=AssessmentState.CLOSED)
    note(accepted=fresh.participants.filter(state=ParticipantState.ACCEPTED).count(), not_finished=left.count())
    fresh.state, fresh.closed_on = CampaignState.CLOSED, clock.today()
    return save(fresh)


# --- Targets ------------------------------------------------------------------------------------------------------


def require_level(version: Version, level: Decimal | str | None, *, field: str = "level") -> Decimal:
    """A level of the version's scale. Raises Refused for any other."""
    for value in version.scale.values:
        if level is not None and str(level) != "" and _number(level) == value:
            return value
    raise refuse(field, _("Choose a level of this framework."), code="not_on_scale")


def _number(given: Decimal | str) -> Decimal | None:
    try:
        return Decimal(str(given))
    except ArithmeticError:
        return None


@action("assessment.target_set", needs=RUN)
def set_target(
    campaign: AssessmentCampaign, *, by: Actor, item: Item, level: Decimal, participant: Participant | None = None
) -> TargetLevel:
    """For all organisations of the campaign, or for one: of an item, or of all that hangs under a branch."""
    fresh = lock_latest(campaign)
    must_not_be_closed(fresh)
    if item.in_version_id != fresh.in_version_id:
        raise refuse("item", _("This item belongs to another framework."), code="another_framework")
    found = TargetLevel.objects.filter(campaign=fresh, participant=participant, item=item).first()
    target = found or TargetLevel(campaign=fresh, participant=participant, item=item)
    target.level = require_level(fresh.in_version, level)
    return save(target)


@action("assessment.target_removed", needs=RUN)
def remove_target(target: TargetLevel, *, by: Actor) -> None:
    must_not_be_closed(lock_latest(target.campaign))
    delete(target)
