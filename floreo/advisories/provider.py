"""What is served under /.well-known/csaf/ (CSAF 2.0, section 7): documents, metadata of the provider, index, changes, ROLIE.

Only what is TLP:CLEAR. The lists are made of one question, whatever their length."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db.models import F, Q

from floreo.advisories import csaf
from floreo.advisories.access import own_team
from floreo.advisories.csaf import Content, Publisher, Revision
from floreo.advisories.models import Advisory, AdvisoryState, AdvisoryVersion, CsafDocument, KevEntry
from floreo.advisories.presenters import first_note
from floreo.core import languages
from floreo.core.policy import Tlp
from floreo.organisations.sender import sender

ROOT = "/.well-known/csaf/"
FOLDER = "white/"  # CSAF 2.0 calls TLP:CLEAR white
FEED, SERVICE, CATEGORY, KEY = "feed-tlp-white.json", "service.json", "category-tlp-white.json", "openpgp-key.asc"
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # when nothing was published yet
Json = dict[str, Any]


def address(path: str = "") -> str:
    return f"{settings.SITE_ADDRESS}{ROOT}{path}"


def publisher() -> Publisher:
    """The national team: by its profile, else as the register has it, else the country."""
    team = own_team()
    if team is not None:
        language = languages.first()
        contact = " ".join(filter(None, (team.email, team.phone)))
        return Publisher(team.in_language("name", language), settings.SITE_ADDRESS, contact)
    writer = sender()
    return Publisher(writer.name, settings.SITE_ADDRESS, writer.reply)


def path_of(code: str, published_at: datetime) -> str:
    """Below FOLDER: the year of the first release, and the file."""
    return f"{published_at.astimezone(UTC).year}/{csaf.filename_of(code)}"


def content_of(advisory: Advisory, versions: Iterable[AdvisoryVersion]) -> Content:
    """What the document of an advisory says, from its row and its versions. Of these, only what was TLP:CLEAR when it was
    published: the history begins with the first such, as number 1 (test 6.1.21 of the standard)."""
    public = sorted((v for v in versions if v.facts.get("tlp") == Tlp.CLEAR), key=lambda v: v.issue)
    history = [Revision(number, v.published_at, v.note) for number, v in enumerate(public, 1)]
    first = advisory.published_at or history[0].at
    return Content(
        code=advisory.code,
        title=advisory.title,
        summary=advisory.summary,
        language=advisory.language,
        severity=advisory.severity,
        page=settings.SITE_ADDRESS + f"/advisories/{advisory.code}/",
        address=address(FOLDER + path_of(advisory.code, first)),
        revisions=history or [Revision(1, first, first_note())],
        text=advisory.text,
        advice=advisory.advice,
        cves=advisory.cves,
        vectors=[(row["cve"], row["vector"]) for row in advisory.cvss],
        products=advisory.product_rows(),
        references=advisory.references,
        exploited=frozenset(KevEntry.objects.filter(cve__in=advisory.cves).values_list("cve", flat=True)),
        withdrawn=advisory.withdrawn_reason,
    )


def made(advisory: Advisory, versions: Iterable[AdvisoryVersion]) -> tuple[Json, CsafDocument]:
    """The document of the current version, and the row that will hold it, not yet saved and not yet signed."""
    content = content_of(advisory, versions)
    document = csaf.document_of(content, publisher())
    text = csaf.text_of(document)
    data = text.encode()
    row = CsafDocument(
        advisory=advisory,
        issue=advisory.issue,
        text=text,
        sha256=hashlib.sha256(data).hexdigest(),
        sha512=hashlib.sha512(data).hexdigest(),
        released_at=content.revisions[-1].at,
    )
    return document, row


# --- What is served ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Listed:
    """One document of the lists."""

    code: str
    title: str
    summary: str
    path: str  # below FOLDER
    published_at: datetime
    released_at: datetime
    is_signed: bool

    @property
    def year(self) -> str:
        return self.path.partition("/")[0]


def listed() -> list[Listed]:
    """Every document, the newest release first. One question."""
    gone = Q(state=AdvisoryState.WITHDRAWN)
    rows = Advisory.objects.filter(Q(state=AdvisoryState.PUBLISHED) | gone, tlp=Tlp.CLEAR, published_at__isnull=False)
    rows = rows.annotate(is_signed=Q(document__issue=F("issue")) & ~Q(document__signature=""))
    fields = ("code", "title", "summary", "published_at", "corrected_at", "withdrawn_at", "is_signed")
    found = [
        Listed(
            code,
            f"{code}: withdrawn" if withdrawn else title,
            "" if withdrawn else summary,
            path_of(code, published),
            published,
            withdrawn or corrected or published,
            bool(signed),
        )
        for code, title, summary, published, corrected, withdrawn, signed in rows.values_list(*fields)
    ]
    return sorted(found, key=lambda each: (each.released_at, each.code), reverse=True)


def newest_key() -> tuple[str, str] | None:
    """Fingerprint and public key with which the newest document was signed."""
    rows = CsafDocument.objects.exclude(signature="").order_by("-changed_at", "-pk")
    return rows.values_list("fingerprint", "public_key").first()


def metadata() -> Json:
    """provider-metadata.json (section 7.1.7). A trusted provider is one whose documents are all signed."""
    rows, key = listed(), newest_key()
    is_trusted = key is not None and all(each.is_signed for each in rows)
    found: Json = {
        "canonical_url": address("provider-metadata.json"),
        "distributions": [
            {"directory_url": address(FOLDER).rstrip("/")},
            {
                "rolie": {
                    "categories": [address(CATEGORY)],
                    "feeds": [{"summary": "All TLP:CLEAR advisories", "tlp_label": csaf.TLP_1, "url": address(FEED)}],
                    "services": [address(SERVICE)],
                }
            },
        ],
        "last_updated": csaf.moment(rows[0].released_at if rows else _NEVER),
        "list_on_CSAF_aggregators": True,
        "metadata_version": "2.0",
        "mirror_on_CSAF_aggregators": True,
        "publisher": publisher().plain(),
        "role": "csaf_trusted_provider" if is_trusted else "csaf_provider",
    }
    if key is not None:
        found["public_openpgp_keys"] = [{"fingerprint": key[0], "url": address(KEY)}]
    return found


def index(rows: Iterable[Listed]) -> str:
    """index.txt (7.1.12): the path of each document, one a line."""
    return "".join(f"{each.path}\n" for each in sorted(rows, key=lambda each: each.path))


def changes(rows: Iterable[Listed]) -> str:
    """changes.csv (7.1.13): path and moment of the last release, the newest first. A path is made of letters, figures,
    hyphens and slashes, so that no spreadsheet takes it for a formula."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([each.path, csaf.moment(each.released_at)] for each in rows)
    return buffer.getvalue()


