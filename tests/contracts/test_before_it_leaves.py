"""Every act that sends mail at somebody's press shows it first. The list is closed: an act that is new is in none of the tables
below, and an act that a page of the workspace does in another way than `press`, `form_page` or `unless_unseen` fails here."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

from floreo.core import outgoing
from floreo.core.access import SYSTEM
from floreo.core.action import action
from floreo.core.models import OutboxMail
from floreo.core.outbox import WIPED, letter, post_all
from tests.contracts.test_actions import every_action

ROOT = Path(__file__).resolve().parents[2]
INNER_IMPORT = re.compile(r"^\s+from floreo|[;:]\s*from floreo", re.MULTILINE)
POSTING = {"floreo.core.outbox.post", "floreo.core.outbox.post_all"}
pytestmark = pytest.mark.usefixtures("uncollected")
SHOWS = {
    "press",
    "form_page",
    "unless_unseen",
    "Command",
    "Bulk",
    "doing",
    "rehearsed",
}  # what shows first what it sends

# Acts that send mail and show it to nobody before, each with its reason.
BY_THE_WORKER = {
    "account.left": "when the directory of an organisation says that somebody left, to who manages accounts",
    "api_token.end_announced": "thirty days before a token ends, to its owner",
    "notifications.sent": "to each person what they chose to be notified of",
    "procedure.closed": "on the closing date that its members were given: the result, to them",
    "webhook.disabled": "after days in which nothing could be delivered, to its owner",
    "advisory.mailed": "after a person published the version, whose page names who will receive it",
    "certificates.renewal_invited": "on the day that the scheme sets",
    "certificates.signed": "after a person issued them: the signing key is the worker's",
    "duty.alerted": "wakes the national team: it names what somebody reported",
    "duty.alerted_of_key": "wakes the national team: its mail waits for a key",
    "head.sent": "the signed head of the trail, to whoever the administrator set",
    "needs.reminders_sent": "on the day that the request sets",
    "institutions.reminded": "on the day that the catalogue sets",
    "notice.sent": "by the rules of notices; Notices due today shows each in its words before",
    "notification.reminded": "when a legal term runs out",
    "obligation.reminded": "when a term runs out",
    "reviews.kept": "by the schedule of the edition, which says on which days",
    "session.reminded": "the day before the session",
    "tabletop.clock_ran": "injects of an exercise at the minute that its script sets",
    "weekly_mail.sent": "once a week, to the person who chose the day",
}
BY_STRANGERS = {
    "subscription.asked": "the confirmation goes to the address that was typed, and says so",
    "entry.link_asked": "the link goes to the contact that asked for it",
    "notification.link_asked": "same",
    "notification.withdrawn": "the receipt of who pressed",
    "notification.started": "same",
    "notification.stage_begun": "same",
    "notification.submitted": "same",
    "entry.sent": "asks the guardian whom the young person named",
    "enrolment.asked": "confirms the address that was typed",
    "enrolment.confirmed": "tells the participant who pressed",
    "enrolment.cancelled": "same",
    "enrolment.erased": "same, and whoever moves up to the seat",
    "enrolment.by_organisation": "tells the people whom the organisation enrolled, which its page says",
    "tabletop_participant.accepted": "tells the participant who pressed",
    "tabletop_participant.address_confirmed": "same",
    "tabletop_participant.address_given": "same",
    "tabletop_participant.link_reported": "same",
    "finding.answered": "the receipt of the reply, to whoever replied",
    "finding.answer_taken_back": "same",
    "account.mail_posted": "the sign-in writes to the owner of the account",
}
IN_THE_WORKSPACE_UNSEEN = {
    "account.factors_removed": "tells the owner of the account that somebody changed how it is opened",
    "mail.test_posted": "to oneself",
    "notification.case_joined": "only receipts: outgoing.UNSEEN names their kinds",
    "notification.case_opened": "same",
}


@dataclass
class Module:
    """What one file defines, and under which names it knows others."""

    defines: dict[str, ast.stmt] = field(default_factory=dict)
    imports: dict[str, str] = field(default_factory=dict)
    tree: ast.Module | None = None


@cache
def modules() -> dict[str, Module]:
    found: dict[str, Module] = {}
    for path in (ROOT / "floreo").rglob("*.py"):
        if "migrations" in path.parts:
            continue
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        text = path.read_text(encoding="utf-8")
        tree = ast.parse(text)
        module = Module(tree=tree)
        # A file without an import within something is not walked for more of them than are at its top.
        for node in ast.walk(tree) if INNER_IMPORT.search(text) else tree.body:
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("floreo"):
                module.imports |= {each.asname or each.name: f"{node.module}.{each.name}" for each in node.names}
        for statement in tree.body:
            if isinstance(statement, ast.FunctionDef | ast.ClassDef):
                module.defines[statement.name] = statement
        found[name] = module
    return found


def resolved(full: str) -> str:
    """Where it is defined, through whatever re-exports it."""
    for _step in range(6):
        module, _dot, name = full.rpartition(".")
        here = modules().get(module)
        if here is None or name in here.defines or name not in here.imports:
            return full
        full = here.imports[name]
    return full


def named_in(module: str, node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Each of our functions or classes that the code names."""
    here = modules()[module]
    for each in ast.walk(node):
        if isinstance(each, ast.Name) and each.id in here.defines:
            yield f"{module}.{each.id}", each
        elif isinstance(each, ast.Name) and each.id in here.imports:
            yield resolved(here.imports[each.id]), each
        elif isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name) and each.value.id in here.imports:
            yield resolved(f"{here.imports[each.value.id]}.{each.attr}"), each


