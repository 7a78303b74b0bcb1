"""Both tests, a file of participants in any encoding, and who completed a cohort."""

from __future__ import annotations

from decimal import Decimal

import pytest

from floreo.core.access import SYSTEM
from floreo.core.delimited import decoded
from floreo.core.errors import Refused
from floreo.core.models import AuditEntry
from floreo.training import importing
from floreo.training.actions import attending, enrolling, results, running
from floreo.training.actions.attending import Ticked
from floreo.training.models import Cohort, Course
from floreo.training.queries import account_of, results_of
from tests.factories.strategy import make_organisation
from tests.training.making import cohort, entered, held

pytestmark = pytest.mark.django_db


def came(of: Cohort, number: int, *who: int) -> None:
    attending.record_list(of.sessions.get(number=number), by=SYSTEM, ticked=Ticked(frozenset(), frozenset(who)))


def outcome(of: Cohort) -> list[tuple[str, bool | None, bool]]:
    return [(e.name, e.passed, e.completed_on is not None) for e in of.enrolments.order_by("number")]


class TestClosing:
    def test_who_came_often_enough_completed_it(self) -> None:
        made = held(3, sessions=3, min_attendance=66)
        came(made, 1, 1, 2)
        came(made, 2, 1, 2)
        came(made, 3, 1)
        assert [line.result.completed for line in results_of(made)] == [True, True, False]
        closed = results.close_cohort(made, by=SYSTEM)
        assert (closed.state, closed.closed_on is not None) == ("closed", True)
        assert outcome(made) == [("Person A", None, True), ("Person B", None, True), ("Person C", None, False)]
        assert made.enrolments.get(number=1).completed_on == made.ends_on

    def test_with_a_pass_mark_attendance_alone_is_not_enough(self) -> None:
        made = held(3, pass_mark=60)
        came(made, 1, 1, 2, 3)
        with pytest.raises(Refused) as refusal:
            results.close_cohort(made, by=SYSTEM)
        assert refusal.value.code == "no_scores"
        scores = {1: (Decimal(40), Decimal(60)), 2: (Decimal(40), Decimal("59.99"))}
        assert results.enter_scores(made, by=SYSTEM, scores=scores) == 2
        assert results.enter_scores(made, by=SYSTEM, scores=scores) == 0
        results.close_cohort(made, by=SYSTEM)
        assert outcome(made) == [("Person A", True, True), ("Person B", False, False), ("Person C", False, False)]

    @pytest.mark.parametrize("score", [Decimal(-1), Decimal("100.01")])
    def test_a_score_is_from_0_to_100(self, score: Decimal) -> None:
        made = held(1)
        with pytest.raises(Refused) as refusal:
            results.enter_scores(made, by=SYSTEM, scores={1: (None, score)})
        assert list(refusal.value.fields) == ["after-1"]
        with pytest.raises(Refused):
            results.enter_scores(made, by=SYSTEM, scores={7: (None, None)})

    def test_it_is_not_closed_before_its_end_nor_without_attendance(self) -> None:
        with pytest.raises(Refused) as refusal:
            results.close_cohort(cohort(), by=SYSTEM)
        assert refusal.value.code == "not_over"
        made = held(1, sessions=2, of=Course.objects.get(), code="second", title="Second")
        with pytest.raises(Refused) as refusal:
            results.close_cohort(made, by=SYSTEM)
        assert (refusal.value.code, "1, 2" in str(refusal.value.sentence)) == ("no_attendance", True)

    def test_what_is_closed_changes_no_more_until_it_is_opened_again(self) -> None:
        made = held(2)
        came(made, 1, 1)
        closed = results.close_cohort(made, by=SYSTEM)
        for act in (
            lambda: results.enter_scores(closed, by=SYSTEM, scores={1: (None, Decimal(5))}),
            lambda: came(closed, 1, 2),
            lambda: running.update_cohort(closed, by=SYSTEM, title="Other"),
            lambda: results.close_cohort(closed, by=SYSTEM),
            lambda: running.cancel_cohort(closed, by=SYSTEM, reason="No."),
        ):
            with pytest.raises(Refused) as refusal:
                act()
            assert refusal.value.code == "cohort_closed"
        with pytest.raises(Refused):
            results.open_again(closed, by=SYSTEM, reason=" ")
        again = results.open_again(closed, by=SYSTEM, reason="A list came late.")
        assert outcome(made) == [("Person A", None, False), ("Person B", None, False)]
        came(again, 1, 2)
        results.close_cohort(again, by=SYSTEM)
        assert outcome(made) == [("Person A", None, True), ("Person B", None, True)]
        with pytest.raises(Refused):
            results.open_again(cohort(made.course, code="another"), by=SYSTEM, reason="x")

    @pytest.mark.long
    def test_who_left_counts_as_not_completed(self) -> None:
        made = held(6)
        came(made, 1, 1, 2, 3, 4, 5)
        running.update_cohort(
            made, by=SYSTEM, ends_on=made.ends_on and made.ends_on.replace(year=made.ends_on.year + 1)
        )
        enrolling.leave(made.enrolments.get(number=6), by=SYSTEM)
        running.update_cohort(made, by=SYSTEM, ends_on=made.ends_on)
        results.close_cohort(Cohort.objects.get(pk=made.pk), by=SYSTEM)
        account = account_of(made)
        assert (account.enrolled, account.completed, account.share_completed, account.few) == (
            6,
            5,
            Decimal("83.3"),
            True,
        )


