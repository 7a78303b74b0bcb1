"""The e-mail that carries the link by which somebody reads a report before it is published."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from floreo.core import outbox
from floreo.core.keys import key
from floreo.core.models import OutboxMail
from floreo.indicators.presenters import period_text
from floreo.reports.access import preview_token
from floreo.reports.models import PreviewLink, SnapshotKind

KIND_PREVIEW = "report.preview"


def preview_path(link: PreviewLink) -> str:
    """The address without the host, in the language of who reads."""
    with translation.override(link.language):
        return reverse("portal:report_preview", args=[preview_token(link)])


def preview_mail(link: PreviewLink) -> OutboxMail:
    with translation.override(link.language):
        snapshot = link.snapshot
        words = {
            "report": _("Closing evaluation")
            if snapshot.kind == SnapshotKind.CLOSING
            else _("Progress report, %(period)s") % {"period": period_text(snapshot.period)},
            "edition": snapshot.edition.in_language("title"),
            "name": link.name,
            "by": link.made_by,
            "link": settings.SITE_ADDRESS + preview_path(link),
        }
        parts = [
            _("To: %(name)s") % words,
            _(
                "This report is not published yet. You can read it as it will be published: the page, the minister’s page and the files."
            )
            % words,
            f"{words['report']}. {words['edition']}",
            words["link"],
            _(
                "The link works until the report is published or the link is withdrawn. It shows the report and changes nothing."
            )
            % words,
            _("Please do not pass it on. Sent by %(by)s.") % words,
        ]
        return outbox.letter(
            to=link.to,
            subject=_("Before publication: %(report)s") % words,
            text="\n\n".join(parts) + "\n",
            kind=KIND_PREVIEW,
            about=key(link),
            language=link.language,
            is_secret=True,
        )
