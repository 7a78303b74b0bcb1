"""The minimum standard: drafted from items of others, consulted, published as a framework, used in a campaign."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from floreo.assessments.actions import standards
from floreo.assessments.models import Standard, StandardVersion
from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.frameworks.models import Framework, Item, Mapping, Version
from floreo.organisations.models import User
from tests.assessments.making import asked, opened

pytestmark = pytest.mark.usefixtures("isla")


def source(code: str) -> Item:
    return Item.objects.get(in_version__code="nist-csf-2", code=code)


def drafted() -> StandardVersion:
    facts = {"title": "Baseline", "short_title": "Base line", "publisher": "The Commission"}
    made = standards.draft(by=SYSTEM, translations={"es": {"title": "Línea base"}}, **facts).versions.get()
    add = standards.add_item
    add(made, by=SYSTEM, code="M-1", comes_from=source("GV.OC-01"), part="Lead", title="A policy", text="There is one.")
    add(made, by=SYSTEM, code="M-2", comes_from=source("PR.AA-01"), part="Lead", title="Accounts", relation="partly")
    return made


def test_it_is_consulted_and_becomes_a_framework_that_is_held() -> None:
    made = drafted()
    assert not Framework.objects.filter(code="base-line").exists()
    standards.consult(made, by=SYSTEM, consultation="/consultations/baseline/")
    done = standards.publish(made, by=SYSTEM)
    found = Version.objects.get(code="base-line-1")
    assert (done.became, found.is_held, found.is_current) == (found, True, True)
    rows = [(i.code, i.kind, i.is_rated, i.parent.code if i.parent else "") for i in found.items.all()]
    assert rows == [
        ("part-1", "part", False, ""),
        ("M-1", "requirement", True, "part-1"),
        ("M-2", "requirement", True, "part-1"),
    ]
    pairs = [(m.item.code, m.other.code, m.relation) for m in Mapping.objects.filter(item__in_version=found)]
    assert pairs == [("M-1", "GV.OC-01", "same"), ("M-2", "PR.AA-01", "partly")]
    first = found.items.get(code="M-1")
    assert (first.source, first.worded.text if first.worded else "") == (
        "NIST CSF 2.0 (2024), GV.OC-01",
        "There is one.",
    )
    assert asked(opened(in_version=found)).assessment is not None


def test_the_next_version_follows_the_one_before_item_by_item() -> None:
    standards.publish(drafted(), by=SYSTEM)
    second = standards.begin_version(Standard.objects.get(code="base-line"), by=SYSTEM)
    standards.remove_item(second.items.get(code="M-2"), by=SYSTEM)
    standards.update_item(second.items.get(code="M-1"), by=SYSTEM, title="A written policy")
    with pytest.raises(Refused, match="being drafted"):
        standards.begin_version(Standard.objects.get(code="base-line"), by=SYSTEM)
    standards.publish(second, by=SYSTEM)
    assert [v.code for v in Version.objects.filter(framework__code="base-line", is_current=True)] == ["base-line-2"]
    follows = Mapping.objects.get(item__in_version__code="base-line-2", relation="successor")
    assert (follows.item.code, follows.other.in_version.code) == ("M-1", "base-line-1")


@pytest.mark.long
def test_what_is_published_does_not_change_and_nothing_empty_is() -> None:
    made = drafted()
    standards.publish(made, by=SYSTEM)
    made = StandardVersion.objects.get(pk=made.pk)
    for do in (
        lambda: standards.publish(made, by=SYSTEM),
        lambda: standards.remove_item(made.items.all()[0], by=SYSTEM),
        lambda: standards.update_item(made.items.all()[0], by=SYSTEM, title="Other"),
        lambda: standards.add_item(made, by=SYSTEM, code="M-3", comes_from=source("PR.AA-02"), title="x"),
    ):
        with pytest.raises(Refused, match="does not change"):
            do()
    empty = standards.begin_version(Standard.objects.get(code="base-line"), by=SYSTEM)
    for item in empty.items.all():
        standards.remove_item(item, by=SYSTEM)
    with pytest.raises(Refused, match="items first"):
        standards.publish(empty, by=SYSTEM)
    with pytest.raises(Refused, match="items first"):
        standards.consult(empty, by=SYSTEM, consultation="x")


def test_its_items_come_from_others_and_nobody_else_sees_a_draft(
    secretariat: User, user_with: Callable[..., User]
) -> None:
    made = drafted()
    standards.update(made.standard, by=SYSTEM, about="For all operators.")
    assert made.standard in Standard.objects.visible_to(secretariat)
    assert made.standard not in Standard.objects.visible_to(user_with("lead"))
    standards.publish(made, by=SYSTEM)
    own = Item.objects.get(in_version__code="base-line-1", code="M-1")
    second = standards.begin_version(Standard.objects.get(code="base-line"), by=SYSTEM)
    with pytest.raises(Refused, match="another framework"):
        standards.add_item(second, by=SYSTEM, code="M-9", comes_from=own, title="x")
