"""Asking registries by RDAP about the networks of the register and what organisations claim, a few a day. Of a network an answer changes
nothing without a person; of a claim it is the proof, where it names the organisation, and a person approves it."""

from __future__ import annotations

import hashlib
import logging
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_address
from itertools import zip_longest

from django.conf import settings
from django.utils.http import parse_http_date_safe
from django.utils.translation import gettext_noop

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action
from floreo.core.errors import Refused
from floreo.core.outbound import Allow, Answered, NotAnswered, NotOpen, answer_of
from floreo.core.reachable import may_ask
from floreo.organisations.actions.proving import UNREADABLE, prove_by_registry, save_differences, unreadable_words
from floreo.organisations.actions.registries import servers_path
from floreo.organisations.held import WIDEST, Prefix, plain_prefix
from floreo.organisations.models import (
    Contact,
    DifferenceKind,
    Holding,
    HoldingKind,
    HoldingState,
    Network,
    Organisation,
    RegistryAnswer,
)
from floreo.organisations.queries import the_country
from floreo.organisations.registry import (
    LARGEST_ANSWER,
    Bootstrap,
    RdapAnswer,
    Unreadable,
    read_bootstrap,
    read_rdap,
)
from floreo.organisations.registry_differences import Difference, parts_of
from floreo.organisations.registry_names import has_name

log = logging.getLogger(__name__)
EVERY, AGAIN = timedelta(days=30), timedelta(days=1)  # after an answer, and after none
LONGEST = timedelta(days=30)  # that a server may have us wait
DAY = timedelta(hours=24)
PER_RUN = 5  # of an hour
PAUSE = 2.0  # seconds between two questions
SECONDS = 10.0  # that a server may be silent
MOST_PARTS = 64
MOST_NUMBERS = 1024  # system numbers that one holder has; the blocks of registries begin there
REGISTRY = "rdap"
_TYPE = "application/rdap+json"
_WAIT = frozenset({429, 503})
_OTHER = gettext_noop("The answer is about %(range)s, not about %(value)s.")
_TOO_WIDE = gettext_noop("The answer is about %(range)s, which is more than one holder has.")
Subject = Prefix | str | int  # a prefix, a domain, or the number of a system


class _NoAnswer(Exception):  # noqa: N818 -- says what it is
    """Why nothing was taken: a sentence as the program has it, which is translated for whoever reads it, and its words. `until` is when the
    server may be asked again; `is_silent`, that it is not asked again now."""

    def __init__(
        self,
        sentence: str,
        words: Mapping[str, object] | None = None,
        *,
        again: timedelta = AGAIN,
        until: datetime | None = None,
        is_silent: bool = False,
    ) -> None:
        super().__init__(sentence)
        self.sentence, self.words = sentence, dict(words or {})
        self.again, self.until, self.is_silent = again, until, is_silent


@dataclass(frozen=True)
class _Servers:
    """Whom to ask: the one server of the settings, else whom the lists name for these addresses or this domain."""

    one: str
    lists: Bootstrap

    @classmethod
    def known(cls) -> _Servers:
        lists = Bootstrap()
        for url in [] if settings.RDAP_SERVER else settings.RDAP_BOOTSTRAP:
            path = servers_path(url)
            if path.exists():
                lists = lists.joined(read_bootstrap(path.read_bytes()))
        return cls(settings.RDAP_SERVER, lists)

    def of(self, subject: Subject) -> str:
        return self.one or self.lists.server_for(subject)


def ask_registries(*, by: Actor, allow: Allow = may_ask) -> int:
    """The job, once an hour: at most PER_RUN prefixes and domains, and as many within a day as FLOREO_RDAP_A_DAY says, those first that were
    never asked about. How many were answered. The addresses of a sample country are invented: nobody asks."""
    country = the_country()
    if country is None or country.is_sample or not settings.RDAP_A_DAY:
        return 0
    now = clock.machine()
    asked = RegistryAnswer.objects.filter(tried_at__gt=now - DAY).count()
    left = min(PER_RUN, settings.RDAP_A_DAY - asked)
    answered = _ask_some(_due(now), left, now, allow, by) if left > 0 else 0
    compare_answers(by=by)
    return answered


