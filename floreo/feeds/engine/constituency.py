"""To whom an event is attributed: by the longest prefix, else the system number, else the domain. Never by country.

Made from plain rows of the register, kept in one file under its sha256, and mapped into memory by every task: a million
prefixes cost a task no more than five thousand."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from publicsuffixlist import PublicSuffixList

from floreo.feeds.engine.addresses import parse_addresses, text_of
from floreo.feeds.engine.events import Match
from floreo.feeds.engine.files import put_whole
from floreo.feeds.engine.prefixes import Prefix, PrefixTable, parse_prefix

Entries = npt.NDArray[np.int32]
KINDS = (Match.PREFIX, Match.ASN, Match.DOMAIN)  # in the order in which they are asked
NO_NETWORK = "no_network"  # neither prefix nor system number nor domain
TOP_LEVEL = "top_level"  # "com", "xx": no organisation here owns all below it

_VERSION = "constituency 1"
_SYSTEM = re.compile(r"(?:as)?([0-9]{1,10})\Z", re.I)
_LABELS = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\Z")
# Host of an address on the web. A backslash ends it as it does in browsers, what is before the last @ is no host.
_URL_HOST = r"^[A-Za-z][A-Za-z0-9+.-]*:[/\\][/\\](?:[^/?#\\]*@)?(?P<host>\[[^\]/?#\\]*\]|[^/?#\\:@]*)"
_suffixes = PublicSuffixList()


@dataclass(frozen=True)
class Owned:
    """A row of the register: this prefix, system number (`AS64496`) or domain is that organisation's."""

    organisation: str
    network: str
    service: str = ""
    is_verified: bool = False


@dataclass(frozen=True)
class Overlap:
    """Two organisations for one address. `is_same`: the very same network, and only the first gets the events. Otherwise
    a narrower one within a wider one, which is how networks are passed on."""

    network: str
    organisations: tuple[str, ...]  # who gets the events comes first
    is_same: bool
    within: str = ""


@dataclass(frozen=True)
class _Entry:
    match: Match
    order: tuple[Any, ...]
    text: str
    owned: Owned


