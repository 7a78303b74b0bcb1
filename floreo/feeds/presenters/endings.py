"""What an ending acts on, in the reader's words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from floreo.feeds.models import FindingEnding


def ending_about(ending: FindingEnding) -> str:
    """ "open-rdp, 192.0.2.0/24, Shadowserver": what all has to fit."""
    if ending.finding is not None:
        return _("%(kind)s at %(subject)s") % {"kind": ending.finding.kind, "subject": ending.finding.subject}
    parts = [ending.finding_kind, ending.subject, ending.feed.name if ending.feed else ""]
    return ", ".join(filter(None, parts))
