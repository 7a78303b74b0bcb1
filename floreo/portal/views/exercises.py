"""Exercises in spotting a phish: a message a page, decided on, explained, and the next. No account, no cookie, no script, and no e-mail
is sent. What was decided travels in the form; at the end it is counted, in a group or in none, and of no person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from floreo.awareness import counting, presenters
from floreo.awareness.access import get_exercise_for
from floreo.awareness.logic import SMALLEST_GROUP, Decided, Piece, decode, encode, pieces_of
from floreo.awareness.models import Exercise, ExerciseGroup, Message, Spot, SpotPart
from floreo.awareness.queries import messages_of
from floreo.core import clock, throttle
from floreo.core.errors import Refused, Slower
from floreo.core.whole import whole
from floreo.portal.views.by_link import count_guess
from floreo.portal.views.learn import learn_crumbs
from floreo.portal.views.page import edition_of, page, public_page

PRESSES, PRESSES_PER_HOUR = 3_000, 36_000  # of one network: a school shares one
COUNTED, COUNTED_PER_HOUR = 500, 1_000
_NO_STORE = "private, no-store"


@login_not_required
@public_page
def exercises(request: HttpRequest) -> HttpResponseBase:
    return page(
        request,
        "portal/awareness/exercises.html",
        title=_("Spot a phish"),
        description=_("Messages as they lie in an inbox: mark what gives a phish away, decide, and see why."),
        section="learn",
        crumbs=learn_crumbs(),
        rows=list(Exercise.objects.out().order_by("is_generic", "pk")),
    )


@dataclass(frozen=True)
class Play:
    """Where somebody is in an exercise."""

    exercise: Exercise
    messages: Sequence[Message]
    decisions: Sequence[Decided] = ()
    group: ExerciseGroup | None = None

    def following(self) -> Message | None:
        done = {each.message for each in self.decisions}
        return next((message for message in self.messages if message.number not in done), None)


@dataclass
class Place:
    """A place of a message as a page shows it."""

    spot: Spot
    words: str
    marked: bool = False


@dataclass
class Sheet:
    """A message as a page shows it: its places by part, its text in pieces."""

    message: Message
    places: dict[str, list[Place]] = field(default_factory=dict)
    text: str = ""
    others: list[Place] = field(default_factory=list)


def _text(pieces: Sequence[Piece], places: Mapping[int, Place]) -> SafeString:
    """The text with its places as boxes to tick. Made here, since a template puts spaces between them."""
    parts = []
    for piece in pieces:
        words = format_html_join(mark_safe("<br>"), "{}", ((line,) for line in piece.text.split("\n")))
        if piece.spot is None:
            parts.append(words)
            continue
        checked = mark_safe(" checked") if places[piece.spot].marked else ""
        parts.append(
            format_html(
                '<label class="fl-spot" for="mark-{0}"><input type="checkbox" name="mark" value="{0}" id="mark-{0}"{1}>'
                "<span>{2}</span></label>",
                piece.spot,
                checked,
                words,
            )
        )
    return format_html_join("", "{}", ((part,) for part in parts))


def _sheet(message: Message, marked: Sequence[int] = ()) -> Sheet:
    spots = sorted(message.spots.all(), key=lambda spot: spot.number)
    made = Sheet(message)
    by_number: dict[int, Place] = {}
    for spot in spots:
        quote = spot.in_language("quote")
        place = Place(spot, presenters.spot_words(message, spot.part, quote), spot.number in marked)
        by_number[spot.number] = place
        made.places.setdefault(spot.part, []).append(place)
    quotes = {each.spot.number: each.words for each in made.places.get(SpotPart.BODY, [])}
    found = pieces_of(message.in_language("body"), quotes)
    made.text = _text(found, by_number)
    here = {piece.spot for piece in found}
    # A place whose words are within another's: beside the text.
    made.others = [each for each in made.places.get(SpotPart.BODY, []) if each.spot.number not in here]
    return made


@login_not_required
@csrf_exempt  # no cookie gives any right here
@require_http_methods(["GET", "HEAD", "POST"])
def exercise(request: HttpRequest, code: str) -> HttpResponseBase:
    found = get_exercise_for(None, code)
    if request.method != "POST":
        return _begin(request, found)
    throttle.charge("exercise", throttle.address_of(request), capacity=PRESSES, per_hour=PRESSES_PER_HOUR)
    messages = messages_of(found)
    numbers = {message.number for message in messages}
    decisions = [each for each in decode(request.POST.get("done", "")) if each.message in numbers]
    try:
        group = _group(request, found)
    except Refused as refusal:
        return _refused(request, found, refusal)
    play = Play(found, messages, decisions, group)
    return _decide(request, play) if request.POST.get("go") == "decide" else _next(request, play)


@public_page
def _begin(request: HttpRequest, found: Exercise) -> HttpResponseBase:
    return page(
        request,
        "portal/awareness/exercise.html",
        title=found.in_language("title"),
        description=found.in_language("summary"),
        section="learn",
        crumbs=learn_crumbs(),
        status=200,
        **_about(found),
    )


def _about(found: Exercise) -> dict[str, Any]:
    number = found.messages.count()
    return {"exercise": found, "smallest": SMALLEST_GROUP, "number": presenters.messages_text(number), "typed": ""}


def _refused(request: HttpRequest, found: Exercise, refusal: Refused) -> HttpResponse:
    context = _about(found) | {
        "typed": request.POST.get("group", "")[:40],
        "refusal": refusal.sentence,
        "status": refusal.status,
        "title": found.in_language("title"),
        "description": found.in_language("summary"),
        "section": "learn",
        "masthead_edition": edition_of(request),
    }
    response = render(request, "portal/awareness/exercise.html", context, status=refusal.status)
    response.headers["Cache-Control"] = _NO_STORE
    if isinstance(refusal, Slower):
        response.headers["Retry-After"] = str(refusal.seconds)
    return response


def _group(request: HttpRequest, found: Exercise) -> ExerciseGroup | None:
    """The group whose join code was typed. Raises Refused for one that is none, or is closed."""
    typed = "".join(request.POST.get("group", "").split()).upper().replace("-", "")
    if not typed:
        return None
    group = found.groups.filter(join_code=typed[:12]).first()
    if group is None:
        count_guess(request, "exercise-group")
        raise Refused(
            _("There is no group with this code. Look at it again, or leave the field empty."), code="no_group"
        )
    if group.is_over:
        raise Refused(_("This group is closed. Leave the field empty to take the exercise by yourself."), code="closed")
    return group


def _render(request: HttpRequest, name: str, play: Play, status: int = 200, **context: Any) -> HttpResponse:
    done = len(play.decisions)
    about = {
        "exercise": play.exercise,
        "group": play.group,
        "done": encode(play.decisions),
        "section": "learn",
        "masthead_edition": edition_of(request),
        "status": status,
        "at": done + 1,
        "of": len(play.messages),
        "title": play.exercise.in_language("title"),
    }
    response = render(request, f"portal/awareness/{name}.html", about | context, status=status)
    response.headers["Cache-Control"] = _NO_STORE
    return response


def _next(request: HttpRequest, play: Play) -> HttpResponse:
    """The next message that was not decided on."""
    message = play.following()
    if message is None:
        return _render(request, "exercise_end", play, **_result(play))
    return _render(request, "message", play, sheet=_sheet(message))


def _marks(request: HttpRequest) -> list[int]:
    return [number for text in request.POST.getlist("mark")[:50] if (number := whole(text)) is not None]


def _decide(request: HttpRequest, play: Play) -> HttpResponse:
    """What was decided on one message: why it is what it is, sign by sign. After the last the whole is counted."""
    wanted = whole(request.POST.get("message", ""))
    done = {each.message for each in play.decisions}
    message = next((each for each in play.messages if each.number == wanted and wanted not in done), None)
    if message is None:
        return _next(request, play)
    marked = _marks(request)
    verdict = request.POST.get("verdict", "")
    if verdict not in {"phish", "real"}:
        sentence = _("Decide first: is it a phish, or a real message?")
        return _render(request, "message", play, 422, sheet=_sheet(message, marked), refusal=sentence)
    decided = Decided(message.number, verdict == "phish", tuple(marked))
    after = Play(play.exercise, play.messages, [*play.decisions, decided], play.group)
    sheet = _sheet(message, marked)
    places = [place for each in sheet.places.values() for place in each]
    context: dict[str, Any] = {
        "sheet": sheet,
        "places": sorted(places, key=lambda place: place.spot.number),
        "is_right": decided.took_for_phish == message.is_phish,
        "at": len(after.decisions),
        "is_last": after.following() is None,
    }
    if after.following() is None:
        context |= _result(after) | {"note": _count(request, after)}
    return _render(request, "explained", after, **context)


def _judged(play: Play) -> list[tuple[Message, Decided, bool]]:
    by_number = {message.number: message for message in play.messages}
    found = [(by_number[each.message], each) for each in play.decisions]
    return [(message, each, each.took_for_phish == message.is_phish) for message, each in found]


def _result(play: Play) -> dict[str, Any]:
    judged = _judged(play)
    return {"score": presenters.recognised_text(sum(right for _m, _d, right in judged), len(judged)), "judged": judged}


def _count(request: HttpRequest, play: Play) -> str:
    """Puts the decisions on the disk. Returns what the page says where they were not counted."""
    group = play.group.pk if play.group is not None else 0
    rows = [(message.number, message.is_phish, right) for message, _decided, right in _judged(play)]
    try:
        who = f"{throttle.address_of(request)} {play.exercise.pk} {group}"
        throttle.charge("exercise-counted", who, capacity=COUNTED, per_hour=COUNTED_PER_HOUR)
        counting.count_exercise(play.exercise.pk, clock.today(), group, rows)
    except Slower:
        return _("Many results came from your network in this hour, so yours was not counted.")
    except Refused:
        return _("Your result could not be counted: this server has no space left.")
    return ""
