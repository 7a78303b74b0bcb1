"""What programs do with a token: send events to a feed, report incidents, read the findings that their account may see. What they
write of the plan, the register and the vault is in floreo/api/writing.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Body, NinjaAPI, Path, Query, Schema
from ninja.security import HttpBearer
from pydantic import AwareDatetime, ConfigDict, Field, create_model

from floreo.api import listing
from floreo.api.errors import PROGRAM_STATUSES, ErrorBody
from floreo.api.schemas import MOST, USUAL, Code, page_schema, query_schema, row_schema
from floreo.api.schemas import Place as Cursor
from floreo.core import clock
from floreo.core.access import Permission, must
from floreo.core.errors import Missing
from floreo.core.lists import file_response
from floreo.core.throttle import address_of, charge
from floreo.core.whole import whole
from floreo.core.writing import refuse
from floreo.feeds.access import get_feed_for, get_finding_for, lines_for
from floreo.feeds.actions.posting import MOST_EVENTS, post_events
from floreo.feeds.changes import Change, changes_for
from floreo.feeds.tables import FINDINGS
from floreo.incidents.actions.receiving import receive
from floreo.incidents.incoming import Incoming
from floreo.incidents.models import Channel, ObservableKind, ReportKind
from floreo.organisations.actions.tokens import account_of, must_be_for, token_of
from floreo.organisations.models import Organisation, Place, User

# Names of addresses that a token opens, and what may be done there.
ALLOW: Mapping[str, str] = {
    "post_events": "POST",
    "post_incident_report": "POST",
    "findings": "GET, HEAD",
    "finding": "GET, HEAD",
    "finding_lines": "GET, HEAD",
    "finding_changes": "GET, HEAD",
    "findings_csv": "GET, HEAD",
    "program_me": "GET, HEAD",
    "program_reading": "POST",
    "program_update": "POST",
    "program_milestone": "POST",
    "program_contacts": "GET, HEAD, POST",
    "program_contact": "PATCH",
    "program_evidence_link": "POST",
    "program_evidence_file": "POST",
    "program_attachment": "POST",
}
SEEN = "What the token's account may see, and nothing else."
NO_NUL = r"^[^\x00]*$"
MOST_CHANGES = 1000
WHAT: Any = Literal["finding", "gone"]
BURST, PER_HOUR = 120, 3600  # calls for changes and files, by token
A_FILE = 20.0  # what a file of all findings costs in such calls
IN_QUERY: Any = Query
IN_PATH: Any = Path
Event = Annotated[dict[str, Any], Field(title="Event", description="Names as in IntelMQ's data format: source.ip, …")]


class Token(HttpBearer):
    """The account that a token speaks for becomes `request.auth`."""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        return account_behind(request, token)


def account_behind(request: HttpRequest, word: str) -> User | None:
    """The account, narrowed to what its token is for. Whoever asks becomes `request.user`, and the token `request.token`. Raises
    TokenRefused."""
    if len(word) > 200:
        return None
    token = token_of(word)
    user = account_of(token, address=address_of(request))
    request.user, request.token, request.program = user, token, f"“{token.name}”"  # type: ignore[attr-defined]  # read by the log of security events
    return user


class AcceptedOut(Schema):
    """How many events were kept. They are read with the next report, within seconds."""

    accepted: int


Line = Annotated[str, Field(max_length=200, pattern=NO_NUL)]


class ReporterIn(Schema):
    """Who reports, as far as known."""

    model_config = ConfigDict(extra="forbid")

    name: Line = ""
    mail: Annotated[str, Field(max_length=254, pattern=r"^([^@\s\x00]+@[^@\s\x00]+)?$")] = ""
    phone: Annotated[str, Field(max_length=40, pattern=NO_NUL)] = ""


class ObservableIn(Schema):
    """An address, name or hash that belongs to it."""

    model_config = ConfigDict(extra="forbid")

    kind: Annotated[str, Field(description=", ".join(ObservableKind.values), max_length=8)]
    value: Annotated[str, Field(min_length=1, max_length=500, pattern=NO_NUL)]


class IncidentReportIn(Schema):
    """One report of an incident, from another team's or an organisation's own program."""

    model_config = ConfigDict(extra="forbid")

    key: Annotated[
        str,
        Field(
            min_length=1,
            max_length=120,
            pattern=NO_NUL,
            description="The sender's own name of it: the same one again is the same report",
        ),
    ]
    subject: Annotated[str, Field(min_length=1, max_length=200, pattern=NO_NUL)]
    text: Annotated[str, Field(max_length=20_000, pattern=NO_NUL)] = ""
    kind: Annotated[str, Field(description=", ".join(ReportKind.values), max_length=10)] = "other"
    happened_at: AwareDatetime | None = None
    rsit: Annotated[str, Field(max_length=80, pattern=NO_NUL, description="class/type of RSIT, if known")] = ""
    organisation: Annotated[str, Field(max_length=60, pattern=NO_NUL, description="Code in the register")] = ""
    place: Annotated[str, Field(max_length=20, pattern=NO_NUL, description="Code of the district")] = ""
    reporter: ReporterIn = ReporterIn()
    observables: Annotated[list[ObservableIn], Field(max_length=200)] = []
    is_exercise: bool = False


class IncidentReportOut(Schema):
    """Its reference, and whether it had come before."""

    reference: str
    already: bool


class LineOut(Schema):
    """One observation. `at` is in UTC; numbers are 0 and words empty where the source says nothing; `extra` is JSON text."""

    at: datetime | None
    source_address: str
    source_port: int
    destination_address: str
    destination_port: int
    host: str
    url: str
    certificate: str
    transport: str
    application: str
    tags: str
    detail: str
    feed: str
    report_type: str
    extra: str


class ChangesQuery(Schema):
    """Where to go on, and how far."""

    after: Annotated[str, Field(max_length=60, pattern=r"^[0-9a-f.]*$", description="`cursor` of the last answer")] = ""
    limit: Annotated[int, Field(ge=1, le=MOST_CHANGES, description="Changes of one answer")] = 200


class LinesQuery(Schema):
    """Where to go on, and how many."""

    after: Annotated[Cursor, Field(description="Go on after this place; take it from `next`")] = ""
    limit: Annotated[int, Field(ge=1, le=MOST, description="Observations a page")] = USUAL


class LinesOut(Schema):
    """Observations of a finding, the newest first. `left_out`: how many older ones there are than these; `next` is the address of the
    following page, or null on the last."""

    lines: list[LineOut]
    left_out: int
    next: str | None


def _incoming(sent: IncidentReportIn, by: User) -> Incoming:
    """Refuses what the program does not know: a kind, an organisation, a district."""
    unknown = [o.kind for o in sent.observables if o.kind not in ObservableKind.values]
    if sent.kind not in ReportKind.values:
        raise refuse("kind", _("This kind of report is not known."), code="unknown_kind")
    if unknown:
        raise refuse("observables", _("This kind of observable is not known."), code="unknown_kind")
    for name, rows in (("organisation", Organisation.objects), ("place", Place.objects)):
        if (code := getattr(sent, name)) and not rows.filter(code=code).exists():
            raise refuse(name, _("The register does not have this code."), code="unknown_code")
    return Incoming(
        channel=Channel.API,
        source_key=f"api:{by.pk}:{sent.key}",
        received_at=clock.machine(),
        subject=sent.subject,
        text=sent.text,
        kind=sent.kind,
        happened_at=sent.happened_at,
        rsit=sent.rsit,
        organisation=sent.organisation,
        place=sent.place,
        reporter_name=sent.reporter.name,
        reporter_mail=sent.reporter.mail,
        reporter_phone=sent.reporter.phone,
        observables=tuple((o.kind, o.value) for o in sent.observables),
        is_exercise=sent.is_exercise,
        is_proven=True,
    )


def add_programs(api: NinjaAPI) -> None:
    _add_incident_reports(api)
    _add_events(api)
    row = row_schema(FINDINGS)
    _add_changes(api, row)
    _add_findings(api, row)


def _add_incident_reports(api: NinjaAPI) -> None:
    @api.post(
        "/incident-reports",
        response={202: IncidentReportOut, PROGRAM_STATUSES: ErrorBody},
        auth=Token(),
        operation_id="post_incident_report",
        url_name="post_incident_report",
        tags=["programs"],
        summary="Report an incident",
        description="It comes into the inbox of the national team. The account of the token handles incidents.",
    )
    def incident_report(request: HttpRequest, body: Annotated[IncidentReportIn, Body()]) -> tuple[int, dict[str, Any]]:
        by = acting(request, "incident-reports")
        must(by, Permission.INCIDENT_HANDLE)
        got = receive(_incoming(body, by), by=by)
        return 202, {"reference": got.report.reference, "already": got.already}


def _add_events(api: NinjaAPI) -> None:
    @api.post(
        "/feeds/{code}/events",
        response={202: AcceptedOut, PROGRAM_STATUSES: ErrorBody},
        auth=Token(),
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
        by = acting(request, "feed-events")
        must(by, Permission.FEED_RUN)
        sent = body if isinstance(body, list) else [body]
        return 202, {"accepted": post_events(get_feed_for(by, code), by=by, events=sent)}


def _add_findings(api: NinjaAPI, row: Any) -> None:
    query = query_schema(FINDINGS)

    def rows(request: HttpRequest, query: Any) -> dict[str, Any]:
        by = acting(request, "findings")
        must(by, Permission.FEED_READ)
        return listing.page(FINDINGS, request, limit=query.limit, rows=FINDINGS.rows(by))

    def one(request: HttpRequest, key: str) -> dict[str, Any]:
        by = acting(request, "findings")
        must(by, Permission.FEED_READ)
        return listing.one(FINDINGS, key, FINDINGS.rows(by))

    def seen(request: HttpRequest, key: str, query: LinesQuery) -> dict[str, Any]:
        by = acting(request, "findings")
        must(by, Permission.FEED_READ)
        if (number := whole(key)) is None:
            raise Missing
        found = lines_for(by, get_finding_for(by, number), most=query.limit, after=query.after)
        following = listing.address_after(request, found.place, query.limit) if found.place else None
        return {"lines": [asdict(line) for line in found.shown], "left_out": found.left_out, "next": following}

    seen.__annotations__ = {"request": HttpRequest, "key": IN_PATH[Code], "query": IN_QUERY[LinesQuery]}
    rows.__annotations__ = {"request": HttpRequest, "query": IN_QUERY[query]}
    one.__annotations__ = {"request": HttpRequest, "key": IN_PATH[Code]}
    known: dict[str, Any] = {"auth": Token(), "tags": ["programs"], "description": SEEN}
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
    api.get(
        "/findings/{key}/lines",
        response={200: LinesOut, PROGRAM_STATUSES: ErrorBody},
        operation_id="list_finding_lines",
        url_name="finding_lines",
        summary="What sources saw of a finding",
        **known | {"description": f"{SEEN} In pages, the newest observations first; kept as long as events are."},
    )(seen)


def _add_changes(api: NinjaAPI, row: Any) -> None:
    """Before findings by their number: an address is matched by the first that fits."""
    token, none = Token(), type(None)
    change = create_model(
        "FindingChangeOut",
        __base__=Schema,
        __doc__="A finding as it is now; `row` is null where it is no longer that of the organisation.",
        number=(int, ...),
        finding=(int, Field(..., description="`number` of the finding")),
        what=(WHAT, ...),
        row=(row | none, ...),
    )
    page = create_model(
        "FindingChangesOut",
        __base__=Schema,
        __doc__="Changes in their order. `cursor` is where to go on; `waiting` says that more are committed and come within seconds.",
        changes=(list[change], ...),
        cursor=(str, ...),
        more=(bool, ...),
        waiting=(bool, ...),
    )

    def changes(request: HttpRequest, query: ChangesQuery) -> dict[str, Any]:
        found = changes_for(_reading_findings(request), query.after, most=query.limit)
        return {
            "changes": [_change(each) for each in found.changes],
            "cursor": found.place,
            "more": found.more,
            "waiting": found.is_waiting,
        }

    def csv(request: HttpRequest) -> Any:
        by = _reading_findings(request, cost=A_FILE)
        return file_response(FINDINGS, FINDINGS.ordered(by), "csv", by)

    changes.__annotations__ = {"request": HttpRequest, "query": IN_QUERY[ChangesQuery]}
    known: dict[str, Any] = {"auth": token, "tags": ["programs"]}
    api.get(
        "/findings/changes",
        response={200: page, PROGRAM_STATUSES | {410}: ErrorBody},
        operation_id="list_finding_changes",
        url_name="finding_changes",
        summary="What changed of findings since a cursor",
        description=f"{SEEN} Without `after` all of it, in the order in which it changed last.",
        **known,
    )(changes)
    api.get(
        "/findings.csv",
        response={200: str, PROGRAM_STATUSES: ErrorBody},
        operation_id="get_findings_file",
        url_name="findings_csv",
        summary="All findings as one CSV file",
        description=f"{SEEN} Also those that are fixed.",
        openapi_extra={"responses": {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}},
        **known,
    )(csv)


def _reading_findings(request: HttpRequest, *, cost: float = 1) -> User:
    """The account, where its token is for findings and within its rate."""
    by = acting(request, "findings")
    must(by, Permission.FEED_READ)
    charge("api findings", str(request.token.pk), cost=cost, capacity=BURST, per_hour=PER_HOUR)  # type: ignore[attr-defined]  # as below, by us
    return by


def _change(each: Change) -> dict[str, Any]:
    row = None if each.finding is None else listing.row(FINDINGS, each.finding)
    return {"number": each.number, "finding": each.finding_id, "what": "gone" if row is None else "finding", "row": row}


def acting(request: HttpRequest, scope: str) -> User:
    """The account that acts, where its token is for that purpose. Raises NotAllowed."""
    found = request.auth  # type: ignore[attr-defined]  # ninja puts it there
    assert isinstance(found, User)
    must_be_for(request.token, scope)  # type: ignore[attr-defined]  # as above, by us
    return found
