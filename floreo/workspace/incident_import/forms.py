"""The upload of old cases."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _l


class OldCasesForm(forms.Form):
    file = forms.FileField(
        required=False,  # core/uploads.py says why there is none
        label=_l("File of old cases"),
        help_text=_l("CSV with the columns of the template."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
    )
