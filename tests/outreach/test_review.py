"""Review of sessions, paper, and the values that are made of them."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.core.figures import Filters, Period
from floreo.organisations.models import Place
from floreo.outreach import measures
from floreo.outreach.actions import sessions
from floreo.outreach.models import Ambassador, OutreachSession, Venue
from tests.outreach.making import given, link_for, logged, photographed

pytestmark = pytest.mark.usefixtures("isla")
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
NONE = Filters()


def on_paper(**more: object) -> OutreachSession:
    ambassador = Ambassador.objects.get(code="FC-01")
    is_another = bool(more.pop("is_another", False))
    said = given(**more)
    return sessions.enter_session(ambassador, by=SYSTEM, given=said, uuid=str(uuid4()), is_another=is_another)


class TestReview:
    def test_one_that_came_back_is_not_counted_until_it_comes_again(self) -> None:
        session = logged(link_for()).session
        with pytest.raises(Refused, match="Say what is missing"):
            sessions.return_session(session, by=SYSTEM, reason=" ")
        assert sessions.return_session(session, by=SYSTEM, reason="Which venue?").state == "returned"
        assert sessions.approve_sessions([session], by=SYSTEM) == 0

    def test_a_day_that_comes_anew_is_looked_at_anew(self) -> None:
        """The coordinator set the day right; then the phone sends it changed, with its wrong day."""
        secret, number = link_for(), str(uuid4())
        session = logged(secret, uuid=number, happened_on=date(2027, 3, 3)).session
        right = sessions.correct_session(session, by=SYSTEM, given=given(happened_on=date(2026, 11, 20)))
        assert right.date_checked
        again = logged(secret, uuid=number, happened_on=date(2027, 3, 3), minutes=60).session
        assert (again.needs_care, again.date_checked) == (True, False)
        assert sessions.approve_sessions([again], by=SYSTEM) == 0

    def test_one_that_does_not_count_is_kept_and_can_be_opened_again(self) -> None:
        session = sessions.reject_session(logged(link_for()).session, by=SYSTEM, reason="A trial of the page")
        with pytest.raises(Refused, match="not counted"):
            sessions.correct_session(session, by=SYSTEM, given=given())
        assert sessions.reopen_session(session, by=SYSTEM).state == "received"
        with pytest.raises(Refused, match="waiting for its review already"):
            sessions.reopen_session(session, by=SYSTEM)

    def test_a_venue_of_another_district_is_refused(self) -> None:
        session = logged(link_for()).session
        with pytest.raises(Refused, match="another district"):
            sessions.approve_session(
                session,
                by=SYSTEM,
                happened_on=session.happened_on,
                place=Venue.objects.filter(district__code="XP-CC")[0],
            )

    def test_no_day_to_come_is_counted(self) -> None:
        session = logged(link_for()).session
        with pytest.raises(Refused) as refusal:
            sessions.approve_session(session, by=SYSTEM, happened_on=date(2026, 12, 24))
        assert list(refusal.value.fields) == ["happened_on"]

    def test_a_venue_of_the_register_is_known_by_what_was_typed(self) -> None:
        session = logged(link_for(), venue="  ancla chica PRIMARY school, Ancla Chica ").session
        assert (str(session.place), session.setting) == ("Ancla Chica Primary School, Ancla Chica", "school")

    def test_what_the_coordinator_learnt_is_corrected_and_stays_reviewed(self) -> None:
        session = logged(link_for()).session
        sessions.approve_sessions([session], by=SYSTEM)
        fixed = sessions.correct_session(session, by=SYSTEM, given=given(heads=(0, 0, 20, 0, 0)))
        assert (fixed.people, fixed.state) == (20, "reviewed")

    def test_a_photo_is_deleted_for_good(self) -> None:
        photo = photographed(logged(link_for(), photo_consent="written").session)
        name, storage = str(photo.file.name), photo.file.storage
        sessions.remove_photo(photo, by=SYSTEM)
        assert not storage.exists(name)

    @pytest.mark.parametrize(
        ("more", "field"),
        [
            ({"venue": " "}, "venue"),
            ({"minutes": 3}, "minutes"),
            ({"heads": (0, 0, 0, 0, 0)}, "people_12"),
            ({"heads": (0, 0, 90_000, 0, 0)}, "people_34"),
            ({"materials_left": 5}, "material"),
        ],
    )
    def test_what_no_session_can_be_is_refused(self, more: dict[str, Any], field: str) -> None:
        with pytest.raises(Refused) as refusal:
            logged(link_for(), **more)
        assert list(refusal.value.fields) == [field]


class TestPaper:
    def test_whoever_types_it_in_has_the_paper_so_it_counts(self) -> None:
        made = on_paper()
        assert (made.state, made.channel, made.reference) == ("reviewed", "paper", "FC-0301")

    @pytest.mark.long
    def test_one_that_a_phone_sent_is_not_typed_in_as_another(self) -> None:
        logged(link_for())
        with pytest.raises(Refused, match="a session of the same ambassador, day, audience and topic"):
            on_paper()
        assert on_paper(is_another=True).reference == "FC-0302"

    def test_one_of_two_years_ago_counts_in_its_own_year(self) -> None:
        assert on_paper(happened_on=date(2024, 5, 1)).happened_on == date(2024, 5, 1)


class TestValues:
    def test_schools_are_those_that_the_register_knows(self) -> None:
        third = measures.schools_visited(Period(date(2026, 7, 1), date(2026, 9, 30)), NONE)
        assert (third.value, third.numerator, third.denominator) == (74, 74, 84)
        assert [(g.name, g.numerator, g.denominator) for g in third.groups] == [
            ("North Point", 11, 12),
            ("Coral Coast", 16, 17),
            ("Green Valley", 14, 14),
            ("Trial Harbour", 22, 25),
            ("South Ridge", 11, 11),
            ("Far Cay", 0, 5),
        ]

    @pytest.mark.first_cases(2)
    @pytest.mark.parametrize(
        ("first", "last", "number"),
        [
            (date(2025, 4, 1), date(2025, 6, 30), 9),
            (date(2025, 7, 1), date(2025, 9, 30), 19),
            (date(2025, 10, 1), date(2025, 12, 31), 34),
            (date(2026, 1, 1), date(2026, 3, 31), 48),
            (date(2026, 4, 1), date(2026, 6, 30), 61),
        ],
    )
    def test_every_quarter_is_the_one_that_was_published(self, first: date, last: date, number: int) -> None:
        assert measures.schools_visited(Period(first, last), NONE).value == number

    def test_where_no_school_is_known_the_share_is_unknown_and_not_nought(self) -> None:
        OutreachSession.objects.update(place=None)
        Venue.objects.filter(kind="school").delete()
        assert measures.share_schools_visited(YEAR, NONE).value is None

    def test_people_reached_adds_up_by_district(self) -> None:
        reading = measures.people_reached(YEAR, NONE)
        assert sum(g.numerator for g in reading.groups) == reading.value
        assert reading.left_out == (("outreach_not_reviewed", 11),)

    def test_the_rate_names_the_census_year(self) -> None:
        reading = measures.people_reached_per_10000(YEAR, NONE)
        assert (reading.denominator, reading.groups[0].name) == (184_300, "North Point (2023)")
        Place.objects.filter(code="XP-FC").update(population=None)
        assert measures.people_reached_per_10000(YEAR, NONE).value is None

    @pytest.mark.parametrize("name", ["audience", "language", "setting"])
    def test_sessions_are_told_by_kind(self, name: str) -> None:
        reading = getattr(measures, f"sessions_by_{name}")(YEAR, NONE)
        assert sum(g.numerator for g in reading.groups) == reading.value == len(reading.records)
        assert all(g.name.startswith(f"{name}:") for g in reading.groups)

    def test_ambassadors_are_certified_and_active(self) -> None:
        reading = measures.ambassadors_active(YEAR, NONE)
        assert (reading.value, reading.denominator) == (29, 29)
        before = measures.ambassadors_active(Period(date(2026, 1, 1), date(2026, 3, 31)), NONE)
        assert (before.value, before.denominator) == (9, 10)
