"""Every measure by its name: the one place that knows them all. docs/guide/add-an-indicator.md says how to add one."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from floreo.core.figures import MeasureFunction
from floreo.feeds import measures as feeds
from floreo.frameworks import measures as frameworks
from floreo.indicators.logic import Direction
from floreo.meetings import measures as meetings
from floreo.reviews import measures as reviews
from floreo.strategy import measures as strategy
from floreo.strategy import money_measures as money


@dataclass(frozen=True)
class Measure:
    """A function over records, and what an indicator needs to know of it. Raise `version` when the function counts
    otherwise than before: readings keep the version they were taken with, and the next is marked not comparable."""

    function: MeasureFunction
    title: Promise
    unit: str
    numerator_text: Promise
    denominator_text: Promise
    version: int = 1
    decimals: int = 0
    direction: Direction = Direction.UP
    about_people: bool = False  # its records are people: small numbers are not shown to the public
    # Whether the records say how they stood on an earlier day. Where they do not, only the running period is measured:
    # no past is made up from what is known today.
    knows_past: bool = True


MEASURES: dict[str, Measure] = {
    "share_actions_on_track": Measure(
        strategy.share_actions_on_track,
        _("Share of actions that hold their dates"),
        "%",
        _("actions done or on track"),
        _("public actions"),
    ),
    "share_actions_with_owner": Measure(
        strategy.share_actions_with_owner,
        _("Share of actions with a lead and a named person"),
        "%",
        _("actions with a lead organisation and a named person"),
        _("public actions"),
        knows_past=False,
    ),
    "share_actions_with_money": Measure(
        strategy.share_actions_with_money,
        _("Share of actions with money"),
        "%",
        _("actions with at least one budget line"),
        _("public actions"),
        knows_past=False,
    ),
    "money_committed_against_plan": Measure(
        money.money_committed_against_plan,
        _("Share of the planned money that is committed"),
        "%",
        _("committed, in the country’s currency"),
        _("planned, in the country’s currency"),
        knows_past=False,
    ),
    "money_spent_against_plan": Measure(
        money.money_spent_against_plan,
        _("Share of the planned money that is spent"),
        "%",
        _("spent, in the country’s currency"),
        _("planned, in the country’s currency"),
        knows_past=False,
    ),
    "milestones_late": Measure(
        strategy.milestones_late,
        _("Milestones late"),
        "milestones",
        _("milestones late"),
        _("milestones whose date had passed"),
        direction=Direction.DOWN,
    ),
    "share_milestones_with_evidence": Measure(
        strategy.share_milestones_with_evidence,
        _("Share of reached milestones that evidence shows"),
        "%",
        _("reached milestones with evidence"),
        _("milestones reached"),
        knows_past=False,
    ),
    "median_days_late": Measure(
        strategy.median_days_late,
        _("Median days late"),
        "days",
        _("late actions"),
        _("late actions"),
        decimals=1,
        direction=Direction.DOWN,
    ),
    "share_rows_confirmed": Measure(
        strategy.share_rows_confirmed,
        _("Share of rows confirmed against their source"),
        "%",
        _("rows confirmed"),
        _("public rows of the plan"),
        knows_past=False,
    ),
    "share_decisions_on_time": Measure(
        meetings.share_decisions_on_time,
        _("Share of decisions carried out on time"),
        "%",
        _("decisions carried out by their due day"),
        _("public decisions due in the period"),
    ),
    "share_updates_in_time": Measure(
        reviews.share_updates_in_time,
        _("Share of updates sent in time"),
        "%",
        _("updates sent by their due day"),
        _("updates asked for"),
    ),
    "median_days_update_late": Measure(
        reviews.median_days_update_late,
        _("Median days by which updates came late"),
        "days",
        _("updates that came late"),
        _("updates that came"),
        decimals=1,
        direction=Direction.DOWN,
    ),
    "share_actions_updated": Measure(
        reviews.share_actions_updated,
        _("Share of actions with an approved update"),
        "%",
        _("actions with an approved update"),
        _("public actions asked about"),
    ),
    "gci_items_reviewed": Measure(
        frameworks.gci_items_reviewed,
        _("Share of GCI items with a reviewed level"),
        "%",
        _("items with a reviewed level"),
        _("items of the newest published assessment"),
        knows_past=False,
    ),
    "gci_items_with_evidence": Measure(
        frameworks.gci_items_with_evidence,
        _("Share of GCI items with public evidence"),
        "%",
        _("items with public evidence"),
        _("items of the newest published assessment"),
        knows_past=False,
    ),
    "cmm_items_reviewed": Measure(
        frameworks.cmm_items_reviewed,
        _("Share of CMM aspects with a reviewed stage"),
        "%",
        _("aspects with a reviewed stage"),
        _("aspects of the newest published assessment"),
        knows_past=False,
    ),
    "findings_open_per_1000_addresses": Measure(
        feeds.findings_open_per_1000_addresses,
        _("Open findings per 1,000 addresses"),
        "findings",
        _("findings open at IPv4 addresses"),
        _("IPv4 addresses in the register"),
        decimals=2,
        direction=Direction.DOWN,
        knows_past=False,
    ),
    "median_days_to_fix": Measure(
        feeds.median_days_to_fix,
        _("Median days until a finding is mended"),
        "days",
        _("findings mended within a week"),
        _("findings mended"),
        decimals=1,
        direction=Direction.DOWN,
    ),
    "median_days_to_fix_by_sector": Measure(
        feeds.median_days_to_fix_by_sector,
        _("Median days until a finding is mended, by kind of organisation"),
        "days",
        _("findings mended within a week"),
        _("findings mended"),
        decimals=1,
        direction=Direction.DOWN,
    ),
    "share_notices_answered": Measure(
        feeds.share_notices_answered,
        _("Share of letters about findings that are answered"),
        "%",
        _("letters answered"),
        _("letters sent"),
    ),
    "share_constituency_verified_contact": Measure(
        feeds.share_constituency_verified_contact,
        _("Share of organisations with networks whose contact is verified"),
        "%",
        _("organisations of which a contact answered within a year"),
        _("organisations with networks, addresses or domains"),
        knows_past=False,
    ),
    "rejects_per_million": Measure(
        feeds.rejects_per_million,
        _("Rows of reports that could not be read, per million"),
        "rows",
        _("rows that could not be kept"),
        _("rows read"),
        direction=Direction.DOWN,
    ),
}


def measure_choices() -> list[tuple[str, Promise]]:
    return [(name, measure.title) for name, measure in MEASURES.items()]
