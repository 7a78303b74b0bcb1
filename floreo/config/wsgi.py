"""What the web server calls."""

import gc
import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "floreo.config.settings")
application = get_wsgi_application()

# Every view is loaded now, not by the first visitor; and what is loaded stays for good, so the collector need not walk
# it again in the middle of a page (it took a fifth of a second each time).
import_module("floreo.config.urls")
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
