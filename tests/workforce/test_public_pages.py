"""The catalogue and the needs as anybody opens them, and what institutions and organisations do by their links."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.figures import Filters, Frequency, period_of
from floreo.core.tasks import Recipient
from floreo.organisations.models import User
from floreo.workforce import measures
from floreo.workforce.actions import catalogue, needs
from floreo.workforce.logic import CourseDay
from floreo.workforce.models import CatalogueCourse, WorkforceNeed
from floreo.workforce.tasks import waiting_tasks
from tests.workforce.making import asked, body, course, institution, need, role

pytestmark = pytest.mark.usefixtures("isla")
SCRIPT = "</script><script>alert(1)</script>"


def text_of(answer: Any) -> str:
    whole = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(whole.decode())


def typed(**more: str) -> dict[str, str]:
    return {"title": "Valves", "level": "basic", "language": "en", "mode": "online"} | more


class TestCatalogue:
    def test_the_list_is_narrowed_by_level_language_district_and_cost(self, stranger: Client) -> None:
        everything = text_of(stranger.get("/courses/"))
        assert "25 courses" in everything
        free = stranger.get("/courses/?cost=free&level=awareness&language=es&district=XP-GV")
        assert [row[0].code for row in free.context["rows"]] == ["education-safe-classroom"]
        paid = stranger.get("/courses/?cost=paid").context["rows"]
        assert {row[0].is_free for row in paid} == {False}

    def test_what_nobody_confirmed_for_a_year_says_so(self, stranger: Client) -> None:
        page = text_of(stranger.get("/courses/lighthouse-trainers/"))
        assert "Not confirmed since September 2025" in page
        assert "Not confirmed since" not in text_of(stranger.get("/courses/university-secure-networks/"))
        assert "Sin confirmar desde septiembre de 2025" in text_of(stranger.get("/es/courses/lighthouse-trainers/"))

    def test_machines_read_it_as_schema_org_and_no_text_ends_the_block(self, stranger: Client) -> None:
        _made, secret = institution()
        made = course(
            secret, f"Pipes {SCRIPT}", summary=SCRIPT, dates=[CourseDay(clock.today() + timedelta(days=3), 7)]
        )
        page = text_of(stranger.get(made.get_absolute_url()))
        assert "<script>alert" not in page
        found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
        assert found is not None
        data = json.loads(found[1])
        assert (data["@type"], data["name"], data["hasCourseInstance"][0]["maximumAttendeeCapacity"]) == (
            "Course",
            f"Pipes {SCRIPT}",
            7,
        )

    @pytest.mark.long
    def test_what_is_hidden_or_removed_reads_as_what_does_not_exist(self, stranger: Client) -> None:
        _made, secret = institution()
        made = course(secret, "A secret course")
        catalogue.hide_course(made, by=SYSTEM, reason="Not a course.")
        hidden, missing = stranger.get(made.get_absolute_url()), stranger.get("/courses/no-such-course/")
        assert (hidden.status_code, missing.status_code) == (404, 404)
        for address in (
            "/courses/",
            "/courses/?download=csv",
            "/data/courses.csv",
            "/api/v1/courses",
            "/search/?q=secret",
        ):
            assert "A secret course" not in text_of(stranger.get(address)), address

    def test_open_data_have_its_dates_and_roles(self, stranger: Client) -> None:
        rows = json.loads(text_of(stranger.get("/data/courses.json")))
        rows = rows["rows"] if isinstance(rows, dict) else rows
        own = next(row for row in rows if row["code"] == "csirt-first-responders")
        assert own["roles"] == ["cyber-incident-responder"]
        assert "2027-02-23" in own["dates"]

    @pytest.mark.long
    def test_its_list_asks_the_same_however_many_there_are(
        self, stranger: Client, django_assert_max_num_queries: Callable[[int], Any]
    ) -> None:
        stranger.get("/courses/")
        with django_assert_max_num_queries(14):
            stranger.get("/courses/")


class TestKeeping:
    def test_a_course_is_added_changed_confirmed_and_removed_by_the_link(self, stranger: Client) -> None:
        _made, secret = institution()
        home = f"/courses/keep/{secret}/"
        assert stranger.get(home).status_code == 200
        day = (clock.today() + timedelta(days=20)).isoformat()
        roles = {"roles": str(role().pk)}
        answer = stranger.post(f"{home}new/", typed(starts_on_1=day, seats_1="12", **roles))
        assert (answer.status_code, answer["Location"]) == (302, f"{home}?done=added")
        made = CatalogueCourse.objects.get(title="Valves")
        assert ([d.seats for d in made.dates.all()], made.needs_look, list(made.roles.all())) == ([12], True, [role()])
        assert "Valves" in text_of(stranger.get("/courses/"))
        form = stranger.get(f"{home}{made.pk}/")
        assert f'value="{day}"' in text_of(form)
        assert stranger.post(f"{home}{made.pk}/", typed(title="Taps", version=str(made.version))).status_code == 302
        assert stranger.post(home).status_code == 302
        assert stranger.post(f"{home}{made.pk}/", {"do": "remove"}).status_code == 302
        assert "Taps" not in text_of(stranger.get("/courses/"))

    @pytest.mark.long
    def test_opening_a_link_changes_nothing(self, stranger: Client) -> None:
        _made, secret = institution()
        made = course(secret)
        CatalogueCourse.objects.filter(pk=made.pk).update(checked_on=None)
        for address in ("", "new/", f"{made.pk}/"):
            assert stranger.get(f"/courses/keep/{secret}/{address}").status_code == 200
            assert stranger.head(f"/courses/keep/{secret}/{address}").status_code == 200
        made.refresh_from_db()
        assert made.checked_on is None

    def test_the_link_of_one_institution_finds_no_course_of_another(self, stranger: Client) -> None:
        _one, secret = institution()
        _other, theirs = institution("light-and-power")
        foreign = course(theirs, "Cables")
        address = f"/courses/keep/{secret}/{foreign.pk}/"
        assert stranger.get(address).status_code == 404
        assert stranger.post(address, typed(title="Mine")).status_code == 404
        assert stranger.post(address, {"do": "remove"}).status_code == 404
        foreign.refresh_from_db()
        assert (foreign.title, foreign.removed_on) == ("Cables", None)

    def test_after_its_end_the_link_is_none(self, stranger: Client) -> None:
        made, secret = institution()
        own = course(secret)
        catalogue.end_link(made, by=SYSTEM)
        for address in (
            f"/courses/keep/{secret}/",
            f"/courses/keep/{secret}/new/",
            f"/courses/keep/{secret}/{own.pk}/",
        ):
            assert stranger.get(address).status_code == 404
            assert stranger.post(address, typed()).status_code == 404

    @pytest.mark.long
    def test_what_was_typed_stays_with_the_sentence(self, stranger: Client) -> None:
        _made, secret = institution()
        answer = stranger.post(
            f"/courses/keep/{secret}/new/", typed(summary="What I typed", cost_amount="-4", currency="USD")
        )
        page = text_of(answer)
        assert (answer.status_code, "What I typed" in page, "A cost is not negative." in page) == (422, True, True)
        long = stranger.post(f"/courses/keep/{secret}/new/", typed(summary="x" * 2_000_000))
        assert long.status_code == 422
        assert not CatalogueCourse.objects.filter(title="Valves").exists()

    def test_two_people_with_the_link_do_not_overwrite_each_other(self, stranger: Client) -> None:
        _made, secret = institution()
        own = course(secret)
        address, old = f"/courses/keep/{secret}/{own.pk}/", str(own.version)
        assert stranger.post(address, typed(title="First", version=old)).status_code == 302
        second = stranger.post(address, typed(title="Second", version=old))
        assert (second.status_code, 'value="Second"' in text_of(second)) == (409, True)
        own.refresh_from_db()
        assert own.title == "First"

    @pytest.mark.long
    def test_guessing_links_is_slowed(self, stranger: Client) -> None:
        codes = {stranger.get(f"/courses/keep/{n}/").status_code for n in range(40)}
        assert codes == {404, 429}


class TestAnswering:
    def answer(self, stranger: Client, secret: str, needed: str, in_post: str) -> Any:
        pk = role().pk
        return stranger.post(f"/workforce/answer/{secret}/", {f"needed_{pk}": needed, f"in_post_{pk}": in_post})

    def test_an_organisation_answers_and_corrects(self, stranger: Client) -> None:
        made, secret = asked()
        assert stranger.get(f"/workforce/answer/{secret}/").status_code == 200
        assert self.answer(stranger, secret, "4", "1").status_code == 302
        page = text_of(stranger.get(f"/workforce/answer/{secret}/?done=yes"))
        assert 'value="4"' in page
        assert self.answer(stranger, secret, "5", "1").status_code == 302
        row = WorkforceNeed.objects.get(organisation=made.organisation, role=role())
        assert (row.needed, row.in_post) == (5, 1)

    @pytest.mark.first_cases(2)
    @pytest.mark.parametrize(
        ("needed", "in_post", "sentence"),
        [
            ("-4", "1", "A number of people is not negative."),
            ("4", "", "write a whole number"),
            ("four", "1", "write a whole number"),
            ("٤", "1", "write a whole number"),
            ("4.5", "1", "write a whole number"),
            ("999999999", "1", "more people than there can be"),
            ("", "", "at least one role"),
        ],
    )
    def test_what_is_no_number_of_people_is_refused_and_kept(
        self, stranger: Client, needed: str, in_post: str, sentence: str
    ) -> None:
        made, secret = asked()
        answer = self.answer(stranger, secret, needed, in_post)
        page = text_of(answer)
        assert (answer.status_code, sentence in page) == (422, True)
        assert not needed or f'value="{needed}"' in page
        assert not WorkforceNeed.objects.filter(organisation=made.organisation).exists()

    def test_after_its_end_the_link_is_none(self, stranger: Client) -> None:
        made, secret = asked()
        needs.end_request(made, by=SYSTEM)
        assert stranger.get(f"/workforce/answer/{secret}/").status_code == 404
        assert self.answer(stranger, secret, "4", "1").status_code == 404


class TestPublicFigures:
    def test_no_organisation_is_named_and_a_sector_of_one_is_put_together(self, stranger: Client) -> None:
        page = text_of(stranger.get("/workforce/"))
        main = page.split("<main", 1)[1].split("</main", 1)[0]
        for row in WorkforceNeed.objects.exclude(organisation=None).select_related("organisation"):
            assert row.organisation is not None
            assert row.organisation.name not in main
        assert "Several sectors together" in main

    def test_two_answers_are_too_few_to_show(self, no_needs: None, stranger: Client) -> None:
        need("water-board", "water", 31, 17)
        need("light-and-power", "energy", 33, 19)
        page = text_of(stranger.get("/workforce/"))
        assert "Not enough organisations have answered yet." in page
        assert not {"31", "17", "33", "19", "64", "36"} & set(re.findall(r">\s*(\d+)\s*<", page))

    def test_no_needs_are_in_open_data(self, stranger: Client) -> None:
        for address in ("/data/workforce_needs.csv", "/api/v1/workforce_needs"):
            assert stranger.get(address).status_code in {401, 403, 404}, address


class TestMeasures:
    def test_courses_seats_and_institutions(self, no_dates: None) -> None:
        _made, secret = institution()
        start = clock.today() + timedelta(days=1)
        course(secret, dates=[CourseDay(start, 20), CourseDay(start + timedelta(days=1))])
        year = period_of(start, Frequency.YEAR)
        assert measures.courses_offered(year, Filters()).value == 1
        assert measures.course_seats(year, Filters()).value == 20
        kept = measures.share_institutions_current(year, Filters())
        assert (kept.numerator, kept.denominator) == (8, 9)

    def test_needs_met_and_trained(self, no_needs: None) -> None:
        year = period_of(clock.today(), Frequency.YEAR)
        need("water-board", "water", 20, 5)
        assert measures.share_needs_met(year, Filters()).value is None
        need("light-and-power", "energy", 20, 20)
        need("port-authority", "transport", 20, 5)
        found = measures.share_needs_met(year, Filters())
        assert (found.value, found.numerator, found.denominator) == (50, 30, 60)
        assert measures.people_trained_for_needs(year, Filters()).value is not None


class TestTasks:
    def test_the_coordinator_looks_at_what_is_new_and_asks_who_is_late(self) -> None:
        _made, secret = institution()
        course(secret)
        made, _secret = asked()
        type(made).objects.filter(pk=made.pk).update(due_on=clock.today() - timedelta(days=1))
        found = {
            t.key.rsplit("/")[-1]: t.why
            for t in waiting_tasks(Recipient(everybody=True), viewer=SYSTEM, today=clock.today())
        }
        assert found["look"].startswith("1 course, new or changed")
        assert "stale" in found
        assert any("Has not answered" in why for why in found.values())

    def test_nobody_else_has_them(self, user_with: Callable[..., User]) -> None:
        operator = user_with("operator", organisation=body("water-board"))
        recipient = Recipient(organisations=frozenset({body("water-board").pk}), permissions=frozenset())
        assert list(waiting_tasks(recipient, viewer=operator, today=clock.today())) == []
