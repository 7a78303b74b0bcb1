"""Cascades: which services stop, when and why, once others have failed. Plain Python and numpy, no Django.

**What is given.** Services with people who use them, by place; and dependencies: service s needs service p. A dependency has hours until
its impact, a share (how much s loses when p is gone entirely: 1 is all), and a fallback in hours (batteries, a tank, fuel) that is used up
before the hours until impact begin. Dependencies of one service in the same group are alternatives to each other; those without a group
all count. Hours are whole; what lasts less than an hour is 0.

**What is calculated.** The loss of each service at each hour, from 0 (works) to 1 (stopped). A service that fails loses the stated share
from its hour on. Any other loses the largest of: over each dependency, share x loss of p as it was (fallback + hours until impact) hours
ago; over each group, what its best alternative leaves it, that is the least of these. At a loss of 1, or of its own threshold, it stops,
and what has stopped is lost entirely to those that need it. Between 0 and that it works in part. A fallback and the hours until impact
begin again with each further loss of p, as if the earlier, smaller loss had not used them.

**Cycles** (power needs telephones, telephones need power) are allowed, also without any delay. Of the solutions the least is taken: nothing
is lost that does not lead back to a failure.

**Limits.** Losses are not added: a service that loses 0.3 of its power and 0.3 of its water is held to lose 0.3. Nothing is repaired within
the horizon, no fallback is filled up, and no demand moves to what still works. Numbers are those of the register: what nobody entered does
not spread. The whole model is in docs/guide/cascade-model.md.
"""

from floreo.infrastructure.cascade.comparing import Comparison, Difference, PeopleAt, compare
from floreo.infrastructure.cascade.graph import (
    CODES,
    AlternativeAdded,
    Change,
    Dependency,
    DependencyChanged,
    Failure,
    Graph,
    GraphError,
    Problem,
    Service,
    ServiceReplaced,
    problems_of,
)
from floreo.infrastructure.cascade.helping import DependencyHelp, Saving, ServiceHelp, WhatHelps, what_helps
from floreo.infrastructure.cascade.people import Bounds, People
from floreo.infrastructure.cascade.running import Cascade, Cause, Hit, run
from floreo.infrastructure.cascade.single import SinglePoint, single_points

__all__ = [
    "CODES",
    "AlternativeAdded",
    "Bounds",
    "Cascade",
    "Cause",
    "Change",
    "Comparison",
    "Dependency",
    "DependencyChanged",
    "DependencyHelp",
    "Difference",
    "Failure",
    "Graph",
    "GraphError",
    "Hit",
    "People",
    "PeopleAt",
    "Problem",
    "Saving",
    "Service",
    "ServiceHelp",
    "ServiceReplaced",
    "SinglePoint",
    "WhatHelps",
    "compare",
    "problems_of",
    "run",
    "single_points",
    "what_helps",
]