@dataclass(frozen=True)
class Constituency:
    """`networks`, `organisation`, `service` have an entry a network: first the prefixes, then system numbers (ascending),
    then domains. `organisation` and `service` are places in the lists of names."""

    sha256: str
    prefixes: PrefixTable
    systems: npt.NDArray[np.uint32]
    domains: dict[str, int]  # -> entry
    networks: Any  # pa.StringArray
    organisation: Entries
    service: Entries
    organisations: tuple[str, ...]
    services: tuple[str, ...]
    n_prefixes: int
    wrong: tuple[tuple[Owned, str], ...] = ()  # rows that say nothing, and why; known only when made, not when loaded

    @property
    def first_domain(self) -> int:
        return self.n_prefixes + len(self.systems)

    def attribute(self, events: pa.Table) -> pa.Table:
        """The same events with organisation, network, reason and service filled in."""
        entry = self.entries(events)
        if not len(self.networks):
            return events
        is_found = entry >= 0
        encoded = pa.array(entry, mask=~is_found).dictionary_encode()
        met = encoded.dictionary.to_numpy(zero_copy_only=False)  # the few entries that occur
        kind = np.where(met < self.n_prefixes, 0, np.where(met < self.first_domain, 1, 2)).astype(np.int32)
        service = self.service[met]
        columns = {
            "organisation": _words(encoded, self.organisation[met], self.organisations),
            "network": pa.DictionaryArray.from_arrays(
                encoded.indices, self.networks.take(encoded.dictionary), safe=False
            ),
            "reason": _words(encoded, kind, KINDS),
            "service": _words(encoded, np.where(service > 0, service, -1), self.services),  # 0 is "no service"
        }
        for name, column in columns.items():
            events = events.set_column(events.column_names.index(name), name, column)
        return events

    def entries(self, events: pa.Table) -> Entries:
        """Which entry each event falls under; -1 for none."""
        hi, lo = (events[c].combine_chunks().to_numpy(zero_copy_only=False) for c in ("ip_hi", "ip_lo"))
        entry = self.prefixes.lookup(hi, lo)
        entry[(hi | lo) == 0] = -1  # no address
        if len(self.systems):
            self._by_system(events["source.asn"], entry)
        rest = np.flatnonzero(entry < 0)
        if len(rest) and (self.domains or self.n_prefixes):
            for column, is_url in (("source.fqdn", False), ("source.url", True)):
                self._by_host(events[column], entry, rest[entry[rest] < 0], (hi | lo) == 0, is_url=is_url)
        return entry

    def _by_system(self, column: Any, entry: Entries) -> None:
        rows = np.flatnonzero(entry < 0)
        numbers = pc.fill_null(column.combine_chunks(), 0).to_numpy(zero_copy_only=False)[rows]
        place = np.minimum(np.searchsorted(self.systems, numbers), len(self.systems) - 1)
        is_ours = self.systems[place] == numbers
        entry[rows[is_ours]] = place[is_ours] + self.n_prefixes

    def _by_host(self, column: Any, entry: Entries, rows: Any, bare: Any, *, is_url: bool) -> None:
        """Each distinct name once. An address in the place of a name counts where the event has no other."""
        if not len(rows) or column.null_count == len(column):
            return
        encoded = column.combine_chunks().take(pa.array(rows)).dictionary_encode()
        texts = encoded.dictionary
        if is_url:
            texts = pc.struct_field(pc.extract_regex(texts, _URL_HOST), "host")
        hosts = texts.to_pylist()
        found = np.array([*(self.of_host(h) if h else -1 for h in hosts), -1], np.int32)
        places = pc.fill_null(encoded.indices, len(hosts)).to_numpy(zero_copy_only=False)
        entry[rows] = found[places]
        if is_url and self.n_prefixes:
            addresses = parse_addresses(pa.array([h.strip("[]") if h else None for h in hosts], pa.string()))
            by_prefix = np.append(np.where(addresses.ok, self.prefixes.lookup(addresses.hi, addresses.lo), -1), -1)
            held = bare[rows] & (by_prefix[places] >= 0)
            entry[rows[held]] = by_prefix[places][held]

    def of_host(self, name: str) -> int:
        """The entry of the nearest domain at or above a name; -1 for none. What is only public (`com`) is never reached:
        it can be in the register as itself alone."""
        host = domain_of(name)
        while host and "." in host:
            entry = self.domains.get(host)
            if entry is not None:
                return entry
            host = host.partition(".")[2]
        return -1

    def save(self, path: Path) -> None:
        """One row of lists: so it is read by being mapped, without a copy."""
        table = self.prefixes
        lists: dict[str, Any] = {
            **{name: pa.array(getattr(table, name)) for name in _TABLE},
            "systems": pa.array(self.systems),
            "networks": self.networks,
            "organisation": pa.array(self.organisation),
            "service": pa.array(self.service),
            "organisations": pa.array(self.organisations, pa.string()),
            "services": pa.array(self.services, pa.string()),
        }
        arrays = [pa.ListArray.from_arrays(pa.array([0, len(v)], pa.int32()), v) for v in lists.values()]
        meta = {"version": _VERSION, "sha256": self.sha256, "n_prefixes": str(self.n_prefixes)}
        batch = pa.record_batch(arrays, names=list(lists)).replace_schema_metadata(meta)

        def write(part: Path) -> None:
            with pa.ipc.new_file(str(part), batch.schema) as out:
                out.write_batch(batch)

        put_whole(path, write)


_TABLE = ("v4", "v4_holder", "hi", "lo", "holder")


