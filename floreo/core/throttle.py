"""How often a visitor may call.

What guards a secret (guesses of a link, answers to a notice) is a token bucket in the database: `spend`. What only reads is
metered in the memory of the process, so that no reading writes: `charge`. Keys are hashed, so no address of a person is kept."""

import hashlib
import hmac
import time
from collections import OrderedDict
from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address, ip_network
from threading import Lock
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.errors import Slower
from floreo.core.models import TokenBucket


def address_of(request: HttpRequest) -> str:
    """The caller's address. Behind our own proxy the last hop it added counts; what the caller writes does not."""
    return caller(request.META)


def caller(environ: Mapping[str, Any]) -> str:
    """The same, from what the web server says of a request."""
    if settings.BEHIND_PROXY:
        hops: list[str] = [h.strip() for h in environ.get("HTTP_X_FORWARDED_FOR", "").split(",") if h.strip()]
        if hops:
            return _of_one_caller(hops[-1])
    return _of_one_caller(str(environ.get("REMOTE_ADDR", "")))


def _of_one_caller(address: str) -> str:
    """Of the new addresses every household has billions: the network that they share represents all of them."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        return str(ip_network((int(found), 64), strict=False))
    return address


def _key(purpose: str, who: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"{purpose}|{who}".encode(), hashlib.sha256).hexdigest()


def _slower(missing: float, per_hour: float) -> Slower:
    seconds = int(missing / per_hour * 3600) + 1
    return Slower(
        _("Too many attempts from here. Wait %(seconds)d seconds and try again.") % {"seconds": seconds},
        seconds=seconds,
    )


class Meter:
    """Token buckets of one process. When there are too many, the one that was not asked for longest is forgotten: who
    calls from so many networks is stopped elsewhere."""

    def __init__(self, *, most: int = 50_000) -> None:
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock, self._most = Lock(), most

    def take(self, key: str, *, cost: float, capacity: int, per_hour: float, at: float) -> float:
        """Takes `cost` tokens and returns 0, or takes nothing and returns how many are missing. Whatever costs more than
        there can ever be empties a full bucket."""
        cost = min(cost, capacity)
        with self._lock:
            level, before = self._levels.pop(key, (float(capacity), at))
            level = min(capacity, level + max(at - before, 0) / 3600 * per_hour)
            missing = max(cost - level, 0.0)
            self._levels[key] = (level if missing else level - cost, at)
            while len(self._levels) > self._most:
                self._levels.popitem(last=False)
        return missing

    def clear(self) -> None:
        with self._lock:
            self._levels.clear()


METER = Meter()


def charge(purpose: str, who: str, *, capacity: int, per_hour: float, cost: float = 1) -> None:
    """Takes `cost` tokens from the bucket of `who` for `purpose`, or raises Slower. Costly things cost more than one."""
    missing = METER.take(_key(purpose, who), cost=cost, capacity=capacity, per_hour=per_hour, at=time.monotonic())
    if missing:
        raise _slower(missing, per_hour)


def spend(purpose: str, who: str, *, capacity: int, per_hour: float) -> None:
    """Takes one token from the bucket of `who` for `purpose`, or raises Slower. Buckets refill at `per_hour`."""
    key = _key(purpose, who)
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
    raise _slower(1 - level, per_hour)
