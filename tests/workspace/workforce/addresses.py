"""Examples for the addresses of the workforce and the catalogue."""

from __future__ import annotations

from floreo.organisations.models import Country, User
from floreo.workforce.models import CatalogueCourse
from tests.workforce.making import asked, institution, need


def examples(country: Country, user: User) -> dict[str, list[object]]:
    row = need("port-authority", "transport", 3, 1)
    request, _secret = asked()
    institution()
    course = CatalogueCourse.objects.order_by("pk")[0].code
    return {
        "workforce_need": [row.pk],
        "need_command": [row.pk, "edit"],
        "needs_request_command": [request.pk, "remind"],
        "institution": ["water-board"],
        "institution_command": ["water-board", "edit"],
        "catalogue_course": [course],
        "catalogue_course_command": [course, "edit"],
        "catalogue_template": ["en"],
        "catalogue_export": ["en"],
    }
