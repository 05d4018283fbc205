"""Tell whence their leads came to the cycles that are there already."""

from django.db import migrations


def tell(apps, schema_editor):
    is_postgres = schema_editor.connection.vendor == "postgresql"
    seconds = (
        "CAST(floor(date_part('epoch', l.created_at)) AS bigint)"
        if is_postgres
        else "CAST(strftime('%s', substr(l.created_at, 1, 19)) AS integer)"
    )
    schema_editor.execute(
        "UPDATE leads_cycle SET source = l.source, campaign_id = l.campaign_id,"
        f" created_seconds = {seconds} FROM leads_lead l"
        " WHERE l.id = leads_cycle.lead_id",
        None,
    )


class Migration(migrations.Migration):
    dependencies = [("leads", "0015_keep_whence_leads_came")]

    operations = [migrations.RunPython(tell, migrations.RunPython.noop)]
