"""Networks that are dynamic or carrier NAT: marked by their holder or the team, or offered by the program and confirmed by a person.
Marking never improves a published figure; the end of one, which may, is the team's."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.writing import lock_latest, refuse, save
from floreo.feeds.actions.aggregate import settle_again
from floreo.feeds.models import AddressPool, Finding, PoolKind, PoolState
from floreo.feeds.owners import Owners
from floreo.feeds.pools import Network, offers
from floreo.organisations.models import Organisation


def network_in(text: str) -> Network:
    """The network as a person wrote it. Raises Refused at the field."""
    try:
        return ip_network(text.replace("\x00", "").strip(), strict=False)
    except ValueError:
        raise refuse("prefix", _("This is no network. Write it as 192.0.2.0/24.")) from None


def holder_of(text: str) -> int:
    """The organisation that the register gives the whole network to. Raises Refused at the field."""
    holder = Owners().of_network(str(network_in(text)))
    if holder is None:
        raise refuse("prefix", _("The register has no network around this one. Enter it in the register first."))
    return holder


def check_pool(organisation: Organisation, prefix: str, kind: str) -> Network:
    """The network, where the organisation holds it and it is not marked yet. Raises Refused at the field."""
    network = network_in(prefix)
    if holder_of(prefix) != organisation.successor().pk:
        raise refuse("prefix", _("The register does not attribute this network to the organisation."))
    if kind not in PoolKind.values:
        raise refuse("kind", _("Choose how the addresses are used."), code="missing")
    if AddressPool.objects.active().filter(prefix=str(network)).exists():
        raise refuse("prefix", _("This network is marked already."))
    return network


@action("pool.marked", needs=Permission.FINDING_ANSWER)
def mark_pool(organisation: Organisation, *, by: Actor, prefix: str, kind: str, reason: str = "") -> AddressPool:
    """By the organisation that holds the network, or the team for it. What was offered or refused before is decided again."""
    network = check_pool(organisation, prefix, kind)
    pool = AddressPool.objects.select_for_update().exclude(state=PoolState.ENDED).filter(prefix=str(network)).first()
    pool = pool or AddressPool(prefix=str(network))
    pool.organisation, pool.kind, pool.reason = organisation.successor(), kind, reason.replace("\x00", "").strip()[:300]
    pool.state, pool.made_by, pool.made_on = PoolState.ACTIVE, by.actor_name[:200], clock.today()
    save(pool)
    note(findings=_settle(network))
    return pool


def must_be_offered(pool: AddressPool) -> None:
    if pool.state != PoolState.OFFERED:
        raise Refused(_("Somebody decided this already. Reload the page."), code="decided")


def must_be_active(pool: AddressPool) -> None:
    if pool.state != PoolState.ACTIVE:
        raise Refused(_("This is not in force. Reload the page."), code="decided")


@action("pool.confirmed", needs=Permission.FINDING_ANSWER)
def confirm_pool(pool: AddressPool, *, by: Actor, kind: str, reason: str = "") -> AddressPool:
    """A network that looked like a pool is one."""
    pool = lock_latest(pool)
    must_be_offered(pool)
    if kind not in PoolKind.values:
        raise refuse("kind", _("Choose how the addresses are used."), code="missing")
    pool.kind, pool.reason, pool.state = kind, reason.replace("\x00", "").strip()[:300], PoolState.ACTIVE
    pool.made_by, pool.made_on = by.actor_name[:200], clock.today()
    save(pool)
    note(findings=_settle(ip_network(pool.prefix)))
    return pool


@action("pool.refused", needs=Permission.FINDING_HANDLE)
def refuse_pool(pool: AddressPool, *, by: Actor) -> AddressPool:
    """It is none, and is not offered again."""
    pool = lock_latest(pool)
    must_be_offered(pool)
    pool.state, pool.made_by, pool.made_on = PoolState.REFUSED, by.actor_name[:200], clock.today()
    return save(pool)


@action("pool.ended", needs=Permission.FINDING_HANDLE)
def end_pool(pool: AddressPool, *, by: Actor) -> AddressPool:
    """Its addresses stay with their machines: silence of a scan shows a fix there again."""
    pool = lock_latest(pool)
    must_be_active(pool)
    pool.state, pool.ended_by, pool.ended_on = PoolState.ENDED, by.actor_name[:200], clock.today()
    save(pool)
    note(findings=_settle(ip_network(pool.prefix)))
    return pool


@action("pools.offered", needs=Permission.FEED_RUN, quiet=True)
def offer_pools(*, by: Actor) -> int:
    """The nightly job: networks that look like pools, for a person to confirm; each once. Returns how many are new."""
    known = [
        ip_network(prefix)
        for prefix in AddressPool.objects.exclude(state=PoolState.ENDED).values_list("prefix", flat=True)
    ]
    owners, made = Owners(), 0
    for offer in offers(clock.today()):
        network = ip_network(offer.prefix)
        if any(network.version == each.version and network.subnet_of(each) for each in known):  # type: ignore[arg-type]
            continue
        holder = owners.of_network(offer.prefix)
        if holder is None:
            continue
        facts = {"prefix": offer.prefix, "kind": offer.kind, "findings": offer.findings, "days": offer.days}
        named = {"organisation_id": holder, "made_by": by.actor_name[:200], "made_on": clock.today()}
        save(AddressPool(**facts, **named, state=PoolState.OFFERED), full_clean=False)
        known.append(network)
        made += 1
    return made


def _settle(network: Network) -> dict[str, int]:
    """What is in the network, by what its silence says now."""
    rows = Finding.objects.exclude(ip=None).values_list("pk", "ip").order_by("pk")
    rows = rows.filter(ip__contains=":") if network.version == 6 else rows.exclude(ip__contains=":")
    inside = [pk for pk, ip in rows.iterator(chunk_size=5000) if ip and ip_address(ip) in network]
    return settle_again(Finding.objects.filter(pk__in=inside)) if inside else {}
