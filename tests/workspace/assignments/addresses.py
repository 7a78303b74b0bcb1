"""Examples for the addresses of assigning and of steps over many."""

from __future__ import annotations

from floreo.assignments.models import BulkStep
from floreo.core import clock
from floreo.organisations.models import Country, User


def examples(country: Country, user: User) -> dict[str, list[object]]:
    line = {"key": "feeds.finding:1", "name": "A finding", "href": "", "is_done": True, "sentence": "", "before": None}
    step = BulkStep.objects.create(user=user, command="assign", back="/workspace/", at=clock.now(), lines=[line])
    return {"bulk_step": [step.pk], "undo_step": [step.pk]}
