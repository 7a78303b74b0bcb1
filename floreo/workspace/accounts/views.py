"""Pages of accounts: who may sign in, with which roles, by whose invitation; and one's own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from floreo.core import clock
from floreo.core.access import ROLES, Permission, must
from floreo.core.errors import Missing, NotAllowed, Refused
from floreo.core.lists import Listing
from floreo.core.tables import Column, Filter, Table
from floreo.core.ui import locale
from floreo.core.ui.forms import refuse_on
from floreo.organisations import actions as acts
from floreo.organisations.access import get_account_for, get_invitation_for
from floreo.organisations.models import Invitation, User
from floreo.workspace.accounts import forms
from floreo.workspace.form_page import FormPage, form_page, person, posted
from floreo.workspace.verbs import history_of


def role_title(role: str) -> str:
    return str(ROLES[role].title) if role in ROLES else role


def sign_in_methods(users: Iterable[User]) -> dict[int, str]:
    """How each account can sign in, in words."""
    users = list(users)
    kinds: dict[int, list[str]] = defaultdict(list)
    for user_id, kind in Authenticator.objects.filter(user__in=users).values_list("user_id", "type"):
        kinds[user_id].append(kind)
    found = {}
    for user in users:
        text = [str(_("password"))] if user.has_usable_password() else []
        if count := kinds[user.pk].count("webauthn"):
            text.append(ngettext("%(n)s passkey", "%(n)s passkeys", count) % {"n": locale.number(count)})
        text += [str(_("authenticator app"))] if "totp" in kinds[user.pk] else []
        found[user.pk] = ", ".join(text) or str(_("none yet"))
    return found


def _accounts(_viewer: object) -> QuerySet[User]:
    return User.objects.prefetch_related("memberships__organisation")


# Never leaves the workspace: a list page needs a table, and this one is in no list of tables.
ACCOUNTS = Table(
    "accounts",
    _l("Accounts"),
    _l("People who can sign in."),
    rows=_accounts,
    order=("name", "pk"),
    key="email",
    columns=(Column("email", _l("E-mail"), _l("Used to sign in."), lambda u: u.email),),
    needs=Permission.ACCOUNT_MANAGE,
    search=("name", "email"),
    filters=(
        Filter(
            "role",
            _l("Role"),
            lambda: [(r.name, r.title) for r in ROLES.values()],
            lambda rows, value: rows.filter(memberships__role=value).distinct(),
        ),
    ),
)


def accounts(request: HttpRequest) -> HttpResponse:
    must(request.user, Permission.ACCOUNT_MANAGE)
    listing = Listing(ACCOUNTS, request)
    shown, ways = listing.rows, sign_in_methods(listing.rows)
    for account in shown:
        account.ways = ways[account.pk]
        for membership in account.memberships.all():
            membership.role_title = role_title(membership.role)
    active = User.objects.filter(is_active=True).count()
    answer = ngettext("%(n)s account can sign in.", "%(n)s accounts can sign in.", active)
    waiting = list(Invitation.objects.filter(accepted_at=None, withdrawn_at=None).select_related("organisation"))
    for invitation in waiting:
        invitation.role_title = role_title(invitation.role)  # type: ignore[attr-defined]  # for the page only
        invitation.is_over = invitation.expires_at <= clock.now()  # type: ignore[attr-defined]  # for the page only
    context = {
        "listing": listing,
        "accounts": shown,
        "invitations": waiting,
        "workspace_section": "accounts",
        "answer": answer % {"n": locale.number(active)},
    }
    return render(request, "workspace/accounts/accounts.html", context)


def one_account(request: HttpRequest, pk: int) -> HttpResponse:
    account = get_account_for(request.user, pk)
    memberships = list(account.memberships.select_related("organisation"))
    for membership in memberships:
        membership.role_title = role_title(membership.role)  # type: ignore[attr-defined]  # for the page only
    context = {
        "account": account,
        "memberships": memberships,
        "ways": sign_in_methods([account])[account.pk],
        "history": history_of(account, viewer=request.user),
        "workspace_section": "accounts",
    }
    return render(request, "workspace/accounts/account.html", context)


def invite(request: HttpRequest) -> HttpResponse:
    must(request.user, Permission.ACCOUNT_MANAGE)
    question = FormPage(
        _("Invite a person"),
        _("Send the invitation"),
        reverse("workspace:accounts"),
        help=_("They receive an e-mail with a link that works once, within three days."),
        done=_("Invitation sent."),
        room="accounts",
    )
    return form_page(
        request, forms.InviteForm(posted(request)), lambda f: acts.invite(by=person(request), **f), question
    )


def _after(request: HttpRequest, do: Any, done: str, back: str) -> HttpResponse:
    """One press of a button: what was done, or why not, stands on the page it came from."""
    try:
        do()
    except (NotAllowed, Missing):
        raise
    except Refused as refusal:
        messages.error(request, str(refusal.sentence))
    else:
        messages.success(request, done)
    return HttpResponseRedirect(back)


@require_POST
def resend(request: HttpRequest, pk: int) -> HttpResponse:
    invitation = get_invitation_for(request.user, pk)
    do = lambda: acts.resend_invitation(invitation, by=person(request))  # noqa: E731 -- one act, handed on
    return _after(request, do, _("Invitation sent again."), reverse("workspace:accounts"))


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    invitation = get_invitation_for(request.user, pk)
    do = lambda: acts.withdraw_invitation(invitation, by=person(request))  # noqa: E731 -- as above
    return _after(request, do, _("Invitation withdrawn."), reverse("workspace:accounts"))


def give_role(request: HttpRequest, pk: int) -> HttpResponse:
    account = get_account_for(request.user, pk)
    question = _about(account, _("Give a role"), _("Give role"), _("Role given."))
    form = forms.RoleForm(posted(request))
    return form_page(request, form, lambda f: acts.give_role(account, by=person(request), **f), question)


def set_person(request: HttpRequest, pk: int) -> HttpResponse:
    account = get_account_for(request.user, pk)
    question = _about(account, _("Person in the register"), _("Save"), _("Saved."))
    form = forms.PersonOfForm(posted(request), initial={"person": account.person_id})
    return form_page(request, form, lambda f: acts.set_person(account, by=person(request), **f), question)


@require_POST
def take_role(request: HttpRequest, pk: int, membership: int) -> HttpResponse:
    account = get_account_for(request.user, pk)
    held = account.memberships.filter(pk=membership).first()
    if held is None:
        raise Missing
    do = lambda: acts.take_role(held, by=person(request))  # noqa: E731 -- as above
    return _after(request, do, _("Role removed."), reverse("workspace:account", args=[pk]))


def deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    account = get_account_for(request.user, pk)
    question = _about(
        account,
        _("Switch an account off"),
        _("Switch off"),
        _("Account switched off."),
        help_=_(
            "The account is signed out everywhere immediately. Its past actions stay in the audit chain under its name."
        ),
    )
    form = forms.SwitchOffForm(posted(request))
    return form_page(request, form, lambda f: acts.deactivate_account(account, by=person(request), **f), question)


@require_POST
def activate(request: HttpRequest, pk: int) -> HttpResponse:
    account = get_account_for(request.user, pk)
    do = lambda: acts.activate_account(account, by=person(request))  # noqa: E731 -- as above
    return _after(request, do, _("Account switched on."), reverse("workspace:account", args=[pk]))


def _about(account: User, title: str, button: str, done: str, *, help_: str = "") -> FormPage:
    back = reverse("workspace:account", args=[account.pk])
    return FormPage(
        title, button, back, about=f"{account.name}, {account.email}", help=help_, done=done, room="accounts"
    )


def me(request: HttpRequest) -> HttpResponse:
    """One's own name, language and ways to sign in."""
    must(request.user, Permission.WORKSPACE_OPEN)
    mine, status = person(request), 200
    form = forms.MeForm(mine, posted(request))
    if form.is_bound and form.is_valid():
        try:
            acts.update_own_account(mine, by=mine, **form.facts())
        except Refused as refusal:
            refuse_on(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("workspace:me")
    if form.errors:
        status = 422
    memberships = list(mine.memberships.select_related("organisation"))
    for membership in memberships:
        membership.role_title = role_title(membership.role)  # type: ignore[attr-defined]  # for the page only
    context = {
        "me": mine,
        "form": form,
        "status": status,
        "memberships": memberships,
        "ways": sign_in_methods([mine])[mine.pk],
        "workspace_section": "me",
    }
    return render(request, "workspace/accounts/me.html", context, status=status)
