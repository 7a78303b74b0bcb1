"""What ambassadors took and gave away."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from floreo.core.models import Record
from floreo.outreach.models.ambassadors import Ambassador
from floreo.outreach.models.choices import MoveKind
from floreo.outreach.models.schemes import KitItem, may_read
from floreo.outreach.models.sessions import OutreachSession


class StockMoveQuerySet(models.QuerySet["StockMove"]):
    def visible_to(self, viewer: object) -> StockMoveQuerySet:
        return self if may_read(viewer) else self.none()


class StockMove(Record):
    """Kit that arrived, was handed out, brought back, left at a session or lost."""

    item = models.ForeignKey(KitItem, on_delete=models.PROTECT, related_name="moves", verbose_name=_("Kit"))
    kind = models.CharField(max_length=10, choices=MoveKind.choices, verbose_name=_("What happened"))
    amount = models.PositiveIntegerField(verbose_name=_("How many"))
    moved_on = models.DateField(verbose_name=_("Date"))
    ambassador = models.ForeignKey(
        Ambassador,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="kit_moves",
        verbose_name=_("Ambassador"),
        help_text=_("Empty: the store."),
    )
    session = models.OneToOneField(
        OutreachSession, null=True, blank=True, on_delete=models.CASCADE, related_name="kit_move"
    )

    objects = StockMoveQuerySet.as_manager()

    class Meta:
        ordering = ["-moved_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="stock_moves_something"),
            models.CheckConstraint(
                condition=~Q(kind__in=["handed_out", "returned", "left"]) | Q(ambassador__isnull=False),
                name="stock_moves_to_whom",
            ),
        ]
        indexes = [models.Index(fields=["item", "kind"], name="stock_item")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.kind} {self.amount}"

    def audit_subject(self) -> models.Model:
        return self.item
