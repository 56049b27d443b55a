"""Django's PostgreSQL backend with one difference: asking whether an idle connection still stands costs no round trip."""
