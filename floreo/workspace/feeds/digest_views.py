"""Pages of letters: what was told to whom, one letter with its answers, what would go out today, the rules of who gets what."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from floreo.core import clock
from floreo.core.access import Permission, can, must
from floreo.core.lists import Listing
from floreo.core.ui.words import language
from floreo.feeds import digest_csv, told
from floreo.feeds.access import get_digest_for, get_digest_rule_for, must_see_all, sees_all
from floreo.feeds.actions import digests as acts
from floreo.feeds.choosing import EVERY_WORDS, default_rules, preview
from floreo.feeds.holding_links import moment
from floreo.feeds.models import Digest, DigestRule, Finding
from floreo.feeds.texts import title_of
from floreo.organisations.access import get_organisation_for
from floreo.workspace.accounts.trail import history_of
from floreo.workspace.feeds import forms
from floreo.workspace.feeds.digest_table import digests_table
from floreo.workspace.plan.asking import Question, ask, person, posted
from floreo.workspace.plan.forms import PlanForm

ROOM = "digests"
MOST_LINES = 500  # of one letter on its page; the file has all


def digests(request: HttpRequest) -> HttpResponseBase:
    must(request.user, Permission.FEED_READ)
    listing = Listing(digests_table(request.user), request)
    if file := listing.download():
        return file
    context = {
        "desk_section": ROOM,
        "listing": listing,
        "handles": can(request.user, Permission.FINDING_HANDLE),
        "sees_all": sees_all(request.user),
    }
    return render(request, "workspace/feeds/digests.html", context)


def digest(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One letter: what it told, to whom and why, and what came back."""
    found = get_digest_for(request.user, pk)
    if request.GET.get("download") == "csv":
        return _file(found)
    lines = found.lines.select_related("finding__organisation__merged_into", "finding__feed")
    ordered = lines.order_by("finding__severity_rank", "finding__kind", "finding__subject", "pk")[:MOST_LINES]
    context = {
        "desk_section": ROOM,
        "digest": found,
        "total": found.lines.count(),
        "most": MOST_LINES,
        "rows": [(line, title_of(line.finding.kind, language()), told.where(line.finding)) for line in ordered],
        "answers": found.answers.count(),
        "handles": can(request.user, Permission.FINDING_HANDLE),
        "is_open": found.link_until > moment(clock.today()) and bool(found.to),
        "tlp_words": told.tlp_words(found.tlp),
        "history": history_of(found, viewer=request.user) if sees_all(request.user) else None,
    }
    return render(request, "workspace/feeds/digest.html", context)


def _file(digest: Digest) -> StreamingHttpResponse:
    rows = (
        Finding.objects.filter(lines__digest=digest)
        .select_related("feed")
        .order_by("severity_rank", "kind", "subject", "pk")
    )
    response = StreamingHttpResponse(
        digest_csv.lines(rows.iterator(chunk_size=500)), content_type="text/csv; charset=utf-8"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="findings-{digest.pk}.csv"'
    return response


def _of(found: Digest, title: str, button: str, done: str, help_: str = "") -> Question:
    about = f"{found.organisation.heir().label}: {', '.join(found.to)}"
    return Question(title, button, found.get_absolute_url(), about=about, help=help_, done=done, room=ROOM)


def resend(request: HttpRequest, pk: int) -> HttpResponse:
    must(request.user, Permission.FINDING_HANDLE)
    found = get_digest_for(request.user, pk)
    question = _of(
        found,
        _("Send the letter again"),
        _("Send again"),
        _("It waits in the outbox and leaves within a minute."),
        _("It says how things stand now, and goes to the addresses that the register has today."),
    )
    return ask(request, PlanForm(posted(request)), lambda _f: acts.resend(found, by=person(request)), question)


def end_link(request: HttpRequest, pk: int) -> HttpResponse:
    must(request.user, Permission.FINDING_HANDLE)
    found = get_digest_for(request.user, pk)
    question = _of(
        found,
        _("End the links of this letter"),
        _("End the links"),
        _("No link of this letter opens any more."),
        _("For a letter that got into wrong hands. What was answered by it stays. Sending it again makes new links."),
    )
    form = forms.WhyForm(posted(request))
    return ask(request, form, lambda f: acts.end_link(found, by=person(request), **f), question)


def due(request: HttpRequest) -> HttpResponse:
    """What would go out today, before it does."""
    must_see_all(request.user)
    context = {
        "desk_section": ROOM,
        "plans": preview(clock.today()),
        "handles": can(request.user, Permission.FINDING_HANDLE),
    }
    return render(request, "workspace/feeds/due.html", context)


def skip(request: HttpRequest, code: str, role: str) -> HttpResponse:
    must(request.user, Permission.FINDING_HANDLE)
    body = get_organisation_for(request.user, code)
    question = Question(
        _("Leave today's letter out"),
        _("Leave it out"),
        reverse("workspace:digests_due"),
        about=body.named(),
        room=ROOM,
        help=_("What it would have said comes with the next."),
        done=_("It is left out."),
    )
    form = forms.WhyForm(posted(request))
    return ask(request, form, lambda f: acts.skip(body, by=person(request), role=role, **f), question)


def rules(request: HttpRequest) -> HttpResponse:
    """Who gets what, how often: the first rule that fits counts, and what holds where none does."""
    must_see_all(request.user)
    context = {
        "desk_section": ROOM,
        "rules": list(DigestRule.objects.select_related("organisation")),
        "defaults": default_rules(),
        "every": EVERY_WORDS,
        "handles": can(request.user, Permission.FINDING_HANDLE),
    }
    return render(request, "workspace/feeds/digest_rules.html", context)


def _rule_question(title: str, button: str, *, done: str = "", help_: str = "", about: str = "") -> Question:
    back = reverse("workspace:digest_rules")
    return Question(title, button, back, about=about, help=help_, done=done or _("Saved."), room=ROOM)


def new_rule(request: HttpRequest) -> HttpResponse:
    must(request.user, Permission.FINDING_HANDLE)
    question = _rule_question(
        _("Add a rule for letters"), _("Add rule"), help_=_("It comes last. Of several that fit, the first counts.")
    )
    form = forms.DigestRuleForm(posted(request), instance=DigestRule())
    return ask(request, form, lambda f: acts.make_rule(by=person(request), **f), question)


def edit_rule(request: HttpRequest, pk: int) -> HttpResponse:
    must(request.user, Permission.FINDING_HANDLE)
    rule = get_digest_rule_for(request.user, pk)
    form = forms.DigestRuleForm(posted(request), instance=rule)
    question = _rule_question(_("Change a rule for letters"), _("Save changes"))
    return ask(request, form, lambda f: acts.change_rule(rule, by=person(request), **f), question, thing=rule)


def drop_rule(request: HttpRequest, pk: int) -> HttpResponse:
    must(request.user, Permission.FINDING_HANDLE)
    rule = get_digest_rule_for(request.user, pk)
    question = _rule_question(_("Remove a rule for letters"), _("Remove rule"), about=str(rule))
    return ask(request, PlanForm(posted(request)), lambda _f: acts.remove_rule(rule, by=person(request)), question)


@require_POST
def move_rule(request: HttpRequest, pk: int) -> HttpResponse:
    must(request.user, Permission.FINDING_HANDLE)
    rule = get_digest_rule_for(request.user, pk)
    acts.move_rule(rule, by=person(request), up=request.POST.get("to") == "up")
    messages.success(request, _("Moved."))
    return HttpResponseRedirect(reverse("workspace:digest_rules"))
