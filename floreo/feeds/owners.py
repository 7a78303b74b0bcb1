"""Whose a finding is by the register of today: what is asked before a finding is left to end by silence."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from ipaddress import ip_address, ip_network
from typing import Any

from floreo.feeds.constituency import owned
from floreo.feeds.engine.constituency import Owned, domain_of
from floreo.feeds.engine.events import Match
from floreo.organisations.models import Organisation
from floreo.organisations.queries import successors


class Owners:
    """The register, read when it is first asked."""

    @cached_property
    def _by_value(self) -> dict[str, str]:
        found: dict[str, str] = {}
        rows = sorted(owned(), key=lambda row: (not row.is_verified, row.organisation))
        for row in rows:
            found.setdefault(_canonical(row), row.organisation)
        return found

    @cached_property
    def _bodies(self) -> tuple[Mapping[str, int], Mapping[int, int]]:
        return dict(Organisation.objects.order_by().values_list("code", "pk")), successors()

    def of(self, row: Mapping[str, Any]) -> int | None:
        """The organisation that answers for a finding (a row by its columns) today; None for nobody. The longest prefix comes first,
        then the system, then the domain, as events are attributed."""
        by_code, successor = self._bodies
        code = self._code(row)
        if code is None:
            return None
        pk = by_code[code]
        return successor.get(pk, pk)

    def is_still(self, row: Mapping[str, Any]) -> bool:
        """Whether it is whose it was. Of what came without a reason nothing is known, and nothing is said."""
        _by_code, successor = self._bodies
        now = row["organisation_id"]
        return not row["reason"] or self.of(row) == successor.get(now, now)

    def _code(self, row: Mapping[str, Any]) -> str | None:
        if row["ip"] and (code := self._of_address(row["ip"])) is not None:
            return code
        if row["reason"] == Match.DOMAIN or not row["ip"]:
            return self._of_domain(domain_of(row["network"] or row["subject"]))
        return self._by_value.get(row["network"]) if row["reason"] == Match.ASN else None

    def _of_address(self, address: str) -> str | None:
        found = ip_address(address)
        for length in range(found.max_prefixlen, -1, -1):
            code = self._by_value.get(str(ip_network((found, length), strict=False)))
            if code is not None:
                return code
        return None

    def of_network(self, prefix: str) -> int | None:
        """Who answers for all of a network: the holder of the smallest registered one around it."""
        by_code, successor = self._bodies
        network = ip_network(prefix)
        for length in range(network.prefixlen, -1, -1):
            code = self._by_value.get(str(network.supernet(new_prefix=length)))
            if code is not None:
                return successor.get(by_code[code], by_code[code])
        return None

    def _of_domain(self, name: str) -> str | None:
        while name:
            if (code := self._by_value.get(name)) is not None:
                return code
            name = name.partition(".")[2]
        return None


def _canonical(row: Owned) -> str:
    try:
        return str(ip_network(row.network.strip(), strict=False))
    except ValueError:
        return (
            row.network.strip().upper()
            if row.network.strip()[:2].upper() == "AS" and row.network.strip()[2:].isdigit()
            else domain_of(row.network)
        )
