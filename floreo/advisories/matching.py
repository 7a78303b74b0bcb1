"""Whether an advisory names the product that runs somewhere, and in that version. Plain Python.

Names are compared in plain words: case, accents and punctuation do not count. A version is compared where both can be read; where not,
the verdict is "not known". That a version is not affected is never concluded here: only an advisory says so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from floreo.advisories.logic import Product

Words = tuple[str, ...]


class Verdict(StrEnum):
    """What an advisory says of a product that it names, the most urgent first."""

    AFFECTED = "affected"
    NOT_KNOWN = "not_known"  # it cannot be decided whether the version is among those that are affected
    INVESTIGATED = "investigated"
    FIXED = "fixed"
    NOT_AFFECTED = "not_affected"  # the advisory says so of that version
    OTHER_VERSION = "other_version"  # the versions that it names as affected are others


OPEN = (Verdict.AFFECTED, Verdict.NOT_KNOWN)  # whoever runs the product has something to check or to do
CONCERNED = (*OPEN, Verdict.INVESTIGATED)  # the advisory is of use to them


@dataclass(frozen=True)
class Running:
    """What runs somewhere. Manufacturer and version may be empty: not known."""

    vendor: str
    product: str
    version: str = ""


# --- Names --------------------------------------------------------------------------------------------------------

# What a name of a company ends with and what does not distinguish it from another.
_FORMS = frozenset(
    [
        "ab",
        "ag",
        "as",
        "bv",
        "co",
        "company",
        "corp",
        "corporation",
        "foundation",
        "gmbh",
        "inc",
        "incorporated",
        "international",
        "kg",
        "limited",
        "llc",
        "ltd",
        "nv",
        "oy",
        "plc",
        "project",
        "pty",
        "sa",
        "sas",
        "se",
        "software",
        "spa",
        "srl",
        "systems",
        "technologies",
        "technology",
    ]
)
_ALTERNATIVES = re.compile(r"\s+(?:and|y|or|o)\s+|[,;/&]", re.I)
_BRACKETS = re.compile(r"\(([^()]*)\)")
_MANY = frozenset({("multiple", "products"), ("various", "products"), ("all", "products")})
_FEWEST = 3  # letters or digits of a part of a name that represents a product by itself


@lru_cache(maxsize=20_000)
def words_of(text: str) -> Words:
    """The words of a name, without case, accents and punctuation: "Pelícano Gate-Way" is ("pelicano", "gate", "way")."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return tuple(re.findall(r"[^\W_]+", bare.casefold()))


@lru_cache(maxsize=5_000)
def _vendor_words(vendor: str) -> Words:
    words = words_of(vendor)
    while len(words) > 1 and words[-1] in _FORMS:
        words = words[:-1]
    return words


def same_vendor(one: str, other: str) -> bool:
    """Whether two names mean the same manufacturer: "Cisco" and "Cisco Systems, Inc.", "Red Hat" and "RedHat"."""
    a, b = _vendor_words(one), _vendor_words(other)
    if not a or not b:
        return False
    shorter, longer = sorted((a, b), key=len)
    return longer[: len(shorter)] == shorter or "".join(a) == "".join(b)


@lru_cache(maxsize=20_000)
def _names(vendor: str, product: str) -> tuple[Words, ...]:
    """The names under which a line names products: the whole, what is in brackets, and each of several that it joins. Without the
    manufacturer in front; none where it names many products without saying which."""
    whole = _without_vendor(words_of(product), vendor)
    if not whole or whole in _MANY:
        return ()
    texts = [_BRACKETS.sub(" ", product), *_BRACKETS.findall(product)]
    parts = [part for text in texts for part in (text, *_ALTERNATIVES.split(text))]
    found = [_without_vendor(words_of(part), vendor) for part in parts]
    return tuple(dict.fromkeys([whole, *(each for each in found if len("".join(each)) >= _FEWEST)]))


