"""What of reviews leaves: that they are held and how many answered, for everybody; asks and answers for the staff."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from floreo.core.access import Permission
from floreo.core.columns import by_id, column, day
from floreo.core.tables import CellKind, Column, Filter, Table
from floreo.reviews.logic import ANSWERED
from floreo.reviews.models import Answer, AnswerStateChoice, RequestStateChoice, Review, ReviewState, UpdateRequest
from floreo.strategy.tables.of_edition import by_key, edition_filter, edition_of, keyed


def _reviews(viewer: object) -> QuerySet[Review]:
    rows = Review.objects.visible_to(viewer).select_related("edition")
    in_time = Q(requests__answered_on__lte=F("due_on"))
    return rows.annotate(
        asked=Count("requests", distinct=True),
        answered=Count("requests", filter=Q(requests__state__in=list(ANSWERED)), distinct=True),
        in_time=Count("requests", filter=in_time, distinct=True),
    )


def _count(name: str, title: Any, help_: Any) -> Column:
    return Column(name, title, help_, lambda row: getattr(row, name), CellKind.WHOLE)


REVIEWS = Table(
    "reviews",
    _("Reviews"),
    _("The periods in which leads were asked how their actions go, and how many answered in time."),
    rows=_reviews,
    columns=(
        keyed(lambda r: (r.edition.code, r.code)),
        edition_of(lambda r: r.edition),
        column("code", _("Code"), _("In its edition, for example 2026-q3")),
        day("starts_on", _("From"), _("First day asked about")),
        day("ends_on", _("To"), _("Last day asked about")),
        day("opened_on", _("Opened"), _("When leads were asked")),
        day("due_on", _("Due"), _("When answers were due")),
        day("closes_on", _("Closes"), _("When it was to close")),
        column("state", _("State"), _("open or closed")),
        _count("asked", pgettext_lazy("leads", "Asked"), _("Leads that were asked")),
        _count("answered", _("Answered"), _("Leads that answered about everything")),
        _count("in_time", _("In time"), _("Leads that answered about everything by the due day")),
    ),
    order=("-ends_on", "-pk"),
    key="key",
    search=("code",),
    filters=(
        Filter("state", _("State"), lambda: ReviewState.choices, lambda rows, v: rows.filter(state=v)),
        edition_filter(),
    ),
    lookup=by_key("edition"),
)


def _requests(viewer: object) -> QuerySet[UpdateRequest]:
    rows = UpdateRequest.objects.select_related("review__edition", "organisation", "person", "deputy")
    return rows.annotate(asked_about=Count("actions", distinct=True))


ASKS = Table(
    "requests",
    _("Asks"),
    _("Who was asked in a review, when they were written to, and how their answer stands."),
    rows=_requests,
    columns=(
        Column("id", _("Number"), _("Tells rows apart"), lambda a: a.pk, CellKind.WHOLE),
        edition_of(lambda a: a.review.edition),
        Column("review", _("Review"), _("Its code"), lambda a: a.review.code),
        Column(
            "organisation",
            _("Organisation"),
            _("Its code in the register"),
            lambda a: a.organisation.code if a.organisation else None,
        ),
        Column(
            "person",
            _("Person"),
            _("Who answers for it"),
            lambda a: a.person.name if a.person else None,
            needs=Permission.PEOPLE_READ,
        ),
        Column(
            "deputy",
            _("Deputy"),
            _("To whom it was escalated"),
            lambda a: a.deputy.name if a.deputy else None,
            needs=Permission.PEOPLE_READ,
        ),
        _count("asked_about", _("Actions"), _("How many actions were asked about")),
        column("state", _("State"), _("waiting, opened, draft, submitted, returned or approved")),
        day("asked_on", _("Asked"), _("When the link was last sent")),
        day("reminded_on", _("Reminded"), _("The last time")),
        column("reminded_count", _("Reminders"), _("How many"), CellKind.WHOLE),
        day("escalated_on", _("Escalated"), _("When the deputy was asked")),
        day("answered_on", _("Answered"), _("The first day on which nothing was missing")),
    ),
    order=("-review_id", "pk"),
    key="id",
    needs=Permission.REVIEW_RUN,
    search=("organisation__name", "organisation__short_name", "person__name"),
    filters=(Filter("state", _("State"), lambda: RequestStateChoice.choices, lambda rows, v: rows.filter(state=v)),),
    lookup=by_id,
)

ANSWERS = Table(
    "answers",
    _("Answers"),
    _("What leads answered in reviews, drafts and returned ones among them, and who decided."),
    rows=lambda _viewer: Answer.objects.select_related(
        "action__edition", "update_request__review", "update_request__organisation", "update"
    ),
    columns=(
        Column("id", _("Number"), _("Tells rows apart"), lambda a: a.pk, CellKind.WHOLE),
        edition_of(lambda a: a.action.edition),
        Column("review", _("Review"), _("Its code"), lambda a: a.update_request.review.code),
        Column("action", _("Action"), _("Its code"), lambda a: a.action.code),
        Column(
            "organisation",
            _("Organisation"),
            _("Who was asked"),
            lambda a: a.update_request.organisation.code if a.update_request.organisation else None,
        ),
        column("number", _("Turn"), _("How many answers about this action, in this review"), CellKind.WHOLE),
        column("state", _("State"), _("draft, submitted, returned or approved")),
        column("done", _("What was done"), _("In the lead’s words")),
        column("next", _("What comes next"), _("In the lead’s words")),
        column("risks", _("Risks"), _("What could stop it")),
        column("nothing_changed", _("Nothing changed"), _("The lead said so"), CellKind.FLAG),
        column("internal_note", _("Note to the secretariat"), _("Never published")),
        column("said_by", _("Said by"), _("Name; not published")),
        day("said_on", _("Sent"), _("The newest time")),
        day("first_said_on", _("First sent"), _("For what is in time")),
        column("returned_note", _("Note"), _("With which it was last returned")),
        column("decided_by", _("Decided by"), _("Name; not published")),
        column("decided_at", _("Decided"), _("When"), CellKind.MOMENT),
    ),
    order=("-pk",),
    key="id",
    needs=Permission.REVIEW_DECIDE,
    search=("done", "next", "risks", "action__code"),
    filters=(
        Filter("state", _("State"), lambda: AnswerStateChoice.choices, lambda rows, v: rows.filter(state=v)),
        edition_filter("action__edition"),
    ),
    lookup=by_id,
)

TABLES: dict[str, Table] = {table.name: table for table in (REVIEWS, ASKS, ANSWERS)}
