"""Sentences about reports and cases, computed from them."""

from __future__ import annotations

from django.utils.translation import gettext as _

from floreo.incidents.logic import OPEN_CASES
from floreo.incidents.models import Report, ReportState


def plain_state(report: Report) -> str:
    """What the reporter reads of the state of their report: never the team's words, nor its reasons."""
    case = report.case or (report.duplicate_of.case if report.duplicate_of else None)
    if report.state == ReportState.ACCEPTED:
        is_open = case is not None and case.state in OPEN_CASES
        return _("We are working on it.") if is_open else _("We worked on it and closed it.")
    sentences = {
        ReportState.ASKED: _("We need to know more from you. Our question was sent to you; you can also reply here."),
        ReportState.REJECTED: _("We read your report and closed it without further work."),
        ReportState.PASSED: _("We read your report and passed it on to the body that is responsible for it."),
        ReportState.DUPLICATE: _("We knew of this already, from another report. Yours was added to it."),
        ReportState.WITHDRAWN: _("You withdrew this report."),
    }
    if report.state in sentences:
        return sentences[ReportState(report.state)]
    if report.acknowledged_at is not None:
        return _("A person of our team has read it. It is not decided yet what happens next.")
    return _("Your report has arrived. A person of our team will read it.")
