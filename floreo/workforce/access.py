"""How a view gets what belongs to the workforce, and as whom people without an account act."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from floreo.core.access import can
from floreo.core.errors import Missing
from floreo.core.links import hash_of
from floreo.core.wording import NAME_BY_ITS_LINK
from floreo.workforce.models import RUN, CatalogueCourse, Institution, NeedsRequest, WorkforceNeed


def get_need_for(viewer: object, pk: int) -> WorkforceNeed:
    rows = WorkforceNeed.objects.visible_to(viewer).select_related("organisation", "role__in_version")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Missing
    return found


def get_request_for(viewer: object, pk: int) -> NeedsRequest:
    found = NeedsRequest.objects.select_related("organisation").filter(pk=pk).first()
    if found is None or not can(viewer, RUN):
        raise Missing
    return found


def get_institution_for(viewer: object, code: str) -> Institution:
    found = Institution.objects.select_related("organisation").filter(organisation__code=code).first()
    if found is None or not can(viewer, RUN):
        raise Missing
    return found


def get_course_for(viewer: object, code: str) -> CatalogueCourse:
    rows = CatalogueCourse.objects.visible_to(viewer).select_related("institution__organisation", "place")
    found = rows.filter(code=code).first()
    if found is None:
        raise Missing
    return found


def get_public_course(code: str) -> CatalogueCourse:
    """On the public site: the same for everybody, so that a hidden one shows by no difference."""
    return get_course_for(None, code)


# --- People without an account ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Keeper:
    """Whoever has the link of an institution: may keep its own courses, and nothing else."""

    institution: Institution

    @property
    def actor_code(self) -> str:
        return f"institution:{self.institution.pk}"

    @property
    def actor_name(self) -> str:
        return NAME_BY_ITS_LINK % {"name": self.institution.organisation.name}

    def grants(self) -> Iterable[tuple[str, int | None]]:
        return ()


@dataclass(frozen=True)
class Answering:
    """Whoever has the link with which an organisation was asked for its numbers."""

    request: NeedsRequest

    @property
    def actor_code(self) -> str:
        return f"needs:{self.request.pk}"

    @property
    def actor_name(self) -> str:
        return NAME_BY_ITS_LINK % {"name": self.request.organisation.name}

    def grants(self) -> Iterable[tuple[str, int | None]]:
        return ()


def institution_of_link(secret: str) -> Institution:
    """Raises Missing for a link that is none, or that was ended."""
    rows = Institution.objects.select_related("organisation")
    found = rows.filter(link_hash=hash_of(secret)).first() if secret else None
    if found is None:
        raise Missing
    return found


def request_of_link(secret: str) -> NeedsRequest:
    """Raises Missing for a link that is none, or that was ended."""
    rows = NeedsRequest.objects.select_related("organisation")
    found = rows.filter(link_hash=hash_of(secret)).first() if secret else None
    if found is None:
        raise Missing
    return found


def own_course(institution: Institution, pk: int) -> CatalogueCourse:
    """A course of that institution. That of another, or one that was removed, reads as one that does not exist."""
    rows = institution.courses.filter(removed_on=None).select_related("institution__organisation", "place")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Missing
    return found
