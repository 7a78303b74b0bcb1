"""Sectors of essential services, as cases and advisories name them."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Sector(models.TextChoices):
    """Sectors of essential services. The list is that of the NIS2 directive, annexes I and II, shortened to those that a
    small state names, with public and private bodies outside them."""

    ENERGY = "energy", _("Energy")
    TRANSPORT = "transport", _("Transport and ports")
    FINANCE = "finance", _("Banking and finance")
    HEALTH = "health", _("Health")
    WATER = "water", _("Water")
    DIGITAL = "digital", _("Telecommunications and digital services")
    PUBLIC = "public", _("Public administration")
    EDUCATION = "education", _("Education and research")
    FOOD = "food", _("Food and farming")
    TOURISM = "tourism", _("Tourism")
    TRADE = "trade", _("Trade and industry")
    PEOPLE = "people", _("Private persons")
    OTHER = "other", pgettext_lazy("sector", "Another sector")
