"""The attendance sheet of a session, to be printed and signed: PDF and Word alike."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.documents.blocks import Block, Cell, Document, Facts, Grid
from floreo.core.documents.plain import clean
from floreo.core.ui import locale
from floreo.core.wording import day_text
from floreo.organisations.models import Country
from floreo.training import presenters
from floreo.training.models import Session
from floreo.training.queries import expected

SPARE = 8  # empty lines for who walks in


def attendance_sheet(country: Country, session: Session) -> Document:
    """One line for everybody who has a seat, by name, and empty ones for walk-ins. No addresses: the sheet lies on a table."""
    people = list(expected(session))
    rows = [
        [Cell(str(e.number)), Cell(clean(e.shown_name)), Cell(clean(e.organisation_words)), Cell("")] for e in people
    ] + [[Cell(" "), Cell(" "), Cell(" "), Cell("")] for _n in range(SPARE)]
    pairs = [(_("Session"), presenters.session_text(session))]
    if session.venue:
        pairs.append((_("Where"), clean(session.venue)))
    if session.trainer_words:
        pairs.append((_("Trainer"), clean(session.trainer_words)))
    blocks: list[Block] = [
        Facts(pairs),
        Grid(
            caption=_("Who came. Sign in your line; who is not listed writes their name in an empty one."),
            head=(_("Number"), _("Name"), _("Organisation"), _("Signature")),
            rows=rows,
            widths=(1, 4, 4, 4),
        ),
    ]
    made = clock.today()
    return Document(
        title=_("Attendance: %(title)s") % {"title": session.cohort.in_language("title")},
        language=locale.language(),
        blocks=blocks,
        kicker=country.in_language("name"),
        subtitle=session.in_language("title"),
        made_on=made,
        foot=_("Made on %(day)s.") % {"day": day_text(made)},
        notice=country.site_notice,
        site=settings.SITE_ADDRESS,
    )
