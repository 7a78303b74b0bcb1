"""The vocabulary of the rules: the words of all languages (words/) put together, and those with which something new starts in a strategy."""

from __future__ import annotations

import re
from types import MappingProxyType

from floreo.core.reading.openers import Openers
from floreo.strategy.drafting.lexicon import any_of, languages, month_names, months, ordinals, tables, words

MONTHS = months()
ORDINALS = ordinals()

# Words a heading uses for each rank of a plan. The first rank found in a document is its top.
PILLAR_WORDS = any_of("levels", "pillar")
OBJECTIVE_WORDS = any_of("levels", "objective")
ACTION_WORDS = any_of("levels", "action")
# The same words where they announce a list or a section: "The three pillars are:", "Strategic Pillars".
PILLARS_PLURAL = any_of("levels", "pillars")
OBJECTIVES_PLURAL = any_of("levels", "objectives")
ACTIONS_PLURAL = any_of("levels", "actions")
GOALS = any_of("levels", "goals")

# With these something new starts: "Pillar 2 ...", and alone on a line "Key actions:" or "Objetivos específicos".
OPENERS = Openers(
    named=any_of("levels", "pillar", "objective", "action") + "|" + any_of("text", "opening"),
    alone=any_of("levels", "pillars", "objectives", "actions", "also_heads"),
    languages=tuple(languages()),
)

# Nouns that make a capitalised phrase surely the name of a body.
BODY_NOUNS = any_of("bodies", "nouns")
# Capitalised phrases that are never a body, by their first or last words.
NOT_BODIES = "|".join((any_of("bodies", "none"), *month_names()))
# Words that refer to a body named before; alone they name none.
GENERIC_BODIES = frozenset(words("bodies", "generic"))

# What a body did for the strategy, by the words in front of its name, and the same parts as verbs after it.
PASSIVE_PARTS = MappingProxyType(tables("parts_before"))
ACTIVE_PARTS = MappingProxyType(tables("parts_after"))

# Verbs that plan a number, in the forms that look ahead (never the past).
GOAL_VERBS = any_of("targets", "verbs", "verbs_that_promise")
PERCENT = "%|" + any_of("targets", "percent")
NOT_COUNTED = frozenset(words("targets", "not_counted"))
PHRASE_STOPS = frozenset(words("targets", "stops"))
UNITS = MappingProxyType(
    {name: re.compile(rf"^(?:{any_of('targets', name)})$") for name in ("people", "organisations", "sessions")}
)
