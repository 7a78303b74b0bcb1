"""An example of each address of this area that names something."""

from __future__ import annotations

from floreo.core.access import SYSTEM
from floreo.organisations.actions.tokens import make_token
from floreo.organisations.models import Country, User
from floreo.webhooks.actions.webhooks import make_webhook, send_test


def examples(country: Country, secretariat: User) -> dict[str, list[object]]:
    token, _word = make_token(secretariat, by=SYSTEM, name="Statistics office", scopes=["readings"])
    hook, _secret = make_webhook(
        secretariat, by=SYSTEM, name="Chat", url="https://chat.example.org/hook", kinds=["update.added"]
    )
    message = send_test(hook, by=SYSTEM)
    of_hook: list[object] = [hook.pk]
    names = ("webhook", "edit_webhook", "test_webhook", "enable_webhook", "end_webhook", "renew_webhook_secret")
    return {
        "token": [token.pk],
        "revoke_token": [token.pk],
        **dict.fromkeys(names, of_hook),
        "redeliver": [hook.pk, message.pk],
        "redeliver_given_up": [hook.pk],
    }
