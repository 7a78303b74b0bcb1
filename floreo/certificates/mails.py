"""The e-mails of certificates: the personal link of a new one, and the invitation to renew."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from floreo.certificates.access import token_of
from floreo.certificates.models import Certificate
from floreo.core import languages, outbox
from floreo.core.keys import key
from floreo.core.models import OutboxMail
from floreo.core.wording import day_text

KIND_ISSUED, KIND_RENEWAL = "certificate.issued", "certificate.renewal"


def spoken(language: str) -> str:
    """The language of a mail or a paper: the asked one, where the program has it."""
    return languages.spoken(language)


def whole(address: str) -> str:
    return f"{settings.SITE_ADDRESS}{address}"


def own_address(certificate: Certificate) -> str:
    return whole(reverse("portal:own_certificate", args=[token_of(certificate)]))


def issued_mail(certificate: Certificate) -> OutboxMail:
    """With the personal link: its text is deleted once it has left."""
    language = spoken(certificate.language)
    with translation.override(language):
        words = {
            "name": certificate.name,
            "title": certificate.title,
            "number": certificate.number,
            "issuer": certificate.issuer_name,
        }
        parts = [
            _("%(name)s, this is your certificate %(number)s: %(title)s.") % words,
            _("Issued by %(issuer)s.") % words,
        ]
        if certificate.expires_on:
            parts.append(_("It is valid until %(day)s.") % {"day": day_text(certificate.expires_on)})
        parts += [
            _(
                "This link is yours alone. It opens the PDF and the digital badge, and there you can hide your name or"
                " erase it:"
            ),
            own_address(certificate),
            _("To show somebody that the certificate is genuine, give them this address:"),
            whole(certificate.get_absolute_url()),
        ]
        return outbox.letter(
            to=certificate.mail,
            subject=_("Your certificate: %(title)s") % words,
            text="\n\n".join(parts) + "\n",
            kind=KIND_ISSUED,
            about=key(certificate),
            language=language,
            is_secret=True,
        )


def renewal_mail(certificate: Certificate) -> OutboxMail:
    language = spoken(certificate.language)
    assert certificate.expires_on is not None
    with translation.override(language):
        words = {
            "title": certificate.title,
            "number": certificate.number,
            "day": day_text(certificate.expires_on),
        }
        parts = [
            _("Your certificate %(number)s, %(title)s, is valid until %(day)s.") % words,
            _("To renew it, open your personal link and press “Ask for a renewal”:"),
            own_address(certificate),
            _("You need to do nothing if you do not want to renew it. It then expires by itself."),
        ]
        return outbox.letter(
            to=certificate.mail,
            subject=_("Your certificate expires on %(day)s: %(title)s") % words,
            text="\n\n".join(parts) + "\n",
            kind=KIND_RENEWAL,
            about=key(certificate),
            language=language,
            is_secret=True,
        )
