"""Writing saved views: kept, renamed or shared, removed."""

from __future__ import annotations

from django.utils.translation import gettext as _

from floreo.core.access import ROLES, Actor, Permission
from floreo.core.action import action
from floreo.core.errors import NotAllowed, Refused
from floreo.core.writing import delete, lock_latest, refuse, require_text, save
from floreo.organisations.models import Organisation, User
from floreo.saved_views.logic import MOST_OF_ONE, is_page, kept_query
from floreo.saved_views.models import SavedView, Share

PRIVATE = "private"


def teams_of(user: User) -> list[tuple[str, str]]:
    """With whom an account may share: pairs of a key and words. A role for all organisations is a team; whoever has a role for one
    organisation shares with that alone."""
    found = [(PRIVATE, str(Share.PRIVATE.label))]
    bodies = Organisation.objects.in_bulk(user.organisation_ids())
    for role, organisation in user.grants():
        if organisation is None and role in ROLES:
            found.append((f"role:{role}", _("Everybody with the role: %(role)s") % {"role": ROLES[role].title}))
        elif organisation in bodies:
            found.append(
                (f"organisation:{organisation}", _("Everybody of: %(name)s") % {"name": bodies[organisation].label})
            )
    return list(dict.fromkeys(found))


def _share(view: SavedView, team: str, owner: User) -> None:
    if team not in dict(teams_of(owner)):
        raise refuse("team", _("Choose one of your own teams."), code="other_team")
    kind, _colon, value = team.partition(":")
    view.share, view.role, view.organisation = Share(kind), "", None
    if kind == Share.ROLE:
        view.role = value
    elif kind == Share.ORGANISATION:
        view.organisation = Organisation.objects.get(pk=int(value))


@action("saved_view.saved", needs=Permission.WORKSPACE_OPEN)
def save_view(*, by: Actor, page: str, query: str, name: str, team: str = PRIVATE) -> SavedView:
    """Under a name that one has not used on that list."""
    if not isinstance(by, User):
        raise NotAllowed
    try:
        kept = kept_query(query)
    except ValueError:
        raise Refused(
            _("The address of this list is too long or broken, so it cannot be saved."), code="bad_query"
        ) from None
    if not is_page(page):
        raise Refused(_("Only lists of the workspace can be saved."), code="bad_page")
    if SavedView.objects.filter(owner=by).count() >= MOST_OF_ONE:
        raise Refused(_("You have %(n)d saved views. Remove one first.") % {"n": MOST_OF_ONE}, code="too_many")
    view = SavedView(owner=by, page=page, query=kept)
    return _named(view, name, team, by)


def _named(view: SavedView, name: str, team: str, owner: User) -> SavedView:
    view.name = require_text(name.replace("\x00", ""), field="name", sentence=_("Enter a name."))
    others = SavedView.objects.filter(owner=owner, page=view.page, name=view.name).exclude(pk=view.pk)
    if others.exists():
        raise refuse("name", _("You have a view of this list with that name already. Choose another."), code="taken")
    _share(view, team, owner)
    return save(view)


def _own(view: SavedView, by: Actor, version: int | None = None) -> tuple[SavedView, User]:
    view = lock_latest(view, version)
    if not isinstance(by, User) or not view.is_own(by):
        raise NotAllowed(_("Only whoever saved a view changes or removes it."))
    return view, by


@action("saved_view.updated", needs=Permission.WORKSPACE_OPEN)
def update_view(view: SavedView, *, by: Actor, name: str, team: str, version: int | None = None) -> SavedView:
    """Another name, or shared with another team."""
    view, owner = _own(view, by, version)
    return _named(view, name, team, owner)


@action("saved_view.removed", needs=Permission.WORKSPACE_OPEN)
def remove_view(view: SavedView, *, by: Actor) -> None:
    view, _owner = _own(view, by)
    delete(view)
