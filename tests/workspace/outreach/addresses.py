"""Examples for the addresses of outreach."""

from __future__ import annotations

from floreo.organisations.models import Country, User
from floreo.outreach.models import AmbassadorRequest, OutreachSession
from tests.outreach.making import photographed


def examples(country: Country, user: User) -> dict[str, list[object]]:
    session = OutreachSession.objects.filter(state="received", clock_doubt="", is_late_link=False).order_by("pk")[0]
    found = AmbassadorRequest.objects.filter(state="waiting").order_by("pk")[0]
    photo = photographed(session)
    one: list[object] = ["CC-03"]
    return {
        **dict.fromkeys(("ambassador", "issue_ambassador_link", "enter_outreach_session"), one),
        "ambassador_command": ["CC-03", "edit"],
        "outreach_session": [session.reference],
        "outreach_session_command": [session.reference, "approve"],
        "outreach_photo": [session.reference, photo.number],
        "remove_outreach_photo": [session.reference, photo.number],
        "ambassador_request": [found.reference],
        "ambassador_request_command": [found.reference, "assign"],
        "kit_item": ["leaflet-fraud"],
        "kit_command": ["leaflet-fraud", "move"],
    }
