"""How often a stranger may call. A token bucket in the database; keys are hashed, so no address of a person is kept."""

import hashlib
import hmac
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.errors import Slower
from floreo.core.models import TokenBucket


def address_of(request: HttpRequest) -> str:
    """The caller's address. Behind a proxy of ours the last hop it added counts; what a stranger writes does not."""
    if settings.BEHIND_PROXY:
        hops: list[str] = [h.strip() for h in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if h.strip()]
        if hops:
            return _of_one_caller(hops[-1])
    return _of_one_caller(str(request.META.get("REMOTE_ADDR", "")))


def _of_one_caller(address: str) -> str:
    """Of the new addresses every household has billions: the network that they share stands for all of them."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        return str(ip_network((int(found), 64), strict=False))
    return address


def spend(purpose: str, who: str, *, capacity: int, per_hour: float) -> None:
    """Takes one token from the bucket of `who` for `purpose`, or raises Slower. Buckets refill at `per_hour`."""
    key = hmac.new(settings.SECRET_KEY.encode(), f"{purpose}|{who}".encode(), hashlib.sha256).hexdigest()
    at = clock.now()
    with transaction.atomic():
        # Held until the end, so that many calls at once do not all spend the same token.
        bucket, _made = TokenBucket.objects.select_for_update().get_or_create(
            key=key, defaults={"tokens": capacity, "filled_at": at}
        )
        hours = max((at - bucket.filled_at).total_seconds() / 3600, 0)
        level = min(capacity, bucket.tokens + hours * per_hour)
        if level >= 1:
            TokenBucket.objects.filter(pk=bucket.pk).update(tokens=level - 1, filled_at=at)
            return
    seconds = int((1 - level) / per_hour * 3600) + 1
    raise Slower(
        _("Too many tries from here. Wait %(seconds)d seconds and try again.") % {"seconds": seconds}, seconds=seconds
    )
