"""Every address. Language is in the path (/es/...), so that pages can be linked and cached."""

from django.urls import URLPattern, URLResolver, include, path

from floreo.api.guard import unknown
from floreo.config.health import health, metrics, ready
from floreo.core.middleware import no_such_page
from floreo.core.routes import in_each_language
from floreo.organisations import outside_views
from floreo.organisations.back_channel import back_channel_logout
from floreo.organisations.branding.serving import branding
from floreo.organisations.views import welcome

urlpatterns: list[URLPattern | URLResolver] = [
    path("ready/", ready, name="ready"),
    path("metrics", metrics, name="metrics"),
    path("api/v1/", include("floreo.api.urls")),
    path("scim/v2/", include("floreo.api.scim.urls")),
    path("account/oidc/<slug:provider_id>/back-channel-logout/", back_channel_logout, name="back_channel_logout"),
    path("branding/<slug:digest>/<str:name>", branding, name="branding"),
    path("api/", unknown),
    path("api/<path:rest>", unknown),
    *in_each_language(
        path("account/email/", no_such_page),  # an address changes by a new invitation, never by its own word
        path("account/oidc/<slug:provider_id>/login/", outside_views.begin),
        path("account/oidc/<slug:provider_id>/login/callback/", outside_views.come_back),
        path("account/", include("allauth.urls")),
        path("account/", include("floreo.organisations.urls")),
        path("welcome/<str:token>/", welcome, name="welcome"),
        path("workspace/health/", health, name="health"),
        path("workspace/", include("floreo.workspace.urls")),
        path("", include("floreo.portal.urls")),
    ),
]
handler400 = "floreo.core.middleware.bad_request"
handler403 = "floreo.core.middleware.permission_denied"
handler404 = "floreo.core.middleware.page_not_found"
handler500 = "floreo.core.middleware.server_error"
handler429 = "floreo.core.middleware.too_many_tries"  # of the library of sign-in
