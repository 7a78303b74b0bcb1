"""Whoever holds a notice's link: what the link opens, for how long, and as whom they act.

Each address of a notice has a link of its own, so that an answer says by whose link it came. The address is the place in the
notice's list, which is signed with the rest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from floreo.core import clock, languages, links
from floreo.core.errors import Missing, Refused
from floreo.feeds.models import Notice
from floreo.feeds.models.notices import by_link
from floreo.organisations.models import Contact, Organisation
from floreo.organisations.queries import bodies_of


def moment(today: date) -> datetime:
    """This moment of the day, on `today`: a sample country's calendar is stopped, and its notices with it."""
    now = clock.now()
    return now + timedelta(days=(today - clock.calendar_day(now)).days)


@dataclass(frozen=True)
class Holder:
    """Whoever came by the link that was sent to `address`: may answer for the organisation written to, and only that."""

    notice: Notice
    address: str

    @property
    def actor_code(self) -> str:
        return f"notice:{self.notice.pk}"

    @property
    def actor_name(self) -> str:
        return by_link(self.address)

    @property
    def may_answer(self) -> bool:
        """Whether the register lets this address reply to notices. The organisation's own address may, unless it is a contact that may not."""
        found = Contact.objects.filter(organisation__in=_bodies(self.notice.organisation), email__iexact=self.address)
        known = list(found.values_list("may_answer", flat=True))
        return any(known) if known else True

    def grants(self) -> Iterable[tuple[str, int | None]]:
        return (("operator", self.notice.organisation_id),)


def token_of(notice: Notice, place: int) -> str:
    """What is in the page's address, for one address of the notice: "0.17-1~signature"."""
    return f"{place}.{links.sign(f'notice.{place}', notice.pk, notice.link_version)}"


def page_of(notice: Notice, place: int, language: str = "") -> str:
    """The whole address of the page, in `language`."""
    with translation.override(language or languages.home()):
        return str(settings.SITE_ADDRESS) + reverse("portal:findings", args=[token_of(notice, place)])


def holder_of(token: str) -> Holder:
    """Whoever holds the link. Raises Missing, with a sentence, for one that was not made here or that opens no more."""
    place, _dot, signed = token.partition(".")
    try:
        if not (place.isascii() and place.isdecimal() and len(place) < 5):
            raise Refused(_("We do not recognise this link. Copy the whole link, or ask for a new one."))  # noqa: TRY301 -- said once
        pk, version = links.signed(f"notice.{place}", signed)
    except Refused as unknown:
        raise Missing(unknown.sentence) from unknown
    notice = Notice.objects.select_related("organisation__merged_into").filter(pk=pk).first()
    if notice is None or int(place) >= len(notice.to):
        raise Missing(_("We do not recognise this link. Copy the whole link, or ask for a new one."))
    if notice.link_version != version:
        raise Missing(_("The team ended this link. To get a new one, reply to the e-mail that contained it."))
    if moment(clock.today()) >= notice.link_until:
        raise Missing(
            _("This link has expired. The next notice lists the findings that are still open, with a new link.")
        )
    address = notice.to[int(place)]
    if address.lower() not in _reached_at(notice.organisation):
        raise Missing(
            _(
                "This link was sent to an address that is no contact of the organisation any more. Ask the team for a new one."
            )
        )
    return Holder(notice, address)


def _bodies(organisation: Organisation) -> set[int]:
    """The organisation, and who acts for it today."""
    return bodies_of([organisation.pk, organisation.successor().pk])


def _reached_at(organisation: Organisation) -> set[str]:
    """Every address at which the organisation, or who acts for it today, is written to now."""
    bodies = _bodies(organisation)
    contacts = Contact.objects.filter(organisation__in=bodies).values_list("email", flat=True)
    own = Organisation.objects.filter(pk__in=bodies).values_list("email", flat=True)
    return {address.lower() for address in (*contacts, *own) if address}
