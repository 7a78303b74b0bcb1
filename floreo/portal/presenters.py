"""What public pages say beyond single apps: figures on home, charts of an index, how far to trust the site."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core import units
from floreo.core.models import Sourced
from floreo.core.ui.charts import sparkline
from floreo.core.wording import capital, number_figures, number_word, sentences
from floreo.indicators import presenters as figures
from floreo.indicators.logic import Outlook
from floreo.indicators.models import Indicator, Reading
from floreo.indicators.queries import latest_and_before
from floreo.packs.checking import Trust
from floreo.portal.queries.home import Figure
from floreo.strategy.levels import Level, counted
from floreo.strategy.logic import Status
from floreo.strategy.models import Edition

# How a value compares with its target is shown with the shapes of actions; "unknown" has none.
SHAPES: dict[Outlook, Status] = {
    Outlook.REACHED: Status.DONE,
    Outlook.WITHIN: Status.ON_TRACK,
    Outlook.ON_TRACK: Status.ON_TRACK,
    Outlook.AT_RISK: Status.AT_RISK,
    Outlook.MISSED: Status.LATE,
}


@dataclass(frozen=True)
class Bar:
    """One bar: a part of the whole, or a state."""

    label: str
    value: Decimal
    words: str
    is_ours: bool = False


@dataclass(frozen=True)
class Chart:
    """Bars of the parts of a figure, or of the states it is compared among."""

    title: str
    note: str
    bars: list[Bar]
    source: str
    href: str
    row: Sourced
    reference: Decimal | None = None  # a mean that the states are held against
    reference_label: str = ""
    reference_value: str = ""

    @property
    def reference_text(self) -> str:
        return f"{self.reference_label} {self.reference_value}" if self.reference is not None else ""


@dataclass(frozen=True)
class ValueText:
    """A figure on home, ready for the tag that draws it."""

    title: str
    href: str
    value: str = ""
    unit: str = ""
    period: str = ""
    qualifier: str = ""
    outlook: str = ""
    outlook_note: str = ""
    change: str = ""
    note: str = ""
    spark: SafeString | str = ""
    missing: str = ""
    how: str = ""  # calculated from records, or entered by a person, and from where


def bare_value(reading: Reading) -> str:
    """The value without unit or qualifier: both are apart from it in a figure."""
    if reading.value is None or figures.is_hidden(reading):
        return figures.value_text(reading, unit=False)
    return figures.number_text(reading.value, reading.indicator.decimals)


def qualifier_text(reading: Reading) -> str:
    if reading.value is None or figures.is_hidden(reading):
        return ""
    return {"over": _("over"), "about": _("about"), "under": _("under")}.get(reading.qualifier, "")


def outlook_note(indicator: Indicator, reading: Reading | None) -> str:
    """What is in small print after the word: "to 95 % by 31 Dec 2027", "target reached: 30 people"."""
    return _note(figures.outlook_of(indicator, reading), figures.target_text(indicator))


def _note(outlook: Outlook, target: str) -> str:
    if not target:
        return ""
    match outlook:
        case Outlook.REACHED:
            text = _("target reached: %(target)s")
        case Outlook.WITHIN:
            text = _("within the limit: %(target)s")
        case Outlook.MISSED:
            text = _("target missed: %(target)s")
        case Outlook():
            text = _("(target: %(target)s)")
    return text % {"target": target}


def shape_of(indicator: Indicator, reading: Reading | None) -> str:
    """Which of the status shapes says how it compares with its target; none without a target or a reading."""
    return str(SHAPES.get(figures.outlook_of(indicator, reading), ""))


@dataclass(frozen=True)
class IndicatorRow:
    """An indicator in a list, with its newest reading in words."""

    indicator: Indicator
    reading: Reading | None
    value: str
    when: str
    status: str
    target: str
    change: str
    outlook: Outlook


def _indicator_row(indicator: Indicator, reading: Reading | None, before: Reading | None) -> IndicatorRow:
    outlook, target = figures.outlook_of(indicator, reading), figures.target_text(indicator)
    status = str(SHAPES.get(outlook, ""))
    return IndicatorRow(
        indicator,
        reading,
        value=figures.value_text(reading) if reading else "",
        when=figures.when_text(reading) if reading else "",
        status=status,
        target=_note(outlook, target) if status else target or _("No target"),
        change=figures.change_text(reading, before) if reading else "",
        outlook=outlook,
    )


def indicator_rows(indicators: Iterable[Indicator]) -> list[IndicatorRow]:
    """Each with its newest reading and how it compares with its target. One query."""
    every = list(indicators)
    newest = latest_and_before(every) if every else {}
    return [_indicator_row(i, *newest.get(i.pk, (None, None))) for i in every]


def _spark(figure: Figure) -> SafeString | str:
    readings = figure.readings[::-1]
    if len(readings) < 3 or any(figures.is_hidden(r) or r.not_comparable for r in readings):
        return ""
    target = figure.indicator.target
    return mark_safe(sparkline([r.value for r in readings], target))  # noqa: S308 -- numbers only


def figure_text(figure: Figure) -> ValueText:
    indicator, reading = figure.indicator, figure.latest
    title = indicator.in_language("title")
    href = indicator.get_absolute_url()
    if reading is None:
        target = figures.target_text(indicator)
        note = _("Target: %(target)s.") % {"target": target} if target else _("No target set.")
        text = sentences(note, indicator.in_language("target_source"))
        return ValueText(title, href, missing=_("No value yet"), note=text)
    shape, value = shape_of(indicator, reading), bare_value(reading)
    return ValueText(
        title,
        href,
        value=value,
        unit=units.after(value, indicator),
        period=figures.when_text(reading),
        qualifier=qualifier_text(reading),
        outlook=shape,
        outlook_note=outlook_note(indicator, reading) if shape else figures.outlook_text(indicator, reading),
        change="" if shape else figures.change_text(reading, figure.before),
        note=reading.in_language("note") if not shape else "",
        spark=_spark(figure),
        how=how_text(indicator, reading),
    )


def how_text(indicator: Indicator, reading: Reading) -> str:
    """Whether a value was calculated from records here, or entered by people, and then from which source."""
    if reading.measure:
        return _("Calculated from records")
    source = reading.source or indicator.source
    return _("Entered. Source: %(source)s") % {"source": source} if source else _("Entered by people")


MEANS = ("mean", "average", "promedio", "media")


def is_mean(reading: Reading) -> bool:
    """Whether a comparison is with a mean of many states: drawn as a line across, never counted among them."""
    return any(word in MEANS for word in reading.subject.lower().split())


def bars_of(readings: Sequence[Reading], *, name: str = "", ours: Reading | None = None) -> list[Bar]:
    """Parts in the order they were entered; states from the highest down, with the country among them."""
    bars = [
        Bar(capital(r.in_language("part" if r.part else "subject")), r.value, bare_value(r))
        for r in readings
        if r.value is not None and not figures.is_hidden(r)
    ]
    if name and bars and ours is not None and ours.value is not None:
        bars.append(Bar(name, ours.value, bare_value(ours), is_ours=True))
    return sorted(bars, key=lambda b: b.value, reverse=True) if name else bars


def parts_title(bars: Sequence[Bar]) -> str:
    """The chart's answer: "Two of the five parts score zero", else which is highest and which lowest."""
    zeros = sum(1 for b in bars if b.value == 0)
    if zeros:
        words = {"zeros": number_word(zeros), "total": number_word(len(bars))}
        text = ngettext(
            "%(zeros)s of the %(total)s parts scores zero", "%(zeros)s of the %(total)s parts score zero", zeros
        )
        return capital(text % words)
    highest, lowest = max(bars, key=lambda b: b.value), min(bars, key=lambda b: b.value)
    return _("Highest: %(high)s; lowest: %(low)s") % {"high": highest.label, "low": lowest.label}


