"""Addresses of the public site."""

from django.urls import URLPattern, path

from floreo.core.ui import gallery
from floreo.portal.views import about, action, answer, data, decisions, evidence, figures, home, plan, publications, register

app_name = "portal"
urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("strategy/", plan.strategy, name="strategy"),
    path("strategy/<slug:code>/", plan.edition, name="edition"),
    path("strategy/<slug:code>/timeline/", plan.timeline, name="timeline"),
    path("strategy/<slug:code>/decisions/", decisions.decisions, name="decisions"),
    path("strategy/<slug:edition>/pillars/<str:code>/", plan.pillar, name="pillar"),
    path("strategy/<slug:edition>/objectives/<str:code>/", plan.objective, name="objective"),
    path("strategy/<slug:edition>/actions/<str:code>/", action.action, name="action"),
    path("strategy/<slug:edition>/actions/<str:code>/history/", action.action_history, name="action_history"),
    path("indicators/", figures.indicators, name="indicators"),
    path("indicators/<slug:code>/", figures.indicator, name="indicator"),
    path("organisations/", register.organisations, name="organisations"),
    path("organisations/<slug:code>/", register.organisation, name="organisation"),
    path("districts/", register.districts, name="districts"),
    path("districts/<str:code>/", register.district, name="district"),
    path("data/", data.data, name="data"),
    path("data/catalog.jsonld", data.catalogue, name="catalogue"),
    path("data/<slug:name>/", data.table, name="table"),
    path("data/<slug:name>.<str:kind>", data.table_file, name="table_file"),
    path("search/", data.search, name="search"),
    path("about/", about.about, name="about"),
    path("about/status/", about.status_rules, name="status_rules"),
    path("about/roles/", about.roles, name="roles"),
    path("about/unconfirmed/", about.unconfirmed, name="unconfirmed"),
    path("about/audit/", about.audit_chain, name="audit"),
    path("about/pieces/", gallery.gallery, name="pieces"),
    path("accessibility/", about.accessibility, name="accessibility"),
    path("privacy/", about.privacy, name="privacy"),
    path("answer/<str:token>/", answer.answer, name="answer"),
    path("report/", about.report, name="report"),
    path("evidence/<slug:code>/file/", evidence.evidence_file, name="evidence_file"),
    path("publications/", publications.publications, name="publications"),
    path("publications/feed.xml", publications.feed, name="publications_feed"),
    path("publications/<slug:code>/", publications.publication, name="publication"),
    path("publications/<slug:code>/file/", publications.publication_file, name="publication_file"),
    path("robots.txt", about.robots, name="robots"),
    path("health/", about.health, name="health"),
]
