"""The API's operations: one list and one row for every public table, and what does not fit a table."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from ninja import NinjaAPI, Path, Query
from ninja.responses import NinjaJSONEncoder

from floreo.api import listing
from floreo.api.errors import STATUSES, ErrorBody, declare_errors
from floreo.api.programs import add_programs
from floreo.api.schemas import (
    Code,
    GeoJsonOut,
    HeadOut,
    IndexOut,
    PlanOut,
    page_schema,
    query_schema,
    row_schema,
)
from floreo.api.writing import add_writing
from floreo.core import audit, languages
from floreo.core.errors import Missing
from floreo.core.tables import Table
from floreo.indicators.models import Indicator
from floreo.indicators.tables import READINGS
from floreo.open_data.catalogue import public_tables
from floreo.open_data.dictionary import dictionary
from floreo.organisations.logic import PlaceKind
from floreo.organisations.models import Place
from floreo.strategy.access import get_edition_for
from floreo.strategy.levels import levels_of, many, one, plainly
from floreo.strategy.logic import tally
from floreo.strategy.models import Action, Edition
from floreo.strategy.queries import PlanPillar, plan_tree

DESCRIPTION = (
    "Read-only, public, without a key, but for what is tagged “programs”. It says what the public pages say, from the same rows. Every list has `q`, "
    "filters, `after` and `limit`; follow `next` until it is null. Every error is {error: {code, message, fields}}. "
    "120 calls at once and 3,600 an hour from one address; beyond that 429 with Retry-After. Programs with a token write under /programs/: "
    "the guide is docs/guide/programs.md."
)
# Types are made at run time here, which a type checker cannot follow into ninja's markers.
IN_QUERY: Any = Query
IN_PATH: Any = Path
KEYED = ":"  # keys such as 2025-2028:1.1.1 can also be asked for as two steps of the path


def answers(model: Any) -> dict[Any, Any]:
    """What an operation may answer: its model, or the one error shape."""
    return {200: model, STATUSES: ErrorBody}


def make_api() -> NinjaAPI:
    """Words in the OpenAPI are in the installation's language, whoever asks first."""
    with translation.override(languages.home()):
        api = NinjaAPI(
            title="Floreo",
            version="1",
            description=DESCRIPTION,
            urls_namespace="api",
            docs_url=None,
            openapi_url="/openapi.json",
        )
        declare_errors(api)
        _add_index(api)
        for table in public_tables():
            _add_table(api, table)
        _add_readings_of_an_indicator(api)
        _add_the_rest(api)
        add_programs(api)
        add_writing(api)
    return api


def openapi_view(api: NinjaAPI) -> Callable[..., HttpResponse]:
    """The OpenAPI of `api`: the same for everybody as long as the site has the same languages, so made once for them."""

    @functools.lru_cache(maxsize=4)
    def document(_codes: tuple[str, ...], home: str) -> tuple[bytes, str]:
        with translation.override(home), plainly():
            schema = api.get_openapi_schema(path_prefix=reverse(f"{api.urls_namespace}:api-root"))
            body = json.dumps(schema, cls=NinjaJSONEncoder).encode()
        return body, f'"{hashlib.sha256(body).hexdigest()[:32]}"'

    def openapi(request: HttpRequest, **_path: object) -> HttpResponse:
        """What programs may ask, and what they get."""
        body, etag = document(languages.site(), languages.home())
        return HttpResponse(body, content_type="application/json", headers={"ETag": etag})

    return openapi


def _add_index(api: NinjaAPI) -> None:
    @api.get("/", response=answers(IndexOut), operation_id="index", url_name="index", summary="Where everything is")
    def index(request: HttpRequest) -> dict[str, Any]:
        here = request.build_absolute_uri(request.path)
        return {
            "tables": [
                {
                    "name": table.name,
                    "title": str(table.title),
                    "help": str(table.help),
                    "href": here + table.name,
                    "columns": [
                        {"name": e.name, "title": e.title, "help": e.help, "datatype": e.datatype}
                        for e in dictionary(table)
                    ],
                }
                for table in public_tables()
            ],
            "openapi": here + "openapi.json",
            "catalogue": request.build_absolute_uri(reverse("portal:catalogue")),
        }


def _operation(name: str, function: Callable[..., Any], **parameters: Any) -> Callable[..., Any]:
    """`function` under a name of its own and with the types of its table, from which ninja reads its parameters."""
    function.__name__ = function.__qualname__ = name
    function.__annotations__ = {"request": HttpRequest, **parameters}
    return function


