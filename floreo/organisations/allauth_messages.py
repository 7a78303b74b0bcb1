"""Sentences of django-allauth that our translations say in our own way: as long as they are here, makemessages keeps them."""

from __future__ import annotations

from django.utils.translation import gettext_noop, ngettext_lazy

OUR_WORDS = (
    gettext_noop("Be patient, you are sending too many requests."),
    gettext_noop("You cannot generate recovery codes without having two-factor authentication enabled."),
    gettext_noop("Use a security key"),
    gettext_noop("Security Keys"),
    gettext_noop("No security keys have been added."),
    gettext_noop("A new security key has been added."),
    gettext_noop("Security Key Added"),
    gettext_noop("A security key has been removed."),
    gettext_noop("Security Key Removed"),
    gettext_noop("Security key added."),
    gettext_noop("Security key removed."),
    gettext_noop("Add Security Key"),
    gettext_noop("Edit Security Key"),
    gettext_noop("Remove Security Key"),
    gettext_noop("Security key"),
    gettext_noop("Are you sure you want to remove this security key?"),
    gettext_noop(
        "If you choose to trust this browser, you will not be asked for a verification code the next time you sign in."
    ),
    ngettext_lazy("You have added %(count)s security key.", "You have added %(count)s security keys.", "count"),
)
