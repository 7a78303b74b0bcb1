"""The form in which it is entered who handles reports, and when."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _l

from floreo.core.fields import label_of
from floreo.incidents.models import ReportingPoint
from floreo.organisations.models import Organisation
from floreo.workspace.forms import RecordForm


class SetUpForm(RecordForm):
    frames = forms.CharField(
        label=label_of(ReportingPoint, "frames"),
        required=False,
        help_text=_l(
            "One address a line, for example https://police.example. On all other sites the form does not open."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    class Meta:
        model = ReportingPoint
        fields: ClassVar[list[str]] = [
            "organisation",
            "hours",
            "answered_within",
            "emergency_phone",
            "child_help",
            "police_mail",
            "mailbox",
            "untouched_hours",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["organisation"]
        field.queryset = Organisation.objects.filter(merged_into=None)
        self.fields["frames"].initial = "\n".join(self.instance.frames)

    def facts(self) -> dict[str, Any]:
        given = super().facts()
        return given | {"frames": given["frames"].splitlines()}
