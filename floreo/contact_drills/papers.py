"""The call sheet: whom to call, by sector and role. It is printed, and written into the data folder once a day, so that it is there when
the network is not."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from floreo.contact_drills.presenters import silence_text
from floreo.contact_drills.queries import CALL_ORDER, policy
from floreo.core import clock, languages
from floreo.core.documents.blocks import Block, Cell, Document, Grid, Heading, Paragraph
from floreo.core.documents.plain import clean
from floreo.core.ui import locale
from floreo.core.ui.papers import bytes_of
from floreo.core.wording import colon, day_text
from floreo.organisations.models import Contact, Country, Kind, Organisation
from floreo.organisations.queries import at_home


def callable_contacts() -> dict[int, list[Contact]]:
    """The contacts of each organisation that exists, in the order in which they are called."""
    order = {role: at for at, role in enumerate(CALL_ORDER)}
    found: dict[int, list[Contact]] = defaultdict(list)
    for contact in Contact.objects.filter(organisation__merged_into=None).select_related("organisation"):
        found[contact.organisation_id].append(contact)
    for rows in found.values():
        rows.sort(key=lambda c: (order.get(c.role, 99), not c.phone, c.purpose, c.pk))  # type: ignore[call-overload]
    return found


def groups() -> list[tuple[str, list[tuple[Organisation, list[Contact]]]]]:
    """Organisations with their contacts, by sector in the country's order; those of no sector by their kind, after them."""
    contacts = callable_contacts()
    bodies = Organisation.objects.filter(pk__in=list(contacts)).select_related("sector").order_by("name", "pk")
    found: dict[tuple[int, int, str], list[tuple[Organisation, list[Contact]]]] = defaultdict(list)
    for body in bodies:
        if body.sector is not None:
            place = (0, body.sector.position, body.sector.in_language("name"))
        else:
            place = (1, Kind.values.index(body.kind), str(Kind(body.kind).label))
        found[place].append((body, contacts[body.pk]))
    return [(words, found[rank, position, words]) for rank, position, words in sorted(found)]


def is_stale(contact: Contact, today: date, days: int) -> bool:
    return contact.verified_on is None or contact.verified_on <= today - timedelta(days=days)


def call_sheet(country: Country) -> Document:
    """Every contact with its number, by sector and role; what nobody has confirmed for long says so."""
    today, days = clock.today(), policy().stale_days
    blocks: list[Block] = [
        Paragraph(
            _("Confidential. Keep it locked, and destroy it when a newer one is printed. It was right on %(day)s.")
            % {"day": day_text(today)},
            tone="internal",
        )
    ]
    found = groups()
    for words, bodies in found:
        blocks.append(Heading(words))
        rows = [
            [
                Cell(clean(body.named()), is_strong=True),
                Cell(f"{contact.get_role_display()}{colon()} {clean(contact.purpose)}"),
                Cell(clean(contact.phone) or _("no number"), is_strong=bool(contact.phone)),
                Cell(clean(contact.email) or "-"),
                Cell(silence_text(contact, today), is_strong=is_stale(contact, today, days)),
            ]
            for body, contacts in bodies
            for contact in contacts
        ]
        blocks.append(
            Grid(
                caption=_("Whom to call: %(kind)s") % {"kind": words},
                head=(_("Organisation"), _("Role"), _("Telephone"), _("E-mail"), _("Confirmed")),
                rows=rows,
                widths=(4, 4, 3, 4, 3),
                bare=True,
            )
        )
    if not found:
        blocks.append(Paragraph(_("No contact is in the register.")))
    return Document(
        title=_("Call sheet"),
        language=locale.language(),
        blocks=blocks,
        kicker=country.in_language("name"),
        subtitle=_("Printed on %(day)s") % {"day": day_text(today)},
        made_on=today,
        foot=_("Call sheet of %(day)s. Confidential.") % {"day": day_text(today)},
        notice=country.site_notice,
        site=settings.SITE_ADDRESS,
    )


def sheet_folder() -> Path:
    return Path(settings.DATA) / "call-sheet"


def write_call_sheets() -> list[Path]:
    """One PDF a language of the country, each replaced whole. Read by whoever may read the data folder, and by nobody else."""
    written = []
    with at_home() as country:
        if country is None:
            return []
        folder = sheet_folder()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for language in languages.site():
            with translation.override(language):
                content = bytes_of(call_sheet(country), "pdf")
            path = folder / f"call-sheet.{language}.pdf"
            part = path.with_suffix(".part")
            part.write_bytes(content)
            part.chmod(0o600)
            part.replace(path)
            written.append(path)
    return written
