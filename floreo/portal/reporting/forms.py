"""What a reporter adds by their secret link."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _l


class AddForm(forms.Form):
    """Shape only: how long a text and how many files there may be is the action's to say."""

    text = forms.CharField(
        label=_l("What do you want to add?"), required=False, widget=forms.Textarea(attrs={"rows": "5"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["files"] = forms.FileField(label=_l("Files"), required=False)
