"""What can be done to a consultation, its comments, and what belongs to it."""

from __future__ import annotations

from collections.abc import Mapping

from django.urls import reverse
from django.utils.translation import gettext_lazy as _l

from floreo.consultation.actions import commenting, deciding, preparing
from floreo.core.access import Permission
from floreo.workspace.commands import Command, allowed_by, new, over_row, starting_with
from floreo.workspace.consultations import forms
from floreo.workspace.forms import CommandForm

RUN, PUBLISH = Permission.CONSULTATION_RUN, Permission.CONSULTATION_PUBLISH

COMMANDS: Mapping[str, Command] = {
    "schedule": Command(
        _l("Schedule the consultation"),
        _l("Schedule"),
        PUBLISH,
        new(CommandForm),
        preparing.schedule,
        allowed_by(preparing.must_be_draft),
        help=_l(
            "It opens and closes by itself at its times. Until it opens, nobody outside the workspace can find it."
        ),
        done=_l("Scheduled."),
    ),
    "answer": Command(
        _l("Publish the answers"),
        _l("Publish the answers"),
        PUBLISH,
        new(forms.AnswersForm),
        deciding.publish_answers,
        allowed_by(deciding.must_be_closed),
        help=_l(
            "They are frozen and public. Everybody who left an e-mail address is sent the decision on their point."
        ),
        done=_l("The answers are published."),
    ),
    "enter": Command(
        _l("Enter a comment from paper or a meeting"),
        _l("Enter a comment"),
        RUN,
        forms.EnterForm,
        commenting.enter_comment,
        lambda c, _viewer: not c.is_answered and c.state != "draft",
        done=_l("Comment entered."),
    ),
    "edit": Command(
        _l("Edit"),
        _l("Edit"),
        RUN,
        over_row(forms.ConsultationForm),
        preparing.update,
        allowed_by(preparing.must_not_be_answered),
    ),
    "topic": Command(
        _l("Add a question"),
        _l("Add a question"),
        RUN,
        new(forms.TopicForm),
        preparing.add_topic,
        allowed_by(preparing.must_be_draft),
    ),
    "meeting": Command(
        _l("Add a public meeting"),
        _l("Add a meeting"),
        RUN,
        new(forms.EventForm),
        preparing.add_event,
        allowed_by(preparing.must_not_be_answered),
    ),
    "invite": Command(
        _l("Invite an organisation"),
        _l("Invite"),
        RUN,
        new(forms.InviteForm),
        preparing.invite,
        lambda c, _viewer: c.state == "scheduled" and c.participation != "open",
        help=_l("Its personal link is sent by e-mail. Only a hash of it is stored here, so nobody can look it up."),
        done=_l("The invitation is in the outbox."),
    ),
    "point": Command(
        _l("Add a point"),
        _l("Add a point"),
        RUN,
        new(forms.PointForm),
        deciding.add_point,
        lambda c, _viewer: not c.is_answered and c.state != "draft",
    ),
    "move": Command(
        _l("Change when it closes"),
        _l("Change the closing"),
        PUBLISH,
        starting_with(forms.MoveForm, closes_at=lambda c: c.closes_at),
        preparing.move_closing,
        allowed_by(preparing.must_be_open),
    ),
    "take-back": Command(
        _l("Return to draft"),
        _l("Return to draft"),
        PUBLISH,
        new(CommandForm),
        preparing.take_back,
        allowed_by(preparing.must_be_scheduled),
        done=_l("Returned to draft."),
    ),
    "remove": Command(
        _l("Remove the draft"),
        _l("Remove the draft"),
        RUN,
        new(CommandForm),
        preparing.remove,
        allowed_by(preparing.must_have_no_comments),
        done=_l("Draft removed."),
        back=lambda _c: reverse("workspace:consultations"),
    ),
}

NEW: Mapping[str, Command] = {
    "consultation": Command(
        _l("Prepare a consultation"),
        _l("Save draft"),
        RUN,
        new(forms.NewConsultationForm),
        preparing.prepare,
        help=_l("This creates a draft. Nobody outside the workspace sees it until it opens."),
        done=_l("Draft saved."),
    ),
}

OF_COMMENT: Mapping[str, Command] = {
    "publish": Command(
        _l("Publish the comment"),
        _l("Publish"),
        RUN,
        starting_with(forms.ShowForm, text=lambda c: c.shown_text or c.text),
        deciding.publish_comment,
        allowed_by(deciding.must_be_readable),
        done=_l("Published."),
    ),
    "withhold": Command(
        _l("Do not publish the comment"),
        _l("Do not publish"),
        RUN,
        new(forms.WithholdForm),
        deciding.withhold_comment,
        allowed_by(deciding.must_be_readable),
        help=_l("It is counted and decided on all the same."),
        done=_l("The comment is not published."),
    ),
    "reject": Command(
        _l("Not a comment"),
        _l("Not a comment"),
        RUN,
        new(forms.RejectForm),
        deciding.reject_comment,
        allowed_by(deciding.must_be_rejectable),
        help=_l("It is not published, not counted and not answered. How many there were is public."),
        done=_l("It does not count as a comment."),
    ),
    "erase": Command(
        _l("Erase the comment because its writer asked for it"),
        _l("Erase on request"),
        RUN,
        new(forms.EraseForm),
        commenting.erase_on_request,
        lambda comment, _viewer: not comment.is_erased,
        help=_l("Text, names and e-mail address are deleted for good. This cannot be undone."),
        done=_l("The comment is erased."),
    ),
}

OF_POINT: Mapping[str, Command] = {
    "decide": Command(
        _l("Decide on the point"),
        _l("Decide"),
        RUN,
        over_row(forms.DecideForm),
        deciding.decide,
        lambda point, _viewer: not point.consultation.is_answered,
        help=_l("It is public when all answers are published."),
        done=_l("Decision saved."),
    ),
    "edit": Command(
        _l("Edit the point"),
        _l("Edit"),
        RUN,
        over_row(forms.PointForm),
        deciding.update_point,
        lambda point, _viewer: not point.consultation.is_answered,
    ),
    "merge": Command(
        _l("Merge the point into another"),
        _l("Merge"),
        RUN,
        forms.MergeForm,
        deciding.merge_point,
        lambda point, _viewer: not point.consultation.is_answered,
        help=_l("Its comments go to the other point, and this one is removed with its decision."),
        done=_l("Points merged."),
    ),
    "remove": Command(
        _l("Remove the point"),
        _l("Remove"),
        RUN,
        new(CommandForm),
        deciding.remove_point,
        lambda point, _viewer: not point.consultation.is_answered,
        help=_l("Its comments are not removed. They belong to no point then."),
        done=_l("Point removed."),
    ),
}

OF_EVENT: Mapping[str, Command] = {
    "edit": Command(_l("Edit the meeting"), _l("Edit"), RUN, over_row(forms.EventForm), preparing.update_event),
    "remove": Command(_l("Remove the meeting"), _l("Remove"), RUN, new(CommandForm), preparing.remove_event),
}

OF_TOPIC: Mapping[str, Command] = {
    "remove": Command(_l("Remove the question"), _l("Remove"), RUN, new(CommandForm), preparing.remove_topic),
}

OF_INVITATION: Mapping[str, Command] = {
    "remove": Command(
        _l("Cancel the invitation"),
        _l("Cancel the invitation"),
        RUN,
        new(CommandForm),
        preparing.uninvite,
        help=_l("Its link does not work any more. A comment that it sent stays."),
    ),
}
