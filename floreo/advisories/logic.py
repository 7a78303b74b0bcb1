"""What a CVE, a product line and a choice of a subscriber mean. Plain Python."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

CVE = re.compile(r"CVE-[0-9]{4}-[0-9]{4,19}")
MOST_CVES, MOST_PRODUCTS, MOST_VECTORS, MOST_REFERENCES = 200, 500, 400, 50
LONGEST_PART = 200  # characters of a vendor, a product or a version


class BadLineError(ValueError):
    """A line that was typed means nothing: `line` is its text."""

    def __init__(self, line: str) -> None:
        super().__init__(line)
        self.line = line[:120]


def lines_of(text: str) -> list[str]:
    """The lines that hold something, each without spaces around it."""
    return [line for each in text.splitlines() if (line := " ".join(each.split()))]


def cves_in(text: str) -> list[str]:
    """Every CVE of a field in which they are typed, one a line or between commas, each once and in its order. Raises
    BadLineError at what is none."""
    found: dict[str, None] = {}
    for word in re.split(r"[\s,;]+", text.strip()):
        name = word.upper()
        if not word:
            continue
        if not CVE.fullmatch(name):
            raise BadLineError(word)
        found[name] = None
    return list(found)


@dataclass(frozen=True)
class Product:
    """One product of an advisory. `versions` is one version, or a range that begins with <, <=, >, >= or vers: ; `status`
    is one of CSAF's product states."""

    vendor: str
    product: str
    versions: str = ""
    status: str = "known_affected"

    @property
    def name(self) -> str:
        """Vendor, product and versions as one text; the vendor once where the product begins with it."""
        parts = [
            self.product if self.product.startswith(self.vendor) else f"{self.vendor} {self.product}",
            self.versions,
        ]
        return " ".join(filter(None, parts))

    @property
    def is_range(self) -> bool:
        """Whether `versions` says more than one version."""
        return bool(
            re.search(
                r"^vers:|[<>=*,|]|\b(?:to|through|before|earlier|later|prior|after|all|and|or)\b|\bx\b",
                self.versions,
                re.I,
            )
        )

    def plain(self) -> dict[str, str]:
        return asdict(self)


def products_of(rows: Iterable[Mapping[str, Any]]) -> list[Product]:
    """The products that a record holds as plain data."""
    fields = ("vendor", "product", "versions", "status")
    return [Product(**{name: str(row[name]) for name in fields if name in row}) for row in rows]


def product_in(line: str, statuses: Mapping[str, str]) -> Product:
    """The product of a line "vendor | product | versions | status". `statuses` gives the state for each word that may be
    typed, in small letters; without one the product is affected. Raises BadLineError."""
    parts = [part.strip() for part in line.split("|")]
    if not 2 <= len(parts) <= 4 or not all(parts[:2]) or any(len(part) > LONGEST_PART for part in parts):
        raise BadLineError(line)
    word = parts[3].lower() if len(parts) == 4 else ""
    status = statuses.get(word, "") if word else "known_affected"
    if not status:
        raise BadLineError(line)
    return Product(parts[0], parts[1], parts[2] if len(parts) > 2 else "", status)


def vector_in(line: str) -> dict[str, str]:
    """The vector of a line "CVE-2026-1234 CVSS:3.1/...", or of a vector alone. The vector itself is not judged here."""
    first, _space, rest = line.partition(" ")
    if CVE.fullmatch(first.upper()):
        if not rest.strip():
            raise BadLineError(line)
        return {"cve": first.upper(), "vector": rest.strip()}
    if rest:
        raise BadLineError(line)
    return {"cve": "", "vector": first}


def wants(
    *,
    sectors: Collection[str],
    products: Collection[str],
    advisory_sectors: Collection[str],
    advisory_products: Collection[Product],
) -> bool:
    """Whether a subscriber who chose `sectors` and `products` (names or parts of names) receives an advisory. Who chose
    nothing receives all; an advisory without sectors concerns every sector."""
    if not sectors and not products:
        return True
    if sectors and (not advisory_sectors or set(sectors) & set(advisory_sectors)):
        return True
    named = [f"{p.vendor} {p.product}".casefold() for p in advisory_products]
    return any(wanted.casefold() in name for wanted in products for name in named)
