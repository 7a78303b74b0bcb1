"""Forms of tokens and webhooks. They check shape; actions check rules."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _l

from floreo.core.fields import label_of
from floreo.core.wording import colon
from floreo.organisations.actions.tokens import last_day_of_all
from floreo.organisations.models import Organisation, User
from floreo.organisations.scopes import scopes_of
from floreo.webhooks.kinds import KINDS
from floreo.webhooks.models import Webhook
from floreo.workspace.forms import CommandForm, day_field, organisation_field, words_of


class TokenForm(CommandForm):
    name = forms.CharField(
        label=_l("Program"),
        max_length=120,
        help_text=_l("Which program, and where it runs, for example: statistics office, monthly values."),
    )
    scopes = forms.MultipleChoiceField(label=_l("Purposes"), widget=forms.CheckboxSelectMultiple)
    organisation = organisation_field(
        _l("Only for this organisation"),
        required=False,
        help_text=_l("Leave empty if the program works for everything that your account works for."),
    )
    expires_on = day_field(_l("Last day"), required=True, help_text=_l("After it the token no longer works."))

    def __init__(self, me: User, data: Any) -> None:
        super().__init__(data, initial={"expires_on": last_day_of_all()})
        field = self.fields["scopes"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(scope.name, f"{scope.words}{colon()} {scope.help}") for scope in scopes_of(me)]
        if all(body is not None for _role, body in me.grants()):
            organisations = self.fields["organisation"]
            assert isinstance(organisations, forms.ModelChoiceField)
            organisations.queryset = Organisation.objects.filter(pk__in=me.organisation_ids(), merged_into=None)

    def last_day(self) -> date | None:
        found: date | None = self.cleaned_data.get("expires_on")
        return found


class WebhookForm(CommandForm):
    name = forms.CharField(
        label=label_of(Webhook, "name"),
        max_length=120,
        help_text=_l("Which program, and where it runs, for example: chat of the team."),
    )
    url = forms.CharField(**words_of(Webhook, "url"), max_length=500)
    kinds = forms.MultipleChoiceField(label=label_of(Webhook, "kinds"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, webhook: Webhook | None, data: Any) -> None:
        start = {"name": webhook.name, "url": webhook.url, "kinds": webhook.kinds} if webhook is not None else {}
        super().__init__(data, initial=start)
        field = self.fields["kinds"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(kind.name, kind.words) for kind in KINDS.values()]
