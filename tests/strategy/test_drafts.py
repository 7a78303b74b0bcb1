"""Drafts: reading in the background, deciding row by row, finishing into an edition, and all that can go wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings

from floreo.config import jobs
from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.errors import Changed, NotAllowed, Refused
from floreo.core.leases import lease_end
from floreo.core.models import AuditEntry
from floreo.organisations.models import FormerName, Organisation, User
from floreo.strategy.actions.drafts import (
    AlreadyHere,
    accept_all,
    accept_row,
    discard_draft,
    edit_row,
    finish_draft,
    read_again,
    read_draft,
    read_waiting_drafts,
    reject_all,
    reject_row,
    start_draft,
    undo_row,
)
from floreo.strategy.models import (
    Action,
    DraftRow,
    DraftState,
    Edition,
    Event,
    ImportDraft,
    LeadRole,
    Objective,
    Pillar,
    RowState,
    StatedTarget,
)
from tests.factories import strategy as make

DOCUMENTS = Path(__file__).parent / "drafting" / "documents"
PLAN = DOCUMENTS / "numbered-plain.txt"
SPANISH = DOCUMENTS / "estrategia.txt"
TABLE = DOCUMENTS / "automatic-numbers.docx"


@pytest.fixture
def drafter(user_with: Callable[..., User]) -> User:
    return user_with("drafter")


def drafted(path: Path, by: User) -> ImportDraft:
    return read_draft(start_draft(path, by=by, name=path.name).pk, by=SYSTEM)


def row_of(draft: ImportDraft, kind: str, place: int = 0) -> DraftRow:
    return draft.rows.filter(kind=kind)[place]


def accept_everything(draft: ImportDraft, by: User) -> None:
    for kind in draft.rows.values_list("kind", flat=True).distinct():
        accept_all(draft, by=by, kind=kind)


# Reading


def test_a_text_is_kept_under_a_random_name_and_waits_to_be_read(drafter: User) -> None:
    draft = start_draft(PLAN, by=drafter, name="../../etc/Our Strategy.txt")
    assert (draft.state, draft.code, draft.file_name) == (DraftState.READING, "our-strategy", "Our Strategy.txt")
    kept = Path(draft.file.path)
    assert kept.is_relative_to(Path(settings.MEDIA_ROOT) / "imports")
    assert "strategy" not in kept.name
    assert AuditEntry.objects.latest("number").verb == "draft.started"


def test_the_worker_reads_what_waits(drafter: User) -> None:
    draft = start_draft(PLAN, by=drafter, name=PLAN.name)
    jobs.run_due(["imports"])
    draft.refresh_from_db()
    assert draft.state == DraftState.OPEN
    assert draft.language == "en"
    row = row_of(draft, "edition")
    assert draft.text[row.start : row.end] == row.passage


def test_the_same_file_opens_the_draft_that_is_there(drafter: User) -> None:
    first = drafted(PLAN, drafter)
    with pytest.raises(AlreadyHere) as given:
        start_draft(PLAN, by=drafter, name="another name.txt")
    assert given.value.draft == first
    discard_draft(first, by=drafter)
    assert start_draft(PLAN, by=drafter, name="again.txt") != first


def test_only_reviewers_may_begin(user_with: Callable[..., User]) -> None:
    for role in ("lead", "analyst", "operator", "coordinator", "observer", "auditor"):
        with pytest.raises(NotAllowed):
            start_draft(PLAN, by=user_with(role), name=PLAN.name)
    assert not ImportDraft.objects.exists()


def test_reading_twice_is_reading_once(drafter: User) -> None:
    draft = drafted(PLAN, drafter)
    rows = draft.rows.count()
    read_draft(draft.pk, by=SYSTEM)
    assert draft.rows.count() == rows
    assert AuditEntry.objects.filter(verb="draft.read").count() == 1


def test_a_reading_cut_off_is_taken_up_again_within_a_minute_and_given_up_after_three_tries(drafter: User) -> None:
    draft = start_draft(PLAN, by=drafter, name=PLAN.name)
    waiting = ImportDraft.objects.filter(pk=draft.pk)
    waiting.update(claimed_until=lease_end(), attempts=1)  # a worker took it up, and was killed
    assert read_waiting_drafts(by=SYSTEM) == 0
    with time_machine.travel(clock.now() + timedelta(minutes=1, seconds=1)):
        assert read_waiting_drafts(by=SYSTEM) == 1
    assert waiting.get().state == DraftState.OPEN
    draft.rows.all().delete()
    waiting.update(state=DraftState.READING, claimed_until=None, attempts=3)
    assert read_waiting_drafts(by=SYSTEM) == 1
    assert waiting.get().state == DraftState.FAILED
    assert read_again(draft, by=drafter).state == DraftState.READING
    assert read_waiting_drafts(by=SYSTEM) == 1
    assert waiting.get().state == DraftState.OPEN


def test_a_file_that_is_gone_gets_a_sentence(drafter: User) -> None:
    draft = start_draft(PLAN, by=drafter, name=PLAN.name)
    Path(draft.file.path).unlink()
    read_draft(draft.pk, by=SYSTEM)
    draft.refresh_from_db()
    assert (draft.state, "file_lost" in draft.failure) == (DraftState.FAILED, True)


def test_a_wrong_file_is_refused_before_anything_is_kept(drafter: User, tmp_path: Path) -> None:
    picture = tmp_path / "cover.pdf"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    with pytest.raises(Refused, match="a PNG image"):
        start_draft(picture, by=drafter, name="cover.pdf")
    assert not ImportDraft.objects.exists()


# Deciding


def test_accept_reject_undo(drafter: User) -> None:
    draft = drafted(PLAN, drafter)
    row = accept_row(row_of(draft, "pillar"), by=drafter)
    assert (row.state, row.decided_by) == (RowState.ACCEPTED, "Test drafter")
    row = undo_row(row, by=drafter)
    assert (row.state, row.decided_by, row.decided_at) == (RowState.UNCONFIRMED, "", None)
    assert reject_row(row, by=drafter).state == RowState.REJECTED


def test_an_edit_keeps_the_passage_and_undo_brings_the_draft_back(drafter: User) -> None:
    draft = drafted(PLAN, drafter)
    row = row_of(draft, "action")
    title, fields, passage = row.title, dict(row.fields), row.passage
    edited = edit_row(
        row, by=drafter, title="Adopt a baseline", fields={"code": "7", "due": "2027-01-31", "lead": "CIO"}
    )
    assert (edited.state, edited.title, edited.passage) == (RowState.EDITED, "Adopt a baseline", passage)
    assert edited.fields["due"] == "2027-01-31"
    undone = undo_row(edited, by=drafter)
    assert (undone.title, undone.fields) == (title, fields)


def test_bad_words_come_back_with_a_sentence_for_each_field(drafter: User) -> None:
    row = row_of(drafted(PLAN, drafter), "action")
    with pytest.raises(Refused) as given:
        edit_row(row, by=drafter, title=" ", fields={"starts": "soon", "due": "2027-02-30", "code": "a b"})
    assert set(given.value.fields) == {"title", "starts", "due", "code"}
    with pytest.raises(Refused) as given:
        edit_row(row, by=drafter, title="x", fields={"starts": "2028-01-01", "due": "2027-01-01"})
    assert set(given.value.fields) == {"due"}


def test_two_people_at_once_the_second_hears_who_was_first(drafter: User, secretariat: User) -> None:
    row = row_of(drafted(PLAN, drafter), "pillar")
    version = row.version
    accept_row(row, by=secretariat, version=version)
    with pytest.raises(Changed, match="Test secretariat decided") as given:
        reject_row(row, by=drafter, version=version)
    assert given.value.theirs["state"] == RowState.ACCEPTED
    row.refresh_from_db()
    assert row.state == RowState.ACCEPTED


def test_a_body_whose_part_has_no_word_here_needs_a_persons(drafter: User) -> None:
    draft = drafted(PLAN, drafter)
    adopted = next(r for r in draft.rows.all() if r.fields.get("part") == "adopted")
    with pytest.raises(Refused, match="Choose its role"):
        accept_row(adopted, by=drafter)
    accept_all(draft, by=drafter, kind="body")
    adopted.refresh_from_db()
    assert adopted.state == RowState.UNCONFIRMED
    assert edit_row(adopted, by=drafter, title=adopted.title, fields={"part": "launched"}).state == RowState.EDITED


def test_all_undecided_rows_of_a_kind_are_rejected_at_once(drafter: User) -> None:
    draft = drafted(SPANISH, drafter)
    accepted = draft.rows.filter(kind="pillar").order_by("number")[0]
    accept_row(accepted, by=drafter)
    waiting = draft.rows.filter(kind="pillar", state=RowState.UNCONFIRMED).count()
    assert reject_all(draft, by=drafter, kind="pillar") == waiting
    assert set(draft.rows.filter(kind="pillar").values_list("state", flat=True)) == {"accepted", "rejected"}


# Finishing


@pytest.mark.long
def test_accepted_rows_become_an_edition_in_preparation(drafter: User) -> None:
    draft = drafted(SPANISH, drafter)
    accept_everything(draft, drafter)
    done = finish_draft(draft, by=drafter)
    edition = done.edition
    assert (edition.code, edition.is_public, edition.state) == ("2025-2028", False, "draft")
    assert (str(edition.starts_on), str(edition.ends_on)) == ("2025-01-01", "2028-12-31")
    assert [p.code for p in Pillar.objects.filter(edition=edition)] == ["1", "2", "3"]
    assert [o.code for o in Objective.objects.order_by("pillar__position", "position")] == ["1.1", "2.1", "2.2", "3.1"]
    act = Action.objects.get(edition=edition, code="1.1.1")
    row = draft.rows.get(title=act.title)
    assert act.official_wording == row.passage
    assert act.source == f"estrategia.txt, characters {row.start}–{row.end}"
    assert act.confirmed
    assert [(p.part, p.organisation.name) for p in act.participations.all()] == [
        (LeadRole.LEAD, "Ministerio de Justicia"),
        (LeadRole.SUPPORT, "Fiscalía General"),
    ]
    assert {o.confirmed for o in done.new_organisations} == {False}
    assert {o.is_public for o in done.new_organisations} == {False}
    assert StatedTarget.objects.filter(edition=edition).count() == 2  # the third has no day: an offer
    row.refresh_from_db()
    assert row.became == f"strategy.action:{act.pk}"
    assert AuditEntry.objects.filter(subject=row.became, verb="draft_row.entered").count() == 1


@pytest.mark.long
def test_finishing_twice_makes_nothing_twice_and_the_rest_can_follow(drafter: User) -> None:
    draft = drafted(SPANISH, drafter)
    for kind in ("edition", "pillar"):
        accept_all(draft, by=drafter, kind=kind)
    edition = finish_draft(draft, by=drafter).edition
    with pytest.raises(Refused, match="Accept at least one row before you finish"):
        finish_draft(draft, by=drafter)
    accept_everything(draft, drafter)
    again = finish_draft(draft, by=drafter)
    assert again.edition == edition
    assert Edition.objects.count() == 1
    assert Pillar.objects.count() == 3
    assert Action.objects.count() == 4
    draft.refresh_from_db()
    assert draft.state == DraftState.FINISHED
    with pytest.raises(Refused, match="This row is already in the plan"):
        undo_row(row_of(draft, "pillar"), by=drafter)


def test_what_was_removed_from_the_plan_may_enter_anew(drafter: User) -> None:
    draft = drafted(SPANISH, drafter)
    for kind in ("edition", "pillar"):
        accept_all(draft, by=drafter, kind=kind)
    finish_draft(draft, by=drafter)
    row = row_of(draft, "pillar")
    Pillar.objects.get(title=row.title).delete()
    undone = undo_row(row, by=drafter)
    assert (undone.state, undone.became) == (RowState.UNCONFIRMED, "")
    accept_row(undone, by=drafter)
    assert finish_draft(draft, by=drafter).entered == 1
    assert Pillar.objects.count() == 3


@pytest.mark.long
def test_actions_under_a_pillar_get_one_objective_with_the_pillars_own_title(drafter: User) -> None:
    draft = drafted(PLAN, drafter)
    for kind in ("edition", "pillar", "action"):
        accept_all(draft, by=drafter, kind=kind)
    finish_draft(draft, by=drafter)
    assert [(o.code, o.title) for o in Objective.objects.all()] == [
        ("1", "Secure government networks"),
        ("2", "A capable workforce"),
        ("3", "International cooperation"),
    ]
    assert {o.official_wording for o in Objective.objects.all()} == {o.title for o in Objective.objects.all()}


@pytest.mark.long
def test_a_row_waits_while_what_holds_it_is_undecided_and_climbs_past_what_is_rejected(drafter: User) -> None:
    draft = drafted(SPANISH, drafter)
    accept_all(draft, by=drafter, kind="edition")
    accept_all(draft, by=drafter, kind="action")
    done = finish_draft(draft, by=drafter)
    assert (done.entered, len(done.waiting)) == (1, 4)
    accept_all(draft, by=drafter, kind="pillar")
    for row in draft.rows.filter(kind="objective"):
        reject_row(row, by=drafter)
    done = finish_draft(draft, by=drafter)
    assert (done.entered, done.waiting) == (7, ())
    assert Objective.objects.get(pillar__code="1").title == "Marco jurídico e institucional"


def test_a_table_of_actions_brings_its_dates_and_bodies(drafter: User) -> None:
    draft = drafted(TABLE, drafter)
    accept_everything(draft, drafter)
    finish_draft(draft, by=drafter)
    act = Action.objects.get(code="1.1")
    assert (str(act.starts_on), str(act.due_on)) == ("2024-01-01", "2025-06-30")
    assert act.internal_notes == "Money as printed: CRD 80,000"
    assert act.participations.filter(part=LeadRole.SUPPORT).count() == 2


def test_bodies_are_matched_by_any_name_they_had(drafter: User) -> None:
    justice = make.make_organisation("justice", "Ministry of Law and Order")
    FormerName.objects.create(organisation=justice, name="The Ministerio de Justicia", ends_on=clock.today())
    successor = make.make_organisation("digital", "Agencia Digital")
    make.make_organisation("old", "Secretaría de Seguridad Digital", merged_into=successor)
    draft = drafted(SPANISH, drafter)
    accept_everything(draft, drafter)
    finish_draft(draft, by=drafter)
    assert Action.objects.get(code="1.1.1").participations.get(part=LeadRole.LEAD).organisation == justice
    assert Action.objects.get(code="2.1.1").participations.get(part=LeadRole.LEAD).organisation == successor
    oas = Organisation.objects.get(short_name="OEA")
    assert oas.name == "Organización de los Estados Americanos"


@pytest.mark.long
def test_an_edition_that_exists_needs_the_right_to_change_the_plan(drafter: User, secretariat: User) -> None:
    there = make.make_edition("2025-2028")
    draft = drafted(SPANISH, drafter)
    accept_everything(draft, drafter)
    with pytest.raises(NotAllowed):
        finish_draft(draft, by=drafter, edition=there)
    with pytest.raises(Refused, match="Choose it below, or give the new edition another code"):
        finish_draft(draft, by=drafter, new=True, code="2025-2028")
    done = finish_draft(draft, by=secretariat, edition=there)
    assert done.edition == there
    assert Pillar.objects.filter(edition=there).count() == 4
    there.refresh_from_db()
    assert there.title == "Strategy 2025-2028"


def test_a_new_edition_beside_one_of_the_same_years_gets_a_free_code(drafter: User) -> None:
    make.make_edition("2025-2028")
    draft = drafted(SPANISH, drafter)
    accept_all(draft, by=drafter, kind="edition")
    assert finish_draft(draft, by=drafter).edition.code == "2025-2028-2"


def test_a_new_edition_needs_its_row(drafter: User) -> None:
    draft = drafted(SPANISH, drafter)
    accept_all(draft, by=drafter, kind="pillar")
    with pytest.raises(Refused, match="A new edition needs its row"):
        finish_draft(draft, by=drafter)


def test_a_measure_keeps_how_exactly_its_day_is_known(drafter: User) -> None:
    draft = drafted(SPANISH, drafter)
    accept_all(draft, by=drafter, kind="edition")
    text = draft.text + " launched the Scheme in May 2024"
    ImportDraft.objects.filter(pk=draft.pk).update(text=text)
    start = len(draft.text) + 1
    DraftRow.objects.create(
        draft=draft,
        number=900,
        kind="measure",
        title="launched the Scheme",
        fields={"when": "2024-05-31"},
        start=start,
        end=start + 19,
        passage=text[start : start + 19],
    )
    accept_all(draft, by=drafter, kind="measure")
    finish_draft(draft, by=drafter)
    event = Event.objects.get()
    assert (event.title, str(event.on), event.precision) == ("Launched the Scheme", "2024-05-01", "month")
