"""The shapes of this app's pack files and how their rows become objects."""

from __future__ import annotations

from collections.abc import Mapping

from floreo.organisations.pack import Shape, Strict

SHAPES: tuple[type[Shape], ...] = ()  # in the order in which rows are made
FILES: Mapping[str, Mapping[str, type[Strict]]] = {}  # file of a pack -> its tables
