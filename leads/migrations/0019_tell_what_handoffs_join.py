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
    schema_editor.execute(
        "UPDATE leads_cycle SET measured_at = m.at, engagement = m.engagement,"
        " grade = m.grade, model_version = m.model_version FROM ("
        "SELECT lead_id, cycle, at, engagement, grade, model_version, ROW_NUMBER()"
        " OVER (PARTITION BY lead_id, cycle ORDER BY at DESC, id DESC) AS place"
        " FROM leads_stagechange WHERE to_stage = 'sql' AND NOT is_undone) m"
        " WHERE m.lead_id = leads_cycle.lead_id AND m.cycle = leads_cycle.cycle"
        " AND m.place = 1",
        None,
    )


class Migration(migrations.Migration):
    dependencies = [("leads", "0018_keep_what_handoffs_join")]

    operations = [migrations.RunPython(tell, migrations.RunPython.noop)]
