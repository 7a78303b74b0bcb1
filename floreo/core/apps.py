"""Django's handle on this app."""

from django.apps import AppConfig
from django.utils.translation import trans_real

from floreo.core.languages import SiteTranslation


class CoreConfig(AppConfig):
    name = "floreo.core"
    label = "core"

    def ready(self) -> None:
        """What a catalogue lacks is shown in the site's own language: Django can fall back only to one setting."""
        trans_real.DjangoTranslation = SiteTranslation  # type: ignore[misc]  # on purpose: docs/adr/0049
        trans_real._translations.clear()  # type: ignore[attr-defined]  # what was made before this
