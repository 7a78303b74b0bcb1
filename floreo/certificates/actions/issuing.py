"""Issuing to those who completed a cohort, entering what was issued earlier elsewhere, renewing, revoking, correcting a name."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Max, Model, QuerySet
from django.utils.translation import gettext as _

from floreo.certificates.access import terms_of
from floreo.certificates.logic import new_code, number_of
from floreo.certificates.mails import KIND_ISSUED, KIND_RENEWAL, issued_mail, spoken
from floreo.certificates.models import Certificate, CertificateTerms, Origin
from floreo.certificates.queries import candidates_of
from floreo.core import audit, clock, outbox
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.decisions import itself
from floreo.core.errors import Refused
from floreo.core.keys import key
from floreo.core.writing import assign, lock_latest, refuse, require_text, save, save_many
from floreo.frameworks.models import Item
from floreo.organisations.models import Organisation, Person
from floreo.organisations.queries import the_country
from floreo.training.logic import CohortState
from floreo.training.models import Cohort, Course, Enrolment

ISSUE = Permission.CERTIFICATE_ISSUE


def _next_serial() -> int:
    """Nobody else takes the same: the chain is held until the transaction ends."""
    audit.hold_the_chain()
    return int(Certificate.objects.aggregate(last=Max("serial"))["last"] or 0) + 1


def _numbered(certificate: Certificate, serial: int) -> Certificate:
    certificate.serial = serial
    certificate.number = number_of(serial, certificate.issued_on.year)
    certificate.code = new_code(secrets.choice)
    return certificate


# --- Terms --------------------------------------------------------------------------------------------------------


@action("certificate_terms.set", needs=ISSUE)
def set_terms(terms: CertificateTerms, *, by: Actor, version: int | None = None, **facts: Any) -> CertificateTerms:
    """What certificates of a course say, and for how long they are valid. What was issued already stays as it is."""
    fresh = lock_latest(terms, version) if terms.pk else terms
    assign(fresh, facts)
    return save(fresh)


# --- Issuing ------------------------------------------------------------------------------------------------------


def must_be_closed(cohort: Cohort) -> None:
    if cohort.state == CohortState.CANCELLED:
        raise Refused(_("This cohort was cancelled."), code="cancelled")
    if cohort.state != CohortState.CLOSED:
        raise Refused(_("Record the results of the cohort first."), code="not_closed")


def _cohort_with_people(cohort: Cohort) -> Iterable[Model | QuerySet[Any]]:
    """What decides who gets one."""
    return [cohort, cohort.course, Enrolment.objects.filter(cohort=cohort), Certificate.objects.filter(cohort=cohort)]


@action("certificates.issued", needs=ISSUE, decides=_cohort_with_people)
def issue_to_cohort(
    cohort: Cohort, *, by: Actor, issued_on: date, expires_on: date | None = None, shown: str | None = None
) -> list[Certificate]:
    """To everybody of the cohort who completed it and holds none. The worker signs them and sends each holder the link."""
    fresh = lock_latest(cohort)
    must_be_closed(fresh)
    _require_sound_days(issued_on, expires_on)
    if fresh.ends_on is not None and issued_on < fresh.ends_on:
        raise refuse("issued_on", _("The cohort had not ended on that day."), code="too_early")
    wanted = [each.enrolment for each in candidates_of(fresh) if each.why is None]
    if not wanted:
        raise Refused(_("Nobody of this cohort is without a certificate and has completed it."), code="nobody")
    facts: dict[str, Any] = {
        "terms": terms_of(fresh.course),
        "roles": _roles_of(fresh.course),
        "expires_on": expires_on,
    }
    first = _next_serial()
    made = [
        _numbered(_of_enrolment(each, fresh, issued_on=issued_on, **facts), serial)
        for serial, each in enumerate(wanted, first)
    ]
    save_many(made, model=Certificate)
    note(cohort=fresh.code, issued=len(made), first=made[0].number, last=made[-1].number)
    return made


def _require_sound_days(issued_on: date, expires_on: date | None) -> None:
    if issued_on > clock.today():
        raise refuse("issued_on", _("That day is still to come."), code="future")
    if expires_on is not None and expires_on < issued_on:
        raise refuse("expires_on", _("It would end before it begins."), code="order")


def _of_enrolment(
    enrolment: Enrolment,
    cohort: Cohort,
    *,
    terms: CertificateTerms,
    roles: list[dict[str, str]],
    issued_on: date,
    expires_on: date | None,
) -> Certificate:
    language = spoken(enrolment.language or cohort.language)
    return Certificate(
        origin=Origin.COHORT,
        name=" ".join(enrolment.name.split()),
        mail=enrolment.mail,
        language=language,
        person=enrolment.person,
        enrolment=enrolment,
        cohort=cohort,
        cohort_title=cohort.in_language("title", language),
        roles=roles,
        issued_on=issued_on,
        expires_on=expires_on,
        **_facts_of(cohort.course, terms, language),
    )


def _facts_of(course: Course, terms: CertificateTerms, language: str) -> dict[str, Any]:
    """What a certificate of the course says, in one language."""
    issuer = terms.issuer or course.programme.organisation
    return {
        "course": course,
        "title": course.in_language("title", language),
        "criteria": terms.in_language("criteria", language) if terms.pk else "",
        "hours": course.hours,
        "issuer": issuer,
        "issuer_name": _issuer_name(issuer, language),
        "signed_name": terms.signed_name,
        "signed_post": terms.in_language("signed_post", language) if terms.pk else "",
    }


def _issuer_name(issuer: Organisation | None, language: str) -> str:
    if issuer is not None:
        return issuer.in_language("name", language)
    country = the_country()
    return country.in_language("name", language) if country else "Floreo"


def _roles_of(course: Course) -> list[dict[str, str]]:
    """The items of frameworks for which the course prepares, as they are called today."""
    items = Item.objects.filter(course_roles__course=course).order_by("course_roles__pk")
    return [
        {
            "name": each.title or each.code,
            "address": each.in_version.publisher_url or each.source_url,
            "framework": each.in_version.title,
            "code": each.code,
        }
        for each in items.select_related("in_version__framework")
    ]


# --- From before --------------------------------------------------------------------------------------------------


@action("certificate.entered", needs=ISSUE)
def enter_certificate(
    *,
    by: Actor,
    name: str,
    title: str,
    issuer_name: str,
    issued_on: date,
    source: str,
    expires_on: date | None = None,
    person: Person | None = None,
    course: Course | None = None,
    hours: Decimal | None = None,
    mail: str = "",
    **facts: Any,
) -> Certificate:
    """One that was issued elsewhere, or before this site was used: put on record from its source, not signed."""
    words = require_text(name, field="name", sentence=_("Write the name as it is on the certificate."))
    heading = require_text(title, field="title", sentence=_("Write the course as it is on the certificate."))
    issuer = require_text(issuer_name, field="issuer_name", sentence=_("Write who issued it."))
    origin = require_text(source, field="source", sentence=_("Say where you saw it: the certificate itself, a list."))
    _require_sound_days(issued_on, expires_on)
    made = Certificate(
        origin=Origin.ENTERED,
        name=words,
        title=heading,
        issuer_name=issuer,
        issued_on=issued_on,
        expires_on=expires_on,
        person=person,
        course=course,
        hours=hours,
        mail=mail.strip(),
        source=origin,
        notified_on=clock.today(),
    )
    assign(made, facts)
    return save(_numbered(made, _next_serial()))


# --- Later --------------------------------------------------------------------------------------------------------


def must_not_be_revoked(certificate: Certificate) -> None:
    if certificate.revoked_on is not None:
        raise Refused(_("This certificate was revoked."), code="revoked")


def must_have_holder(certificate: Certificate) -> None:
    must_not_be_revoked(certificate)
    if certificate.is_erased:
        raise Refused(_("The holder had the name erased."), code="erased")


def must_be_renewable(certificate: Certificate) -> None:
    must_have_holder(certificate)
    if certificate.expires_on is None:
        raise Refused(_("This certificate does not expire."), code="no_end")
    if not certificate.may_be_renewed:
        raise Refused(_("It can be renewed from sixty days before its last day."), code="too_early")
    if certificate.renewals.filter(revoked_on=None).exists():
        raise Refused(_("It was renewed already."), code="renewed")


_KEPT = (
    "name",
    "mail",
    "language",
    "person",
    "course",
    "cohort",
    "title",
    "cohort_title",
    "criteria",
    "roles",
    "issuer",
    "issuer_name",
    "signed_name",
    "signed_post",
    "is_name_hidden",
)  # of a certificate in the one that renews it


@action("certificate.renewed", needs=ISSUE, decides=itself)
def renew(
    certificate: Certificate,
    *,
    by: Actor,
    issued_on: date,
    expires_on: date | None = None,
    hours: Decimal | None = None,
    shown: str | None = None,
) -> Certificate:
    """A new certificate that points to the old one, which ends on its day. `hours`: of the refresher, where there was one."""
    fresh = lock_latest(certificate)
    must_be_renewable(fresh)
    _require_sound_days(issued_on, expires_on)
    if issued_on < fresh.issued_on:
        raise refuse("issued_on", _("That is before the certificate that it renews."), code="order")
    facts = {name: getattr(fresh, name) for name in _KEPT}
    made = Certificate(
        origin=Origin.RENEWAL,
        renews=fresh,
        hours=hours if hours is not None else fresh.hours,
        issued_on=issued_on,
        expires_on=expires_on,
        **facts,
    )
    if fresh.course is not None and fresh.origin == Origin.ENTERED:  # from now on it is one of the certificates here
        assign(made, _facts_of(fresh.course, terms_of(fresh.course), fresh.language))
    saved = save(_numbered(made, _next_serial()))
    fresh.wants_renewal_on = None
    save(fresh)
    outbox.withdraw_mail(KIND_RENEWAL, key(fresh))
    return saved


@action("certificate.revoked", needs=ISSUE, decides=itself)
def revoke(certificate: Certificate, *, by: Actor, reason: str, shown: str | None = None) -> Certificate:
    """It counts no more, from today on, and its page says why. It cannot be undone: a new one is issued instead."""
    fresh = lock_latest(certificate)
    must_not_be_revoked(fresh)
    sentence = _("Give the reason. Everybody reads it who checks the certificate.")
    fresh.revoked_reason = require_text(reason, field="reason", sentence=sentence)
    fresh.revoked_on = max(clock.today(), fresh.issued_on)
    for kind in (KIND_ISSUED, KIND_RENEWAL):
        outbox.withdraw_mail(kind, key(fresh))
    return save(fresh, at={"revoked_reason": "reason"})


def must_be_revoked(certificate: Certificate) -> None:
    if certificate.revoked_on is None:
        raise Refused(_("This certificate was not revoked."), code="not_revoked")
    if certificate.is_erased:
        raise Refused(_("The holder had the name erased."), code="erased")
    others = Certificate.objects.filter(enrolment=certificate.enrolment, revoked_on=None)
    if certificate.enrolment_id is not None and others.exists():
        raise Refused(_("A new one was issued already."), code="has_one")
    renewed = Certificate.objects.filter(renews=certificate.renews, revoked_on=None)
    if certificate.renews_id is not None and renewed.exists():
        raise Refused(_("A new one was issued already."), code="has_one")


@action("certificate.reissued", needs=ISSUE, decides=itself)
def reissue(
    certificate: Certificate, *, by: Actor, issued_on: date, expires_on: date | None = None, shown: str | None = None
) -> Certificate:
    """A new certificate in place of one that was revoked by mistake, or for a mistake that was corrected."""
    fresh = lock_latest(certificate)
    must_be_revoked(fresh)
    _require_sound_days(issued_on, expires_on)
    facts = {name: getattr(fresh, name) for name in (*_KEPT, "enrolment", "hours", "origin", "renews", "source")}
    made = Certificate(issued_on=issued_on, expires_on=expires_on, **facts)
    return save(_numbered(made, _next_serial()))


@action("certificate.corrected", needs=ISSUE)
def correct_name(certificate: Certificate, *, by: Actor, name: str, version: int | None = None) -> Certificate:
    """The name was misspelt. It is signed again; a file with the old name is recognised when it is checked."""
    fresh = lock_latest(certificate, version)
    must_have_holder(fresh)
    words = require_text(name, field="name", sentence=_("Write the name as it is to be on the certificate."))
    if words == fresh.name:
        raise refuse("name", _("That is the name already."), code="same")
    fresh.name = words
    note(name_corrected=True)
    return save(_to_be_signed(fresh))


def _to_be_signed(certificate: Certificate) -> Certificate:
    """The worker signs it again, and sends the holder the link."""
    certificate.credential, certificate.token, certificate.signed_at, certificate.signed_with = "", "", None, None
    certificate.notified_on = None if certificate.mail else certificate.notified_on
    return certificate


@action("certificate.link_sent", needs=ISSUE)
def send_link(certificate: Certificate, *, by: Actor, mail: str) -> Certificate:
    """The personal link, to the holder's address; older links of this certificate end."""
    fresh = lock_latest(certificate)
    must_have_holder(fresh)
    if not fresh.is_digital:
        raise Refused(_("It was issued elsewhere: there is nothing to send."), code="not_digital")
    fresh.mail = require_text(mail, field="mail", sentence=_("Write the e-mail address of the holder."))
    fresh.link_version += 1
    fresh.notified_on = None
    if fresh.is_signed:
        fresh.notified_on = clock.today()
        saved = save(fresh)
        outbox.post(issued_mail(saved))
        return saved
    return save(fresh)