def _without_vendor(words: Words, vendor: str) -> Words:
    for front in (words_of(vendor), _vendor_words(vendor)):
        if front and len(words) > len(front) and words[: len(front)] == front:
            return words[len(front) :]
    return words


_MARKS = frozenset(("r", "rel", "release", "sp", "service", "pack", "update", "v", "ver", "version"))


def _is_version(words: Words) -> bool:
    """Whether what is left of a longer name distinguishes versions, and not products: "2019" or "v. 7.6", not "XR"."""
    numbered = [any(c.isdigit() for c in word) for word in words]
    return any(numbered) and all(has or word in _MARKS for has, word in zip(numbered, words, strict=True))


@dataclass(frozen=True)
class _Same:
    """Two names of one product: `left` is the version that is in the name of the advisory, `own` that in the other one. `is_part`: the
    line names it together with something else."""

    left: Words = ()
    own: Words = ()
    is_part: bool = False


def _same_name(running: Words, named: Words) -> _Same | None:
    if "".join(running) == "".join(named):
        return _Same()
    if named[: len(running)] == running and _is_version(named[len(running) :]):
        return _Same(left=named[len(running) :])
    if running[: len(named)] == named and _is_version(running[len(named) :]):
        return _Same(own=running[len(named) :])
    return None


def _match(running: Running, product: Product) -> _Same | None:
    """How that line names what runs; None where it names something else."""
    own = _without_vendor(words_of(running.product), running.vendor)
    if not own or own in _MANY:
        return None
    if product.vendor == product.product and words_of(product.vendor):
        return _in_whole_name(running, own, product.product)
    if running.vendor:
        if not same_vendor(running.vendor, product.vendor):
            return None
    else:
        own = _without_vendor(own, product.vendor)
    candidates = (_same_name(own, name) for name in _names(product.vendor, product.product))
    return next((each for each in candidates if each is not None), None)


_TOGETHER = re.compile(r"\s+(?:as a (?:\w+ )?component of|installed on|installed with|running on)\s+", re.I)


def _in_whole_name(running: Running, own: Words, name: str) -> _Same | None:
    """Of a line that gives only a name: manufacturer, product and version follow each other, or the manufacturer is not there at all.
    "A as a component of B" names both."""
    parts = _TOGETHER.split(name)
    fronts = dict.fromkeys((words_of(running.vendor), _vendor_words(running.vendor), ()))
    for part in dict.fromkeys((name, *parts)):
        whole = words_of(part)
        for front in fronts:
            found = _same_name((*front, *own), whole)
            if found is not None:
                return replace(found, is_part=len(parts) > 1)
    return None


# --- Versions -----------------------------------------------------------------------------------------------------

_NUMBERS = re.compile(r"(?:version|ver\.?|release|v\.?|r)?\s*(\d{1,18}(?:\.\d{1,18}){0,19})(.*)", re.I | re.S)


@dataclass(frozen=True)
class _Version:
    numbers: tuple[int, ...]
    rest: str  # what follows the numbers: "-rc1", " SP1", "(4)M3"


def _version(text: str) -> _Version | None:
    found = _NUMBERS.fullmatch(text.strip())
    if found is None:
        return None
    numbers = [int(part) for part in found[1].split(".")]
    return _Version(tuple(numbers), re.sub(r"\s+", "", found[2]).casefold())


def _is_year(number: int) -> bool:
    return 1980 <= number <= 2099


