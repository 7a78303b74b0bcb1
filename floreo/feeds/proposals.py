"""What organisations may propose of how they are notified, to which contacts and how often; and which of their networks are dynamic or
shared."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core.access import Actor
from floreo.core.proposals import ProposalKind
from floreo.feeds.actions.notices import change_rule, check_rule, make_rule
from floreo.feeds.actions.pools import check_pool, mark_pool
from floreo.feeds.models import AddressPool, Every, NoticeRule
from floreo.organisations.models import Organisation


def _own(organisation: Organisation) -> QuerySet[NoticeRule]:
    """Its rules about every finding; those about a kind or a severity are the team's."""
    return NoticeRule.objects.filter(organisation=organisation, kind="", worst="")


def _make(organisation: Organisation, *, by: Actor, **facts: Any) -> NoticeRule:
    """Before the rules of all organisations, which would count instead."""
    return make_rule(by=by, is_first=True, organisation=organisation, **facts)


def _problems(_organisation: Organisation, _rule: NoticeRule | None, facts: dict[str, Any]) -> Iterable[str]:
    if facts.get("every") == Every.NEVER:
        yield _("The organisation would get no notices any more.")


def _pools(organisation: Organisation) -> QuerySet[AddressPool]:
    return AddressPool.objects.active().filter(organisation=organisation)


def _check_pool(pool: AddressPool) -> None:
    """Its own network, and not one that is marked already."""
    check_pool(pool.organisation, pool.prefix, pool.kind)


KINDS = (
    ProposalKind(
        "notice_rule",
        _l("How often it is notified of findings"),
        NoticeRule,
        ("contact_role", "every", "reason"),
        rows=_own,
        add=_make,
        update=change_rule,
        check=check_rule,
        problems=_problems,
    ),
    ProposalKind(
        "address_pool",
        _l("Dynamic or shared addresses"),
        AddressPool,
        ("prefix", "kind", "reason"),
        rows=_pools,
        add=mark_pool,
        check=_check_pool,
    ),
)
