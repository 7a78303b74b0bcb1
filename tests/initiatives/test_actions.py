"""Initiatives and competitions: what is written, by whom, and what is refused."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.errors import Missing, NotAllowed, Refused
from floreo.core.models import AuditEntry, OutboxMail, SearchEntry
from floreo.initiatives.access import (
    ANYBODY,
    Entrant,
    Guardian,
    Juror,
    entry_for_jury,
    entry_of_guardian,
    entry_of_link,
    member_of_link,
)
from floreo.initiatives.actions import entering, registering, running
from floreo.initiatives.files import kept
from floreo.initiatives.models import Competition, CompetitionEntry, Initiative, JuryConflict, JuryScore
from floreo.initiatives.queries import published_entries, results_of, to_judge
from floreo.organisations.models import Place, User
from tests.initiatives.making import (
    NAME,
    agreed,
    closed_now,
    draft,
    given,
    guardian_secret,
    judge,
    juror,
    opened,
    scored,
    sent,
)

pytestmark = [pytest.mark.usefixtures("isla"), pytest.mark.xdist_group("files of entries")]  # they look into one folder
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\x00IEND\xaeB`\x82"


class TestInitiatives:
    def test_what_a_stranger_sends_is_seen_by_nobody_before_it_is_read(self) -> None:
        district = Place.objects.get(code="XP-NP")
        facts = {"title": "Port radio", "who_name": "Radio", "audience": "public", "districts": [district]}
        made = registering.send_initiative(by=ANYBODY, source_key="k" * 20, contact="a@example.org", **facts)
        assert registering.send_initiative(by=ANYBODY, source_key="k" * 20, **facts).pk == made.pk
        assert not Initiative.objects.visible_to(None).filter(pk=made.pk).exists()
        assert SearchEntry.objects.get(title="Port radio").is_public is False
        registering.publish_initiative(made, by=SYSTEM)
        assert Initiative.objects.visible_to(None).filter(pk=made.pk).exists()
        assert SearchEntry.objects.get(title="Port radio").is_public is True
        with pytest.raises(Refused, match="published already"):
            registering.publish_initiative(made, by=SYSTEM)
        assert "a@example.org" not in str([e.detail for e in AuditEntry.objects.filter(verb__startswith="initiative.")])

    def test_what_is_declined_keeps_its_reason_and_loses_its_contact(self) -> None:
        made = registering.send_initiative(by=ANYBODY, title="Cheap pills", who_name="A shop", contact="a@example.org")
        registering.decline_initiative(made, by=SYSTEM, reason="Advertising.")
        made.refresh_from_db()
        assert (made.state, made.contact, made.reason) == ("declined", "", "Advertising.")
        with pytest.raises(Refused, match="not to publish"):
            registering.decline_initiative(made, by=SYSTEM, reason="Again.")
        registering.remove_initiative(made, by=SYSTEM)
        assert not Initiative.objects.filter(title="Cheap pills").exists()

    def test_staff_enter_change_and_end_one(self) -> None:
        made = registering.enter_initiative(by=SYSTEM, title="Harbour evenings", who_name="The harbour")
        registering.update_initiative(made, by=SYSTEM, districts=[Place.objects.get(code="XP-FC")])
        assert [row.place.code for row in made.in_districts.all()] == ["XP-FC"]
        registering.update_initiative(made, by=SYSTEM, districts=[])
        assert not made.in_districts.exists()
        registering.end_initiative(made, by=SYSTEM, ends_on=clock.today() - timedelta(days=1))
        made.refresh_from_db()
        assert made.is_over

    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({"title": " "}, "title"),
            ({"who_name": ""}, "who_name"),
            ({"address": "javascript:alert(1)"}, "address"),
            ({"starts_on": clock.LAST_DAY, "ends_on": clock.FIRST_DAY}, "ends_on"),
            ({"summary": "x" * 2001}, "summary"),
        ],
    )
    def test_what_cannot_be_is_refused_at_its_field(self, facts: dict[str, Any], field: str) -> None:
        with pytest.raises(Refused) as refused:
            registering.send_initiative(by=ANYBODY, **{"title": "T", "who_name": "W"} | facts)
        assert field in refused.value.fields


class TestPreparing:
    def test_nobody_sees_a_draft_and_without_rules_it_is_not_announced(self) -> None:
        made = draft(rules=" ")
        assert not Competition.objects.visible_to(None).filter(pk=made.pk).exists()
        with pytest.raises(Refused, match="Write the rules"):
            running.announce(made, by=SYSTEM)
        running.update(made, by=SYSTEM, rules="Own work.")
        made.refresh_from_db()
        running.announce(made, by=SYSTEM)
        assert Competition.objects.visible_to(None).filter(pk=made.pk).exists()
        with pytest.raises(Refused, match="announced already"):
            running.announce(made, by=SYSTEM)

    def test_days_and_ages_go_forward(self) -> None:
        for facts in ({"age_from": 18, "age_to": 12}, {"opens_on": clock.LAST_DAY}, {"categories": "A\nA"}):
            with pytest.raises(Refused):
                draft(**facts)

    def test_what_entrants_were_promised_does_not_change(self) -> None:
        made = opened()
        sent(made)
        with pytest.raises(Refused, match="cannot change") as refused:
            running.update(made, by=SYSTEM, erase_after_days=365)
        assert refused.value.fields.keys() == {"erase_after_days"}
        running.update(made, by=SYSTEM, prizes="Books")

    def test_a_draft_is_removed_and_an_announced_one_is_not(self) -> None:
        with pytest.raises(Refused, match="announced already"):
            running.remove(opened(), by=SYSTEM)
        running.remove(draft(code="other"), by=SYSTEM)
        assert not Competition.objects.filter(code="other").exists()

    def test_criteria_change_until_the_jury_gave_points(self) -> None:
        made = opened()
        second = running.add_criterion(made, by=SYSTEM, title="Care", weight=3)
        running.update_criterion(second, by=SYSTEM, weight=2)
        running.remove_criterion(second, by=SYSTEM)
        with pytest.raises(Refused, match="at least one"):
            running.remove_criterion(made.criteria.get(), by=SYSTEM)
        entry, (_member, secret) = agreed(made), juror(made)
        scored(secret, entry, 5)
        with pytest.raises(Refused, match="points already"):
            running.add_criterion(made, by=SYSTEM, title="Late")


class TestEntering:
    def test_the_jury_does_not_read_an_entry_without_consent(self) -> None:
        made = opened()
        entry = sent(made)
        member, secret = juror(made)
        assert (entry.state, entry.age_band) == ("waiting", "13-15")
        assert to_judge(member) == []
        with pytest.raises(Missing):
            entry_for_jury(member, entry.reference)
        with pytest.raises(NotAllowed):
            scored(secret, entry, 10)
        opened_by_guardian = entry_of_guardian(guardian_secret())  # opening the link agrees to nothing
        entry.refresh_from_db()
        assert entry.state == "waiting"
        entering.agree(opened_by_guardian, by=Guardian(opened_by_guardian))
        assert [each.entry.pk for each in to_judge(member)] == [entry.pk]

    def test_the_database_itself_holds_no_entry_as_entered_without_consent(self) -> None:

        entry = sent(opened())
        with pytest.raises(IntegrityError), transaction.atomic():
            CompetitionEntry.objects.filter(pk=entry.pk).update(state="entered")

    def test_whoever_sent_it_cannot_agree_for_the_guardian(self) -> None:
        entry = sent(opened())
        with pytest.raises(Missing):
            entry_of_guardian("secret-1")
        with pytest.raises(NotAllowed):
            entering.agree(entry, by=Entrant(entry_of_link("secret-1")))
        other = sent(Competition.objects.get(code="locks"), 2)
        with pytest.raises(NotAllowed):
            entering.agree(entry, by=Guardian(other))

    def test_who_is_of_age_needs_no_guardian_and_leaves_none(self) -> None:
        entry = sent(opened(), age=19)
        assert (entry.state, entry.guardian_mail, entry.guardian_name, entry.age_band) == ("entered", "", "", "18-24")
        assert not OutboxMail.objects.filter(kind="competition.guardian").exists()

    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({"age": 7}, "age"),
            ({"age": 21}, "age"),
            ({"title": " "}, "title"),
            ({"description": ""}, "description"),
            ({"description": "x" * 4001}, "description"),
            ({"description": "x" * 2_000_000}, "description"),
            ({"entrant_name": " "}, "entrant_name"),
            ({"guardian_name": " "}, "guardian_name"),
            ({"guardian_mail": ""}, "guardian_mail"),
            ({"category": "Sculpture"}, "category"),
        ],
    )
    def test_what_cannot_be_is_refused_at_its_field(self, facts: dict[str, Any], field: str) -> None:
        with pytest.raises(Refused) as refused:
            sent(opened(), **facts)
        assert refused.value.fields.keys() == {field}
        assert not CompetitionEntry.objects.filter(competition__code="locks").exists()

    def test_after_the_last_day_nothing_is_taken_and_on_it_it_is(self) -> None:
        made = opened(closes_on=clock.today())
        sent(made)
        made = closed_now(made)
        with pytest.raises(Refused, match="The last day was") as refused:
            sent(made, 2)
        assert refused.value.code == "closed"
        coming = opened(code="later", opens_on=clock.today() + timedelta(days=1))
        with pytest.raises(Refused, match="Entries are taken from"):
            sent(coming, 3)

    def test_a_reminder_has_a_new_link_and_the_old_one_works_no_more(self) -> None:
        entry = sent(opened())
        old = guardian_secret()
        by = Guardian(entry_of_guardian(old))
        entering.remind_guardian(entry, by=SYSTEM)
        with pytest.raises(Missing):
            entry_of_guardian(old)
        with pytest.raises(Refused, match="works no more"):
            entering.agree(entry, by=by)
        fresh = entry_of_guardian(guardian_secret())
        entering.agree(fresh, by=Guardian(fresh))
        with pytest.raises(Refused, match="agreed already"):
            entering.remind_guardian(entry, by=SYSTEM)

    def test_a_file_is_kept_without_what_a_camera_adds_and_goes_with_the_entry(self) -> None:
        upload = SimpleUploadedFile("../../my door.png", PNG)
        entry = entering.send_entry(opened(), by=ANYBODY, given=given(), secret="secret-1", upload=upload)
        place = str(entry.file.name)
        assert (entry.file_name, entry.media_type, default_storage.exists(place)) == ("my door.png", "image/png", True)
        assert "door" not in place
        entering.withdraw_entry(entry, by=Entrant(entry_of_link("secret-1")))
        assert not default_storage.exists(place)
        assert not CompetitionEntry.objects.filter(pk=entry.pk).exists()

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("game.png", b"MZ\x90\x00" + b"\0" * 200),
            ("page.html", b"<html><script>alert(1)</script></html>"),
            ("many.zip", b"PK\x03\x04" + b"\0" * 100),
        ],
    )
    def test_a_program_a_page_or_a_box_of_files_is_not_taken(self, name: str, content: bytes) -> None:
        made, upload = opened(), SimpleUploadedFile(name, content)
        with pytest.raises(Refused) as refused:
            entering.send_entry(made, by=ANYBODY, given=given(), secret="secret-1", upload=upload)
        assert refused.value.fields.keys() == {"file"}
        assert not made.entries.exists()

    def test_a_second_press_while_the_first_is_taken_in_is_one_entry_with_one_file(self) -> None:
        made, first = opened(), given()

        def there() -> set[str]:
            return set(default_storage.listdir("competitions")[1])

        files = there() if default_storage.exists("competitions") else set[str]()
        upload = SimpleUploadedFile("door.png", PNG)
        with kept(upload) as second:
            upload.seek(0)
            one = entering.send_entry(
                made, by=ANYBODY, given=first, secret="secret-1", source_key="k" * 20, upload=upload
            )
            again = entering.take_entry(
                made, by=ANYBODY, given=first, secret="secret-2", source_key="k" * 20, file=second
            )
        assert (again.pk, made.entries.count()) == (one.pk, 1)
        assert str(again.file.name).removeprefix("competitions/") in there() - files

    def test_a_refused_entry_leaves_no_file(self) -> None:
        file = SimpleUploadedFile("door.png", PNG)
        before = default_storage.listdir("competitions")[1] if default_storage.exists("competitions") else []
        with pytest.raises(Refused):
            entering.send_entry(opened(), by=ANYBODY, given=given(age=7), secret="secret-1", upload=file)
        after = default_storage.listdir("competitions")[1] if default_storage.exists("competitions") else []
        assert sorted(after) == sorted(before)

    def test_withdrawn_by_the_guardian_nothing_is_left_but_that_it_was(self) -> None:
        entry = agreed(opened())
        found = entry_of_guardian(guardian_secret())
        entering.withdraw_entry(found, by=Guardian(found))
        assert not CompetitionEntry.objects.filter(pk=entry.pk).exists()
        with pytest.raises(Missing):
            entry_of_link("secret-1")
        trail = str([e.detail for e in AuditEntry.objects.all()])
        for word in (NAME, "Casimiro", "parent@example.org", "all doors of our street", "The doors", "A key for every"):
            assert word not in trail, word
        assert not OutboxMail.objects.filter(kind="competition.guardian").exists()


class TestJury:
    def test_a_member_who_scores_twice_counts_once(self) -> None:
        made = opened()
        entry, (_member, secret) = agreed(made), juror(made)
        scored(secret, entry, 4)
        scored(secret, entry, 4)
        scored(secret, entry, 9)
        assert [s.points for s in JuryScore.objects.filter(entry=entry)] == [9]
        assert [(line.points, line.members) for line in results_of(made).ranked] == [(Decimal("90.0"), 1)]

    def test_who_has_a_conflict_gives_no_points_and_those_given_go(self) -> None:
        made = opened()
        entry, (member, secret), (_other, second) = agreed(made), juror(made), juror(made, "Bruno Norte")
        scored(secret, entry, 10)
        scored(second, entry, 2)
        entering.declare_conflict(member, by=judge(secret), entry=entry)
        entering.declare_conflict(member, by=judge(secret), entry=entry)
        assert JuryConflict.objects.count() == 1
        with pytest.raises(Refused, match="you know who sent"):
            scored(secret, entry, 10)
        assert [(line.points, line.members) for line in results_of(made).ranked] == [(Decimal("20.0"), 1)]
        entering.withdraw_conflict(member, by=judge(secret), entry=entry)
        scored(secret, entry, 10)

    def test_points_are_whole_and_for_every_criterion(self) -> None:
        made = opened()
        entry, (member, secret) = agreed(made), juror(made)
        by = judge(secret)
        criterion = made.criteria.get()
        for points in ({}, {criterion.pk: 11}, {criterion.pk: -1}):
            with pytest.raises(Refused) as refused:
                entering.give_points(member, by=by, entry=entry, points=points)
            assert refused.value.fields.keys() == {f"points_{criterion.pk}"}

    def test_the_link_of_a_member_reaches_no_other_competition(self) -> None:
        _member, secret = juror(opened())
        foreign = agreed(opened(code="other"), 2)
        by = judge(secret)
        with pytest.raises(Missing):
            entry_for_jury(by.member, foreign.reference)
        with pytest.raises(NotAllowed):
            entering.give_points(by.member, by=by, entry=foreign, points={})
        with pytest.raises(NotAllowed):
            entering.give_points(by.member, by=Juror(juror(foreign.competition)[0]), entry=foreign, points={})

    def test_a_link_that_was_ended_opens_nothing_and_its_points_go(self) -> None:
        made = opened()
        entry, (member, secret) = agreed(made), juror(made)
        scored(secret, entry, 10)
        by = judge(secret)
        running.end_juror(member, by=SYSTEM)
        with pytest.raises(Missing):
            member_of_link(secret)
        with pytest.raises(Refused, match="works no more"):
            entering.give_points(member, by=by, entry=entry, points={})
        assert not JuryScore.objects.filter(member=member).exists()


class TestResult:
    def test_it_is_computed_and_published_with_title_and_school(self) -> None:
        made = opened()
        one, two = agreed(made, 1), agreed(made, 2, title="Shut", category="Picture")
        third = agreed(made, 3, title="Open", category="Picture")
        _member, secret = juror(made)
        with pytest.raises(Refused, match="still taken"):
            running.publish_result(made, by=SYSTEM)
        for entry, points in ((one, 7), (two, 3)):
            scored(secret, entry, points)
        made = closed_now(made)
        with pytest.raises(Refused, match=third.reference):
            running.publish_result(made, by=SYSTEM)
        running.exclude_entry(third, by=SYSTEM, reason="Not own work.")
        made = running.publish_result(made, by=SYSTEM)
        shown = {name: [(e.title, e.rank, e.points) for e in rows] for name, rows in published_entries(made).items()}
        assert shown == {
            "Text": [("A key for every door", 1, Decimal("70.0"))],
            "Picture": [("Shut", 1, Decimal("30.0"))],
        }
        with pytest.raises(Missing):  # the links of the jury end
            member_of_link(secret)
        with pytest.raises(Refused, match="published"):
            running.update(made, by=SYSTEM, title="Other")

    def test_a_title_with_the_name_of_a_child_is_not_published(self) -> None:
        made = opened()
        entry = agreed(made, title="The door of Teodora")
        _member, secret = juror(made)
        scored(secret, entry, 7)
        made = closed_now(made)
        with pytest.raises(Refused, match=entry.reference):
            running.publish_result(made, by=SYSTEM)
        running.retitle_entry(entry, by=SYSTEM, title="The door", school="The school")
        assert running.publish_result(made, by=SYSTEM).has_ended

    def test_whoever_runs_it_is_shown_a_name_before_the_jury_reads_it(self, secretariat: User, client: Client) -> None:
        made = opened()
        named = agreed(made, 1, title="The door of Teodora")
        plain = agreed(made, 2)
        client.force_login(secretariat)
        shown = [
            "and the jury reads it" in client.get(entry.workspace_url()).content.decode() for entry in (named, plain)
        ]
        assert shown == [True, False]

    def test_nothing_is_published_without_points(self) -> None:
        made = opened()
        agreed(made)
        with pytest.raises(Refused, match="any points"):
            running.publish_result(closed_now(made), by=SYSTEM)

    def test_names_are_erased_after_the_promised_days(self) -> None:
        made = opened(erase_after_days=30)
        entry = agreed(made, may_name=True)
        link = guardian_secret()
        _member, secret = juror(made)
        scored(secret, entry, 7)
        made = running.publish_result(closed_now(made), by=SYSTEM)
        assert running.erase_due(by=SYSTEM) == 0
        Competition.objects.filter(pk=made.pk).update(result_on=clock.today() - timedelta(days=30))
        assert running.erase_due(by=SYSTEM) == 1
        assert running.erase_due(by=SYSTEM) == 0
        entry.refresh_from_db()
        left = (entry.entrant_name, entry.guardian_name, entry.guardian_mail, entry.team, entry.description)
        assert left == ("", "", "", "", "")
        assert (entry.title, entry.rank, entry.published_name, entry.is_erased) == ("A key for every door", 1, "", True)
        with pytest.raises(Missing):
            entry_of_guardian(link)
        assert not OutboxMail.objects.filter(kind="competition.guardian").exists()

    def test_without_consent_an_entry_is_removed_a_month_after_the_closing(self) -> None:
        made = opened()
        entry = sent(made)
        first = clock.today() - timedelta(days=60)
        Competition.objects.filter(pk=made.pk).update(opens_on=first, closes_on=clock.today() - timedelta(days=30))
        assert running.erase_names(by=SYSTEM) == (0, [])
        Competition.objects.filter(pk=made.pk).update(closes_on=clock.today() - timedelta(days=31))
        assert running.erase_due(by=SYSTEM) == 1
        assert not CompetitionEntry.objects.filter(pk=entry.pk).exists()

    def test_the_guardian_takes_the_name_back(self) -> None:
        made = opened()
        entry = agreed(made, may_name=True)
        _member, secret = juror(made)
        scored(secret, entry, 7)
        running.publish_result(closed_now(made), by=SYSTEM)
        entry = CompetitionEntry.objects.select_related("competition").get(pk=entry.pk)
        assert entry.published_name == NAME
        found = entry_of_guardian(guardian_secret())
        entering.withdraw_name(found, by=Guardian(found))
        assert CompetitionEntry.objects.get(pk=entry.pk).published_name == ""
