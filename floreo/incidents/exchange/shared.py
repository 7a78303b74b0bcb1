"""A case or an advisory as it is shared with machines: plain data, and what of it an audience may have.

TLP 2.0 (FIRST, 2022) says to whom a thing may go; PAP what a receiver may do with it. What goes to a machine is looked up, compared
and blocked by it, so PAP decides too. Imports no Django."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

TLP = ("CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED")  # from what anybody may have; as core.policy.Tlp
PAP = ("CLEAR", "GREEN", "AMBER", "RED")  # as models.Pap


class Audience(StrEnum):
    """Who gets it, from the widest to the narrowest."""

    PUBLIC = "public"
    COMMUNITY = "community"  # teams and organisations that work with us, as a group
    CLIENTS = "clients"  # one organisation, which may pass it to its clients
    ORGANISATION = "organisation"  # one organisation alone


# The last marking that each may have. RED stays with named persons: it never goes to a machine.
WIDEST_TLP: Mapping[Audience, str] = {
    Audience.PUBLIC: "CLEAR",
    Audience.COMMUNITY: "GREEN",
    Audience.CLIENTS: "AMBER",
    Audience.ORGANISATION: "AMBER+STRICT",
}
# PAP:GREEN allows what can be seen, such as blocking; AMBER only to compare with what one has; RED nothing that can be detected,
# which no machine of others can guarantee.
WIDEST_PAP: Mapping[Audience, str] = {
    Audience.PUBLIC: "CLEAR",
    Audience.COMMUNITY: "GREEN",
    Audience.CLIENTS: "AMBER",
    Audience.ORGANISATION: "AMBER",
}


class WhyNot(StrEnum):
    """Why something does not leave."""

    EXERCISE = "exercise"
    TLP = "tlp"
    PAP = "pap"
    NOT_OF_THE_ATTACK = "not_of_the_attack"


@dataclass(frozen=True)
class SharedObservable:
    """`kind`: models.ObservableKind; `value` refanged. `is_malicious`: part of the attack, and not what was attacked."""

    kind: str
    value: str
    role: str = ""
    tlp: str = "AMBER"
    pap: str = "AMBER"
    is_malicious: bool = True
    seen_at: datetime | None = None


@dataclass(frozen=True)
class Shared:
    """`reference` names it for ever at its origin, "" where that may not be said. Times are aware. `source`: name of who shares it."""

    reference: str
    title: str
    summary: str = ""
    rsit: str = ""  # "fraud/phishing"
    tlp: str = "AMBER"
    pap: str = "AMBER"
    created_at: datetime | None = None
    modified_at: datetime | None = None
    occurred_at: datetime | None = None
    observables: tuple[SharedObservable, ...] = ()
    source: str = ""
    is_exercise: bool = False


@dataclass(frozen=True)
class LeftOut:
    """What stays: the thing itself (`kind` "case") or one observable, and why."""

    kind: str
    value: str
    reason: WhyNot


@dataclass(frozen=True)
class Leaving:
    """What goes to the audience, None where nothing does; and what stays. `is_bare`: only observables go, without title or text."""

    shared: Shared | None
    left_out: tuple[LeftOut, ...] = ()
    is_bare: bool = False


@dataclass(frozen=True)
class Problem:
    """One item of a document that was not taken, or not as it says: its name there, a code (`presenters`), and words of it."""

    item: str
    code: str
    words: str = ""


@dataclass(frozen=True)
class Read:
    """A document that came in, before anything is written: what it holds, and what of it is not taken."""

    shared: Shared
    problems: tuple[Problem, ...] = ()


class Unfit(Exception):  # noqa: N818 -- reads as what it is
    """A document that is none: `code` says why."""

    def __init__(self, code: str, words: str = "") -> None:
        super().__init__(code)
        self.code, self.words = code, words


LARGEST = 20 * 1024 * 1024  # bytes of a document that comes in
MOST_ITEMS = 10_000


def may_have(audience: Audience, tlp: str, pap: str) -> WhyNot | None:
    """None where a thing of these markings may go to the audience. A marking that is not known goes to nobody."""
    if tlp not in TLP or TLP.index(tlp) > TLP.index(WIDEST_TLP[audience]):
        return WhyNot.TLP
    if pap not in PAP or PAP.index(pap) > PAP.index(WIDEST_PAP[audience]):
        return WhyNot.PAP
    return None


def what_may_leave(shared: Shared, audience: Audience) -> Leaving:
    """Each observable goes by its own markings. Title, text, class and reference go by those of the case: where they stay, the
    observables that may go leave without them, and of its times the day of the first alone. Of an exercise nothing does. Addresses of who was attacked never go to the public or
    to a community."""
    if shared.is_exercise:
        return Leaving(None, (LeftOut("case", shared.reference, WhyNot.EXERCISE),))
    left: list[LeftOut] = []
    why = may_have(audience, shared.tlp, shared.pap)
    if why is not None:
        left.append(LeftOut("case", shared.reference, why))
    kept: list[SharedObservable] = []
    for each in shared.observables:
        reason = may_have(audience, each.tlp, each.pap)
        if reason is None and not each.is_malicious and audience in {Audience.PUBLIC, Audience.COMMUNITY}:
            reason = WhyNot.NOT_OF_THE_ATTACK
        if reason is None:
            kept.append(each if why is None else replace(each, role=""))
        else:
            left.append(LeftOut(each.kind, each.value, reason))
    if why is None:
        return Leaving(replace(shared, observables=tuple(kept)), tuple(left))
    if not kept:
        return Leaving(None, tuple(left))
    bare = Shared(
        "",
        "",
        tlp=narrowest(TLP, (each.tlp for each in kept)),
        pap=narrowest(PAP, (each.pap for each in kept)),
        created_at=shared.created_at.replace(hour=0, minute=0, second=0, microsecond=0) if shared.created_at else None,
        observables=tuple(kept),
        source=shared.source,
    )
    return Leaving(bare, tuple(left), is_bare=True)


def narrowest(order: tuple[str, ...], markings: Iterable[str]) -> str:
    """The strictest of the markings, the first of the order where there are none."""
    return max(markings, key=order.index, default=order[0])


def may_block(observable: SharedObservable) -> bool:
    """Whether a receiver's machines may act on it where others can see that."""
    return observable.is_malicious and observable.pap in {"CLEAR", "GREEN"}
