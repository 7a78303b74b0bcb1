"""Forms of the desk of findings and letters. They check shape; actions check rules."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext

from floreo.feeds.models import NoticeRule, ReplyKind, Severity
from floreo.workspace.forms import CommandForm, RecordForm, organisation_field, text_field


class AnswerForm(CommandForm):
    said = forms.ChoiceField(
        label=_l("What is the state of this finding?"), choices=ReplyKind.choices, widget=forms.RadioSelect
    )
    remark = text_field(_l("Anything the team should know"))
    every = forms.BooleanField(required=False)

    def __init__(self, data: Any, *, alike: int) -> None:
        super().__init__(data)
        if not alike:
            del self.fields["every"]
            return
        label = ngettext(
            "Say the same of the other finding of this kind",
            "Say the same of the %(n)d other findings of this kind",
            alike,
        )
        self.fields["every"].label = label % {"n": alike} if "%(n)d" in label else label

    def facts(self) -> dict[str, Any]:
        return {"every": False} | super().facts()


class SeenToForm(CommandForm):
    reply = text_field(_l("What you say to it"))
    every = forms.BooleanField(required=False, initial=True, label=_l("Also those that said the same at the same time"))


class WhyForm(CommandForm):
    reason = text_field(_l("Reason"), required=True, rows=2)


class AcceptForm(CommandForm):
    """The register was wrong."""

    moved_to = organisation_field(
        _l("Whose is it?"),
        required=False,
        help_text=_l("Leave it open when nobody knows: what is seen there then belongs to nobody."),
    )
    decision = text_field(_l("What you say to whoever asked"))

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        field = self.fields["moved_to"]
        assert isinstance(field, forms.ModelChoiceField)  # for mypy
        field.empty_label = _l("Nobody knows")


class RefuseForm(CommandForm):
    decision = text_field(_l("Why, in words for whoever asked"), required=True)


class NoticeRuleForm(RecordForm):
    """Which findings it is about, and who hears of them how often."""

    organisation = organisation_field(_l("Organisation"), required=False)
    worst = forms.ChoiceField(label=_l("At least as severe as"), required=False)

    class Meta:
        model = NoticeRule
        fields: ClassVar[tuple[str, ...]] = (
            "organisation",
            "kind",
            "worst",
            "contact_role",
            "every",
            "resend_days",
            "reason",
        )
        labels: ClassVar[dict[str, Any]] = {
            "kind": _l("Kind of finding"),
            "contact_role": _l("Goes to"),
            "every": _l("How often"),
            "resend_days": _l("Told again after so many days"),
            "reason": _l("Reason"),
        }
        help_texts: ClassVar[dict[str, Any]] = {
            "kind": _l("For example open-rdp. Empty: every kind."),
            "contact_role": _l(
                "Where an organisation has no such contact, the next is written to, and the letter says so."
            ),
            "resend_days": _l("While it still stands."),
            "reason": _l("Shown with the letter. Needed where somebody is never told."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        body, worst = self.fields["organisation"], self.fields["worst"]
        assert isinstance(body, forms.ModelChoiceField)  # for mypy
        assert isinstance(worst, forms.ChoiceField)  # for mypy
        body.empty_label = _l("All organisations")
        worst.choices = [("", _l("Any severity")), *Severity.choices]
        if self.instance.pk and self.instance.organisation:
            self.initial["organisation"] = self.instance.organisation.code
