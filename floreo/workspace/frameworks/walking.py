"""From what serves an item down to where its evidence hangs: an objective's actions, an action's milestones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.db.models import Q

from floreo.core.keys import key, things_of
from floreo.strategy.models import Action, Milestone, Objective, Pillar

SERVING = {"strategy.action": Action, "strategy.objective": Objective, "strategy.pillar": Pillar}


def below(names: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """Keys of the actions and milestones under those things, by theirs: two queries, however many."""
    things = things_of(names)
    over: dict[int, list[str]] = defaultdict(list)  # action -> the things over it, itself among them
    objectives = {t.pk: n for n, t in things.items() if isinstance(t, Objective)}
    pillars = {t.pk: n for n, t in things.items() if isinstance(t, Pillar)}
    found: dict[str, list[str]] = defaultdict(list)
    for name, thing in things.items():
        if isinstance(thing, Action):
            over[thing.pk].append(name)
    under = Q(objective__in=list(objectives)) | Q(objective__pillar__in=list(pillars))
    for act in Action.objects.filter(under).select_related("objective") if objectives or pillars else ():
        for name in filter(None, (objectives.get(act.objective_id), pillars.get(act.objective.pillar_id))):
            found[name].append(key(act))
            over[act.pk].append(name)
    for milestone in Milestone.objects.filter(action__in=list(over)) if over else ():
        for name in over[milestone.action_id]:
            found[name].append(key(milestone))
    return found