@cache
def senders() -> dict[str, str]:
    """Acts that may put mail into the outbox, by where they are defined: their verbs."""
    callers: dict[str, set[str]] = defaultdict(set)
    for name, module in modules().items():
        if name.startswith(("floreo.workspace", "floreo.portal", "floreo.api")):
            continue
        for own, node in module.defines.items():
            for called, _node in named_in(name, node):
                callers[called].add(f"{name}.{own}")
    seen, todo = set[str](), list(POSTING)
    while todo:
        for caller in callers[todo.pop()] - seen:
            seen.add(caller)
            todo.append(caller)
    return {each: verb for each in seen if (verb := verb_of(each))}


def verb_of(full: str) -> str:
    module, _dot, name = full.rpartition(".")
    node = modules()[module].defines[name]
    for decorator in getattr(node, "decorator_list", []):
        if isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Name) and decorator.func.id == "action":
            verb = decorator.args[0]
            return str(verb.value) if isinstance(verb, ast.Constant) else ""
    return ""


@cache
def in_the_workspace() -> dict[str, list[str]]:
    """The verbs of senders that the code of the workspace names, each with where it is done without showing it first."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, module in modules().items():
        if not name.startswith("floreo.workspace") or module.tree is None:
            continue
        parents = {child: node for node in ast.walk(module.tree) for child in ast.iter_child_nodes(node)}
        for called, node in named_in(name, module.tree):
            verb = senders().get(called)
            if verb is None:
                continue
            found[verb] += [] if is_shown(node, parents, module) else [f"{name}:{getattr(node, 'lineno', 0)}"]
    return found


def is_shown(node: ast.AST, parents: dict[ast.AST, ast.AST], module: Module) -> bool:
    """Whether it is inside a call of what shows first: itself, or a function here that is handed to such a call."""
    at: ast.AST | None = node
    while at is not None:
        if isinstance(at, ast.Call) and name_of(at.func) in SHOWS:
            return True
        if isinstance(at, ast.FunctionDef) and module.tree is not None and is_handed(at.name, module.tree):
            return True
        at = parents.get(at)
    return False


def is_handed(name: str, tree: ast.Module) -> bool:
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and name_of(call.func) in SHOWS:
            inside = [each for part in [*call.args, *call.keywords] for each in ast.walk(part)]
            if any(isinstance(each, ast.Name) and each.id == name for each in inside):
                return True
    return False


def name_of(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


@pytest.fixture(scope="module", autouse=True)
def trees_are_left_to_nobody() -> Iterator[None]:
    """The trees of all our code are large, and what comes after is looked over for garbage together with them."""
    yield
    for kept in (modules, senders, in_the_workspace):
        kept.cache_clear()


@pytest.mark.guards("nothing leaves that was not shown")
def test_every_act_that_sends_mail_is_shown_first_or_says_why_not() -> None:
    listed = BY_THE_WORKER.keys() | BY_STRANGERS.keys() | IN_THE_WORKSPACE_UNSEEN.keys()
    shown = in_the_workspace().keys()
    assert sorted(set(senders().values()) - listed - shown) == []
    assert sorted(listed - set(senders().values())) == []
    assert len(senders()) >= 100


def test_a_page_of_the_workspace_does_it_only_where_it_is_shown_first() -> None:
    loose = {
        verb: where
        for verb, where in in_the_workspace().items()
        if where and verb not in IN_THE_WORKSPACE_UNSEEN and verb not in BY_STRANGERS
    }
    assert loose == {}


def test_the_walk_sees_what_is_not_shown() -> None:
    """It would fail: a view that calls the act itself."""
    tree = ast.parse("def view(request):\n    acts.remind_now(found, by=person(request))\n")
    module = Module(tree=tree)
    call = next(each for each in ast.walk(tree) if isinstance(each, ast.Attribute) and each.attr == "remind_now")
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    assert not is_shown(call, parents, module)


@pytest.mark.long
def test_the_verbs_are_acts() -> None:
    verbs = set(every_action())
    tables = (BY_THE_WORKER, BY_STRANGERS, IN_THE_WORKSPACE_UNSEEN)
    assert sorted({verb for table in tables for verb in table} - verbs) == []
    assert all(reason for table in (*tables, outgoing.UNSEEN, WIPED) for reason in table.values())


@pytest.mark.django_db
def test_a_page_cannot_send_what_it_does_not_show() -> None:
    """Whatever the walk above misses, the outbox itself refuses."""

    @action("test.sent", needs=None)
    def send(*, by: object, kind: str) -> int:
        return post_all([letter(to="a@example.org", subject="S", text="T", kind=kind)])

    with outgoing.on_a_page(), pytest.raises(outgoing.Unseen):
        send(by=SYSTEM, kind="review.asked")
    assert OutboxMail.objects.count() == 0
    with outgoing.on_a_page():
        assert send(by=SYSTEM, kind="feeds.receipt") == 1
    with outgoing.on_a_page(), outgoing.within() as press:
        assert send(by=SYSTEM, kind="review.asked") == 1
    assert [mail.to for mail in press.leaving] == ["a@example.org"]
