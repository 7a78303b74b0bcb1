"""Consultations: the list, what is open and its form, "You said, we did", and what a writer does by the secret link of a comment.
No account, no cookie, no script."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from floreo.consultation import feeds, papers, presenters
from floreo.consultation.access import ANYBODY, Writer, comment_of_link, get_point_for, get_public, invitation_of_link
from floreo.consultation.actions.commenting import (
    change_comment,
    closed_sentence,
    erase_comment,
    send_comment,
    withdraw_comment,
)
from floreo.consultation.logic import Phase
from floreo.consultation.models import Comment, Consultation, Decision, Invitation
from floreo.consultation.queries import account_of, clauses_of, counted, provision_of, topics_of, with_words
from floreo.consultation.tables import CONSULTATION_COMMENTS, public_comments_of
from floreo.core import throttle
from floreo.core.decisions import decided_by_maker
from floreo.core.errors import Missing, Refused, Slower
from floreo.core.lists import Listing
from floreo.core.ui.forms import refuse_on
from floreo.core.ui.papers import KINDS, paper
from floreo.core.ui.rss import MEDIA_TYPE, NEWEST
from floreo.core.wording import number_figures
from floreo.legislation.models import LawProvision
from floreo.open_data.files import list_file
from floreo.organisations.models import Country
from floreo.portal.commenting import CLAUSE, TOPIC, CommentForm, changed, changing
from floreo.portal.views.by_link import count_guess
from floreo.portal.views.page import Crumb, country_of, page, public_page

# Of one address: an office, a school or a meeting shares one. And of all together, per consultation: a crowd by script.
COMMENTS, COMMENTS_PER_HOUR = 30, 60
OF_ALL, OF_ALL_PER_HOUR = 1000, 6000
PRESSES, PRESSES_PER_HOUR = 30, 60  # by one link
PAPERS, PAPERS_PER_HOUR = 10, 60
PAGE = 30  # comments, each with its whole text
WORDS_COUNTED_TO = 500  # comments with the words that somebody looks for
_NO_STORE = "private, no-cache"  # kept by the browser for its Back button, by nobody else

_COMMENTS = replace(CONSULTATION_COMMENTS, filters=CONSULTATION_COMMENTS.filters[1:])


def _crumbs(found: Consultation | None = None) -> tuple[Crumb, ...]:
    first = (Crumb(_("Consultations"), reverse("portal:consultations")),)
    return first if found is None else (*first, Crumb(found.in_language("title"), found.get_absolute_url()))


@login_not_required
@public_page
def consultations(request: HttpRequest) -> HttpResponseBase:
    """What is open now, what is being decided, and what was answered."""
    rows = list(Consultation.objects.out().select_related("organisation").order_by("-opens_at", "-pk"))
    groups = {phase: [c for c in rows if c.phase is phase] for phase in (Phase.OPEN, Phase.CLOSED, Phase.ANSWERED)}
    number = len(groups[Phase.OPEN])
    words = ngettext("%(n)s consultation open", "%(n)s consultations open", number) % {"n": number_figures(number)}
    return page(
        request,
        "portal/consultations/consultations.html",
        title=words if number else _("Consultations"),
        section="laws",
        description=_("Drafts and questions on which anybody can comment, and what was decided on each point."),
        groups=[
            (title, [(c, presenters.state_text(c)) for c in groups[phase]])
            for phase, title in (
                (Phase.OPEN, _("Open now")),
                (Phase.CLOSED, _("Closed, being decided")),
                (Phase.ANSWERED, _("Answered")),
            )
        ],
        is_empty=not rows,
    )


@login_not_required
@public_page
def feed(request: HttpRequest) -> HttpResponseBase:
    """What opened and what was answered, as RSS, in the language of its address."""
    rows = Consultation.objects.out().order_by("-opens_at", "-pk")[:NEWEST]
    country = country_of(request)
    title = _("%(country)s: consultations") % {"country": country.in_language("name") if country else "Floreo"}
    addresses = {"list_address": reverse("portal:consultations"), "feed_address": reverse("portal:consultations_feed")}
    return HttpResponse(feeds.feed_of(rows, title=title, **addresses), content_type=MEDIA_TYPE)


def _about(found: Consultation) -> dict[str, Any]:
    """What every page of one consultation says of it."""
    version = found.public_version
    body = found.organisation
    return {
        "consultation": found,
        "phase": str(found.phase),
        "kicker": presenters.kicker(found),
        "version": version,
        "law_address": presenters.law_address(version),
        "body": body if body is not None and body.is_public else None,
    }


@login_not_required
@public_page
def consultation(request: HttpRequest, code: str) -> HttpResponseBase:
    """One consultation: what it is about and how to comment while it is open, then what was decided."""
    found = get_public(code)
    if found.is_answered:
        return _answers(request, found)
    received = counted(found).count()
    return page(
        request,
        "portal/consultations/consultation.html",
        title=found.in_language("title"),
        description=found.in_language("summary"),
        section="laws",
        crumbs=_crumbs(),
        clauses=[(p, f"{CLAUSE}{p.eid}") for p in clauses_of(found.public_version)],
        topics=[(t, f"{TOPIC}{t.number}") for t in topics_of(found)],
        events=list(found.events.all()),
        received=presenters.comments_text(received),
        published=Comment.objects.visible_to(None).filter(consultation=found).exists(),
        **_about(found),
    )


def _answers(request: HttpRequest, found: Consultation) -> HttpResponseBase:
    """You said, we did."""
    account = account_of(found)
    chosen = request.GET.get("decision", "")
    chosen = chosen if chosen in Decision.values else ""
    return page(
        request,
        "portal/consultations/answers.html",
        title=presenters.headline(account),
        description=f"{found.in_language('title')}. {presenters.lede(found, account)}",
        section="laws",
        crumbs=(*_crumbs(),),
        lede=presenters.lede(found, account),
        account=account,
        parts=presenters.decision_parts(account),
        bar_text=presenters.decisions_text(account),
        points=presenters.point_lines(account, chosen),
        chosen=chosen,
        respondents=presenters.count_lines(account.respondents, presenters.respondents_word),
        languages=presenters.count_lines(account.languages, presenters.language_word),
        channels=presenters.count_lines(account.channels, presenters.channel_word),
        received=presenters.comments_text(account.comments),
        unpublished=presenters.comments_text(account.unpublished) if account.unpublished else "",
        by_maker=bool(decided_by_maker(("consultation.published",), [found])),
        **_about(found),
    )


@login_not_required
@public_page
def comments(request: HttpRequest, code: str, number: int | None = None) -> HttpResponseBase:
    """The comments that were published: all, or those of one point."""
    found = get_public(code)
    rows = public_comments_of(found)
    point = None
    if number is not None:
        point = get_point_for(None, code, number)
        rows = rows.filter(point=point)
    listing = Listing(
        _COMMENTS, request, rows=rows, page=PAGE, narrowed=with_words(found), words_counted_to=WORDS_COUNTED_TO
    )
    if file := list_file(listing, whole=False):
        return file
    return page(
        request,
        "portal/consultations/comments.html",
        title=point.in_language("title") if point else presenters.comments_text(listing.total, is_more=listing.is_more),
        section="laws",
        crumbs=_crumbs(found),
        listing=listing,
        rows=[(c, presenters.byline(c), presenters.about_text(c)) for c in listing.rows],
        point=point,
        **_about(found),
    )


@login_not_required
@require_safe
def answers_file(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """ "You said, we did" as PDF or Word."""
    found = get_public(code)
    country = country_of(request)
    if kind not in KINDS or not found.is_answered or not isinstance(country, Country):
        raise Missing
    address = throttle.address_of(request)
    throttle.charge("consultation-paper", address, capacity=PAPERS, per_hour=PAPERS_PER_HOUR)
    return paper(papers.answers(country, found), kind, name=found.code)


# --- The form -----------------------------------------------------------------------------------------------------


@login_not_required
@csrf_exempt  # no cookie gives any right here
@require_http_methods(["GET", "HEAD", "POST"])
def comment(request: HttpRequest, code: str) -> HttpResponse:
    """The form. Whoever was typing when it closed gets every word back."""
    found = get_public(code)
    if request.method != "POST":
        if found.phase is not Phase.OPEN or not found.takes_anybody:
            return HttpResponseRedirect(found.get_absolute_url())
        return _form_page(request, found, CommentForm(consultation=found, initial={"about": _asked(request, found)}))
    return _post(request, found, None)


def _invitation(request: HttpRequest, token: str) -> Invitation:
    try:
        return invitation_of_link(token)
    except Missing:
        count_guess(request, "invited-comment")
        raise


@login_not_required
@csrf_exempt  # the address itself gives the right
@require_http_methods(["GET", "HEAD", "POST"])
def invited_comment(request: HttpRequest, token: str) -> HttpResponse:
    """The same form for an organisation that was invited, by its personal link."""
    invitation = _invitation(request, token)
    found = invitation.consultation
    if request.method != "POST":
        if found.phase is not Phase.OPEN:
            return HttpResponseRedirect(found.get_absolute_url())
        start = {
            "about": _asked(request, found),
            "organisation_name": invitation.name,
            "respondent": invitation.respondent,
            "is_nameless": False,
        }
        return _form_page(request, found, CommentForm(consultation=found, initial=start), invitation=invitation)
    return _post(request, found, invitation)


def _asked(request: HttpRequest, found: Consultation) -> str:
    """What the link that led here was on. Raises Missing for what is not in the text."""
    given = request.GET.get("on", "")
    if given.startswith(CLAUSE):
        provision = provision_of(found.public_version, given.removeprefix(CLAUSE))
        if provision is None:
            raise Missing(_("The text that is consulted on has no such clause."))
        return f"{CLAUSE}{provision.eid}"
    return given if given.startswith(TOPIC) else ""


def _quoted(form: CommentForm) -> LawProvision | None:
    about = str(form["about"].value() or "") if "about" in form.fields else ""
    version = form.consultation.public_version
    return provision_of(version, about.removeprefix(CLAUSE)) if about.startswith(CLAUSE) else None


def _form_page(
    request: HttpRequest,
    found: Consultation,
    form: CommentForm,
    *,
    invitation: Invitation | None = None,
    status: int = 200,
) -> HttpResponse:
    context = _about(found) | {
        "form": form,
        "quoted": _quoted(form),
        "invitation": invitation,
        "section": "laws",
        "status": status,
    }
    response = render(request, "portal/consultations/comment.html", context, status=status)
    response.headers.setdefault("Cache-Control", _NO_STORE)
    return response


def _post(request: HttpRequest, found: Consultation, invitation: Invitation | None) -> HttpResponse:
    form = CommentForm(request.POST, consultation=found)
    try:
        _charge(request, found)
        if found.phase is not Phase.OPEN:
            return _closed(request, found, request.POST.get("text", ""))
        if not form.is_valid():
            return _form_page(request, found, form, invitation=invitation, status=422)
        secret, source_key = form.keys()
        sent = send_comment(
            found, by=ANYBODY, given=form.given(), secret=secret, source_key=source_key, invitation=invitation
        )
    except OperationalError:  # the database is busy, or away: what was typed is not lost with it
        form.add_error(
            None, _("Your comment was not sent: this site is busy. Your text is below. Try again in a minute.")
        )
        return _form_page(request, found, form, invitation=invitation, status=503)
    except Refused as refusal:
        if refusal.code == "closed":
            return _closed(request, found, request.POST.get("text", ""))
        form.is_valid()
        _refuse(form, refusal)
        response = _form_page(request, found, form, invitation=invitation, status=refusal.status)
        if isinstance(refusal, Slower):
            response.headers["Retry-After"] = str(refusal.seconds)
        return response
    link = settings.SITE_ADDRESS + reverse("portal:own_comment", args=[secret])
    context = _about(found) | {"comment": sent, "link": link, "section": "laws", "invitation": invitation}
    response = render(request, "portal/consultations/sent.html", context)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _charge(request: HttpRequest, found: Consultation) -> None:
    throttle.charge("comment", throttle.address_of(request), capacity=COMMENTS, per_hour=COMMENTS_PER_HOUR)
    throttle.charge("comment-all", found.code, capacity=OF_ALL, per_hour=OF_ALL_PER_HOUR)


def _refuse(form: CommentForm, refusal: Refused) -> None:
    """Its sentences on the fields of the form: a clause and a question are chosen in one."""
    names = {"clause": "about", "topic": "about"}
    refusal.fields = {names.get(name, name): sentence for name, sentence in refusal.fields.items()}
    refuse_on(form, refusal)


def _closed(request: HttpRequest, found: Consultation, text: str) -> HttpResponse:
    context = _about(found) | {"typed": text[:20_000], "sentence": closed_sentence(found), "section": "laws"}
    return render(request, "portal/consultations/closed.html", context | {"status": 409}, status=409)


# --- By the secret link -------------------------------------------------------------------------------------------


def _own(request: HttpRequest, token: str) -> Comment:
    try:
        return comment_of_link(token)
    except Missing:
        count_guess(request, "comment-link")
        raise


@login_not_required
@csrf_exempt  # as above
@require_http_methods(["GET", "HEAD", "POST"])
def own_comment(request: HttpRequest, token: str) -> HttpResponse:
    """What has become of a comment; changes it or takes it back until the closing, and erases it at any time."""
    found = _own(request, token)
    if request.method == "POST":
        return _own_post(request, found)
    return _own_page(request, found, changing(None, found))


@login_not_required
@require_safe
def own_comment_file(request: HttpRequest, token: str) -> HttpResponse:
    """All that is stored of a comment and of its writer, as JSON."""
    found = _own(request, token)
    response = JsonResponse(own_data(found), json_dumps_params={"ensure_ascii": False, "indent": 2})
    response.headers["Content-Disposition"] = f'attachment; filename="{found.reference}.json"'
    return response


def own_data(found: Comment) -> dict[str, Any]:
    return {
        "reference": found.reference,
        "consultation": found.consultation.code,
        "received_on": found.received_on.isoformat(),
        "channel": found.channel,
        "respondent": found.respondent,
        "organisation_name": found.organisation_name,
        "name": found.name,
        "publish_without_name": found.is_nameless,
        "mail": found.mail,
        "language": found.language,
        "clause": found.clause,
        "question": found.topic.number if found.topic is not None else None,
        "text": found.text,
        "text_as_published": found.published_text,
        "state": found.state,
        "reason": found.reason,
    }


def _own_page(
    request: HttpRequest, found: Comment, form: CommentForm, *, refusal: Refused | None = None, status: int = 200
) -> HttpResponse:
    consultation = found.consultation
    is_open = consultation.phase is Phase.OPEN and found.is_counted
    context = _about(consultation) | {
        "comment": found,
        "state": presenters.comment_state_text(found),
        "about": presenters.about_text(found),
        "form": form if is_open or form.is_bound else None,
        "refusal": refusal,
        "may_change": is_open,
        "point": found.point if consultation.is_answered else None,
        "section": "laws",
        "status": status,
        "done": request.GET.get("done", "") if status == 200 else "",
    }
    return render(request, "portal/consultations/own.html", context, status=status)


def _own_post(request: HttpRequest, found: Comment) -> HttpResponse:
    do, by = request.POST.get("do", ""), Writer(found)
    form = changing(request.POST if do == "change" else None, found)
    try:
        throttle.spend("comment-link", f"comment:{found.pk}", capacity=PRESSES, per_hour=PRESSES_PER_HOUR)
        if do == "erase":
            erase_comment(found, by=by)
            return render(request, "portal/consultations/erased.html", _about(found.consultation))
        if do == "withdraw":
            withdraw_comment(found, by=by)
            return HttpResponseRedirect(f"{request.path}?done=withdrawn")
        if not form.is_valid():
            return _own_page(request, found, form, status=422)
        change_comment(found, by=by, given=changed(form, found))
    except Refused as refusal:
        if do == "change" and refusal.code == "closed":
            return _closed(request, found.consultation, request.POST.get("text", ""))
        if form.is_bound:
            form.is_valid()
            refuse_on(form, refusal)
        found.refresh_from_db()
        response = _own_page(request, found, form, refusal=None if form.is_bound else refusal, status=refusal.status)
        if isinstance(refusal, Slower):
            response.headers["Retry-After"] = str(refusal.seconds)
        return response
    return HttpResponseRedirect(f"{request.path}?done=changed")
