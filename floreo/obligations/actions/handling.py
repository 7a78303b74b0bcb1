"""What the national team does with a notification: accept or return stages, ask, attach, correct, forward, bring it into a case."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from floreo.core import outbox
from floreo.core.access import Actor, Permission, must
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.policy import Tlp
from floreo.core.writing import lock_latest, refuse, require_text, save
from floreo.incidents.actions.cases import open_case
from floreo.incidents.actions.duties import record_submission
from floreo.incidents.actions.making import require_readable
from floreo.incidents.actions.parts import add_organisation
from floreo.incidents.models import Case, PartOf
from floreo.obligations import logic, mails, moments
from floreo.obligations.actions.waiting import settle
from floreo.obligations.actions.writing import add_stage, must_be_open
from floreo.obligations.logic import NoticeKind, NotificationState, Stage, StageState
from floreo.obligations.models import N_HANDLE, Forwarding, Notification, NotificationStage
from floreo.organisations.models import Contact, NationalSector, Organisation

CORRECTABLE = ("is_cross_border", "countries", "is_malicious", "impact", "people", "hours", "is_significant")


# --- Rules --------------------------------------------------------------------------------------------------------


def must_be_out(notification: Notification) -> None:
    """Open, and submitted at least once."""
    must_be_open(notification)
    if notification.state == NotificationState.DRAFT:
        raise Refused(_("Nothing was submitted yet."), code="draft")


def must_be_held(notification: Notification) -> None:
    must_be_out(notification)
    if not notification.is_held:
        raise Refused(_("It is attached to an organisation already."), code="attached")


def must_be_attached(notification: Notification) -> None:
    must_be_out(notification)
    if notification.is_held:
        raise Refused(_("Attach it to an organisation first, or reject it."), code="held")


def must_have_no_case(notification: Notification) -> None:
    must_be_attached(notification)
    if notification.case_id is not None:
        raise Refused(_("It belongs to a case already."), code="has_case")


def must_wait_for_decision(stage: NotificationStage) -> None:
    must_be_attached(stage.notification)
    if stage.state != StageState.SUBMITTED:
        raise Refused(_("This stage does not wait for a decision."), code="not_waiting")


def must_be_forwardable(notification: Notification) -> None:
    """A draft is nobody's business, and neither is what was rejected."""
    if notification.state in {NotificationState.DRAFT, NotificationState.REJECTED}:
        raise Refused(_("This cannot be passed on."), code="not_out")


def _answered(notification: Notification) -> None:
    notification.answered_at = notification.answered_at or moments.now()


def _decide(stage: NotificationStage, state: StageState, by: Actor, reason: str = "") -> NotificationStage:
    stage.state, stage.reason = state, reason
    stage.decided_at, stage.decided_by = moments.now(), by.actor_name[:200]
    return save(stage)


# --- Stages -------------------------------------------------------------------------------------------------------


@action("notification.accepted", needs=N_HANDLE)
def accept_stage(stage: NotificationStage, *, by: Actor) -> Notification:
    """The stage is taken as it is. With the final report, or the only stage of a voluntary one, the notification ends."""
    fresh = lock_latest(stage)
    notification = lock_latest(fresh.notification)
    fresh.notification = notification
    must_wait_for_decision(fresh)
    _decide(fresh, StageState.ACCEPTED, by)
    _answered(notification)
    if _is_complete(notification):
        notification.state, notification.closed_at = NotificationState.CLOSED, moments.now()
    return settle(notification, what="accepted")


def _is_complete(notification: Notification) -> bool:
    stages = list(notification.stages.all())
    if any(each.state != StageState.ACCEPTED for each in stages):
        return any(each.kind == Stage.FINAL and each.state == StageState.ACCEPTED for each in stages) and not any(
            each.first_at is not None and each.state != StageState.ACCEPTED for each in stages
        )
    return Stage.FINAL not in logic.STAGES[NoticeKind(notification.kind)] or any(e.kind == Stage.FINAL for e in stages)


@action("notification.returned", needs=N_HANDLE)
def return_stage(stage: NotificationStage, *, by: Actor, reason: str) -> Notification:
    """Back to the operator with a reason. Its clock does not begin again: the first submission counts."""
    fresh = lock_latest(stage)
    notification = lock_latest(fresh.notification)
    fresh.notification = notification
    must_wait_for_decision(fresh)
    words = require_text(reason, field="reason", sentence=_("Say what is to be corrected."))
    _decide(fresh, StageState.RETURNED, by, words)
    _answered(notification)
    return settle(notification, what="returned")


