"""Attaching, changing, replacing, withdrawing; what is to be done; files that are gone or changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floreo.core.access import SYSTEM, Permission
from floreo.core.audit import key
from floreo.core.errors import Changed, Missing, NotAllowed, Refused
from floreo.core.models import AuditEntry
from floreo.core.tasks import Recipient, Task
from floreo.evidence.actions import attach, detach, replace_with, update_evidence, withdraw
from floreo.evidence.files import opened_file, verify_files
from floreo.evidence.logic import SOON, Validity, validity
from floreo.evidence.models import Attachment, Evidence, LinkState
from floreo.evidence.queries import evidence_of, places_of, shown_numbers
from floreo.evidence.tasks import waiting_tasks
from floreo.organisations.models import Organisation, User
from floreo.strategy.models import Action, Milestone
from tests.evidence.making import make_file, make_link
from tests.factories.strategy import TODAY, make_action


def test_a_lead_attaches_to_what_they_answer_for_and_nowhere_else(
    lead: User, other_lead: User, act: Action, csirt: Organisation
) -> None:
    ours = make_file(organisation=csirt)
    milestone = act.milestones.all()[0]
    assert attach(ours, by=lead, thing=milestone).thing == key(milestone)
    with pytest.raises(NotAllowed):
        attach(ours, by=other_lead, thing=act)
    with pytest.raises(NotAllowed):
        attach(ours, by=lead, thing=csirt.former_names.model(organisation=csirt))  # a thing that nobody answers for


def test_evidence_of_another_body_is_attached_where_it_may_be_read(
    lead: User, act: Action, police: Organisation
) -> None:
    green, red = make_file("Green", organisation=police), make_file("Red", organisation=police, tlp="RED")
    assert attach(green, by=lead, thing=act).evidence == green
    with pytest.raises(Missing):
        attach(red, by=lead, thing=act)


def test_attaching_twice_is_once_and_a_new_note_replaces_the_old(lead: User, act: Action) -> None:
    piece = make_file()
    attach(piece, by=lead, thing=act, note="page 1")
    attach(piece, by=lead, thing=act)
    attach(piece, by=lead, thing=act, note="page 2")
    assert [a.note for a in Attachment.objects.all()] == ["page 2"]
    assert AuditEntry.objects.filter(verb="evidence.attached").count() == 2


def test_detaching_leaves_the_evidence_and_a_trail(lead: User, other_lead: User, act: Action) -> None:
    piece = make_file()
    one = attach(piece, by=lead, thing=act)
    with pytest.raises(NotAllowed):
        detach(one, by=other_lead)
    detach(one, by=lead)
    assert (Attachment.objects.count(), Evidence.objects.count()) == (0, 1)
    entry = AuditEntry.objects.get(verb="evidence.detached")
    assert (entry.subject, entry.detail["changes"][0]["fields"]["thing"]) == (key(piece), key(act))
    with pytest.raises(Missing):
        detach(one, by=lead)


def test_changing_says_what_changed_and_minds_who_was_quicker(lead: User, csirt: Organisation) -> None:
    piece = make_file(organisation=csirt)
    update_evidence(piece, by=lead, version=piece.version, title="New title", valid_until=date(2027, 1, 1))
    entry = AuditEntry.objects.get(verb="evidence.updated")
    assert entry.detail["changes"][0]["fields"] == {
        "title": ["Minutes", "New title"],
        "valid_until": [None, "2027-01-01"],
    }
    with pytest.raises(Changed):
        update_evidence(piece, by=lead, version=1, title="Mine")


def test_another_body_changes_nothing(other_lead: User, csirt: Organisation) -> None:
    piece = make_file(organisation=csirt)
    tries: tuple[Callable[[], object], ...] = (
        lambda: update_evidence(piece, by=other_lead, title="Mine"),
        lambda: withdraw(piece, by=other_lead, reason="Mine"),
        lambda: replace_with(piece, by=other_lead, new=make_file("B")),
    )
    for one in tries:
        with pytest.raises(NotAllowed):
            one()


def test_what_cannot_be_changed_is_not(lead: User, csirt: Organisation) -> None:
    with pytest.raises(TypeError, match="sha256"):
        update_evidence(make_file(organisation=csirt), by=lead, sha256="0" * 64)
    with pytest.raises(Refused, match="Only a link has an address"):
        update_evidence(make_file("B", organisation=csirt), by=lead, url="https://example.org/")


def test_public_evidence_stays_clear(secretariat: User) -> None:
    piece = make_file(tlp="CLEAR", is_public=True)
    with pytest.raises(Refused) as refusal:
        update_evidence(piece, by=secretariat, tlp="AMBER")
    assert refusal.value.code == "not_clear"


def test_withdrawing_takes_it_from_everything_and_from_the_public(secretariat: User, act: Action) -> None:
    piece = make_file(tlp="CLEAR", is_public=True)
    attach(piece, by=secretariat, thing=act)
    with pytest.raises(Refused):
        withdraw(piece, by=secretariat, reason=" ")
    withdraw(piece, by=secretariat, reason="It was the draft.")
    assert evidence_of([key(act)], secretariat) == {}
    assert not Evidence.objects.visible_to(None).exists()
    assert AuditEntry.objects.get(verb="evidence.withdrawn").detail["reason"] == "It was the draft."
    tries: tuple[Callable[[], object], ...] = (
        lambda: withdraw(piece, by=secretariat, reason="Again"),
        lambda: update_evidence(piece, by=secretariat, title="X"),
        lambda: attach(piece, by=secretariat, thing=act),
    )
    for again in tries:
        with pytest.raises(Refused):
            again()


def test_what_replaces_it_stands_on_everything_that_it_showed(lead: User, csirt: Organisation, act: Action) -> None:
    old, new = make_file("2025", organisation=csirt), make_file("2026", organisation=csirt)
    attach(old, by=lead, thing=act, note="page 2")
    attach(old, by=lead, thing=act.milestones.all()[0])
    attach(new, by=lead, thing=act, note="page 3")
    replace_with(old, by=lead, new=new)
    old.refresh_from_db()
    assert (old.withdrawn_on, old.replaced_by) == (TODAY, new)
    assert sorted((a.thing, a.note) for a in new.attachments.all()) == sorted(
        [(key(act), "page 3"), (key(act.milestones.all()[0]), "")]
    )
    with pytest.raises(Refused) as refusal:
        replace_with(new, by=lead, new=new)
    assert refusal.value.code == "same"


def test_the_places_of_a_piece_are_those_the_reader_may_know_of(lead: User, secretariat: User, act: Action) -> None:
    piece = make_file()
    milestone = act.milestones.all()[0]
    attach(piece, by=secretariat, thing=milestone)
    place = places_of(piece, lead)[0]
    assert (place.kind, place.name, place.of, place.href, place.may_detach) == (
        "milestone",
        "Step 1",
        "1.1.1 Action 1.1.1",
        act.workspace_url(),
        True,
    )
    act.is_public = False
    act.save()
    assert places_of(piece, None) == []
    milestone.delete()  # a key may outlive its thing
    assert places_of(piece, lead) == []


def test_what_stands_counts_for_a_milestone(secretariat: User, act: Action) -> None:
    piece, first = make_file(), act.milestones.all()[0]
    attach(piece, by=secretariat, thing=first)
    assert shown_numbers(Milestone) == {first.pk}
    withdraw(piece, by=secretariat, reason="It was the draft.")
    assert shown_numbers(Milestone) == set()


@given(st.dates(), st.dates(), st.none() | st.dates())
def test_how_long_evidence_holds(today: date, until: date, withdrawn: date | None) -> None:
    text = validity(until, withdrawn, today=today)
    if withdrawn is not None and withdrawn <= today:
        assert text is Validity.WITHDRAWN
    else:
        days = (until - today).days
        assert (text is Validity.OUT) == (days < 0)
        assert (text is Validity.SOON) == (0 <= days <= SOON.days)
        assert (text is Validity.VALID) == (days > SOON.days)
    assert validity(None, None, today=today) is Validity.OPEN


def _owed(recipient: Recipient, viewer: object) -> list[Task]:
    return list(waiting_tasks(recipient, viewer=viewer, today=TODAY))


def test_what_runs_out_and_what_is_dead_is_a_task_of_its_owner(
    secretariat: User, csirt: Organisation, police: Organisation
) -> None:
    soon = make_file("Rota", organisation=csirt, valid_until=date(2027, 1, 23))
    make_file("Later", organisation=csirt, valid_until=date(2027, 1, 24))
    out = make_file("Register", valid_until=date(2026, 11, 23))
    dead = make_link("Outline", organisation=police)
    Evidence.objects.filter(pk=dead.pk).update(link_state=LinkState.DEAD, link_seen_on=date(2026, 11, 16))
    gone = make_file("Old", organisation=csirt, valid_until=date(2025, 1, 1))
    withdraw(gone, by=secretariat, reason="Old")
    items = {item.key: item for item in _owed(Recipient(everybody=True), secretariat)}
    assert set(items) == {key(soon), key(out), key(dead)}
    assert [(i.title, i.why, i.due, i.since, i.organisation, i.needs) for i in items.values()] == [
        (
            "Register",
            "This evidence expired on 23 Nov 2026. Replace it with a newer version.",
            date(2026, 11, 23),
            None,
            None,
            Permission.EVIDENCE_KEEP,
        ),
        (
            "Rota",
            "This evidence expires on 23 Jan 2027. Replace it with a newer version.",
            date(2027, 1, 23),
            None,
            csirt.pk,
            Permission.EVIDENCE_KEEP,
        ),
        (
            "Outline",
            "Its link did not respond on 16 Nov 2026. Enter the new address, or upload the document.",
            None,
            date(2026, 11, 16),
            police.pk,
            Permission.EVIDENCE_KEEP,
        ),
    ]
    assert [press.words for press in items[key(dead)].links] == ["Replace", "Change the address"]


def test_tasks_are_narrowed_to_whose_it_is(lead: User, csirt: Organisation, police: Organisation) -> None:
    mine = make_file("Mine", organisation=csirt, tlp="RED", valid_until=date(2026, 12, 1))
    theirs = make_file("Theirs", organisation=police, valid_until=date(2026, 12, 1))
    nobodys = make_file("Nobody's", valid_until=date(2026, 12, 1))
    assert [i.key for i in _owed(Recipient(organisations=frozenset({csirt.pk})), lead)] == [key(mine)]
    keepers = Recipient(permissions=frozenset({Permission.EVIDENCE_KEEP}))
    assert [i.key for i in _owed(keepers, SYSTEM)] == [key(nobodys)]
    police.merged_into = csirt
    police.save()
    successors = Recipient(organisations=frozenset({csirt.pk}))
    assert {i.key for i in _owed(successors, lead)} == {key(mine), key(theirs)}


def test_a_file_that_is_gone_or_changed_is_found(own_disk: Path, today: None) -> None:
    make_file("Kept")
    gone, changed = make_file("Gone"), make_file("Changed")
    Path(gone.file.path).unlink()
    Path(changed.file.path).write_bytes(b"%PDF-1.4 something else")
    assert [str(broken) for broken in verify_files()] == [
        "The file of “Gone” (gone) is no longer on the disk. Restore it from a backup.",
        "The file of “Changed” (changed) is not the one that was saved: its hash differs.",
    ]
    with pytest.raises(Missing, match="no longer on the server"):
        opened_file(gone)


@pytest.mark.long
def test_one_query_gives_the_evidence_of_many_things(
    lead: User, act: Action, django_assert_num_queries: object
) -> None:
    others = [make_action(act.edition, f"1.1.{n}", lead=None) for n in range(2, 6)]
    for number, thing in enumerate((act, *others)):
        attach(make_file(f"Piece {number}"), by=SYSTEM, thing=thing)
    with django_assert_num_queries(1):  # type: ignore[operator]  # the plugin's own
        found = evidence_of([key(thing) for thing in (act, *others)], SYSTEM)
    assert [len(found[key(thing)]) for thing in (act, *others)] == [1] * 5
