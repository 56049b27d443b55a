"""The web server's way in."""

import gc
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from reachin.access.requests_for_assistance.danger import mentions_danger
from reachin.groundwork.audited_access.starting import make_sure
from reachin.groundwork.page_parts.environment import read_every_template

NEW_OBJECTS_BEFORE_A_LOOK = 50_000

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reachin.settings")
application = get_wsgi_application()
# Addresses, the words of danger and, in production, pages are read now and not while the first visitor waits.
get_resolver().url_patterns  # noqa: B018 looking at them loads them
mentions_danger("")
if settings.IN_PRODUCTION:
    make_sure()
    read_every_template()
# What is loaded stays: Python's search for circles of garbage need not go through it again and again while pages are drawn.
gc.collect()
gc.freeze()
gc.set_threshold(NEW_OBJECTS_BEFORE_A_LOOK, 20, 100)
