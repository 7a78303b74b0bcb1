"""What can be done to a framework, to its items, and to an assessment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core.access import Permission, can
from floreo.frameworks import actions as acts
from floreo.frameworks.access import get_version_for
from floreo.frameworks.models import Assessment, Framework
from floreo.organisations.models import User
from floreo.workspace.commands import Command, Data, allowed_by, new, starting_with
from floreo.workspace.forms import CommandForm
from floreo.workspace.frameworks import forms

REVIEW = Permission.FRAMEWORK_REVIEW


def _waiting(assessment: Assessment) -> str:
    waiting = assessment.answers.filter(level=None).count()
    if not waiting:
        return ""
    return _("Items without a reviewed level: %(n)d. They will count as not answered.") % {"n": waiting}


def _is_publishable(assessment: Assessment, viewer: object) -> bool:
    return can(viewer, REVIEW) and allowed_by(acts.must_be_closed, acts.must_not_be_public)(assessment, viewer)


def _is_public(assessment: Assessment, _viewer: object) -> bool:
    return assessment.is_public


ASSESSMENT_COMMANDS: Mapping[str, Command] = {
    "close": Command(
        _l("Close the assessment"),
        _l("Close"),
        REVIEW,
        starting_with(forms.CloseForm, note_text=lambda assessment: assessment.note),
        acts.close_assessment,
        allowed_by(acts.must_not_be_closed),
        help=_waiting,
        done=_l("Assessment closed."),
    ),
    "reopen": Command(
        _l("Reopen the assessment"),
        _l("Reopen"),
        REVIEW,
        new(forms.ReasonForm),
        acts.reopen_assessment,
        allowed_by(acts.must_be_closed, acts.must_not_be_public),
        done=_l("Assessment reopened."),
    ),
    "publish": Command(
        _l("Publish the assessment"),
        _l("Publish"),
        Permission.PLAN_PUBLISH,
        new(CommandForm),
        acts.publish_assessment,
        _is_publishable,
        help=_l(
            "The public will see each reviewed level with its reason, and public evidence. Individual "
            "ratings and the names of raters are not published."
        ),
        done=_l("Assessment published."),
    ),
    "unpublish": Command(
        _l("Remove from the public site"),
        _l("Remove from the public site"),
        REVIEW,
        new(CommandForm),
        acts.unpublish_assessment,
        _is_public,
        done=_l("Removed from the public site."),
    ),
}


def _score_form(data: Data, framework: Framework) -> forms.ScoreForm:
    return forms.ScoreForm(get_version_for(None, framework), data)


def _record_score(framework: Framework, *, by: User, **facts: Any) -> object:
    return acts.record_score(framework, by=by, in_version=get_version_for(by, framework), **facts)


FRAMEWORK_COMMANDS: Mapping[str, Command] = {
    "new-score": Command(
        _l("Enter a published score"),
        _l("Enter score"),
        REVIEW,
        _score_form,
        _record_score,
        help=_l("As published. A score for the same year and part replaces the earlier one."),
        done=_l("Score entered."),
    ),
}
ITEM_COMMANDS: Mapping[str, Command] = {
    "check": Command(
        lambda item: _("Check the title of %(code)s") % {"code": item.code},
        _l("Confirm the title"),
        REVIEW,
        lambda data, item: forms.CheckForm.of(item, data),
        acts.check_item,
        help=_l("Compare it with the publisher's text, and correct it if it differs."),
        done=_l("Title checked."),
    ),
}
CONTRIBUTION_COMMANDS: Mapping[str, Command] = {
    "remove": Command(
        lambda row: _("Remove the link to %(item)s") % {"item": row.item.named()},
        _l("Remove"),
        Permission.FRAMEWORK_ASSESS,
        new(CommandForm),
        acts.remove_contribution,
        done=_l("Removed."),
    ),
}
