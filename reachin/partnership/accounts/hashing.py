from django.contrib.auth.hashers import Argon2PasswordHasher


class StaffHasher(Argon2PasswordHasher):
    """Argon2id with the memory that OWASP advises (19 MiB, two passes, one lane): chosen on purpose, some 20 ms a sign-in, not 250."""

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1
