"""An edition on a still calendar, and a register in which the tracker's names are called otherwise."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from floreo.core import clock
from floreo.organisations.models import Country
from floreo.strategy.models import Edition
from tests.factories import strategy as make


@pytest.fixture
def country(db: None) -> Iterator[Country]:
    with clock.pinned_day(day=make.TODAY):
        yield make.make_country()


@pytest.fixture
def edition(country: Country) -> Edition:
    return make.make_edition()


@pytest.fixture
def register(country: Country) -> None:
    make.make_organisation("moda", "Ministry of Digital Affairs", short_name="MoDA")
    make.make_organisation("moj", "Ministry of Justice")
    make.make_organisation("national-csirt", "National CSIRT")
    make.make_organisation("national-police", "National Police")
    make.make_organisation("harbour-police", "Harbour Police")
    make.make_organisation("utilities", "Utilities Regulator", kind="regulator")