def _add_table(api: NinjaAPI, table: Table) -> None:
    row = row_schema(table)
    title, query = str(table.title), query_schema(table)
    name = table.name.replace("-", "_")

    def rows(request: HttpRequest, query: Any) -> dict[str, Any]:
        return listing.page(table, request, limit=query.limit)

    def one(request: HttpRequest, key: str) -> dict[str, Any]:
        return listing.one(table, key)

    def by_edition(request: HttpRequest, edition: str, code: str) -> dict[str, Any]:
        return listing.one(table, f"{edition}{KEYED}{code}")

    api.get(
        f"/{table.name}",
        response=answers(page_schema(table, row)),
        operation_id=f"list_{name}",
        summary=title,
        description=str(table.help),
        tags=[table.name],
    )(_operation(f"list_{name}", rows, query=IN_QUERY[query]))
    api.get(
        f"/{table.name}/{{key}}",
        response=answers(row),
        operation_id=f"get_{name}",
        summary=f"{title}: one",
        description=f"By {table.key}.",
        tags=[table.name],
    )(_operation(f"get_{name}", one, key=IN_PATH[Code]))
    if table.key == "key" and any(column.name == "edition" for column in table.columns):
        api.get(
            f"/{table.name}/{{edition}}/{{code}}",
            response=answers(row),
            operation_id=f"find_{name}",
            summary=f"{title}: one, by its edition and code",
            tags=[table.name],
        )(_operation(f"find_{name}", by_edition, edition=IN_PATH[Code], code=IN_PATH[Code]))


def _add_readings_of_an_indicator(api: NinjaAPI) -> None:
    query = query_schema(READINGS)
    page = page_schema(READINGS, row_schema(READINGS))

    def readings(request: HttpRequest, code: str, query: Any) -> dict[str, Any]:
        if not Indicator.objects.visible_to(None).filter(code=code).exists():
            raise Missing
        rows = READINGS.rows(None).filter(indicator__code=code)
        return listing.page(READINGS, request, limit=query.limit, rows=rows)

    api.get(
        "/indicators/{code}/readings",
        response=answers(page),
        operation_id="list_readings_of_indicator",
        summary="Readings of one indicator",
        tags=["indicators"],
    )(_operation("list_readings_of_indicator", readings, code=IN_PATH[Code], query=IN_QUERY[query]))


def _add_the_rest(api: NinjaAPI) -> None:
    @api.get("/districts.geojson", response=answers(GeoJsonOut), operation_id="districts_geojson", tags=["districts"])
    def districts_geojson(request: HttpRequest) -> dict[str, Any]:
        """Outlines of the districts, to be joined to other tables on `code`."""
        return {"type": "FeatureCollection", "features": [_feature(p) for p in _districts()]}

    def plan(request: HttpRequest, code: str) -> dict[str, Any]:
        edition = get_edition_for(None, code)
        return _plan(edition, plan_tree(edition, None), request)

    api.get(
        "/editions/{code}/plan",
        response=answers(PlanOut),
        operation_id="plan_of_edition",
        tags=["editions"],
        summary="The whole plan as a tree",
    )(_operation("plan_of_edition", plan, code=IN_PATH[Code]))

    @api.get("/audit/head", response=answers(HeadOut), operation_id="audit_head", tags=["audit"])
    def audit_head(request: HttpRequest) -> dict[str, Any]:
        """The newest link of the audit chain."""
        head = audit.head()
        return {"number": head.number, "hash": head.hash, "at": head.at.isoformat() if head.at else None}


def _districts() -> list[Place]:
    return list(Place.objects.filter(kind=PlaceKind.DISTRICT).order_by("position", "pk"))


def _feature(place: Place) -> dict[str, Any]:
    facts = ("code", "name", "capital", "population", "population_year", "area_km2")
    properties = {name: getattr(place, name) for name in facts}
    return {"type": "Feature", "id": place.code, "properties": properties, "geometry": place.shape}


def _plan(edition: Edition, tree: list[PlanPillar], request: HttpRequest) -> dict[str, Any]:
    return {
        "edition": edition.code,
        "title": edition.title,
        "starts_on": edition.starts_on and edition.starts_on.isoformat(),
        "ends_on": edition.ends_on and edition.ends_on.isoformat(),
        "counts": tally(act.status for branch in tree for act in branch.actions),
        "levels": [
            {"level": str(level), "one": one(level, edition), "many": many(level, edition)}
            for level in levels_of(edition)
        ],
        "pillars": [_pillar(branch, request) for branch in tree if not branch.pillar.is_implied],
        "actions": [_action(act, request) for branch in tree if branch.pillar.is_implied for act in branch.actions],
    }


def _pillar(branch: PlanPillar, request: HttpRequest) -> dict[str, Any]:
    codes = {o.pk: o.code for o, _below in branch.objectives}
    objectives = [
        {
            "code": o.code,
            "above": codes[o.above_id] if o.above_id else "",
            "title": o.title,
            "official_wording": o.official_wording,
            "actions": [_action(act, request) for act in acts],
        }
        for o, acts in branch.shown_objectives
    ]
    pillar = branch.pillar
    return {
        "code": pillar.code,
        "title": pillar.title,
        "official_wording": pillar.official_wording,
        "counts": branch.counts,
        "objectives": objectives,
        "actions": [_action(act, request) for act in branch.own_actions],
    }


def _action(act: Action, request: HttpRequest) -> dict[str, Any]:
    with translation.override(languages.home()):
        href = request.build_absolute_uri(act.get_absolute_url())
    return {
        "code": act.code,
        "title": act.title,
        "status": act.status,
        "href": href,
        "starts_on": act.starts_on and act.starts_on.isoformat(),
        "due_on": act.due_on and act.due_on.isoformat(),
    }
