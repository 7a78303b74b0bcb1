"""Tabletop exercises: a library of scenarios, injects on a schedule, participants by their own link, evaluation and what follows from it."""
