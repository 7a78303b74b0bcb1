"""A reading's working in words: the fraction, the groups, what was left out, how and when it was taken. No HTML."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, ngettext

from floreo.advisories import measures as advisory_measures
from floreo.core import clock, languages
from floreo.core.sectors import Sector
from floreo.feeds.measures import (
    NO_SECTOR,
    NOT_READ,
    NOT_SENT,
    OTHERS,
    SCAN_BEFORE,
    SECTOR,
    SWITCHED_OFF,
    THERE_BEFORE,
)
from floreo.incidents import case_measures, measures, taxonomy
from floreo.incidents.models import Channel
from floreo.indicators.logic import Group, safe_groups
from floreo.indicators.models import Indicator, Reading
from floreo.indicators.presenters import (
    at_risk_text,
    band_text,
    day_text,
    hides_counts,
    is_hidden,
    left_out_of,
    number_text,
    value_text,
    when_text,
)
from floreo.infrastructure import measures as service_measures
from floreo.organisations.models import ContactRole, Kind, NationalSector
from floreo.outreach import measures as outreach_measures
from floreo.outreach.models import Audience, VenueKind
from floreo.outreach.presenters import language_word
from floreo.strategy.levels import in_words_lazy

# Kinds of rows, as measures name their groups.
GROUP_WORDS: dict[str, Promise] = {
    "pillars": in_words_lazy("%(pillars)s"),
    "objectives": in_words_lazy("%(objectives)s"),
    "actions": in_words_lazy("%(actions)s"),
    "milestones": gettext_lazy("Milestones"),
    "participations": gettext_lazy("Roles of organisations in actions"),
    "budget_lines": gettext_lazy("Budget lines"),
    "events": gettext_lazy("Events"),
    "bodies": gettext_lazy("Roles of organisations in the edition"),
    "outlets": gettext_lazy("Places where it is published"),
    "targets": gettext_lazy("Targets stated in the document"),
    **{value: Kind(value).label for value in Kind.values},
    **{value: ContactRole(value).label for value in ContactRole.values},
    NOT_SENT: gettext_lazy("Not sent: left out, or never sent although findings were open"),
    "other_kinds": gettext_lazy("All other kinds"),  # of values that were counted by kind of organisation
    **{f"{SECTOR}{value}": Sector(value).label for value in Sector.values},
    NO_SECTOR: gettext_lazy("Sector not known"),
    OTHERS: gettext_lazy("All other sectors"),
    **{f"{case_measures.CHANNEL}{value}": Channel(value).label for value in Channel.values},
    case_measures.NOT_CLASSIFIED: gettext_lazy("Not classified"),
    service_measures.NO_SECTOR: gettext_lazy("No sector recorded"),
    measures.PUBLIC: gettext_lazy("Members of the public"),
    measures.GOVERNMENT: gettext_lazy("Government bodies"),
    measures.OPERATORS: gettext_lazy("Operators and others"),
    **{f"{outreach_measures.AUDIENCE}{value}": Audience(value).label for value in Audience.values},
    **{f"{outreach_measures.SETTING}{value}": VenueKind(value).label for value in VenueKind.values},
}


def left_out_text(why: str, count: int) -> str:
    """One sentence for what was not counted. A reason that none of our measures gives is a pack's own words."""
    match why:
        case "edition_not_begun" | "actions_not_known" | "actions_not_late":
            return _actions_left(why, count)
        case "milestones_of_closed_actions":
            return ngettext(
                "%(count)d milestone not reached, of an action that is now closed",
                "%(count)d milestones not reached, of actions that are now closed",
                count,
            ) % {"count": count}
        case "decisions_dropped":
            return ngettext(
                "%(count)d decision discarded before its due date",
                "%(count)d decisions discarded before their due date",
                count,
            ) % {"count": count}
        case "updates_still_in_time" | "updates_not_answered":
            return _updates_left(why, count)
        case (
            "findings_without_ipv4"
            | "findings_without_scans"
            | "findings_not_yet_notified"
            | "letters_still_fresh"
            | "files_not_readable"
            | "lines_in_other_currencies"
        ):
            return _others_left(why, count)
        case measures.DUPLICATES | measures.TESTS | measures.STILL_IN_TIME:
            text = _reports_left(why, count)
        case case_measures.WITHOUT_REPORTER | case_measures.NOT_KNOWN | case_measures.CLOCKS_NOT_KNOWN:
            text = _cases_left(why, count)
        case outreach_measures.NOT_REVIEWED:
            text = ngettext(
                "%(count)d session that was not reviewed or is not counted",
                "%(count)d sessions that were not reviewed or are not counted",
                count,
            ) % {"count": count}
        case service_measures.NO_OPERATOR | service_measures.HIT_NOTHING | service_measures.UNKNOWN_USERS:
            text = _services_left(why, count)
        case advisory_measures.NO_SOURCE_TIME:
            text = ngettext(
                "%(count)d advisory of which nobody noted since when its source was known",
                "%(count)d advisories of which nobody noted since when their source was known",
                count,
            ) % {"count": count}
        case _:
            text = gettext("%(why)s: %(count)d") % {"why": why, "count": count}
    return text


