"""Instruments: entered, changed, published; their stages, who has the pen, and when they come into force."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from floreo.core.access import Actor, Permission
from floreo.core.action import action
from floreo.core.decisions import itself
from floreo.core.errors import Refused
from floreo.core.writing import (
    assign,
    delete,
    last_position,
    lock_latest,
    require_free_code,
    require_order,
    require_text,
    save,
)
from floreo.legislation.models import Citation, Commencement, Instrument, Stage, StageState


def _check(instrument: Instrument) -> None:
    instrument.title = require_text(instrument.title, field="title", sentence=_("Enter a title."))
    if instrument.amends_id is not None and instrument.amends_id == instrument.pk:
        sentence = _("A law does not amend itself.")
        raise Refused(sentence, code="itself", fields={"amends": sentence})


@action("law.entered", needs=Permission.LAW_EDIT)
def add_instrument(code: str, *, by: Actor, **facts: Any) -> Instrument:
    """A bill, an Act or regulations, not public yet."""
    instrument = Instrument(code=require_free_code(Instrument.objects.all(), code))
    assign(instrument, facts)
    _check(instrument)
    return save(instrument)


@action("law.updated", needs=Permission.LAW_EDIT)
def update_instrument(instrument: Instrument, *, by: Actor, version: int | None = None, **facts: Any) -> Instrument:
    instrument = lock_latest(instrument, version)
    assign(instrument, facts)
    _check(instrument)
    return save(instrument)


@action("law.published", needs=Permission.LAW_PUBLISH, decides=itself)
def publish_instrument(instrument: Instrument, *, by: Actor, shown: str | None = None) -> Instrument:
    """Puts it on the public site; versions are published one by one."""
    instrument = lock_latest(instrument)
    instrument.is_public = True
    return save(instrument)


@action("law.hidden", needs=Permission.LAW_PUBLISH)
def hide_instrument(instrument: Instrument, *, by: Actor) -> Instrument:
    instrument = lock_latest(instrument)
    instrument.is_public = False
    return save(instrument)


@action("law.cited", needs=Permission.LAW_EDIT)
def add_citation(instrument: Instrument, *, by: Actor, **facts: Any) -> Citation:
    """A name by which it is cited, and for how long."""
    row = Citation(instrument=instrument, position=last_position(instrument.citations.all()) + 1)
    assign(row, facts)
    row.words = require_text(row.words, field="words", sentence=_("Enter the citation."))
    require_order(row.starts_on, row.ends_on, field="ends_on", named=(str(_("From")), str(_("Until"))))
    return save(row)


@action("law.citation_removed", needs=Permission.LAW_EDIT)
def remove_citation(row: Citation, *, by: Actor) -> None:
    delete(row)


@action("stage.added", needs=Permission.LAW_EDIT)
def add_stage(instrument: Instrument, *, by: Actor, code: str, **facts: Any) -> Stage:
    row = Stage(
        instrument=instrument,
        code=require_free_code(instrument.stages.all(), code),
        position=last_position(instrument.stages.all()) + 1,
    )
    assign(row, facts)
    _check_stage(row)
    return save(row)


@action("stage.recorded", needs=Permission.LAW_EDIT)
def record_stage(stage: Stage, *, by: Actor, version: int | None = None, **facts: Any) -> Stage:
    """What became of a stage: dates, votes, state."""
    stage = lock_latest(stage, version)
    assign(stage, facts)
    _check_stage(stage)
    return save(stage)


def _check_stage(stage: Stage) -> None:
    stage.title = require_text(stage.title, field="title", sentence=_("Enter the stage."))
    require_order(stage.starts_on, stage.ends_on, field="ends_on", named=(str(_("From")), str(_("Done on"))))
    if stage.state == StageState.DONE and stage.ends_on is None:
        sentence = _("Enter the day on which it was done.")
        raise Refused(sentence, code="no_day", fields={"ends_on": sentence})


@action("stage.removed", needs=Permission.LAW_EDIT)
def remove_stage(stage: Stage, *, by: Actor) -> None:
    delete(stage)


@action("law.commencement_recorded", needs=Permission.LAW_EDIT)
def add_commencement(instrument: Instrument, *, by: Actor, **facts: Any) -> Commencement:
    """When it, or some of its sections, comes into force."""
    row = Commencement(instrument=instrument, position=last_position(instrument.commencements.all()) + 1)
    assign(row, facts)
    return save(row)


@action("law.commencement_removed", needs=Permission.LAW_EDIT)
def remove_commencement(row: Commencement, *, by: Actor) -> None:
    delete(row)
