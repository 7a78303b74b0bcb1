"""The e-mails of campaigns: the link of a respondent, a reminder, and what was decided."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.assessments.models import AssessmentCampaign, Participant, Respondent
from floreo.core import languages, outbox
from floreo.core.keys import key
from floreo.core.models import OutboxMail
from floreo.core.wording import day_text

KIND_LINK, KIND_RETURNED = "assessment.link", "assessment.returned"


class Words(NamedTuple):
    subject: str
    text: str


def spoken(language: str) -> str:
    """The language of a mail: the asked one, where the program has it."""
    return languages.spoken(language)


def link_words(campaign: AssessmentCampaign, organisation: str, address: str, items: int) -> Words:
    """What a respondent reads, in the language that is active. `address` is the link, or what is in its place in a preview."""
    facts = {
        "title": campaign.in_language("title"),
        "organisation": organisation,
        "framework": campaign.in_version.in_language("title"),
        "first": day_text(campaign.starts_on),
        "last": day_text(campaign.ends_on),
        "who": campaign.reviewer.in_language("name") if campaign.reviewer is not None else _("the secretariat"),
    }
    parts = [
        _("%(organisation)s is asked to assess itself: %(title)s.") % facts,
        campaign.in_language("words"),
        ngettext(
            "It is one form with %(n)d item of %(framework)s. Several people may fill it in, each by their own link; every"
            " answer is saved at once.",
            "It is one form with %(n)d items of %(framework)s. Several people may fill it in, each by their own link; every"
            " answer is saved at once.",
            items,
        )
        % (facts | {"n": items}),
        _("Answers are taken from %(first)s to %(last)s, and are read by %(who)s and those who run the campaign alone.")
        % facts,
        _("Your link:"),
        address,
        _("It is for you alone. If you pass it on by mistake, ask for a new one: this one then opens nothing."),
    ]
    return Words(_("Self-assessment: %(title)s") % facts, "\n\n".join(part for part in parts if part) + "\n")


def link_mail(respondent: Respondent, secret: str, items: int) -> OutboxMail:
    """With the personal link: its text is deleted once it has left."""
    participant, language = respondent.participant, spoken(respondent.language)
    campaign = participant.campaign
    with translation.override(language):
        address = f"{settings.SITE_ADDRESS}{reverse('portal:assessment_form', args=[secret])}"
        words = link_words(campaign, participant.organisation.in_language("name"), address, items)
    return outbox.letter(
        to=respondent.mail,
        subject=words.subject,
        text=words.text,
        kind=KIND_LINK,
        about=key(respondent),
        language=language,
        not_after=datetime.combine(campaign.ends_on + timedelta(days=1), time(12), tzinfo=UTC),
        is_secret=True,
    )


def returned_mail(respondent: Respondent) -> OutboxMail:
    """Says that it came back, and not why: the note is read by the link alone."""
    campaign, language = respondent.participant.campaign, spoken(respondent.language)
    with translation.override(language):
        facts = {"title": campaign.in_language("title"), "last": day_text(campaign.ends_on)}
        parts = [
            _("The self-assessment was returned to be corrected: %(title)s.") % facts,
            _("Open your link: its first page says what is to be corrected. Answers are taken until %(last)s.") % facts,
        ]
        return outbox.letter(
            to=respondent.mail,
            subject=_("Returned: %(title)s") % facts,
            text="\n\n".join(parts) + "\n",
            kind=KIND_RETURNED,
            about=key(respondent),
            language=language,
        )


def preview(campaign: AssessmentCampaign, participant: Participant | None, items: int) -> list[tuple[str, Words]]:
    """The words of the e-mail in each language, before anything leaves."""
    found = []
    for code in languages.site():
        with translation.override(code):
            body = (
                participant.organisation.in_language("name")
                if participant is not None
                else _("Name of the organisation")
            )
            found.append((code, link_words(campaign, body, _("[the personal link]"), items)))
    return found
