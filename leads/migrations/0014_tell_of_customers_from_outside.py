"""Tell when leads that came as customers became one, which 0012 left out at first."""

from django.db import migrations


def tell(apps, schema_editor):
    is_postgres = schema_editor.connection.vendor == "postgresql"
    seconds = (
        "CAST(floor(date_part('epoch', MIN(at))) AS bigint)"
        if is_postgres
        else "CAST(strftime('%s', substr(MIN(at), 1, 19)) AS integer)"
    )
    schema_editor.execute(
        f"UPDATE leads_cycle SET customer_seen_seconds = (SELECT {seconds}"
        " FROM leads_stagechange c WHERE c.lead_id = leads_cycle.lead_id"
        " AND c.cycle = leads_cycle.cycle AND c.to_stage = 'customer'"
        " AND NOT c.is_inferred AND NOT c.is_undone)"
        " WHERE customer_seconds IS NOT NULL AND customer_seen_seconds IS NULL",
        None,
    )


class Migration(migrations.Migration):
    dependencies = [("leads", "0013_find_news_by_the_first_column")]

    operations = [migrations.RunPython(tell, migrations.RunPython.noop)]
