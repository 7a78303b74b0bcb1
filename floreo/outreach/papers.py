"""Outreach on paper: the form with the fields of the phone, and the consent to photos."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from floreo.core import clock
from floreo.core.documents.blocks import Block, Bullets, Cell, Document, Facts, Grid, Heading, Paragraph
from floreo.core.ui import locale
from floreo.core.wording import day_text
from floreo.organisations.models import Country, Place
from floreo.outreach.models import Ambassador, Audience, OutreachSession, PhotoConsent, Scheme, SessionTopic, VenueKind

_LINE = "." * 60
_BOX = "[   ]"


def _boxes(words: Iterable[object]) -> str:
    return "      ".join(f"{_BOX} {word}" for word in words)


def _words(name: str) -> str:
    return str(OutreachSession._meta.get_field(name).verbose_name)  # type: ignore[union-attr]  # a field of our own


def session_form(country: Country, *, ambassador: Ambassador | None = None, scheme: Scheme | None = None) -> Document:
    """The paper form: the same questions in the same order as on the phone."""
    districts = [p.in_language("name") for p in Place.objects.filter(kind="district").order_by("position")]
    code = f"{ambassador.code}" if ambassador is not None else _LINE
    facts = (
        (_("Ambassador"), code),
        (_words("happened_on"), _LINE),
        (_words("district"), _boxes(districts)),
        (_words("venue"), _LINE),
        (_words("setting"), _boxes(VenueKind.labels)),
        (_words("audience"), _boxes(Audience.labels)),
        (_words("topic"), _boxes(SessionTopic.labels)),
        (_words("language"), _LINE),
        (_words("minutes"), _LINE),
    )
    bands = [
        (Cell(_words(name)), Cell("")) for name in ("people_12", "people_17", "people_34", "people_59", "people_60")
    ]
    blocks: list[Block] = [
        Paragraph(_("About two minutes. Do not write names of participants: only count heads."), tone="lede"),
        Facts(facts),
        Heading(_("How many people, by age"), 2),
        Grid(
            _("How many people, by age"),
            (_("Age"), pgettext("of people", "Number")),
            [*bands, (Cell(_("Total"), is_strong=True), Cell(""))],
            bare=True,
            widths=(3, 1),
        ),
        Heading(_("Materials, incidents, photos"), 2),
        Facts(
            (
                (_words("material"), _LINE),
                (_words("materials_left"), _LINE),
                (_words("referrals"), _LINE),
                (_words("photo_consent"), _boxes(PhotoConsent.labels)),
                (_words("note"), _LINE),
            )
        ),
        Paragraph(
            _(
                "Give this sheet to the coordinator, who types it in. If the session was logged on a phone as well, write that here: each counts once."
            ),
            tone="note",
        ),
        *_call(scheme or (ambassador.scheme if ambassador is not None else None)),
    ]
    return _document(country, _("Outreach session"), blocks)


def photo_consent(country: Country, *, scheme: Scheme | None = None) -> Document:
    """What everybody signs who can be recognised in a photo; for a child, a parent or guardian."""
    blocks: list[Block] = [
        Paragraph(
            _("For everybody who can be recognised in a photo. For a child, a parent or guardian signs."), tone="lede"
        ),
        Bullets(
            (
                _(
                    "The photo shows a session on safe use of the Internet. It is kept by the coordinator of the ambassadors and is not put on the public site."
                ),
                _("The phone makes the photo small and removes the place and the time that the camera writes into it."),
                _("No name is kept with the photo."),
                _("You may take this consent back at any time. The photo is then deleted."),
                _("Whoever does not sign is not in a photo and takes part all the same."),
            )
        ),
        Grid(
            _("Signatures"),
            (_("Name"), _("Signs for (child)"), _("Signature"), _("Date")),
            [(Cell(" "), Cell(""), Cell(""), Cell("")) for _row in range(12)],
            widths=(3, 3, 3, 2),
        ),
        Paragraph(
            _("The ambassador gives this sheet to the coordinator. It is not photographed and not typed in."),
            tone="note",
        ),
        *_call(scheme),
    ]
    return _document(country, _("Consent to photos"), blocks)


def _call(scheme: Scheme | None) -> list[Block]:
    number = scheme.coordinator if scheme is not None else ""
    return [Paragraph(_("Coordinator: %(number)s.") % {"number": number}, tone="note")] if number else []


def _document(country: Country, title: str, blocks: list[Block]) -> Document:
    made = clock.today()
    return Document(
        title=title,
        language=locale.language(),
        blocks=blocks,
        kicker=country.in_language("name"),
        made_on=made,
        foot=_("Made on %(day)s.") % {"day": day_text(made)},
        notice=country.site_notice,
        site=settings.SITE_ADDRESS,
    )
