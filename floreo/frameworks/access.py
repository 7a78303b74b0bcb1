"""Who may see and touch which assessment. A view gets its objects here and nowhere else."""

from __future__ import annotations

from floreo.core.errors import Missing
from floreo.frameworks.models import Answer, Assessment, Framework, Item, Version


def get_framework_for(viewer: object, code: str) -> Framework:
    """Frameworks are public: every viewer may see them."""
    found = Framework.objects.filter(code=code).first()
    if found is None:
        raise Missing
    return found


def get_version_for(viewer: object, framework: Framework, code: str = "") -> Version:
    """The version of that code, or the current one."""
    rows = framework.versions.select_related("framework")
    found = rows.filter(code=code).first() if code else rows.order_by("-is_current", "-pk").first()
    if found is None:
        raise Missing
    return found


def get_item_for(viewer: object, version: str, code: str) -> Item:
    found = Item.objects.filter(in_version__code=version, code=code).select_related("in_version__framework").first()
    if found is None:
        raise Missing
    return found


def get_assessment_for(viewer: object, code: str) -> Assessment:
    """Raises Missing when there is none, or it is not published and the viewer may not read what is in the making."""
    rows = Assessment.objects.visible_to(viewer).outside_campaigns()
    rows = rows.select_related("in_version__framework", "before__in_version", "organisation")
    found = rows.filter(code=code).first()
    if found is None:
        raise Missing
    return found


def get_answer_for(viewer: object, assessment: str, item: str) -> Answer:
    found = get_assessment_for(viewer, assessment)
    answer = found.answers.filter(item__code=item).select_related("item__wording__file").first()
    if answer is None:
        raise Missing
    answer.assessment = found
    return answer
