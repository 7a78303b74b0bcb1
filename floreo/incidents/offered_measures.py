"""Words and units of the measures in case_measures.py, as offers.py declares them."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission
from floreo.core.figures import Direction, Measure, MeasureFunction, Words
from floreo.incidents import case_measures

HANDLE = Permission.INCIDENT_HANDLE.value  # a list of reports or cases is for those who handle them
_RECEIVED, _CASES = _("reports received"), _("cases first reported in the period")


def _hours(function: MeasureFunction, title: Words, over: Words, of: Words) -> Measure:
    return Measure(
        function, title, "hours", over, of, decimals=1, direction=Direction.DOWN, about_people=True, records_need=HANDLE
    )


# Of how many reports and cases, and of how many that is over: small numbers of them name somebody, so they are shown as those of
# people are.
CASE_MEASURES: Mapping[str, Measure] = {
    "reports_received": Measure(
        case_measures.reports_received,
        _("Reports received"),
        "reports",
        _RECEIVED,
        _RECEIVED,
        about_people=True,
        records_need=HANDLE,
    ),
    "cases_received": Measure(
        case_measures.cases_received, _("Cases opened"), "cases", _CASES, _CASES, about_people=True, records_need=HANDLE
    ),
    "median_hours_to_acknowledge": _hours(
        case_measures.median_hours_to_acknowledge,
        _("Median hours until the reporter is answered"),
        _("reports whose reporter was answered"),
        _RECEIVED,
    ),
    "p90_hours_to_acknowledge": _hours(
        case_measures.p90_hours_to_acknowledge,
        _("Hours until 9 of 10 reporters are answered"),
        _("reports whose reporter was answered"),
        _RECEIVED,
    ),
    "median_hours_to_triage": _hours(
        case_measures.median_hours_to_triage,
        _("Median hours until a report is triaged"),
        _("reports triaged"),
        _RECEIVED,
    ),
    "p90_hours_to_triage": _hours(
        case_measures.p90_hours_to_triage, _("Hours until 9 of 10 reports are triaged"), _("reports triaged"), _RECEIVED
    ),
    "median_hours_to_contain": _hours(
        case_measures.median_hours_to_contain, _("Median hours until a case is contained"), _("cases contained"), _CASES
    ),
    "p90_hours_to_contain": _hours(
        case_measures.p90_hours_to_contain, _("Hours until 9 of 10 cases are contained"), _("cases contained"), _CASES
    ),
    "median_hours_to_close": _hours(
        case_measures.median_hours_to_close, _("Median hours until a case is closed"), _("cases closed"), _CASES
    ),
    "p90_hours_to_close": _hours(
        case_measures.p90_hours_to_close, _("Hours until 9 of 10 cases are closed"), _("cases closed"), _CASES
    ),
    "cases_open_over_30_days": Measure(
        case_measures.cases_open_over_30_days,
        _("Cases open for more than 30 days"),
        "cases",
        _("cases open for more than 30 days"),
        _("open cases"),
        direction=Direction.DOWN,
        about_people=True,
        records_need=HANDLE,
    ),
    "share_cases_with_lessons": Measure(
        case_measures.share_cases_with_lessons,
        _("Share of closed cases with lessons recorded"),
        "%",
        _("closed cases with lessons recorded"),
        _("cases closed in the period"),
        about_people=True,
        records_need=HANDLE,
        knows_past=False,
    ),
    "share_cases_cross_border": Measure(
        case_measures.share_cases_cross_border,
        _("Share of cases that cross the border"),
        "%",
        _("cases that cross the border"),
        _("cases of which it is recorded"),
        about_people=True,
        records_need=HANDLE,
    ),
    "share_legal_clocks_in_time": Measure(
        case_measures.share_legal_clocks_in_time,
        _("Share of legal deadlines met in time"),
        "%",
        _("deadlines met in time"),
        _("deadlines that fell in the period"),
        about_people=True,
        records_need=HANDLE,
    ),
    "share_own_clocks_in_time": Measure(
        case_measures.share_own_clocks_in_time,
        _("Share of the team's own deadlines met in time"),
        "%",
        _("deadlines met in time"),
        _("deadlines that fell in the period"),
        about_people=True,
        records_need=HANDLE,
    ),
}
