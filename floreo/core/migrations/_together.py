"""Tables that are made in one step. After each table of its own Django renders every model anew that has to do with it, and before each
migration every model there is: for all of ours that takes forty seconds of the processor at a first start, in each proof of a backup and in
each run of the tests. In one step an app takes as long as one table, and only what its tables point to is rendered for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import AddConstraint, AddField, AddIndex, CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState, StateApps
from django.db.migrations.utils import resolve_relation

Key = tuple[str, str]  # label of the app, name of the model in small letters


class OnDemand:
    """The models of a state, rendered when somebody asks for one: most migrations ask for none but their own."""

    def __init__(self, real_apps: Iterable[str], models: dict[Key, Any]) -> None:
        self._real_apps, self._models = list(real_apps), models
        self.rendered: StateApps | None = None

    def __getattr__(self, name: str) -> Any:
        if self.rendered is None:
            self.rendered = StateApps(self._real_apps, self._models)
        return getattr(self.rendered, name)

    def clone(self) -> Any:
        """Of the state as it is now: what comes after changes its models."""
        if self.rendered is not None:
            return self.rendered.clone()
        return OnDemand(self._real_apps, {key: each.clone() for key, each in self._models.items()})


def render_on_demand(state: ProjectState) -> None:
    """From here on a model that changes in this state is rendered anew only where somebody has asked for the models."""
    apps = OnDemand(state.real_apps, state.models)
    state.__dict__["apps"] = apps

    def reload_model(app_label: str, model_name: str, delay: bool = False) -> None:  # noqa: FBT001, FBT002 -- as Django calls it
        if state.__dict__.get("apps") is not apps or apps.rendered is not None:
            ProjectState.reload_model(state, app_label, model_name, delay)

    state.__dict__["reload_model"] = reload_model


def pointed_to(state: ProjectState, keys: Iterable[Key]) -> dict[Key, Any]:
    """The models of these keys and those that they point to, and those point to, and so on."""
    found: dict[Key, Any] = {}
    waiting = list(keys)
    while waiting:
        key = waiting.pop()
        if key in found or key not in state.models:
            continue
        model = found[key] = state.models[key]
        named = [base for base in model.bases if isinstance(base, str)]
        for remote in filter(None, (field.remote_field for field in model.fields.values())):
            named += filter(None, [remote.model, getattr(remote, "through", None)])
        waiting += [resolve_relation(each, *key) for each in named]
    return found


class CreateModels(Operation):
    """The tables of `models`, in their order. They may point to one another."""

    def __init__(self, models: Sequence[CreateModel]) -> None:
        self.models = models

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.__dict__.pop("apps", None)
        for each in self.models:
            each.state_forwards(app_label, state)
        render_on_demand(state)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        keys = [(app_label, each.name_lower) for each in self.models]
        apps = StateApps(list(to_state.real_apps), pointed_to(to_state, keys))
        for each in self.models:
            model = apps.get_model(app_label, each.name)
            if self.allow_migrate_model(schema_editor.connection.alias, model):
                schema_editor.create_model(model)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for each in reversed(self.models):
            each.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return "Create models " + ", ".join(each.name for each in self.models)


def together(operations: Sequence[Operation]) -> list[Operation]:
    """The same operations, with tables that follow one another made in one step, and with their fields, indexes and constraints: Django's
    own files add those behind that point to a table which is made later."""
    made: list[Operation] = []
    for operation in operations:
        last = made[-1] if made else None
        if isinstance(operation, CreateModel):
            made[-1:] = [CreateModels([*last.models, operation])] if isinstance(last, CreateModels) else [*made[-1:], CreateModels([operation])]
        elif not (isinstance(last, CreateModels) and _joined(operation, last.models)):
            made.append(operation)
    return made


def _joined(operation: Operation, models: Sequence[CreateModel]) -> bool:
    """Whether it is of one of these tables, which has it from now on."""
    name = getattr(operation, "model_name_lower", "")
    model = next((each for each in models if each.name_lower == name), None)
    if model is None:
        return False
    if isinstance(operation, AddField):
        model.fields.append((operation.name, operation.field))
    elif isinstance(operation, AddIndex):
        model.options.setdefault("indexes", []).append(operation.index)
    elif isinstance(operation, AddConstraint):
        model.options.setdefault("constraints", []).append(operation.constraint)
    else:
        return False
    return True