def _due(now: datetime) -> list[RegistryAnswer]:
    """A row for each prefix of the networks, for the number of each that has none, and for each live claim, by turns: many of one
    kind keep none of the other from its turn. Those
    of what is there no more go."""
    networks, claims = Network.objects.order_by("asn"), Holding.objects.live().order_by("pk")
    new = [RegistryAnswer(network=network, about=about) for network in networks for about in wanted_of(network)]
    new += [RegistryAnswer(holding=holding, about=holding.value) for holding in claims]
    wanted = {_name(row): row for row in new}
    there = {_name(row): row for row in RegistryAnswer.objects.select_related("network", "holding")}
    RegistryAnswer.objects.filter(pk__in=[row.pk for name, row in there.items() if name not in wanted]).delete()
    rows = [there.get(name) or row for name, row in wanted.items()]
    due = [row for row in rows if row.ask_at is None or row.ask_at <= now]
    due.sort(key=lambda row: (row.tried_at is not None, row.tried_at or now))
    by_kind = [[row for row in due if (row.holding_id is None) == is_network] for is_network in (True, False)]
    return [row for pair in zip_longest(*by_kind) for row in pair if row is not None]


def _name(row: RegistryAnswer) -> tuple[int | None, int | None, str]:
    return row.network_id, row.holding_id, row.about


def wanted_of(network: Network) -> list[str]:
    """What registries are asked about it: each prefix, whose answer names the holder; where there is none, its number."""
    return list(network.prefixes) or [network.code]


def _subject(row: RegistryAnswer) -> Subject:
    """The prefix, the number of a system, or the domain."""
    if row.network is not None and row.about == row.network.code:
        return row.network.asn
    is_domain = row.holding is not None and row.holding.kind == HoldingKind.DOMAIN
    return row.about if is_domain else plain_prefix(row.about)


def _ask_some(due: Sequence[RegistryAnswer], left: int, now: datetime, allow: Allow, by: Actor) -> int:
    servers, answered, asked = _Servers.known(), 0, 0
    waiting = RegistryAnswer.objects.filter(wait_until__gt=now).values_list("server", flat=True)
    silent = set(waiting.distinct())
    for row in due:
        if asked == left:
            break
        server = servers.of(_subject(row))
        if server in silent or not (server and _reserve(row, server, now)):
            continue
        if asked:
            time.sleep(PAUSE)
        asked += 1
        try:
            given = _ask(row, server, allow)
            _take(row, given, now)
            _prove(row, given, by)
            answered += 1
        except _NoAnswer as none:
            _save_problem(row, none, now)
            if none.is_silent:
                silent.add(server)
    return answered


def _reserve(row: RegistryAnswer, server: str, now: datetime) -> bool:
    """Whether it is ours to ask: another worker may have been quicker."""
    if row.pk is None:
        name = {"network": row.network, "holding": row.holding, "about": row.about}
        row.pk = RegistryAnswer.objects.get_or_create(**name)[0].pk
    rows = RegistryAnswer.objects.filter(pk=row.pk, tried_at=row.tried_at)
    return bool(rows.update(tried_at=now, ask_at=now + AGAIN, server=server[:300]))


def _ask(row: RegistryAnswer, server: str, allow: Allow) -> Answered:
    """RFC 9082, section 3.1. Another registry may be the one that answers (RFC 7480, section 5.2)."""
    subject = _subject(row)
    if isinstance(subject, int):
        address = f"{server}/autnum/{subject}"
    else:
        address = f"{server}/{'domain' if isinstance(subject, str) else 'ip'}/{row.about}"
    try:
        return answer_of(address, most=LARGEST_ANSWER, accept=_TYPE, allow=allow, seconds=SECONDS)
    except NotOpen as error:
        sentence = gettext_noop("The server of the registry lies in a closed network, so it is not asked.")
        raise _NoAnswer(sentence, is_silent=True) from error
    except NotAnswered as error:
        raise _refused(error, row) from error
    except (OSError, ValueError) as error:
        sentence = gettext_noop(
            "No server gave a whole answer: it did not answer, broke off, or sent more than is taken."
        )
        raise _NoAnswer(sentence, is_silent=True) from error


