"""What is done to many findings that were ticked in the list: one reply, one ending or one comment for all of them, a line for each; and
which rows of the list are ticked when it opens."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_POST

from floreo.assignments.models import Assignment
from floreo.core.access import Permission, must
from floreo.core.errors import Refused
from floreo.core.links import form_key
from floreo.core.lists import Listing
from floreo.core.ui.forms import refuse_on
from floreo.core.ui.locale import language
from floreo.core.wording import colon
from floreo.discussion.actions import add_comment, remove_comment
from floreo.discussion.models import Comment
from floreo.feeds import logic
from floreo.feeds.access import sees_all
from floreo.feeds.actions import endings, replies
from floreo.feeds.models import Finding, FindingEnding, Notice
from floreo.feeds.texts import title_for_others, title_of
from floreo.organisations.models import User
from floreo.organisations.queries import bodies_of
from floreo.workspace.bulk import MOST, Bulk, Pick, back_of, bulk, picked, picks_of, run
from floreo.workspace.feeds import forms
from floreo.workspace.form_page import person
from floreo.workspace.ownership import owners
from floreo.workspace.sending import rehearsed

AREA = "findings"
PAGE, EVERY = "page", "all"
NAMED = 20  # findings that the page of a form names

Facts = Mapping[str, Any]


# --- Which rows are ticked ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Selection:
    """Which rows of the list are ticked when it opens. `beyond` are the values of the boxes that its page does not show."""

    back: str  # the list as it is, with nothing ticked
    page_href: str
    every_href: str
    is_page: bool = False
    is_every: bool = False
    is_too_many: bool = False
    beyond: list[str] = field(default_factory=list)
    total: int = 0

    @property
    def most(self) -> int:
        return MOST

    @property
    def is_ticked(self) -> bool:
        return self.is_page or self.is_every


def pick_of(name: str, held: Assignment | None) -> str:
    """The value of a tick box: the finding, and the assignment that its row shows."""
    return f"{name}|{held.pk if held else 0}"


def selection_of(request: HttpRequest, listing: Listing, shown: Sequence[int]) -> Selection:
    """`shown`: the findings of this page. All that fit the filters are read only when somebody asks for them."""
    asked, here, whole = request.GET.get("select", ""), listing.href(), listing.href(after="")
    back = f"{request.path}{here}" if here.startswith("?") else here
    first = f"{request.path}{whole}" if whole.startswith("?") else whole
    plain = Selection(back, _with_select(back, PAGE), _with_select(first, EVERY))
    if asked != EVERY:
        return replace(plain, is_page=asked == PAGE)
    fitting = list(listing.all_rows.values_list("pk", flat=True)[: MOST + 1])
    if len(fitting) > MOST:
        return replace(plain, is_page=True, is_too_many=True)
    on_page = set(shown)
    names = [f"{Finding._meta.label_lower}:{pk}" for pk in fitting if pk not in on_page]
    held = owners(names)
    beyond = [pick_of(name, held.get(name)) for name in names]
    return replace(plain, is_every=True, beyond=beyond, total=len(fitting))


def _with_select(address: str, value: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}select={value}"


# --- What is done to each -----------------------------------------------------------------------------------------


def _reply_for(found: Finding, by: User, facts: Facts) -> object:
    """The team records what it was answered, or an organisation replies for its own. `facts["answered"]` gathers the notices that the step
    answers: the first of its replies does it, and the last that is taken back undoes it."""
    body = found.organisation.successor()
    bodies = bodies_of([body.pk, found.organisation_id])
    notified = Notice.objects.filter(lines__finding=found, organisation__in=bodies)
    facts["answered"].update(notified.filter(answered_at=None).values_list("pk", flat=True))
    made = replies.answer_signed_in(body, by=by, replies={found.pk: facts["reply"]}, remark=facts["remark"])
    if not made:
        raise Refused(_("The same reply was saved before and still waits."), code="repeated")
    answered = notified.filter(pk__in=facts["answered"]).values_list("pk", flat=True)
    return {"replies": [row.pk for row in made], "notices": sorted(answered)}


def _undo_reply(line: Mapping[str, Any], by: User) -> None:
    before = line["before"]
    found = (
        Finding.objects.visible_to(by).select_related("organisation__merged_into").filter(answers__in=before["replies"])
    )
    one = found.first()
    if one is None:
        raise Refused(_("A reply is no longer there, or its finding went to another organisation."), code="gone")
    replies.undo_answers(one.organisation.successor(), by=by, replies=before["replies"], notices=before["notices"])


def _end_for(found: Finding, by: User, facts: Facts) -> object:
    must(by, Permission.FINDING_HANDLE, found)
    if found.state not in logic.OPEN_STATES:
        raise Refused(_("It is not open: %(state)s.") % {"state": found.get_state_display()}, code="not_open")
    made = endings.end_findings(facts["kind"], by=by, reason=facts["reason"], ends_on=facts["ends_on"], finding=found)
    return made.pk


def _undo_end(line: Mapping[str, Any], by: User) -> None:
    ending = FindingEnding.objects.filter(pk=line["before"]).first()
    if ending is None:
        raise Refused(_("%(name)s is no longer there.") % {"name": line["name"]}, code="gone")
    endings.undo_ending(ending, by=by)


def _comment_on(found: Finding, by: User, facts: Facts) -> object:
    return add_comment(found, by=by, text=facts["text"], batch=facts["batch"]).pk


def _undo_comment(line: Mapping[str, Any], by: User) -> None:
    comment = Comment.objects.filter(pk=line["before"]).first()
    if comment is not None:  # else it went with its finding
        remove_comment(comment, by=by)


REPLY_MANY = bulk(Bulk("findings.reply", _l("Reply"), Permission.FINDING_ANSWER, _reply_for, _undo_reply))
END_MANY = bulk(Bulk("findings.end", _l("End findings"), Permission.FINDING_HANDLE, _end_for, _undo_end))
COMMENT_MANY = bulk(Bulk("findings.comment", _l("Comment"), Permission.FINDING_HANDLE, _comment_on, _undo_comment))


# --- The page that asks -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """The form of one command over many. `check` refuses what would be refused of every row, so that what was typed is kept."""

    command: Bulk
    title: Promise
    button: Promise
    form: Callable[[Any], Form]
    help: Promise
    check: Callable[[Sequence[Pick], Facts, User], object] = lambda _picks, _facts, _by: None
    more: Callable[[], Facts] = dict


def _must_be_day(_picks: Sequence[Pick], facts: Facts, _by: User) -> object:
    return endings.last_day(facts["ends_on"])


def _must_be_sound(picks: Sequence[Pick], facts: Facts, by: User) -> object:
    one = next((pick.thing for pick in picks if pick.thing is not None), None)
    return rehearsed(lambda: add_comment(one, by=by, text=facts["text"])) if one is not None else None


def _ask(request: HttpRequest, asked: Asked) -> HttpResponse:
    """From the list it comes with ticks alone; from its own page also with what was typed."""
    must(request.user, asked.command.needs)
    back, user = back_of(request), person(request)
    try:
        given = picked(request, "pick")
    except Refused as refusal:
        messages.error(request, str(refusal.sentence))
        return HttpResponseRedirect(back)
    rows = Finding.objects.visible_to(user).select_related("organisation__merged_into")
    picks = picks_of([each.rpartition(":")[2].partition("|")[0] for each in given], rows, _name_for(user))
    is_sent = any(name in request.POST for name in asked.form(None).fields)
    form: Any = asked.form(request.POST if is_sent else None)
    if is_sent and form.is_valid():
        facts = {**form.facts(), **asked.more()}
        try:
            asked.check(picks, facts, user)
        except Refused as refusal:
            refuse_on(form, refusal)
        else:
            return run(request, asked.command, picks, facts, back=back)
    context = {
        "workspace_section": AREA,
        "asked": asked,
        "form": form,
        "given": given,
        "named": [pick for pick in picks if pick.thing is not None][:NAMED],
        "number": len(given),
        "unnamed": len(given) - NAMED,
        "back": back,
        "once": request.POST.get("once", "") or form_key(),
        "status": 422 if is_sent else 200,
    }
    return render(request, "workspace/feeds/many.html", context, status=context["status"])


def _name_for(viewer: User) -> Callable[[Finding], str]:
    """Where it is and what, as the list says it."""
    words = title_for_others if sees_all(viewer) else title_of
    return lambda found: f"{found.where}{colon()} {words(found.kind, language(), found.taxonomy)}"


REPLY = Asked(
    REPLY_MANY,
    _l("Reply to the selected findings"),
    _l("Send the reply"),
    forms.ReplyManyForm,
    _l("A reply does not close a finding: the next reports show whether it is still seen."),
    more=lambda: {"answered": set()},
)
END = Asked(
    END_MANY,
    _l("End the selected findings"),
    _l("End findings"),
    forms.EndingForm,
    _l(
        "No notice names them until the last day, and it can be undone. While they are seen, published values count them as open. Each gets a decision of its own."
    ),
    _must_be_day,
)
COMMENT = Asked(
    COMMENT_MANY,
    _l("Comment on the selected findings"),
    _l("Comment"),
    forms.CommentManyForm,
    _l("Internal. Mention a colleague with @ and their name: they get one task for all of them."),
    _must_be_sound,
    more=lambda: {"batch": uuid4().hex},
)


@require_POST
def reply_many(request: HttpRequest) -> HttpResponse:
    """The same reply to all that was ticked."""
    return _ask(request, REPLY)


@require_POST
def end_many(request: HttpRequest) -> HttpResponse:
    """All that was ticked ends alike: an ending for each, with the same reason and day."""
    return _ask(request, END)


@require_POST
def comment_many(request: HttpRequest) -> HttpResponse:
    """The same comment on all that was ticked."""
    return _ask(request, COMMENT)
