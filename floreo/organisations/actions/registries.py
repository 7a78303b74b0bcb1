"""Files of registries on schedule, and what they would change in the register: nothing without a person."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.outbound import Allow, NotAnswered, NotOpen, small_answer
from floreo.core.reachable import may_ask
from floreo.core.writing import lock_latest, save
from floreo.organisations import claims
from floreo.organisations.actions.networks import add_network, read_prefixes, update_network
from floreo.organisations.actions.proving import read_registry_file, unreadable_sentence
from floreo.organisations.actions.register import add_contact
from floreo.organisations.models import (
    ContactRole,
    DifferenceKind,
    DifferenceState,
    Network,
    Organisation,
    RegistryDifference,
    RegistrySource,
)
from floreo.organisations.queries import the_country
from floreo.organisations.registry import LARGEST_FILE, Unreadable, read_bootstrap
from floreo.organisations.registry_names import has_name

log = logging.getLogger(__name__)
EVERY, AGAIN = timedelta(hours=22), timedelta(hours=3)  # after a file, and after a failure
SECONDS = 30.0  # that a server may be silent
ANSWERED = (DifferenceKind.HOLDER, DifferenceKind.ABUSE, DifferenceKind.SPLIT)


def fetch_registry_files(*, by: Actor, allow: Allow = may_ask) -> int:
    """The job: the files of the addresses that the installation names, once a day, and the lists of which server to ask, where any is
    asked on schedule. How many were read. One that fails stops no other, and the page says why. The addresses of a sample country are
    invented: nobody asks."""
    country = the_country()
    if country is None or country.is_sample:
        return 0
    lists = settings.RDAP_BOOTSTRAP if settings.RDAP_A_DAY else []
    RegistrySource.objects.exclude(url__in=[*settings.REGISTRY_FILES, *lists]).delete()
    read = {url: partial(_read_file, url=url, by=by) for url in settings.REGISTRY_FILES}
    read |= {url: partial(_save_servers, url=url, by=by) for url in lists}
    return sum(_fetch(url, take, allow=allow) for url, take in read.items())


def _read_file(content: bytes, *, url: str, by: Actor) -> None:
    read_registry_file(content, by=by, name=url.rsplit("/", 1)[-1])


def servers_path(url: str) -> Path:
    """Where the list of which server answers for which addresses lies that came from there."""
    return claims.registry_folder() / f"servers-{hashlib.sha256(url.encode()).hexdigest()[:16]}.json"


def _save_servers(content: bytes, *, url: str, by: Actor) -> None:
    try:
        read_bootstrap(content)
    except Unreadable as problem:
        raise Refused(unreadable_sentence(problem), code=problem.wrong) from problem
    path = servers_path(url)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_bytes(content)
    part.replace(path)


def _fetch(url: str, take: Callable[[bytes], None], *, allow: Allow) -> bool:
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
        take(content)
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
    if difference.kind in ANSWERED:
        _approve_answer(difference, by=by)
        return _decide(difference, DifferenceState.APPROVED, by=by)
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


# --- What a registry answered of a network ------------------------------------------------------------------------


def _approve_answer(difference: RegistryDifference, *, by: Actor) -> None:
    network = Network.objects.select_related("holder__merged_into").filter(asn=difference.asn).first()
    if network is None:
        raise Refused(_("The network is no longer in the register. Reject this difference."), code="no_network")
    source = _("RDAP, %(handle)s, %(day)s") % {
        "handle": difference.holder or f"AS{difference.asn}",
        "day": difference.seen_on.isoformat(),
    }
    note(source=source)
    if difference.kind == DifferenceKind.HOLDER:
        _set_holder(network, difference, by=by)
    elif difference.kind == DifferenceKind.ABUSE:
        _add_abuse_contact(network, difference.value, by=by, source=source)
    else:
        _split(network, difference, by=by)


def _set_holder(network: Network, difference: RegistryDifference, *, by: Actor) -> None:
    """The organisation of the register that has that name; a person decides where it is none, several, or of a part of the network."""
    words = {"name": difference.value}
    rows = Organisation.objects.filter(merged_into=None).prefetch_related("former_names")
    found = [body for body in rows if has_name(body, [difference.value])]
    if len(found) != 1:
        if found:
            sentence = _("Several organisations of the register have the name %(name)s. Set the holder at the network.")
        else:
            sentence = _(
                "No organisation of the register has the name %(name)s. Add it, or set the holder at the network; or reject this."
            )
        raise Refused(sentence % words, code="no_organisation")
    if set(network.prefixes) - set(difference.prefixes):
        sentence = _(
            "The registry names %(name)s for a part of the network alone, as far as it was asked. Enter these addresses at that organisation; or reject this."
        )
        raise Refused(sentence % words, code="a_part")
    update_network(network, by=by, holder=found[0])


def _add_abuse_contact(network: Network, email: str, *, by: Actor, source: str) -> None:
    if network.holder is None:
        raise Refused(_("The network has no holder any more, so nobody has the contact."), code="no_holder")
    add_contact(
        network.holder.successor(),
        by=by,
        purpose=_("Abuse reports, by the registry"),
        role=ContactRole.ABUSE,
        email=email,
        is_public=False,
        source=source,
        confirmed=False,
    )


def _split(network: Network, difference: RegistryDifference, *, by: Actor) -> None:
    """The same addresses, each part by itself: then each is asked about by itself. What came from a file stays marked so."""
    whole = difference.value
    if whole not in network.prefixes:
        raise Refused(_("The network no longer has %(name)s. Reject this difference.") % {"name": whole}, code="gone")
    automatic = dict(network.registry_prefixes)
    parts = list(difference.prefixes)
    network = update_network(network, by=by, prefixes=[p for p in network.prefixes if p != whole] + parts)
    if whole in automatic:
        _mark(network, network.registry_prefixes | dict.fromkeys(parts, automatic[whole]))


def _mark(network: Network, automatic: Mapping[str, str]) -> None:
    network = lock_latest(network)
    network.registry_prefixes = dict(automatic)
    save(network, full_clean=False)
