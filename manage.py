"""Django's own commands, for developers. People run `floreo`."""

import os
import sys

from django.core.management import execute_from_command_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "floreo.config.settings")
execute_from_command_line(sys.argv)
