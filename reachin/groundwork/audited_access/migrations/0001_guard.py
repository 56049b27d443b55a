from pathlib import Path
from typing import ClassVar

from django.db import migrations

GUARD = (Path(__file__).parent.parent / "sql" / "guard.sql").read_text()


class Migration(migrations.Migration):
    """The guard's schema, made as the guard's own role so that the application's role owns nothing of it."""

    dependencies: ClassVar = []
    operations: ClassVar = [
        migrations.RunSQL(
            sql=f"set local role reachin_guard;\n{GUARD}\nreset role;",
            reverse_sql="drop schema reachin cascade; drop owned by reachin_guard",
        )
    ]