def load(path: Path | str) -> Constituency:
    with pa.memory_map(str(path)) as mapped:
        batch = pa.ipc.open_file(mapped).get_batch(0)
    meta = {k.decode(): v.decode() for k, v in (batch.schema.metadata or {}).items()}
    if meta.get("version") != _VERSION:
        raise ValueError(f"{path} is no constituency of this version")
    flat = {name: batch.column(name).values for name in batch.schema.names}
    as_numpy = {n: flat[n].to_numpy(zero_copy_only=False) for n in (*_TABLE, "systems", "organisation", "service")}
    n_prefixes = int(meta["n_prefixes"])
    first_domain = n_prefixes + len(flat["systems"])
    domains = flat["networks"].slice(first_domain).to_pylist()
    return Constituency(
        sha256=meta["sha256"],
        prefixes=PrefixTable(**{n: as_numpy[n] for n in _TABLE}),
        systems=as_numpy["systems"],
        domains={name: first_domain + i for i, name in enumerate(domains)},
        networks=flat["networks"],
        organisation=as_numpy["organisation"],
        service=as_numpy["service"],
        organisations=tuple(flat["organisations"].to_pylist()),
        services=tuple(flat["services"].to_pylist()),
        n_prefixes=n_prefixes,
    )


_loaded: dict[str, Constituency] = {}


def loaded(path: str) -> Constituency:
    """Mapped once a process: its file is never written again, its name is its content."""
    if path not in _loaded:
        _loaded.clear()
        _loaded[path] = load(path)
    return _loaded[path]


def build(rows: Iterable[Owned]) -> Constituency:
    """The constituency of these rows, in whatever order they come. Where several organisations have the same network, the
    one whose row is verified gets it, else the one whose code comes first."""
    listed = sorted(set(rows), key=_precedence)
    sha256 = sha256_of(listed)
    entries, wrong = _read(listed)
    of_kind = {kind: [e for e in entries if e.match == kind] for kind in KINDS}
    prefixes: list[Prefix] = [e.order for e in of_kind[Match.PREFIX]]
    once = {kind: _first_of_each(of_kind[kind]) for kind in (Match.ASN, Match.DOMAIN)}
    ordered = [*of_kind[Match.PREFIX], *once[Match.ASN], *once[Match.DOMAIN]]
    organisations = tuple(sorted({e.owned.organisation for e in ordered}))
    services = ("", *sorted({e.owned.service for e in ordered} - {""}))
    org_place = {name: i for i, name in enumerate(organisations)}
    service_place = {name: i for i, name in enumerate(services)}
    first_domain = len(prefixes) + len(once[Match.ASN])
    return Constituency(
        sha256=sha256,
        prefixes=PrefixTable.of(prefixes),
        systems=np.array([e.order[0] for e in once[Match.ASN]], np.uint32),
        domains={e.text: first_domain + i for i, e in enumerate(once[Match.DOMAIN])},
        networks=pa.array([e.text for e in ordered], pa.string()),
        organisation=np.array([org_place[e.owned.organisation] for e in ordered], np.int32),
        service=np.array([service_place[e.owned.service] for e in ordered], np.int32),
        organisations=organisations,
        services=services,
        n_prefixes=len(prefixes),
        wrong=tuple(wrong),
    )


def kept(rows: Iterable[Owned], folder: Path) -> Path:
    """The file of these rows in `folder`, made if it is not there yet."""
    listed = list(rows)
    path = folder / f"constituency-{sha256_of(listed)[:32]}.arrow"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        build(listed).save(path)
    return path


def sha256_of(rows: Iterable[Owned]) -> str:
    given = hashlib.sha256(_VERSION.encode())
    for row in sorted(set(rows), key=_precedence):
        line = (row.organisation, row.network, row.service, str(row.is_verified))
        given.update(("\x1f".join(line) + "\x1e").encode())
    return given.hexdigest()


