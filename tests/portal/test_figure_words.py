"""How the page of an indicator says what its value is."""

from __future__ import annotations

from decimal import Decimal

import pytest

from floreo.indicators.models import Indicator, Reading
from floreo.portal.views.indicators import _band_text


@pytest.mark.parametrize(("unit", "words"), [("%", "Between 10 % and 20 %"), ("days", "Between 10 days and 20 days")])
def test_a_band_is_in_the_unit_of_its_value(unit: str, words: str) -> None:
    indicator = Indicator(code="x", title="Median", unit=unit)
    reading = Reading(indicator=indicator, value=Decimal(15), working={"band": ["10", "20"]})
    assert _band_text(reading).replace("\N{NO-BREAK SPACE}", " ").startswith(words)
