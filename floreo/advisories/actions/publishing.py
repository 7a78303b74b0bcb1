"""Publishing by a second person; new versions; withdrawal; the CSAF document and the e-mails of each version."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

from django.db.models import Exists, F, OuterRef, Q
from django.utils import translation
from django.utils.translation import gettext as _

from floreo.advisories import csaf, provider, signing
from floreo.advisories.actions.writing import (
    AdvisoryFacts,
    check_advisory,
    locked,
    must_be_in_review,
    problem_text,
    put_facts,
    require_content,
)
from floreo.advisories.logic import wants
from floreo.advisories.mails import mail_of, mail_to_organisation
from floreo.advisories.models import (
    SENT_TO_ORGANISATIONS,
    Advisory,
    AdvisoryRecipient,
    AdvisoryState,
    AdvisoryVersion,
    CsafDocument,
    Subscriber,
)
from floreo.advisories.presenters import first_note
from floreo.advisories.queries import bodies_named, contacts_of
from floreo.core import clock, outbox
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note, trail
from floreo.core.decisions import itself
from floreo.core.errors import Refused
from floreo.core.models import OutboxMail
from floreo.core.policy import Tlp
from floreo.core.writing import lock_latest, refuse, require_text, save

_SENT_STATES = (AdvisoryState.PUBLISHED, AdvisoryState.WITHDRAWN)
_FACTS = ("severity", "cves", "cvss", "products", "sectors", "references", "tlp")


def must_be_published(advisory: Advisory) -> None:
    if advisory.state != AdvisoryState.PUBLISHED:
        raise Refused(_("This is not published."), code="not_out")


@action("advisory.published", needs=Permission.ADVISORY_PUBLISH, decides=itself, notes_maker=True)
def publish(advisory: Advisory, *, by: Actor, shown: str | None = None, organisations: Sequence[str] = ()) -> Advisory:
    """Everybody may read it from now on, as it was `shown`, where it is TLP:CLEAR; else those in the workspace who may. Where
    the same person wrote it, the version says so, in public. `organisations` (codes) that run what it names are sent each version."""
    advisory = locked(advisory, by)
    must_be_in_review(advisory)
    require_content(advisory)
    advisory.state, advisory.published_at = AdvisoryState.PUBLISHED, clock.now()
    with translation.override(advisory.language):
        what = first_note()
    _send_to(advisory, organisations, by)
    return _release(advisory, by, what, by_maker=bool(trail().extra.get("by_maker")))


@action("advisory.corrected", needs=Permission.ADVISORY_PUBLISH)
def correct(
    advisory: Advisory,
    *,
    by: Actor,
    what: str,
    version: int | None = None,
    organisations: Sequence[str] = (),
    **facts: Unpack[AdvisoryFacts],
) -> Advisory:
    """A new version under the same address. Each earlier one can still be read, with what changed, by those whom its own marking
    allows: what becomes TLP:CLEAR is published to everybody by this, and its narrower versions are not. Who corrects publishes
    at once, since a wrong advisory does harm; the version says that one person did both."""
    advisory = locked(advisory, by, version)
    must_be_published(advisory)
    text = require_text(what, field="what", sentence=_("Say what changed. Readers see this beside the text."))
    was_clear = advisory.tlp == Tlp.CLEAR
    put_facts(advisory, facts)
    check_advisory(advisory, by)
    require_content(advisory)
    if was_clear and advisory.tlp != Tlp.CLEAR:
        sentence = _("What was public cannot be marked narrower. Withdraw it instead.")
        raise refuse("tlp", sentence, code="was_public")
    advisory.issue, advisory.corrected_at = advisory.issue + 1, clock.now()
    if not was_clear and advisory.tlp == Tlp.CLEAR:  # the first version that everybody reads
        advisory.published_at, advisory.corrected_at = advisory.corrected_at, None
    note(corrected=text)
    _send_to(advisory, organisations, by)
    return _release(advisory, by, text, by_maker=True)


@action("advisory.withdrawn", needs=Permission.ADVISORY_PUBLISH)
def withdraw(advisory: Advisory, *, by: Actor, reason: str) -> Advisory:
    """It is withdrawn. Its address, its CSAF document and a mail to subscribers say that it was withdrawn, and why."""
    advisory = locked(advisory, by)
    must_be_published(advisory)
    text = require_text(
        reason, field="reason", sentence=_("Give the reason. People who open the old address will read it.")
    )
    advisory.withdrawn_reason = text
    advisory.state, advisory.withdrawn_at = AdvisoryState.WITHDRAWN, clock.now()
    advisory.issue += 1
    return _release(advisory, by, text, by_maker=False)


@action("advisory.addressed", needs=Permission.ADVISORY_PUBLISH)
def send_to_organisations(advisory: Advisory, *, by: Actor, organisations: Sequence[str]) -> Advisory:
    """Further organisations that run what it names are sent the current version, and each that follows."""
    advisory = locked(advisory, by)
    must_be_published(advisory)
    if not organisations:
        raise refuse("organisations", _("Select at least one organisation."), code="none")
    _send_to(advisory, organisations, by)
    return advisory


def must_be_sendable(advisory: Advisory) -> None:
    """Whether its marking lets it leave to organisations: only what their people may read in the workspace."""
    if advisory.tlp not in SENT_TO_ORGANISATIONS:
        sentence = _("Organisations are sent only what is marked TLP:CLEAR or TLP:GREEN.")
        raise refuse("organisations", sentence, code="marking")


def _send_to(advisory: Advisory, codes: Sequence[str], by: Actor) -> None:
    """Adds them to those whom each version is sent to. The worker posts the mails (`mail_due`)."""
    if not codes:
        return
    must_be_sendable(advisory)
    named = {each.organisation.code: each.organisation for each in bodies_named(advisory, by)}
    if unknown := sorted(set(codes) - set(named)):
        sentence = _("“%(code)s” runs no product of this advisory.") % {"code": unknown[0][:80]}
        raise refuse("organisations", sentence, code="runs_nothing")
    has_it = set(advisory.recipients.values_list("organisation__code", flat=True))
    for code in sorted(set(codes) - has_it):
        save(AdvisoryRecipient(advisory=advisory, organisation=named[code]))


def _release(advisory: Advisory, by: Actor, what: str, *, by_maker: bool) -> Advisory:
    """Saves the row and its version, and draws the document of what is public."""
    is_withdrawal = advisory.state == AdvisoryState.WITHDRAWN
    save(advisory, at={"withdrawn_reason": "reason"})
    version = AdvisoryVersion(
        advisory=advisory,
        issue=advisory.issue,
        note=what,
        published_at=clock.now(),
        published_by=by.actor_name,
        by_maker=by_maker,
        facts={"tlp": advisory.tlp},
    )
    if not is_withdrawal:
        version.title, version.summary, version.text = advisory.title, advisory.summary, advisory.text
        version.advice, version.translations = advisory.advice, advisory.translations
        version.facts = {name: getattr(advisory, name) for name in _FACTS}
    save(version, at={"note": "what"})
    if advisory.tlp == Tlp.CLEAR:
        _draw(advisory)
    return advisory


def _draw(advisory: Advisory) -> CsafDocument:
    """Refuses a document that is not valid, so that nothing of this version is published."""
    document, row = provider.made(advisory, advisory.versions.all())
    if problems := csaf.judge(document):
        raise Refused(problem_text(problems), code="csaf_not_valid")
    kept = CsafDocument.objects.filter(advisory=advisory).first()
    if kept is not None:
        row.pk, row.version, row.created_at = kept.pk, kept.version, kept.created_at
    return save(row)


@action("advisory.documented", needs=Permission.ADVISORY_PUBLISH, quiet=True)
def draw_document(advisory: Advisory, *, by: Actor) -> CsafDocument | None:
    """The document of what came with a pack, which nobody published here. The worker's."""
    advisory = locked(advisory, by)
    return _draw(advisory) if advisory.is_out or advisory.is_gone else None


