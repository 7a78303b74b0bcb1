"""Examples for the addresses of consultations."""

from __future__ import annotations

from datetime import date

from floreo.consultation.actions import deciding, preparing
from floreo.core.access import SYSTEM
from floreo.organisations.models import Country, User
from tests.consultation.making import CODE, draft, sent


def examples(country: Country, user: User) -> dict[str, list[object]]:
    made = draft(participation="both")
    preparing.add_topic(made, by=SYSTEM, title="Why?")
    made = preparing.schedule(made, by=SYSTEM)
    event = preparing.add_event(made, by=SYSTEM, title="Town hall", held_on=date(2026, 11, 20))
    facts = {"name": "Red Sur", "mail": "red@example.org", "respondent": "civil_society"}
    invitation = preparing.invite(made, by=SYSTEM, **facts)
    sent(made)
    deciding.add_point(made, by=SYSTEM, title="One", numbers=[1])
    one: list[object] = [CODE]
    return {
        **dict.fromkeys(("consultation", "consultation_comments", "group_comments", "comments_alike"), one),
        "consultation_command": [CODE, "edit"],
        "consultation_comment": [CODE, 1],
        "comment_command": [CODE, 1, "publish"],
        "point_command": [CODE, 1, "decide"],
        "consultation_event": [CODE, event.pk, "edit"],
        "remove_topic": [CODE, 1],
        "uninvite": [CODE, invitation.pk],
    }
