"""Tell the cycles and the stays of the changes that are there already."""

from django.db import migrations

PATH = ("new", "iql", "mql", "sql", "accepted", "opportunity", "customer")


def tell(apps, schema_editor):
    is_postgres = schema_editor.connection.vendor == "postgresql"
    seconds = (
        "CAST(floor(date_part('epoch', {0})) AS bigint)"
        if is_postgres
        else "CAST(strftime('%s', substr({0}, 1, 19)) AS integer)"
    )
    firsts = {"qualified_seconds": "to_stage = 'sql' AND NOT is_imported"}
    for place, stage in enumerate(PATH):
        later = ", ".join(f"'{each}'" for each in PATH[place + 1 :]) or "''"
        entered = f"to_stage = '{stage}'"
        is_seen = f"NOT is_inferred AND from_stage NOT IN ({later})"
        firsts[f"{stage}_seconds"] = entered
        firsts[f"{stage}_seen_seconds"] = f"{entered} AND {is_seen}"
    told = (
        seconds.format(f"MIN(CASE WHEN {which} THEN at END)")
        for which in firsts.values()
    )
    # A second try after the way back finds the cycles of the first.
    schema_editor.execute("DELETE FROM leads_cycle", None)
    schema_editor.execute(
        f"INSERT INTO leads_cycle (lead_id, cycle, {', '.join(firsts)})"
        f" SELECT lead_id, cycle, {', '.join(told)}"
        " FROM leads_stagechange WHERE NOT is_undone GROUP BY lead_id, cycle"
        " ORDER BY lead_id, cycle",
        None,
    )
    length = f"{seconds.format('c.at')} - {seconds.format('c.since')}"
    schema_editor.execute(
        f"UPDATE leads_stagechange SET stayed_seconds = {length} FROM ("
        "SELECT id, from_stage, to_stage, at, is_imported,"
        " LAG(at) OVER w AS since, LAG(to_stage) OVER w AS was,"
        " LAG(is_imported OR is_inferred) OVER w AS was_unseen"
        " FROM leads_stagechange WHERE NOT is_undone"
        " WINDOW w AS (PARTITION BY lead_id ORDER BY at, id)) c"
        " WHERE c.id = leads_stagechange.id AND c.was = c.from_stage"
        " AND c.to_stage <> c.from_stage AND NOT c.is_imported AND NOT c.was_unseen",
        None,
    )


class Migration(migrations.Migration):
    dependencies = [("leads", "0011_keep_cycles_and_stays")]

    operations = [migrations.RunPython(tell, migrations.RunPython.noop)]
