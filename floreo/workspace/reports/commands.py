"""What can be done to a frozen report: published now or at a moment, shown to somebody before, corrected."""

from __future__ import annotations

from collections.abc import Mapping

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core.access import Permission
from floreo.reports import actions as acts
from floreo.reports.models import Snapshot
from floreo.workspace.commands import Command, new
from floreo.workspace.forms import CommandForm
from floreo.workspace.moments import ScheduleForm
from floreo.workspace.reports import forms

PUBLISH = Permission.PUBLICATION_PUBLISH


def _is_unpublished(snapshot: Snapshot, _viewer: object) -> bool:
    return snapshot.is_public and not snapshot.is_out


def _is_scheduled(snapshot: Snapshot, _viewer: object) -> bool:
    release = getattr(snapshot, "release", None)
    return release is not None and release.publish_at is not None and not release.is_out


def becomes_public(snapshot: Snapshot) -> str:
    """What everybody may open once it is published."""
    args = [snapshot.edition.code, snapshot.code]
    pages = [snapshot.get_absolute_url(), reverse("portal:minister", args=args)]
    return _(
        "Anyone can then read: the page %(page)s, the minister’s page %(minister)s, their PDF and Word files, the views for funders, the data as"
        " JSON, and its line in the list of reports, in the open data and in the API. Publishing cannot be undone. Errors are corrected beside the"
        " report."
    ) % {"page": pages[0], "minister": pages[1]}


SNAPSHOT_COMMANDS: Mapping[str, Command] = {
    "publish": Command(
        _l("Publish the report now"),
        _l("Publish now"),
        PUBLISH,
        new(CommandForm),
        acts.publish_report,
        _is_unpublished,
        help=becomes_public,
        done=_l("Published. Anyone can read the report now."),
    ),
    "schedule": Command(
        _l("Publish the report at a set time"),
        _l("Set the time"),
        PUBLISH,
        new(ScheduleForm),
        acts.schedule_report,
        _is_unpublished,
        help=lambda snapshot: (
            _("Until that time nobody outside can read it. At that time it is published automatically.")
            + " "
            + becomes_public(snapshot)
        ),
        done=_l("The time is set. The report will be published then."),
    ),
    "withdraw": Command(
        _l("Cancel the scheduled publication"),
        _l("Cancel the publication"),
        PUBLISH,
        new(CommandForm),
        acts.withdraw_embargo,
        _is_scheduled,
        help=_l("The report stays frozen and unpublished. You can publish it or set a time again later."),
        done=_l("Cancelled. The report is not published."),
    ),
    "preview": Command(
        _l("Make a link to read the report before publication"),
        _l("Make the link"),
        PUBLISH,
        new(forms.PreviewForm),
        acts.make_preview,
        _is_unpublished,
        help=_l(
            "Whoever has the link reads the report exactly as it will be published, without an account. The link works until publication and"
            " can be withdrawn here."
        ),
        done=_l("The link is on this page."),
    ),
    "correct": Command(
        _l("Correct the report"),
        _l("Add the correction"),
        Permission.REPORT_MAKE,
        new(forms.CorrectionForm),
        acts.correct_snapshot,
        help=_l("The report does not change. The correction is shown first on its page and in its files."),
        done=_l("The correction is shown beside the report."),
    ),
}
