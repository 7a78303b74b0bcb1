"""The constituency, from the register: what an organisation holds, and the networks that it runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from django.conf import settings

from floreo.feeds.engine.constituency import Owned, kept
from floreo.organisations.models import Holding, Network, Organisation
from floreo.organisations.queries import successors


def owned() -> list[Owned]:
    """Every prefix, system number and domain of the register with the code of who answers for it today. What is only claimed
    counts when the team has approved it. A website's address
    is no holding: it may be at anybody's."""
    codes = _codes()
    return [*_networks(codes), *_holdings(codes)]


def constituency_path() -> Path:
    """The file that every task loads: made again when the register says something else."""
    return kept(owned(), Path(settings.DATA) / "constituencies")


def _codes() -> dict[int, str]:
    """The code of who acts today for each body."""
    codes = dict(Organisation.objects.order_by().values_list("pk", "code"))
    return codes | {old: codes[successor] for old, successor in successors().items()}


def _networks(codes: Mapping[int, str]) -> Iterator[Owned]:
    rows = Network.objects.exclude(holder=None).order_by("pk")
    for asn, holder, prefixes, confirmed in rows.values_list("asn", "holder_id", "prefixes", "confirmed"):
        yield Owned(codes[holder], f"AS{asn}", is_verified=confirmed)
        for prefix in prefixes:
            yield Owned(codes[holder], str(prefix), is_verified=confirmed)


def _holdings(codes: Mapping[int, str]) -> Iterator[Owned]:
    for holding in Holding.objects.approved().order_by("pk").iterator(chunk_size=2000):
        is_verified = holding.verified_on is not None
        yield Owned(codes[holding.organisation_id], holding.value, holding.service, is_verified)
