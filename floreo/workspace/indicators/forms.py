"""Forms of figures. They check shape; actions check rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core import clock
from floreo.core.fields import label_of
from floreo.core.figures import Wait
from floreo.core.whole import whole
from floreo.indicators.actions import grouping as acts
from floreo.indicators.catalogue import measure_choices, result_choices
from floreo.indicators.logic import Frequency, Period, period_of, periods_between, previous
from floreo.indicators.measuring import Asked, measures_that_wait, rhythm, waits_of
from floreo.indicators.models import ChartNote, Indicator, Reading
from floreo.indicators.presenters import period_text
from floreo.strategy.levels import title_of
from floreo.strategy.models import Edition, Objective, Pillar
from floreo.workspace.forms import (
    CommandForm,
    RecordForm,
    day_field,
    field_of,
    organisation_field,
    text_field,
    words_of,
)

CHOICES_BACK = 12  # periods that can be chosen; older ones are given by their days


def number_field(label: Any, *, required: bool = False, help_text: Any = "") -> forms.CharField:
    """A number as people type it. The action says what is wrong with it, so this only asks for one."""
    return forms.CharField(
        label=label,
        required=required,
        help_text=help_text,
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )


def source_field(*, required: bool) -> forms.CharField:
    return forms.CharField(
        label=_l("Source"),
        required=required,
        max_length=500,
        help_text=_l("A document and page, a list, a publisher. Anyone should be able to check it."),
    )


BY_DAYS = "days"  # the choice of a period that is not in the list


class IndicatorForm(RecordForm):
    """What is measured, and where it belongs."""

    answers_for = organisation_field(label_of(Indicator, "answers_for"), required=False)
    measure = forms.ChoiceField(**words_of(Indicator, "measure"), required=False)
    measure_of = forms.ChoiceField(**words_of(Indicator, "measure_of"), required=False)

    class Meta:
        model = Indicator
        fields: ClassVar[tuple[str, ...]] = (
            "title",
            "short_title",
            "definition",
            "measure",
            "measure_of",
            "unit",
            "unit_one",
            "decimals",
            "direction",
            "frequency",
            "kind",
            "numerator_text",
            "denominator_text",
            "about_people",
            "edition",
            "pillar",
            "objective",
            "answers_for",
            "answers_post",
            "method",
            "source",
            "source_url",
            "is_public",
            "on_home",
        )
        widgets: ClassVar[dict[str, Any]] = {
            "definition": forms.Textarea(attrs={"rows": 3}),
            "method": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        measure = self.fields["measure"]
        assert isinstance(measure, forms.ChoiceField)
        measure.choices = [("", _("Entered by people")), *measure_choices()]
        result = self.fields["measure_of"]
        assert isinstance(result, forms.ChoiceField)
        known = result_choices()
        own = self.instance.measure_of  # one that is offered no more stays while nobody chooses another
        known += [(own, own)] if own and own not in dict(known) else []
        result.choices = [("", _("None")), *known]
        self.fields["unit"].required = False
        for name, rows in (
            ("edition", Edition.objects.all()),
            ("pillar", Pillar.objects.select_related("edition")),
            ("objective", Objective.objects.select_related("pillar__edition")),
        ):
            if name != "edition" and not rows.exists():  # a level that no plan here has
                del self.fields[name]
                continue
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset, field.empty_label = rows, _("None")
            if name != "edition":
                field.label = title_of(name)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not given.get("unit") and not given.get("measure"):
            self.add_error("unit", ValidationError(_("Enter the unit, for example % or people.")))
        return given


class NewIndicatorForm(IndicatorForm):
    class Meta(IndicatorForm.Meta):
        fields: ClassVar[tuple[str, ...]] = ("code", *IndicatorForm.Meta.fields)


class TargetForm(CommandForm):
    """From where to where, by when, and who said so."""

    target = number_field(**words_of(Indicator, "target"))
    target_due = field_of(Indicator, "target_due")
    target_source = field_of(Indicator, "target_source")
    baseline = number_field(**words_of(Indicator, "baseline"))
    baseline_on = field_of(Indicator, "baseline_on")
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    @classmethod
    def of(cls, indicator: Indicator, data: Any) -> TargetForm:
        names = ("target", "target_due", "target_source", "baseline", "baseline_on", "version")
        return cls(data, initial={name: getattr(indicator, name) for name in names})


class ReadingForm(CommandForm):
    """A reading for one period: chosen from the calendar, or given by its days."""

    period = forms.ChoiceField(label=_l("Period"))
    starts_on = day_field(_l("Or from"), help_text=_l("Only for a period that is not in the list."))
    ends_on = day_field(_l("to"))
    value = number_field(_l("Value"), required=True)
    numerator = number_field(_l("What was counted"))
    denominator = number_field(_l("Out of"))
    source = source_field(required=True)
    source_url = field_of(Reading, "source_url")
    text = text_field(_l("Note"), rows=2)
    not_comparable = forms.BooleanField(
        label=_l("A different method from the previous value: the two are not comparable"), required=False
    )

    def __init__(self, indicator: Indicator, data: Any, *, chosen: str = "") -> None:
        periods = open_periods(indicator)
        super().__init__(data, initial={"period": chosen or (_key(periods[0]) if periods else BY_DAYS)})
        field = self.fields["period"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [*((_key(p), period_text(p)) for p in periods), (BY_DAYS, _("Another period, by dates"))]
        unit = indicator.in_language("unit")
        self.fields["value"].label = _("Value, in %(unit)s") % {"unit": unit}
        for name in ("numerator", "denominator"):
            words = indicator.in_language(f"{name}_text")
            if words:
                self.fields[name].label = words[:1].upper() + words[1:]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        chosen = given.get("period", "")
        if chosen and chosen != BY_DAYS:
            start, _slash, end = chosen.partition("/")
            given |= {"starts_on": date.fromisoformat(start), "ends_on": date.fromisoformat(end)}
        elif chosen and not (given.get("starts_on") and given.get("ends_on")):
            name = "ends_on" if given.get("starts_on") else "starts_on"
            self.add_error(name, ValidationError(_("Choose a period, or enter its first and last day.")))
        return given

    def facts(self) -> dict[str, Any]:
        return {name: given for name, given in self.cleaned_data.items() if name != "period"}


def _key(period: Period) -> str:
    return f"{period.start.isoformat()}/{period.end.isoformat()}"


def open_periods(indicator: Indicator) -> list[Period]:
    """Ended periods whose reading may still be entered, newest first."""
    frequency = Frequency(indicator.frequency)
    if frequency is Frequency.ONCE:
        frequency = Frequency.YEAR
    last = previous(period_of(clock.today(), frequency), frequency)
    first = last
    for _back in range(CHOICES_BACK - 1):
        first = previous(first, frequency)
    rows = Reading.objects.current().of_the_country().filter(indicator=indicator).exclude(frozen_at=None)
    frozen = {Period(start, end) for start, end in rows.values_list("starts_on", "ends_on")}
    return [p for p in reversed(periods_between(first.start, last.end, frequency)) if p not in frozen]


class CorrectionForm(CommandForm):
    """What was wrong, and what is right. A computed figure may leave the number out: it is computed afresh."""

    reason = text_field(_l("Reason for the correction"), help_text=_l("Public, shown beside both values."), rows=2)
    value = number_field(_l("Correct value"))
    numerator = number_field(_l("What was counted"))
    denominator = number_field(_l("Out of"))
    source = source_field(required=False)
    source_url = field_of(Reading, "source_url")

    def __init__(self, reading: Reading, data: Any) -> None:
        super().__init__(data, initial={"source": reading.source, "source_url": reading.source_url})
        if reading.measure:
            self.fields["value"].help_text = _("Leave empty to recalculate it from the records.")


BLANK_GROUPS, BLANK_LEFT_OUT = 4, 2  # rows to fill in, after those that are filled in already


class GroupsForm(CommandForm):
    """What groups a value is made of, and what was left out: a table of rows, of which the empty ones count for nothing."""

    template_name = "workspace/indicators/groups_form.html"
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, reading: Reading, data: Any) -> None:
        groups, left_out = reading.working.get("groups", []), reading.working.get("left_out", [])
        self.has_whole = reading.denominator is not None
        rows, lefts = len(groups) + BLANK_GROUPS, len(left_out) + BLANK_LEFT_OUT
        if data is not None:  # what was sent is read whole, however many rows the page had
            rows = max(rows, min(whole(data.get("rows", "")) or 0, acts.MOST_GROUPS))
            lefts = max(lefts, min(whole(data.get("lefts", "")) or 0, acts.MOST_LEFT_OUT))
        super().__init__(data, initial={"version": reading.version})
        self.rows, self.lefts = min(rows, acts.MOST_GROUPS), min(lefts, acts.MOST_LEFT_OUT)
        for n in range(1, self.rows + 1):
            self._add_group(n, groups[n - 1] if n <= len(groups) else {})
        for n in range(1, self.lefts + 1):
            why, count = left_out[n - 1] if n <= len(left_out) else ("", None)
            self._add(f"left_{n}_count", _("Number, row %(n)d") % {"n": n}, count)
            self._add(f"left_{n}_why", _("Reason, row %(n)d") % {"n": n}, why, text=True)

    def _add_group(self, n: int, group: Mapping[str, Any]) -> None:
        self._add(f"group_{n}_name", _("Group, row %(n)d") % {"n": n}, group.get("name"), text=True)
        self._add(f"group_{n}_numerator", _("Counted, row %(n)d") % {"n": n}, group.get("numerator"))
        if self.has_whole:
            self._add(f"group_{n}_denominator", _("Total, row %(n)d") % {"n": n}, group.get("denominator"))

    def _add(self, name: str, label: str, initial: Any, *, text: bool = False) -> None:
        self.fields[name] = (
            forms.CharField(label=label, required=False, max_length=acts.LONGEST, initial=initial)
            if text
            else forms.IntegerField(
                label=label, required=False, initial=initial, widget=forms.TextInput(attrs={"inputmode": "numeric"})
            )
        )

    @property
    def group_rows(self) -> list[list[forms.BoundField]]:
        names = ("name", "numerator", *(("denominator",) if self.has_whole else ()))
        return [[self[f"group_{n}_{name}"] for name in names] for n in range(1, self.rows + 1)]

    @property
    def left_rows(self) -> list[list[forms.BoundField]]:
        return [[self[f"left_{n}_{name}"] for name in ("count", "why")] for n in range(1, self.lefts + 1)]

    def facts(self) -> dict[str, Any]:
        given = self.cleaned_data
        groups = [
            acts.GroupFacts(
                given[f"{at}_name"],
                -1 if given[f"{at}_numerator"] is None else given[f"{at}_numerator"],
                given.get(f"{at}_denominator"),
                at,
            )
            for at in (f"group_{n}" for n in range(1, self.rows + 1))
            if any(given.get(f"{at}_{name}") not in (None, "") for name in ("name", "numerator", "denominator"))
        ]
        left_out = [
            acts.LeftOutFacts(given[f"{at}_why"], given[f"{at}_count"] or 0, at)
            for at in (f"left_{n}" for n in range(1, self.lefts + 1))
            if given[f"{at}_why"] or given[f"{at}_count"] is not None
        ]
        return {"groups": groups, "left_out": left_out, "version": given.get("version")}


class ChartNoteForm(CommandForm):
    on = field_of(ChartNote, "on", required=True)
    title = field_of(ChartNote, "title", required=True)
    source = field_of(ChartNote, "source")


class ClosePeriodForm(CommandForm):
    """Which period is approved."""

    period = forms.ChoiceField(label=_l("Period"))

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        rows = Reading.objects.current().filter(frozen_at=None, ends_on__lt=clock.today())
        found = sorted(
            {Period(start, end) for start, end in rows.order_by().values_list("starts_on", "ends_on").distinct()},
            key=lambda p: (p.end, p.start),
            reverse=True,
        )
        field = self.fields["period"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(_key(p), period_text(p)) for p in found]
        self.is_empty = not found
        self.open = list(rows.filter(measure__in=measures_that_wait()))

    def waits(self) -> list[Wait]:
        """What has to come before each of the periods can be closed, with the period before it."""
        found = sorted({reading.period for reading in self.open}, key=lambda p: (p.end, p.start), reverse=True)
        asked: Asked = {}
        return [
            Wait(_("%(period)s: %(what)s") % {"period": period_text(period), "what": each.text}, each.address)
            for period in found
            for each in waits_of((r for r in self.open if r.period == period), asked)
        ]

    def facts(self) -> dict[str, Any]:
        start, _slash, end = self.cleaned_data["period"].partition("/")
        return {"period": Period(date.fromisoformat(start), date.fromisoformat(end))}


class ComputeForm(CommandForm):
    """Which period is computed."""

    period = forms.ChoiceField(label=_l("Period"))

    def __init__(self, indicator: Indicator, data: Any, *, knows_past: bool) -> None:
        super().__init__(data)
        frequency = rhythm(indicator)
        found = [period_of(clock.today(), frequency)]
        while knows_past and len(found) < CHOICES_BACK:
            found.append(previous(found[-1], frequency))
        field = self.fields["period"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(_key(p), period_text(p)) for p in found]

    def facts(self) -> dict[str, Any]:
        start, _slash, end = self.cleaned_data["period"].partition("/")
        return {"period": Period(date.fromisoformat(start), date.fromisoformat(end))}
