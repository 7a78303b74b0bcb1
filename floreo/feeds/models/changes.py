"""In which order findings changed, for programs that ask what changed since they asked last (docs/adr/0056-changes-and-collectors.md)."""

from __future__ import annotations

from django.db import models

from floreo.feeds.models.findings import Finding
from floreo.organisations.models import Organisation


class FindingChange(models.Model):
    """The newest change of a finding that its organisation may know of. The database itself takes the number away whenever what is said of
    the finding changes (migrations/_changes.py), in the transaction of the change; once that is committed, a higher one is given. An
    organisation that had the finding before keeps its row: that is how it learns that the finding is no longer its own."""

    not_chained = "The order of changes; made by the database from the findings themselves."

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="changes", db_index=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="finding_changes", db_index=False
    )
    number = models.PositiveBigIntegerField(null=True)  # none while it waits for one

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["finding", "organisation"], name="change_once"),
            models.UniqueConstraint(fields=["number"], name="change_number_once"),
        ]
        indexes = [models.Index(fields=["organisation", "number"], name="changes_of")]

    def __str__(self) -> str:
        return f"{self.number}: {self.finding_id}"


class ChangeStream(models.Model):
    """The one row that says how far numbers were given, and of which stream: after a backup was restored there is another."""

    not_chained = "It counts how far numbers of changes were given, which is no fact of record."

    name = models.CharField(max_length=12)
    last = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} {self.last}"
