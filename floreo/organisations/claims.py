"""What is open about claims to addresses and domains: who else claims them, what the registries say, and what proves nothing yet."""

from __future__ import annotations

import gzip
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.wording import day_text
from floreo.organisations.held import Prefix, plain_prefix, within
from floreo.organisations.models import Holding, HoldingKind, HoldingState, Network, RegistryAnswer, RegistryFile
from floreo.organisations.queries import successors, the_country
from floreo.organisations.registry import Block, blocks_for, covering_range, read_blocks
from floreo.organisations.registry_names import has_name


class Code(StrEnum):
    """What can be open about a claim."""

    SAME = "same"  # another organisation claims or holds the very same
    INSIDE = "inside"  # it lies in what another claims or holds
    AROUND = "around"  # what another claims or holds lies in it
    OTHER_COUNTRY = "other_country"
    WIDER = "wider"  # than what any registry gave to one holder
    NOT_IN_REGISTRY = "not_in_registry"
    NOT_ANNOUNCED = "not_announced"
    NOT_PROVED = "not_proved"
    OTHER_HOLDER = "other_holder"  # than the organisation, by what the registry answered


@dataclass(frozen=True)
class Problem:
    code: Code
    sentence: str
    other: int | None = None  # pk of the other claim


@dataclass(frozen=True)
class _ClaimedPrefix:
    holding: Holding
    prefix: Prefix | None
    body: int  # who acts for its organisation today


# --- What the registries say --------------------------------------------------------------------------------------


def registry_folder() -> Path:
    return Path(settings.DATA) / "registries"


def registry_path(registry: str) -> Path:
    """Where the newest delegated file of that registry lies, packed."""
    return registry_folder() / f"{registry}.gz"


def _stored_blocks() -> Iterator[Block]:
    for registry in RegistryFile.objects.order_by("registry").values_list("registry", flat=True):
        path = registry_path(registry)
        if path.exists():
            with gzip.open(path, "rt", encoding="utf-8", errors="replace") as lines:
                yield from read_blocks(lines)


def put_registry(*holdings: Holding) -> None:
    """Writes onto each what the delegated files that were read say of it. Saves nothing."""
    newest = RegistryFile.objects.order_by("-on").values_list("on", flat=True).first()
    prefixes = [plain_prefix(h.value) if h.kind == HoldingKind.PREFIX else None for h in holdings]
    wanted = {prefix for prefix in prefixes if prefix is not None}
    found = blocks_for(wanted, _stored_blocks()) if newest and wanted else {}
    for holding, prefix in zip(holdings, prefixes, strict=True):
        holding.registry_country, holding.registry_range, holding.registry_on = "", "", None
        if prefix is not None and newest is not None:
            holding.registry_on = newest
            holding.registry_range, holding.registry_country = _in_registry(prefix, found.get(prefix, []))


def _in_registry(prefix: Prefix, rows: list[Block]) -> tuple[str, str]:
    """The range that holds it, and the country of that range where there is one."""
    around = covering_range(prefix, rows)
    countries = {block.country for block in rows} if around is None else around[2]
    country = next(iter(countries)) if len(countries) == 1 else ""
    if around is not None:
        return f"{around[0]} - {around[1]}", country
    return (_PARTS, country) if rows else ("", "")


_PARTS = "parts"  # of it were given out, but not all of it to one holder


# --- Problems -----------------------------------------------------------------------------------------------------


def problems_of(holdings: Iterable[Holding]) -> dict[int, list[Problem]]:
    """For each of them, by its key, what a person should look at before it is approved. Nine queries, however many."""
    wanted = list(holdings)
    body = successors()

    def row(holding: Holding) -> _ClaimedPrefix:
        prefix = plain_prefix(holding.value) if holding.kind == HoldingKind.PREFIX else None
        return _ClaimedPrefix(holding, prefix, body.get(holding.organisation_id, holding.organisation_id))

    live = Holding.objects.live().select_related("organisation")
    if len(wanted) < 3:  # of a few claims only those that can touch them are read
        live = live.filter(kind__in={h.kind for h in wanted})
    others = [row(each) for each in live]
    domains: dict[str, list[_ClaimedPrefix]] = defaultdict(list)
    for each in others:
        if each.prefix is None:
            domains[each.holding.value].append(each)
    networks = _announced()
    country = the_country()
    own_country = country.code if country else ""
    answered = _answered(wanted, own_country)
    return {
        holding.pk: [
            *_proof_problems(holding),
            *_shared(row(holding), others, domains),
            *_registry_problems(holding, own_country),
            *answered.get(holding.pk, ()),
            *_announcement_problems(holding, networks),
        ]
        for holding in wanted
    }


def _announced() -> list[Prefix]:
    return [plain_prefix(text) for prefixes in Network.objects.values_list("prefixes", flat=True) for text in prefixes]


def _proof_problems(holding: Holding) -> Iterator[Problem]:
    if holding.verified_on is None:
        yield Problem(Code.NOT_PROVED, _("Nothing proves that it is theirs."))


