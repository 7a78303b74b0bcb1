"""Who may see and touch which figure. A view gets its objects here and nowhere else."""

from floreo.core.access import Permission, reach
from floreo.core.errors import Missing
from floreo.indicators.models import Indicator, Reading
from floreo.offers import measures


def may_list_records(viewer: object, reading: Reading) -> bool:
    """Whether the viewer reads which records a value was counted from: as its measure says, and closed for one that is gone. The records
    are those of all organisations, so a permission for one's own does not suffice."""
    need: str = Permission.INDICATOR_READ
    if reading.measure:
        measure = measures().get(reading.measure)
        if measure is None:
            return False
        need = measure.records_need or need
    return reach(viewer, Permission(need)) is None


def get_indicator_for(viewer: object, code: str) -> Indicator:
    """Raises Missing when there is no such indicator, or it is not public and the viewer may not read figures."""
    rows = Indicator.objects.visible_to(viewer).select_related(
        "edition", "pillar__edition", "objective__pillar__edition", "answers_for__merged_into", "stated_target"
    )
    indicator = rows.filter(code=code).first()
    if indicator is None:
        raise Missing
    return indicator


def get_reading_for(viewer: object, code: str, pk: int) -> Reading:
    """One reading of an indicator that the viewer may see, with the records behind it."""
    indicator = get_indicator_for(viewer, code)
    rows = Reading.objects.filter(indicator=indicator, pk=pk)
    reading = rows.select_related("indicator", "records", "corrects", "corrected_by").first()
    if reading is None:
        raise Missing
    return reading
