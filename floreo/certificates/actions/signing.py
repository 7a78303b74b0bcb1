"""What the worker does by itself: signs what was issued and sends each holder the link, keeps the list of revoked certificates fresh,
invites to renew. Only it opens the private key, and it signs before the transaction in which it stores the signatures."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext as _

from floreo.certificates import badges
from floreo.certificates.identity import did_of, private_key, public_address, site_name, status_address
from floreo.certificates.mails import issued_mail, renewal_mail, spoken
from floreo.certificates.models import Certificate, SigningKey, StatusList
from floreo.certificates.queries import lists_needed, revoked_places, to_invite
from floreo.core import clock, outbox
from floreo.core.access import SYSTEM, Actor, Permission
from floreo.core.action import action, note
from floreo.core.decisions import itself
from floreo.core.errors import Refused
from floreo.core.ui import locale
from floreo.core.writing import lock_latest, require_text, save, touch
from floreo.organisations.queries import at_home

if TYPE_CHECKING:
    from floreo.certificates.signatures import Signer

ISSUE = Permission.CERTIFICATE_ISSUE
AT_ONCE = 200  # signed, then stored together
LIST_AGE = timedelta(hours=20)  # after which a list is signed again though nothing changed
LIST_LASTS = timedelta(days=7)  # a copy that is older is refused by verifiers


def sign_due() -> int:
    """The job. Returns how many were signed. Raises Refused, with what to do, when the key cannot be read."""
    with at_home():
        invite_due()
        waits = Certificate.objects.unsigned().exists()
        if not waits and not _lists_due():
            return 0
        key = private_key()
        known = _current_key(badges.public_of(key))
        signed = 0
        while part := list(_unsigned()[:AT_ONCE]):
            signed += _sign_part(part, key, known)
        _sign_lists(key, known)
        return signed


def _unsigned() -> Any:
    rows = Certificate.objects.unsigned().select_related("course", "renews", "issuer")
    return rows.order_by("serial")


def _current_key(public: str) -> SigningKey:
    """The row of the key in the file; a new one where the file was replaced."""
    found = SigningKey.objects.filter(public_key=public).first()
    if found is None:
        return add_key(by=SYSTEM, public=public)
    if not found.counts:
        sentence = (
            "The key of FLOREO_CERTIFICATE_KEY_FILE was withdrawn. Remove the file; the worker then makes another."
        )
        raise Refused(sentence, code="withdrawn_key")
    return found


def _signer(key: Any, known: SigningKey, name: str) -> Signer:
    # late: its library takes a while to load, and most runs sign nothing
    from floreo.certificates.signatures import Signer

    return Signer(key, badges.Issuer(did_of(known.public_key), name, settings.SITE_ADDRESS))


def _sign_part(part: list[Certificate], key: Any, known: SigningKey) -> int:
    at = clock.machine()
    signers: dict[str, Signer] = {}
    for each in part:
        name = each.issuer_name or site_name()
        signer = signers.get(name)
        if signer is None:
            signer = signers[name] = _signer(key, known, name)
        each.credential, each.token = signer.sign(statement_of(each), at=at)
        each.signed_at, each.signed_with = at, known
    return save_signatures(part, by=SYSTEM)


def statement_of(certificate: Certificate) -> badges.Statement:
    """What is signed of it. Days are days of UTC: the standard has no other."""
    list_number, place = certificate.list_place
    address = public_address(certificate)
    language = spoken(certificate.language)
    with translation.override(language):
        hours = _("%(n)s hours") % {"n": locale.number(certificate.hours)} if certificate.hours is not None else ""
        criteria = certificate.criteria or _("The holder completed the course.")
        description = criteria
    course = certificate.course.code if certificate.course else f"number-{certificate.number}"
    return badges.Statement(
        id=address,
        title=certificate.title,
        description=description,
        criteria=criteria,
        achievement=f"{settings.SITE_ADDRESS}/certificates/#{course}",
        holder=certificate.name,
        valid_from=datetime.combine(certificate.issued_on, time(), tzinfo=UTC),
        valid_until=_end_of(certificate.expires_on),
        cohort=certificate.cohort_title,
        hours=hours,
        evidence=f"{address}#course",
        alignments=tuple(
            badges.Alignment(each["name"], each["address"], each["framework"], each["code"])
            for each in certificate.roles
            if str(each.get("address", "")).startswith(("https://", "http://"))
        ),
        status_list=status_address(list_number),
        status_index=place,
        renews=public_address(certificate.renews) if certificate.renews is not None else "",
        language=language,
    )


def _end_of(day: date | None) -> datetime | None:
    return datetime.combine(day, time(23, 59, 59), tzinfo=UTC) if day else None


@action("certificates.signed", needs=ISSUE, quiet=True)
def save_signatures(certificates: list[Certificate], *, by: Actor) -> int:
    """Stores what was signed, where nobody changed the certificate meanwhile, and sends each holder the link. Returns how many."""
    versions = {each.pk: each.version for each in certificates}
    now = dict(Certificate.objects.unsigned().select_for_update().filter(pk__in=versions).values_list("pk", "version"))
    kept = [each for each in certificates if now.get(each.pk) == each.version]
    receivers = [each for each in kept if each.mail and each.notified_on is None and each.revoked_on is None]
    for each in receivers:
        each.notified_on = clock.today()
    fields = ["credential", "token", "signed_at", "signed_with", "notified_on"]
    Certificate.objects.bulk_update(kept, fields, batch_size=50)
    touch(kept)
    outbox.post_all(issued_mail(each) for each in receivers)
    if kept:
        note(signed=len(kept), first=kept[0].number, last=kept[-1].number, key=kept[0].signed_with.number)  # type: ignore[union-attr]  # just set
    return len(kept)


# --- The list of what was revoked ---------------------------------------------------------------------------------


def _lists_due() -> bool:
    lists = {each.number: each for each in StatusList.objects.defer("text")}
    return any(_is_due(lists.get(number), number) for number in lists_needed())


def _is_due(found: StatusList | None, number: int) -> bool:
    if found is None or found.made_at is None or clock.machine() - found.made_at > LIST_AGE:
        return True
    return found.revoked != len(revoked_places(number))


def _sign_lists(key: Any, known: SigningKey) -> None:
    signer, at = _signer(key, known, site_name()), clock.machine()
    lists = {each.number: each for each in StatusList.objects.all()}
    for number in lists_needed():
        found = lists.get(number) or StatusList(number=number)
        if _is_due(lists.get(number), number):
            revoked = revoked_places(number)
            text = signer.status_list(status_address(number), revoked, at=at, until=at + LIST_LASTS)
            save_list(found, by=SYSTEM, text=text, revoked=len(revoked), at=at)


@action("certificate_list.signed", needs=ISSUE)
def save_list(found: StatusList, *, by: Actor, text: str, revoked: int, at: datetime) -> StatusList:
    """The list as others fetch it."""
    found.text, found.revoked, found.made_at = text, revoked, at
    note(list=found.number, revoked=revoked)
    if found.pk is None:
        return save(found, full_clean=False)
    StatusList.objects.filter(pk=found.pk).update(text=text, revoked=revoked, made_at=at, changed_at=at)
    touch([found])
    return found


# --- Keys ---------------------------------------------------------------------------------------------------------


@action("certificate_key.added", needs=ISSUE)
def add_key(*, by: Actor, public: str) -> SigningKey:
    """A key begins to sign; the one before it ends, and what it signed is checked with it as before."""
    today = clock.today()
    for each in SigningKey.objects.filter(until_on=None):
        each.until_on = today
        save(each)
    last = int(SigningKey.objects.aggregate(last=Max("number"))["last"] or 0)
    return save(SigningKey(number=last + 1, public_key=public, from_on=today))


@action("certificate_key.withdrawn", needs=ISSUE, decides=itself)
def withdraw_key(key: SigningKey, *, by: Actor, reason: str, shown: str | None = None) -> SigningKey:
    """It was stolen, or somebody else may have it: whatever it signed counts no more, and every certificate that it signed is signed
    again with the next key. Replace the file of the key before the worker comes round."""
    fresh = lock_latest(key)
    if not fresh.counts:
        raise Refused(_("This key was withdrawn already."), code="withdrawn")
    fresh.withdrawn_reason = require_text(reason, field="reason", sentence=_("Give the reason."))
    fresh.withdrawn_on = clock.today()
    fresh.until_on = fresh.until_on or fresh.withdrawn_on
    saved = save(fresh, at={"withdrawn_reason": "reason"})
    rows = Certificate.objects.filter(signed_with=saved, is_erased=False)
    again = list(rows)
    for each in again:
        each.credential, each.token, each.signed_at, each.signed_with = "", "", None, None
        each.notified_on = None if each.mail else each.notified_on
    Certificate.objects.bulk_update(
        again, ["credential", "token", "signed_at", "signed_with", "notified_on"], batch_size=100
    )
    touch(again)
    StatusList.objects.update(made_at=None)
    note(signed_again=len(again))
    return saved


# --- Renewal ------------------------------------------------------------------------------------------------------


def invite_due() -> int:
    """Everybody whose certificate ends within sixty days and who was not invited yet."""
    due = list(to_invite(clock.today()))
    return invite_to_renew(due, by=SYSTEM) if due else 0


@action("certificates.renewal_invited", needs=ISSUE)
def invite_to_renew(certificates: list[Certificate], *, by: Actor) -> int:
    """Each holder is informed when it ends, and gets the link with which to ask for a renewal."""
    found = list(_still(certificates))
    for each in found:
        each.invited_on = clock.today()
    Certificate.objects.bulk_update(found, ["invited_on"], batch_size=200)
    touch(found)
    outbox.post_all(renewal_mail(each) for each in found)
    note(invited=len(found))
    return len(found)


def _still(certificates: list[Certificate]) -> Iterable[Certificate]:
    for at in range(0, len(certificates), AT_ONCE):
        pks = [each.pk for each in certificates[at : at + AT_ONCE]]
        yield from Certificate.objects.select_for_update().filter(pk__in=pks, invited_on=None).exclude(mail="")