def _shared(
    row: _ClaimedPrefix, others: Iterable[_ClaimedPrefix], domains: dict[str, list[_ClaimedPrefix]]
) -> Iterator[Problem]:
    if row.prefix is None:
        yield from _shared_domain(row, domains)
        return
    for other in others:
        if other.prefix is None or other.body == row.body or other.holding.pk == row.holding.pk:
            continue
        if other.prefix == row.prefix:
            yield _same(other)
        elif within(row.prefix, other.prefix):
            yield _inside(other)
        elif within(other.prefix, row.prefix):
            yield _around(other)


def _shared_domain(row: _ClaimedPrefix, domains: dict[str, list[_ClaimedPrefix]]) -> Iterator[Problem]:
    name = row.holding.value
    for other in domains.get(name, ()):
        if other.body != row.body and other.holding.pk != row.holding.pk:
            yield _same(other)
    above = name.partition(".")[2]
    while "." in above:
        for other in domains.get(above, ()):
            if other.body != row.body:
                yield _inside(other)
        above = above.partition(".")[2]
    for below, rows in domains.items():
        if below.endswith(f".{name}"):
            yield from (_around(other) for other in rows if other.body != row.body)


def _words(other: _ClaimedPrefix) -> dict[str, str]:
    return {"value": other.holding.value, "name": other.holding.organisation.label}


def _same(other: _ClaimedPrefix) -> Problem:
    if other.holding.state == HoldingState.APPROVED:
        return Problem(Code.SAME, _("It is approved for %(name)s.") % _words(other), other.holding.pk)
    return Problem(Code.SAME, _("%(name)s claims it too.") % _words(other), other.holding.pk)


def _inside(other: _ClaimedPrefix) -> Problem:
    if other.holding.state == HoldingState.APPROVED:
        return Problem(Code.INSIDE, _("It lies in %(value)s of %(name)s.") % _words(other), other.holding.pk)
    return Problem(Code.INSIDE, _("It lies in %(value)s, which %(name)s claims.") % _words(other), other.holding.pk)


def _around(other: _ClaimedPrefix) -> Problem:
    if other.holding.state == HoldingState.APPROVED:
        return Problem(Code.AROUND, _("%(value)s of %(name)s lies in it.") % _words(other), other.holding.pk)
    return Problem(Code.AROUND, _("%(value)s, which %(name)s claims, lies in it.") % _words(other), other.holding.pk)


def _registry_problems(holding: Holding, own_country: str) -> Iterator[Problem]:
    if holding.registry_on is None:
        return
    words = {"country": holding.registry_country, "range": holding.registry_range}
    if not holding.registry_range:
        yield Problem(Code.NOT_IN_REGISTRY, _("No file of a registry that was read here names these addresses."))
    elif holding.registry_range == _PARTS:
        yield Problem(Code.WIDER, _("It is wider than anything that a registry gave to one holder."))
    if holding.registry_country and holding.registry_country != own_country:
        yield Problem(Code.OTHER_COUNTRY, _("The registry gave these addresses to a holder in %(country)s.") % words)


def _answered(wanted: Iterable[Holding], own_country: str) -> dict[int, list[Problem]]:
    """By what the registry last answered about them (actions/rdap.py)."""
    rows = RegistryAnswer.objects.filter(holding__in=[h.pk for h in wanted]).exclude(answered_at=None)
    needed = rows.select_related("holding__organisation__merged_into")
    found = list(needed.prefetch_related("holding__organisation__former_names", "holding__proofs"))
    return {
        row.holding.pk: list(_answer_problems(row.holding, row, own_country))
        for row in found
        if row.holding is not None
    }


def _answer_problems(holding: Holding, row: RegistryAnswer, own_country: str) -> Iterator[Problem]:
    assert row.answered_at is not None  # only these are asked for
    words = {"range": row.range_text, "names": ", ".join(row.names), "day": day_text(clock.day_of(row.answered_at))}
    agreed = {name for proof in holding.proofs.all() for name in proof.names}
    bodies = {holding.organisation, holding.organisation.successor()}
    if not agreed.intersection(row.names) and not any(has_name(body, row.names) for body in bodies):
        sentence = _("The registry lists %(range)s for %(names)s (answer of %(day)s).")
        yield Problem(Code.OTHER_HOLDER, sentence % words)
    if row.country and row.country != own_country:
        sentence = _("The registry gave these addresses to a holder in %(country)s.")
        yield Problem(Code.OTHER_COUNTRY, sentence % {"country": row.country})
    if holding.kind == HoldingKind.PREFIX and not _is_within(plain_prefix(holding.value), row):
        sentence = _("It is wider than what the registry lists: %(range)s (answer of %(day)s).")
        yield Problem(Code.WIDER, sentence % words)


def _is_within(prefix: Prefix, row: RegistryAnswer) -> bool:
    first, last = ip_address(str(row.first)), ip_address(str(row.last))
    return int(first) <= int(prefix[0]) and int(prefix[-1]) <= int(last)


def _announcement_problems(holding: Holding, networks: Iterable[Prefix]) -> Iterator[Problem]:
    if holding.kind != HoldingKind.PREFIX:
        return
    prefix = plain_prefix(holding.value)
    if not any(within(prefix, network) for network in networks):
        yield Problem(Code.NOT_ANNOUNCED, _("No network of the register announces it."))
