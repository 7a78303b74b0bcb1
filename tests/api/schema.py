"""The schema of the API as the API serves it, for calls in this process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client

from floreo.config.wsgi import application


@contextmanager
def as_the_openapi_says() -> Iterator[Any]:
    """Request signals would close the test's connection, so they are off meanwhile."""
    schema = schemathesis.openapi.from_dict(Client().get("/api/v1/openapi.json").json())
    schema.app = application
    for signal in (request_started, request_finished):  # after the client's own call, which connects them again
        signal.disconnect(close_old_connections)
    yield schema
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