def draw_missing(*, by: Actor) -> int:
    """Draws every document that is missing or is not of the current version. Returns how many."""
    old = ~Q(document__issue=F("issue")) | Q(document=None)
    states = (AdvisoryState.PUBLISHED, AdvisoryState.WITHDRAWN)
    rows = Advisory.objects.filter(old, state__in=states, tlp=Tlp.CLEAR)
    return sum(draw_document(each, by=by) is not None for each in rows)


@action("advisory.signed", needs=Permission.ADVISORY_PUBLISH, quiet=True)
def sign_document(document: CsafDocument, *, by: Actor, signer: signing.Signer) -> CsafDocument:
    """A detached signature beside the document, which stays as it is."""
    document = lock_latest(document)
    document.signature = signer.detached(document.text.encode())
    document.fingerprint, document.public_key = signer.fingerprint, signer.public_key()
    return save(document)


def sign_missing(*, by: Actor) -> int:
    """Signs every document that is not signed, or with another key. The worker's: nobody else can read the key."""
    signer = signing.in_use()
    if signer is None:
        return 0
    rows = CsafDocument.objects.exclude(fingerprint=signer.fingerprint)
    return len([sign_document(each, by=by, signer=signer) for each in rows])


def draw_and_sign(*, by: Actor) -> int:
    """What the worker does with documents: draws those that are missing, then signs."""
    return draw_missing(by=by) + sign_missing(by=by)