def _others_left(why: str, count: int) -> str:
    if why in ("findings_without_ipv4", "letters_still_fresh", "files_not_readable"):
        return _feeds_left(why, count)
    if why == "findings_not_yet_notified":
        text = ngettext(
            "%(count)d finding of an organisation that had not been notified yet, with which these are compared",
            "%(count)d findings of organisations that had not been notified yet, with which these are compared",
            count,
        )
        return text % {"count": count}
    if why == "findings_without_scans":
        text = ngettext(
            "%(count)d finding of a sighting or a list, whose silence shows no fix",
            "%(count)d findings of sightings and lists, whose silence shows no fix",
            count,
        )
        return text % {"count": count}
    text = ngettext("%(count)d budget line in another currency", "%(count)d budget lines in other currencies", count)
    return text % {"count": count}


def _remark(why: str, count: int) -> str:
    """One sentence for what was counted with a doubt."""
    if why == THERE_BEFORE:
        text = ngettext(
            "%(count)d of the findings was there when its source first looked. Nobody knows since when, so it counts from that day, and the band allows for more.",
            "%(count)d of the findings were there when their source first looked. Nobody knows since when, so they count from that day, and the band allows for more.",
            count,
        )
    elif why == SWITCHED_OFF:
        text = ngettext(
            "%(count)d of the findings is of a feed that is switched off. It adds no new ones, and what it saw last counts as not fixed.",
            "%(count)d of the findings are of feeds that are switched off. They add no new ones, and what they saw last counts as not fixed.",
            count,
        )
    elif why == SCAN_BEFORE:
        text = ngettext(
            "%(count)d of the findings was seen by a scan, and last by a source whose silence shows no fix. It stays, and counts as not fixed.",
            "%(count)d of the findings were seen by a scan, and last by a source whose silence shows no fix. They stay, and count as not fixed.",
            count,
        )
    else:
        text = gettext("%(why)s: %(count)d")
    return text % {"why": why, "count": count}


def _actions_left(why: str, count: int) -> str:
    if why == "edition_not_begun":
        text = ngettext(
            "%(count)d action of an edition that had not begun",
            "%(count)d actions of an edition that had not begun",
            count,
        )
    elif why == "actions_not_known":
        text = ngettext(
            "%(count)d action of which no report says what became of it",
            "%(count)d actions of which no report says what became of them",
            count,
        )
    else:
        text = ngettext("%(count)d action that is not late", "%(count)d actions that are not late", count)
    return text % {"count": count}


def _updates_left(why: str, count: int) -> str:
    if why == "updates_not_answered":
        text = ngettext("%(count)d update not received", "%(count)d updates not received", count)
    else:
        text = ngettext("%(count)d update not due yet", "%(count)d updates not due yet", count)
    return text % {"count": count}


def _feeds_left(why: str, count: int) -> str:
    if why == "letters_still_fresh":
        text = ngettext("%(count)d notice of the last week", "%(count)d notices of the last week", count)
    elif why == NOT_READ:
        text = ngettext("%(count)d file that could not be read", "%(count)d files that could not be read", count)
    else:
        text = ngettext(
            "%(count)d finding outside the register's IPv4 addresses",
            "%(count)d findings outside the register's IPv4 addresses",
            count,
        )
    return text % {"count": count}


def _reports_left(why: str, count: int) -> str:
    if why == measures.DUPLICATES:
        text = ngettext(
            "%(count)d report of what was reported before", "%(count)d reports of what was reported before", count
        )
    elif why == measures.TESTS:
        text = ngettext("%(count)d test or exercise", "%(count)d tests and exercises", count)
    else:
        text = ngettext(
            "%(count)d report whose 24 hours are not over", "%(count)d reports whose 24 hours are not over", count
        )
    return text % {"count": count}


def _cases_left(why: str, count: int) -> str:
    if why == case_measures.WITHOUT_REPORTER:
        text = ngettext(
            "%(count)d report to which nobody can answer", "%(count)d reports to which nobody can answer", count
        )
    elif why == case_measures.NOT_KNOWN:
        text = ngettext(
            "%(count)d case of which it is not recorded", "%(count)d cases of which it is not recorded", count
        )
    else:
        text = ngettext(
            "%(count)d deadline of which it is not known whether it applies",
            "%(count)d deadlines of which it is not known whether they apply",
            count,
        )
    return text % {"count": count}


def _services_left(why: str, count: int) -> str:
    if why == service_measures.NO_OPERATOR:
        text = ngettext(
            "%(count)d designated service without an operator in the register",
            "%(count)d designated services without an operator in the register",
            count,
        )
    elif why == service_measures.HIT_NOTHING:
        text = ngettext(
            "%(count)d service whose failure hits no other", "%(count)d services whose failure hits no other", count
        )
    else:
        text = ngettext(
            "%(count)d service of which nobody knows how many use it",
            "%(count)d services of which nobody knows how many use them",
            count,
        )
    return text % {"count": count}