@action("notification.asked", needs=N_HANDLE)
def ask_progress(notification: Notification, *, by: Actor, text: str, by_day: date | None = None) -> NotificationStage:
    """Asks for a progress report: what the team wants to know, and by when."""
    fresh = lock_latest(notification)
    must_be_attached(fresh)
    words = require_text(text, field="text", sentence=_("Say what the team wants to know."))
    now = moments.now()
    if by_day is not None and by_day < now.date():
        raise refuse("by_day", _("That day is over."), code="past")
    if fresh.stages.filter(kind=Stage.FINAL, first_at__isnull=False).exists():
        raise Refused(_("The final report is in. Return it, if something is missing."), code="final")
    _answered(fresh)
    facts = {"asked_at": now, "asked_for": words, "asked_by_day": by_day}
    stage = fresh.stages.filter(kind=Stage.PROGRESS, state=StageState.DRAFT).first()
    if stage is None:
        stage = add_stage(fresh, Stage.PROGRESS, by=by, **facts)
    else:
        for name, value in facts.items():
            setattr(stage, name, value)
        save(stage)
    settle(fresh, what="asked")
    return stage


# --- Whose it is, and what is right -------------------------------------------------------------------------------


@action("notification.attached", needs=N_HANDLE)
def attach(notification: Notification, *, by: Actor, organisation: Organisation) -> Notification:
    """A notification that somebody began before the register knew for whom: from now on that organisation reads it."""
    fresh = lock_latest(notification)
    must_be_held(fresh)
    fresh.organisation = organisation.successor()
    fresh.sector = fresh.sector or fresh.organisation.sector
    return settle(fresh, what="attached")


@action("notification.rejected", needs=N_HANDLE)
def reject(notification: Notification, *, by: Actor, reason: str) -> Notification:
    """Of no organisation that there is. What came stays on record."""
    fresh = lock_latest(notification)
    must_be_held(fresh)
    fresh.reason = require_text(reason, field="reason", sentence=_("Say why it is rejected."))
    fresh.state, fresh.closed_at = NotificationState.REJECTED, moments.now()
    return settle(fresh, what="rejected")


@action("notification.corrected", needs=N_HANDLE)
def correct(
    notification: Notification,
    *,
    by: Actor,
    version: int | None = None,
    sector: NationalSector | None = None,
    reason: str = "",
    internal_note: str | None = None,
    **facts: Any,
) -> Notification:
    """Sector and facts as the team knows them; the reference stays. A correction holds against later answers, and that an incident is
    significant or not against the rules, with a reason."""
    fresh = lock_latest(notification, version)
    must_be_out(fresh)
    fresh.sector = sector
    if internal_note is not None:
        fresh.internal_note = internal_note.strip()
    for name, value in facts.items():
        if name not in CORRECTABLE:
            raise TypeError(name)
        if getattr(fresh, name) != value:
            setattr(fresh, name, value)
            fresh.corrected = sorted({*fresh.corrected, name})
            if name == "is_significant":
                words = _("Say why it is judged otherwise than by the rules.")
                fresh.significance_reason = require_text(reason, field="reason", sentence=words)[:500]
    if fresh.is_cross_border and not fresh.countries.strip():
        raise refuse("countries", _("Name the countries that are concerned."), code="missing")
    note(reason=reason.strip())
    return settle(fresh)


@action("notification.link_renewed", needs=N_HANDLE)
def renew_link(notification: Notification, *, by: Actor) -> Notification:
    """A new link for who writes it; all older ones end at once, the leaked one too."""
    fresh = lock_latest(notification)
    if not fresh.mail:
        raise Refused(_("It is written with an account: there is no link."), code="no_link")
    fresh.link_version += 1
    return settle(fresh, what="link")


# --- Passing on ---------------------------------------------------------------------------------------------------


def body_of(text: str, tlp: str) -> str:
    """The text between its marking, at the top and at the end, as the protocol asks of mails."""
    return f"TLP:{tlp}\n\n{text.strip()}\n\nTLP:{tlp}\n"


