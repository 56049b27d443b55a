"""The web server's way in."""

import gc
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from reachin.groundwork.audited_access.starting import make_sure

NEW_OBJECTS_BEFORE_A_LOOK = 50_000

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reachin.settings")
application = get_wsgi_application()
if settings.IN_PRODUCTION:
    make_sure()
get_resolver().url_patterns  # noqa: B018 loads every page now, and not while the first visitor waits
# What is loaded stays: Python's search for circles of garbage need not go through it again and again while pages are drawn.
gc.collect()
gc.freeze()
gc.set_threshold(NEW_OBJECTS_BEFORE_A_LOOK, 20, 100)
