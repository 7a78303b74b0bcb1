"""What tests of the workforce are made of: roles, institutions with their links, courses, needs."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.models import OutboxMail
from floreo.frameworks.models import Item
from floreo.organisations.models import Organisation
from floreo.workforce.access import Answering, Keeper, institution_of_link, request_of_link
from floreo.workforce.actions import catalogue, needs
from floreo.workforce.models import CatalogueCourse, Institution, NeedsRequest, WorkforceNeed

FACTS: dict[str, Any] = {"level": "basic", "language": "en", "mode": "online"}


def role(code: str = "cyber-incident-responder") -> Item:
    return Item.objects.get(in_version__code="ecsf-1", code=code)


def body(code: str) -> Organisation:
    return Organisation.objects.get(code=code)


def institution(code: str = "water-board") -> tuple[Institution, str]:
    """An institution with the secret of its link."""
    made = catalogue.add_institution(by=SYSTEM, organisation=body(code), mail=f"{code}@example.org")
    made = catalogue.send_link(made, by=SYSTEM)
    return made, secret_of("/courses/keep/", f"{code}@example.org")


def secret_of(path: str, to: str) -> str:
    text = OutboxMail.objects.filter(to=to).order_by("-pk")[0].text
    found = re.search(rf"{path}([\w-]+)/", text)
    assert found is not None, text
    return found[1]


def keeper(secret: str) -> Keeper:
    return Keeper(institution_of_link(secret))


def course(secret: str, title: str = "Pipes and pumps", **facts: Any) -> CatalogueCourse:
    """Added by the institution's own link."""
    by = keeper(secret)
    return catalogue.add_course(by.institution, by=by, title=title, **FACTS | facts)


def asked(code: str = "port-authority", **facts: Any) -> tuple[NeedsRequest, str]:
    """An organisation that was asked, with the secret of its link."""
    given: dict[str, Any] = {"year": 2030, "sector": "transport", "due_on": clock.today(), "language": "en"}
    mail = f"{code}-needs@example.org"
    made = needs.request_needs(by=SYSTEM, organisation=body(code), mail=mail, **given | facts)
    return made, secret_of("/workforce/answer/", mail)


def answering(secret: str) -> Answering:
    return Answering(request_of_link(secret))


def need(code: str, sector: str, needed: int, in_post: int, *, on: date | None = None, **facts: Any) -> WorkforceNeed:
    given = {"role": role(), "as_of": on or clock.today(), "is_public": True}
    organisation = body(code) if code else None
    numbers = {"needed": needed, "in_post": in_post}
    return needs.record_need(by=SYSTEM, organisation=organisation, sector=sector, **numbers, **given | facts)