def subject_of(notification: Notification, subject: str) -> str:
    return f"[{notification.reference}] [TLP:{notification.tlp}] {' '.join(subject.split())}"[:300]


@action("notification.forwarded", needs=N_HANDLE)
def forward(
    notification: Notification,
    *,
    by: Actor,
    organisation: Organisation,
    to: str,
    subject: str,
    text: str,
    basis: str = "",
) -> Forwarding:
    """By mail to another authority, in these words. RED never leaves; what is AMBER or stricter leaves only where a law asks for it."""
    fresh = lock_latest(notification)
    must_be_forwardable(fresh)
    require_markable(fresh.tlp, basis)
    if organisation.pk == fresh.organisation_id:
        raise refuse("organisation", _("That is the organisation that wrote it."), code="own")
    address = to.strip()
    try:
        validate_email(address)
    except ValidationError:
        raise refuse("to", _("Enter one e-mail address."), code="bad_address") from None
    known = Contact.objects.filter(organisation=organisation, email__iexact=address).exists()
    if not known and organisation.email.lower() != address.lower():
        sentence = _("%(address)s is no address of %(name)s in the register. Add it there first.")
        raise refuse("to", sentence % {"address": address, "name": organisation.name}, code="unknown_address")
    made = Forwarding(
        notification=fresh,
        organisation=organisation,
        to=address,
        subject=subject_of(
            fresh, require_text(subject, field="subject", sentence=_("Say in one line what it is about."))
        ),
        text=body_of(require_text(text, field="text", sentence=_("Write the text."))[:20_000], fresh.tlp),
        tlp=fresh.tlp,
        basis=basis.strip()[:300],
        at=moments.now(),
        by=by.actor_name[:200],
    )
    mail = mails.forward_mail(made)
    made.message_id = mail.message_id
    save(made)
    outbox.post(mail)
    return made


def require_markable(tlp: str, basis: str) -> None:
    if tlp == Tlp.RED:
        raise refuse(
            "text",
            _("It is marked TLP:RED, which is passed to nobody. Ask the operator for another marking."),
            code="red",
        )
    if tlp in {Tlp.AMBER, Tlp.AMBER_STRICT} and not basis.strip():
        sentence = _("It is marked TLP:%(tlp)s. Name the section of the law that asks to pass it on.")
        raise refuse("basis", sentence % {"tlp": tlp}, code="no_basis")


# --- Cases --------------------------------------------------------------------------------------------------------


@action("notification.case_opened", needs=N_HANDLE)
def open_case_of(notification: Notification, *, by: Actor, title: str) -> Case:
    """A case in the incidents app for it, with the facts that clocks need, and nothing of what the operator wrote."""
    must(by, Permission.INCIDENT_HANDLE)
    fresh = lock_latest(notification)
    must_have_no_case(fresh)
    facts = {} if fresh.is_significant is None else {"significant": fresh.is_significant}
    case = open_case(
        by=by,
        title=title,
        tlp=fresh.tlp,
        organisation=fresh.organisation,
        received_at=fresh.submitted_at,
        facts=facts,
        sector=fresh.sector.broad if fresh.sector else "",
        is_cross_border=fresh.is_cross_border,
        occurred_at=fresh.occurred_at,
        detected_at=fresh.detected_at,
        aware_at=fresh.aware_at,
        acknowledged_at=fresh.answered_at,
    )
    return _bring_in(fresh, case, by)


@action("notification.case_joined", needs=N_HANDLE)
def join_case(notification: Notification, *, by: Actor, case: Case) -> Case:
    """Into a case that is open already. The organisation is in it as affected; what it wrote stays here."""
    must(by, Permission.INCIDENT_HANDLE)
    fresh = lock_latest(notification)
    must_have_no_case(fresh)
    require_readable(by, case)
    organisation = fresh.organisation
    assert organisation is not None
    if not case.organisations.filter(organisation=organisation, part=PartOf.AFFECTED).exists():
        add_organisation(case, by=by, organisation=organisation)
    return _bring_in(fresh, case, by)


def _bring_in(notification: Notification, case: Case, by: Actor) -> Case:
    notification.case = case
    settle(notification)
    for stage in notification.stages.exclude(first_at=None).order_by("first_at"):
        record_submission(
            case, by=by, kind=stage.kind, organisation=notification.organisation, at=stage.first_at, text=""
        )
    return case
