"""Addresses of this area."""

from django.urls import URLPattern, path

from floreo.core.access import Permission
from floreo.workspace.assessments import campaign_views, organisation_views, oscal_views, standard_views

_C = "assessment-campaigns/<slug:code>/"
_O = f"{_C}organisations/<int:pk>/"
_A = "organisation-assessments/<slug:code>/"
_S = f"{_A}sections/<str:section>/"
_ST = "standards/<slug:code>/"
_V = f"{_ST}<int:number>/"
urlpatterns: list[URLPattern] = [
    path("assessment-campaigns/", campaign_views.campaigns, name="assessment_campaigns"),
    path("new-assessment-campaign/", campaign_views.new_campaign, name="new_assessment_campaign"),
    path(_C, campaign_views.campaign, name="assessment_campaign"),
    path(f"{_C}do/<slug:name>/", campaign_views.campaign_command, name="assessment_campaign_command"),
    path(f"{_C}words/", campaign_views.letter, name="assessment_campaign_words"),
    path(f"{_C}heat/", campaign_views.heat, name="assessment_heat"),
    path(f"{_C}targets/", campaign_views.targets, name="assessment_targets"),
    path(f"{_C}targets/<int:pk>/remove/", campaign_views.remove_target, name="remove_target"),
    path(_O, campaign_views.asked, name="asked_organisation"),
    path(f"{_O}do/<slug:name>/", campaign_views.asked_command, name="asked_command"),
    path(f"{_O}take-out/", campaign_views.take_out, name="take_out_organisation"),
    path(f"{_C}respondents/<int:pk>/do/<slug:name>/", campaign_views.respondent_command, name="respondent_command"),
    path(_A, organisation_views.assessment, name="campaign_assessment"),
    path(f"{_A}do/<slug:name>/", organisation_views.assessment_command, name="campaign_assessment_command"),
    path(f"{_A}review/<slug:name>/", organisation_views.review_command, name="review_command"),
    path(_S, organisation_views.section, name="campaign_section"),
    path(f"{_S}<str:item>/", organisation_views.item, name="campaign_item"),
    path(f"{_S}<str:item>/review/", organisation_views.review_item, name="review_answer_of_organisation"),
    path(f"{_A}lines/<int:pk>/do/<slug:name>/", organisation_views.line_command, name="plan_line_command"),
    path(f"{_A}lines/<int:pk>/action/<slug:name>/", organisation_views.line_action, name="plan_line_action"),
    path(f"{_A}report.<str:kind>", organisation_views.report, name="assessment_report"),
    path(f"{_A}oscal/<slug:kind>.json", oscal_views.file, name="assessment_oscal"),
    path(f"{_A}from-oscal/", oscal_views.bring_in, name="assessment_from_oscal"),
    path(f"{_C}oscal.zip", oscal_views.files, name="campaign_oscal"),
    path("standards/", standard_views.standards, name="standards"),
    path("new-standard/", standard_views.new_standard, name="new_standard"),
    path(_ST, standard_views.standard, name="standard"),
    path(f"{_ST}do/<slug:name>/", standard_views.standard_command, name="standard_command"),
    path(_V, standard_views.version, name="standard_version"),
    path(f"{_V}do/<slug:name>/", standard_views.version_command, name="standard_version_command"),
    path(f"{_V}items/<int:pk>/do/<slug:name>/", standard_views.item_command, name="standard_item_command"),
]

NEEDS = {
    Permission.ASSESSMENT_READ: (
        "assessment_campaigns assessment_campaign assessment_heat campaign_assessment campaign_section campaign_item"
        " assessment_report asked_organisation assessment_oscal campaign_oscal"
    ),
    Permission.ASSESSMENT_ANSWER: (
        "asked_command respondent_command campaign_assessment_command plan_line_command assessment_from_oscal"
    ),
    Permission.ASSESSMENT_REVIEW: "review_command review_answer_of_organisation",
    Permission.ASSESSMENT_RUN: (
        "new_assessment_campaign assessment_campaign_command assessment_campaign_words assessment_targets remove_target"
        " take_out_organisation plan_line_action standards new_standard standard standard_command standard_version"
        " standard_version_command standard_item_command"
    ),
}
NARROWED = "assessment_campaigns"  # these show their own to whoever may see only their own organisation's
