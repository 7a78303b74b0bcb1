"""CSAF 2.0 (OASIS, 18 November 2022): a document from an advisory, what is wrong with a document, and what one says. The only
module that knows the format and the library `csaf`, which judges it by the schema and the mandatory tests."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from floreo.advisories.cvss_scores import BadVectorError, Score, score_of
from floreo.advisories.logic import CVE, Product

LARGEST = 5 * 1024 * 1024  # bytes of a document that is read; OASIS names 15 MB as the most that programs must take
TLP_1 = "WHITE"  # what CSAF 2.0 calls TLP:CLEAR: it is older than TLP 2.0
_AFFECTED = ("known_affected", "under_investigation")
_WITHDRAWN_NOTE = "Reason for Withdrawal"  # the title that CSAF 2.1 gives it
Json = dict[str, Any]


@dataclass(frozen=True)
class Publisher:
    """Who publishes: its name, the address under which it is found, and how to reach it."""

    name: str
    namespace: str
    contact: str = ""

    def plain(self) -> Json:
        found = {"category": "coordinator", "name": self.name, "namespace": self.namespace}
        return found | ({"contact_details": self.contact} if self.contact else {})


@dataclass(frozen=True)
class Revision:
    """One version: its number, its moment, and what changed."""

    number: int
    at: datetime
    what: str


@dataclass(frozen=True)
class Content:
    """What a document says. `page` and `address` are where the advisory and this document are; `vectors` are pairs of a CVE
    ("" for all) and a vector; `exploited` are the CVEs that the KEV catalogue names."""

    code: str
    title: str
    summary: str
    language: str
    severity: str
    page: str
    address: str
    revisions: Sequence[Revision]
    text: str = ""
    advice: str = ""
    cves: Sequence[str] = ()
    vectors: Sequence[tuple[str, str]] = ()
    products: Sequence[Product] = ()
    references: Sequence[str] = ()
    exploited: frozenset[str] = frozenset()
    withdrawn: str = ""  # the reason, when it is


def filename_of(code: str) -> str:
    """The name of the file (CSAF 2.0, section 5.1): the tracking id in small letters, all else an underline."""
    return re.sub(r"[^+\-a-z0-9]+", "_", code.lower()) + ".json"


def moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


# --- Writing ------------------------------------------------------------------------------------------------------


def document_of(content: Content, publisher: Publisher) -> Json:
    """The document. A security advisory where it names a CVE and a product; else only the base profile fits. Of what was
    withdrawn, neither title nor text is repeated."""
    if content.withdrawn:
        return {"document": _head(content, publisher, "csaf_base", f"{content.code}: withdrawn")}
    is_whole = bool(content.cves and content.products)
    head = _head(content, publisher, "csaf_security_advisory" if is_whole else "csaf_base", content.title)
    if not is_whole and not content.products and not content.cves:
        return {"document": head}
    found: Json = {"document": head}
    ids = {product: f"CSAFPID-{number:04d}" for number, product in enumerate(content.products, 1)}
    if ids:
        found["product_tree"] = {"branches": _branches(ids)}
    if content.cves:
        found["vulnerabilities"] = [_vulnerability(content, cve, ids) for cve in content.cves]
    return found


def _head(content: Content, publisher: Publisher, category: str, title: str) -> Json:
    last = content.revisions[-1]
    head: Json = {
        "category": category,
        "csaf_version": "2.0",
        "distribution": {
            "text": "TLP:CLEAR (TLP 2.0), which CSAF 2.0 calls WHITE.",
            "tlp": {"label": TLP_1, "url": "https://www.first.org/tlp/"},
        },
        "lang": content.language,
        "notes": _notes(content),
        "publisher": publisher.plain(),
        "references": _references(content),
        "title": title,
        "tracking": {
            "current_release_date": moment(last.at),
            "generator": {"engine": {"name": "Floreo"}},
            "id": content.code,
            "initial_release_date": moment(content.revisions[0].at),
            "revision_history": [
                {"date": moment(each.at), "number": str(each.number), "summary": each.what}
                for each in content.revisions
            ],
            "status": "final",
            "version": str(last.number),
        },
    }
    if not content.withdrawn:
        head["aggregate_severity"] = {"text": content.severity.capitalize()}
    return head


def _notes(content: Content) -> list[Json]:
    if content.withdrawn:
        return [{"category": "description", "text": content.withdrawn, "title": _WITHDRAWN_NOTE}]
    notes = [{"category": "summary", "text": content.summary, "title": "Summary"}]
    if content.text:
        notes.append({"category": "description", "text": content.text, "title": "Description"})
    if content.advice and not (content.cves and content.products):  # else it is the remediation of the products
        notes.append({"category": "general", "text": content.advice, "title": "What to do"})
    return notes


def _references(content: Content) -> list[Json]:
    own = [
        {"category": "self", "summary": "This advisory as a page", "url": content.page},
        {"category": "self", "summary": "This document", "url": content.address},
    ]
    others = [] if content.withdrawn else content.references
    return own + [{"category": "external", "summary": "Reference", "url": url} for url in others]


def _branches(ids: Mapping[Product, str]) -> list[Json]:
    """Vendor, product, version. A product without versions is a leaf of its own, beside those with some."""
    vendors: dict[str, dict[str, list[Product]]] = {}
    for each in ids:
        vendors.setdefault(each.vendor, {}).setdefault(each.product, []).append(each)
    return [
        {
            "category": "vendor",
            "name": vendor,
            "branches": [branch for name, rows in named.items() for branch in _named(name, rows, ids)],
        }
        for vendor, named in vendors.items()
    ]


def _named(name: str, rows: Sequence[Product], ids: Mapping[Product, str]) -> list[Json]:
    whole = [
        {"category": "product_name", "name": name, "product": _full_name(each, ids)}
        for each in rows
        if not each.versions
    ]
    leaves = [
        {
            "category": "product_version_range" if each.is_range else "product_version",
            "name": each.versions,
            "product": _full_name(each, ids),
        }
        for each in rows
        if each.versions
    ]
    return whole + ([{"category": "product_name", "name": name, "branches": leaves}] if leaves else [])


def _full_name(product: Product, ids: Mapping[Product, str]) -> Json:
    return {"name": product.name, "product_id": ids[product]}


def _vulnerability(content: Content, cve: str, ids: Mapping[Product, str]) -> Json:
    groups: dict[str, list[str]] = {}
    for product, own in ids.items():
        groups.setdefault(product.status, []).append(own)
    affected = [own for product, own in ids.items() if product.status in _AFFECTED]
    scores = [score_of(vector) for named, vector in content.vectors if named in {"", cve}]
    found: Json = {"cve": cve, "notes": [{"category": "description", "text": content.summary, "title": content.title}]}
    # Scores of version 4.0 have no place in CSAF 2.0 but a note.
    for score in (s for s in scores if s.version == "4.0"):
        text = f"{score.vector} (base score {score.base})"
        found["notes"].append({"category": "other", "text": text, "title": "CVSS 4.0"})
    if groups:
        found["product_status"] = groups
    if scored := affected or list(ids.values()):
        placed = [_placed(score) | {"products": scored} for score in scores if score.version != "4.0"]
        found |= {"scores": placed} if placed else {}
    if remedy := _remedy(content, affected, ids):
        found["remediations"] = [remedy]
    if cve in content.exploited:
        text = "Named in the catalogue of known exploited vulnerabilities (KEV)."
        found["threats"] = [{"category": "exploit_status", "details": text}]
    return found


def _remedy(content: Content, affected: Sequence[str], ids: Mapping[Product, str]) -> Json | None:
    """What to do; where the advisory does not say it, that the fixed versions are there. Without either, nothing."""
    fixed = {own: product for product, own in ids.items() if product.status == "fixed"}
    if not (fixed or (affected and content.advice)):
        return None
    details = content.advice or "Fixed in: " + "; ".join(product.name for product in fixed.values())
    category = "vendor_fix" if fixed else "mitigation"
    return {"category": category, "details": details, "product_ids": list(affected) or list(fixed)}


def _placed(score: Score) -> Json:
    if score.version == "2.0":
        return {"cvss_v2": dict(score.metrics)}
    return {"cvss_v3": dict(score.metrics)}


def text_of(document: Json) -> str:
    """As it is served: the same bytes for the same document."""
    return json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


# --- Judging ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Problem:
    """What a test of the standard says against a document: `test` is its number ("6.1.1", or "schema"), `path` the place in
    the document; title and message are the library's, in English."""

    test: str
    title: str
    path: str
    message: str


