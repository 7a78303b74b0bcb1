"""Playbooks that come with the product (playbooks.toml), and the words for their phases."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SHIPPED = Path(__file__).resolve().parent / "playbooks.toml"

# In the order of the work; what a step's `phase` may be.
PHASES: Mapping[str, Promise] = {
    "assess": _("Assess"),
    "contain": _("Contain"),
    "inform": _("Inform"),
    "recover": _("Recover"),
    "review": _("Review what was learnt"),
}
