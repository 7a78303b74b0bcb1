"""How sign-in behaves: accounts come from invitations only, and links follow the site's own address."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from floreo.core import clock, languages, security_events
from floreo.core.access import SYSTEM, Actor
from floreo.core.action import action
from floreo.core.errors import NotAllowed
from floreo.core.keys import key
from floreo.core.middleware import refusal_page
from floreo.core.models import OutboxMail
from floreo.core.outbox import letter, post
from floreo.core.security_events import Kind
from floreo.core.ui.locale import address_in
from floreo.organisations.actions.accounts import note_sign_in_change
from floreo.organisations.models import User
from floreo.organisations.queries import the_country


@action("account.mail_posted", needs=None)  # whoever forgot a password; how often is allauth's to limit
def post_sign_in_mail(mail: OutboxMail, *, by: Actor) -> OutboxMail:
    """Keeps a mail that the sign-in wrote, in its turn."""
    return post(mail)


_KNOWN = "a browser that its owner signed in with"
_KNOWN_FOR = timedelta(days=180)


def _is_known(cookie: str, login: str) -> bool:
    try:
        email, _random = signing.loads(cookie, salt=_KNOWN, max_age=_KNOWN_FOR)
    except (signing.BadSignature, ValueError, TypeError):
        return False
    return bool(login) and email == login


def _digest(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class OwnSite:
    """What mails about signing in call this place: its own name and address, whatever host a request named."""

    name: str
    domain: str

    @classmethod
    def here(cls) -> OwnSite:
        country = the_country()
        name = _("%(country)s, strategy workspace") % {"country": country.in_language("name")} if country else "Floreo"
        return cls(name, settings.SITE_ADDRESS)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """No open sign-up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Follows the site's own address, never the host that whoever asked for the mail wrote into the request."""
        address = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.SITE_ADDRESS + address.replace("UID-KEY", quote(key))

    def send_notification_mail(self, template_prefix: str, user: Any, *args: Any, **more: Any) -> None:
        """allauth calls this whenever what opens an account has changed: it enters the trail."""
        if isinstance(user, User):
            changed = template_prefix.rsplit("/", 1)[-1]
            note_sign_in_change(user, by=user, what=changed)
            security_events.note(Kind.ACCOUNT_CHANGED, allauth_context.request, who=user.email, what=changed)
        super().send_notification_mail(template_prefix, user, *args, **more)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Into the outbox, as all mail. Its links open an account: nobody reads it there, and it expires soon."""
        request = allauth_context.request
        words = {"request": request, "email": email, **context, "current_site": OwnSite.here()}
        message = self.render_mail(template_prefix, email, words)
        user = context.get("user")
        post_sign_in_mail(
            letter(
                to=email,
                subject=message.subject,
                text=message.body,
                kind=f"account.{template_prefix.rsplit('/', 1)[-1]}"[:40],
                about=key(user) if isinstance(user, User) else "",
                language=get_language() or "",
                not_after=clock.now() + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT),
                is_secret=True,
            ),
            by=user if isinstance(user, User) else SYSTEM,
        )

    def format_email_subject(self, subject: str) -> str:
        return f"[{OwnSite.here().name}] {subject}"

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Failures are counted by account, and apart in a browser in which its owner signed in before: else anybody could keep
        the owner out by failing on purpose."""
        counted = str(super()._get_login_attempts_cache_key(request, **credentials))
        known = request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE, "")
        login = str(credentials.get("email") or credentials.get("username") or "").lower()
        return f"{counted}:{_digest(known)}" if _is_known(known, login) else counted

    def post_login(self, request: HttpRequest, user: Any, **more: Any) -> Any:
        response = super().post_login(request, user, **more)
        if response is not None:
            response.set_cookie(
                settings.KNOWN_BROWSER_COOKIE,
                signing.dumps([user.email.lower(), secrets.token_hex(8)], salt=_KNOWN),
                max_age=_KNOWN_FOR,
                secure=settings.SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The workspace, in the language that the person chose, else in that of the page on which they signed in."""
        address, user = str(super().get_login_redirect_url(request)), request.user
        chosen = (user.language if isinstance(user, User) else "") or languages.now()
        return address_in(languages.spoken(chosen), address)


class OutsideAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """An outside identity (OIDC) opens an account that was invited under the same, verified address; never a new one."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        _must_be_sound(request, sociallogin.account.extra_data)
        verified = [a.email for a in sociallogin.email_addresses if a.verified]
        known = (
            sociallogin.user
            if sociallogin.is_existing
            else User.objects.filter(email__in=verified).order_by("-is_active").first()
        )
        if known is not None and not known.is_active:
            refusal = NotAllowed(_("This account was switched off. Ask the secretariat if that is a mistake."))
            raise ImmediateHttpResponse(refusal_page(request, refusal))
        if sociallogin.is_existing:
            return
        user = known
        if user is None:
            refusal = NotAllowed(_("No invitation was sent to this address. Ask the secretariat for one."))
            raise ImmediateHttpResponse(refusal_page(request, refusal))
        sociallogin.connect(request, user)


_WELL_KNOWN = "/.well-known/"


def _must_be_sound(request: HttpRequest, answer: Any) -> None:
    """What the service says of the person has to be one person's, and that service's: its name is the address that was set here, and the
    person of the ID token is the one of the user information. django-allauth checked for whom the token is, and until when."""
    token, info = answer.get("id_token") or {}, answer.get("userinfo") or {}
    providers: Any = settings.SOCIALACCOUNT_PROVIDERS
    server = providers["openid_connect"]["APPS"][0]["settings"]["server_url"]
    is_its_own = str(token.get("iss", "")).rstrip("/") == server.partition(_WELL_KNOWN)[0].rstrip("/")
    is_one_person = bool(token.get("sub")) and info.get("sub", token.get("sub")) == token.get("sub")
    if is_its_own and is_one_person:
        return
    security_events.note(Kind.SIGN_IN_FAILED, request, what="outside sign-in: issuer or person of the token is another")
    sentence = _(
        "The sign-in service names itself or you in two ways. Inform the secretariat: its address may be set wrong."
    )
    raise ImmediateHttpResponse(refusal_page(request, NotAllowed(sentence)))
