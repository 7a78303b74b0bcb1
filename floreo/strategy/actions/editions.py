"""Writing editions: making, describing, publishing and ending one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, TypedDict, Unpack

from django.apps import apps
from django.db import models
from django.utils.translation import gettext as _

from floreo.core import search
from floreo.core.access import SYSTEM, Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.writing import assign, lock_latest, require_free_code, require_order, require_past, require_text, save
from floreo.strategy.actions.implied import complete, must_be_empty, start_again, usual_depth
from floreo.strategy.actions.own import dates_follow
from floreo.strategy.actions.statuses import refresh_statuses
from floreo.strategy.levels import in_words, levels_of, one
from floreo.strategy.models import Action, Edition, EditionState, Event, ImportDraft, Objective, Pillar, StatusCount


class EditionFacts(TypedDict, total=False):
    """What may be said of an edition, apart from its code, which is its address."""

    title: str
    official_title: str
    objective: str
    vision: str
    public_text: str
    levels: int
    pillar_word: str
    pillar_words: str
    objective_word: str
    objective_words: str
    sub_objective_word: str
    sub_objective_words: str
    action_word: str
    action_words: str
    internal_notes: str
    starts_on: date | None
    ends_on: date | None
    launched_on: date | None
    approved_on: date | None
    translations: dict[str, dict[str, str]]
    source: str
    source_url: str
    confirmed: bool
    doubt: str


def check_edition(edition: Edition) -> None:
    """Raises Refused unless it has a title and its days run forwards."""
    edition.title = require_text(edition.title, field="title", sentence=_("Enter a title for the edition."))
    require_order(edition.starts_on, edition.ends_on, field="ends_on", named=(_("The start date"), _("the end date")))


@action("edition.created", needs=Permission.PLAN_EDIT)
def create_edition(*, by: Actor, code: str, **facts: Unpack[EditionFacts]) -> Edition:
    """A new edition, in preparation and not public."""
    edition = Edition(code=require_free_code(Edition.objects.all(), code))
    edition.levels = usual_depth()
    assign(edition, facts)
    check_edition(edition)
    save(edition)
    complete(edition)
    return edition


@action("edition.updated", needs=Permission.PLAN_EDIT)
def update_edition(
    edition: Edition, *, by: Actor, version: int | None = None, **facts: Unpack[EditionFacts]
) -> Edition:
    edition = lock_latest(edition, version)
    depth, approved_on = edition.levels, edition.approved_on
    assign(edition, facts)
    check_edition(edition)
    if edition.levels != depth:
        must_be_empty(edition)
    save(edition)
    if edition.levels != depth:
        start_again(edition)
    if dates_follow(edition, approved_on):
        refresh_statuses(by=SYSTEM, editions=Edition.objects.filter(pk=edition.pk), always=True)
    return edition


def _refresh_search(edition: Edition) -> None:
    """The public finds what is in an edition only while it is public."""
    search.refresh_many(Pillar.objects.filter(edition=edition).select_related("edition"))
    search.refresh_many(Objective.objects.filter(pillar__edition=edition).select_related("pillar__edition"))
    search.refresh_many(Action.objects.filter(edition=edition).select_related("edition"))
    search.refresh_many(Event.objects.filter(edition=edition).select_related("edition"))


def must_not_be_public(edition: Edition) -> None:
    if edition.is_public:
        raise Refused(_("This edition is already public."), code="already_public")


def must_be_public(edition: Edition) -> None:
    if not edition.is_public:
        raise Refused(_("This edition is not public."), code="not_public")


def must_be_in_force(edition: Edition) -> None:
    if edition.state != EditionState.IN_FORCE:
        raise Refused(_("Only an edition in force can be ended."), code="not_in_force")


def rows_of(edition: Edition) -> Iterator[models.Model | models.QuerySet[Any]]:
    """The edition and all that hangs on it: every kind of row that names it, its pillars or its actions."""
    yield edition
    yield Objective.everything.filter(pillar__edition=edition)
    for model in apps.get_app_config("strategy").get_models():
        fields = {field.name for field in model._meta.fields}
        if "edition" in fields and not issubclass(model, ImportDraft | StatusCount):
            yield model._base_manager.filter(edition=edition)
        elif "action" in fields:
            yield model._base_manager.filter(action__edition=edition)


@action("edition.published", needs=Permission.PLAN_PUBLISH, decides=rows_of)
def publish_edition(edition: Edition, *, by: Actor, shown: str | None = None) -> Edition:
    """Makes it public. One in preparation comes into force; only one edition is in force at a time."""
    edition = lock_latest(edition)
    must_not_be_public(edition)
    if not edition.pillars.exists() or (edition.levels == 1 and not edition.actions.exists()):
        wanted = in_words(
            _("Nothing is entered in it yet. Add before you publish: %(level)s."),
            level=one(levels_of(edition)[0], edition),
        )
        raise Refused(wanted, code="empty_edition")
    if edition.state == EditionState.DRAFT:
        other = Edition.objects.filter(state=EditionState.IN_FORCE).exclude(pk=edition.pk).first()
        if other is not None:
            sentence = _("“%(title)s” is still in force. End it first.") % {"title": other.title}
            raise Refused(sentence, code="other_in_force")
        edition.state = EditionState.IN_FORCE
    edition.is_public = True
    save(edition)
    _refresh_search(edition)
    return edition


@action("edition.unpublished", needs=Permission.PLAN_PUBLISH)
def unpublish_edition(edition: Edition, *, by: Actor, reason: str) -> Edition:
    """Takes it from the public site; nothing is removed."""
    edition = lock_latest(edition)
    must_be_public(edition)
    note(
        reason=require_text(reason, field="reason", sentence=_("Give the reason for removing it from the public site."))
    )
    edition.is_public = False
    save(edition)
    _refresh_search(edition)
    return edition


@action("edition.ended", needs=Permission.PLAN_PUBLISH)
def end_edition(edition: Edition, *, by: Actor, closing_report_on: date | None = None) -> Edition:
    """It is no longer in force. `closing_report_on` is when a closing report was published, if one was."""
    edition = lock_latest(edition)
    must_be_in_force(edition)
    if closing_report_on is not None:
        require_past(closing_report_on, field="closing_report_on")
    edition.state, edition.closing_report_on = EditionState.ENDED, closing_report_on
    return save(edition)
