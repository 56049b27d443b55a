"""The web server's way in."""

import os

from django.core.wsgi import get_wsgi_application

from reachin.groundwork.page_parts.bad_input import utf_8_only

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reachin.settings")
application = utf_8_only(get_wsgi_application())
