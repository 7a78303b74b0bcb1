"""Which assets of the register run a product that an advisory or the catalogue of exploited vulnerabilities names. Each as far as the
viewer may see assets: an operator finds its own and nobody else's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from floreo.advisories.logic import Product
from floreo.advisories.matching import OPEN, Running, Verdict, is_named, same_vendor, verdict
from floreo.advisories.models import CLOSING, Advisory, AdvisoryReply, AdvisoryState, KevEntry
from floreo.core.routes import path_to
from floreo.feeds.selection import Contacts, Reach
from floreo.infrastructure.logic import ServiceState
from floreo.infrastructure.models import Asset, OfServiceQuerySet, Service
from floreo.organisations.models import ContactRole, Organisation
from floreo.organisations.queries import bodies_of, successors

_ORDER = list(Verdict)


@dataclass(frozen=True)
class Named:
    """An asset whose product an advisory names, what the advisory says of its version, and what its operator replied."""

    advisory: Advisory
    asset: Asset
    verdict: Verdict
    reply: AdvisoryReply | None = None

    @property
    def organisation(self) -> Organisation | None:
        """Who runs it: the operator of the service and, of a service without one, the owner of the asset."""
        return self.asset.service.operator or self.asset.owner

    def reply_url(self) -> str:
        return path_to("workspace:advisory_reply", self.advisory.code, self.asset.pk)

    @property
    def is_open(self) -> bool:
        """Whether the version is affected, or may be, and nobody said that this is seen to. A later version of the advisory asks again."""
        is_closed = self.reply is not None and self.reply.kind in CLOSING and self.reply.issue == self.advisory.issue
        return self.verdict in OPEN and not is_closed


def running_of(asset: Asset) -> Running:
    return Running(asset.vendor, asset.product, asset.product_version)


def assets_seen(viewer: object) -> OfServiceQuerySet:
    """Assets with a product, of services that are not withdrawn."""
    rows: OfServiceQuerySet = Asset.objects.visible_to(viewer)
    rows = rows.exclude(product="").exclude(service__state=ServiceState.WITHDRAWN)
    return rows.select_related("service__operator", "owner")


def _named(advisories: Iterable[Advisory], assets: Iterable[Asset], viewer: object) -> list[Named]:
    """Every pair of them, the most urgent first. One query beside theirs."""
    rows, texts = list(assets), [(each, each.product_rows()) for each in advisories]
    replies: Mapping[tuple[int, int], AdvisoryReply] = {}
    if rows and texts:
        found = AdvisoryReply.objects.visible_to(viewer).filter(advisory__in=[each.pk for each, _rows in texts])
        replies = {(reply.advisory_id, reply.asset_id): reply for reply in found}
    named = [
        Named(advisory, asset, judged, replies.get((advisory.pk, asset.pk)))
        for advisory, products in texts
        for asset in rows
        if (judged := verdict(running_of(asset), products)) is not None
    ]
    return sorted(named, key=lambda each: _ORDER.index(each.verdict))  # stable: else in the order of the rows


def assets_named(advisory: Advisory, viewer: object) -> list[Named]:
    """The assets that run a product of an advisory, as far as the viewer sees assets. Two queries."""
    if not advisory.products:
        return []
    return _named([advisory], assets_seen(viewer).order_by("service__operator__name", "name", "pk"), viewer)


def advisories_on(assets: Iterable[Asset], viewer: object) -> list[Named]:
    """What is published, and the viewer may read, on the products of assets that they see. Two queries."""
    rows = [each for each in assets if each.product]
    if not rows:
        return []
    published = Advisory.objects.visible_to(viewer).filter(state=AdvisoryState.PUBLISHED).exclude(products=[])
    return _named(published, rows, viewer)


@dataclass(frozen=True)
class Exploited:
    """An asset with the entries of the catalogue that name its product, newest first. The catalogue names no versions."""

    asset: Asset
    entries: tuple[KevEntry, ...]


def exploited_on(assets: Iterable[Asset]) -> list[Exploited]:
    """The assets whose product is in the catalogue of known exploited vulnerabilities. One query."""
    rows = [each for each in assets if each.product]
    entries = list(KevEntry.objects.all()) if rows else []
    by_vendor: defaultdict[str, list[KevEntry]] = defaultdict(list)
    for entry in entries:
        by_vendor[entry.vendor].append(entry)
    found = []
    for asset in rows:
        asked = running_of(asset)
        near = [v for v in by_vendor if not asset.vendor or same_vendor(asset.vendor, v) or _is_whole(v, by_vendor[v])]
        named = [e for v in near for e in by_vendor[v] if is_named(asked, Product(e.vendor, e.product))]
        if named:
            named.sort(key=lambda e: (e.added_on, e.cve), reverse=True)
            found.append(Exploited(asset, tuple(named)))
    return found


def _is_whole(vendor: str, entries: Iterable[KevEntry]) -> bool:
    """Whether an entry names its product as its manufacturer, so that its name alone is compared."""
    return any(each.product == vendor for each in entries)


def running_named(entries: Iterable[KevEntry], viewer: object) -> dict[int, int]:
    """How many organisations of those that the viewer sees run the product of each entry, by the entry's id. One query."""
    bodies: defaultdict[Running, set[int]] = defaultdict(set)
    for asset in assets_seen(viewer):
        body = asset.service.operator_id or asset.owner_id
        if body is not None:
            bodies[running_of(asset)].add(body)
    found: dict[int, int] = {}
    for entry in entries:
        product = Product(entry.vendor, entry.product)
        who = set().union(*(ids for asked, ids in bodies.items() if is_named(asked, product)))
        if who:
            found[entry.pk] = len(who)
    return found


@dataclass(frozen=True)
class Body:
    """An organisation that runs a product of an advisory, with the most urgent verdict on what it runs, and how it is written to."""

    organisation: Organisation
    verdict: Verdict
    to: tuple[Reach, ...]


def bodies_named(advisory: Advisory, viewer: object) -> list[Body]:
    """Each organisation once, as it is today where it was merged; the most urgent first."""
    after = successors()
    first: dict[int, Verdict] = {}
    for each in assets_named(advisory, viewer):
        if each.organisation is not None:
            first.setdefault(after.get(each.organisation.pk, each.organisation.pk), each.verdict)
    known = Organisation.objects.in_bulk(first)
    return [Body(known[pk], judged, contacts_of(known[pk])) for pk, judged in first.items()]


def contacts_of(organisation: Organisation) -> tuple[Reach, ...]:
    """To whom an advisory on what it runs is sent: its technical contacts, else the next that notices of findings go to."""
    return Contacts(organisation, bodies_of([organisation.pk])).of(ContactRole.TECHNICAL)[1]


def assets_with_product(service: Service) -> list[Asset]:
    """The assets of one service that run a product."""
    return list(service.assets.exclude(product="").select_related("service__operator", "owner"))