def overlaps(rows: Iterable[Owned]) -> list[Overlap]:
    """Networks that two organisations have, and narrower ones of another organisation within a wider one."""
    entries, _ = _read(sorted(set(rows), key=_precedence))
    holders: dict[tuple[Match, str], list[str]] = defaultdict(list)
    for entry in entries:
        names = holders[entry.match, entry.text]
        if entry.owned.organisation not in names:
            names.append(entry.owned.organisation)
    same = [Overlap(text, tuple(names), is_same=True) for (_, text), names in holders.items() if len(names) > 1]
    return [*same, *_nested(entries, holders)]


def _nested(entries: Sequence[_Entry], holders: dict[tuple[Match, str], list[str]]) -> list[Overlap]:
    prefixes = sorted({(e.order, e.text) for e in entries if e.match == Match.PREFIX})
    found: list[Overlap] = []
    around: list[tuple[int, str]] = []  # end and text of the prefixes that hold the next
    for (first, length), text in prefixes:
        while around and around[-1][0] <= first:
            around.pop()
        if around:
            inner, outer = holders[Match.PREFIX, text][0], holders[Match.PREFIX, around[-1][1]][0]
            if inner != outer:
                found.append(Overlap(text, (inner, outer), is_same=False, within=around[-1][1]))
        around.append((first + (1 << (128 - length)), text))
    return found


def domain_of(text: str) -> str:
    """A host name as it is compared: lower case, ASCII, no dot at its end; "" where it is none."""
    name = text.strip().rstrip(".").removeprefix("*.")
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError:
            return ""
    name = name.lower()
    is_address = name.replace(".", "").isdigit()
    return name if len(name) <= 253 and not is_address and _LABELS.match(name) else ""


def _precedence(row: Owned) -> tuple[str, bool, str, str]:
    return row.network, not row.is_verified, row.organisation, row.service


def _read(rows: Sequence[Owned]) -> tuple[list[_Entry], list[tuple[Owned, str]]]:
    entries: list[_Entry] = []
    wrong: list[tuple[Owned, str]] = []
    for row in rows:
        prefix, system = parse_prefix(row.network), _SYSTEM.match(row.network.strip())
        if prefix:
            entries.append(_Entry(Match.PREFIX, prefix, _prefix_text(prefix), row))
        elif system and 0 < int(system[1]) < 1 << 32:
            entries.append(_Entry(Match.ASN, (int(system[1]),), f"AS{int(system[1])}", row))
        elif (domain := domain_of(row.network)) and "." in domain:
            entries.append(_Entry(Match.DOMAIN, (domain,), domain, row))
        else:
            wrong.append((row, TOP_LEVEL if domain_of(row.network) and not system else NO_NETWORK))
    # The sort of the caller was by text; equal networks may be written in two ways.
    entries.sort(key=lambda e: (e.match, e.order, not e.owned.is_verified, e.owned.organisation, e.owned.service))
    return entries, wrong


def _prefix_text(prefix: Prefix) -> str:
    first, length = prefix
    address = text_of(first >> 64, first & (1 << 64) - 1)
    return f"{address}/{length if ':' in address else length - 96}"


def _first_of_each(entries: Sequence[_Entry]) -> list[_Entry]:
    once: dict[tuple[Any, ...], _Entry] = {}
    for entry in entries:
        once.setdefault(entry.order, entry)
    return list(once.values())


def _words(encoded: Any, of_entry: Entries, names: Sequence[str]) -> pa.DictionaryArray:
    """A column of words, given by the entry of each row; only words that occur are in its dictionary. -1 is none."""
    distinct, place = np.unique(of_entry, return_inverse=True)
    listed = [str(names[i]) for i in distinct.tolist() if i >= 0]
    shift = len(distinct) - len(listed)  # 1 where -1, which sorts first, is among them
    of_row = np.append(place.astype(np.int32) - shift, np.int32(-1))
    codes = of_row[pc.fill_null(encoded.indices, len(of_row) - 1).to_numpy(zero_copy_only=False)]
    indices = pa.array(codes, pa.int32(), mask=codes < 0)
    return pa.DictionaryArray.from_arrays(indices, pa.array(listed, pa.string()), safe=False)
