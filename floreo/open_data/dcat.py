"""The catalogue for machines that harvest: DCAT 3 (W3C, 22 August 2024) as JSON-LD."""

from __future__ import annotations

from datetime import datetime
from fnmatch import fnmatch
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from floreo.core.tables import Table
from floreo.offers import licences
from floreo.open_data.catalogue import public_tables
from floreo.open_data.dictionary import dictionary
from floreo.organisations.models import Country
from floreo.organisations.queries import the_country
from floreo.packs.models import LoadedPack

CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "csvw": "http://www.w3.org/ns/csvw#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
MEDIA = {
    "csv": "text/csv",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_IANA = "https://www.iana.org/assignments/media-types/"
UNKNOWN = "unknown"


def _moment(at: datetime) -> dict[str, str]:
    return {"@type": "xsd:dateTime", "@value": at.isoformat()}


def _licences(pack: LoadedPack | None, table: Table) -> list[str]:
    """What the pack says of the licence of the files that this table's rows came from; nothing where the table names none."""
    source = licences().get(table.name, "")
    files = pack.manifest.get("files", []) if pack and source else []
    return list(dict.fromkeys(f["licence"] for f in files if f.get("licence") and _covers(f.get("path", ""), source)))


def _covers(path: str, source: str) -> bool:
    """Whether what pack.toml says of `path` holds for the file `source`; in the folder of any edition, where that has *."""
    return fnmatch(source, path) or ("*" in source and fnmatch(path, source)) or _same_folder(path, source)


def _same_folder(path: str, source: str) -> bool:
    """Whether both are of the same folders, with patterns on either side: "editions/2020-2023/*" and "editions/*/plan.toml"."""
    ours, theirs = source.split("/"), path.split("/")
    return len(ours) == len(theirs) and all(fnmatch(a, b) or fnmatch(b, a) for a, b in zip(ours, theirs, strict=True))


def _rights(found: list[str]) -> list[dict[str, Any]]:
    return [{"@type": "dcterms:RightsStatement", "dcterms:description": each} for each in found or [UNKNOWN]]


def _distribution(table: Table, kind: str, request: HttpRequest, rights: list[dict[str, Any]]) -> dict[str, Any]:
    address = request.build_absolute_uri(reverse("portal:table_file", args=[table.name, kind]))
    return {
        "@id": address,
        "@type": "dcat:Distribution",
        "dcterms:title": f"{table.title} ({kind.upper()})",
        "dcat:downloadURL": {"@id": address},
        "dcat:accessURL": {"@id": request.build_absolute_uri(reverse("portal:table", args=[table.name]))},
        "dcat:mediaType": {"@id": _IANA + MEDIA[kind]},
        "dcterms:rights": rights,
    }


def _dataset(table: Table, request: HttpRequest, pack: LoadedPack | None, shared: dict[str, Any]) -> dict[str, Any]:
    page = request.build_absolute_uri(reverse("portal:table", args=[table.name]))
    rights = _rights(_licences(pack, table))
    return {
        "@id": page,
        "@type": "dcat:Dataset",
        "dcterms:identifier": table.name,
        "dcterms:title": str(table.title),
        "dcterms:description": str(table.help),
        "dcat:landingPage": {"@id": page},
        "dcat:keyword": [entry.name for entry in dictionary(table)],
        "dcterms:rights": rights,
        **shared,
        "dcat:distribution": [_distribution(table, kind, request, rights) for kind in MEDIA],
    }


def _shared(country: Country | None, publisher: dict[str, Any]) -> dict[str, Any]:
    """What every dataset says alike: who publishes it, in which languages, of which country."""
    given: dict[str, Any] = {"dcterms:publisher": publisher}
    if country is not None:
        given["dcterms:language"] = list(country.languages)
        given["dcterms:spatial"] = {
            "@type": "dcterms:Location",
            "dcterms:identifier": country.code,
            "dcterms:title": country.name,
        }
    return given


def catalogue(request: HttpRequest) -> dict[str, Any]:
    """Every public table as a dataset with its files, as absolute addresses."""
    country, pack = the_country(), LoadedPack.objects.order_by("pk").first()
    home = request.build_absolute_uri(reverse("portal:home"))
    name = country.name if country else "Floreo"
    publisher = {"@id": home, "@type": "foaf:Agent", "foaf:name": name, "foaf:homepage": {"@id": home}}
    shared = _shared(country, publisher)
    return {
        "@context": CONTEXT,
        "@id": request.build_absolute_uri(reverse("portal:catalogue")),
        "@type": "dcat:Catalog",
        "dcterms:title": f"{name}: National Cybersecurity Strategy",
        "dcterms:description": pack.title if pack else "",
        **shared,
        **({"dcterms:modified": _moment(pack.loaded_at)} if pack else {}),
        "foaf:homepage": {"@id": home},
        "dcat:service": [_service(request)],
        "dcat:dataset": [_dataset(table, request, pack, shared) for table in public_tables()],
    }


def _service(request: HttpRequest) -> dict[str, Any]:
    return {
        "@type": "dcat:DataService",
        "dcterms:title": "JSON API",
        "dcat:endpointURL": {"@id": request.build_absolute_uri(reverse("api:index"))},
        "dcat:endpointDescription": {"@id": request.build_absolute_uri(reverse("api:openapi-json"))},
    }
