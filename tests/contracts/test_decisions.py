"""Every decision is bound to what was shown: the action takes it, and each way to its form carries it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from html import unescape

from django.test import Client

from floreo.core.decisions import DECISIONS
from floreo.organisations.models import Country, User
from tests.contracts.test_actions import every_action

# Acts that decide about what somebody else made. What is called so and is none says why.
DECIDES = re.compile(
    r"\.(accepted|approved|circulated|closed|confirmed|discarded|edition_closed|frozen|published|refused|rejected|released"
    r"|returned|scheduled|signed|rows_accepted)$"
)
NO_DECISIONS = {
    "action.closed": "says how the work went: its page asks when and why",
    "draft_row.accepted": "bound to the version of the row, which the page replaces row by row",
    "draft_row.rejected": "same",
    "draft.rows_accepted": "takes every row that nobody has decided on, whatever it says",
    "publication.released": "the clock releases what a person scheduled",
    "notices.released": "sends what is due at that moment, which its page lists",
    "run.accepted": "of a day that cannot change; decided once",
    "run.refused": "same",
    "risk.closed": "a note of who watches the risk",
    "review.closed": "part of report.closed",
    "held.all_discarded": "nothing of it is ever read",
    "draft.discarded": "nothing of it is entered",
    "decision.discarded": "a decision of a meeting that is let go, with its reason",
    "mail.discarded": "a letter that could not be sent",
    "invitation.accepted": "by the invited person, with the link",
}


def test_every_action_that_decides_is_bound_to_what_was_shown() -> None:
    verbs = set(every_action())
    named = {verb for verb in verbs if DECIDES.search(verb)}
    assert sorted(named - set(DECISIONS) - set(NO_DECISIONS)) == []
    assert sorted(set(NO_DECISIONS) - verbs) == []
    assert sorted(set(NO_DECISIONS) & set(DECISIONS)) == []
    assert len(DECISIONS) >= 16


def test_each_takes_what_was_shown() -> None:
    actions = every_action()
    ours = {verb for verb in DECISIONS if verb in actions}
    assert [verb for verb in sorted(ours) if "shown" not in inspect.signature(actions[verb]).parameters] == []  # type: ignore[arg-type]


def pages_with_decisions(browser: Client) -> Iterator[tuple[str, str]]:
    """Each page that a person comes to from the menu in two steps, one of a kind, with its text."""
    seen, waiting, kinds = set[str](), ["/workspace/"], dict[str, int]()
    for depth in range(3):
        found: list[str] = []
        for address in waiting:
            response = browser.get(address)
            if response.status_code != 200 or "text/html" not in response["Content-Type"]:
                continue
            text = response.content.decode()
            yield address, text
            if depth == 2:
                continue
            for href in re.findall(r'href="(/workspace/[^"#?]*)(?:\?[^"]*)?"', unescape(text)):
                kind = re.sub(r"[0-9][^/]*|(?<=/)[a-z0-9-]{12,}", "#", href)
                if href not in seen and kinds.get(kind, 0) < 2:
                    seen.add(href)
                    kinds[kind] = kinds.get(kind, 0) + 1
                    found.append(href)
        waiting = found


def test_every_way_to_the_form_of_a_decision_carries_what_its_page_showed(
    isla_feeds: Country, secretariat: User, browser_of: Callable[[User], Client]
) -> None:
    browser, bound, forms = browser_of(secretariat), set[str](), dict[str, str]()
    links: dict[str, set[str]] = {}
    for address, text in pages_with_decisions(browser):
        if 'name="shown"' in text and "data-part=" in text:
            forms[address] = text
        for href, query in re.findall(r'href="(/workspace/[^"#?]*)(\?[^"]*)?"', unescape(text)):
            links.setdefault(href, set()).add(query)
            if "shown=" in query:
                bound.add(href)
    without = {href for href in forms if any("shown=" not in query for query in links.get(href, set()))}
    assert without == set()
    assert len(bound) >= 5
