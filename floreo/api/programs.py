"""What programs do with a token: send events to a feed, read the findings that their account may see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Body, NinjaAPI, Path, Query, Schema
from ninja.security import HttpBearer
from pydantic import Field

from floreo.api import listing
from floreo.api.errors import PROGRAM_STATUSES, ErrorBody
from floreo.api.schemas import Code, page_schema, query_schema, row_schema
from floreo.core.access import Permission, must
from floreo.feeds.access import get_feed_for
from floreo.feeds.actions.posting import MOST_EVENTS, post_events
from floreo.feeds.actions.tokens import owner_of
from floreo.feeds.tables import FINDINGS
from floreo.organisations.models import User

# Names of addresses that a token opens, and what may be done there.
ALLOW: Mapping[str, str] = {"post_events": "POST", "findings": "GET, HEAD", "finding": "GET, HEAD"}
SEEN = "What the token's account may see, and nothing else."
IN_QUERY: Any = Query
IN_PATH: Any = Path
Event = Annotated[dict[str, Any], Field(title="Event", description="Names as in IntelMQ's data format: source.ip, …")]


class Token(HttpBearer):
    """The account that a token speaks for becomes `request.auth`."""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        return owner_of(token) if len(token) < 200 else None


class AcceptedOut(Schema):
    """How many events were kept. They are read with the next report, within seconds."""

    accepted: int


def add_programs(api: NinjaAPI) -> None:
    token = Token()

    @api.post(
        "/feeds/{code}/events",
        response={202: AcceptedOut, PROGRAM_STATUSES: ErrorBody},
        auth=token,
        operation_id="post_events",
        url_name="post_events",
        tags=["programs"],
        summary="Send events to a feed",
        description=f"One event, or up to {MOST_EVENTS} in a list. All are kept, or none: then `fields` says which is wrong.",
    )
    def events(
        request: HttpRequest,
        code: Annotated[Code, IN_PATH()],
        body: Annotated[Event | list[Event], Body()],
    ) -> tuple[int, dict[str, int]]:
        by = _owner(request)
        must(by, Permission.FEED_RUN)
        sent = body if isinstance(body, list) else [body]
        return 202, {"accepted": post_events(get_feed_for(by, code), by=by, events=sent)}

    row, query = row_schema(FINDINGS), query_schema(FINDINGS)

    def rows(request: HttpRequest, query: Any) -> dict[str, Any]:
        by = _owner(request)
        must(by, Permission.FEED_READ)
        return listing.page(FINDINGS, request, limit=query.limit, rows=FINDINGS.rows(by))

    def one(request: HttpRequest, key: str) -> dict[str, Any]:
        by = _owner(request)
        must(by, Permission.FEED_READ)
        return listing.one(FINDINGS, key, FINDINGS.rows(by))

    rows.__annotations__ = {"request": HttpRequest, "query": IN_QUERY[query]}
    one.__annotations__ = {"request": HttpRequest, "key": IN_PATH[Code]}
    known: dict[str, Any] = {"auth": token, "tags": ["programs"], "description": SEEN}
    api.get(
        "/findings",
        response={200: page_schema(FINDINGS, row), PROGRAM_STATUSES: ErrorBody},
        operation_id="list_findings",
        url_name="findings",
        summary=str(FINDINGS.title),
        **known,
    )(rows)
    api.get(
        "/findings/{key}",
        response={200: row, PROGRAM_STATUSES: ErrorBody},
        operation_id="get_findings",
        url_name="finding",
        summary=f"{FINDINGS.title}: one",
        **known,
    )(one)


def _owner(request: HttpRequest) -> User:
    found = request.auth  # type: ignore[attr-defined]  # ninja puts it there
    assert isinstance(found, User)
    request.user = found  # lists ask who reads them
    return found
