"""Forms of the workspace of findings and notices. They check shape; actions check rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext

from floreo.core.fields import label_of
from floreo.core.ui.locale import language
from floreo.feeds.actions.endings import BY_PEOPLE
from floreo.feeds.models import (
    AddressPool,
    Feed,
    Finding,
    FindingEnding,
    NoticeRule,
    PoolKind,
    ReplyKind,
    Severity,
    SteppedStart,
)
from floreo.feeds.texts import title_for_others
from floreo.workspace.forms import CommandForm, RecordForm, day_field, organisation_field, text_field, words_of


class AnswerForm(CommandForm):
    reply = forms.ChoiceField(
        label=_l("What is the state of this finding?"), choices=ReplyKind.choices, widget=forms.RadioSelect
    )
    remark = text_field(_l("Other information for the team"))
    every = forms.BooleanField(required=False)

    def __init__(self, data: Any, *, alike: int) -> None:
        super().__init__(data)
        if not alike:
            del self.fields["every"]
            return
        label = ngettext(
            "Apply to the other finding of this kind",
            "Apply to the %(n)d other findings of this kind",
            alike,
        )
        self.fields["every"].label = label % {"n": alike} if "%(n)d" in label else label

    def facts(self) -> dict[str, Any]:
        return {"every": False} | super().facts()


class SeenToForm(CommandForm):
    answer = text_field(_l("Your reply"))
    every = forms.BooleanField(
        required=False, initial=True, label=_l("Also apply to identical replies given at the same time")
    )


class WhyForm(CommandForm):
    reason = text_field(_l("Reason"), required=True, rows=2)


class AcceptForm(CommandForm):
    """The register was wrong."""

    moved_to = organisation_field(
        _l("Organisation responsible"),
        required=False,
        help_text=_l("Leave empty if it is not known. Findings there will then not be attributed to anyone."),
    )
    decision = text_field(_l("Your reply to the person who asked"))

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        field = self.fields["moved_to"]
        assert isinstance(field, forms.ModelChoiceField)  # for mypy
        field.empty_label = _l("Not known")


class RefuseForm(CommandForm):
    decision = text_field(_l("Reason, for the person who asked"), required=True)


class NoticeRuleForm(RecordForm):
    """Which findings it is about, and who is notified of them how often."""

    organisation = organisation_field(label_of(NoticeRule, "organisation"), required=False)
    worst = forms.ChoiceField(**words_of(NoticeRule, "worst"), required=False)

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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        body, worst = self.fields["organisation"], self.fields["worst"]
        assert isinstance(body, forms.ModelChoiceField)  # for mypy
        assert isinstance(worst, forms.ChoiceField)  # for mypy
        body.empty_label = _l("All organisations")
        worst.choices = [("", _l("Any severity")), *Severity.choices]
        if self.instance.pk and self.instance.organisation:
            self.initial["organisation"] = self.instance.organisation.code


class PromoteForm(CommandForm):
    note = text_field(_l("Note for the team"), rows=3)


ONE, ADDRESS, SAME, NETWORK = "one", "address", "same", "network"


_READ_BY = _l("The organisation reads it on the page of the finding.")


class EndingForm(CommandForm):
    """How findings end, why, and until when."""

    kind = forms.ChoiceField(
        label=label_of(FindingEnding, "kind"),
        choices=[(each.value, each.label) for each in BY_PEOPLE],
        widget=forms.RadioSelect,
    )
    reason = text_field(label_of(FindingEnding, "reason"), required=True, rows=2, help_text=_READ_BY)
    ends_on = day_field(
        label_of(FindingEnding, "ends_on"),
        required=True,
        help_text=_l("The last day. It comes back to My tasks after that."),
    )


class ReplyManyForm(CommandForm):
    """The same reply to many findings."""

    reply = forms.ChoiceField(label=label_of(Finding, "reply"), choices=ReplyKind.choices, widget=forms.RadioSelect)
    remark = text_field(_l("Other information for the team"))


class CommentManyForm(CommandForm):
    """The same comment on many findings."""

    text = text_field(_l("New comment"), required=True)


class EndFindingForm(EndingForm):
    scope = forms.ChoiceField(label=_l("It acts on"), widget=forms.RadioSelect, initial=ONE)

    def __init__(self, data: Any, *, finding: Finding) -> None:
        super().__init__(data)
        field = self.fields["scope"]
        assert isinstance(field, forms.ChoiceField)  # for mypy
        choices = [(ONE, _("This finding")), (ADDRESS, _("All findings at %(where)s") % {"where": finding.subject})]
        if finding.reason == "prefix" and finding.network:
            words = {"kind": finding.kind, "network": finding.network}
            choices.append((NETWORK, _("All %(kind)s in %(network)s") % words))
        field.choices = choices


class EndFindingsForm(EndingForm):
    subject = forms.CharField(**words_of(FindingEnding, "subject"), required=False, max_length=255)
    finding_kind = forms.CharField(**words_of(FindingEnding, "finding_kind"), required=False, max_length=80)
    feed = forms.ModelChoiceField(
        Feed.objects.all(),
        label=label_of(FindingEnding, "feed"),
        required=False,
        to_field_name="code",
        empty_label=_l("Any"),
    )


class RenewEndingForm(CommandForm):
    ends_on = day_field(label_of(FindingEnding, "ends_on"), required=True)
    reason = text_field(label_of(FindingEnding, "reason"), required=True, rows=2, help_text=_READ_BY)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class ConfirmPoolForm(CommandForm):
    """How the addresses of a network are used, and by whose word."""

    kind = forms.ChoiceField(label=label_of(AddressPool, "kind"), choices=PoolKind.choices, widget=forms.RadioSelect)
    reason = forms.CharField(**words_of(AddressPool, "reason"), required=False, max_length=300)


class PoolForm(ConfirmPoolForm):
    field_order = ("prefix", "kind", "reason")

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.fields["prefix"] = forms.CharField(**words_of(AddressPool, "prefix"), max_length=64)
        self.order_fields(self.field_order)


class DecidePoolForm(CommandForm):
    """Asks nothing."""


class SteppedStartForm(RecordForm):
    """Of a kind that enough organisations have who were never notified of it."""

    def __init__(self, data: Any, *, kinds: Mapping[str, int]) -> None:
        super().__init__(data)
        self.fields["kind"] = forms.ChoiceField(
            label=str(label_of(SteppedStart, "kind")),
            choices=[
                (kind, f"{title_for_others(kind, language())} ({_organisations(count)})")
                for kind, count in kinds.items()
            ],
            widget=forms.RadioSelect,
        )
        self.order_fields(self._meta.fields)

    class Meta:
        model = SteppedStart
        fields = ("kind", "begins_on", "days", "steps", "reason")


def _organisations(count: int) -> str:
    return ngettext("%(n)d organisation", "%(n)d organisations", count) % {"n": count}


class UndoEndingForm(CommandForm):
    """Asks nothing."""
