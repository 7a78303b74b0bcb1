"""My tasks shared out among a team, steps over many, and what forged or stale ticks come to."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from floreo.assignments.models import Assignment, BulkStep
from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.keys import key
from floreo.feeds.actions.replies import answer_signed_in
from floreo.feeds.models import Correction, Finding, Reply
from floreo.organisations.models import Membership, User
from floreo.tasks.queries import tasks_of
from floreo.workspace.bulk import MOST
from floreo.workspace.home.board import home_of
from tests.pages import squeezed
from tests.workspace.feeds.conftest import Night, night

__all__ = ["night"]
Browser = Callable[[User], Client]
UserWith = Callable[..., User]
pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def ana(user_with: UserWith) -> User:
    return named(user_with("responder", email="ana@example.org"), "Ana Duarte")


@pytest.fixture
def ben(user_with: UserWith) -> User:
    return named(user_with("responder", email="ben@example.org"), "Ben Reef")


def named(user: User, name: str) -> User:
    User.objects.filter(pk=user.pk).update(name=name)
    user.name = name
    return user


@pytest.fixture
def asked(night: Night) -> Night:
    """The bank asks for help, the shop reports a false alarm."""
    answer_signed_in(night.bank, by=SYSTEM, replies={night.of_bank.pk: "need_help"}, remark="Please call")
    answer_signed_in(night.shop, by=SYSTEM, replies={night.of_shop.pk: "false_alarm"})
    return night


def sections(user: User) -> dict[str, list[tuple[str, str]]]:
    user = User.objects.get(pk=user.pk)
    return {s.name: [(str(r.item.title), r.recipient) for r in s.rows] for s in home_of(user).sections}


HELP = "A bank asks for help with 1 finding"
ALARM = "A shop reports 1 finding as a false alarm"


def pick_of(night: Night, kind: str = "need_help", was: int = 0) -> str:
    body = night.bank if kind == "need_help" else night.shop
    return f"feeds.answer:{kind}:{body.pk}|{was}"


def told(browser: Client, address: str = "/workspace/") -> str:
    return squeezed(browser.get(address).content.decode())


@pytest.mark.long
def test_what_nobody_has_waits_for_the_team_and_is_nobodys(asked: Night, ana: User, ben: User) -> None:
    for user in (ana, ben):
        found = sections(user)
        assert [title for title, _who in found["team"] if title in {HELP, ALARM}] == [HELP, ALARM]
        assert not any(title in {HELP, ALARM} for name in found if name != "team" for title, _who in found[name])


@pytest.mark.long
def test_a_task_is_taken_in_one_press_and_then_stands_apart_for_the_others(
    asked: Night, ana: User, ben: User, browser_of: Browser
) -> None:
    browser = browser_of(ana)
    page = told(browser)
    assert f'name="one" value="{pick_of(asked)}"' in page
    assert browser.post(reverse("workspace:assign"), {"one": pick_of(asked), "to": "me"}).status_code == 302
    assert "It is yours now." in told(browser)
    mine, theirs = sections(ana), sections(ben)
    assert [(HELP, "You") in mine[name] for name in mine].count(True) == 1
    assert theirs["colleagues"] == [(HELP, "Ana Duarte")]
    assert HELP not in {title for name in theirs if name != "colleagues" for title, _who in theirs[name]}
    assert HELP in {str(task.title) for task in tasks_of(ana)}  # the e-mail and the calendar, too
    assert HELP not in {str(task.title) for task in tasks_of(ben)}


@pytest.mark.long
def test_who_comes_second_reads_who_was_first(asked: Night, ana: User, ben: User, browser_of: Browser) -> None:
    browser_of(ana).post(reverse("workspace:assign"), {"one": pick_of(asked), "to": "me"})
    second = browser_of(ben)
    second.post(reverse("workspace:assign"), {"one": pick_of(asked), "to": "me"})
    assert "Ana Duarte has had this since 24 November 2026." in told(second)
    assert Assignment.objects.get(ends_at=None).user == ana


@pytest.mark.long
def test_forged_keys_are_nobodys_to_assign(asked: Night, ana: User, user_with: UserWith, browser_of: Browser) -> None:
    operator = browser_of(user_with("operator", organisation=asked.bank))
    for pick in (
        pick_of(asked),
        f"{key(asked.of_bank)}|0",
        "organisations.user:1|0",
        "x|y",
        "|",
        "feeds.finding:99999|0",
    ):
        assert operator.post(reverse("workspace:assign"), {"pick": pick, "to": "me"}).status_code == 404, pick
    operator.post(reverse("workspace:assign_many"), {"pick": [pick_of(asked)], "to": "me"})
    [step] = BulkStep.objects.all()
    assert [(line["is_done"], line["sentence"]) for line in step.lines] == [
        (False, "It is no longer there, or not yours to change.")
    ]
    assert HELP not in told(operator, reverse("workspace:bulk_step", args=[step.pk]))
    assert not Assignment.objects.exists()
    assert browser_of(ana).get(reverse("workspace:bulk_step", args=[step.pk])).status_code == 404  # another's step


@pytest.mark.long
def test_to_a_colleague_who_may_not_it_does_not_go(
    asked: Night, ana: User, user_with: UserWith, browser_of: Browser
) -> None:
    observer, browser = user_with("observer"), browser_of(ana)
    facts = {"pick": pick_of(asked), "to": "colleague", "colleague": str(observer.pk)}
    browser.post(reverse("workspace:assign"), facts)
    assert "Test observer may not do this, so it cannot be assigned to them." in told(browser)
    for odd in ("", "0", "x", "99999999999999999999"):
        browser.post(reverse("workspace:assign"), facts | {"colleague": odd})
        assert "There is no such account, or it was switched off." in told(browser)
    assert not Assignment.objects.exists()


@pytest.mark.long
def test_many_are_assigned_with_a_line_each_and_the_step_is_undone(
    asked: Night, ana: User, ben: User, browser_of: Browser
) -> None:
    browser = browser_of(ana)
    picks = [pick_of(asked), pick_of(asked, "false_alarm"), "feeds.answer:need_help:999|0"]
    facts = {"pick": picks, "to": "colleague", "colleague": str(ben.pk), "back": "/workspace/"}
    answer = browser.post(reverse("workspace:assign_many"), facts)
    page = told(browser, answer["Location"])
    assert "Assign: 2 done, 1 refused." in page
    assert page.count("It is no longer there, or not yours to change.") == 1
    assert {title for title, _who in sections(ben)["overdue" if "overdue" in sections(ben) else "week"]} >= {HELP}
    step = BulkStep.objects.get()
    assert browser.post(reverse("workspace:undo_step", args=[step.pk])).status_code == 302
    assert "Undone: everything is as it was before your last step." in told(browser)
    assert not Assignment.objects.filter(ends_at=None).exists()
    assert "This step was undone." in told(browser, answer["Location"])


def test_undo_after_somebody_changed_one_of_them_is_refused(
    asked: Night, ana: User, ben: User, browser_of: Browser
) -> None:
    browser = browser_of(ana)
    browser.post(
        reverse("workspace:assign_many"), {"pick": [pick_of(asked), pick_of(asked, "false_alarm")], "to": "me"}
    )
    taken = Assignment.objects.get(key__contains="need_help")
    browser_of(ben).post(reverse("workspace:assign"), {"pick": pick_of(asked, was=taken.pk), "to": "me"})
    step = BulkStep.objects.get()
    browser.post(reverse("workspace:undo_step", args=[step.pk]))
    assert "It was changed after you opened it:" in told(browser)
    assert {each.user_name for each in Assignment.objects.filter(ends_at=None)} == {"Ana Duarte", "Ben Reef"}


def test_nothing_ticked_and_far_too_much_ticked_change_nothing(night: Night, ana: User, browser_of: Browser) -> None:
    browser = browser_of(ana)
    browser.post(reverse("workspace:assign_many"), {"to": "me"})
    assert "Nothing was ticked. Tick the rows first, then press the button." in told(browser)
    picks = [f"feeds.finding:{n}|0" for n in range(MOST + 1)]
    browser.post(reverse("workspace:assign_many"), {"pick": picks, "to": "me"})
    assert f"{MOST + 1} rows were ticked; one step takes {MOST} at most. Nothing was changed." in told(browser)
    assert not BulkStep.objects.exists()


# Each is replied to by an act of its own, with its entry in the trail: many show what five hundred show, which take ten seconds.
@pytest.mark.long
@pytest.mark.parametrize("number_ticked", [60, pytest.param(MOST - 2, marks=pytest.mark.long)])
def test_five_hundred_ticked_of_which_some_are_gone(
    night: Night, ana: User, browser_of: Browser, number_ticked: int
) -> None:
    copies = []
    for number in range(number_ticked):
        copy = Finding.objects.get(pk=night.of_bank.pk)
        copy.pk, copy.port = None, 20_000 + number
        copies.append(copy)
    made = Finding.objects.bulk_create(copies)
    ids = [each.pk for each in made]
    Finding.objects.filter(pk__in=ids[:40]).delete()
    picks = [f"feeds.finding:{pk}|0" for pk in ids]
    browser = browser_of(ana)
    answer = browser.post(
        reverse("workspace:reply_many"), {"pick": picks, "reply": "working", "back": "/workspace/findings/"}
    )
    page = told(browser, answer["Location"])
    assert f"Reply: {len(ids) - 40} done, 40 refused." in page
    assert Reply.objects.filter(kind="working").count() == len(ids) - 40
    browser.post(f"{answer['Location']}undo/")
    assert not Reply.objects.exists()


@pytest.mark.long
def test_a_form_leads_back_to_this_site_alone(asked: Night, ana: User, browser_of: Browser) -> None:
    for odd in ("https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"):
        answer = browser_of(ana).post(reverse("workspace:assign"), {"one": pick_of(asked), "to": "me", "back": odd})
        assert answer["Location"] == "/workspace/"


# --- Lists of the threats -----------------------------------------------------------------------------------------


@pytest.mark.long
def test_the_list_of_findings_opens_on_what_is_open(night: Night, ana: User, browser_of: Browser) -> None:
    Finding.objects.filter(pk=night.of_shop.pk).update(state="fixed", fixed_on=night.of_shop.last_day)
    browser = browser_of(ana)
    page = told(browser, "/workspace/findings/")
    assert "192.0.2.7" in page
    assert "198.51.100.9" not in page
    everything = told(browser, "/workspace/findings/?state=all")
    assert "198.51.100.9" in everything
    assert "192.0.2.7" in everything
    assert 'class="fl-severity fl-severity--worst"' in page  # a mark and the word, and not a colour alone
    assert "<span>High</span>" in page
    Finding.objects.update(state="fixed", fixed_on=night.of_shop.last_day)
    assert "No open findings." in told(browser, "/workspace/findings/")
    assert (
        json.loads(browser.get("/workspace/findings/?download=json").getvalue()) == []
    )  # the file is what the list shows


@pytest.mark.long
def test_one_event_has_one_time(night: Night, ana: User, browser_of: Browser) -> None:
    Finding.objects.filter(pk=night.of_bank.pk).update(
        last_seen=night.of_bank.last_seen - timedelta(hours=3), last_day=night.of_bank.last_day
    )
    page = told(browser_of(ana), f"/workspace/findings/{night.of_bank.pk}/")
    times = re.findall(r"[Ll]ast seen\.?(?:</dt><dd>|</p>| )*<time[^>]*>([^<]*)</time>", page)
    assert len(times) >= 2
    assert set(times) == {times[0]}


@pytest.mark.long
def test_a_finding_is_assigned_from_its_page_and_comes_to_my_tasks(
    night: Night, ana: User, ben: User, browser_of: Browser
) -> None:
    address = f"/workspace/findings/{night.of_bank.pk}/"
    browser = browser_of(ana)
    assert "Nobody yet: it waits for the whole team." in told(browser, address)
    browser.post(reverse("workspace:assign"), {"pick": f"{key(night.of_bank)}|0", "to": "me", "back": address})
    page = told(browser, address)
    assert "You have this." in page
    assert "assigned by Ana Duarte" in page
    assert any("192.0.2.7" in title for name in ("undated",) for title, _who in sections(ana)[name])
    Finding.objects.filter(pk=night.of_bank.pk).update(state="fixed", fixed_on=night.of_bank.last_day)
    assert not any("192.0.2.7" in title for rows in sections(ana).values() for title, _who in rows)


@pytest.mark.long
def test_the_operator_reads_nothing_of_who_has_it(
    night: Night, ana: User, user_with: UserWith, browser_of: Browser
) -> None:
    address = f"/workspace/findings/{night.of_bank.pk}/"
    browser_of(ana).post(reverse("workspace:assign"), {"pick": f"{key(night.of_bank)}|0", "to": "me"})
    operator = browser_of(user_with("operator", organisation=night.bank))
    for page in (told(operator, address), told(operator, "/workspace/findings/")):
        assert "Ana Duarte" not in page
        assert "Assign to me" not in page


@pytest.mark.long
def test_the_operators_desk_never_says_that_nothing_waits_while_a_finding_is_open(
    night: Night, user_with: UserWith, browser_of: Browser
) -> None:
    one = user_with("operator", organisation=night.bank)
    assert "You have no tasks" not in told(browser_of(one))
    assert [title for title, _who in sections(one)["undated"]] == ["1 open finding in your network"]
    night.of_bank.severity = "critical"
    night.of_bank.save()
    # Without a day by which it would be late, and before all that has one.
    assert [title for title, _who in sections(one)["now"]] == ["1 open finding in your network"]
    assert "One to do now." in told(browser_of(one))
    two = user_with("operator", organisation=night.bank, email="second@example.org")
    browser_of(one).post(reverse("workspace:assign"), {"one": f"feeds.own:{night.bank.pk}|0", "to": "me"})
    page = told(browser_of(two))
    assert "You have no tasks" not in page
    assert "No task is yours alone. One is with a colleague." in page


@pytest.mark.long
def test_replies_are_handled_together_and_the_step_can_be_undone(asked: Night, ana: User, browser_of: Browser) -> None:
    browser = browser_of(ana)
    page = told(browser, "/workspace/replies/")
    assert "2 replies wait for the team." in page
    picks = [pick_of(asked), pick_of(asked, "false_alarm")]
    answer = browser.post("/workspace/replies/handle/", {"pick": picks, "answer": ""})
    assert "Mark as handled: 2 done." in told(browser, answer["Location"])
    assert "No reply waits for the team" in told(browser, "/workspace/replies/")
    browser.post(reverse("workspace:undo_step", args=[BulkStep.objects.get().pk]))
    assert "2 replies wait for the team." in told(browser, "/workspace/replies/")
    answer = browser.post("/workspace/replies/handle/", {"pick": picks, "answer": "We call you today."})
    step = BulkStep.objects.get(command="replies.answer")
    assert "This kind of step cannot be undone." in told(browser, answer["Location"])
    browser.post(reverse("workspace:undo_step", args=[step.pk]))
    assert not Reply.objects.filter(handled_at=None).exists()


def test_corrections_are_refused_together_for_one_reason(night: Night, ana: User, browser_of: Browser) -> None:
    for body, one in ((night.bank, night.of_bank), (night.shop, night.of_shop)):
        answer_signed_in(body, by=SYSTEM, replies={one.pk: "not_ours"})
    browser = browser_of(ana)
    text = browser.get("/workspace/corrections/").content.decode()
    shown = re.findall(r'name="shown"\s+value="([0-9a-f-]+)"', text)[0]
    picks = [f"{key(each)}|0" for each in Correction.objects.order_by("pk")]
    answer = browser.post("/workspace/corrections/many/", {"pick": picks, "decision": "", "shown": shown})
    page = told(browser, answer["Location"])
    assert page.count("Give the reason. The person who asked will read it.") == 2
    browser.post("/workspace/corrections/many/", {"pick": picks, "decision": "It is yours.", "shown": shown})
    assert {each.state for each in Correction.objects.all()} == {"refused"}


# --- The menu -----------------------------------------------------------------------------------------------------


def entry(page: str, address: str) -> str:
    found = re.search(rf'<li><a href="{address}"[^>]*>(.*?)</a>', page)
    return re.sub(r"<[^>]*>", "", found[1]) if found else ""


@pytest.mark.long
def test_the_menu_counts_what_waits_for_this_person(asked: Night, ana: User, ben: User, browser_of: Browser) -> None:
    browser = browser_of(ana)
    page = told(browser)
    assert entry(page, "/workspace/replies/") == "Replies to notices2 waiting"
    browser_of(ben).post(reverse("workspace:assign"), {"one": pick_of(asked), "to": "me"})
    assert entry(told(browser), "/workspace/replies/") == "Replies to notices1 waiting"
    assert entry(told(browser, "/workspace/findings/"), "/workspace/replies/") == "Replies to notices1 waiting"


@pytest.mark.long
def test_counting_costs_a_page_one_query_once_it_is_known(asked: Night, ana: User, browser_of: Browser) -> None:
    browser, address = browser_of(ana), "/workspace/corrections/"

    def asks() -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(address).status_code == 200
        return [q["sql"] for q in queries]

    asks()
    known = asks()
    assert sum("core_cache" in sql for sql in known) == 1
    assert not any("feeds_finding" in sql and "COUNT" in sql for sql in known)
    for number in range(3):
        copy = Finding.objects.get(pk=asked.of_bank.pk)
        copy.pk, copy.port = None, 30_000 + number
        copy.save()
        answer_signed_in(asked.bank, by=SYSTEM, replies={copy.pk: "need_help"})
    assert len(asks()) == len(known)


def test_the_owner_of_a_row_costs_no_query_a_row(night: Night, ana: User, ben: User, browser_of: Browser) -> None:
    browser = browser_of(ana)

    def asks() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get("/workspace/findings/").status_code == 200
        return len(queries)

    browser.post(reverse("workspace:assign"), {"pick": f"{key(night.of_bank)}|0", "to": "me"})
    asks()
    before = asks()
    browser.post(reverse("workspace:assign"), {"pick": f"{key(night.of_shop)}|0", "to": "me"})
    asks()
    assert asks() == before


@pytest.mark.long
def test_what_is_open_now_is_always_seen_in_the_menu(night: Night, administrator: User, browser_of: Browser) -> None:
    browser = browser_of(administrator)
    page = told(browser, "/workspace/places/")
    first = page.split('<details class="fl-menu-more">')[0]
    assert 'href="/workspace/places/" aria-current="page"' in first
    assert 'href="/workspace/places/"' not in told(browser).split('<details class="fl-menu-more">')[0]
    assert told(browser).count('href="/workspace/places/"') == 2  # under "More", in both forms of the menu


def test_whoever_has_little_has_no_more(night: Night, observer: User, browser_of: Browser) -> None:
    assert "fl-menu-more" not in told(browser_of(observer))


def test_a_person_of_two_roles_works_on_both(night: Night, ana: User, browser_of: Browser) -> None:
    Membership.objects.create(user=ana, role="coordinator")
    first = told(browser_of(User.objects.get(pk=ana.pk))).split('<details class="fl-menu-more">')[0]
    for address in ("/workspace/findings/", "/workspace/outreach/"):
        assert f'href="{address}"' in first


def test_a_press_shows_at_once_in_the_menu(asked: Night, ana: User, browser_of: Browser) -> None:
    browser = browser_of(ana)
    told(browser)
    browser.post("/workspace/replies/handle/", {"pick": [pick_of(asked)], "answer": ""})
    assert entry(told(browser, "/workspace/findings/"), "/workspace/replies/") == "Replies to notices1 waiting"
    assert clock.today() == asked.of_bank.last_day
