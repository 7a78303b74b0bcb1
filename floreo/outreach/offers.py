"""What outreach offers to the rest of the product: ambassadors, the sessions they hold in their communities, requests and kit."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from django.utils.translation import gettext_lazy as _

from floreo.core.access import SYSTEM, Permission
from floreo.core.figures import Measure
from floreo.core.offers import CAPACITY, Job, MenuItem, Offers, PackFile, SearchKind
from floreo.outreach import measures, pack
from floreo.outreach.actions.requests import forget_contacts
from floreo.outreach.actions.roster import lapse_expired
from floreo.outreach.tables import TABLES
from floreo.outreach.tasks import waiting_tasks

_READ = Permission.OUTREACH_READ
_NEED = Permission.OUTREACH_READ.value
_HELD = _("sessions held in the period")
_HEADS = _("people counted at sessions in the period")

OFFERS = Offers(
    tables=TABLES,
    licences={
        "ambassador_schemes": "outreach.toml",
        "ambassadors": "ambassadors.csv",
        "outreach_coverage": "outreach_sessions.csv",
    },
    measures={
        "ambassadors_active": Measure(
            measures.ambassadors_active,
            _("Ambassadors certified and active"),
            "people",
            _("certified, with a session in twelve months"),
            _("ambassadors with a certificate that holds"),
            about_people=True,
            records_need=_NEED,
        ),
        "people_reached": Measure(
            measures.people_reached, _("People reached by outreach"), "people", _HEADS, _HEADS, records_need=_NEED
        ),
        "people_reached_per_10000": Measure(
            measures.people_reached_per_10000,
            _("People reached per 10,000 inhabitants"),
            "per 10,000",
            _HEADS,
            _("inhabitants at the census or estimate"),
            decimals=1,
            records_need=_NEED,
        ),
        "outreach_sessions_by_audience": Measure(
            measures.sessions_by_audience,
            _("Outreach sessions by audience"),
            "sessions",
            _HELD,
            _HELD,
            records_need=_NEED,
        ),
        "outreach_sessions_by_language": Measure(
            measures.sessions_by_language,
            _("Outreach sessions by language"),
            "sessions",
            _HELD,
            _HELD,
            records_need=_NEED,
        ),
        "outreach_sessions_by_setting": Measure(
            measures.sessions_by_setting,
            _("Outreach sessions by setting"),
            "sessions",
            _HELD,
            _HELD,
            records_need=_NEED,
        ),
        "schools_visited": Measure(
            measures.schools_visited,
            _("Schools visited"),
            "schools",
            _("schools in which a session was held"),
            _("schools in the register"),
            records_need=_NEED,
        ),
        "share_schools_visited": Measure(
            measures.share_schools_visited,
            _("Share of schools visited"),
            "%",
            _("schools in which a session was held"),
            _("schools in the register"),
            records_need=_NEED,
        ),
        "share_ambassador_requests_on_time": Measure(
            measures.share_requests_on_time,
            _("Share of requests for an ambassador answered within 14 days"),
            "%",
            _("requests answered within 14 days"),
            _("requests of the period"),
            records_need=_NEED,
        ),
    },
    tasks=waiting_tasks,
    task_kinds={"outreach": _("Outreach")},
    pack_shapes=pack.SHAPES,
    pack_files=tuple(
        PackFile(name, shapes, only_sample=pack.ONLY_SAMPLE.get(name, "")) for name, shapes in pack.FILES.items()
    ),
    search_kinds=(SearchKind("ambassador", _("Ambassador"), _READ),),
    jobs=(
        Job("ambassadors", partial(lapse_expired, by=SYSTEM), timedelta(hours=6)),
        Job("ambassador requests", partial(forget_contacts, by=SYSTEM), timedelta(hours=24)),
    ),
    verbs={
        "ambassador.added": _("added an ambassador"),
        "ambassador.called": _("recorded a telephone call with an ambassador"),
        "ambassador.left": _("recorded that an ambassador left"),
        "ambassador.link_ended": _("ended the personal link of an ambassador"),
        "ambassador.link_issued": _("gave out a personal link to an ambassador"),
        "ambassador.on_leave": _("recorded that an ambassador is on leave"),
        "ambassador.reminded": _("sent a reminder to an ambassador"),
        "ambassador.returned": _("recorded that an ambassador is back from leave"),
        "ambassador.updated": _("changed an ambassador"),
        "ambassador_request.assigned": _("assigned an ambassador to a request"),
        "ambassador_request.declined": _("declined a request for an ambassador"),
        "ambassador_request.done": _("recorded that a request for an ambassador was met"),
        "ambassador_request.planned": _("entered the day of a session that an ambassador was asked for"),
        "ambassador_request.sent": _("asked for an ambassador"),
        "ambassador_requests.forgotten": _("deleted whom to call of requests that were closed long ago"),
        "ambassadors.lapsed": _("updated who is active: certificates that expired, leave that ended"),
        "kit.added": _("added a kind of kit"),
        "kit.moved": _("recorded a move of kit"),
        "kit.updated": _("changed a kind of kit"),
        "outreach.corrected": _("corrected an outreach session"),
        "outreach.entered": _("entered an outreach session from paper"),
        "outreach.logged": _("logged an outreach session by their personal link"),
        "outreach.photo_removed": _("removed a photo of an outreach session"),
        "outreach.rejected": _("decided that an outreach session does not count"),
        "outreach.reopened": _("opened an outreach session for review again"),
        "outreach.returned": _("returned an outreach session"),
        "outreach.reviewed": _("reviewed an outreach session"),
        "outreach.reviewed_together": _("reviewed outreach sessions"),
    },
    menu=(
        MenuItem(CAPACITY, _("Coverage"), "workspace:outreach", _READ, 50, "outreach"),
        MenuItem(CAPACITY, _("Ambassadors"), "workspace:ambassadors", _READ, 51, "ambassadors"),
        MenuItem(CAPACITY, _("Outreach sessions"), "workspace:outreach_sessions", _READ, 52, "outreach_sessions"),
        MenuItem(CAPACITY, _("Requests"), "workspace:ambassador_requests", _READ, 53, "ambassador_requests"),
        MenuItem(CAPACITY, _("Kit"), "workspace:outreach_kit", _READ, 54, "outreach_kit"),
    ),
)
