"""The order of actions in a whole edition, worked out from pillar, objective and place, for every list to use."""

from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from floreo.core.writing import touch
from floreo.strategy.models import Action, Edition


def renumber(edition: Edition) -> None:
    """Gives each action its place in the edition. What follows from the tree is not a fact of its own, so it is not in
    the trail and no version changes."""
    order: list[str | Combinable] = ["objective__pillar__position", "objective__pillar_id"]
    order += [Coalesce(f"objective__above__{name}", f"objective__{name}") for name in ("position", "pk")]
    order += ["objective__position", "objective_id"]
    actions = Action.objects.filter(edition=edition).order_by(*order, "position", "pk").only("pk", "position")
    moved = []
    for position, act in enumerate(actions, start=1):
        if act.position != position:
            act.position = position
            moved.append(act)
    Action.objects.bulk_update(moved, ["position"], batch_size=200)
    touch(moved)
