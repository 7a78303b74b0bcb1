"""The sector of a case, where nobody says another, is the general sector of the organisation that it affects; else it is not known."""

from __future__ import annotations

import pytest

from floreo.core.access import SYSTEM
from floreo.incidents.actions import merging, parts, triage
from floreo.incidents.models import Case, Report
from floreo.organisations.actions.sectors import add_sector
from floreo.organisations.models import Organisation
from tests.incidents.desk import Desk, log_of
from tests.incidents.reports import taken_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def harbours(desk: Desk) -> Organisation:
    """The port, in a sector of the country that is part of another and of the general sector of transport."""
    sea = add_sector(by=SYSTEM, name="Sea", broad="transport")
    desk.port.sector = add_sector(by=SYSTEM, name="Harbours", broad="transport", parent=sea)
    desk.port.save()
    return desk.port


def test_a_case_that_is_opened_takes_the_sector_of_its_organisation(desk: Desk, harbours: Organisation) -> None:
    assert desk.case(organisation=harbours).sector == "transport"
    assert desk.case(organisation=harbours, sector="energy").sector == "energy"  # what a person says goes first


def test_without_a_sector_in_the_register_none_is_guessed(desk: Desk) -> None:
    assert (desk.port.kind, desk.port.general_sector) == ("ministry", "")
    assert (desk.case(organisation=desk.port).sector, desk.case().sector) == ("", "")
    report = taken_in()
    Report.objects.filter(pk=report.pk).update(organisation=desk.port)
    assert triage.accept(Report.objects.get(pk=report.pk), by=desk.ana).sector == ""


def test_so_does_the_case_of_a_report_and_one_that_is_split_off(desk: Desk, harbours: Organisation) -> None:
    first, second = taken_in(source_key="1"), taken_in(source_key="2")
    Report.objects.filter(pk__in=[first.pk, second.pk]).update(organisation=harbours)
    case = triage.accept(Report.objects.get(pk=first.pk), by=desk.ana)
    triage.join(Report.objects.get(pk=second.pk), by=desk.ana, case=case)
    made = merging.split_report(Report.objects.get(pk=second.pk), by=desk.ana)
    assert (case.sector, made.sector) == ("transport", "transport")


def test_an_organisation_that_is_added_gives_its_sector_to_a_case_without_one(
    desk: Desk, harbours: Organisation
) -> None:
    case, other, source = desk.case(), desk.case(sector="energy"), desk.case()
    parts.add_organisation(case, by=desk.ana, organisation=harbours)
    parts.add_organisation(other, by=desk.ana, organisation=harbours)
    parts.add_organisation(source, by=desk.ana, organisation=harbours, part="source")
    found = {each.pk: each.sector for each in Case.objects.all()}
    assert [found[each.pk] for each in (case, other, source)] == ["transport", "energy", ""]
    assert log_of(case)[0] == "Sector: – to Transport and ports."
