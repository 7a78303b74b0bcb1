"""What indicators offer to the rest of the product."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from django.utils.translation import gettext_lazy as _

from floreo.core.access import SYSTEM, Permission
from floreo.core.offers import STRATEGY, Job, MenuItem, Offers, PackFile, SearchKind
from floreo.indicators import pack
from floreo.indicators.actions import take_due_readings
from floreo.indicators.importing import READINGS
from floreo.indicators.tables import TABLES
from floreo.indicators.tasks import waiting_tasks

OFFERS = Offers(
    import_targets=(READINGS,),
    tables=TABLES,
    licences={"indicators": "indicators.toml", "readings": "indicators.toml"},
    tasks=waiting_tasks,
    task_kinds={"reading": _("Values")},
    pack_shapes=pack.SHAPES,
    pack_files=(PackFile("indicators.toml", {"indicator": pack.IndicatorShape}),),
    search_kinds=(SearchKind("indicator", _("Indicator"), Permission.PLAN_READ),),
    jobs=(Job("readings", partial(take_due_readings, by=SYSTEM), timedelta(hours=6)),),
    verbs={
        "indicator.defined": _("added the indicator"),
        "indicator.noted": _("added a note to the chart"),
        "indicator.target_set": _("set the target"),
        "indicator.updated": _("changed the indicator"),
        "period.closed": _("froze all values of a period"),
        "reading.corrected": _("corrected a value"),
        "reading.entered": _("entered a value"),
        "reading.frozen": _("froze a value"),
        "reading.grouped": _("changed the groups of a value"),
        "reading.taken": _("calculated a value"),
        "readings.recomputed": _("recalculated all values"),
        "readings.taken": _("calculated the values that were due"),
    },
    menu=(MenuItem(STRATEGY, _("Indicators"), "workspace:indicators", Permission.INDICATOR_READ, 20, "indicators"),),
)
