"""Tables that are made in one step. After each table of its own Django renders every model anew that has to do with it, which for all
of ours takes twenty seconds of the processor at a first start, in each proof of a backup and in each run of the tests; in one step an
app takes as long as one table."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class CreateModels(Operation):
    """The tables of `models`, in their order. They may point to one another."""

    def __init__(self, models: Sequence[CreateModel]) -> None:
        self.models = models

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.__dict__.pop("apps", None)  # rendered once, when all of them are known
        for each in self.models:
            each.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for each in self.models:
            each.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for each in reversed(self.models):
            each.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return "Create models " + ", ".join(each.name for each in self.models)


def together(operations: Sequence[Operation]) -> list[Operation]:
    """The same operations, with tables that follow one another made in one step."""
    made: list[Operation] = []
    for is_table, group in groupby(operations, lambda each: isinstance(each, CreateModel)):
        found = list(group)
        made += [CreateModels([each for each in found if isinstance(each, CreateModel)])] if is_table else found
    return made
