"""Tell the cycles that are there already what of their lead hand-offs join."""

from django.db import migrations


def tell(apps, schema_editor):
    schema_editor.execute(
        "UPDATE leads_cycle SET"
        " country = COALESCE(NULLIF(TRIM(l.country), ''), TRIM(a.country), ''),"
        " industry = COALESCE(TRIM(a.industry), ''),"
        " was_sql = EXISTS (SELECT 1 FROM leads_stagechange c"
        " WHERE c.lead_id = l.id AND c.cycle = leads_cycle.cycle"
        " AND c.to_stage = 'sql')"
        " FROM leads_lead l LEFT JOIN leads_account a ON a.id = l.account_id"
        " WHERE l.id = leads_cycle.lead_id",
        None,
    )


class Migration(migrations.Migration):
    dependencies = [("leads", "0018_keep_what_handoffs_join")]

    operations = [migrations.RunPython(tell, migrations.RunPython.noop)]
