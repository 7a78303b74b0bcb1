"""What the web server calls."""

import gc
import os
from importlib import import_module
from typing import Any

import django
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "floreo.config.settings")
gc.disable()  # what is loaded stays for good: to look through it again and again takes a fifth of the start
django.setup(set_prefix=False)


class Request(WSGIRequest):
    """Reads addresses and forms as UTF-8, whatever alphabet a request names. Django decodes them with any that Python knows:
    with "rot13" it breaks before any code of our own is asked, and with "utf-7" characters that nobody stops become NUL."""

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        try:
            self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except ValueError:  # a parameter in an alphabet that there is not
            self.content_type, self.content_params = "", {}


class Application(WSGIHandler):
    request_class = Request


application = Application()

# Every view is loaded now, not by the first visitor; and what is loaded stays for good, so the collector need not walk
# it again in the middle of a page (it took a fifth of a second each time).
import_module("floreo.config.urls")
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
gc.enable()
