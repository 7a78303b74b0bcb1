"""People without a service, between the least and the most that it can be.

Numbers of users say nothing of who uses several services. Of the people of one place, at least as many are without a service as the largest
lost service has users there, and at most as many as all lost services have together, or as live there. Places add up, since nobody is
counted in two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from floreo.infrastructure.cascade.arrays import Arrays, Ints, Longs

_AT_ONCE = 4_000_000  # cells of scenarios, places and hours in one calculation


class Bounds(NamedTuple):
    """The least and the most: people, or person-hours."""

    least: int
    most: int

    @property
    def is_exact(self) -> bool:
        return self.least == self.most


@dataclass(frozen=True)
class People:
    """People without at least one service. `least` and `most` are (place, hour) with hours 0 to the horizon; `by_service` is person-hours
    of each service alone, which count somebody without two services twice."""

    places: tuple[str, ...]
    least: Longs
    most: Longs
    by_service: Mapping[str, int]

    def at(self, hour: int, place: str = "") -> Bounds:
        """In one place, or in all. Raises IndexError for an hour beyond the horizon, ValueError for a place without users."""
        if not 0 <= hour < self.least.shape[1]:
            raise IndexError(hour)
        rows = self._rows(place)
        return Bounds(int(self.least[rows, hour].sum()), int(self.most[rows, hour].sum()))

    def person_hours(self, place: str = "") -> Bounds:
        """From hour 0 to the horizon, in one place or in all. Hour h counts from h to h + 1."""
        rows = self._rows(place)
        return Bounds(int(self.least[rows, :-1].sum()), int(self.most[rows, :-1].sum()))

    def _rows(self, place: str) -> slice:
        if place and place not in self.places:
            raise ValueError(place)
        return slice(self.places.index(place), self.places.index(place) + 1) if place else slice(None)

    @property
    def of_services(self) -> int:
        """Person-hours of all services, added."""
        return sum(self.by_service.values())


def by_place(arrays: Arrays, lost_at: Ints, hours: int) -> tuple[Longs, Longs]:
    """Least and most people (scenario, place, hour), from the hour (scenario, service) at which each service is lost."""
    scenarios, places = len(lost_at), len(arrays.population)
    shape = (scenarios, places, hours + 1)
    largest, added = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    service, place, people = arrays.users.T
    hour = lost_at[:, service]
    scenario, which = np.nonzero(hour <= hours)
    at = (scenario, place[which], hour[scenario, which])
    np.maximum.at(largest, at, people[which])
    np.add.at(added, at, people[which])
    np.maximum.accumulate(largest, axis=2, out=largest)
    np.cumsum(added, axis=2, out=added)
    known = arrays.population >= 0
    limit = np.where(known, arrays.population, np.iinfo(np.int64).max)[None, :, None]
    return np.minimum(largest, limit), np.minimum(added, limit)


def person_hours(arrays: Arrays, lost_at: Ints, hours: int) -> tuple[Longs, Longs, Longs]:
    """Person-hours of each scenario until the horizon: the least, the most, and those of all services added."""
    count = max(_AT_ONCE // max(len(arrays.population) * (hours + 1), 1), 1)
    least, most = np.zeros(len(lost_at), dtype=np.int64), np.zeros(len(lost_at), dtype=np.int64)
    for begin in range(0, len(lost_at), count):
        part = slice(begin, begin + count)
        low, high = by_place(arrays, lost_at[part], hours)
        least[part], most[part] = low[:, :, :-1].sum(axis=(1, 2)), high[:, :, :-1].sum(axis=(1, 2))
    return least, most, hours_without(lost_at, hours) @ users_of(arrays)


def users_of(arrays: Arrays) -> Longs:
    """Users of each service in all places."""
    users = np.zeros(arrays.n, dtype=np.int64)
    np.add.at(users, arrays.users[:, 0], arrays.users[:, 2])
    return users


def hours_without(lost_at: Ints, hours: int) -> Longs:
    """Hours from the loss to the horizon."""
    return np.maximum(hours - lost_at.astype(np.int64), 0)
