"""Needs and the catalogue: what is written, by whom, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.errors import Missing, NotAllowed, Refused
from floreo.core.models import AuditEntry, MailState, OutboxMail
from floreo.organisations.models import User
from floreo.training.models import Enrolment
from floreo.workforce import importing
from floreo.workforce.access import institution_of_link, own_course, request_of_link
from floreo.workforce.actions import catalogue, needs
from floreo.workforce.logic import CourseDay
from floreo.workforce.models import CatalogueCourse, Institution, NeedsRequest, WorkforceNeed
from floreo.workforce.queries import ROLE_KINDS, gaps_for, needs_of, public_values
from tests.moments import on
from tests.workforce.making import answering, asked, body, course, institution, keeper, need, role, secret_of

pytestmark = pytest.mark.usefixtures("isla")


class TestNeeds:
    def test_a_negative_number_is_refused_at_its_field(self) -> None:
        with pytest.raises(Refused, match="not negative") as refused:
            need("water-board", "water", 3, -1)
        assert refused.value.fields.keys() == {"in_post"}

    def test_a_number_that_nobody_can_mean_is_refused(self) -> None:
        with pytest.raises(Refused, match="more people than there can be"):
            need("water-board", "water", 100_001, 0)

    def test_a_role_must_be_one_of_a_skills_framework(self) -> None:
        other = type(role()).objects.exclude(kind__in=ROLE_KINDS)[0]
        with pytest.raises(Refused, match="no role of a skills framework"):
            need("water-board", "water", 1, 1, role=other)

    def test_of_one_day_and_role_there_is_one(self) -> None:
        made = need("water-board", "water", 3, 1)
        with pytest.raises(Refused, match="already"):
            need("water-board", "water", 4, 1)
        needs.update_need(made, by=SYSTEM, needed=4)
        made.refresh_from_db()
        assert made.needed == 4
        needs.remove_need(made, by=SYSTEM)
        assert not WorkforceNeed.objects.filter(pk=made.pk).exists()

    def test_of_a_whole_sector_too_and_also_when_it_is_corrected(self) -> None:
        first = need("", "water", 3, 1)
        second = need("", "water", 4, 1, on=clock.today() - timedelta(days=1))
        with pytest.raises(Refused, match="already"):
            needs.update_need(second, by=SYSTEM, as_of=first.as_of)

    def test_numbers_of_a_role_that_is_in_no_current_version_can_be_corrected(self) -> None:
        made = need("water-board", "water", 3, 1)
        role().in_version.__class__.objects.filter(pk=role().in_version_id).update(is_current=False)
        assert needs.update_need(made, by=SYSTEM, needed=2).needed == 2

    def test_a_sector_shows_whoever_is_in_it_by_the_newest_answer(self, secretariat: User) -> None:
        WorkforceNeed.objects.all().delete()
        need("water-board", "energy", 3, 1, on=clock.today() - timedelta(days=9))
        need("water-board", "water", 5, 1, role=role("cybersecurity-auditor"))
        found = gaps_for(secretariat, sector="energy")
        assert found.lines == ()
        assert gaps_for(secretariat, sector="water").needed == 8

    def test_who_was_trained_counts_for_the_organisation_whatever_sector_they_wrote(self, secretariat: User) -> None:
        WorkforceNeed.objects.all().delete()
        done = Enrolment.objects.exclude(completed_on=None).filter(cohort__course__roles__isnull=False)[0]
        held = done.cohort.course.roles.all()[0]
        Enrolment.objects.filter(pk=done.pk).update(organisation=body("water-board"), sector="other")
        need("water-board", "water", 3, 1, role=held)
        assert [line.trained for line in gaps_for(secretariat, by="organisation").lines] == [1]

    def test_of_a_whole_sector_too(self) -> None:
        need("", "health", 30, 12)
        with pytest.raises(Refused, match="already"):
            need("", "health", 31, 12)

    def test_a_day_to_come_is_refused(self) -> None:
        with pytest.raises(Refused) as refused:
            need("water-board", "water", 1, 1, on=clock.today() + timedelta(days=1))
        assert refused.value.fields.keys() == {"as_of"}

    def test_the_gap_with_who_is_trained_and_who_trains_next(self, no_needs: None) -> None:
        need("water-board", "water", 3, 1)
        need("light-and-power", "energy", 2, 2)
        found = gaps_for(SYSTEM, by="organisation")
        assert [(line.key, line.gap.needed, line.gap.filled, line.gap.missing) for line in found.lines] == [
            ("light-and-power", 2, 2, 0),
            ("water-board", 3, 1, 2),
        ]
        assert (found.needed, found.filled, found.bodies) == (5, 3, 2)
        assert [line.key for line in gaps_for(SYSTEM, sector="water").lines] == ["water"]

    def test_an_organisation_sees_its_own_numbers_and_no_others(
        self, no_needs: None, user_with: Callable[..., User]
    ) -> None:
        own, other = need("water-board", "water", 3, 1), need("light-and-power", "energy", 2, 2)
        operator = user_with("operator", organisation=body("water-board"))
        assert list(WorkforceNeed.objects.visible_to(operator)) == [own]
        assert other in WorkforceNeed.objects.visible_to(SYSTEM)
        assert not WorkforceNeed.objects.visible_to(None).exists()

    def test_what_may_not_be_counted_is_in_no_public_figure(self, no_needs: None) -> None:
        for code, sector in (("water-board", "water"), ("light-and-power", "energy"), ("port-authority", "transport")):
            need(code, sector, 20, 10)
        assert public_values().table is not None
        WorkforceNeed.objects.filter(organisation__code="water-board").update(is_public=False)
        assert public_values().is_withheld


class TestAsked:
    def test_an_organisation_answers_by_its_link(self) -> None:
        made, secret = asked()
        count = needs.answer_needs(made, by=answering(secret), lines={role().pk: (4, 1)}, note="By phone")
        row = WorkforceNeed.objects.get(organisation=made.organisation, role=role())
        assert (count, row.needed, row.in_post, row.sector, row.channel) == (1, 4, 1, "transport", "link")
        made.refresh_from_db()
        assert made.answered_on == clock.today()

    def test_answered_again_on_the_same_day_it_is_corrected(self) -> None:
        made, secret = asked()
        needs.answer_needs(made, by=answering(secret), lines={role().pk: (4, 1)})
        needs.answer_needs(made, by=answering(secret), lines={role().pk: (5, 2)})
        rows = WorkforceNeed.objects.filter(organisation=made.organisation, role=role())
        assert [(n.needed, n.in_post) for n in needs_of(rows)] == [(5, 2)]
        assert rows.count() == 1

    def test_negative_numbers_and_foreign_roles_change_nothing(self) -> None:
        made, secret = asked()
        with pytest.raises(Refused) as refused:
            needs.answer_needs(made, by=answering(secret), lines={role().pk: (-4, 1)})
        assert refused.value.fields.keys() == {f"needed_{role().pk}"}
        with pytest.raises(Refused, match="no role"):
            needs.answer_needs(made, by=answering(secret), lines={10**9: (1, 1)})
        with pytest.raises(Refused, match="at least one role"):
            needs.answer_needs(made, by=answering(secret), lines={})
        assert not WorkforceNeed.objects.filter(organisation=made.organisation).exists()

    def test_a_link_that_was_ended_opens_nothing(self) -> None:
        made, secret = asked()
        by = answering(secret)
        needs.end_request(made, by=SYSTEM)
        with pytest.raises(Missing):
            request_of_link(secret)
        with pytest.raises(Refused, match="works no more"):  # the form was open when it ended
            needs.answer_needs(made, by=by, lines={role().pk: (1, 1)})
        with pytest.raises(Refused, match="already"):
            needs.end_request(made, by=SYSTEM)
        assert OutboxMail.objects.get(to="port-authority-needs@example.org").state == MailState.DROPPED

    def test_the_link_of_one_answers_for_no_other(self) -> None:
        _one, secret = asked()
        other, _secret = asked("water-board", sector="water")
        with pytest.raises(NotAllowed):
            needs.answer_needs(other, by=answering(secret), lines={role().pk: (1, 1)})

    def test_a_reminder_has_a_new_link_and_the_old_one_works_no_more(self) -> None:
        made, secret = asked()
        needs.remind(made, by=SYSTEM)
        with pytest.raises(Missing):
            request_of_link(secret)
        fresh = secret_of("/workforce/answer/", "port-authority-needs@example.org")
        needs.answer_needs(made, by=answering(fresh), lines={role().pk: (1, 1)})
        with pytest.raises(Refused, match="answered already"):
            needs.remind(made, by=SYSTEM)

    def test_a_reminder_after_the_day_says_so_and_is_not_dropped_as_too_late(self) -> None:
        with on(clock.today()):
            made, _secret = asked()
            assert "Please answer by" in OutboxMail.objects.get(kind="workforce.needs").text
            NeedsRequest.objects.filter(pk=made.pk).update(due_on=clock.today() - timedelta(days=200))
            needs.remind(made, by=SYSTEM)
            mail = OutboxMail.objects.filter(kind="workforce.needs").latest("pk")
            assert "The answer was due on" in mail.text
            assert "Please answer by" not in mail.text
            assert mail.not_after is not None
            assert mail.not_after > clock.now()

    def test_the_worker_reminds_once_two_weeks_after_the_day(self) -> None:
        NeedsRequest.objects.all().delete()
        made, _secret = asked()
        assert needs.remind_due(by=SYSTEM) == 0
        NeedsRequest.objects.filter(pk=made.pk).update(due_on=clock.today() - timedelta(days=14))
        assert needs.remind_due(by=SYSTEM) == 1
        assert needs.remind_due(by=SYSTEM) == 0

    def test_asked_twice_for_a_year_is_refused_and_a_day_gone_by_too(self) -> None:
        asked()
        with pytest.raises(Refused, match="asked for 2030 already"):
            asked()
        with pytest.raises(Refused, match="has passed"):
            asked("water-board", due_on=clock.today() - timedelta(days=1))

    def test_neither_secret_nor_address_is_in_the_trail(self) -> None:
        _made, secret = asked()
        entries = " ".join(str(e.detail) for e in AuditEntry.objects.filter(verb__startswith="needs."))
        assert secret not in entries
        assert "needs@example.org" not in entries


class TestCatalogue:
    def test_an_institution_adds_changes_confirms_and_removes_its_course(self) -> None:
        made, secret = institution()
        row = course(secret, dates=[CourseDay(clock.today() + timedelta(days=30), 20)], roles=[role()])
        assert (row.is_listed, row.needs_look, row.checked_on, row.code) == (
            True,
            True,
            clock.today(),
            "water-board-pipes-and-pumps",
        )
        by = keeper(secret)
        catalogue.change_course(row, by=by, title="Pumps", dates=[CourseDay(clock.today() + timedelta(days=60), 5)])
        row.refresh_from_db()
        assert [(d.seats, d.starts_on) for d in row.dates.all()] == [(5, clock.today() + timedelta(days=60))]
        CatalogueCourse.objects.filter(pk=row.pk).update(checked_on=None)
        assert catalogue.confirm_courses(made, by=by) == 1
        row.refresh_from_db()
        assert row.is_current
        catalogue.remove_course(row, by=by)
        row.refresh_from_db()
        assert (row.removed_on, row.is_listed, row.dates.count()) == (clock.today(), False, 0)
        with pytest.raises(Refused, match="removed already"):
            catalogue.remove_course(row, by=by)

    @pytest.mark.long
    def test_the_link_of_one_institution_does_not_reach_the_course_of_another(self) -> None:
        _one, secret_one = institution()
        _other, secret_other = institution("light-and-power")
        theirs = course(secret_other)
        by = keeper(secret_one)
        with pytest.raises(Missing):
            own_course(by.institution, theirs.pk)
        with pytest.raises(NotAllowed):
            catalogue.change_course(theirs, by=by, title="Mine now")
        with pytest.raises(NotAllowed):
            catalogue.remove_course(theirs, by=by)
        with pytest.raises(NotAllowed):
            catalogue.confirm_courses(theirs.institution, by=by)
        with pytest.raises(NotAllowed):
            catalogue.add_course(theirs.institution, by=by, title="Planted", level="basic", mode="online")
        theirs.refresh_from_db()
        assert theirs.title == "Pipes and pumps"

    def test_a_link_that_was_ended_opens_nothing(self) -> None:
        made, secret = institution()
        row, by = course(secret), keeper(secret)
        catalogue.end_link(made, by=SYSTEM)
        with pytest.raises(Missing):
            institution_of_link(secret)
        with pytest.raises(Refused, match="works no more"):
            catalogue.change_course(row, by=by, title="Too late")
        with pytest.raises(Refused, match="no link"):
            catalogue.end_link(made, by=SYSTEM)

    def test_a_new_link_ends_the_one_before(self) -> None:
        made, secret = institution()
        by = keeper(secret)
        catalogue.send_link(made, by=SYSTEM)
        with pytest.raises(Missing):
            institution_of_link(secret)
        with pytest.raises(Refused, match="works no more"):
            catalogue.confirm_courses(made, by=by)

    def test_what_is_hidden_stays_hidden_whatever_its_institution_changes(self) -> None:
        _made, secret = institution()
        row = course(secret)
        catalogue.look_at(row, by=SYSTEM)
        with pytest.raises(Refused, match="looked at"):
            catalogue.look_at(row, by=SYSTEM)
        catalogue.hide_course(row, by=SYSTEM, reason="It is no course.")
        catalogue.change_course(row, by=keeper(secret), title="Another")
        row.refresh_from_db()
        assert (row.is_listed, row.is_hidden, row.needs_look) == (False, True, True)
        with pytest.raises(Refused, match="hidden already"):
            catalogue.hide_course(row, by=SYSTEM, reason="Again")
        catalogue.show_course(row, by=SYSTEM)
        with pytest.raises(Refused, match="not hidden"):
            catalogue.show_course(row, by=SYSTEM)

    @pytest.mark.first_cases(2)
    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({"title": "   "}, "title"),
            ({"address": "javascript:alert(1)"}, "address"),
            ({"address": "ftp://example.org/x"}, "address"),
            ({"cost_amount": Decimal(-1), "currency": "USD"}, "cost_amount"),
            ({"cost_amount": Decimal(5), "currency": ""}, "currency"),
            ({"cost_amount": Decimal(5), "currency": "US$"}, "currency"),
            ({"cost_amount": Decimal(5), "currency": "USD", "is_free": True}, "cost_amount"),
            ({"summary": "x" * 2001}, "summary"),
            ({"dates": [CourseDay(clock.FIRST_DAY, -3)]}, "dates"),
        ],
    )
    def test_what_cannot_be_is_refused_at_its_field(self, facts: dict[str, Any], field: str) -> None:
        _made, secret = institution()
        with pytest.raises(Refused) as refused:
            course(secret, **facts)
        assert field in refused.value.fields
        assert not CatalogueCourse.objects.filter(institution__organisation__code="water-board").exists()

    def test_a_title_is_there_once_and_hidden_letters_do_not_help(self) -> None:
        _made, secret = institution()
        course(secret, "Pipes")
        with pytest.raises(Refused, match="already"):
            course(secret, "P\u202eipes\u200b")

    def test_an_institution_with_courses_is_not_removed(self) -> None:
        made, secret = institution()
        course(secret)
        with pytest.raises(Refused, match="has courses"):
            catalogue.remove_institution(made, by=SYSTEM)
        empty, _secret = institution("port-authority")
        catalogue.update_institution(empty, by=SYSTEM, language="es")
        catalogue.remove_institution(empty, by=SYSTEM)
        with pytest.raises(Refused, match="already"):
            catalogue.add_institution(by=SYSTEM, organisation=body("water-board"))

    def test_the_worker_reminds_twice_a_year(self) -> None:
        Institution.objects.update(link_hash="")
        made, _secret = institution()
        assert catalogue.remind_institutions(by=SYSTEM) == 0
        Institution.objects.filter(pk=made.pk).update(reminded_on=clock.today() - timedelta(days=182))
        assert catalogue.remind_institutions(by=SYSTEM) == 1
        assert catalogue.remind_institutions(by=SYSTEM) == 0


HEADER = "institution,title,level,mode,cost,currency,dates,roles\r\n"


class TestFile:
    def test_rows_become_courses_and_the_same_file_changes_nothing_more(self) -> None:
        text = (
            HEADER
            + "water-board,Pumps,basic,online,120.50,xcd,2027-02-15 (20); 16/03/2027,Cyber Incident Responder\r\n"
        )
        found = importing.read(text.encode(), "courses.csv")
        assert found.problems == []
        assert catalogue.import_courses(by=SYSTEM, read=found) == (1, 0)
        row = CatalogueCourse.objects.get(title="Pumps")
        assert (row.cost_amount, row.currency, [d.seats for d in row.dates.all()]) == (
            Decimal("120.50"),
            "XCD",
            [20, None],
        )
        assert list(row.roles.all()) == [role()]
        assert catalogue.import_courses(by=SYSTEM, read=found) == (0, 1)
        assert CatalogueCourse.objects.filter(title="Pumps").count() == 1

    def test_lines_of_two_encodings_are_read_each_in_its_own(self) -> None:
        content = HEADER.encode() + "water-board,Educación en línea,basic,online,,,,\r\n".encode()
        content += "water-board,Año nuevo,basic,online,gratis,,,\r\n".encode("cp1252")
        found = importing.read(content, "mixed.csv")
        assert found.problems == []
        assert [row.facts["title"] for row in found.rows] == ["Educación en línea", "Año nuevo"]
        assert "cp1252" in found.encoding

    def test_every_wrong_cell_has_its_line_and_its_sentence(self) -> None:
        rows = (
            "nobody,Pumps,basic,online,,,,",
            "water-board,,basic,online,,,,",
            "water-board,Pumps,expert,online,,,,",
            "water-board,Pumps,basic,online,-3,USD,,",
            "water-board,Pumps,basic,online,3,,,",
            "water-board,Pumps,basic,online,,,31/02/2027,",
            "water-board,Pumps,basic,online,,,,astronaut",
            "water-board,Pumps,basic,online,,,,",
            "water-board,PUMPS,basic,online,,,,",
        )
        found = importing.read((HEADER + "\r\n".join(rows)).encode(), "bad.csv")
        assert [(p.line, p.column) for p in found.problems] == [
            (2, "institution"),
            (3, "title"),
            (4, "level"),
            (5, "cost"),
            (6, "currency"),
            (7, "dates"),
            (8, "roles"),
            (10, "title"),
        ]
        with pytest.raises(Refused, match="8 problems"):
            catalogue.import_courses(by=SYSTEM, read=found)
        assert not CatalogueCourse.objects.filter(institution__organisation__code="water-board").exists()

    @pytest.mark.first_cases(2)
    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            (b"\x89PNG\r\n\x1a\n\x00\x00", "not text"),
            (b"title,level\r\nx,y\r\n", "no column"),
            (HEADER.encode(), "no row"),
            (b"institution,title,level,mode,title\r\n", "twice"),
            (b"x" * (importing.MOST_BYTES + 1), "larger than"),
        ],
    )
    def test_what_is_no_such_file_is_refused_with_a_sentence(self, content: bytes, sentence: str) -> None:
        with pytest.raises(Refused, match=sentence):
            importing.read(content, "x.csv")

    def test_what_leaves_comes_in_again_unchanged(self) -> None:
        _made, secret = institution()
        facts: dict[str, Any] = {"summary": "=1+1 is no formula", "cost_amount": Decimal("10.00"), "currency": "USD"}
        course(secret, "Pumps, and “more”", **facts, dates=[CourseDay(clock.today() + timedelta(days=9), 4)])
        rows = CatalogueCourse.objects.filter(institution__organisation__code="water-board")
        for language in ("en", "es"):
            found = importing.read(importing.export(rows, language), "again.csv")
            assert found.problems == []
            assert (found.rows[0].facts["summary"], found.rows[0].facts["title"]) == (
                "=1+1 is no formula",
                "Pumps, and “more”",
            )
        importing_again = catalogue.import_courses(by=SYSTEM, read=found)
        assert importing_again == (0, 1)
        assert importing.read(importing.template("es"), "t.csv").unknown == []


def test_a_course_that_was_free_can_cost_something_by_the_next_file() -> None:
    head = "institution,title,level,mode,cost,currency\n"
    for cost, currency in (("free", ""), ("120", "USD"), ("0", "")):
        found = importing.read(f"{head}water-board,Pipes,basic,online,{cost},{currency}\n".encode(), "courses.csv")
        catalogue.import_courses(by=SYSTEM, read=found)
        made = CatalogueCourse.objects.get(title="Pipes")
        assert (made.is_free, made.currency) == (cost != "120", currency)
