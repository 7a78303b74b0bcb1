"""Addresses of this area."""

from django.urls import URLPattern, path

from floreo.core.access import Permission
from floreo.workspace.laws import version_views as versions
from floreo.workspace.laws import views

_L = "laws/<slug:code>/"
_V = _L + "versions/<slug:version>/"

urlpatterns: list[URLPattern] = [
    path("laws/", views.laws, name="laws"),
    path("new-law/", views.new_law, name="new_law"),
    path("treaties/", views.treaties, name="treaties"),
    path("treaties/<slug:code>/", views.treaty_command, name="treaty_edit"),
    path(_L, views.law, name="law"),
    path(_L + "do/<slug:name>/", views.law_command, name="law_command"),
    path(_L + "import/", versions.import_file, name="law_import"),
    path(_L + "stages/<slug:stage>/", views.stage_command, {"name": "record"}, name="stage_record"),
    path(_L + "stages/<slug:stage>/remove/", views.stage_command, {"name": "remove"}, name="stage_remove"),
    path(_L + "citations/<int:pk>/remove/", views.citation_command, name="citation_remove"),
    path(_L + "commencements/<int:pk>/remove/", views.commencement_command, name="commencement_remove"),
    path(_L + "treaties/", views.law_treaties, name="law_treaties"),
    path(_L + "treaties/<slug:framework>/", views.matrix, name="law_matrix"),
    path(_L + "treaties/<slug:framework>/export.<str:kind>", views.matrix_file, name="law_matrix_file"),
    path(_L + "treaties/<slug:framework>/<str:item>/", views.rate, name="law_rate"),
    path(_L + "verdicts/<int:pk>/review/", views.review, name="law_review"),
    path(_V, versions.version, name="law_version"),
    path(_V + "do/<slug:name>/", versions.version_command, name="law_version_command"),
    path(_V + "text.<str:kind>", versions.version_file, name="law_version_file"),
    path(_V + "since/<slug:other>/", versions.compare, name="law_version_compare"),
    path(_V + "since/<slug:other>.<str:kind>", versions.compare_file, name="law_version_compare_file"),
    path(_V + "clauses/new/", versions.new_clause, name="law_new_clause"),
    path(_V + "clauses/<str:number>/", versions.clause, name="law_clause"),
    path(_V + "clauses/<str:number>/remove/", versions.remove_clause, name="law_remove_clause"),
]

NEEDS = {
    Permission.LAW_READ: (
        "laws treaties law law_treaties law_matrix law_matrix_file law_version law_version_file law_version_compare "
        "law_version_compare_file"
    ),
    Permission.LAW_EDIT: (
        "new_law treaty_edit law_command law_import stage_record stage_remove citation_remove commencement_remove law_rate "
        "law_version_command law_new_clause law_clause law_remove_clause"
    ),
    Permission.LAW_REVIEW: "law_review",
}