def _refused(error: NotAnswered, row: RegistryAnswer) -> _NoAnswer:
    if error.status == 404:
        sentence = gettext_noop("The registry does not know %(value)s.")
        return _NoAnswer(sentence, {"value": row.about}, again=EVERY)
    if error.status in _WAIT:
        sentence = gettext_noop("The server of the registry asks us to wait, so it is asked later.")
        return _NoAnswer(sentence, until=_wait_until(error.retry_after), is_silent=True)
    sentence = gettext_noop("The server of the registry answered with status %(status)d.")
    return _NoAnswer(sentence, {"status": error.status})


def _wait_until(text: str) -> datetime:
    """Seconds or a moment (RFC 9110, section 10.2.3), within reason; a day where it says nothing that can be read."""
    now = clock.machine()
    if text.isascii() and text.isdecimal():
        return now + min(timedelta(seconds=min(int(text[:9]), 10**8)), LONGEST)
    seconds = parse_http_date_safe(text)
    if seconds is None:
        return now + AGAIN
    return min(max(datetime.fromtimestamp(seconds, tz=UTC), now), now + LONGEST)


def _save_problem(row: RegistryAnswer, none: _NoAnswer, now: datetime) -> None:
    """What was answered before stays."""
    again = max(now + none.again, none.until or now)
    facts = {"problem": none.sentence, "problem_words": none.words, "ask_at": again, "wait_until": none.until}
    RegistryAnswer.objects.filter(pk=row.pk).update(**facts)
    log.warning("no answer of the registry about %s: %s", row.about, none.sentence % none.words)


def _take(row: RegistryAnswer, given: Answered, now: datetime) -> None:
    """Only of a whole answer about these addresses, this number or this domain. Raises _NoAnswer."""
    try:
        answer = read_rdap(given.content)
    except Unreadable as problem:
        raise _NoAnswer(UNREADABLE[problem.wrong], unreadable_words(problem)) from problem
    subject = _subject(row)
    _must_be_about(answer, subject)
    _must_be_whole(answer, is_domain=isinstance(subject, str))
    RegistryAnswer.objects.filter(pk=row.pk).update(
        problem="",
        problem_words={},
        ask_at=now + EVERY,
        wait_until=None,
        answered_at=now,
        answered_by=given.url[:300],
        first=answer.first and str(answer.first),
        last=answer.last and str(answer.last),
        domain=answer.domain[:255],
        handle=answer.handle,
        country=answer.country,
        holder=answer.holder,
        names=list(answer.names),
        abuse=list(answer.abuse),
        sha256=hashlib.sha256(given.content).hexdigest(),
    )


def _must_be_about(answer: RdapAnswer, subject: Subject) -> None:
    words = {"range": answer.range_text, "value": f"AS{subject}" if isinstance(subject, int) else str(subject)}
    if isinstance(subject, int):
        if answer.numbers is None or not answer.numbers[0] <= subject <= answer.numbers[1]:
            raise _NoAnswer(_OTHER, words)
        if answer.numbers[1] - answer.numbers[0] >= MOST_NUMBERS:
            raise _NoAnswer(_TOO_WIDE, words, again=EVERY)
        return
    if isinstance(subject, str):
        if not answer.covers_domain(subject):
            raise _NoAnswer(_OTHER, words)
        return
    if answer.first is None or answer.last is None or answer.first.version != subject.version:
        raise _NoAnswer(_OTHER, words)
    if int(answer.last) < int(subject[0]) or int(subject[-1]) < int(answer.first):
        raise _NoAnswer(_OTHER, words)
    if int(answer.last) - int(answer.first) >= 1 << (subject.max_prefixlen - WIDEST[subject.version]):
        raise _NoAnswer(_TOO_WIDE, words, again=EVERY)


