"""What issue and law ask about operators is a measure each: unknown in a country of which nothing is recorded, and with records that
nobody reads who may read those of their own organisation alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from floreo import offers
from floreo.core.access import ROLES, Permission, Scope
from floreo.core.figures import Filters, Period
from floreo.indicators.access import may_list_records
from floreo.indicators.models import Indicator, Reading
from floreo.infrastructure.models import Service, SinglePointsResult
from floreo.organisations.models import Country, NationalSector, Organisation, User
from tests.conftest import make_user

pytestmark = pytest.mark.django_db

# The measure and with which permission, held everywhere, its records are read.
NEEDED = {
    "operators_designated": Permission.SERVICE_READ,
    "operators_designated_in_sector": Permission.SERVICE_READ,
    "services_designated": Permission.SERVICE_READ,
    "share_of_plans_tested": Permission.SERVICE_READ,
    "services_in_register": Permission.SERVICE_READ,
    "dependencies_checked": Permission.CASCADE_RUN,
    "single_points_of_failure": Permission.CASCADE_RUN,
    "people_behind_largest_single_point": Permission.CASCADE_RUN,
    "share_operators_verified_duty_contact": Permission.CONTACT_DRILL_RUN,
    "median_minutes_to_answer_drill": Permission.CONTACT_DRILL_RUN,
    "share_networks_proved": Permission.ASSET_READ,
    "share_organisations_assessed": Permission.ASSESSMENT_READ,
    "operators_assessed": Permission.ASSESSMENT_READ,
    "mean_assessed_level": Permission.ASSESSMENT_READ,
    "change_in_assessed_level": Permission.ASSESSMENT_READ,
    "share_gap_actions_in_time": Permission.ASSESSMENT_READ,
    "exercises_held": Permission.TABLETOP_READ,
    "share_exercise_findings_in_time": Permission.TABLETOP_READ,
    "share_stages_in_time": Permission.NOTIFICATION_HANDLE,
    "share_obligations_in_time": Permission.OBLIGATION_READ,
}
PERIODS = [Period(date(2020, 1, 1), date(2020, 12, 31)), Period(date(2026, 10, 1), date(2026, 12, 31))]


@pytest.mark.parametrize("period", PERIODS, ids=lambda period: period.label)
def test_in_an_empty_country_it_is_unknown_and_not_nought(period: Period) -> None:
    for name in NEEDED:
        measure = offers.measures()[name]
        options = [value for value, _words in measure.choices()] if measure.choices is not None else []
        for extra in [(), *((("of", value),) for value in [*options, "no-such-thing"])]:
            read = measure.function(period, Filters(extra=extra))
            assert (read.value, read.numerator, read.denominator) == (None, 0, 0), name  # not 0, and nothing to keep
            assert (read.records, read.groups) == ((), ()), name


@pytest.mark.parametrize("role", ROLES)
def test_records_are_read_with_the_permission_everywhere_and_never_with_ones_own(role: str) -> None:
    power = Organisation.objects.create(code="power", name="Power", kind="operator")
    user = make_user(role, organisation=None if role in ("administrator", "secretariat", "responder") else power)
    for name, needed in NEEDED.items():
        assert offers.measures()[name].records_need == needed, name
        has_all = ROLES[role].grants.get(needed) is Scope.ALL
        assert may_list_records(user, Reading(measure=name)) == has_all, name
        assert not may_list_records(None, Reading(measure=name)), name


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    "code", ["single-points", "people-behind-single-point", "operators-assessed", "operators-designated"]
)
def test_the_public_page_tells_the_number_and_an_operator_no_record(
    code: str, isla: Country, stranger: Client, user_with: Callable[..., User], browser_of: Callable[[User], Client]
) -> None:
    mine = Organisation.objects.get(code="light-and-power")
    reading = Indicator.objects.get(code=code).readings.order_by("-starts_on")[0]
    assert reading.value is not None
    assert reading.records is not None
    addresses = [row[1] for row in reading.records.rows]
    place = f"/indicators/{code}/"
    readers = {
        "": stranger,
        "operator": browser_of(user_with("operator", organisation=mine)),
        "lead": browser_of(user_with("lead", organisation=mine)),
        "observer": browser_of(user_with("observer")),
    }
    for role, browser in readers.items():
        page = browser.get(place).content.decode()
        assert (role, [each for each in addresses if f'"{each}"' in page]) == (role, [])
    page = browser_of(user_with("responder", email="r@x.example")).get(place).content.decode()
    lists = NEEDED[reading.measure] is not Permission.ASSESSMENT_READ
    assert (any(f'"{each}"' in page for each in addresses)) == lists


@pytest.mark.long
def test_no_file_and_no_call_says_which_services_are_single_points(isla: Country, stranger: Client) -> None:
    result = SinglePointsResult.objects.get()
    hidden = {row[1] for row in result.points} & set(
        Service.objects.filter(is_public=False).values_list("code", flat=True)
    )
    names = set(Service.objects.filter(code__in=hidden).values_list("name", flat=True))
    assert names
    exits = ["/indicators/single-points/", "/indicators/people-behind-single-point/", "/indicators/"]
    exits += ["/data/readings.json", "/data/indicators.json", "/search/?q=single"]
    for each in exits:
        answer = stranger.get(each)
        text = (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode()  # type: ignore[attr-defined]
        assert answer.status_code == 200, each
        assert [name for name in names if name in text] == [], each


@pytest.mark.long
def test_how_a_value_was_counted_is_said_in_both_languages(isla: Country, stranger: Client) -> None:
    page, spanish = (stranger.get(f"{each}/indicators/operators-designated/").content.decode() for each in ("", "/es"))
    sectors = {each.code: each for each in NationalSector.objects.all()}
    reading = Indicator.objects.get(code="operators-designated").readings.order_by("-starts_on")[0]
    groups = [sectors[each["name"].removeprefix("sector:")] for each in reading.working["groups"]]
    assert len(groups) >= 5
    assert [
        each.code for each in groups if each.name not in page or each.in_language("name", "es") not in spanish
    ] == []
    words = (
        "60 services whose failure hits no other",
        "60 servicios cuya falla no afecta a otro",
        "49 services of which nobody knows how many use them",
        "49 servicios de los que no se sabe cuántas personas los usan",
    )
    texts = [
        stranger.get(f"{language}/indicators/{code}/").content.decode()
        for code in ("single-points", "people-behind-single-point")
        for language in ("", "/es")
    ]
    assert [word for word, text in zip(words, texts, strict=True) if word not in text] == []
