"""Pages of exercises: the list, one with its messages, its groups and their results, and the import of a simulation's counts."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from floreo.awareness import presenters, results_file
from floreo.awareness.access import get_exercise_for, get_group_for, get_message_for, get_result_for, get_spot_for
from floreo.awareness.actions import exercises as actions
from floreo.awareness.actions import publishing
from floreo.awareness.logic import SMALLEST_GROUP
from floreo.awareness.models import Exercise
from floreo.awareness.queries import group_lines, message_counts, messages_of, simulation_lines, why_not_playable
from floreo.awareness.tables import EXERCISES
from floreo.core import clock
from floreo.core.access import Permission, can
from floreo.core.lists import Listing
from floreo.core.ui.forms import Answering
from floreo.core.uploads import takes_up_to, uploaded_file
from floreo.workspace.awareness import forms
from floreo.workspace.commands import Command, allowed_by, command_view, commands_for, new, over_row
from floreo.workspace.form_page import person, posted
from floreo.workspace.forms import CommandForm
from floreo.workspace.verbs import history_of

AREA = "exercises"
_RUN = Permission.AWARENESS_RUN

COMMANDS: Mapping[str, Command] = {
    "publish": Command(
        _l("Publish the exercise"),
        _l("Publish"),
        _RUN,
        new(CommandForm),
        publishing.publish_exercise,
        allowed_by(publishing.must_be_draft),
        help=_l("Anybody can take it in the browser. No e-mail is sent."),
        done=_l("Published."),
    ),
    "group": Command(
        _l("Add a group"),
        _l("Add a group"),
        _RUN,
        lambda data, e: forms.GroupForm(data, exercise=e),
        actions.add_group,
        help=_l(
            "It gets a join code to be written on a blackboard. Results show once the group is closed, from 5 takers on, and"
            " never of one person."
        ),
        done=_l("Group added. Its join code is in the list."),
    ),
    "message": Command(
        _l("Add a message"),
        _l("Add a message"),
        _RUN,
        new(forms.MessageForm),
        actions.add_message,
        allowed_by(actions.must_take_more),
    ),
    "edit": Command(_l("Edit"), _l("Edit"), _RUN, over_row(forms.ExerciseForm), publishing.update_exercise),
    "withdraw": Command(
        _l("Withdraw the exercise"),
        _l("Withdraw"),
        _RUN,
        new(CommandForm),
        publishing.withdraw_exercise,
        allowed_by(publishing.must_be_public),
        done=_l("Nobody outside the workspace sees it any more."),
    ),
    "remove": Command(
        _l("Remove the exercise"),
        _l("Remove"),
        _RUN,
        new(CommandForm),
        publishing.remove_exercise,
        allowed_by(publishing.must_be_unused),
        done=_l("Removed."),
        back=lambda _e: reverse("workspace:exercises"),
    ),
}
NEW: Mapping[str, Command] = {
    "exercise": Command(
        _l("Prepare an exercise"),
        _l("Save draft"),
        _RUN,
        new(forms.NewExerciseForm),
        publishing.prepare_exercise,
        help=_l("Its messages come next. Invent firms, and use addresses under example.org."),
        done=_l("Draft saved."),
    ),
}
OF_MESSAGE: Mapping[str, Command] = {
    "spot": Command(
        _l("Add a place to mark"),
        _l("Add a place"),
        _RUN,
        new(forms.SpotForm),
        actions.add_spot,
        allowed_by(actions.must_not_be_counted),
    ),
    "edit": Command(
        _l("Edit the message"),
        _l("Edit"),
        _RUN,
        over_row(forms.MessageForm),
        actions.update_message,
        allowed_by(actions.must_not_be_counted),
    ),
    "remove": Command(
        _l("Remove the message"),
        _l("Remove"),
        _RUN,
        new(CommandForm),
        actions.remove_message,
        allowed_by(actions.must_not_be_counted),
    ),
}
OF_SPOT: Mapping[str, Command] = {
    "edit": Command(_l("Edit the place"), _l("Edit"), _RUN, over_row(forms.SpotForm), actions.update_spot),
    "remove": Command(_l("Remove the place"), _l("Remove"), _RUN, new(CommandForm), actions.remove_spot),
}
OF_GROUP: Mapping[str, Command] = {
    "close": Command(
        _l("Close the group"),
        _l("Close"),
        _RUN,
        new(CommandForm),
        actions.close_group,
        allowed_by(actions.must_be_open),
        help=_l("Nobody can join any more, and the results show. It cannot be opened again."),
        done=_l("Closed."),
    ),
    "edit": Command(
        _l("Edit the group"),
        _l("Edit"),
        _RUN,
        lambda data, g: forms.GroupForm(data, exercise=g.exercise, instance=g),
        actions.update_group,
        allowed_by(actions.must_be_open),
    ),
    "remove": Command(
        _l("Remove the group"),
        _l("Remove"),
        _RUN,
        new(CommandForm),
        actions.remove_group,
        allowed_by(actions.must_be_removable),
    ),
}
OF_RESULT: Mapping[str, Command] = {
    "remove": Command(
        _l("Remove the counts of this group on this day"),
        _l("Remove"),
        _RUN,
        new(CommandForm),
        actions.remove_result,
        done=_l("Removed."),
    ),
}


def exercises(request: HttpRequest) -> HttpResponseBase:
    listing = Listing(EXERCISES, request)
    if file := listing.download():
        return file
    context = {
        "workspace_section": AREA,
        "listing": listing,
        "rows": list(listing.rows),
        "may_prepare": can(request.user, _RUN),
    }
    return render(request, "workspace/awareness/exercises.html", context)


def new_exercise(request: HttpRequest) -> HttpResponse:
    return command_view(request, None, NEW, "exercise", area=AREA, back=reverse("workspace:exercises"))


def exercise(request: HttpRequest, code: str) -> HttpResponse:
    found = get_exercise_for(request.user, code)
    named = commands_for(request.user, found, COMMANDS)
    messages_here = messages_of(found)
    takers, counted = message_counts(found)
    groups = list(found.groups.select_related("parent", "organisation", "exercise"))
    may_run = can(request.user, _RUN)
    context = {
        "workspace_section": AREA,
        "exercise": found,
        "commands": [(c, reverse("workspace:exercise_command", args=[code, name]), name) for name, c in named.items()],
        "main": _main(found, has_messages=bool(messages_here)),
        "missing": "" if found.is_public else why_not_playable(found),
        "messages_here": messages_here,
        "taken": presenters.taken_text(takers) if takers else "",
        "counted": counted,
        "groups": [(line, commands_for(request.user, line.group, OF_GROUP)) for line in group_lines(groups)],
        "smallest": SMALLEST_GROUP,
        "simulations": simulation_lines(found),
        "may_run": may_run,
        "may_change": may_run and not found.is_public,
        "history": history_of(found, viewer=request.user),
    }
    return render(request, "workspace/awareness/exercise.html", context)


def _main(found: Exercise, *, has_messages: bool) -> str:
    if found.is_public:
        return "group"
    return "publish" if has_messages else "message"


def _results_limit(_request: HttpRequest) -> int:
    return results_file.LARGEST


@takes_up_to(_results_limit)
@require_http_methods(["GET", "POST"])
def import_results_page(request: HttpRequest, code: str) -> HttpResponse:
    """Counts of a simulation tool. A file that could name a person is refused as a whole, and nothing of it stays."""
    found = get_exercise_for(request.user, code)
    form, faults, number = forms.ResultsForm(posted(request), request.FILES or None), list[str](), 0
    answer = Answering(form)
    if request.method == "POST":
        with answer:
            given = results_file.read(uploaded_file(request, "file").read(), _known(found), clock.today())
            faults, number = [presenters.fault_text(each) for each in given.faults], len(given.rows)
            answer.status = 422 if faults else 200
            if "import" in request.POST and not faults:
                source = request.POST.get("source", "").replace("\x00", " ")[:500]
                done = actions.import_results(found, by=person(request), rows=given.rows, source=source)
                words = ngettext("%(n)d row imported.", "%(n)d rows imported.", done) % {"n": done}
                messages.success(request, words)
                return HttpResponseRedirect(found.workspace_url())
    context = {
        "workspace_section": AREA,
        "exercise": found,
        "form": form,
        "status": answer.status,
        "faults": faults,
        "refused": presenters.refused_text() if faults else "",
        "number": number if not faults else 0,
        "columns": results_file.COLUMNS,
        "groups": list(found.groups.all()),
        "smallest": SMALLEST_GROUP,
    }
    return render(request, "workspace/awareness/results.html", context, status=answer.status)


def _known(found: Exercise) -> dict[str, str]:
    """What a file may call a group: its code or its name."""
    rows = list(found.groups.values_list("code", "name"))
    return {name.lower(): code for code, name in rows} | {code.lower(): code for code, _name in rows}


def exercise_command(request: HttpRequest, code: str, name: str) -> HttpResponse:
    return command_view(request, get_exercise_for(request.user, code), COMMANDS, name, area=AREA)


def _back(code: str) -> str:
    return reverse("workspace:exercise", args=[code])


def message_command(request: HttpRequest, code: str, number: int, name: str) -> HttpResponse:
    found = get_message_for(request.user, code, number)
    return command_view(request, found, OF_MESSAGE, name, area=AREA, back=_back(code))


def spot_command(request: HttpRequest, code: str, number: int, spot: int, name: str) -> HttpResponse:
    found = get_spot_for(request.user, code, number, spot)
    return command_view(request, found, OF_SPOT, name, area=AREA, back=_back(code))


def group_command(request: HttpRequest, code: str, group: str, name: str) -> HttpResponse:
    found = get_group_for(request.user, code, group)
    return command_view(request, found, OF_GROUP, name, area=AREA, back=_back(code))


def result_command(request: HttpRequest, code: str, pk: int, name: str) -> HttpResponse:
    found = get_result_for(request.user, code, pk)
    return command_view(request, found, OF_RESULT, name, area=AREA, back=_back(code))
