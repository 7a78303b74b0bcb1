"""How a view gets a consultation, or what hangs on one; and as whom people without an account act."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_noop

from floreo.consultation.models import Comment, Consultation, Event, Invitation, Point, Topic, may_read_all
from floreo.core.errors import Missing
from floreo.core.links import hash_of
from floreo.core.whole import whole


def get_consultation_for(viewer: object, code: str) -> Consultation:
    """In the workspace: raises Missing for what the viewer may not know of."""
    rows = Consultation.objects.visible_to(viewer).select_related("organisation", "law_version__instrument")
    found = rows.filter(code=code).first()
    if found is None:
        raise Missing
    return found


def get_public(code: str) -> Consultation:
    """On the public site: the same for everybody, so that one that is prepared shows by no difference."""
    return get_consultation_for(None, code)


def get_comment_for(viewer: object, code: str, number: int) -> Comment:
    rows = Comment.objects.visible_to(viewer).select_related("consultation__organisation", "point", "topic", "event")
    found = rows.filter(consultation__code=code, number=number).first()
    if found is None or not may_read_all(viewer):
        raise Missing
    return found


def get_point_for(viewer: object, code: str, number: int) -> Point:
    rows = Point.objects.visible_to(viewer).select_related("consultation", "changed_version__instrument")
    found = rows.filter(consultation__code=code, number=number).first()
    if found is None:
        raise Missing
    return found


def get_event_for(viewer: object, code: str, pk: int) -> Event:
    rows = Event.objects.visible_to(viewer).select_related("consultation")
    found = rows.filter(consultation__code=code, pk=pk).first()
    if found is None or not may_read_all(viewer):
        raise Missing
    return found


def get_topic_for(viewer: object, code: str, number: int) -> Topic:
    rows = Topic.objects.visible_to(viewer).select_related("consultation")
    found = rows.filter(consultation__code=code, number=number).first()
    if found is None:
        raise Missing
    return found


def get_invitation_for(viewer: object, code: str, pk: int) -> Invitation:
    found = Invitation.objects.select_related("consultation").filter(consultation__code=code, pk=pk).first()
    if found is None or not may_read_all(viewer):
        raise Missing
    return found


# --- People without an account ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Respondents:
    """The public form: whoever comments by it, and is nobody in particular."""

    actor_code: str = "consultation"

    @property
    def actor_name(self) -> str:
        return gettext_noop("Public form")

    def grants(self) -> Iterable[tuple[str, int | None]]:
        return ()


ANYBODY = Respondents()


@dataclass(frozen=True)
class Writer:
    """Whoever has the secret link of a comment: may do with it what actions/commenting.py allows, and nothing else."""

    comment: Comment

    @property
    def actor_code(self) -> str:
        return f"writer:{self.comment.pk}"

    @property
    def actor_name(self) -> str:
        return gettext_noop("Who wrote the comment")

    def grants(self) -> Iterable[tuple[str, int | None]]:
        return ()


def comment_of_link(secret: str) -> Comment:
    """Raises Missing for a link that is none, or whose comment was erased."""
    rows = Comment.objects.select_related(
        "consultation__organisation", "consultation__law_version__instrument", "point", "topic"
    )
    found = rows.filter(link_hash=hash_of(secret)).first() if secret else None
    if found is None:
        raise Missing
    return found


def invitation_of_link(secret: str) -> Invitation:
    """Raises Missing for a link that is none, or of a consultation that is not out."""
    rows = Invitation.objects.select_related("consultation__organisation", "consultation__law_version__instrument")
    found = rows.filter(link_hash=hash_of(secret)).first() if secret else None
    if found is None or not found.consultation.is_out:
        raise Missing
    return found


def number_of(given: str) -> int | None:
    """A number in an address, where it is one."""
    return whole(given)
