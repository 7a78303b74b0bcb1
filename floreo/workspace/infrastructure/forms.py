"""Forms of services, designations and what-ifs. They check shape; actions check rules."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core.fields import label_of
from floreo.core.models import named
from floreo.core.ui.locale import language
from floreo.evidence.models import Evidence
from floreo.infrastructure.models import (
    Asset,
    CriteriaSet,
    Criterion,
    Dependency,
    Designation,
    DesignationStep,
    RecoveryPlan,
    Service,
    ServicePlace,
    ServiceStateChoice,
    TestResult,
    WhatIf,
    WhatIfChange,
    WhatIfFailure,
)
from floreo.organisations.models import NationalSector, Place, PlaceSort
from floreo.workspace.forms import CommandForm, RecordForm, day_field, field_of, organisation_field, words_of


def service_field(label: Any, *, required: bool = True, help_text: Any = "", without: Service | None = None) -> Any:
    rows = Service.objects.filter(state=ServiceStateChoice.CURRENT).order_by("name", "pk")
    if without is not None:
        rows = rows.exclude(pk=without.pk)
    return forms.ModelChoiceField(
        rows, label=label, required=required, help_text=help_text, to_field_name="code", empty_label=_l("Choose one")
    )


def sector_field(model: type[Any], name: str, *, required: bool = True) -> Any:
    rows = NationalSector.objects.order_by("position", "name", "pk")
    return forms.ModelChoiceField(
        rows, required=required, to_field_name="code", empty_label=_l("Choose one"), **words_of(model, name)
    )


def place_field(model: type[Any], name: str) -> Any:
    rows = Place.objects.order_by("kind", "position", "name")
    return forms.ModelChoiceField(
        rows, required=False, to_field_name="code", empty_label=_l("None"), **words_of(model, name)
    )


def document_field(viewer: object) -> Any:
    """A document of the evidence that the person may read, by its code."""
    field = forms.ModelChoiceField(
        Evidence.objects.visible_to(viewer).filter(withdrawn_on=None).order_by("title"),
        required=False,
        to_field_name="code",
        empty_label=_l("None"),
        **words_of(DesignationStep, "document"),
    )
    field.label_from_instance = named  # type: ignore[method-assign, assignment]
    return field


def _code(thing: Any) -> str:
    return thing.code if thing is not None else ""


class SectorForm(RecordForm):
    parent = sector_field(NationalSector, "parent", required=False)

    class Meta:
        model = NationalSector
        fields: ClassVar[list[str]] = ["name", "parent", "broad", "summary", "source"]
        widgets: ClassVar[dict[str, Any]] = {"summary": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["parent"] = _code(self.instance.parent)


class ServiceForm(RecordForm):
    """A service with the districts in which it is delivered: a box and a number each."""

    operator = organisation_field(
        label_of(Service, "operator"),
        required=False,
        help_text=_l("Empty for a service abroad, or one that nobody in the register runs."),
    )
    sector = sector_field(Service, "sector")
    places = forms.ModelMultipleChoiceField(
        Place.objects.filter(kind=PlaceSort.DISTRICT),
        label=_l("Delivered in"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        to_field_name="code",
        help_text=_l("None: the whole country."),
    )

    class Meta:
        model = Service
        fields: ClassVar[list[str]] = [
            "name",
            "summary",
            "operator",
            "sector",
            "users",
            "users_basis",
            "places",
            "rto_hours",
            "mtpd_hours",
            "stops_at",
            "is_public",
            "internal_notes",
            "source",
        ]
        widgets: ClassVar[dict[str, Any]] = {
            "summary": forms.Textarea(attrs={"rows": 3}),
            "internal_notes": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = self._held()
        self.numbers: dict[str, Place] = {}
        names = list(self.fields)
        for place in Place.objects.filter(kind=PlaceSort.DISTRICT):
            name = f"users_in_{place.code}"
            self.numbers[name] = place
            label = _("People who use it in %(place)s") % {"place": place.in_language("name")}
            self.fields[name] = forms.IntegerField(label=label, required=False, min_value=0, initial=held.get(place.pk))
            names.insert(names.index("places") + len(self.numbers), name)
        self.order_fields(names)
        if self.instance.pk:
            self.initial["operator"] = _code(self.instance.operator)
            self.initial["sector"] = _code(self.instance.sector)
            self.initial["places"] = [place.code for place in self.numbers.values() if place.pk in held]

    def _held(self) -> dict[int, int | None]:
        rows = ServicePlace.objects.filter(service=self.instance) if self.instance.pk else ServicePlace.objects.none()
        return dict(rows.values_list("place", "users"))

    def facts(self) -> dict[str, Any]:
        """A district with a number is one in which it is delivered, ticked or not."""
        facts = super().facts()
        ticked = {place.pk for place in facts.pop("places")}
        numbers = {place: facts.pop(name) for name, place in self.numbers.items()}
        places = {place: given for place, given in numbers.items() if given is not None or place.pk in ticked}
        return facts | {"places": places}


class WithdrawForm(CommandForm):
    reason = field_of(Service, "reason", required=True, help_text=_l("Saved in the history."))


class AssetForm(RecordForm):
    owner = organisation_field(
        label_of(Asset, "owner"), required=False, help_text=_l("Empty: the operator of the service.")
    )
    place = place_field(Asset, "place")

    class Meta:
        model = Asset
        fields: ClassVar[list[str]] = [
            "name",
            "kind",
            "owner",
            "place",
            "vendor",
            "product",
            "product_version",
            "note",
            "source",
        ]
        widgets: ClassVar[dict[str, Any]] = {"note": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["owner"] = _code(self.instance.owner)
            self.initial["place"] = _code(self.instance.place)


class DependencyForm(RecordForm):
    needs = service_field(_l("Needs"), help_text=_l("The service without which it suffers."))

    class Meta:
        model = Dependency
        fields: ClassVar[list[str]] = [
            "needs",
            "kind",
            "hours",
            "share",
            "fallback",
            "fallback_hours",
            "group",
            "source",
        ]

    def __init__(self, *args: Any, service: Service | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        of = service or (self.instance.service if self.instance.pk else None)
        self.fields["needs"].queryset = service_field("", without=of).queryset  # type: ignore[attr-defined]
        if self.instance.pk:
            self.initial["needs"] = _code(self.instance.needs)


class PlanForm(RecordForm):
    class Meta:
        model = RecoveryPlan
        fields: ClassVar[list[str]] = ["title", "owner", "hours", "next_test_on", "source"]


class TestForm(CommandForm):
    __test__ = False  # not a class of tests

    on = day_field(_l("Day of the test"), required=True)
    result = forms.ChoiceField(label=_l("Result"), choices=TestResult.choices)
    note = field_of(RecoveryPlan, "last_note")
    next_test_on = field_of(RecoveryPlan, "next_test_on")


# --- Designation --------------------------------------------------------------------------------------------------


class StepForm(CommandForm):
    on = field_of(DesignationStep, "on", required=True)
    text = field_of(DesignationStep, "text", required=True, rows=5)

    def __init__(self, *args: Any, viewer: object = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["document"] = document_field(viewer)


class ProposeForm(StepForm):
    criteria = forms.ModelChoiceField(
        CriteriaSet.objects.filter(is_current=True),
        to_field_name="code",
        empty_label=None,
        **words_of(Designation, "criteria"),
    )
    field_order = ["criteria", "on", "text", "document"]


class DecideForm(StepForm):
    review_due_on = field_of(Designation, "review_due_on")


class ScoreForm(forms.Form):
    """Points and the reason for each criterion of the set; one that is left open stays open."""

    def __init__(self, data: Any, designation: Designation) -> None:
        super().__init__(data)
        held = {row.criterion_id: row for row in designation.scores.all()}
        self.criteria: list[Criterion] = list(designation.criteria.criteria.all())
        for each in self.criteria:
            row = held.get(each.pk)
            self.fields[f"points_{each.code}"] = forms.TypedChoiceField(
                label=each.in_language("title"),
                choices=[("", _("Not scored")), *((str(level["points"]), level_text(level)) for level in each.levels)],
                coerce=int,
                empty_value=None,
                required=False,
                initial=str(row.points) if row else "",
            )
            self.fields[f"reason_{each.code}"] = forms.CharField(
                label=_("Reason: %(criterion)s") % {"criterion": each.in_language("title")},
                required=False,
                max_length=500,
                initial=row.reason if row else "",
            )

    def facts(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "points": {
                each: (given[f"points_{each.code}"], given[f"reason_{each.code}"])
                for each in self.criteria
                if given[f"points_{each.code}"] is not None
            }
        }


def level_text(level: dict[str, Any]) -> str:
    """A level with its points, in the reader's language."""
    return f"{level.get(language()) or level['word']} ({level['points']})"


