"""How a view gets a report or a case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from floreo.core.errors import Missing
from floreo.core.links import hash_of
from floreo.core.wording import REPORTER_BY_LINK
from floreo.incidents.models import Case, Report


def get_report_for(viewer: object, reference: str) -> Report:
    """Raises Missing when there is none, or the viewer does not handle incidents."""
    rows = Report.objects.visible_to(viewer).select_related("case", "organisation", "place", "duplicate_of")
    found = rows.filter(reference=reference).first()
    if found is None:
        raise Missing
    return found


def get_case_for(viewer: object, reference: str) -> Case:
    """Raises Missing when there is none, or its marking or its organisations leave the viewer out."""
    rows = Case.objects.visible_to(viewer).select_related("lead", "place").order_by()
    found = rows.filter(reference=reference).first()
    if found is None:
        raise Missing
    return found


@dataclass(frozen=True)
class PublicForm:
    """The public form, as whom the worker takes in what came by it."""

    actor_code: str = "form"

    @property
    def actor_name(self) -> str:
        return gettext_noop("Public form")

    def grants(self) -> Iterable[tuple[str, int | None]]:
        return (("responder", None),)


FORM = PublicForm()


@dataclass(frozen=True)
class Reporter:
    """Whoever has the secret link of a report: may do with that report what actions/reporter.py allows, and nothing else."""

    report: Report

    @property
    def actor_code(self) -> str:
        return f"reporter:{self.report.pk}"

    @property
    def actor_name(self) -> str:
        return REPORTER_BY_LINK % {"reference": self.report.reference}

    def grants(self) -> Iterable[tuple[str, int | None]]:
        return ()


def report_of_link(secret: str) -> Report:
    """The report whose secret link this is. Raises Missing where there is none."""
    found = Report.objects.filter(link_hash=hash_of(secret), link_ended_at=None).select_related(
        "case", "duplicate_of__case"
    )
    report = found.first() if secret else None
    if report is None:
        raise Missing(_("We do not know this link. Copy the whole link, as it was shown when the report was sent."))
    return report
