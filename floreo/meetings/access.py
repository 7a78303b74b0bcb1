"""Who may see and touch which committee, meeting and decision. A view gets its objects here and nowhere else."""

from floreo.core.access import Permission, can
from floreo.core.errors import Missing
from floreo.meetings.models import AgendaItem, Committee, Decision, Meeting, Seat


def get_committee_for(viewer: object, code: str) -> Committee:
    """Raises Missing when there is no such committee, or it is not public and the viewer may not read meetings."""
    found = Committee.objects.visible_to(viewer).filter(code=code).select_related("organisation", "edition").first()
    if found is None:
        raise Missing
    return found


def get_seat_for(viewer: object, code: str, pk: int) -> Seat:
    rows = Seat.objects.visible_to(viewer).filter(committee__code=code, pk=pk)
    found = rows.select_related("committee", "organisation__merged_into", "person__organisation__merged_into").first()
    if found is None:
        raise Missing
    return found


def get_meeting_for(viewer: object, committee: str, code: str) -> Meeting:
    """A meeting with all that was said in it: only for who may read meetings."""
    rows = (
        Meeting.objects.filter(committee__code=committee, code=code) if can(viewer, Permission.MEETING_READ) else None
    )
    found = rows.select_related("committee__edition", "approved_in__committee").first() if rows is not None else None
    if found is None:
        raise Missing
    return found


def get_item_for(viewer: object, committee: str, code: str, item: str) -> AgendaItem:
    meeting = get_meeting_for(viewer, committee, code)
    found = AgendaItem.objects.filter(meeting=meeting, code=item).select_related("meeting__committee").first()
    if found is None:
        raise Missing
    return found


def get_decision_for(viewer: object, number: str) -> Decision:
    rows = Decision.objects.visible_to(viewer).filter(number=number)
    found = rows.select_related(
        "edition", "committee", "meeting__committee", "item", "organisation__merged_into", "person"
    ).first()
    if found is None:
        raise Missing
    return found
