"""Writing of campaigns: their channels, links and reach."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from floreo.awareness.models import Audience, Campaign, CampaignChannel, CampaignLink, LinkType, Reach, ReachUnit
from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action
from floreo.core.errors import Refused
from floreo.core.writing import (
    assign,
    delete,
    free_code,
    lock_latest,
    refuse,
    require_order,
    require_past,
    require_period,
    require_text,
    save,
)

RUN = Permission.AWARENESS_RUN
MOST = 9_000_000_000  # more than there are people: a slip of the finger


def must_be_public(campaign: Campaign) -> None:
    if not campaign.is_public:
        raise Refused(_("This campaign is not public."), code="not_public")


def must_not_be_public(campaign: Campaign) -> None:
    if campaign.is_public:
        raise Refused(_("This campaign is public already."), code="public")


def must_be_removable(campaign: Campaign) -> None:
    must_not_be_public(campaign)
    if campaign.reach.exists():
        sentence = _("Reach was entered for it, so it cannot be removed.")
        raise Refused(sentence, code="has_reach")


def must_have_begun(campaign: Campaign) -> None:
    if campaign.starts_on > clock.today():
        raise Refused(_("This campaign has not begun yet."), code="not_begun")


def _require_sound(campaign: Campaign) -> None:
    require_text(campaign.title, field="title", sentence=_("Enter a title."))
    if campaign.starts_on is None or campaign.ends_on is None:
        raise refuse("starts_on", _("Enter the first and the last day."), code="missing")
    require_period(campaign.starts_on, campaign.ends_on)
    campaign.audiences = known_audiences(campaign.audiences)


def known_audiences(given: Iterable[str]) -> list[str]:
    wanted = set(given)
    return [value for value in Audience.values if value in wanted]


@action("campaign.prepared", needs=RUN)
def prepare_campaign(*, by: Actor, title: str, code: str = "", **facts: Any) -> Campaign:
    """A campaign that nobody outside sees yet."""
    made = Campaign(code=free_code(Campaign, title, wanted=code.strip()))
    assign(made, {"title": title, **facts})
    _require_sound(made)
    return save(made)


@action("campaign.updated", needs=RUN)
def update_campaign(campaign: Campaign, *, by: Actor, version: int | None = None, **facts: Any) -> Campaign:
    fresh = lock_latest(campaign, version)
    assign(fresh, facts)
    _require_sound(fresh)
    return save(fresh)


def _whole(campaign: Campaign) -> Iterable[Model | QuerySet[Any]]:
    return [campaign, campaign.channels.all(), campaign.links.all()]


@action("campaign.published", needs=RUN, decides=_whole, notes_maker=True)
def publish_campaign(campaign: Campaign, *, by: Actor, shown: str | None = None) -> Campaign:
    fresh = lock_latest(campaign)
    must_not_be_public(fresh)
    fresh.is_public = True
    return save(fresh)


@action("campaign.withdrawn", needs=RUN)
def withdraw_campaign(campaign: Campaign, *, by: Actor) -> Campaign:
    fresh = lock_latest(campaign)
    must_be_public(fresh)
    fresh.is_public = False
    return save(fresh)


@action("campaign.removed", needs=RUN)
def remove_campaign(campaign: Campaign, *, by: Actor) -> None:
    fresh = lock_latest(campaign)
    must_be_removable(fresh)
    delete(fresh)


# --- Channels and links -------------------------------------------------------------------------------------------


def _require_channel(channel: CampaignChannel) -> None:
    require_text(channel.title, field="title", sentence=_("Enter what is placed where."))
    if channel.placed_on is not None:
        require_past(channel.placed_on, field="placed_on")


@action("campaign_channel.added", needs=RUN)
def add_channel(campaign: Campaign, *, by: Actor, **facts: Any) -> CampaignChannel:
    made = CampaignChannel(campaign=lock_latest(campaign))
    assign(made, facts)
    _require_channel(made)
    return save(made)


@action("campaign_channel.updated", needs=RUN)
def update_channel(channel: CampaignChannel, *, by: Actor, version: int | None = None, **facts: Any) -> CampaignChannel:
    fresh = lock_latest(channel, version)
    assign(fresh, facts)
    _require_channel(fresh)
    return save(fresh)


@action("campaign_channel.placed", needs=RUN)
def place_channel(channel: CampaignChannel, *, by: Actor, placed_on: date) -> CampaignChannel:
    """It was placed on that day."""
    fresh = lock_latest(channel)
    fresh.placed_on = placed_on
    _require_channel(fresh)
    return save(fresh)


@action("campaign_channel.removed", needs=RUN)
def remove_channel(channel: CampaignChannel, *, by: Actor) -> None:
    delete(lock_latest(channel))


@action("campaign_link.added", needs=RUN)
def add_link(campaign: Campaign, *, by: Actor, **facts: Any) -> CampaignLink:
    made = CampaignLink(campaign=lock_latest(campaign))
    assign(made, facts)
    return save(_named(made))


def _named(link: CampaignLink) -> CampaignLink:
    """An initiative gives its name, and makes the link one of that kind."""
    if link.initiative is not None:
        link.kind, link.name = LinkType.INITIATIVE, link.initiative.title
    elif link.kind == LinkType.INITIATIVE:
        raise refuse("initiative", _("Choose the initiative."), code="missing")
    require_text(link.name, field="name", sentence=_("Enter a name."))
    return link


@action("campaign_link.updated", needs=RUN)
def update_link(link: CampaignLink, *, by: Actor, version: int | None = None, **facts: Any) -> CampaignLink:
    fresh = lock_latest(link, version)
    assign(fresh, facts)
    return save(_named(fresh))


@action("campaign_link.removed", needs=RUN)
def remove_link(link: CampaignLink, *, by: Actor) -> None:
    delete(lock_latest(link))


# --- Reach --------------------------------------------------------------------------------------------------------


def _require_reach(reach: Reach) -> None:
    sentence = _(
        "Enter the source: who counted it and how, for example the report of the station. Reach without a source is not kept."
    )
    reach.source = require_text(reach.source, field="source", sentence=sentence)
    if reach.unit not in ReachUnit.values:
        raise refuse("unit", _("Choose what the number counts."), code="missing")
    if reach.number is None or not 0 <= reach.number <= MOST:
        raise refuse("number", _("Enter a whole number, 0 or greater."), code="bad_number")
    if reach.from_on is None or reach.to_on is None:
        raise refuse("from_on", _("Enter the first and the last day."), code="missing")
    require_order(reach.from_on, reach.to_on, field="to_on", named=(_("The first day"), _("the last day")))
    require_past(reach.to_on, field="to_on")
    if reach.channel is not None and reach.channel.campaign_id != reach.campaign_id:
        raise refuse("channel", _("This channel is of another campaign."), code="other_campaign")


@action("campaign_reach.entered", needs=RUN)
def enter_reach(campaign: Campaign, *, by: Actor, **facts: Any) -> Reach:
    """A number that somebody counted. Refuses one without its source."""
    made = Reach(campaign=lock_latest(campaign))
    assign(made, facts)
    _require_reach(made)
    return save(made)


@action("campaign_reach.updated", needs=RUN)
def update_reach(reach: Reach, *, by: Actor, version: int | None = None, **facts: Any) -> Reach:
    fresh = lock_latest(reach, version)
    assign(fresh, facts)
    _require_reach(fresh)
    return save(fresh)


@action("campaign_reach.removed", needs=RUN)
def remove_reach(reach: Reach, *, by: Actor) -> None:
    delete(lock_latest(reach))
