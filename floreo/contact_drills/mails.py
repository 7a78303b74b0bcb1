"""The e-mails to contacts: whether they are still right, and those of drills, which say in their subject and first line that they are
drills."""

from __future__ import annotations

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from floreo.contact_drills.access import token_of_confirmation, token_of_recipient
from floreo.contact_drills.models import ConfirmationRequest, ContactDrill, DrillRecipient
from floreo.core import outbox
from floreo.core.keys import key
from floreo.core.models import OutboxMail
from floreo.core.ui import locale
from floreo.organisations.entry_mails import spoken, whole
from floreo.organisations.models import Contact

KIND_CONFIRMATION, KIND_DRILL = "contact.confirmation", "contact.drill"
_NO_LINK = "…"


def confirmation(asked: ConfirmationRequest) -> OutboxMail:
    contact = asked.contact
    language = spoken(contact.language)
    with translation.override(language):
        words = {
            "purpose": contact.purpose,
            "name": contact.organisation.in_language("name", language),
            "role": contact.get_role_display(),
        }
        parts = [
            _("The national register lists this address as a contact of %(name)s: %(purpose)s (%(role)s).") % words,
            _("Is that still right? Open the link and press the button. It takes a moment:"),
            whole(reverse("portal:confirm_contact", args=[token_of_confirmation(asked)])),
            _("If it is not right any more, the same page has a button for that."),
        ]
        return outbox.letter(
            to=asked.address,
            subject=_("Is this contact still right? %(name)s") % words,
            text="\n\n".join(parts) + "\n",
            kind=KIND_CONFIRMATION,
            about=key(contact),
            language=language,
            is_secret=True,
        )


def drill_words(drill: ContactDrill, contact_language: str, link: str = _NO_LINK, *, ends: str = "") -> tuple[str, str]:
    """Subject and text, in the language of a contact. Without a link: as they are previewed."""
    language = spoken(contact_language)
    with translation.override(language):
        title, message = drill.in_language("title", language), drill.in_language("message", language)
        parts = [
            _("DRILL. This is an exercise of the contact lists. Nothing has happened."),
            message,
            _("Open the link and press the button, as you would in an emergency. The minutes until then are counted:"),
            link,
            _("The drill ends on %(moment)s.") % {"moment": ends} if ends else "",
            _("DRILL. Do nothing else."),
        ]
        return _("[DRILL] %(title)s") % {"title": title}, "\n\n".join(part for part in parts if part) + "\n"


def drill(recipient: DrillRecipient) -> OutboxMail:
    contact = recipient.contact
    language = spoken(contact.language if contact else "")
    with translation.override(language):
        ends = locale.moment(recipient.drill.ends_at) if recipient.drill.ends_at else ""
        link = whole(reverse("portal:answer_drill", args=[token_of_recipient(recipient)]))
    subject, text = drill_words(recipient.drill, language, link, ends=ends)
    return outbox.letter(
        to=recipient.address,
        subject=subject,
        text=text,
        kind=KIND_DRILL,
        about=key(recipient),
        language=language,
        not_after=recipient.drill.ends_at,
        is_secret=True,
    )


def languages_of(contacts: list[Contact]) -> list[str]:
    """The languages in which they are written to, each once."""
    return list(dict.fromkeys(spoken(contact.language) for contact in contacts))
