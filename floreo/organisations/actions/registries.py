"""Files of registries on schedule, and what they would change in the register: nothing without a person."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action
from floreo.core.errors import Refused
from floreo.core.outbound import Allow, NotAnswered, NotOpen, small_answer
from floreo.core.reachable import may_ask
from floreo.core.writing import lock_latest, save
from floreo.organisations.actions.networks import add_network, read_prefixes, update_network
from floreo.organisations.actions.proving import read_registry_file
from floreo.organisations.models import (
    DifferenceKind,
    DifferenceState,
    Network,
    RegistryDifference,
    RegistrySource,
)
from floreo.organisations.queries import the_country
from floreo.organisations.registry import LARGEST_FILE

log = logging.getLogger(__name__)
EVERY, AGAIN = timedelta(hours=22), timedelta(hours=3)  # after a file, and after a failure
SECONDS = 30.0  # that a server may be silent


def fetch_registry_files(*, by: Actor, allow: Allow = may_ask) -> int:
    """The job: the files of the addresses that the installation names, once a day. How many were read. One that fails stops no other, and
    the page says why. The addresses of a sample country are invented: nobody asks."""
    country = the_country()
    if country is None or country.is_sample:
        return 0
    RegistrySource.objects.exclude(url__in=settings.REGISTRY_FILES).delete()
    return sum(_fetch(url, by=by, allow=allow) for url in settings.REGISTRY_FILES)


def _fetch(url: str, *, by: Actor, allow: Allow) -> bool:
    source = RegistrySource.objects.get_or_create(url=url[:500])[0]
    now = clock.machine()
    wait = AGAIN if source.problem else EVERY
    if source.tried_at is not None and now < source.tried_at + wait:
        return False
    claimed = RegistrySource.objects.filter(pk=source.pk, tried_at=source.tried_at).update(tried_at=now)
    if not claimed:  # another worker was quicker
        return False
    try:
        content = small_answer(url, most=LARGEST_FILE, allow=allow, seconds=SECONDS)
        read_registry_file(content, by=by, name=url.rsplit("/", 1)[-1])
    except Refused as refusal:
        problem = " ".join(map(str, [refusal.sentence, *refusal.fields.values()][-1:]))
    except NotOpen:
        problem = _("The address leads to a closed network, so files are not fetched from it.")
    except NotAnswered as error:
        problem = _("The server responded with status %(status)d.") % {"status": error.status}
    except (OSError, ValueError):
        problem = _("No server gave the whole file: it did not answer, broke off, or sent more than is taken.")
    else:
        RegistrySource.objects.filter(pk=source.pk).update(problem="", read_at=now)
        return True
    log.warning("the registry's file %s was not read: %s", url, problem)
    RegistrySource.objects.filter(pk=source.pk).update(problem=problem[:500])
    return False


@action("registry_difference.approved", needs=Permission.REGISTER_EDIT)
def approve_difference(difference: RegistryDifference, *, by: Actor, version: int | None = None) -> RegistryDifference:
    """The register becomes as the registry has it. What came so is marked as automatic in its network."""
    difference = _waiting(difference, version)
    if not difference.can_approve:
        sentence = _("The file does not say which network has %(name)s. Enter it at its network or organisation.")
        raise Refused(sentence % {"name": difference.name}, code="no_network")
    prefixes = list(map(str, read_prefixes(difference.prefixes)))
    network = Network.objects.filter(asn=difference.asn).first()
    if difference.kind == DifferenceKind.GONE_PREFIX:
        _remove(network, prefixes, by=by)
    else:
        _add(network, difference, prefixes, by=by)
    return _decide(difference, DifferenceState.APPROVED, by=by)


@action("registry_difference.rejected", needs=Permission.REGISTER_EDIT)
def reject_difference(difference: RegistryDifference, *, by: Actor, version: int | None = None) -> RegistryDifference:
    """The register stays as it is, and nobody is asked again."""
    return _decide(_waiting(difference, version), DifferenceState.REJECTED, by=by)


def _waiting(difference: RegistryDifference, version: int | None) -> RegistryDifference:
    difference = lock_latest(difference, version)
    if difference.state != DifferenceState.OPEN:
        raise Refused(_("Somebody else decided about this already. Reload the page."), code="decided")
    return difference


def _decide(difference: RegistryDifference, state: DifferenceState, *, by: Actor) -> RegistryDifference:
    difference.state, difference.decided_by, difference.decided_on = state, by.actor_name[:200], clock.today()
    return save(difference)


def _add(network: Network | None, difference: RegistryDifference, prefixes: Sequence[str], *, by: Actor) -> None:
    if network is None:
        words = {"registry": difference.registry, "day": difference.seen_on.isoformat()}
        source = _("Delegated file of %(registry)s, %(day)s") % words
        name = f"AS{difference.asn}"
        network = add_network(
            by=by, asn=difference.asn, name=name, prefixes=prefixes, is_public=False, source=source, confirmed=False
        )
    else:
        network = update_network(network, by=by, prefixes=[*network.prefixes, *prefixes])
    _mark(network, network.registry_prefixes | dict.fromkeys(prefixes, difference.registry))


def _remove(network: Network | None, prefixes: Sequence[str], *, by: Actor) -> None:
    if network is None:
        return
    update_network(network, by=by, prefixes=[p for p in network.prefixes if p not in prefixes])


def _mark(network: Network, automatic: Mapping[str, str]) -> None:
    network = lock_latest(network)
    network.registry_prefixes = dict(automatic)
    save(network, full_clean=False)
