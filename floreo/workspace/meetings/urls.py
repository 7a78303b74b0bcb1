"""Addresses of this area of the workspace."""

from django.urls import URLPattern, path

from floreo.core.access import Permission
from floreo.workspace.meetings import between_views as between
from floreo.workspace.meetings import committee_views as committees
from floreo.workspace.meetings import decision_views as decisions
from floreo.workspace.meetings import views

_C = "committees/<slug:code>/"
_M = "meetings/<slug:committee>/<slug:code>/"
_W = "procedures/<slug:number>/"
_P = "dates/<slug:number>/"
_I = _M + "points/<slug:item>/"

urlpatterns: list[URLPattern] = [
    path("meetings/", views.meetings, name="meetings"),
    path(_M, views.meeting, name="meeting"),
    path(_M + "record/", views.record, name="record_meeting"),
    path(_M + "draw/", views.draw, name="draw_agenda"),
    path(_M + "invitation.ics", views.invitation, name="meeting_invitation"),
    path(_M + "papers/<slug:kind>/", views.paper, name="meeting_paper"),
    path(_M + "papers/<slug:kind>.<slug:form>", views.paper, name="meeting_file"),
    path(_M + "do/<slug:task>/", views.task, name="meeting_command"),
    path(_I, views.item_command, {"name": "edit"}, name="edit_point"),
    path(_I + "place/", views.place, name="move_point"),
    path(_I + "remove/", views.item_command, {"name": "remove"}, name="remove_point"),
    path("committees/", committees.committees, name="committees"),
    path("committees/new/", committees.new_committee, name="new_committee"),
    path(_C, committees.committee, name="committee"),
    path(_C + "edit/", committees.committee_command, {"name": "edit"}, name="edit_committee"),
    path(_C + "call/", committees.call, name="call_meeting"),
    path(_C + "seats/new/", committees.committee_command, {"name": "new-seat"}, name="new_seat"),
    path(_C + "seats/<int:pk>/", committees.seat_command, {"name": "edit"}, name="edit_seat"),
    path(_C + "seats/<int:pk>/end/", committees.seat_command, {"name": "end"}, name="end_seat"),
    path(_C + "seats/<int:pk>/remove/", committees.seat_command, {"name": "remove"}, name="remove_seat"),
    path(_C + "procedures/new/", between.new_procedure, name="new_procedure"),
    path(_C + "proposals/new/", between.propose, name="propose_to_committee"),
    path(_C + "dates/new/", between.new_poll, name="new_date_poll"),
    path("procedures/", between.procedures, name="procedures"),
    path(_W, between.procedure, name="procedure"),
    path(_W + "do/<slug:name>/", between.procedure_command, name="procedure_command"),
    path(_W + "members/<int:pk>/link/", between.procedure_member, name="procedure_member_link"),
    path(_W + "record/", between.procedure_paper, name="procedure_paper"),
    path(_W + "record.<slug:form>", between.procedure_paper, name="procedure_file"),
    path("proposals/<int:pk>/procedure/", between.procedure_of_proposal, name="procedure_of_proposal"),
    path("proposals/<int:pk>/<slug:name>/", between.proposal_command, name="proposal_command"),
    path(_P, between.date_poll, name="date_poll"),
    path(_P + "do/<slug:name>/", between.date_poll_command, name="date_poll_command"),
    path("decisions/", decisions.decisions, name="decisions"),
    path("decisions/new/", decisions.new_decision, name="new_decision"),
    path("decisions/<slug:number>/", decisions.decision, name="decision"),
    path("decisions/<slug:number>/do/<slug:task>/", decisions.task, name="decision_command"),
]

NEEDS = {
    Permission.MEETING_READ: (
        "meetings meeting meeting_invitation meeting_paper meeting_file committees committee decisions decision "
        "procedures procedure procedure_paper procedure_file propose_to_committee date_poll"
    ),
    Permission.MEETING_RUN: (
        "record_meeting draw_agenda meeting_command edit_point move_point remove_point new_committee "
        "edit_committee call_meeting new_seat edit_seat end_seat remove_seat new_decision "
        "new_procedure procedure_of_proposal procedure_command procedure_member_link proposal_command new_date_poll date_poll_command"
    ),
    Permission.PLAN_UPDATE: "decision_command",  # who carries it out says so; all else of it needs MEETING_RUN
}
