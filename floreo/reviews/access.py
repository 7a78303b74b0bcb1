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
from floreo.reviews.models import Answer, Ask, Review

PURPOSE = "review"


@dataclass(frozen=True)
class Answerer:
    """Whoever holds the link of an ask: may do for its organisation what its lead may, and only that."""

    ask: Ask

    @property
    def actor_code(self) -> str:
        return f"ask:{self.ask.pk}"

    @property
    def actor_name(self) -> str:
        return _("%(whom)s, by link") % {"whom": self.ask.whom}

    def grants(self) -> Iterable[tuple[str, int | None]]:
        return tuple(("lead", body) for body in self.ask.owner_ids())


@dataclass(frozen=True)
class InPerson:
    """The account of the very person who is asked, or of the deputy, whatever their role: may answer this one ask, under
    their own name."""

    viewer: Actor
    ask: Ask

    @property
    def actor_code(self) -> str:
        return self.viewer.actor_code

    @property
    def actor_name(self) -> str:
        return self.viewer.actor_name

    def grants(self) -> Iterable[tuple[str, int | None]]:
        return (*self.viewer.grants(), *(("lead", body) for body in self.ask.owner_ids()))


def answerer_of(viewer: object, ask: Ask) -> Actor | None:
    """As whom the viewer may answer at the desk, or None: whoever speaks for the body, and whoever is asked."""
    if isinstance(viewer, User) and viewer.is_active:
        if can(viewer, Permission.PLAN_UPDATE, ask):
            return viewer
        if viewer.person_id is not None and viewer.person_id in (ask.person_id, ask.deputy_id):
            return InPerson(viewer, ask)
    return None


def token_of(ask: Ask) -> str:
    """What stands in the ask's address. The same until a new link is sent."""
    return links.sign(PURPOSE, ask.pk, ask.link_version)


def ask_of_token(token: str) -> Ask:
    """The ask that a link opens. Raises Missing for one that was not made here, and for one that a newer replaced."""
    try:
        pk, version = links.signed(PURPOSE, token)
    except Refused as unknown:
        raise Missing(unknown.sentence) from unknown
    ask = _asks().filter(pk=pk).first()
    if ask is None:
        raise Missing(_("This link is not known. Copy it whole, or ask for a new one."))
    if ask.link_version != version:
        raise Missing(_("A newer link was sent, so this one no longer opens. Look for the newest mail."))
    return ask


def _asks() -> QuerySet[Ask]:
    return Ask.objects.select_related("review__edition", "organisation__merged_into", "person", "deputy")


def get_review_for(viewer: object, edition: str, code: str) -> Review:
    """Reviews are seen by whoever reads the plan."""
    found = Review.objects.filter(edition__code=edition, code=code).select_related("edition").first()
    if found is None or not can(viewer, Permission.PLAN_READ):
        raise Missing
    return found


def get_ask_for(viewer: object, edition: str, code: str, pk: int) -> Ask:
    """An ask is seen by who runs or decides reviews, and by whoever may answer it."""
    ask = _asks().filter(pk=pk, review__edition__code=edition, review__code=code).first()
    if ask is None or not may_see(viewer, ask):
        raise Missing
    return ask


def may_see(viewer: object, ask: Ask) -> bool:
    allowed = (Permission.REVIEW_RUN, Permission.REVIEW_DECIDE)
    return any(can(viewer, each) for each in allowed) or answerer_of(viewer, ask) is not None


def get_answer_for(viewer: object, edition: str, code: str, pk: int) -> Answer:
    """For whoever decides about answers."""
    rows = Answer.objects.filter(pk=pk, ask__review__edition__code=edition, ask__review__code=code)
    answer = rows.select_related("ask__review__edition", "action__edition").first()
    if answer is None or not can(viewer, Permission.REVIEW_DECIDE):
        raise Missing
    return answer
