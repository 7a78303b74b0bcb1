"""Laws are entered, read from files, edited clause by clause, amended, published and rated; the trail records each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from floreo.core.access import SYSTEM
from floreo.core.decisions import as_shown
from floreo.core.errors import Changed, NotAllowed, Refused
from floreo.core.models import AuditEntry
from floreo.legislation import queries
from floreo.legislation.actions import instruments, verdicts, versions
from floreo.legislation.models import Instrument, LawVersion, TreatyStatus, TreatyVerdict
from floreo.legislation.text.akn import from_xml
from floreo.organisations.models import User
from tests.legislation.laws import ACT_LINES, BILL_LINES, article, make_law, make_treaty, make_version
from tests.legislation.making import ACT, BILL, FILES, shape

pytestmark = pytest.mark.usefixtures("today")
Make = Callable[..., User]


@pytest.fixture
def drafter(user_with: Make) -> User:
    return user_with("drafter")


def refused(act: Callable[[], object]) -> tuple[str, dict[str, str]]:
    with pytest.raises(Refused) as wrong:
        act()
    return wrong.value.code, {name: str(text) for name, text in wrong.value.fields.items()}


def verbs() -> list[str]:
    return list(AuditEntry.objects.order_by("number").values_list("verb", flat=True))


def last_entry() -> tuple[str, str, str]:
    entry = AuditEntry.objects.order_by("-number")[0]
    return entry.verb, entry.subject_name, entry.actor_name


def words(version: LawVersion, label: str) -> str:
    return LawVersion.objects.get(pk=version.pk).provisions.get(label=label).words


# --- Instruments ------------------------------------------------------------------------------------------------------


def test_a_law_is_entered_hidden_changed_and_told_in_the_trail(drafter: User) -> None:
    law = instruments.add_instrument("boats-act", by=drafter, kind="act", title=" The Boats Act ")
    assert (law.title, law.is_public) == ("The Boats Act", False)
    instruments.update_instrument(law, by=drafter, number="9")
    assert verbs()[-2:] == ["law.entered", "law.updated"]
    assert last_entry() == ("law.updated", "The Boats Act", "Test drafter")


def test_a_law_needs_a_title_a_free_code_and_amends_another(drafter: User) -> None:
    law = make_law()
    assert refused(lambda: instruments.add_instrument("other", by=drafter, kind="act", title=" ")) == (
        "missing",
        {"title": "Enter a title."},
    )
    assert (
        refused(lambda: instruments.add_instrument("boats-act", by=drafter, kind="act", title="X"))[0] == "code_taken"
    )
    assert refused(lambda: instruments.update_instrument(law, by=drafter, amends=law))[0] == "itself"


def test_two_who_change_a_law_at_once_do_not_overwrite_each_other(drafter: User) -> None:
    law = make_law()
    seen = law.version
    instruments.update_instrument(law, by=drafter, version=seen, number="10")
    with pytest.raises(Changed):
        instruments.update_instrument(law, by=drafter, version=seen, number="11")
    assert Instrument.objects.get().number == "10"


def test_stages_are_recorded_in_order_with_days_and_votes(drafter: User) -> None:
    law = make_law(kind="bill")
    stage = instruments.add_stage(law, by=drafter, code="first-reading", title="First reading", state="next")
    later = instruments.add_stage(law, by=drafter, code="assent", title="Assent", state="next")
    assert [each.code for each in law.stages.all()] == ["first-reading", "assent"]
    day = date(2026, 6, 9)
    assert refused(lambda: instruments.record_stage(stage, by=drafter, state="done"))[0] == "no_day"
    assert refused(lambda: instruments.record_stage(stage, by=drafter, starts_on=day, ends_on=date(2026, 6, 1)))[
        1
    ].keys() == {"ends_on"}
    assert (
        refused(lambda: instruments.add_stage(law, by=drafter, code="assent", title="Again", state="next"))[0]
        == "code_taken"
    )
    done = instruments.record_stage(
        stage, by=drafter, state="done", starts_on=day, ends_on=day, votes_for=17, votes_against=4
    )
    assert (done.state, done.votes_for, done.votes_against) == ("done", 17, 4)
    instruments.remove_stage(later, by=drafter)
    assert verbs()[-4:] == ["stage.added", "stage.added", "stage.recorded", "stage.removed"]
    assert [each.code for each in law.stages.all()] == ["first-reading"]


def test_citations_and_commencements_come_and_go(drafter: User) -> None:
    law = make_law()
    cited = instruments.add_citation(law, by=drafter, words="Act No. 9 of 2014", starts_on=date(2014, 6, 24))
    assert refused(lambda: instruments.add_citation(law, by=drafter, words=" "))[1] == {"words": "Enter the citation."}
    assert refused(
        lambda: instruments.add_citation(
            law, by=drafter, words="X", starts_on=date(2014, 6, 24), ends_on=date(2013, 1, 1)
        )
    )[1].keys() == {"ends_on"}
    begun = instruments.add_commencement(law, by=drafter, sections="1, 4", on=date(2014, 9, 1))
    instruments.remove_citation(cited, by=drafter)
    instruments.remove_commencement(begun, by=drafter)
    assert verbs()[-4:] == [
        "law.cited",
        "law.commencement_recorded",
        "law.citation_removed",
        "law.commencement_removed",
    ]
    assert (law.citations.count(), law.commencements.count()) == (0, 0)


def test_a_law_is_published_and_hidden_by_who_may_and_as_it_was_shown(drafter: User, secretariat: User) -> None:
    law = make_law()
    with pytest.raises(NotAllowed):
        instruments.publish_instrument(law, by=drafter)
    shown = as_shown()
    instruments.update_instrument(law, by=drafter, title="Another title")
    assert refused(lambda: instruments.publish_instrument(law, by=secretariat, shown=shown))[0] == "changed_since"
    assert instruments.publish_instrument(law, by=secretariat, shown=as_shown()).is_public
    assert not instruments.hide_instrument(law, by=secretariat).is_public
    assert verbs()[-2:] == ["law.published", "law.hidden"]


@pytest.mark.parametrize("role", ["auditor", "observer", "operator", "coordinator"])
def test_who_only_reads_writes_nothing(user_with: Make, role: str) -> None:
    law, person = make_law(), user_with(role)
    version = make_version(law)
    acts: list[Callable[[], object]] = [
        lambda: instruments.add_instrument("x", by=person, kind="act", title="X"),
        lambda: instruments.update_instrument(law, by=person, title="X"),
        lambda: versions.edit_clause(version, by=person, number="1", heading="X", words="X."),
        lambda: versions.publish_version(version, by=person),
        lambda: versions.copy_version(version, by=person, code="v9", title="X", dated=date(2026, 1, 1)),
    ]
    before = verbs()
    for act in acts:
        with pytest.raises(NotAllowed):
            act()
    assert verbs() == before


# --- Versions ---------------------------------------------------------------------------------------------------------


def test_a_file_becomes_a_version_with_its_provisions(drafter: User) -> None:
    law = make_law("cybercrime-act-2014")
    file = FILES / f"{ACT}.txt"
    made = versions.import_version(
        law, by=drafter, file=file, name="act.txt", code="v1", title="As enacted", dated=date(2014, 6, 24)
    )
    assert (made.file_name, len(made.file_sha256), made.is_public, made.is_locked, made.doubts) == (
        "act.txt",
        64,
        False,
        False,
        [],
    )
    assert made.built_from == made.sha256
    assert made.provisions.filter(kind="section").count() == 31
    assert made.provisions.get(label="9(1)(a)").words
    assert last_entry() == ("law_version.imported", "Cybercrime Act 2014", "Test drafter")


def test_a_file_that_is_no_law_is_refused_and_leaves_nothing(drafter: User, tmp_path: Path) -> None:
    law = make_law()
    path = tmp_path / "letter.txt"
    path.write_text("Dear Sir,\n\nthank you for your letter.\n", encoding="utf-8")
    facts: dict[str, Any] = {"code": "v1", "title": "X", "dated": date(2026, 1, 1), "name": "letter.txt"}
    assert refused(lambda: versions.import_version(law, by=drafter, file=path, **facts)) == (
        "no_sections",
        {"file": "letter.txt has no numbered section. Check that it is the text of a law."},
    )
    path.write_bytes(b"")
    assert refused(lambda: versions.import_version(law, by=drafter, file=path, **facts))[0] == "empty"
    assert law.versions.count() == 0


def test_a_clause_is_edited_and_its_provisions_are_made_anew(drafter: User) -> None:
    version = make_version(make_law())
    hash_before = version.sha256
    made = versions.edit_clause(
        version, by=drafter, number="3", heading="Stealing", words="(1) Nobody takes a boat.\n(2) Or else."
    )
    assert words(made, "3") == "(1) Nobody takes a boat.\n(2) Or else."
    assert made.provisions.get(label="3").heading == "Stealing"
    assert not made.provisions.filter(label="3(2)(a)").exists()
    assert (made.sha256 != hash_before, made.built_from) == (True, made.sha256)
    assert [each.label for each in made.provisions.filter(kind="section")] == ["1", "2", "3", "12"]
    assert last_entry()[0] == "law_version.clause_edited"


def test_two_drafters_on_one_clause_and_the_second_keeps_the_text(drafter: User, user_with: Make) -> None:
    version = make_version(make_law())
    seen = version.provisions.get(label="3").digest
    versions.edit_clause(version, by=drafter, number="3", heading="Stealing", words="First.", seen=seen)
    second = user_with("drafter", email="second@example.org")
    with pytest.raises(Changed) as changed:
        versions.edit_clause(version, by=second, number="3", heading="Theft", words="Second.", seen=seen)
    now = LawVersion.objects.get().provisions.get(label="3").digest
    assert changed.value.theirs == {"heading": "Stealing", "words": "First.", "seen": now}
    assert words(version, "3") == "First."
    versions.edit_clause(version, by=second, number="3", heading="Theft", words="Second.", seen=now)
    assert words(version, "3") == "Second."


def test_two_drafters_on_two_clauses_do_not_disturb_each_other(drafter: User) -> None:
    version = make_version(make_law())
    one, three = (version.provisions.get(label=label).digest for label in ("1", "3"))
    versions.edit_clause(version, by=drafter, number="1", heading="Title", words="One.", seen=one)
    versions.edit_clause(version, by=drafter, number="3", heading="Theft", words="Three.", seen=three)
    assert (words(version, "1"), words(version, "3")) == ("One.", "Three.")


@pytest.mark.long
@pytest.mark.parametrize("name", [f"{BILL}3", ACT])
def test_a_clause_that_is_saved_unchanged_stays_as_it_is(drafter: User, name: str) -> None:
    lines = (FILES / f"{name}.txt").read_text(encoding="utf-8").split("\n")
    version = make_version(make_law(kind="bill"), "v1", *lines)
    before = version.text
    for row in version.provisions.filter(kind="section")[:4]:
        text = versions.clause_text(version, row.number)
        version = versions.edit_clause(
            version, by=drafter, number=row.number, heading=row.heading, words=text, seen=row.digest
        )
    assert version.text == before


@pytest.mark.parametrize(
    ("words_typed", "code"),
    [
        ("4. Another\nWords.", "another_section"),
        ("PART III – MORE\nWords.", "another_section"),
        (" \n\r\n ", "no_words"),
        ("x" * 60_001, "too_long"),
    ],
)
def test_what_is_no_clause_is_refused(drafter: User, words_typed: str, code: str) -> None:
    version = make_version(make_law())
    before = version.sha256
    assert (
        refused(lambda: versions.edit_clause(version, by=drafter, number="3", heading="Theft", words=words_typed))[0]
        == code
    )
    assert LawVersion.objects.get().sha256 == before


def test_doubts_of_a_clause_go_with_it_and_those_of_others_stay(drafter: User) -> None:
    lines = [*ACT_LINES[:-1], "The Board keeps [●]."]
    version = make_version(make_law(), "v1", *lines)
    left = ["left_over", "12", {"words": "[●]"}]
    gap = ["number_missing", "", {"number": "12", "last": "3"}]
    assert version.doubts == [gap, left]
    version = versions.edit_clause(version, by=drafter, number="1", heading="Title", words="It is [TBC].")
    assert version.doubts == [gap, left, ["left_over", "1", {"words": "[TBC]"}]]
    version = versions.edit_clause(version, by=drafter, number="12", heading="Register", words="The Board keeps it.")
    assert version.doubts == [gap, ["left_over", "1", {"words": "[TBC]"}]]
    version = versions.remove_clause(version, by=drafter, number="1")
    assert version.doubts == [gap]


def test_clauses_are_added_in_their_place_and_removed(drafter: User) -> None:
    version = make_version(make_law())
    version = versions.add_clause(version, by=drafter, after="3", number="3A.", heading="Smoke", words="No smoke.")
    version = versions.add_clause(version, by=drafter, after="", number="0", heading="First", words="Before all.")
    assert shape(from_xml(version.text))[:3] == ["part I | PRELIMINARY", "  section 0 | First", "    Before all."]
    assert [each.label for each in version.provisions.filter(kind="section")] == ["0", "1", "2", "3", "3A", "12"]
    version = versions.remove_clause(version, by=drafter, number="2")
    assert [each.label for each in version.provisions.filter(kind="section")] == ["0", "1", "3", "3A", "12"]
    assert verbs()[-3:] == ["law_version.clause_added", "law_version.clause_added", "law_version.clause_removed"]
    add = {"after": "3", "heading": "X", "words": "X."}
    assert refused(lambda: versions.add_clause(version, by=drafter, **add | {"number": "3A"}))[0] == "taken"
    assert refused(lambda: versions.add_clause(version, by=drafter, **add | {"number": "x"}))[0] == "bad_number"
    assert (
        refused(lambda: versions.add_clause(version, by=drafter, **add | {"number": "7", "after": "99"}))[0]
        == "no_clause"
    )
    assert refused(lambda: versions.remove_clause(version, by=drafter, number="99"))[0] == "no_clause"
    assert (
        refused(lambda: versions.edit_clause(version, by=drafter, number="99", heading="X", words="X."))[0]
        == "no_clause"
    )


def test_the_last_clause_is_not_removed(drafter: User) -> None:
    version = make_version(make_law(), "v1", "1. Only", "Words.")
    assert refused(lambda: versions.remove_clause(version, by=drafter, number="1"))[0] == "last_clause"


def test_a_version_without_text_is_begun_clause_by_clause(drafter: User) -> None:
    law = make_law()
    bare = LawVersion.objects.create(instrument=law, code="v0", title="Headings", dated=date(2014, 1, 1))
    assert refused(lambda: versions.remove_clause(bare, by=drafter, number="1"))[0] == "no_clause"
    copied = versions.copy_version(bare, by=drafter, code="v1", title="Next", dated=date(2014, 2, 1))
    made = versions.add_clause(copied, by=drafter, after="", number="1", heading="Title", words="Words.")
    assert words(made, "1") == "Words."


def test_what_is_published_is_locked_and_its_law_is_public_too(drafter: User, secretariat: User) -> None:
    version = make_version(make_law())
    with pytest.raises(NotAllowed):
        versions.publish_version(version, by=drafter)
    shown = as_shown()
    versions.edit_clause(version, by=drafter, number="1", heading="Title", words="New.")
    assert refused(lambda: versions.publish_version(version, by=secretariat, shown=shown))[0] == "changed_since"
    made = versions.publish_version(version, by=secretariat, shown=as_shown())
    assert (made.is_public, made.is_locked, Instrument.objects.get().is_public) == (True, True, True)
    for act in (
        lambda: versions.edit_clause(made, by=drafter, number="1", heading="X", words="X."),
        lambda: versions.add_clause(made, by=drafter, after="", number="5", heading="X", words="X."),
        lambda: versions.remove_clause(made, by=drafter, number="1"),
    ):
        assert refused(act)[0] == "locked"
    hidden = versions.hide_version(made, by=secretariat)
    assert (hidden.is_public, hidden.is_locked) == (False, True)
    copied = versions.copy_version(hidden, by=drafter, code="v2", title="Next", dated=date(2015, 1, 1))
    assert (copied.text, copied.is_locked, copied.provisions.count()) == (made.text, False, made.provisions.count())
    assert verbs()[-3:] == ["law_version.published", "law_version.hidden", "law_version.copied"]


# --- Bills ------------------------------------------------------------------------------------------------------------


def test_a_bill_is_applied_and_the_act_itself_stays(drafter: User) -> None:
    act = make_law()
    principal = make_version(act)
    bill = make_version(make_law("boats-bill", kind="bill", amends=act), "v1", *BILL_LINES, dated=date(2026, 1, 1))
    made = versions.apply_bill(
        bill, by=drafter, principal=principal, code="v2", title="As amended", dated=date(2026, 2, 1)
    )
    assert (made.instrument, made.code) == (act, "v2")
    assert words(made, "3").startswith("(1) A person who takes a boat pays a dollar.")
    assert words(made, "3A") == "No smoke on a boat."
    assert LawVersion.objects.get(pk=principal.pk).text == principal.text
    assert [(i.clause, i.kind, i.section, i.below, i.problem, i.principal_id) for i in bill.instructions.all()] == [
        ("1", "replace_words", "3", "(1)", "", principal.pk),
        ("2", "insert_section", "3", "", "", principal.pk),
        ("3", "repeal_section", "77", "", "no_such_section", principal.pk),
    ]
    assert made.doubts == [["instruction_failed", "3", {"problem": "no_such_section"}]]
    assert last_entry()[0] == "law.amended"


def test_instructions_are_read_as_soon_as_a_bill_comes_and_each_time_that_it_changes(drafter: User) -> None:
    act = make_law()
    make_version(act)
    bill = make_version(make_law("boats-bill", kind="bill", amends=act), "v1", *BILL_LINES, dated=date(2026, 1, 1))
    assert [each.problem for each in bill.instructions.all()] == ["", "", "no_such_section"]
    versions.edit_clause(
        bill, by=drafter, number="3", heading="Ghost", words="Section 12 of the principal Act is repealed."
    )
    assert [(each.section, each.problem) for each in bill.instructions.all()] == [("3", ""), ("3", ""), ("12", "")]


def test_what_orders_nothing_and_an_act_without_text_are_refused(drafter: User) -> None:
    act = make_law()
    principal = make_version(act)
    bare = LawVersion.objects.create(instrument=act, code="v0", title="Headings", dated=date(2014, 1, 1))
    law = make_law("boats-bill", kind="bill", amends=act)
    bill = make_version(law, "v1", *BILL_LINES, dated=date(2026, 1, 1))
    empty = make_version(law, "v2", "1. Title", "This is a bill.", dated=date(2026, 1, 2))
    facts: dict[str, Any] = {"code": "v9", "title": "X", "dated": date(2026, 2, 1)}
    assert refused(lambda: versions.apply_bill(empty, by=drafter, principal=principal, **facts))[0] == "no_instruction"
    assert refused(lambda: versions.apply_bill(bill, by=drafter, principal=bare, **facts))[0] == "no_text"
    assert (
        refused(lambda: versions.apply_bill(bill, by=drafter, principal=principal, **facts | {"code": "v1"}))[0]
        == "code_taken"
    )
    assert act.versions.count() == 2


# --- Treaties ---------------------------------------------------------------------------------------------------------


def rated(version: LawVersion, by: User, **facts: object) -> TreatyVerdict:
    given: dict[str, object] = {"verdict": "full", "provisions": ["3(1)"], "reason": "It says so."}
    item = facts.pop("item", None) or article(make_treaty())
    return verdicts.rate(version.instrument, by=by, item=item, on_version=version, **given | facts)  # type: ignore[arg-type]


def test_a_rating_needs_a_reason_and_provisions_that_exist(drafter: User) -> None:
    version = make_version(make_law())
    item = article(make_treaty())
    for facts, code in (
        ({"verdict": "splendid"}, "bad_verdict"),
        ({"reason": " "}, "no_reason"),
        ({"provisions": ["3(1)", "99"]}, "no_provision"),
        ({"provisions": []}, "no_provisions"),
        ({"verdict": "partial", "provisions": [" "]}, "no_provisions"),
    ):
        assert refused(lambda facts=facts: rated(version, drafter, item=item, **facts))[0] == code  # type: ignore[misc]
    assert TreatyVerdict.objects.count() == 0
    assert rated(version, drafter, item=item, verdict="unknown", reason="", provisions=[]).verdict == "unknown"
    row = rated(version, drafter, item=item, verdict="gap", provisions=[])
    assert (row.verdict, row.rated_by, str(row.rated_on), row.is_reviewed) == (
        "gap",
        "Test drafter",
        "2026-11-24",
        False,
    )
    assert TreatyVerdict.objects.count() == 1
    assert last_entry()[0] == "verdict.rated"


def test_whoever_rated_does_not_review_and_a_new_rating_is_reviewed_anew(secretariat: User, user_with: Make) -> None:
    version = make_version(make_law())
    item = article(make_treaty())
    row = rated(version, secretariat, item=item)
    assert refused(lambda: verdicts.review(row, by=secretariat))[0] == "own_rating"
    other = user_with("administrator")
    made = verdicts.review(row, by=other)
    assert (made.reviewed_by, str(made.reviewed_on)) == ("Test administrator", "2026-11-24")
    again = rated(version, secretariat, item=item, verdict="partial")
    assert (again.pk, again.reviewed_by, again.is_reviewed) == (row.pk, "", False)
    with pytest.raises(NotAllowed):
        verdicts.review(again, by=user_with("drafter"))


def test_two_people_of_one_name_review_each_other_and_a_new_name_is_no_second_person(user_with: Make) -> None:
    version = make_version(make_law())
    item = article(make_treaty())
    one, other = user_with("secretariat", email="a@example.org"), user_with("secretariat", email="b@example.org")
    row = rated(version, one, item=item)
    assert one.actor_name == other.actor_name
    User.objects.filter(pk=one.pk).update(name="Somebody Else")
    renamed = User.objects.get(pk=one.pk)
    assert refused(lambda: verdicts.review(row, by=renamed))[0] == "own_rating"
    assert verdicts.review(row, by=other).is_reviewed


def test_rating_a_draft_leaves_the_rating_of_what_is_public(drafter: User, secretariat: User) -> None:
    version = versions.publish_version(make_version(make_law()), by=SYSTEM)
    treaty = make_treaty()
    item = article(treaty)
    public = verdicts.review(rated(version, drafter, item=item), by=secretariat)
    draft = versions.copy_version(version, by=drafter, code="v2", title="Next", dated=date(2026, 1, 1))
    made = rated(draft, drafter, item=item, verdict="gap", provisions=[])
    assert made.pk != public.pk

    def shown(of: LawVersion, viewer: object) -> str | None:
        row = queries.matrix(of.instrument, treaty, of, viewer)[0]
        return row.verdict.verdict if row.verdict else None

    assert (shown(version, None), shown(version, SYSTEM), shown(draft, SYSTEM)) == ("full", "full", "gap")
    again = rated(draft, drafter, item=item, verdict="partial")
    assert (again.pk, TreatyVerdict.objects.count()) == (made.pk, 2)


def test_a_review_is_of_what_was_shown(drafter: User, secretariat: User) -> None:
    version = make_version(make_law())
    item = article(make_treaty())
    row = rated(version, drafter, item=item)
    shown = as_shown()
    rated(version, drafter, item=item, verdict="gap", provisions=[])
    assert refused(lambda: verdicts.review(row, by=secretariat, shown=shown))[0] == "changed_since"
    assert not TreatyVerdict.objects.get().is_reviewed


@pytest.mark.long
def test_a_clause_that_changed_has_its_verdict_checked_again(drafter: User, secretariat: User) -> None:
    version = make_version(make_law())
    treaty = make_treaty()
    verdicts.review(rated(version, drafter, item=article(treaty), provisions=["3(1)", "3(2)(a)"]), by=secretariat)
    verdicts.review(rated(version, drafter, item=article(treaty, "2"), provisions=["1"]), by=secretariat)

    def changed(of: LawVersion) -> list[tuple[str, ...]]:
        return [row.changed for row in queries.matrix(of.instrument, treaty, of, SYSTEM)]

    def counted(of: LawVersion) -> tuple[int, ...]:
        found = queries.coverage(queries.matrix(of.instrument, treaty, of, SYSTEM))
        return found.items, found.full, found.stale, found.judged

    assert (changed(version), counted(version)) == ([(), (), ()], (3, 2, 0, 2))
    newer = versions.copy_version(version, by=drafter, code="v2", title="Next", dated=date(2026, 1, 1))
    assert changed(newer) == [(), (), ()]
    text = versions.clause_text(newer, "3").replace("ten dollars", "a dollar")
    newer = versions.edit_clause(newer, by=drafter, number="3", heading="Theft", words=text)
    assert (changed(newer), counted(newer)) == ([("3(1)",), (), ()], (3, 1, 1, 1))
    assert changed(version) == [(), (), ()]
    # and where the very version that was rated is edited
    version = versions.edit_clause(version, by=drafter, number="1", heading="Short title", words="Another name.")
    assert changed(version) == [(), ("1",), ()]
    version = versions.remove_clause(version, by=drafter, number="3")
    assert changed(version) == [("3(1)", "3(2)(a)"), ("1",), ()]


def test_the_state_of_a_treaty_is_recorded_in_its_order(drafter: User) -> None:
    treaty = make_treaty()
    row = verdicts.record_treaty(treaty, by=drafter, signed_on=date(2024, 1, 1), state="Signed")
    assert refused(lambda: verdicts.record_treaty(treaty, by=drafter, ratified_on=date(2023, 1, 1)))[0] == "bad_order"
    verdicts.record_treaty(treaty, by=drafter, ratified_on=date(2025, 1, 1))
    assert (TreatyStatus.objects.get().pk, last_entry()[0]) == (row.pk, "treaty.recorded")


def test_suggestions_are_of_headings_that_are_alike() -> None:
    version = make_version(make_law(), "v1", "1. About boats", "Words.", "2. Fish", "Words.")
    assert [each.label for each in queries.suggestions(version, article(make_treaty()))] == ["1"]


# --- Days -------------------------------------------------------------------------------------------------------------


def test_how_a_law_read_on_a_day_and_which_version_is_before() -> None:
    law = make_law()
    first, second = make_version(law), make_version(law, "v2", dated=date(2020, 1, 1))
    assert queries.version_on(law, date(2014, 6, 23), SYSTEM) is None
    assert queries.version_on(law, date(2019, 12, 31), SYSTEM) == first
    assert queries.version_on(law, date(2020, 1, 1), SYSTEM) == second
    assert queries.version_before(second, SYSTEM) == first
    assert queries.version_before(first, SYSTEM) is None
    assert queries.newest_version(law, None) is None
    make_version(law, "v2-es", dated=date(2020, 1, 1))
    LawVersion.objects.filter(code="v2-es").update(language="es")
    read = [second, first, LawVersion.objects.get(code="v2-es")]
    assert [queries.before_of(each, read) for each in read] == [queries.version_before(each, SYSTEM) for each in read]
    assert queries.newest_of(read) == queries.newest_version(law, SYSTEM) == read[2]
    assert (queries.newest_of([]), queries.before_of(first, read)) == (None, None)