_ROUNDED = Decimal("0.06")  # by which a share in per cent may differ from what is shown


@dataclass(frozen=True)
class Working:
    """Everything that shows how a reading came about."""

    when: str
    value: str
    numerator: str
    numerator_text: str
    denominator: str
    denominator_text: str
    groups: tuple[Group, ...]
    left_out: tuple[str, ...]
    taken: str  # by what or whom, and when
    state: str  # frozen or not
    measure: str
    measure_version: int
    records_total: int
    note: str
    hidden: str  # why numbers are not shown; "" when they are
    band: str = ""  # within what an estimated value lies
    at_risk: str = ""  # on how many it still rests
    remarks: tuple[str, ...] = ()  # what was counted with a doubt

    is_estimate: bool = False  # and then not one of the two numbers divided by the other

    @property
    def is_fraction(self) -> bool:
        return bool(self.numerator and self.denominator) and not self.is_estimate


def _sector_text(code: str) -> str:
    sector = NationalSector.objects.filter(code=code).first()
    return sector.in_language("name") if sector is not None else code


def _group_text(measure: str, name: str) -> str:
    """Groups are called by their own words."""
    if name.startswith(service_measures.SECTOR):
        return _sector_text(name.removeprefix(service_measures.SECTOR))
    if name.startswith(case_measures.RSIT):
        return taxonomy.labels(name.removeprefix(case_measures.RSIT), "", languages.now()).class_title
    if name.startswith(outreach_measures.LANGUAGE):
        return language_word(name.removeprefix(outreach_measures.LANGUAGE))
    return str(GROUP_WORDS.get(name, name))


def _groups(reading: Reading) -> tuple[Group, ...]:
    rows = reading.working.get("groups", [])
    groups = tuple(
        Group(_group_text(reading.measure, g["name"]), int(g["numerator"]), int(g["denominator"])) for g in rows
    )
    return safe_groups(groups, others=gettext("All others")) if reading.indicator.about_people else groups


def _words(indicator: Indicator, field: str, measure_text: str) -> str:
    return indicator.in_language(field) or measure_text


def taken_text(reading: Reading) -> str:
    """By what or whom a reading was taken, and when."""
    words = {"who": reading.taken_by, "day": day_text(clock.day_of(reading.taken_at))}
    if reading.measure:
        words |= {"measure": reading.measure, "version": str(reading.measure_version)}
        return gettext("Calculated on %(day)s by the measure %(measure)s, version %(version)s.") % words
    return gettext("Entered on %(day)s by %(who)s.") % words


def state_text(reading: Reading) -> str:
    """Frozen, running, or waiting to be frozen."""
    if reading.frozen_at is not None:
        words = {"day": day_text(clock.day_of(reading.frozen_at)), "who": reading.frozen_by}
        return gettext("Frozen on %(day)s by %(who)s. It cannot change.") % words
    if reading.on < reading.ends_on:
        return gettext("The period has not ended, so the value may change until %(day)s.") % {
            "day": day_text(reading.ends_on)
        }
    return gettext("Not frozen yet, so the value may still change.")


def _is_estimate(reading: Reading) -> bool:
    """Of cases that are not over, or with a band around something else than the share that the two numbers are."""
    if "at_risk" in reading.working:
        return True
    value, numerator, denominator = reading.value, reading.numerator, reading.denominator
    if "band" not in reading.working or value is None or numerator is None or not denominator:
        return False
    return abs(value - 100 * numerator / denominator) > _ROUNDED


def working_of(reading: Reading) -> Working:
    """The working as the public may see it: small numbers of people are left out."""
    indicator, hidden, counts_hidden = reading.indicator, is_hidden(reading), hides_counts(reading)
    places = 0 if reading.numerator is None or reading.numerator == reading.numerator.to_integral_value() else 2

    def number(value: object) -> str:
        return "" if value is None or counts_hidden else number_text(value, places)  # type: ignore[arg-type]  # a Decimal

    return Working(
        when=when_text(reading),
        value=value_text(reading),
        numerator=number(reading.numerator),
        numerator_text=_words(indicator, "numerator_text", gettext("counted")),
        denominator=number(reading.denominator),
        denominator_text=_words(indicator, "denominator_text", gettext("total")),
        groups=() if counts_hidden else _groups(reading),
        left_out=() if hidden else tuple(left_out_text(why, count) for why, count in left_out_of(reading)[0]),
        taken=taken_text(reading),
        state=state_text(reading),
        measure=reading.measure,
        measure_version=reading.measure_version,
        records_total=reading.records.total if reading.records and not counts_hidden else 0,
        note=reading.in_language("note"),
        hidden=gettext("Fewer than 5 people could be identified, so the numbers are not shown.")
        if counts_hidden
        else "",
        band=band_text(reading),
        at_risk=at_risk_text(reading),
        is_estimate=_is_estimate(reading),
        remarks=() if indicator.about_people else tuple(_remark(*each) for each in reading.working.get("remarks", [])),
    )
