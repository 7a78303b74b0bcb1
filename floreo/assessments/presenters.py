"""Sentences and pictures of assessments, computed from data; page, mail and paper use the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.assessments.logic import MINIMUM, WHOLE, Benchmark, CampaignPhase, Mean
from floreo.assessments.models import AssessmentCampaign, Participant, ParticipantState, PlanLine
from floreo.assessments.queries import Questionnaire
from floreo.core import clock
from floreo.core.ui import locale
from floreo.core.ui.charts import HeatRow, RadarSeries
from floreo.core.wording import day_text


def phase_text(campaign: AssessmentCampaign) -> str:
    match campaign.phase:
        case CampaignPhase.DRAFT:
            return _("Draft. No organisation knows of it.")
        case CampaignPhase.COMING:
            return _("Begins on %(day)s.") % {"day": day_text(campaign.starts_on)}
        case CampaignPhase.OPEN:
            return _("Open until %(day)s.") % {"day": day_text(campaign.ends_on)}
        case CampaignPhase.OVER:
            return _("Its last day was %(day)s. It is to be closed.") % {"day": day_text(campaign.ends_on)}
    return _("Closed on %(day)s.") % {"day": day_text(campaign.closed_on or campaign.ends_on)}


def progress_text(participant: Participant, asked: int) -> str:
    """ "41 of 106 items answered." """
    words = {"n": participant.answered, "all": asked}
    match participant.state:
        case ParticipantState.SUBMITTED:
            day = participant.submitted_on
            return _("Submitted on %(day)s.") % {"day": day_text(day) if day else ""}
        case ParticipantState.ACCEPTED:
            day = participant.accepted_on
            return _("Accepted on %(day)s.") % {"day": day_text(day) if day else ""}
        case ParticipantState.RETURNED:
            return _("Returned. %(n)d of %(all)d items answered.") % words
    return _("%(n)d of %(all)d items answered.") % words


def per_cent_text(value: Decimal | None) -> str:
    return "–" if value is None else f"{locale.number(value, 0)} %"


def line_state_text(line: PlanLine) -> str:
    """The status of a line of the plan; one that an action of the plan does, by that action."""
    done = done_on(line)
    if done is not None:
        return _("Done on %(day)s") % {"day": day_text(done)}
    if line.state == "dropped":
        return _("Given up: %(why)s") % {"why": line.reason}
    days = (clock.today() - line.due_on).days
    if days > 0:
        return ngettext("%(n)d day late", "%(n)d days late", days) % {"n": days}
    return _("Open")


def done_on(line: PlanLine) -> date | None:
    """The day on which it was done: its own, or that on which the action of the plan was closed."""
    if line.state == "done":
        return line.ended_on
    return line.action.closed_on if line.action is not None else None


@dataclass(frozen=True)
class TopRow:
    """One top branch in the table beside the radar."""

    name: str
    own: str
    self_view: str
    before: str
    target: str
    sector: str


@dataclass(frozen=True)
class RadarShown:
    axes: list[str]
    series: list[RadarSeries]
    rows: list[TopRow]
    note: str


def radar(
    asked: Questionnaire,
    results: Mapping[str, Decimal],
    *,
    self_view: Mapping[str, Decimal] | None = None,
    before: Mapping[str, Decimal] | None = None,
    targets: Mapping[str, Decimal] | None = None,
    group: Benchmark | None = None,
) -> RadarShown:
    """The radar of one organisation with the table beside it: as reviewed, its target, the year before, its sector."""
    tops = [(item.code, item.in_language("title") or item.code) for item in asked.tops]
    codes = [code for code, _name in tops]
    sector, everybody = _means(group.sector if group else {}), _means(group.overall if group else {})
    series = [RadarSeries(_("This assessment"), tuple(results.get(code) for code in codes))]
    for words, values in (
        (_("Target"), targets or {}),
        (_("The assessment before"), before or {}),
        (_("Mean of the sector"), sector),
        (_("Mean of all organisations"), {} if sector else everybody),
    ):
        if any(code in values for code in codes):
            series.append(RadarSeries(words, tuple(values.get(code) for code in codes)))
    columns = (results, self_view or {}, before or {}, targets or {}, sector)
    rows = [
        TopRow(name, *(per_cent_text(values.get(code)) for values in columns))
        for code, name in [*tops, (WHOLE, _("All together"))]
    ]
    return RadarShown([name for _code, name in tops], series, rows, benchmark_note(group))


def _means(of_branches: Mapping[str, Mean]) -> dict[str, Decimal]:
    """Those that may be shown."""
    return {code: mean.value for code, mean in of_branches.items() if mean.value is not None}


def benchmark_note(group: Benchmark | None) -> str:
    """Why there is no mean of the sector, or of how many it is."""
    if group is None:
        return _("The mean of the sector is shown once the campaign is closed.")
    whole = group.sector.get(WHOLE)
    if whole is None or whole.value is None:
        return _(
            "No mean of the sector is shown: too few of its organisations were assessed. It needs at least %(n)d besides"
            " this one."
        ) % {"n": MINIMUM}
    return _("The mean of the sector is of %(n)d organisations, this one among them.") % {"n": whole.of}


def heat_rows(
    rows: Sequence[Participant], asked: Questionnaire, results: Mapping[int, tuple[Mapping[str, Decimal], bool]]
) -> list[HeatRow]:
    codes = [WHOLE, *(item.code for item in asked.tops)]
    found = []
    for row in rows:
        values, accepted = results.get(row.pk, ({}, False))
        note = "" if accepted else _("(not accepted yet)")
        found.append(HeatRow(row.organisation.label, tuple(values.get(code) for code in codes), note))
    return found


def heat_columns(asked: Questionnaire) -> list[str]:
    return [_("All together"), *(item.in_language("title") or item.code for item in asked.tops)]


def shade_words() -> list[str]:
    return [_("below 34 %"), _("34 % to below 67 %"), _("67 % and more")]
