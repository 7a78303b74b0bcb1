"""Addresses of the desk, room by room."""

from floreo.workspace.accounts.urls import urlpatterns as accounts
from floreo.workspace.desk.urls import urlpatterns as desk
from floreo.workspace.drafts.urls import urlpatterns as drafts
from floreo.workspace.figures.urls import urlpatterns as figures
from floreo.workspace.plan.urls import urlpatterns as plan
from floreo.workspace.register.urls import urlpatterns as register

app_name = "workspace"
urlpatterns = [*desk, *plan, *drafts, *figures, *register, *accounts]
