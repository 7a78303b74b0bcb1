"""The laws of the sample country, as its pack brings them."""

from __future__ import annotations

import pytest
from django.test import Client

from floreo.core.access import SYSTEM
from floreo.frameworks.models import Framework
from floreo.legislation import queries
from floreo.legislation.models import Instrument, LawVersion

pytestmark = pytest.mark.usefixtures("isla")


def test_every_version_has_its_provisions_and_every_instruction_of_the_act_fits() -> None:
    assert [
        v.code for v in LawVersion.objects.exclude(text="") if v.built_from != v.sha256 or not v.provisions.exists()
    ] == []
    version = LawVersion.objects.get(instrument__code="cybercrime-amendment-bill-2026", code="v3")
    assert (version.instructions.count(), version.instructions.exclude(problem="").count()) == (21, 0)


def test_the_assessment_of_the_bill_counts_as_the_notes_say() -> None:
    """Of the second version: 13 met, 6 partly, 1 not; two articles are left to other laws."""
    bill, treaty = Instrument.objects.get(code="cybercrime-amendment-bill-2026"), Framework.objects.get(code="budapest")
    found = queries.coverage(queries.matrix(bill, treaty, bill.versions.get(code="v2"), SYSTEM))
    assert (found.full, found.partial, found.gap, found.not_applicable, found.stale) == (13, 6, 1, 2, 0)


@pytest.mark.long
def test_every_public_page_of_the_laws_answers() -> None:
    rows = LawVersion.objects.filter(is_public=True).select_related("instrument")
    addresses = [version.get_absolute_url() for version in rows]  # before a page in Spanish changes the language
    for address in addresses:
        assert Client().get(address).status_code == 200, address
        assert Client().get(f"/es{address}").status_code == 200, address
