"""Consultations as open data: each consultation, the points with their decisions, and the comments that were published."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Case, Count, F, Q, QuerySet, When
from django.utils.translation import gettext_lazy as _

from floreo.consultation.models import (
    NOT_COUNTED,
    Comment,
    CommentChannel,
    CommentState,
    Consultation,
    Decision,
    Point,
    Respondent,
)
from floreo.core.access import Permission
from floreo.core.columns import CHANGED, ID, SOURCED, by_id, column, titles
from floreo.core.tables import CellKind, Column, Filter, Table, in_each_language

_READ = Permission.CONSULTATION_READ


def _consultations(viewer: object) -> QuerySet[Consultation]:
    counted = Count("comments", filter=~Q(comments__state__in=NOT_COUNTED))
    rows = Consultation.objects.visible_to(viewer).annotate(number_of_comments=counted)
    return rows.select_related("organisation", "law_version__instrument")


def _body(consultation: Consultation) -> str | None:
    body = consultation.organisation
    return body.code if body is not None and body.is_public else None


def _law(consultation: Consultation) -> str | None:
    version = consultation.public_version
    return f"{version.instrument.code}/{version.code}" if version is not None else None


def _address(consultation: Consultation) -> str:
    return f"{settings.SITE_ADDRESS}/consultations/{consultation.code}/"


CONSULTATIONS = Table(
    "consultations",
    _("Consultations"),
    _("Drafts and questions on which people could comment, from when to when, and when they were answered."),
    rows=_consultations,
    columns=(
        Column.of(Consultation, "code", _("Part of its address")),
        *titles(_("As announced"), of=Consultation),
        Column.of(Consultation, "summary", _("What it is about")),
        Column("phase", _("State"), _("hidden, open, closed or answered"), lambda c: str(c.phase)),
        Column("law", _("Text of a law"), _("Code of the instrument and of its version"), _law),
        column("document_url", _("Document"), _("Address of the document, where it is not a law"), CellKind.LINK),
        Column.of(Consultation, "participation", _("open, invited or both")),
        Column.of(Consultation, "opens_at", _("Moment, UTC"), CellKind.MOMENT),
        Column.of(Consultation, "closes_at", _("Moment, UTC"), CellKind.MOMENT),
        Column.of(Consultation, "organisation", _("Code of the organisation"), value=_body),
        Column.of(Consultation, "answer_due_on", _("By when the answers are to be published"), CellKind.DATE),
        Column.of(Consultation, "answered_at", _("When the answers were published, UTC"), CellKind.MOMENT),
        Column.of(Consultation, "answered_by", _("Who signed the answers")),
        column("number_of_comments", _("Comments"), _("Comments that count, published or not"), CellKind.WHOLE),
        Column("address", _("Address"), _("Permanent address"), _address, CellKind.LINK),
        *SOURCED,
        CHANGED,
    ),
    order=("-created_at", "-pk"),
    search=("title", "code"),
    lookup=lambda rows, key: rows.filter(code=key),
)


def _points(viewer: object) -> QuerySet[Point]:
    counted = Count("comments", filter=~Q(comments__state__in=NOT_COUNTED))
    rows = Point.objects.visible_to(viewer).annotate(number_of_comments=counted)
    return rows.select_related("consultation", "changed_version__instrument")


def _version(point: Point) -> str | None:
    version = point.changed_version
    is_public = version is not None and version.is_public and version.instrument.is_public
    return f"{version.instrument.code}/{version.code}" if version is not None and is_public else None


CONSULTATION_POINTS = Table(
    "consultation_points",
    _("Points and decisions"),
    _("What the comments ask for, what was decided on it and why, and which clause was changed."),
    rows=_points,
    columns=(
        ID,
        Column.of(Point, "consultation", _("Its code"), value=lambda p: p.consultation.code),
        Column.of(Point, "number", _("Its number in the consultation"), CellKind.WHOLE),
        *titles(_("What the comments ask for")),
        Column.of(Point, "decision", _("accepted, partly, not_accepted or out_of_scope")),
        Column.of(Point, "reason", _("Why it was decided so")),
        in_each_language("reason", _("Reason in this language")),
        Column.of(Point, "clause", _("As it is cited")),
        Column("version", _("Version"), _("Version of the text that has the change"), _version),
        Column.of(Point, "decided_on", _("Day of the decision"), CellKind.DATE),
        column("number_of_comments", _("Comments"), _("Comments that make the point"), CellKind.WHOLE),
        CHANGED,
    ),
    order=("consultation_id", "number", "pk"),
    key="id",
    search=("title", "reason", "consultation__title"),
    filters=(
        Filter(
            "consultation",
            _("Consultation"),
            lambda: [(c.code, c.title) for c in Consultation.objects.out()],
            lambda rows, v: rows.filter(consultation__code=v),
        ),
        Filter("decision", _("Decision"), lambda: Decision.choices, lambda rows, v: rows.filter(decision=v)),
    ),
    lookup=by_id,
)


# What everybody reads of a comment, which is all that a visitor's search looks into.
_READ_TEXT = Case(When(shown_text="", then=F("text")), default=F("shown_text"))


def _comments(viewer: object) -> QuerySet[Comment]:
    rows = Comment.objects.visible_to(viewer)
    return rows.annotate(read_text=_READ_TEXT).select_related("consultation", "point", "topic")


def public_comments_of(consultation: Consultation) -> QuerySet[Comment]:
    """The same of one consultation. It is not joined: the order of the rows could then not be that of the index."""
    rows = consultation.comments.visible_to(None)
    return rows.annotate(read_text=_READ_TEXT).select_related("point", "topic")


def _point(comment: Comment) -> int | None:
    """Of which point it is part: public with the answers."""
    point = comment.point
    return point.number if point is not None and comment.consultation.is_answered else None


def _topic(comment: Comment) -> int | None:
    return comment.topic.number if comment.topic is not None else None


def _comment_columns() -> tuple[Column, ...]:
    more: dict[str, Any] = {"needs": _READ}
    return (
        ID,
        Column.of(Comment, "consultation", _("Its code"), value=lambda c: c.consultation.code),
        Column.of(Comment, "number", _("Of the comment in its consultation"), CellKind.WHOLE),
        Column.of(Comment, "received_on", _("Day on which it came"), CellKind.DATE),
        Column.of(Comment, "channel", _("site, paper, meeting, mail or phone")),
        Column.of(Comment, "respondent", _("citizen, business, civil_society, operator and others")),
        Column.of(Comment, "name", _("Where its writer wanted it published"), value=lambda c: c.published_name),
        Column.of(Comment, "language", _("In which it was written")),
        Column.of(Comment, "clause", _("On which it is")),
        Column.of(Comment, "topic", _("Number of the question on which it is"), CellKind.WHOLE, value=_topic),
        Column.of(Comment, "text", _("As published"), value=lambda c: c.published_text),
        Column.of(Comment, "point", _("Number of the point that it makes"), CellKind.WHOLE, value=_point),
        Column.of(Comment, "state", _("waiting, published, withheld, withdrawn or rejected"), **more),
        Column.of(Comment, "reason", _("Why it is not published"), **more),
        Column("whole_text", _("Text as it came"), _("Not published"), lambda c: c.text, **more),
        CHANGED,
    )


_RESPONDENT = Filter(
    "respondent", _("Answers as"), lambda: Respondent.choices, lambda rows, v: rows.filter(respondent=v)
)
_CHANNEL = Filter("channel", _("Channel"), lambda: CommentChannel.choices, lambda rows, v: rows.filter(channel=v))

CONSULTATION_COMMENTS = Table(
    "consultation_comments",
    _("Comments"),
    _("Comments on consultations that were published."),
    rows=_comments,
    columns=_comment_columns(),
    order=("consultation_id", "number", "pk"),
    key="id",
    search=("read_text", "reference"),
    filters=(
        Filter(
            "consultation",
            _("Consultation"),
            lambda: [(c.code, c.title) for c in Consultation.objects.out()],
            lambda rows, v: rows.filter(consultation__code=v),
        ),
        _RESPONDENT,
        _CHANNEL,
    ),
    lookup=by_id,
)

# The same in the workspace, one consultation at a time, with what waits to be read.
WORKSPACE_COMMENTS = Table(
    "consultation_comments",
    CONSULTATION_COMMENTS.title,
    CONSULTATION_COMMENTS.help,
    rows=CONSULTATION_COMMENTS.rows,
    columns=CONSULTATION_COMMENTS.columns,
    order=("number", "pk"),
    key="id",
    needs=_READ,
    search=("text", "reference", "organisation_name", "name"),
    filters=(
        Filter("state", _("State"), lambda: CommentState.choices, lambda rows, v: rows.filter(state=v)),
        Filter(
            "grouped",
            _("Point"),
            lambda: [("no", _("In no point")), ("yes", _("In a point"))],
            lambda rows, v: rows.filter(point__isnull=v == "no"),
        ),
        _RESPONDENT,
        _CHANNEL,
    ),
)

TABLES: dict[str, Table] = {t.name: t for t in (CONSULTATIONS, CONSULTATION_POINTS, CONSULTATION_COMMENTS)}
