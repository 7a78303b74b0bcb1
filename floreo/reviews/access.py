"""Who may see and touch what of a review. A view gets its objects here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from floreo.core import links
from floreo.core.access import Actor, Limit, Permission, can
from floreo.core.errors import Missing, Refused
from floreo.core.wording import NAME_BY_LINK
from floreo.organisations.models import User
from floreo.reviews.models import Answer, Review, UpdateRequest

PURPOSE = "review"
_LONGEST_NUMBER = 12  # digits; a longer one is no row of any database


@dataclass(frozen=True)
class Answerer:
    """Whoever holds the link of an ask: may do for its organisation what its lead may, and only that."""

    update_request: UpdateRequest

    @property
    def actor_code(self) -> str:
        return f"ask:{self.update_request.pk}"

    @property
    def actor_name(self) -> str:
        return NAME_BY_LINK % {"name": self.update_request.whom}

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

    @property
    def limit(self) -> Limit | None:
        """A program that acts for the person stays within what its token is for."""
        return getattr(self.viewer, "limit", None)

    def grants(self) -> Iterable[tuple[str, int | None]]:
        return (*self.viewer.grants(), *(("lead", body) for body in self.update_request.owner_ids()))


def answerer_of(viewer: object, update_request: UpdateRequest) -> Actor | None:
    """As whom the viewer may answer in the workspace, or None: whoever speaks for the body, and whoever is asked."""
    if isinstance(viewer, User) and viewer.is_active:
        if can(viewer, Permission.PLAN_UPDATE, update_request):
            return viewer
        if viewer.person_id is not None and viewer.person_id in (update_request.person_id, update_request.deputy_id):
            return InPerson(viewer, update_request)
    return None


def token_of(update_request: UpdateRequest, address: str | None = None) -> str:
    """What is in the ask's address, in the mail to `address`. The same until a new link is sent. It is signed with the
    address it was sent to, and dies with it: when the person leaves, or is written to elsewhere."""
    return links.sign(
        _purpose(update_request.address if address is None else address), update_request.pk, update_request.link_version
    )


def _purpose(address: str) -> str:
    return f"{PURPOSE}.{address.lower()}"


def request_of_token(token: str) -> UpdateRequest:
    """The request that a link opens. Raises Missing for one that was not made here, for one that a newer replaced, and for one
    that was sent to an address at which nobody is asked any more."""
    number = token.partition("-")[0]
    is_number = number.isascii() and number.isdecimal() and len(number) <= _LONGEST_NUMBER
    update_request = _requests().filter(pk=int(number)).first() if is_number else None
    if update_request is None:
        raise _unknown()
    if _version_of(token, update_request) != update_request.link_version:
        raise Missing(_("A newer link was sent, so this one no longer works. Use the link in the latest e-mail."))
    return update_request


def _version_of(token: str, update_request: UpdateRequest) -> int:
    """The version that the link was made with for somebody who is asked now."""
    deputy = update_request.deputy.email if update_request.deputy and update_request.deputy.is_active else ""
    for address in {update_request.address, deputy or update_request.address}:
        try:
            return links.signed(_purpose(address), token)[1]
        except Refused:
            continue
    raise _unknown()


def _unknown() -> Missing:
    """One sentence whatever is wrong, so that nobody learns by guessing which asks there are."""
    return Missing(
        _(
            "We do not recognise this link. Copy the whole link, or ask for a new one. It may have been sent to a person who no longer gives updates here."
        )
    )


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