def _must_be_whole(answer: RdapAnswer, *, is_domain: bool) -> None:
    """Registries of domains leave out private holders (RFC 9537): asking the next day would not help."""
    if answer.is_partial:
        raise _NoAnswer(gettext_noop("The server says that its answer is not whole, so nothing of it was taken."))
    if not answer.holder:
        sentence = gettext_noop("The answer names no holder, so nothing of it was taken.")
        raise _NoAnswer(sentence, again=EVERY if is_domain else AGAIN)


def _prove(row: RegistryAnswer, given: Answered, by: Actor) -> None:
    """A claim that nothing proves yet. Where the answer names another, is of another country or does not cover it, the claim's page says so
    and a person decides (claims.py)."""
    if row.holding is None:
        return
    holding = Holding.objects.filter(pk=row.holding.pk, state=HoldingState.CLAIMED).first()
    if holding is not None:
        with suppress(Refused):
            prove_by_registry(holding, by=by, content=given.content, source=given.url)


# --- What the answers would change --------------------------------------------------------------------------------


@action("registry_answers.compared", needs=Permission.REGISTER_EDIT, quiet=True)
def compare_answers(*, by: Actor) -> int:
    """With the register as it is now. How many differences wait."""
    return save_differences(REGISTRY, dict(_found()))


def _found() -> Iterator[tuple[Difference, date]]:
    rows = RegistryAnswer.objects.exclude(answered_at=None).select_related("network__holder__merged_into")
    by_network: dict[Network, list[RegistryAnswer]] = defaultdict(list)
    for row in rows.order_by("network__asn", "about"):
        if row.network is not None and row.about in wanted_of(row.network):
            by_network[row.network].append(row)
    for network, answers in by_network.items():
        split = {row.pk: parts for row in answers if (parts := _parts(row))}
        yield from _splits(network, [row for row in answers if row.pk in split], split)
        yield from _holders(network, [row for row in answers if row.pk not in split])


def _parts(row: RegistryAnswer) -> tuple[str, ...]:
    if isinstance(_subject(row), int):
        return ()
    return parts_of(plain_prefix(row.about), ip_address(str(row.first)), ip_address(str(row.last)))


def _splits(
    network: Network, rows: Sequence[RegistryAnswer], parts: dict[int, tuple[str, ...]]
) -> Iterator[tuple[Difference, date]]:
    for row in rows:
        if len(parts[row.pk]) <= MOST_PARTS:
            found = Difference(DifferenceKind.SPLIT, row.about, network.asn, parts[row.pk], row.handle, row.about)
            yield found, _day(row)


def _holders(network: Network, rows: Sequence[RegistryAnswer]) -> Iterator[tuple[Difference, date]]:
    holder = network.holder.successor() if network.holder is not None else None
    same = [row for row in rows if holder is not None and has_name(holder, row.names)]
    others: dict[str, list[RegistryAnswer]] = defaultdict(list)
    for row in rows:
        if row not in same:
            others[row.holder].append(row)
    for name, named in others.items():
        prefixes = tuple(row.about for row in named if row.about in network.prefixes)
        key = f"AS{network.asn} {name}"[:100]
        found = Difference(DifferenceKind.HOLDER, key, network.asn, prefixes, named[0].handle, name)
        yield found, max(map(_day, named))
    if holder is not None:
        yield from _abuse(network, holder, same)


def _abuse(network: Network, holder: Organisation, rows: Sequence[RegistryAnswer]) -> Iterator[tuple[Difference, date]]:
    """Only of those that name the same holder as the register: another's address is not the holder's."""
    emails = Contact.objects.filter(organisation=holder).values_list("email", flat=True)
    known = {email.lower() for email in emails} | {holder.email.lower()}
    missing: dict[str, list[RegistryAnswer]] = defaultdict(list)
    for row in rows:
        for email in row.abuse:
            if email not in known:
                missing[email].append(row)
    for email, named in missing.items():
        prefixes = tuple(row.about for row in named if row.about in network.prefixes)
        key = f"AS{network.asn} {email}"[:100]
        found = Difference(DifferenceKind.ABUSE, key, network.asn, prefixes, named[0].handle, email[:254])
        yield found, max(map(_day, named))


def _day(row: RegistryAnswer) -> date:
    assert row.answered_at is not None  # only these are asked for
    return clock.day_of(row.answered_at)
