"""Who sees which evidence: the Traffic Light Protocol as one table of truth, asked of every exit."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from floreo.core.access import ROLES, SYSTEM
from floreo.core.audit import key
from floreo.core.errors import Missing
from floreo.core.policy import Tlp
from floreo.core.search import find
from floreo.evidence.access import get_evidence_for
from floreo.evidence.actions import attach
from floreo.evidence.models import Evidence
from floreo.evidence.queries import evidence_of, evidence_shown
from floreo.evidence.tables import ATTACHMENTS, EVIDENCE
from floreo.organisations.models import Organisation, User
from floreo.strategy.models import Action
from tests.evidence.making import make_file

MARKS = ("CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED")
ALL, READ, NONE = set(MARKS), {"CLEAR", "GREEN"}, set[str]()
AMBER = READ | {"AMBER"}
# Role -> (markings seen of another body's evidence, of its own body's). What is public and CLEAR everybody sees.
TRUTH = {
    "administrator": (AMBER, ALL),
    "secretariat": (ALL, ALL),
    "analyst": (AMBER, ALL),
    "lead": (READ, ALL),
    "coordinator": (READ, ALL),
    "auditor": (AMBER, AMBER),
    "responder": (NONE, NONE),
    "operator": (NONE, ALL),
    "drafter": (NONE, NONE),
    "observer": (NONE, NONE),
    None: (NONE, NONE),  # a visitor
}


@pytest.fixture
def vault(csirt: Organisation, police: Organisation, act: Action) -> dict[tuple[str, bool, bool], Evidence]:
    """One file for each body, marking and publicity: (marking, public, of the csirt) -> evidence on one action."""
    made = {}
    for mark, is_public, is_csirt in product(MARKS, (False, True), (False, True)):
        if is_public and mark != "CLEAR":
            continue  # the database itself refuses it
        title = f"Piece {mark} {'public' if is_public else 'internal'} {'csirt' if is_csirt else 'police'}"
        body = csirt if is_csirt else police
        piece = make_file(title, organisation=body, tlp=mark, is_public=is_public)
        attach(piece, by=SYSTEM, thing=act)
        made[mark, is_public, is_csirt] = piece
    return made


def viewer_of(role: str | None, body: Organisation, user_with: Any) -> tuple[User | None, Client]:
    client = Client()
    if role is None:
        return None, client
    user = user_with(role, organisation=body, email=f"{role}-of-{body.code}@example.org")
    client.force_login(user)
    return user, client


@dataclass(frozen=True)
class Sight:
    """A vault, and the two bodies and the action that it is about."""

    vault: dict[tuple[str, bool, bool], Evidence]
    bodies: dict[bool, Organisation]  # of the csirt, else of the police
    act: Action
    user_with: Any

    def eyes(self, role: str | None, *, of_csirt: bool) -> tuple[User | None, Client]:
        return viewer_of(role, self.bodies[of_csirt], self.user_with)


@pytest.fixture
def sight(vault: Any, csirt: Organisation, police: Organisation, act: Action, user_with: Any) -> Sight:
    return Sight(vault, {True: csirt, False: police}, act, user_with)


def expected(vault: dict[tuple[str, bool, bool], Evidence], role: str | None, *, of_csirt: bool) -> set[str]:
    """Codes that this role may see, as somebody of the csirt or of the police."""
    other, own = TRUTH[role]
    return {
        piece.code
        for (mark, is_public, is_csirt), piece in vault.items()
        if is_public or mark in (own if is_csirt == of_csirt else other)
    }


def test_the_table_of_truth_names_every_role() -> None:
    assert set(TRUTH) == {*ROLES, None}
    assert set(MARKS) == set(Tlp.values)


@pytest.mark.guards("the marking of evidence holds at every exit")
@pytest.mark.first_cases(3)
@pytest.mark.parametrize("role", TRUTH)
def test_every_exit_shows_exactly_what_the_marking_allows(role: str | None, sight: Sight) -> None:
    """All in one, since a vault takes longer to fill than to look into."""
    for of_csirt in (False, True) if role else (False,):
        user, client = sight.eyes(role, of_csirt=of_csirt)
        seen = expected(sight.vault, role, of_csirt=of_csirt)
        _every_door_shows(seen, user, client, sight)
        _pages_files_and_search_tell_nothing_more(seen, role, client, sight)


def _every_door_shows(seen: set[str], user: User | None, client: Client, sight: Sight) -> None:
    act, every = sight.act, {piece.code: piece for piece in sight.vault.values()}
    assert {e.code for e in EVIDENCE.ordered(user)} == seen
    assert {a.evidence.code for a in evidence_of([key(act)], user).get(key(act), [])} == seen
    assert {p.evidence.code for p in evidence_shown([act], user)[key(act)].pieces} == seen
    files = {code for code in every if client.get(f"/evidence/{code}/file/").status_code == 200}
    assert files == seen
    got = set()
    for code in every:
        try:
            got.add(get_evidence_for(user, code).code)
        except Missing:
            continue
    assert got == seen


def _pages_files_and_search_tell_nothing_more(seen: set[str], role: str | None, client: Client, sight: Sight) -> None:
    vault, act = sight.vault, sight.act
    hidden = [piece.title for piece in vault.values() if piece.code not in seen]
    pages = [
        "/workspace/evidence/",
        "/workspace/evidence/?format=csv",
        "/workspace/evidence/?q=Piece",
        "/workspace/search/?q=Piece",
        act.workspace_url(),
        act.get_absolute_url(),
        "/data/evidence.csv",
        "/api/v1/evidence/",
        "/search/?q=Piece",
        f"/workspace/evidence/to/{key(act)}/",
    ]
    for page in pages:
        response = client.get(page)
        text = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
        assert [title for title in hidden if title.encode() in text] == [], page
    for piece in vault.values():
        status = client.get(piece.workspace_url()).status_code
        may_read = role in {"administrator", "secretariat", "analyst", "lead", "coordinator", "auditor"}
        if role is None:
            assert status == 302
        elif not may_read:
            assert status == 403
        else:
            assert status == (200 if piece.code in seen else 404)


def test_what_may_be_seen_is_found_by_its_text(vault: Any, lead: User, browser_of: Any) -> None:
    text = browser_of(lead).get("/workspace/search/?q=Piece").content.decode()
    for piece in vault.values():
        assert (piece.title in text) == (piece.code in expected(vault, "lead", of_csirt=True)), piece.title
    assert {e.title for e in find("Piece", public_only=True)} == {
        "Piece CLEAR public csirt",
        "Piece CLEAR public police",
    }


def test_strangers_get_no_attachments_table(vault: Any, stranger: Client, lead: User) -> None:
    assert stranger.get("/data/attachments.csv").status_code == 404
    assert {
        a.evidence.tlp for a in ATTACHMENTS.ordered(lead) if a.evidence.organisation_id not in lead_bodies(lead)
    } == READ


def lead_bodies(user: User) -> set[int | None]:
    return {organisation for _role, organisation in user.grants()}


def test_what_was_merged_is_seen_by_its_heir(csirt: Organisation, police: Organisation, lead: User) -> None:
    piece = make_file("Case file", organisation=police, tlp="RED")
    with pytest.raises(Missing):
        get_evidence_for(lead, piece.code)
    police.merged_into = csirt
    police.save()
    assert get_evidence_for(lead, piece.code).owner_ids() == {csirt.pk}


def test_public_evidence_that_is_not_clear_is_refused_by_the_database_itself(today: None) -> None:
    piece = make_file("Case file", tlp="AMBER")
    with pytest.raises(IntegrityError), transaction.atomic():
        Evidence.objects.filter(pk=piece.pk).update(is_public=True)
