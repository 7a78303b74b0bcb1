"""Addresses of the desk, room by room."""

from floreo.workspace.accounts.urls import urlpatterns as accounts
from floreo.workspace.drafts.urls import urlpatterns as drafts
from floreo.workspace.evidence.urls import urlpatterns as evidence
from floreo.workspace.feeds.urls import urlpatterns as feeds
from floreo.workspace.frameworks.urls import urlpatterns as frameworks
from floreo.workspace.home.urls import urlpatterns as desk
from floreo.workspace.indicators.urls import urlpatterns as figures
from floreo.workspace.mail.urls import urlpatterns as mail
from floreo.workspace.meetings.urls import urlpatterns as meetings
from floreo.workspace.money.urls import urlpatterns as money
from floreo.workspace.plan.urls import urlpatterns as plan
from floreo.workspace.publications.urls import urlpatterns as publications
from floreo.workspace.register.urls import urlpatterns as register
from floreo.workspace.reports.urls import urlpatterns as reports
from floreo.workspace.reviews.urls import urlpatterns as reviews

app_name = "workspace"
urlpatterns = [
    *desk,
    *plan,
    *money,
    *drafts,
    *evidence,
    *feeds,
    *figures,
    *mail,
    *meetings,
    *publications,
    *register,
    *reports,
    *reviews,
    *frameworks,
    *accounts,
]