@action("advisory.mailed", needs=Permission.ADVISORY_PUBLISH, quiet=True)
def mail_version(advisory: Advisory, *, by: Actor) -> int:
    """Puts the mails of the current version into the outbox: one to each subscriber whom it concerns and to each contact of the
    organisations that it is sent to, once. Returns how many. To subscribers only what is TLP:CLEAR: anybody may subscribe."""
    advisory = locked(advisory, by)
    if advisory.state not in _SENT_STATES:
        return 0
    mails = [
        *_to_organisations(advisory),
        *_to_subscribers(advisory),
    ]  # of two to one address the last stays, with its link
    sent = outbox.post_all(mails)
    note(mails=sent)
    save(advisory)
    return sent


def _to_organisations(advisory: Advisory) -> list[OutboxMail]:
    """To the organisations that were not sent the current version, which from now on counts as sent."""
    if advisory.tlp not in SENT_TO_ORGANISATIONS:
        return []
    mails = []
    for each in advisory.recipients.filter(mailed_issue__lt=advisory.issue).select_related("organisation"):
        mails += [mail_to_organisation(advisory, to) for to in contacts_of(each.organisation)]
        each.mailed_issue = advisory.issue
        save(each)
    return mails


def _to_subscribers(advisory: Advisory) -> list[OutboxMail]:
    if advisory.mailed_issue >= advisory.issue or advisory.tlp != Tlp.CLEAR:
        return []
    products = advisory.product_rows()
    readers = [
        each
        for each in Subscriber.objects.exclude(confirmed_at=None)
        if wants(
            sectors=each.sectors,
            products=each.products,
            advisory_sectors=advisory.sectors,
            advisory_products=products,
        )
    ]
    advisory.mailed_issue = advisory.issue
    return [mail_of(advisory, each) for each in readers]


def mail_due(*, by: Actor) -> int:
    """The mails of every version that was not sent yet. What came with a pack was sent by nobody and is not sent now."""
    to_body = AdvisoryRecipient.objects.filter(advisory=OuterRef("pk"), mailed_issue__lt=OuterRef("issue"))
    due = Q(tlp=Tlp.CLEAR, mailed_issue__lt=F("issue")) | Q(Exists(to_body), tlp__in=SENT_TO_ORGANISATIONS)
    rows = Advisory.objects.filter(due, state__in=_SENT_STATES)
    return sum(mail_version(each, by=by) for each in rows)
