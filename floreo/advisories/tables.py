"""What of advisories leaves as lists: advisories that are public, and response teams; for the workspace also KEV."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from floreo.advisories.models import Advisory, AdvisoryState, EpssScore, KevEntry, Severity, Team, may_write
from floreo.advisories.presenters import public_number
from floreo.core.access import Permission
from floreo.core.columns import CHANGED, SOURCED, column, titles
from floreo.core.policy import Tlp
from floreo.core.sectors import Sector
from floreo.core.tables import CellKind, Column, Filter, Table, Words

_WRITERS = Permission.ADVISORY_WRITE


def _advisories(viewer: object) -> QuerySet[Advisory]:
    return Advisory.objects.visible_to(viewer).numbered()


def _number(advisory: Advisory) -> int:
    """Of what everybody reads, counted from its first version that they may read."""
    return public_number(advisory) if advisory.tlp == Tlp.CLEAR else advisory.issue


def _address(advisory: Advisory) -> str:
    return f"{settings.SITE_ADDRESS}/advisories/{advisory.code}/"


def _years() -> list[tuple[str, Words]]:
    days = Advisory.objects.out().dates("published_at", "year", order="DESC")
    return [(str(day.year), str(day.year)) for day in days]


_SEVERITY = Filter(
    "severity", _("Severity"), lambda: reversed(Severity.choices), lambda rows, v: rows.filter(severity=v)
)
_YEAR = Filter("year", _("Year"), _years, lambda rows, v: rows.filter(published_at__year=int(v)))
_STATE = Filter("state", _("State"), lambda: AdvisoryState.choices, lambda rows, v: rows.filter(state=v))
_TLP = Filter("tlp", _("TLP"), lambda: Tlp.choices, lambda rows, v: rows.filter(tlp=v))
# Sectors are in a list of codes, none of which is part of another.
_SECTOR = Filter(
    "sector", _("Sector"), lambda: Sector.choices, lambda rows, v: rows.filter(sectors__icontains=f'"{v}"')
)

_COLUMNS = (
    Column.of(Advisory, "code", _("Part of its address, and its number in CSAF")),
    *titles(_("As published"), of=Advisory),
    Column.of(Advisory, "summary", _("One or two sentences")),
    Column.of(Advisory, "severity", _("low, medium, high or critical")),
    Column.of(Advisory, "cves", _("The vulnerabilities that it names"), CellKind.LIST),
    Column.of(
        Advisory,
        "products",
        _("Vendor, product and versions"),
        CellKind.LIST,
        value=lambda a: [product.name for product in a.product_rows()],
    ),
    Column.of(Advisory, "sectors", _("Codes; empty: all"), CellKind.LIST),
    Column.of(Advisory, "tlp", _("Traffic Light Protocol 2.0")),
    Column.of(Advisory, "language", _("Language of the title, summary and text")),
    Column.of(Advisory, "state", _("draft, review, published or withdrawn"), needs=_WRITERS),
    Column.of(Advisory, "made_from", _("CVE, KEV entry or record that it was made from"), needs=_WRITERS),
    Column.of(Advisory, "source_known_at", _("Moment, UTC"), CellKind.MOMENT, needs=_WRITERS),
    Column.of(Advisory, "published_at", _("Moment, UTC"), CellKind.MOMENT),
    Column.of(Advisory, "corrected_at", _("When it was last changed, UTC"), CellKind.MOMENT),
    Column.of(Advisory, "issue", _("Current version"), CellKind.WHOLE, value=_number),
    Column("address", _("Address"), _("Permanent address"), _address, CellKind.LINK),
    CHANGED,
)

ADVISORIES = Table(
    "advisories",
    _("Advisories"),
    _("Weaknesses and threats that concern the country, and what to do."),
    rows=_advisories,
    columns=_COLUMNS,
    order=("-pk",),
    search=("title", "summary", "code", "cves", "products"),
    filters=(_SEVERITY, _SECTOR, _YEAR),
    lookup=lambda rows, key: rows.filter(code=key),
)

# The same in the workspace: what waits for a second person first.
WORKSPACE_ADVISORIES = Table(
    "advisories",
    ADVISORIES.title,
    ADVISORIES.help,
    rows=lambda viewer: Advisory.objects.visible_to(viewer).in_working_order(),
    columns=_COLUMNS,
    order=("turn", "-pk"),
    needs=Permission.ADVISORY_READ,
    search=ADVISORIES.search,
    filters=(_STATE, _SEVERITY, _TLP),
)


def _teams(_viewer: object) -> QuerySet[Team]:
    return Team.objects.select_related("organisation")


def _organisation(team: Team) -> str | None:
    body = team.organisation
    return body.code if body is not None and body.is_public else None


TEAMS = Table(
    "teams",
    _("Response teams"),
    _("Teams of the country that respond to incidents, and for whom."),
    rows=_teams,
    columns=(
        Column.of(Team, "code", _("Of the team")),
        column("name", _("Name"), _("Its usual name")),
        Column.of(Team, "is_own", _("Whether it is the team that publishes here"), CellKind.FLAG),
        Column.of(Team, "organisation", _("Code of the organisation"), value=_organisation),
        Column.of(Team, "constituency", _("For whom it works")),
        Column.of(Team, "email", _("As the team publishes it")),
        Column.of(Team, "phone", _("As the team publishes it")),
        Column.of(Team, "website", _("Address"), CellKind.LINK),
        *SOURCED,
        CHANGED,
    ),
    order=("position", "pk"),
    search=("name", "code", "constituency"),
    lookup=lambda rows, key: rows.filter(code=key),
)


def _kev(viewer: object) -> QuerySet[KevEntry]:
    """With `epss`, and `advised`: whether an advisory names it that the viewer may read."""
    if not may_write(viewer):
        return KevEntry.objects.none()
    scores = EpssScore.objects.filter(cve=OuterRef("cve")).values("score")[:1]
    named = Advisory.objects.visible_to(viewer).filter(made_from__endswith=OuterRef("cve"))
    return KevEntry.objects.annotate(epss=Subquery(scores), advised=Exists(named))


KEV = Table(
    "known-exploited",
    _("Known exploited vulnerabilities"),
    _("The catalogue KEV, as it was last loaded."),
    rows=_kev,
    columns=(
        Column.of(KevEntry, "cve", _("Number of the vulnerability")),
        Column.of(KevEntry, "vendor", _("As in the catalogue")),
        Column.of(KevEntry, "product", _("As in the catalogue")),
        Column.of(KevEntry, "name", _("As in the catalogue")),
        Column.of(KevEntry, "added_on", _("Day on which it entered the catalogue"), CellKind.DATE),
        Column.of(KevEntry, "ransomware", _("Whether ransomware campaigns use it"), CellKind.FLAG),
        column("epss", _("EPSS"), _("Likelihood of exploitation within 30 days, 0 to 1"), CellKind.DECIMAL),
    ),
    order=("-added_on", "-pk"),
    key="cve",
    needs=_WRITERS,
    search=("cve", "vendor", "product", "name"),
    filters=(
        Filter(
            "ransomware",
            _("Ransomware"),
            lambda: [("yes", _("Used in ransomware campaigns"))],
            lambda rows, _v: rows.filter(ransomware=True),
        ),
    ),
)

TABLES: dict[str, Table] = {table.name: table for table in (ADVISORIES, TEAMS)}
