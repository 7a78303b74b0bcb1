"""Pages of accounts: who may sign in, with which roles, by whose invitation; and one's own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from floreo.core import clock
from floreo.core.access import ROLES, Permission, must
from floreo.core.errors import Missing, Refused
from floreo.core.lists import Listing
from floreo.core.tables import Column, Filter, Table
from floreo.core.ui import locale
from floreo.core.ui.forms import refuse_on
from floreo.organisations import actions as acts
from floreo.organisations.access import get_account_for, get_invitation_for
from floreo.organisations.models import Invitation, User
from floreo.workspace.accounts import forms
from floreo.workspace.accounts.assigned import assigned_to
from floreo.workspace.commands import Command, command_view, new, starting_with
from floreo.workspace.form_page import person, posted, press
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
    shown, methods = listing.rows, sign_in_methods(listing.rows)
    for account in shown:
        account.methods = methods[account.pk]
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
        "methods": sign_in_methods([account])[account.pk],
        "has_factors": Authenticator.objects.filter(user=account).exists(),
        "history": history_of(account, viewer=request.user),
        "assigned": assigned_to(account, viewer=person(request)),
        "workspace_section": "accounts",
    }
    return render(request, "workspace/accounts/account.html", context)


MANAGE = Permission.ACCOUNT_MANAGE
NEW: Mapping[str, Command] = {
    "invitation": Command(
        _l("Invite a person"),
        _l("Send the invitation"),
        MANAGE,
        new(forms.InviteForm),
        acts.invite,
        help=_l("They receive an e-mail with a link that works once, within three days."),
        done=_l("Invitation sent."),
    ),
}
ACCOUNT_COMMANDS: Mapping[str, Command] = {
    "give-role": Command(
        _l("Give a role"), _l("Give role"), MANAGE, new(forms.RoleForm), acts.give_role, done=_l("Role given.")
    ),
    "person": Command(
        _l("Person in the register"),
        _l("Save"),
        MANAGE,
        starting_with(forms.PersonOfForm, person=lambda account: account.person_id),
        acts.set_person,
    ),
    "factors": Command(
        _l("Remove second factors"),
        _l("Remove"),
        MANAGE,
        new(forms.LostDeviceForm),
        acts.remove_second_factors,
        help=_l(
            "For somebody who lost the device. First make sure that it is them who asks, by telephone or face to face. Passkeys, authenticator app and recovery codes are removed, and the account is signed out everywhere."
        ),
        done=_l("Second factors removed."),
    ),
    "deactivate": Command(
        _l("Switch an account off"),
        _l("Switch off"),
        MANAGE,
        new(forms.SwitchOffForm),
        acts.deactivate_account,
        help=_l(
            "The account is signed out everywhere immediately. Its past actions stay in the audit chain under its name."
        ),
        done=_l("Account switched off."),
    ),
}


def invite(request: HttpRequest) -> HttpResponse:
    return command_view(request, None, NEW, "invitation", area="accounts", back=reverse("workspace:accounts"))


def account_command(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    account, back = get_account_for(request.user, pk), reverse("workspace:account", args=[pk])
    about = f"{account.name}, {account.email}"
    return command_view(request, account, ACCOUNT_COMMANDS, name, area="accounts", about=about, back=back)


@require_POST
def resend(request: HttpRequest, pk: int) -> HttpResponse:
    invitation = get_invitation_for(request.user, pk)

    return press(
        request,
        lambda: acts.resend_invitation(invitation, by=person(request)),
        _("Invitation sent again."),
        reverse("workspace:accounts"),
    )


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    invitation = get_invitation_for(request.user, pk)

    return press(
        request,
        lambda: acts.withdraw_invitation(invitation, by=person(request)),
        _("Invitation withdrawn."),
        reverse("workspace:accounts"),
    )


@require_POST
def take_role(request: HttpRequest, pk: int, membership: int) -> HttpResponse:
    account = get_account_for(request.user, pk)
    held = account.memberships.filter(pk=membership).first()
    if held is None:
        raise Missing

    return press(
        request,
        lambda: acts.take_role(held, by=person(request)),
        _("Role removed."),
        reverse("workspace:account", args=[pk]),
    )


@require_POST
def activate(request: HttpRequest, pk: int) -> HttpResponse:
    account = get_account_for(request.user, pk)

    return press(
        request,
        lambda: acts.activate_account(account, by=person(request)),
        _("Account switched on."),
        reverse("workspace:account", args=[pk]),
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
        "methods": sign_in_methods([mine])[mine.pk],
        "workspace_section": "me",
    }
    return render(request, "workspace/accounts/me.html", context, status=status)
