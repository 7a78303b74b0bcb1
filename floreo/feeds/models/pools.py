"""Networks whose addresses change hands or are shared by many: silence at one of them shows no fix."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission, reach
from floreo.core.models import Record
from floreo.feeds.models.choices import PoolKind, PoolState
from floreo.organisations.models import Organisation
from floreo.organisations.queries import bodies_of


class AddressPoolQuerySet(models.QuerySet["AddressPool"]):
    def active(self) -> AddressPoolQuerySet:
        """Those that count."""
        return self.filter(state=PoolState.ACTIVE)

    def offered(self) -> AddressPoolQuerySet:
        """Those that wait for a person."""
        return self.filter(state=PoolState.OFFERED)

    def visible_to(self, viewer: object) -> AddressPoolQuerySet:
        """The team, and the organisation that runs the network."""
        own = reach(viewer, Permission.FEED_READ)
        return self if own is None else self.filter(organisation__in=bodies_of(own))


class AddressPool(Record):
    """A network that its holder or the team calls dynamic or carrier NAT; or that looks so and waits for a person; or of which somebody
    decided that it is none."""

    read_with = Permission.FEED_READ
    objects = AddressPoolQuerySet.as_manager()

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="address_pools", verbose_name=_("Organisation")
    )
    prefix = models.CharField(
        max_length=64,
        verbose_name=_("Network"),
        help_text=_("For example 192.0.2.0/24. It lies in a network of the register."),
    )
    kind = models.CharField(max_length=8, choices=PoolKind.choices, verbose_name=_("How its addresses are used"))
    state = models.CharField(max_length=8, choices=PoolState.choices, default=PoolState.ACTIVE, verbose_name=_("State"))
    reason = models.CharField(
        max_length=300,
        blank=True,
        verbose_name=_("Reason"),
        help_text=_("For example: the operator’s e-mail of 3 May. The organisation reads it."),
    )
    findings = models.PositiveIntegerField(default=0)  # by which it looks so, and on how many days
    days = models.PositiveIntegerField(default=0)
    made_by = models.CharField(max_length=200, verbose_name=_("Made by"))
    made_on = models.DateField(verbose_name=_("Made on"))
    ended_by = models.CharField(max_length=200, blank=True, verbose_name=_("Ended by"))
    ended_on = models.DateField(null=True, blank=True, verbose_name=_("Ended"))

    class Meta:
        ordering = ["prefix", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["prefix"], condition=~Q(state="ended"), name="pool_decided_once"),
        ]

    def __str__(self) -> str:
        return self.prefix

    def owner_ids(self) -> set[int]:
        return {self.organisation_id}
