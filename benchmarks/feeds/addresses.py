"""Prefix tables and addresses drawn from them, the same for the same seed. None of them is anybody's: they are drawn."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Words = npt.NDArray[np.uint64]
ALLOCATED_4 = (12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22)
ALLOCATED_4_SHARE = (0.01, 0.02, 0.04, 0.05, 0.12, 0.08, 0.12, 0.16, 0.2, 0.1, 0.1)
WITHIN_4 = (24, 24, 24, 24, 24, 23, 22, 22, 21, 25, 26, 27, 28, 29)
ALLOCATED_6, WITHIN_6 = (29, 32, 32, 32, 36), (36, 40, 44, 48, 48, 48, 48, 56, 64, 72)
BASE = 5000  # the smaller table is part of every larger one


@dataclass(frozen=True)
class Prefixes:
    """IPv4 as its 32 bits, IPv6 as two words; nested as real ones are: allocations, and what is within them."""

    start4: Words
    length4: Words
    high6: Words
    low6: Words
    length6: Words

    def texts(self) -> list[str]:
        four = pc.binary_join_element_wise(dotted(self.start4), pa.array(self.length4).cast(pa.string()), "/")
        six = [
            f"{ipaddress.IPv6Address(high << 64 | low)}/{length}"
            for high, low, length in zip(self.high6.tolist(), self.low6.tolist(), self.length6.tolist(), strict=True)
        ]
        return [*four.to_pylist(), *six]


def dotted(addresses: Words) -> pa.Array:
    """192.0.2.1 of its 32 bits, for many at once."""
    octets = [pa.array((addresses >> np.uint64(shift)) & np.uint64(255)).cast(pa.string()) for shift in (24, 16, 8, 0)]
    return pc.binary_join_element_wise(*octets, ".")


def kept(start: Words, length: Words, width: int) -> Words:
    """The bits of the network; the host's are 0. Of a word of `width` bits."""
    free = np.uint64(width) - np.minimum(length, np.uint64(width))
    return (start >> np.minimum(free, np.uint64(63))) << np.minimum(free, np.uint64(63))


def draw(wanted: int, seed: int) -> Prefixes:
    """About `wanted` different prefixes, a fifth of them IPv6."""
    lots = np.random.default_rng(seed)
    start4, length4 = _drawn_4(lots, wanted - wanted // 5)
    high6, low6, length6 = _drawn_6(lots, wanted // 5)
    return Prefixes(start4, length4, high6, low6, length6)


def _drawn_4(lots: np.random.Generator, wanted: int) -> tuple[Words, Words]:
    count = max(50, wanted // 7)
    length = lots.choice(ALLOCATED_4, count, p=ALLOCATED_4_SHARE).astype(np.uint64)
    start = kept(lots.integers(1 << 24, 224 << 24, count).astype(np.uint64), length, 32)
    found = np.unique(np.stack([start, length]), axis=1)
    while found.shape[1] < wanted:
        missing = wanted - found.shape[1]
        of = lots.integers(0, count, missing)
        inner = lots.choice(WITHIN_4, missing).astype(np.uint64)
        room = np.uint64(1) << (np.uint64(32) - length[of])
        within = kept(start[of] + (lots.random(missing) * room).astype(np.uint64), inner, 32)
        new = np.stack([within, inner])[:, inner > length[of]]
        found = np.unique(np.concatenate([found, new], axis=1), axis=1)
    return found[0], found[1]


def _drawn_6(lots: np.random.Generator, wanted: int) -> tuple[Words, Words, Words]:
    count = max(20, wanted // 4)
    length = lots.choice(ALLOCATED_6, count).astype(np.uint64)
    high = kept(
        np.uint64(0b001 << 61) | (lots.integers(0, 1 << 29, count).astype(np.uint64) << np.uint64(32)), length, 64
    )
    found = np.unique(np.stack([high, np.zeros_like(high), length]), axis=1)
    while found.shape[1] < wanted:
        missing = wanted - found.shape[1]
        of = lots.integers(0, count, missing)
        inner = lots.choice(WITHIN_6, missing).astype(np.uint64)
        room = 2.0 ** (64 - length[of].astype(float))
        within = kept(high[of] + (lots.random(missing) * room).astype(np.uint64), inner, 64)
        low = np.where(inner > 64, lots.integers(0, 256, missing), 0).astype(np.uint64) << np.uint64(56)
        new = np.stack([within, low, inner])[:, inner > length[of]]
        found = np.unique(np.concatenate([found, new], axis=1), axis=1)
    return found[0], found[1], found[2]


def table(data: Path, wanted: int) -> Path:
    """A file of `prefix<tab>organisation`, made once. Every larger table holds the one of 5,000."""
    path = data / f"prefixes-{wanted}.tsv"
    if not path.exists():
        data.mkdir(parents=True, exist_ok=True)
        texts = dict.fromkeys(draw(BASE, 1).texts())
        if wanted > BASE:
            texts |= dict.fromkeys(draw(wanted - BASE, wanted).texts())
        owners = np.random.default_rng(wanted).integers(0, max(200, BASE // 3), len(texts)).tolist()
        part = path.with_suffix(".part")
        part.write_text("".join(f"{text}\torganisation-{owner}\n" for text, owner in zip(texts, owners, strict=True)))
        part.rename(path)
    return path


def sampled(prefixes: Prefixes, count: int, lots: np.random.Generator) -> pa.Array:
    """Addresses as text, drawn so that some networks have many and most have few; 6 % IPv6, 5 % outside."""
    six = int(count * 0.06)
    texts = np.concatenate([_addresses_4(prefixes, count - six, lots), _addresses_6(prefixes, six, lots)])
    return pa.array(texts[lots.permutation(count)], pa.string())


def _addresses_4(prefixes: Prefixes, count: int, lots: np.random.Generator) -> npt.NDArray[np.object_]:
    size = 2.0 ** (32 - prefixes.length4.astype(float))
    weight = lots.permutation(1 / np.arange(1, len(size) + 1) ** 0.7) * size**0.35
    of = lots.choice(len(size), count, p=weight / weight.sum())
    address = prefixes.start4[of] + (lots.random(count) * size[of]).astype(np.uint64)
    outside = lots.random(count) < 0.05
    address[outside] = lots.integers(1 << 24, 224 << 24, int(outside.sum())).astype(np.uint64)
    made: npt.NDArray[np.object_] = dotted(address).to_numpy(zero_copy_only=False)
    return made


def _addresses_6(prefixes: Prefixes, count: int, lots: np.random.Generator) -> npt.NDArray[np.object_]:
    """Half with random hosts, half with small ones, a few outside."""
    of = lots.integers(0, len(prefixes.high6), count).tolist()
    bits, style = lots.integers(0, 1 << 62, count).tolist(), lots.random(count).tolist()
    made = np.empty(count, object)
    for number, (at, host, how) in enumerate(zip(of, bits, style, strict=True)):
        start = int(prefixes.high6[at]) << 64 | int(prefixes.low6[at])
        free = (1 << (128 - int(prefixes.length6[at]))) - 1
        spread = host * 0x9E3779B97F4A7C15F39CC0605CEDC834 & free
        value = start | (spread if how < 0.5 else host & 0xFFFF & free)
        made[number] = str(ipaddress.IPv6Address((0x2A << 120) | (host << 40) if how > 0.97 else value))
    return made
