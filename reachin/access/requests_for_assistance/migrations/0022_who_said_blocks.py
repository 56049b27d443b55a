from typing import ClassVar

from django.db import migrations

BACKFILL = """
update information_sharing_block b set said_as = case when rp.is_contact then 'self' else 'parent' end
  from requests_for_assistance_requestperson rp
    join requests_for_assistance_requestforassistance r on r.id = rp.request_for_assistance_id
    join people_personalias a on a.id = rp.alias_id
  where b.said_as = 'other' and r.id = b.said_by and a.person_id = b.person_id
    and (rp.is_contact or (r.asked_by in ('parent_or_carer', 'expecting') and rp.relation in ('child', 'cared_for', 'expected_baby')))
"""


class Migration(migrations.Migration):
    """Blocks from before: what whoever asked said of themselves and of their children. Of other grown-ups it stays, for that record alone."""

    dependencies: ClassVar = [
        ("requests_for_assistance", "0021_untold"),
        ("information_sharing", "0014_said_as"),
    ]
    operations: ClassVar = [migrations.RunSQL(BACKFILL, migrations.RunSQL.noop)]
