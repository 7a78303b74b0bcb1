"""Texts that a mail of a case can begin with, in the language of whoever gets it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l


@dataclass(frozen=True)
class MailTemplate:
    """`subject` names no detail: a subject is never encrypted."""

    code: str
    title: Promise
    subject: Callable[[], str]
    text: Callable[[], str]


TEMPLATES: Mapping[str, MailTemplate] = {
    each.code: each
    for each in (
        MailTemplate(
            "received",
            _l("We have your report"),
            lambda: _("We have your report"),
            lambda: _(
                "We have received your report and are working on it.\n\n"
                "Please keep this reference in the subject when you write to us. "
                "We will ask you if we need to know more."
            ),
        ),
        MailTemplate(
            "preserve",
            _l("Please keep the evidence"),
            lambda: _("Please keep the evidence"),
            lambda: _(
                "Please do not switch off, reinstall or clean the systems concerned.\n\n"
                "- Separate them from the network, but leave them on.\n"
                "- Keep the logs of the last 90 days.\n"
                "- Write down who did what, and when.\n\n"
                "We will agree the next steps with you by telephone."
            ),
        ),
        MailTemplate(
            "personal-data",
            _l("Were personal data affected?"),
            lambda: _("A question about your incident"),
            lambda: _(
                "Two questions that decide what the law asks of you:\n\n"
                "1. Do the systems concerned hold personal data, and of whom?\n"
                "2. Since when do you know of the incident?\n\n"
                "“We do not know yet” is an answer too: please send it today, and the rest when you have it."
            ),
        ),
        MailTemplate(
            "block",
            _l("Request to block an address"),
            lambda: _("Request to block addresses"),
            lambda: _(
                "Please block the addresses below in your network until the date below, and reply when it is done.\n\n"
                "Addresses (written so that nobody opens them by accident):\n\n\nUntil:\nReason:"
            ),
        ),
        MailTemplate(
            "closed",
            _l("The case is closed"),
            lambda: _("The case is closed"),
            lambda: _(
                "We are closing this case. What we found, and what we advise:\n\n\n"
                "If it happens again, write to us with this reference in the subject."
            ),
        ),
    )
}


def filled(code: str, language: str) -> tuple[str, str]:
    """Subject and text in `language`; empty for no template."""
    template = TEMPLATES.get(code)
    if template is None:
        return "", ""
    with translation.override(language):
        return template.subject(), template.text()
