"""Saved views: kept from a list, renamed or shared, removed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core.access import Permission, must
from floreo.core.fields import label_of
from floreo.core.ui import locale
from floreo.organisations.models import User
from floreo.saved_views import actions as acts
from floreo.saved_views.access import get_view_for
from floreo.saved_views.logic import is_page, kept_query
from floreo.saved_views.models import SavedView, Share
from floreo.workspace.form_page import FormPage, doing, form_page, person, posted
from floreo.workspace.forms import CommandForm, field_of

START = "/workspace/"


class ViewForm(CommandForm):
    name = field_of(SavedView, "name", required=True)
    team = forms.ChoiceField(
        label=label_of(SavedView, "share"),  # words in the reader's language
        help_text=_l("Whoever opens it sees in the list what they may see themselves."),
    )

    def __init__(self, data: Any, owner: User, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        field = self.fields["team"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = acts.teams_of(owner)


class NewViewForm(ViewForm):
    page = forms.CharField(widget=forms.HiddenInput, max_length=300)
    query = forms.CharField(widget=forms.HiddenInput, max_length=2_000, required=False)


class EditViewForm(ViewForm):
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


def _address(page: str, query: str) -> str:
    """Of the list, in the reader's language: never an address that somebody made up."""
    if not is_page(page):
        return START
    try:
        kept = kept_query(query)
    except ValueError:
        kept = ""
    return locale.address_in(locale.language(), f"{page}?{kept}" if kept else page)


def new_view(request: HttpRequest) -> HttpResponse:
    """From the list that it is of: its path and its query come with the link."""
    must(request.user, Permission.WORKSPACE_OPEN)
    given = request.POST if request.method == "POST" else request.GET
    page, query = given.get("page", "")[:300], given.get("query", "")[:2_000]
    form = NewViewForm(posted(request), person(request), initial={"page": page, "query": query})
    words = FormPage(
        _("Save this view"),
        _("Save view"),
        _address(page, query),
        help=_("Its filters and search words are kept under a name, and listed on this page."),
        done=_("View saved."),
        area="",
    )
    return form_page(request, form, doing(request, acts.save_view), words)


def _team(view: SavedView) -> str:
    if view.share == Share.ROLE:
        return f"role:{view.role}"
    return f"organisation:{view.organisation_id}" if view.share == Share.ORGANISATION else acts.PRIVATE


def edit_view(request: HttpRequest, pk: int) -> HttpResponse:
    view = get_view_for(request.user, pk)
    start = {"name": view.name, "team": _team(view), "version": view.version}
    form = EditViewForm(posted(request), person(request), initial=start)
    words = FormPage(_("Change the saved view"), _("Save"), _address(view.page, view.query), about=view.name, area="")
    return form_page(request, form, doing(request, acts.update_view, view), words, thing=view)


def remove_view(request: HttpRequest, pk: int) -> HttpResponse:
    view = get_view_for(request.user, pk)
    words = FormPage(
        _("Remove the saved view"),
        _("Remove"),
        _address(view.page, ""),
        about=view.name,
        help=_("For everybody with whom it is shared, too. The list itself stays as it is."),
        done=_("View removed."),
        area="",
    )
    return form_page(request, CommandForm(posted(request)), doing(request, acts.remove_view, view), words)