def compared(own: str, named: str) -> int | None:
    """-1, 0 or 1 as the version that runs is before, the same as, or after the named one. None where that cannot be decided: no numbers, one
    of them counted in years, characters that decide, or a version that is recorded less exactly than the named one ("4" and "4.2")."""
    a, b = _version(own), _version(named)
    if a is None or b is None or not a.numbers or not b.numbers:
        return 0 if words_of(own) and words_of(own) == words_of(named) else None
    if _is_year(a.numbers[0]) != _is_year(b.numbers[0]):
        return None
    common = min(len(a.numbers), len(b.numbers))
    for one, other in zip(a.numbers[:common], b.numbers[:common], strict=True):
        if one != other:
            return -1 if one < other else 1
    if a.rest or b.rest:
        return 0 if (a.numbers, a.rest) == (b.numbers, b.rest) else None
    if not any(b.numbers[common:]):
        return 1 if any(a.numbers[common:]) else 0
    return None


def _is_part_of(own: str, named: str) -> bool:
    """Whether the version that runs says more than the named one and begins with it: "4.2.1" and "4.2"."""
    a, b = _version(own), _version(named)
    if a is None or b is None:
        return False
    return (len(a.numbers) > len(b.numbers) or bool(a.rest)) and not b.rest and a.numbers[: len(b.numbers)] == b.numbers


_SIGN = re.compile(r"(<=|>=|==|!=|<|>|=|≤|≥)\s*([^<>=!≤≥,|]+)")
_PLAIN = {"≤": "<=", "≥": ">=", "==": "="}
# One version and nothing else: numbers, what hangs on them, and the words that makers put behind ("2016 SP1", "12.4 Update 2").
_ONE = re.compile(
    r"(?:version|ver\.?|release|v\.?|r)?\s*\d[\w.+~:()-]*"
    r"(?:\s+\(?(?:sp|cu|r|rc|p|patch|update|build|rev|service pack|hotfix|beta|alpha)\.?\s*\d[\w.]*\)?)*",
    re.I,
)
_SPAN = re.compile(r"\d-v?\d")  # "1.0-1.9": a range, or a version with a revision
_V = r"(?:version\s+|versions\s+|v\.?\s*)?(\S*\d\S*)"
_END = r"(?:\s+(?:and|or)\s+|\s*[,/]?\s*)(?:all\s+)?"
# In words, from the longest form to the shortest; each gives pairs of a sign and the number of its group.
_PHRASES: tuple[tuple[re.Pattern[str], tuple[tuple[str, int], ...]], ...] = tuple(
    (re.compile(pattern, re.I), signs)
    for pattern, signs in (
        (rf"(?:from\s+|between\s+)?{_V}\s+(?:before|prior to|up to but not including)\s+{_V}", ((">=", 1), ("<", 2))),
        (
            rf"(?:from\s+|between\s+)?{_V}\s+(?:to|through|thru|until|and|up to(?: and including)?|–|-)\s+{_V}",
            ((">=", 1), ("<=", 2)),
        ),
        (
            rf"(?:all\s+|any\s+)?(?:versions?\s+)?(?:before|prior to|earlier than|older than|lower than|below)\s+{_V}",
            (("<", 1),),
        ),
        (rf"(?:all\s+|any\s+)?(?:versions?\s+)?(?:up to(?: and including)?|through|until)\s+{_V}", (("<=", 1),)),
        (rf"(?:all\s+)?(?:versions?\s+)?(?:later than|newer than|higher than|above)\s+{_V}", ((">", 1),)),
        (rf"(?:all\s+)?(?:versions?\s+)?(?:from|since|starting with)\s+{_V}(?:\s+(?:on|onwards))?", ((">=", 1),)),
        (rf"{_V}{_END}(?:earlier|prior|older|lower|below|before)(?:\s+versions?)?", (("<=", 1),)),
        (rf"{_V}{_END}(?:later|newer|higher|above|after|onwards)(?:\s+versions?)?", ((">=", 1),)),
    )
)
_ALL = re.compile(r"(?:vers:[a-z0-9.+-]+/)?\*|vers:all/\*|all|any|all versions|any version", re.I)
_BRANCH = re.compile(r"(?:version\s+|v)?(\d+(?:\.\d+)*)\.[x*]", re.I)