def subjects_title(bars: Sequence[Bar], country: str) -> str:
    words = {"country": country, "number": number_word(len(bars))}
    return _("Position of %(country)s among %(number)s countries") % words


def charts_of(figure: Figure, country: str) -> list[Chart]:
    """The charts of an index: its parts, and the states it is compared with."""
    states = [r for r in figure.subjects if not is_mean(r)]
    mean = next((r for r in figure.subjects if is_mean(r) and r.value is not None), None)
    ours = figure.latest if states and _same_year(states[0], figure.latest) else None
    return [
        *_chart(figure, figure.parts, bars_of(figure.parts), parts_title),
        *_chart(
            figure, states, bars_of(states, name=country, ours=ours), lambda b: subjects_title(b, country), mean=mean
        ),
    ]


def _chart(
    figure: Figure,
    readings: Sequence[Reading],
    bars: list[Bar],
    title: Callable[[Sequence[Bar]], str],
    *,
    mean: Reading | None = None,
) -> list[Chart]:
    """One chart; none where there are not two bars to compare."""
    if len(bars) < 2:
        return []
    indicator, first = figure.indicator, readings[0]
    note = _("%(title)s, %(when)s") % {"title": indicator.in_language("title"), "when": figures.when_text(first)}
    chart = Chart(title(bars), note, bars, first.source, indicator.get_absolute_url(), first)
    if mean is None or mean.value is None:
        return [chart]
    label = capital(mean.in_language("subject"))
    return [replace(chart, reference=mean.value, reference_label=label, reference_value=bare_value(mean))]


def _same_year(reading: Reading, latest: Reading | None) -> bool:
    return latest is not None and latest.ends_on == reading.ends_on


def trust_text(trust: Trust) -> str:
    """ "0 of 151 public rows of this site have been checked by the secretariat. 116 were read in their source by those who prepared the data. 35 are
    marked “unchecked”."."""
    words = {"confirmed": number_figures(trust.confirmed), "total": number_figures(trust.total)}
    if trust.unconfirmed == 0:
        return (
            _("All %(total)s public rows of this site have been checked by the secretariat.") % words
            if trust.total
            else ""
        )
    text = ngettext(
        "%(confirmed)s of %(total)s public rows of this site has been checked by the secretariat.",
        "%(confirmed)s of %(total)s public rows of this site have been checked by the secretariat.",
        trust.confirmed,
    )
    read = ngettext(
        "%(number)s was read in its source by those who prepared the data.",
        "%(number)s were read in their source by those who prepared the data.",
        trust.read,
    )
    doubtful = ngettext("%(number)s is marked “unchecked”.", "%(number)s are marked “unchecked”.", trust.doubtful)
    return sentences(
        text % words,
        read % {"number": number_figures(trust.read)} if trust.read else "",
        doubtful % {"number": number_figures(trust.doubtful)} if trust.doubtful else "",
    )


def pillars_title(edition: Edition, number: int) -> str:
    """ "Four pillars"."""
    return capital(counted(Level.PILLAR, number, edition))


def areas_title(edition: Edition, number: int) -> str:
    """ "Three pillars, with events"."""
    return capital(_("%(pillars)s, with events") % {"pillars": counted(Level.PILLAR, number, edition)})
