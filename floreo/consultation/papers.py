""" "You said, we did" as a document: PDF and Word alike."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from floreo.consultation import presenters
from floreo.consultation.models import Consultation
from floreo.consultation.queries import account_of
from floreo.core import clock
from floreo.core.documents.blocks import Block, Cell, Document, Facts, Grid, Heading, Paragraph
from floreo.core.ui import locale
from floreo.core.wording import day_text, number_figures
from floreo.organisations.models import Country


def answers(country: Country, consultation: Consultation) -> Document:
    """Every point with its decision and reason, and who commented."""
    account = account_of(consultation)
    made = clock.today()
    blocks: list[Block] = [
        Paragraph(presenters.lede(consultation, account), tone="lede"),
        Paragraph(presenters.decisions_text(account)),
        Heading(_("Points and decisions"), 2),
    ]
    for line in presenters.point_lines(account):
        point = line.point
        blocks.append(Heading(f"{point.number}. {point.in_language('title')}", 3))
        blocks.append(Paragraph(line.kinds, tone="note"))
        words = {"decision": line.decision, "reason": point.in_language("reason")}
        blocks.append(Paragraph(_("%(decision)s. %(reason)s") % words))
        if point.clause:
            blocks.append(Paragraph(_("Changed clause: %(clause)s.") % {"clause": point.clause}, href=line.address))
    rows = [
        (Cell(presenters.respondents_word(kind)), Cell(number_figures(n), is_number=True))
        for kind, n in account.respondents.items()
    ]
    if rows:
        title = _("Who answered")
        blocks += [Heading(title, 2), Grid(title, (_("Answers as"), _("Comments")), rows, bare=True)]
    if consultation.answered_by:
        blocks.append(Facts(((_("Signed by"), consultation.answered_by),)))
    return Document(
        title=presenters.headline(account),
        language=locale.language(),
        blocks=blocks,
        kicker=country.in_language("name"),
        subtitle=consultation.in_language("title"),
        made_on=made,
        foot=_("Made on %(day)s.") % {"day": day_text(made)},
        notice=country.site_notice,
        site=settings.SITE_ADDRESS,
    )
