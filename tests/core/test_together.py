"""Tables made in one step are the same tables."""

from __future__ import annotations

import pytest
from django.db import connection, models
from django.db.migrations import AddConstraint, AddField, AddIndex, CreateModel, RunPython
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import Q

from floreo.core.migrations._together import CreateModels, OnDemand, pointed_to, render_on_demand, together


def operations() -> list[Operation]:
    """Two tables that point to one another, as Django writes them: the second pointer, the index and the rule come behind."""
    key = models.BigAutoField(primary_key=True)
    return [
        CreateModel("Boat", [("id", key), ("name", models.CharField(max_length=10))], options={}),
        CreateModel("Sail", [("id", key.clone()), ("boat", models.ForeignKey("harbour.boat", models.CASCADE))]),
        AddField("boat", "best", models.ForeignKey("harbour.sail", models.SET_NULL, null=True)),
        AddIndex("boat", models.Index(fields=["name"], name="boat_name")),
        AddConstraint("boat", models.CheckConstraint(condition=~Q(name=""), name="boat_named")),
    ]


def state_after(made: list[Operation]) -> ProjectState:
    state = ProjectState()
    for operation in made:
        operation.state_forwards("harbour", state)
    return state


def test_they_are_one_step_and_come_to_the_same() -> None:
    made = together(operations())
    assert [type(each) for each in made] == [CreateModels]
    one, other = state_after(made), state_after(operations())
    assert one.models.keys() == other.models.keys()
    for key, model in other.models.items():
        assert list(one.models[key].fields) == list(model.fields), key
        assert one.models[key].options == model.options | {"indexes": model.options.get("indexes", [])}, key


def test_what_is_no_table_stays_where_it_is() -> None:
    def nothing(apps: object, schema_editor: object) -> None: ...

    made = together([*operations()[:2], RunPython(nothing), *operations()[2:3]])
    assert [type(each) for each in made] == [CreateModels, RunPython, AddField]


@pytest.mark.django_db(transaction=True)
def test_the_tables_are_made_and_point_to_one_another() -> None:
    made = together(operations())
    before, after = ProjectState(), state_after(made)
    with connection.schema_editor() as editor:
        made[0].database_forwards("harbour", editor, before, after)
    try:
        with connection.cursor() as cursor:
            tables = {each.name for each in connection.introspection.get_table_list(cursor)}
            points = connection.introspection.get_relations(cursor, "harbour_boat")
            rules = connection.introspection.get_constraints(cursor, "harbour_boat")
        assert {"harbour_boat", "harbour_sail"} <= tables
        assert points["best_id"][1] == "harbour_sail"
        assert {"boat_name", "boat_named"} <= rules.keys()
    finally:
        with connection.cursor() as cursor:
            cascade = " CASCADE" if connection.vendor == "postgresql" else ""
            for table in ("harbour_sail", "harbour_boat"):
                cursor.execute(f"DROP TABLE {table}{cascade}")


def test_only_what_a_table_points_to_is_rendered_for_it() -> None:
    state = state_after(operations()[:2])
    assert pointed_to(state, [("harbour", "boat")]).keys() == {("harbour", "boat")}
    assert pointed_to(state, [("harbour", "sail")]).keys() == {("harbour", "boat"), ("harbour", "sail")}


def test_models_are_rendered_when_somebody_asks_and_a_copy_keeps_its_own() -> None:
    state = state_after(operations()[:2])
    render_on_demand(state)
    copy = state.clone()
    AddField("boat", "length", models.IntegerField(default=0)).state_forwards("harbour", state)
    apps = state.__dict__["apps"]
    assert isinstance(apps, OnDemand)
    assert apps.rendered is None
    assert [field.name for field in copy.apps.get_model("harbour", "boat")._meta.fields] == ["id", "name"]
    assert [field.name for field in state.apps.get_model("harbour", "boat")._meta.fields] == ["id", "name", "length"]
    AddField("sail", "colour", models.IntegerField(default=0)).state_forwards("harbour", state)
    assert "colour" in [field.name for field in state.apps.get_model("harbour", "sail")._meta.fields]
