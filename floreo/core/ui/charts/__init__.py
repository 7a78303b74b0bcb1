"""Charts as SVG, drawn on the server: frozen facts in, a string out. Words come from the caller, in the reader's
language; every chart escapes them. No Django, and no colour: classes of assets/css give those."""

from floreo.core.ui.bars import mini_bar, status_bar
from floreo.core.ui.charts.columns import Bar, Reference, bar_chart
from floreo.core.ui.charts.drawing import Number
from floreo.core.ui.charts.dumbbells import (
    At,
    Banded,
    Between,
    Dumbbell,
    DumbbellGroup,
    before_after_chart,
    dumbbell_chart,
)
from floreo.core.ui.charts.heat import HeatRow, heat_map
from floreo.core.ui.charts.lines import Goal, LineChart, Mark, Point, line_chart, notes_fit, small_line_chart
from floreo.core.ui.charts.radar import RadarSeries, radar_chart
from floreo.core.ui.charts.spans import Span, SpanAxis, span_axis, span_bar
from floreo.core.ui.charts.spark import sparkline
from floreo.core.ui.charts.timeline import TimelineRow, timeline_chart
from floreo.core.ui.charts.titled import titled

__all__ = [
    "At",
    "Banded",
    "Bar",
    "Between",
    "Dumbbell",
    "DumbbellGroup",
    "Goal",
    "HeatRow",
    "LineChart",
    "Mark",
    "Number",
    "Point",
    "RadarSeries",
    "Reference",
    "Span",
    "SpanAxis",
    "TimelineRow",
    "bar_chart",
    "before_after_chart",
    "dumbbell_chart",
    "heat_map",
    "line_chart",
    "mini_bar",
    "notes_fit",
    "radar_chart",
    "small_line_chart",
    "span_axis",
    "span_bar",
    "sparkline",
    "status_bar",
    "timeline_chart",
    "titled",
]
