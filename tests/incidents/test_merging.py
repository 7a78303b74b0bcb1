"""Cases that are one, and cases that are two: merged, undone, split, and by two people at once."""

from __future__ import annotations

import pytest

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.errors import Missing, Refused
from floreo.incidents.actions import cases, merging, messages, parts, tasks
from floreo.incidents.actions.receiving import receive
from floreo.incidents.actions.triage import accept, join
from floreo.incidents.incoming import Incoming
from floreo.incidents.models import Case, CaseLink, Report
from tests.incidents.desk import Desk, log_of


def report(number: int, desk: Desk) -> Report:
    incoming = Incoming("phone", f"test:{number}", clock.machine(), f"Report {number}", reporter_mail="r@home.example")
    return receive(incoming, by=desk.ana).report


def test_a_merge_takes_over_what_goes_and_is_undone(desk: Desk) -> None:
    one = accept(report(1, desk), by=desk.ana, title="One")
    two = accept(report(2, desk), by=desk.ben, title="Two", tlp="AMBER+STRICT")
    both = ("ipv4", "198.51.100.7")
    parts.add_observables(one, by=desk.ana, found=[both, ("domain", "bad.example")])
    parts.add_observables(two, by=desk.ana, found=[both])
    done = tasks.add_task(one, by=desk.ana, title="Done")
    tasks.finish_task(done, by=desk.ana)
    tasks.add_task(one, by=desk.ana, title="To do")
    made = merging.merge(one, by=desk.ana, into=two)
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.state, one.merged_into, two.tlp, two.reports.count()) == ("merged", two, "AMBER+STRICT", 2)
    assert sorted(two.observables.values_list("value", flat=True)) == ["198.51.100.7", "bad.example"]
    assert (list(two.tasks.values_list("title", flat=True)), one.clocks.count()) == (["To do"], 0)
    messages.receive_message(one, by=desk.ana, sender="r@home.example", subject="Re", text="More")
    assert (two.messages.count(), log_of(two)[0]) == (1, "Mail received from r@home.example.")
    merging.undo_merge(made, by=desk.ben)
    one.refresh_from_db()
    assert (one.state, one.merged_into, one.reports.count(), one.observables.count()) == ("open", None, 1, 2)
    assert (two.reports.count(), two.observables.count(), two.messages.count()) == (1, 1, 1)
    with pytest.raises(Refused) as again:
        merging.undo_merge(made, by=desk.ana)
    assert again.value.code == "undone"


def test_two_people_merge_the_same_pair_and_the_second_reads_what_the_first_did(desk: Desk) -> None:
    one, two = desk.case("One"), desk.case("Two")
    theirs_one, theirs_two = Case.objects.get(pk=one.pk), Case.objects.get(pk=two.pk)  # as Ben's page holds them
    merging.merge(one, by=desk.ana, into=two)
    for source, target, code in ((theirs_one, theirs_two, "merged_already"), (theirs_two, theirs_one, "target_merged")):
        with pytest.raises(Refused) as error:
            merging.merge(source, by=desk.ben, into=target)
        assert (error.value.code, f"{one.reference} was merged into {two.reference}" in str(error.value)) == (
            code,
            True,
        )
    assert Case.objects.filter(state="merged").count() == 1


def test_what_cannot_be_merged_says_so(desk: Desk) -> None:
    one, drill = desk.case("One"), desk.case("Drill", is_exercise=True)
    closed = cases.close(desk.case("Closed"), by=desk.ana, reason="x")
    found = []
    for source, target in ((one, one), (one, drill), (one, closed), (closed, one)):
        with pytest.raises(Refused) as error:
            merging.merge(source, by=desk.ana, into=target)
        found.append(error.value.code)
    assert found == ["itself", "exercise", "case_not_open", "bad_step"]


