"""What is said of networks whose addresses change hands or are shared."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext

from floreo.core.ui import locale
from floreo.feeds.models import AddressPool, PoolKind

_HOW: Mapping[str, Promise] = {
    PoolKind.DYNAMIC: _l("This address changes hands. Find the customer by the time."),
    PoolKind.NAT: _l("Several customers share this address. Find the customer by the time and the source port."),
}


def how_to_find(kind: str) -> str:
    """How whoever runs the network finds the customer; "" where the address has one holder."""
    return str(_HOW.get(kind, ""))


def evidence_text(pool: AddressPool) -> str:
    """By what it looks like a pool."""
    if not pool.findings:
        return ""
    days = ngettext("%(n)s day", "%(n)s days", pool.days) % {"n": locale.number(pool.days)}
    words = {"n": locale.number(pool.findings), "days": days}
    if pool.kind == PoolKind.NAT:
        return (
            ngettext(
                "%(n)s kind of malware on one day, each from its own source port; on %(days)s",
                "%(n)s kinds of malware on one day, each from its own source port; on %(days)s",
                pool.findings,
            )
            % words
        )
    return (
        ngettext(
            "%(n)s short finding of one kind, hardly two on one day; on %(days)s",
            "%(n)s short findings of one kind, hardly two on one day; on %(days)s",
            pool.findings,
        )
        % words
    )
