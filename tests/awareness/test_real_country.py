"""What a real country has before anybody wrote anything for it."""

from __future__ import annotations

import pytest
from django.test import Client

from floreo.awareness.models import Campaign, Exercise, Material, Quiz
from floreo.organisations.models import Country


@pytest.mark.long
def test_a_real_country_has_the_general_ones_marked_as_such(real_country: Country, stranger: Client) -> None:
    page = stranger.get("/learn/").content.decode()
    assert "Materials for the country itself are still missing." in page
    for model in (Material, Quiz, Exercise):
        assert not model.objects.filter(is_generic=False).exists()
        assert not model.objects.filter(is_generic=True, doubt="").exists()
    assert Campaign.objects.count() == 0
    assert stranger.get("/self-check/").status_code == 200
