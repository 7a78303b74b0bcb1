"""Who may see and touch what of a review. A view gets its objects here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from floreo.core import links
from floreo.core.access import Actor, Permission, can
from floreo.core.errors import Missing, Refused
from floreo.organisations.models import User
from floreo.reviews.models import Answer, Review, UpdateRequest

PURPOSE = "review"


@dataclass(frozen=True)
class Answerer:
    """Whoever holds the link of an ask: may do for its organisation what its lead may, and only that."""

    update_request: UpdateRequest

    @property
    def actor_code(self) -> str:
        return f"ask:{self.update_request.pk}"

    @property
    def actor_name(self) -> str:
        return _("%(whom)s, by link") % {"whom": self.update_request.whom}

    def grants(self) -> Iterable[tuple[str, int | None]]:
        return tuple(("lead", body) for body in self.update_request.owner_ids())


@dataclass(frozen=True)
class InPerson:
    """The account of the very person who is asked, or of the deputy, whatever their role: may answer this one ask, under
    their own name."""

    viewer: Actor
    update_request: UpdateRequest

    @property
    def actor_code(self) -> str:
        return self.viewer.actor_code

    @property
    def actor_name(self) -> str:
        return self.viewer.actor_name

    def grants(self) -> Iterable[tuple[str, int | None]]:
        return (*self.viewer.grants(), *(("lead", body) for body in self.update_request.owner_ids()))


def answerer_of(viewer: object, update_request: UpdateRequest) -> Actor | None:
    """As whom the viewer may answer at the desk, or None: whoever speaks for the body, and whoever is asked."""
    if isinstance(viewer, User) and viewer.is_active:
        if can(viewer, Permission.PLAN_UPDATE, update_request):
            return viewer
        if viewer.person_id is not None and viewer.person_id in (update_request.person_id, update_request.deputy_id):
            return InPerson(viewer, update_request)
    return None


def token_of(update_request: UpdateRequest) -> str:
    """What stands in the ask's address. The same until a new link is sent."""
    return links.sign(PURPOSE, update_request.pk, update_request.link_version)


def request_of_token(token: str) -> UpdateRequest:
    """The ask that a link opens. Raises Missing for one that was not made here, and for one that a newer replaced."""
    try:
        pk, version = links.signed(PURPOSE, token)
    except Refused as unknown:
        raise Missing(unknown.sentence) from unknown
    update_request = _requests().filter(pk=pk).first()
    if update_request is None:
        raise Missing(_("This link is not known. Copy it whole, or ask for a new one."))
    if update_request.link_version != version:
        raise Missing(_("A newer link was sent, so this one no longer opens. Look for the newest mail."))
    return update_request


def _requests() -> QuerySet[UpdateRequest]:
    return UpdateRequest.objects.select_related("review__edition", "organisation__merged_into", "person", "deputy")


def get_review_for(viewer: object, edition: str, code: str) -> Review:
    """Reviews are seen by whoever reads the plan."""
    found = Review.objects.filter(edition__code=edition, code=code).select_related("edition").first()
    if found is None or not can(viewer, Permission.PLAN_READ):
        raise Missing
    return found


def get_request_for(viewer: object, edition: str, code: str, pk: int) -> UpdateRequest:
    """An ask is seen by who runs or decides reviews, and by whoever may answer it."""
    update_request = _requests().filter(pk=pk, review__edition__code=edition, review__code=code).first()
    if update_request is None or not may_see(viewer, update_request):
        raise Missing
    return update_request


def may_see(viewer: object, update_request: UpdateRequest) -> bool:
    allowed = (Permission.REVIEW_RUN, Permission.REVIEW_DECIDE)
    return any(can(viewer, each) for each in allowed) or answerer_of(viewer, update_request) is not None


def get_answer_for(viewer: object, edition: str, code: str, pk: int) -> Answer:
    """For whoever decides about answers."""
    rows = Answer.objects.filter(
        pk=pk, update_request__review__edition__code=edition, update_request__review__code=code
    )
    answer = rows.select_related("update_request__review__edition", "action__edition").first()
    if answer is None or not can(viewer, Permission.REVIEW_DECIDE):
        raise Missing
    return answer
