"""Addresses of the plan's workspace."""

from django.urls import URLPattern, path

from floreo.core.access import Permission
from floreo.workspace.plan import action_views, branch_views, bulk_views, edition_views, workbook_views

_E = "plan/<slug:edition>/"
_A = _E + "actions/<str:code>/"

urlpatterns: list[URLPattern] = [
    path("plan/", edition_views.editions, name="editions"),
    path("plan/new/", edition_views.new_edition, name="new_edition"),
    path(_E, edition_views.plan, name="plan"),
    path(_E + "edit/", edition_views.edition_command, {"name": "edit"}, name="edit_edition"),
    path(_E + "publish/", edition_views.edition_command, {"name": "publish"}, name="publish_edition"),
    path(_E + "unpublish/", edition_views.edition_command, {"name": "unpublish"}, name="unpublish_edition"),
    path(_E + "end/", edition_views.edition_command, {"name": "end"}, name="end_edition"),
    path(_E + "next/", edition_views.edition_command, {"name": "next"}, name="next_edition"),
    path(_E + "bulk/", bulk_views.bulk, name="bulk_actions"),
    path(_E + "workbook.xlsx", workbook_views.workbook, name="plan_workbook"),
    path(_E + "workbook/", workbook_views.upload, name="import_workbook"),
    path(_E + "workbook/apply/", workbook_views.apply, name="apply_workbook"),
    path(_E + "pillars/new/", edition_views.edition_command, {"name": "new-pillar"}, name="new_pillar"),
    path(_E + "pillars/<str:code>/edit/", branch_views.pillar_command, {"name": "edit"}, name="edit_pillar"),
    path(_E + "pillars/<str:code>/move/", branch_views.move_pillar, name="move_pillar"),
    path(_E + "pillars/<str:code>/remove/", branch_views.pillar_command, {"name": "remove"}, name="remove_pillar"),
    path(
        _E + "pillars/<str:code>/objectives/new/",
        branch_views.pillar_command,
        {"name": "new-objective"},
        name="new_objective",
    ),
    path(
        _E + "pillars/<str:code>/actions/new/",
        branch_views.pillar_command,
        {"name": "new-action"},
        name="new_action_of_pillar",
    ),
    path(_E + "new-action/", edition_views.edition_command, {"name": "new-action"}, name="new_action_of_plan"),
    path(
        _E + "objectives/<str:code>/parts/new/",
        branch_views.objective_command,
        {"name": "new-part"},
        name="new_sub_objective",
    ),
    path(_E + "objectives/<str:code>/edit/", branch_views.objective_command, {"name": "edit"}, name="edit_objective"),
    path(_E + "objectives/<str:code>/move/", branch_views.move_objective, name="move_objective"),
    path(
        _E + "objectives/<str:code>/remove/",
        branch_views.objective_command,
        {"name": "remove"},
        name="remove_objective",
    ),
    path(
        _E + "objectives/<str:code>/actions/new/",
        branch_views.objective_command,
        {"name": "new-action"},
        name="new_action",
    ),
    path(_E + "actions/", action_views.actions, name="actions"),
    path(_A, action_views.action, name="action"),
    path(_A + "place/", action_views.move, name="move_action"),
    path(_A + "do/<slug:task>/", action_views.task, name="action_command"),
    path(_A + "<slug:kind>/<str:child>/<slug:task>/", action_views.child_command, name="child_command"),
]

NEEDS = {
    Permission.PLAN_READ: "editions plan actions action",
    Permission.PLAN_EDIT: (
        "new_edition edit_edition next_edition bulk_actions plan_workbook import_workbook apply_workbook "
        "new_pillar edit_pillar move_pillar remove_pillar new_objective edit_objective move_objective "
        "remove_objective new_action new_action_of_pillar new_action_of_plan new_sub_objective move_action"
    ),
    Permission.PLAN_PUBLISH: "publish_edition unpublish_edition end_edition",
    Permission.PLAN_UPDATE: "action_command child_command",
}
