"""Reads directories of services: texts in, readings and problems out. No database, no file, no network."""
