"""Addresses of this area of the workspace."""

from django.urls import URLPattern, path

from floreo.core.access import Permission
from floreo.workspace.programs import token_views, webhook_views

urlpatterns: list[URLPattern] = [
    path("programs/", token_views.tokens, name="tokens"),
    path("programs/tokens/new/", token_views.new_token, name="new_token"),
    path("programs/tokens/<int:pk>/", token_views.token, name="token"),
    path("programs/tokens/<int:pk>/revoke/", token_views.revoke, name="revoke_token"),
    path("programs/webhooks/new/", webhook_views.new_webhook, name="new_webhook"),
    path("programs/webhooks/<int:pk>/", webhook_views.webhook, name="webhook"),
    path("programs/webhooks/<int:pk>/edit/", webhook_views.edit, name="edit_webhook"),
    path("programs/webhooks/<int:pk>/test/", webhook_views.test, name="test_webhook"),
    path("programs/webhooks/<int:pk>/enable/", webhook_views.enable, name="enable_webhook"),
    path("programs/webhooks/<int:pk>/secret/", webhook_views.renew, name="renew_webhook_secret"),
    path("programs/webhooks/<int:pk>/end/", webhook_views.end, name="end_webhook"),
    path("programs/webhooks/<int:pk>/messages/again/", webhook_views.all_again, name="redeliver_given_up"),
    path("programs/webhooks/<int:pk>/messages/<int:message>/again/", webhook_views.again, name="redeliver"),
]

NEEDS = {
    Permission.PROGRAM_CONNECT: (
        "tokens new_token token revoke_token new_webhook webhook edit_webhook test_webhook enable_webhook end_webhook redeliver redeliver_given_up"
        " renew_webhook_secret"
    ),
}