def judge(document: Json) -> list[Problem]:
    """Everything that the schema and the mandatory tests say against it; nothing where it is valid."""
    report = _library().validate(document, preset="mandatory")
    return [
        Problem(result.id, result.title, error.instance_path, error.message)
        for result in report.results
        if not result.passed and not result.skipped
        for error in result.errors or (_NoWords(),)
    ]


@dataclass(frozen=True)
class _NoWords:
    """A test that fails and does not say where."""

    instance_path: str = ""
    message: str = ""


def _library() -> Any:
    """Loaded when somebody first asks: it takes half a second, and sets up logging of its own, which is taken back."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    from csaf.csaf import v20  # late: as said above

    root.handlers[:] = before
    root.setLevel(level)
    return v20


# --- Reading ------------------------------------------------------------------------------------------------------


class UnreadableError(Exception):
    """A file that is no JSON object: too large, broken, or nested without end."""


@dataclass(frozen=True)
class Read:
    """What a document of somebody else says, as far as an advisory has a place for it."""

    code: str
    title: str
    summary: str
    text: str
    advice: str
    language: str
    severity: str
    tlp: str  # as TLP 2.0 calls it
    cves: tuple[str, ...]
    vectors: tuple[tuple[str, str], ...]
    products: tuple[Product, ...]
    references: tuple[str, ...]
    released_at: str


def parsed(data: bytes) -> Json:
    """Raises UnreadableError."""
    if len(data) > LARGEST:
        raise UnreadableError
    try:
        found = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise UnreadableError from None
    if not isinstance(found, dict):
        raise UnreadableError
    return found


def read(document: Json) -> Read:
    """What a valid document says. Ask `judge` first."""
    head = document["document"]
    names = _names(document.get("product_tree", {}))
    vulnerabilities: list[Json] = document.get("vulnerabilities", [])
    notes = head.get("notes", [])
    label = head.get("distribution", {}).get("tlp", {}).get("label", "")
    return Read(
        code=head["tracking"]["id"],
        title=head["title"],
        summary=_note(notes, "summary")
        or _note(notes, "description")
        or _of_the_first(vulnerabilities)
        or head["title"],
        text=_note(notes, "description") or _note(notes, "details"),
        advice="\n".join(dict.fromkeys(r["details"] for v in vulnerabilities for r in v.get("remediations", ()))),
        language=head.get("lang", "").split("-")[0].lower(),
        severity=_worst(vulnerabilities, head.get("aggregate_severity", {}).get("text", "")),
        tlp={"WHITE": "CLEAR", "": "AMBER"}.get(label, label),
        cves=tuple(dict.fromkeys(v["cve"] for v in vulnerabilities if CVE.fullmatch(v.get("cve", "")))),
        vectors=tuple(dict.fromkeys(_vectors(vulnerabilities))),
        products=tuple(dict.fromkeys(_stated(vulnerabilities, names))),
        references=tuple(r["url"] for r in head.get("references", ()) if r.get("category") != "self"),
        released_at=head["tracking"]["initial_release_date"],
    )


def _note(notes: Iterable[Json], category: str) -> str:
    return next((str(note["text"]) for note in notes if note["category"] == category), "")


def _of_the_first(vulnerabilities: Sequence[Json]) -> str:
    return _note(vulnerabilities[0].get("notes", ()), "description") if vulnerabilities else ""


def _vectors(vulnerabilities: Iterable[Json]) -> Iterable[tuple[str, str]]:
    for each in vulnerabilities:
        cve = each.get("cve", "")
        for score in each.get("scores", ()):
            for name in ("cvss_v2", "cvss_v3"):
                if name in score:
                    yield cve, str(score[name]["vectorString"])


# What publishers call it in words, where there is no score.
_RATED = {"critical": "critical", "important": "high", "high": "high", "moderate": "medium", "low": "low"}


def _worst(vulnerabilities: Iterable[Json], rated: str) -> str:
    order = ("low", "medium", "high", "critical")
    found = []
    for _cve, vector in _vectors(vulnerabilities):
        try:
            found.append(score_of(vector).severity)
        except BadVectorError:
            continue
    known = [name for name in found if name in order]
    return max(known, key=order.index) if known else _RATED.get(rated.lower(), "medium")


# Branches below a product: what of it is meant.
_BELOW_PRODUCT = frozenset({"product_version", "product_version_range", "service_pack", "patch_level", "architecture"})


def _names(tree: Json) -> dict[str, tuple[str, str, str]]:
    """Vendor, product and version of each product id of the tree."""
    found: dict[str, tuple[str, str, str]] = {}
    waiting: list[tuple[Json, Mapping[str, str]]] = [(branch, {}) for branch in tree.get("branches", ())]
    while waiting:
        branch, above = waiting.pop()
        here = {**above, branch["category"]: branch["name"]}
        if "product" in branch:
            version = " ".join(here[category] for category in here if category in _BELOW_PRODUCT)
            name = here.get("product_name") or branch["product"]["name"]
            found[branch["product"]["product_id"]] = (here.get("vendor") or name, name, version)
        waiting += [(each, here) for each in branch.get("branches", ())]
    for each in tree.get("full_product_names", ()):
        found[each["product_id"]] = (each["name"], each["name"], "")
    for each in tree.get("relationships", ()):
        whole = each["full_product_name"]
        found[whole["product_id"]] = (whole["name"], whole["name"], "")
    return found


_STATES = {
    "known_affected": "known_affected",
    "first_affected": "known_affected",
    "last_affected": "known_affected",
    "fixed": "fixed",
    "first_fixed": "fixed",
    "recommended": "fixed",
    "known_not_affected": "known_not_affected",
    "under_investigation": "under_investigation",
}


def _stated(vulnerabilities: Iterable[Json], names: Mapping[str, tuple[str, str, str]]) -> Iterable[Product]:
    """Each product in the first state that the document gives it."""
    seen: set[tuple[str, str, str]] = set()
    for each in vulnerabilities:
        for state, ids in each.get("product_status", {}).items():
            for own in ids:
                name = names.get(own)
                if name is not None and name not in seen and state in _STATES:
                    seen.add(name)
                    vendor, product, version = (part[:200] for part in name)
                    yield Product(vendor, product, version, _STATES[state])
