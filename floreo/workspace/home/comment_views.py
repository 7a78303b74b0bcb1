"""The comments on one record: read, written, edited for some minutes, removed, and mentions that were seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_POST

from floreo.core.errors import Missing, NotAllowed
from floreo.core.keys import thing_of, things_of
from floreo.core.models import named
from floreo.discussion import actions as acts
from floreo.discussion.access import get_comment_for, get_mention_for, get_thing_for, readers_of
from floreo.discussion.models import Comment, Mention
from floreo.discussion.queries import discussion_of, mentions_with
from floreo.discussion.tasks import title_of
from floreo.organisations.models import User
from floreo.workspace.form_page import FormPage, doing, form_page, person, posted, press
from floreo.workspace.forms import CommandForm


class TextForm(CommandForm):
    """The words of a comment. How long they may be, and what they may hold, says the action."""

    text = forms.CharField(
        label=_l("Comment"),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_l("Mention a colleague with @ and their name."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Said by the action, in a sentence of its own.
        self.fields["text"].validators = []


class EditForm(TextForm):
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class CommentForm(TextForm):
    """With the people who may be mentioned, to choose from without typing."""

    def __init__(self, data: Any, readers: list[User]) -> None:
        super().__init__(data)
        field: forms.ModelMultipleChoiceField[User] = forms.ModelMultipleChoiceField(
            User.objects.filter(pk__in=[user.pk for user in readers]),
            label=_("Mention"),
            required=False,
            widget=forms.CheckboxSelectMultiple,
            help_text=_(
                "They get a task, and an e-mail as often as they chose. Only those are listed who may see this."
            ),
            error_messages={"invalid_choice": _("One of these people may not see this, so cannot be mentioned here.")},
        )
        field.choices = [(user.pk, user.actor_name) for user in readers]
        self.fields["mentions"] = field


def page_of(thing: Any) -> str:
    """Where the record itself is; "" where it has no page."""
    for one in (thing, thing.audit_subject() if hasattr(thing, "audit_subject") else None):
        for address in ("workspace_url", "get_absolute_url"):
            if one is not None and hasattr(one, address):
                return str(getattr(one, address)())
    return ""


def discussion(request: HttpRequest, name: str) -> HttpResponse:
    """All comments on a record, and the form for another one."""
    thing, by = get_thing_for(request.user, name), person(request)
    readers = [user for user in readers_of(thing) if user.pk != by.pk]
    form = CommentForm(posted(request), readers)
    here = reverse("workspace:discussion", args=[name])
    words = FormPage(
        _("Comments"),
        _("Comment"),
        here,
        about=named(thing),
        done=_("Comment added."),
        area="",
    )
    more = {
        "discussion": discussion_of(thing, by, most=None),
        "thing_href": page_of(thing),
        "readers": [user.actor_name for user in readers],
    }
    return form_page(
        request,
        form,
        doing(request, acts.add_comment, thing),
        words,
        template="workspace/discussion/page.html",
        more=more,
    )


def _back(comment: Comment) -> str:
    return f"{reverse('workspace:discussion', args=[comment.thing])}#comment-{comment.pk}"


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    comment = get_comment_for(request.user, pk)
    if not comment.is_own(request.user):
        raise NotAllowed(_("Only its author edits a comment."))
    form = EditForm(posted(request), initial={"text": comment.text, "version": comment.version})
    words = FormPage(_("Edit the comment"), _("Save"), _back(comment), about=_about(comment), area="")
    return form_page(request, form, doing(request, acts.edit_comment, comment), words)


def _about(comment: Comment) -> str:
    thing = thing_of(comment.thing)
    return named(thing) if thing is not None else ""


def remove(request: HttpRequest, pk: int) -> HttpResponse:
    comment = get_comment_for(request.user, pk)
    words = FormPage(
        _("Remove the comment"),
        _("Remove"),
        _back(comment),
        about=_about(comment),
        help=_("Its words are deleted for good. That there was a comment, whose, and who removed it, stays."),
        done=_("Comment removed."),
        area="",
    )
    return form_page(request, CommandForm(posted(request)), doing(request, acts.remove_comment, comment), words)


@require_POST
def seen(request: HttpRequest, pk: int) -> HttpResponse:
    mention = get_mention_for(request.user, pk)
    return press(request, lambda: acts.see_mention(mention, by=person(request)), _("Seen."), _back(mention.comment))


def mentions(request: HttpRequest, pk: int) -> HttpResponse:
    """A comment that was written on many records at once, with those on which it mentions the reader."""
    mention = get_mention_for(request.user, pk)
    all_of_them = mentions_with(mention, request.user)
    things = things_of({each.comment.thing for each in all_of_them})
    rows = [
        MentionedOn(named(things[each.comment.thing]), _back(each.comment), each)
        for each in all_of_them
        if each.comment.thing in things
    ]
    if not rows:
        raise Missing
    comment = rows[0].mention.comment
    context = {
        "title": title_of(comment, len(rows)),
        "comment": comment,
        "rows": rows,
        "waiting": sum(row.mention.seen_at is None for row in rows),
        "first": mention.pk,
    }
    return render(request, "workspace/discussion/mentions.html", context)


@dataclass(frozen=True)
class MentionedOn:
    """A record, where its comment is read, and the mention."""

    name: str
    href: str
    mention: Mention


@require_POST
def seen_all(request: HttpRequest, pk: int) -> HttpResponse:
    """Those of the page."""
    mention = get_mention_for(request.user, pk)
    theirs = mentions_with(mention, request.user)
    here = reverse("workspace:mentions", args=[pk])
    return press(request, lambda: acts.see_mentions(theirs, by=person(request)), _("Seen."), here)
