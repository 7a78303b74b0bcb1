"""Reads used more than once: answers of stages, whom an obligation binds, the form that holds."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q

from floreo.incidents.models import Case
from floreo.infrastructure.models import Designation, Service, ServiceStateChoice
from floreo.obligations.logic import Answers
from floreo.obligations.models import Binds, Notification, NotificationForm, NotificationStage, Obligation
from floreo.organisations.models import Contact, Organisation
from floreo.organisations.queries import with_parts


def newest_answers(stage: NotificationStage) -> dict[str, Any]:
    """What was submitted last; nothing, where nothing was."""
    version = stage.versions.order_by("-number").first()
    return dict(version.answers) if version is not None else {}


def earlier_answers(stage: NotificationStage) -> list[Answers]:
    """Newest answers of the stages that were submitted before this one, in the order of their first submission."""
    rows = stage.notification.stages.exclude(first_at=None).exclude(pk=stage.pk).order_by("first_at", "pk")
    found = [newest_answers(each) for each in rows if stage.first_at is None or each.first_at < stage.first_at]
    return list(found)


def form_on(day: date) -> NotificationForm | None:
    """The form that holds on that day: one of a law before one that comes with the program, and its newest revision."""
    rows = NotificationForm.objects.filter(holds_from__lte=day, is_draft=False).order_by(
        "is_example", "-holds_from", "-pk"
    )
    return rows.first()


def bound_by(obligation: Obligation) -> set[int]:
    """Organisations that it binds now: by a designated service, by any service of the register, or by their own sector. A designation that
    is only proposed binds nobody."""
    chosen = with_parts(obligation.in_sectors.values_list("sector", flat=True))
    if obligation.binds == Binds.ALL:
        rows = Organisation.objects.filter(merged_into=None, ends_on=None)
        rows = rows.filter(sector__in=chosen) if chosen else rows.exclude(sector=None)
        if obligation.broad:
            rows = rows.filter(sector__broad=obligation.broad)
        return set(rows.values_list("pk", flat=True))
    services = Service.objects.filter(state=ServiceStateChoice.CURRENT).exclude(operator=None)
    if chosen:
        services = services.filter(sector__in=chosen)
    if obligation.broad:
        services = services.filter(sector__broad=obligation.broad)
    if obligation.binds == Binds.DESIGNATED:
        services = services.filter(pk__in=Designation.objects.filter(stage="designated").values("service"))
    return set(services.values_list("operator", flat=True))


def organisation_of_address(mail: str) -> Organisation | None:
    """The organisation that has this address as a contact that has answered before; None where there is none, or more than one."""
    rows = Contact.objects.filter(email__iexact=mail).exclude(verified_on=None).select_related("organisation")
    bodies = {each.organisation.successor().pk: each.organisation.successor() for each in rows}
    return next(iter(bodies.values())) if len(bodies) == 1 else None


def notifications_of_case(case: Case, viewer: object) -> list[Notification]:
    """Those that belong to the case, or to one that was merged into it."""
    rows = Notification.objects.visible_to(viewer).filter(Q(case=case) | Q(case__merged_into=case))
    return list(rows.select_related("organisation").order_by("submitted_at", "pk"))