def test_a_report_is_split_off_into_a_case_of_its_own(desk: Desk) -> None:
    first, second = report(1, desk), report(2, desk)
    case = accept(first, by=desk.ana)
    with pytest.raises(Refused) as only:
        merging.split_report(Report.objects.get(pk=first.pk), by=desk.ana)
    join(second, by=desk.ana, case=case)
    made = merging.split_report(Report.objects.get(pk=second.pk), by=desk.ben, title="Something else")
    assert (only.value.code, made.title, made.reports.get(), case.reports.get()) == (
        "only_report",
        "Something else",
        second,
        first,
    )
    assert log_of(made)[0] == f"Case opened for the report {second.reference}, split off from {case.reference}."


def test_related_cases_and_organisations(desk: Desk) -> None:
    one, two = desk.case("One"), desk.case("Two")
    link = parts.link_case(one, by=desk.ana, other=two, reason="Same address")
    with pytest.raises(Refused) as again:
        parts.link_case(two, by=desk.ana, other=one)
    parts.unlink_case(link, by=desk.ana)
    place = parts.add_organisation(one, by=desk.ana, organisation=desk.port, part="source")
    with pytest.raises(Refused) as twice:
        parts.add_organisation(one, by=desk.ana, organisation=desk.port, part="source")
    assert parts.share(place, by=desk.ana, is_shared=True).is_shared
    assert Case.objects.visible_to(desk.operator).get() == one
    parts.remove_organisation(place, by=desk.ana)
    assert (again.value.code, twice.value.code, Case.objects.visible_to(desk.operator).count()) == ("linked", "here", 0)


@pytest.mark.long
def test_many_become_one_or_none_does_and_each_is_its_own_again(desk: Desk) -> None:
    made = [desk.case(f"Case {n}") for n in range(3)]
    closed = cases.close(desk.case("Closed"), by=desk.ana, reason="x")
    with pytest.raises(Refused) as error:
        merging.merge_many([*made, closed], by=desk.ana)
    assert (error.value.code, Case.objects.filter(state="merged").count()) == ("bad_step", 0)
    assert merging.merge_many(reversed(made), by=desk.ana) == made[0]
    merged = list(Case.objects.filter(state="merged").order_by("pk"))
    assert [(each.title, each.merged_into) for each in merged] == [("Case 1", made[0]), ("Case 2", made[0])]
    with pytest.raises(Refused) as error:
        merging.undo_many([*merged, made[0]], by=desk.ben)
    assert (error.value.code, Case.objects.filter(state="merged").count()) == ("not_merged", 2)
    assert (merging.undo_many(merged, by=desk.ben), Case.objects.filter(state="merged").count()) == (2, 0)
    with pytest.raises(Refused) as error:
        merging.merge_many(made[:1], by=desk.ana)
    with pytest.raises(Refused) as none:
        merging.undo_many([], by=desk.ana)
    assert (error.value.code, none.value.code) == ("too_few", "too_few")


def test_many_are_marked_as_related_once_and_not_any_more(desk: Desk) -> None:
    made = [desk.case(f"Case {n}") for n in range(3)]
    parts.link_case(made[1], by=desk.ana, other=made[0])
    assert (parts.link_many(made, by=desk.ana), parts.link_many(made, by=desk.ana)) == (1, 0)
    assert {(each.case, each.other) for each in CaseLink.objects.all()} == {(made[1], made[0]), (made[0], made[2])}
    assert (parts.unlink_many(made, by=desk.ana), CaseLink.objects.count()) == (2, 0)
    with pytest.raises(Refused) as error:
        parts.link_many(made[:1], by=desk.ana)
    assert error.value.code == "too_few"


