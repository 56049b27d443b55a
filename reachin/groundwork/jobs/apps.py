from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Makes the jobs known to the worker."""

    name = "reachin.groundwork.jobs"
    label = "jobs"