def feed(rows: Iterable[Listed]) -> Json:
    """The ROLIE feed (7.1.15, RFC 8322)."""
    found = list(rows)
    return {
        "feed": {
            "id": "csaf-feed-tlp-white",
            "title": "CSAF feed (TLP:CLEAR)",
            "link": [{"rel": "self", "href": address(FEED)}, {"rel": "service", "href": address(SERVICE)}],
            "category": [{"scheme": "urn:ietf:params:rolie:category:information-type", "term": "csaf"}],
            "updated": csaf.moment(found[0].released_at if found else _NEVER),
            "entry": [_entry(each) for each in found],
        }
    }


def _entry(each: Listed) -> Json:
    here = address(FOLDER + each.path)
    links = [
        {"rel": "self", "href": here},
        *({"rel": "hash", "href": f"{here}.{kind}"} for kind in ("sha256", "sha512")),
    ]
    if each.is_signed:
        links.append({"rel": "signature", "href": f"{here}.asc"})
    entry: Json = {
        "id": each.code,
        "title": each.title,
        "link": links,
        "published": csaf.moment(each.published_at),
        "updated": csaf.moment(each.released_at),
        "content": {"type": "application/json", "src": here},
        "format": {
            "schema": "https://docs.oasis-open.org/csaf/csaf/v2.0/csaf_json_schema.json",
            "version": "2.0",
        },
    }
    return entry | ({"summary": {"content": each.summary}} if each.summary else {})


def service() -> Json:
    """The ROLIE service document (7.1.16)."""
    collection = {
        "title": "CSAF feed (TLP:CLEAR)",
        "href": address(FEED),
        "categories": {"category": [{"scheme": "urn:ietf:params:rolie:category:information-type", "term": "csaf"}]},
    }
    return {"service": {"workspace": [{"title": "Public CSAF feeds", "collection": [collection]}]}}


def category() -> Json:
    """The ROLIE category document (7.1.17)."""
    return {"categories": {"category": [{"term": "Advisory"}, {"term": "Security Advisory"}]}}


def as_json(document: Json) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


FILES: Mapping[str, Any] = {
    "provider-metadata.json": lambda: as_json(metadata()),
    FEED: lambda: as_json(feed(listed())),
    SERVICE: lambda: as_json(service()),
    CATEGORY: lambda: as_json(category()),
    f"{FOLDER}index.txt": lambda: index(listed()),
    f"{FOLDER}changes.csv": lambda: changes(listed()),
}


def document_at(year: str, name: str) -> CsafDocument | None:
    """The document that is under that name; None where there is none, or it may not leave. Where nobody has drawn it
    yet (after a pack was loaded), it is drawn and not kept: to look writes nothing."""
    advisory = Advisory.objects.select_related("document").filter(code=name.removesuffix(".json")).first()
    if advisory is None or not (advisory.is_out or advisory.is_gone) or advisory.published_at is None:
        return None
    if path_of(advisory.code, advisory.published_at) != f"{year}/{name}":
        return None
    kept: CsafDocument | None = getattr(advisory, "document", None)
    if kept is not None and kept.issue == advisory.issue:
        return kept
    return made(advisory, advisory.versions.all())[1]