# --- What-ifs -----------------------------------------------------------------------------------------------------


class WhatIfForm(RecordForm):
    place = place_field(WhatIf, "place")
    like = forms.ModelChoiceField(
        WhatIf.objects.all(), required=False, to_field_name="code", empty_label=_l("None"), **words_of(WhatIf, "like")
    )

    class Meta:
        model = WhatIf
        fields: ClassVar[list[str]] = ["title", "hours", "place", "like", "tlp", "note"]
        widgets: ClassVar[dict[str, Any]] = {"note": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["place"] = _code(self.instance.place)
            self.initial["like"] = _code(self.instance.like)


class NewWhatIfForm(WhatIfForm):
    services = forms.ModelMultipleChoiceField(
        Service.objects.filter(state=ServiceStateChoice.CURRENT).order_by("name", "pk"),
        label=_l("Services that fail"),
        required=False,
        to_field_name="code",
        widget=forms.CheckboxSelectMultiple,
        help_text=_l("From the first hour on, entirely. Others can be added later, with another hour or share."),
    )
    field_order = ["title", "services", "place", "hours", "like", "tlp", "note"]

    def facts(self) -> dict[str, Any]:
        facts = super().facts()
        return facts | {"services": list(facts["services"])}


class CopyForm(CommandForm):
    title = field_of(WhatIf, "title", required=True)


class FailureForm(CommandForm):
    service = service_field(_l("Service"))
    from_hour = field_of(WhatIfFailure, "from_hour", required=True)
    share = field_of(WhatIfFailure, "share", required=True)


class ChangeForm(CommandForm):
    dependency = forms.ModelChoiceField(
        Dependency.objects.none(), empty_label=_l("Choose one"), **words_of(WhatIfChange, "dependency")
    )
    fallback_hours = field_of(WhatIfChange, "fallback_hours")
    share = field_of(WhatIfChange, "share")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Dependency.objects.current().select_related("service", "needs")
        self.fields["dependency"].queryset = rows  # type: ignore[attr-defined]
        self.fields["dependency"].label_from_instance = dependency_text  # type: ignore[attr-defined]


def dependency_text(dependency: Dependency) -> str:
    names = {
        "service": dependency.service.in_language("name"),
        "needs": dependency.needs.in_language("name"),
        "kind": dependency.get_kind_display(),
    }
    return _("%(service)s needs %(needs)s (%(kind)s)") % names