@pytest.mark.long
def test_what_a_red_case_brings_is_read_by_those_named_in_it_and_nobody_else(desk: Desk) -> None:
    red = cases.open_case(by=desk.ana, title="Red", tlp="RED")
    bens, nobodys = cases.open_case(by=desk.ben, title="Ben's"), cases.open_case(by=SYSTEM, title="Nobody's")
    with pytest.raises(Refused) as error:
        merging.merge(red, by=desk.ana, into=bens)
    assert (error.value.code, str(desk.ben) in str(error.value), bens.reports.count()) == ("red", True, 0)
    made = merging.merge(red, by=desk.ana, into=nobodys)
    nobodys.refresh_from_db()
    assert (nobodys.tlp, [each.user for each in nobodys.members.all()]) == ("RED", [desk.ana])
    assert nobodys not in Case.objects.visible_to(desk.ben)
    merging.undo_merge(made, by=desk.ana)
    cases.add_member(red, by=desk.ana, user=desk.ben)
    merging.merge(red, by=desk.ana, into=bens)
    assert [each.user for each in bens.members.all()] == [desk.ana]  # Ben leads it


def test_two_red_cases_become_one_only_where_its_readers_are_named_in_both(desk: Desk) -> None:
    one = cases.open_case(by=desk.ana, title="One", tlp="RED")
    two = cases.open_case(by=desk.ana, title="Two", tlp="RED")
    cases.add_member(two, by=desk.ana, user=desk.ben)
    with pytest.raises(Refused) as error:
        merging.merge(one, by=desk.ana, into=two)
    assert error.value.code == "red"
    merging.merge(two, by=desk.ana, into=one)
    assert [case.title for case in Case.objects.visible_to(desk.ben)] == ["Two"]  # what is left of it: its own log
    assert one.members.count() == 0


def test_who_may_not_read_both_cases_neither_merges_them_nor_takes_them_apart(desk: Desk) -> None:
    red = cases.open_case(by=desk.ana, title="Red", tlp="RED")
    amber = accept(report(1, desk), by=desk.ana, title="Harmless")
    for source, target in ((amber, red), (red, amber)):
        with pytest.raises(Missing):
            merging.merge(source, by=desk.ben, into=target)
    made = merging.merge(amber, by=desk.ana, into=red)
    with pytest.raises(Missing):
        merging.undo_merge(made, by=desk.ben)
    with pytest.raises(Missing):
        merging.undo_many([amber], by=desk.ben)
    assert (Case.objects.get(pk=amber.pk).state, red.reports.count()) == ("merged", 1)


@pytest.mark.long
def test_merges_in_a_row_are_undone_last_first(desk: Desk) -> None:
    one, two, three = (accept(report(n, desk), by=desk.ana) for n in (1, 2, 3))
    first = merging.merge(one, by=desk.ana, into=two)
    merging.merge(Case.objects.get(pk=two.pk), by=desk.ana, into=three)
    with pytest.raises(Refused) as error:
        merging.undo_merge(first, by=desk.ana)
    assert error.value.code == "later"
    merging.undo_many([one, two], by=desk.ana)
    assert [case.reports.count() for case in (one, two, three)] == [1, 1, 1]
    assert not Case.objects.filter(state="merged").exists()


def test_a_merge_shares_nothing_that_nobody_shared_and_takes_the_stricter_of_both_markings(desk: Desk) -> None:
    one, two = desk.case("One", pap="RED"), desk.case("Two", pap="CLEAR")
    parts.share(parts.add_organisation(one, by=desk.ana, organisation=desk.port), by=desk.ana, is_shared=True)
    made = merging.merge(one, by=desk.ana, into=two)
    two.refresh_from_db()
    assert (two.pap, two.organisations.get().is_shared) == ("RED", False)
    assert two not in Case.objects.visible_to(desk.operator)
    merging.undo_merge(made, by=desk.ana)
    assert list(Case.objects.visible_to(desk.operator)) == [one]


@pytest.mark.long
def test_a_report_that_is_split_off_is_marked_no_wider_than_its_case(desk: Desk) -> None:
    case = accept(report(1, desk), by=desk.ana, tlp="RED")
    second = report(2, desk)
    join(second, by=desk.ana, case=case)
    second.refresh_from_db()
    with pytest.raises(Missing):
        merging.split_report(second, by=desk.ben)
    made = merging.split_report(second, by=desk.ana)
    assert (made.tlp, Case.objects.visible_to(desk.ben).count()) == ("RED", 0)
