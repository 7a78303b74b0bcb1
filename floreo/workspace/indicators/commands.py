"""What can be done to an indicator and to its values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core.access import Permission
from floreo.core.errors import Missing
from floreo.core.figures import Wait
from floreo.indicators import actions as acts
from floreo.indicators.measuring import measure_of, waits_of
from floreo.indicators.models import Indicator, Reading
from floreo.indicators.presenters import when_text
from floreo.workspace.commands import Command, Data, allowed_by, new, over_row
from floreo.workspace.forms import CommandForm
from floreo.workspace.indicators import forms

DEFINE, ENTER, FREEZE = Permission.INDICATOR_DEFINE, Permission.READING_ENTER, Permission.READING_FREEZE


def _is_computed(found: Indicator, _viewer: object) -> bool:
    return measure_of(found) is not None


def _compute_form(data: Data, found: Indicator) -> forms.ComputeForm:
    measure = measure_of(found)
    if measure is None:
        raise Missing
    return forms.ComputeForm(found, data, knows_past=measure.knows_past)


NEW: Mapping[str, Command] = {
    "indicator": Command(
        _l("Add an indicator"),
        _l("Add indicator"),
        DEFINE,
        new(forms.NewIndicatorForm),
        acts.define_indicator,
        help=_l("What is counted, in what unit, and who is responsible for it."),
        done=_l("Indicator added. Next, set its target."),
    ),
}
INDICATOR_COMMANDS: Mapping[str, Command] = {
    "edit": Command(
        _l("Change an indicator"),
        _l("Save changes"),
        DEFINE,
        over_row(forms.IndicatorForm),
        acts.update_indicator,
        help=_l("Existing values do not change."),
    ),
    "target": Command(
        _l("Set the target"),
        _l("Save target"),
        DEFINE,
        lambda data, found: forms.TargetForm.of(found, data),
        acts.set_target,
    ),
    "compute": Command(
        _l("Calculate a value"),
        _l("Calculate value"),
        ENTER,
        _compute_form,
        acts.take_reading,
        _is_computed,
        help=_l("Values that are not frozen are replaced; frozen values do not change."),
        done=_l("Value calculated."),
    ),
    "new-note": Command(
        _l("Add a note to the chart"),
        _l("Add note"),
        DEFINE,
        new(forms.ChartNoteForm),
        acts.add_chart_note,
        help=_l("An event that explains a change in the line, for example: duty rota began."),
    ),
}


def _is_freezable(reading: Reading, viewer: object) -> bool:
    """A value taken while its period was in progress is taken again first."""
    return reading.on >= reading.ends_on and allowed_by(acts.must_be_freezable)(reading, viewer)


def waits_of_correction(reading: Reading) -> Sequence[Wait]:
    """What has to come before its measure gives the corrected value; a person may enter a number with its source all the same."""
    return waits_of([Reading(starts_on=reading.starts_on, ends_on=reading.ends_on, measure=reading.indicator.measure)])


def _is_correctable(reading: Reading, _viewer: object) -> bool:
    return reading.is_frozen and getattr(reading, "corrected_by", None) is None


READING_COMMANDS: Mapping[str, Command] = {
    "freeze": Command(
        lambda reading: _("Freeze the value of %(period)s") % {"period": when_text(reading)},
        _l("Freeze value"),
        FREEZE,
        new(CommandForm),
        acts.freeze_reading,
        _is_freezable,
        help=_l("A frozen value cannot change. If it is wrong, add a correction beside it."),
        done=_l("Value frozen."),
        waits=lambda reading: waits_of([reading]),
    ),
    "groups": Command(
        lambda reading: _("Groups of the value of %(period)s") % {"period": when_text(reading)},
        _l("Save groups"),
        ENTER,
        lambda data, reading: forms.GroupsForm(reading, data),
        acts.set_groups,
        allowed_by(acts.must_be_entered),
        help=_l(
            "Enter each group with what was counted in it. The groups must add up to the value. Empty rows count for nothing. After "
            "saving, more rows appear. In public, groups of fewer than 5 people are shown together."
        ),
        done=_l("Groups saved."),
    ),
    "correct": Command(
        lambda reading: _("Correct the value of %(period)s") % {"period": when_text(reading)},
        _l("Save correction"),
        FREEZE,
        lambda data, reading: forms.CorrectionForm(reading, data),
        acts.correct_reading,
        _is_correctable,
        help=_l("Both values stay: the old one, and your correction beside it with the reason."),
        waits=waits_of_correction,
        done=_l("The correction is shown beside the old value."),
    ),
}