def contains(versions: str, own: str) -> bool | None:
    """Whether a version is among `versions` as an advisory states them: one version, a range with signs (">= 4.0, < 4.2"), vers:, or the
    usual words ("4.1 and earlier"). None where that cannot be decided. No versions are all versions."""
    text = " ".join(versions.split())
    if not text or _ALL.fullmatch(text):
        return True
    if not own.strip():
        return None
    if text[:5].lower() == "vers:":
        return _in_vers(text.partition("/")[2], own)
    return _any(_in_one(part, own) for part in re.split(r"\|+|;", text) if part.strip())


def _any(answers: Iterable[bool | None]) -> bool | None:
    known = list(answers)
    if any(known):
        return True
    return None if not known or None in known else False


def _all_of(answers: Iterable[bool | None]) -> bool | None:
    known = list(answers)
    if False in known:
        return False
    return None if not known or None in known else True


def _holds(own: str, sign: str, named: str) -> bool | None:
    """Whether the version that runs has this relation to the named one. Where one of the two says more than the other, an end that belongs to the
    range is not clear: "4.2.1" may or may not be meant by "up to 4.2"."""
    sign, named = _PLAIN.get(sign, sign), named.strip()
    if not _ONE.fullmatch(named) or (_SPAN.search(named) and words_of(named) != words_of(own)):
        return None
    order = compared(own, named)
    if sign in {"=", "!="}:
        if order == 0:
            return sign == "="
        return None if order is None or _is_part_of(own, named) else sign == "!="
    if order is None or (sign in {"<=", ">"} and _is_part_of(own, named)) or (sign == ">" and _is_part_of(named, own)):
        return None
    return {"<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0}[sign]


def _in_one(text: str, own: str) -> bool | None:
    """One part of what an advisory states: joined signs, words, a branch ("4.x"), or one version."""
    part = text.strip()
    if _ALL.fullmatch(part):
        return True
    if _SIGN.search(part):
        return _any(_in_signs(each, own) for each in re.split(r"\bor\b", part, flags=re.I))
    for pattern, parts in _PHRASES:
        if found := pattern.fullmatch(part):
            return _all_of(_holds(own, sign, found[group]) for sign, group in parts)
    if "," in part:
        return _any(_in_one(each, own) for each in part.split(",") if each.strip())
    return _is_version_of(part, own)


def _is_version_of(part: str, own: str) -> bool | None:
    if branch := _BRANCH.fullmatch(part):
        return _in_branch(branch[1], own)
    if words_of(part) == words_of(own):
        return True
    *branches, exact = part.split()
    if branches and all(
        each[0].isdigit() for each in (*branches, exact)
    ):  # "12.2SE 12.2(55)SE": the branch, then the version
        return None if words_of(own) in {words_of(each) for each in branches} else _holds(own, "=", exact)
    return _holds(own, "=", part)


def _in_signs(text: str, own: str) -> bool | None:
    """What holds together: ">= 4.0, < 4.2", also with "and" between."""
    signs = _SIGN.findall(text)
    if re.search(r"\w", re.sub(r"\band\b", "", _SIGN.sub(" ", text), flags=re.I)):
        return None
    return _all_of(_holds(own, sign, re.sub(r"\s+and$", "", named.strip(" &"), flags=re.I)) for sign, named in signs)


def _in_branch(branch: str, own: str) -> bool | None:
    mine, theirs = _version(own), _version(branch)
    if mine is None or theirs is None:
        return None
    if mine.numbers[: len(theirs.numbers)] == theirs.numbers:
        return True
    return False if len(mine.numbers) >= len(theirs.numbers) else None


def _in_vers(text: str, own: str) -> bool | None:
    """A range as vers: writes it: constraints in the order of versions, of which each pair of a lower and an upper bound is an interval."""
    found = _constraints(text)
    if found is None:
        return None
    excluded = [named for sign, named in found if sign == "!="]
    if any(_holds(own, "=", named) for named in excluded):
        return False
    intervals = _intervals(each for each in found if each[0] != "!=")
    if not intervals:  # all but those
        return _all_of(_holds(own, sign, named) for sign, named in found)
    inside = _any(_all_of(_holds(own, sign, named) for sign, named in each) for each in intervals)
    unsure = any(_holds(own, "!=", named) is None for named in excluded)
    return None if inside and unsure else inside


def _constraints(text: str) -> list[tuple[str, str]] | None:
    """Sign and version of each; None where one is neither."""
    parts = [re.match(r"\s*(<=|>=|!=|<|>|=)?\s*(.+?)\s*$", part) for part in text.split("|")]
    found = [(each[1] or "=", each[2]) for each in parts if each is not None]
    return found if len(found) == len(parts) else None


def _intervals(constraints: Iterable[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    """A lower bound with the upper one that follows it; every other constraint by itself."""
    found: list[list[tuple[str, str]]] = []
    for sign, named in constraints:
        if sign in {"<", "<="} and found and len(found[-1]) == 1 and found[-1][0][0] in {">", ">="}:
            found[-1].append((sign, named))
        else:
            found.append([(sign, named)])
    return found


# --- The verdict --------------------------------------------------------------------------------------------------

_STATED = {
    "known_affected": Verdict.AFFECTED,
    "under_investigation": Verdict.INVESTIGATED,
    "fixed": Verdict.FIXED,
    "known_not_affected": Verdict.NOT_AFFECTED,
}
_ORDER = (Verdict.AFFECTED, Verdict.INVESTIGATED, Verdict.FIXED, Verdict.NOT_AFFECTED)  # which of two statements counts
_BAD = ("known_affected", "under_investigation")


@dataclass(frozen=True)
class _ProductLine:
    """A line of an advisory that names what runs: what it states, and whether it means the version that runs."""

    product: Product
    means: bool | None
    is_exact: bool  # it names versions


def is_named(running: Running, product: Product) -> bool:
    """Whether a line names what runs somewhere, in whatever version."""
    return _match(running, product) is not None


def verdict(running: Running, products: Iterable[Product]) -> Verdict | None:
    """What the lines of an advisory say of what runs somewhere; None where no line names it. The order of the lines does not count. What a
    line says of a version goes before what another says of all. Without a manufacturer nothing is known for sure."""
    lines = [_line(running, each, same) for each in products if (same := _match(running, each)) is not None]
    if not lines:
        return None
    found = _judged(lines)
    return found if running.vendor.strip() or found is Verdict.OTHER_VERSION else Verdict.NOT_KNOWN


def _line(running: Running, product: Product, same: _Same) -> _ProductLine:
    own = running.version.strip() or " ".join(same.own)
    means = contains(product.versions, own)
    if same.is_part:  # what else is in it, and in which version, is not recorded
        means = None
    elif same.left:  # "Exchange Server 2016" of the advisory, "Exchange Server" of the asset
        left = tuple(word for word in same.left if word not in _MARKS)
        begins = words_of(own)[: len(left)] == left
        means = means if begins and (not product.versions or means is not False) else None
    return _ProductLine(product, means, bool(product.versions or same.left))


def _judged(lines: Sequence[_ProductLine]) -> Verdict:
    bad = [each for each in lines if each.product.status in _BAD]
    unsure = any(each.means is None for each in bad)
    for is_exact in (True, False):
        stated = {_STATED.get(each.product.status) for each in lines if each.means and each.is_exact is is_exact}
        for one in _ORDER:
            if one in stated:
                is_doubtful = unsure and not is_exact and one is not Verdict.AFFECTED
                return Verdict.NOT_KNOWN if is_doubtful else one
    # Where nothing is named as affected, what is not among the fixed versions may be.
    return Verdict.NOT_KNOWN if unsure or not bad else Verdict.OTHER_VERSION