NAMES = ["José Pérez", "Ñandú Gómez"]


class TestFile:
    @pytest.mark.first_cases(2)
    @pytest.mark.parametrize(
        ("encoding", "said"),
        [
            ("utf-8", "UTF-8"),
            ("utf-8-sig", "UTF-8"),
            ("utf-16", "utf-16"),
            ("utf-16-le", "utf-16-le"),
            ("utf-16-be", "utf-16-be"),
            ("cp1252", "cp1252"),
            ("latin-1", "cp1252"),
        ],
    )
    def test_names_arrive_whole_in_every_encoding(self, encoding: str, said: str) -> None:
        made = held(0)
        text = "nombre;correo;sesiones;antes;después\r\n" + "".join(
            f"{name};p{n}@example.org;1;40;7{n}\r\n" for n, name in enumerate(NAMES)
        )
        found = importing.read(made, text.encode(encoding), "lista.csv")
        assert (found.encoding, found.problems, found.new) == (said, [], 2)
        assert results.import_rows(made, by=SYSTEM, found=found) == 2
        rows = made.enrolments.order_by("number")
        assert [(e.name, e.score_before, e.score_after, e.attendances.count()) for e in rows] == [
            ("José Pérez", Decimal(40), Decimal(70), 1),
            ("Ñandú Gómez", Decimal(40), Decimal(71), 1),
        ]

    def test_a_file_that_breaks_off_says_at_which_line(self) -> None:
        found = importing.read(held(0), b'name,after\nAna Abalone,70\n"open,71\n', "list.csv")
        assert [str(p).partition(":")[0] for p in found.problems] == ["Line 3"]

    def test_a_file_put_together_of_two_encodings_is_read_line_by_line(self) -> None:
        content = b"name,after\n" + "José Pérez,70\n".encode() + "Ñandú Gómez,71\n".encode("cp1252")
        found = importing.read(held(0), content, "mixed.csv")
        assert [row.name for row in found.rows] == NAMES
        assert found.encoding == "UTF-8, cp1252"

    def test_what_is_no_text_is_refused(self) -> None:
        for content in (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\xff\xfe\x00", b"name\n\x81\x8d\n", b"\xff\xfename\x00"):
            with pytest.raises(Refused):
                decoded(content)

    def test_a_row_that_is_wrong_is_named_with_its_line_and_nothing_is_imported(self) -> None:
        made = held(2)
        before = AuditEntry.objects.count()
        content = (
            "number,name,email,sector,sessions,after\n"
            "1,,,,1,80\n"
            "\n"
            "9,,,,,50\n"
            ",Ana,no address,,,\n"
            ",Bruno,,moon,,\n"
            ",Celia,,,7,\n"
            ",Dario,,,,101\n"
            ",,,,,70\n"
            "2,Somebody Else,,,,\n"
            "1,,,,,\n"
            ",Elena,,,,,,\n"
        )
        found = importing.read(made, content.encode(), "list.csv")
        assert [str(p).split(":")[0] for p in found.problems] == [
            "Line 4, number",
            "Line 5, email",
            "Line 6, sector",
            "Line 7, sessions",
            "Line 8, after",
            "Line 9, name",
            "Line 10, name",
            "Line 11",
            "Line 12",
        ]
        with pytest.raises(Refused):
            results.import_rows(made, by=SYSTEM, found=found)
        assert AuditEntry.objects.count() == before
        assert made.enrolments.exclude(score_after=None).count() == 0

    def test_reading_writes_nothing(self) -> None:
        made = held(1)
        before = AuditEntry.objects.count()
        assert importing.read(made, b"number,after\n1,80\n", "list.csv").problems == []
        assert (AuditEntry.objects.count(), made.enrolments.get().score_after) == (before, None)

    def test_people_are_known_again_by_number_address_or_name(self) -> None:
        made = held(0)
        body = make_organisation("port", "Port Authority")
        for name, mail in (("Ana Abalone", "ana@example.org"), ("Bruno Brisa", ""), ("Celia Caracol", "")):
            entered(made, name, mail)
        content = (
            "número,nombre,correo electrónico,organización,sesiones,después,comentario\n"
            "3,,,,todas,90,x\n"
            ",Another Way Of Writing,ANA@example.org,,sí,80,\n"
            ',brisa bruno,,,,"70,5",\n'
            ",Dario Duna,,port authority,,,\n"
        )
        found = importing.read(made, content.encode(), "list.csv")
        assert (found.problems, found.new, found.unknown) == ([], 1, ["comentario"])
        results.import_rows(made, by=SYSTEM, found=found)
        rows = [
            (e.name, e.score_after, e.attendances.count(), e.organisation) for e in made.enrolments.order_by("number")
        ]
        assert rows == [
            ("Ana Abalone", Decimal(80), 1, None),
            ("Bruno Brisa", Decimal("70.50"), 0, None),
            ("Celia Caracol", Decimal(90), 1, None),
            ("Dario Duna", None, 0, body),
        ]

    def test_two_of_one_name_are_told_apart_by_their_number_only(self) -> None:
        made = held(0)
        entered(made, "Ana Abalone")
        entered(made, "Ana Abalone")
        found = importing.read(made, b"name,after\nAna Abalone,70\n", "list.csv")
        assert "Give the number" in str(found.problems[0])

    @pytest.mark.parametrize(
        "content",
        [b"", b"name,name\nAna,B\n", b"colour\nred\n", b"name,after\n", b'name\n"Ana\n'],
    )
    def test_a_file_of_which_nothing_can_be_read_gets_its_sentence(self, content: bytes) -> None:
        made = held(0)
        with pytest.raises(Refused) as refusal:
            results.import_rows(made, by=SYSTEM, found=importing.read(made, content, "list.csv"))
        assert str(refusal.value.sentence)

    def test_who_has_no_seat_is_not_imported_as_present(self) -> None:
        made = held(1, capacity=1)
        found = importing.read(made, b"name,sessions\nNew One,1\n", "list.csv")
        with pytest.raises(Refused) as refusal:
            results.import_rows(made, by=SYSTEM, found=found)
        assert (refusal.value.code, made.enrolments.count()) == ("no_seat", 1)
