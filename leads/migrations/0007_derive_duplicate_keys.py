"""Fill the columns by which duplicates are found, for the leads that are there."""

from django.db import migrations

from leads.text import fold, mailbox_key, phone_key

BATCH = 1_000
WRITTEN = ["mailbox_key", "phone_key", "person_key"]


def derive(apps, schema_editor):
    Lead = apps.get_model("leads", "Lead")
    last = 0
    while batch := list(Lead.objects.filter(pk__gt=last).order_by("pk")[:BATCH]):
        for lead in batch:
            lead.mailbox_key = mailbox_key(lead.email)
            lead.phone_key = phone_key(lead.phone)
            lead.person_key = fold(f"{lead.first_name} {lead.last_name}")[:201]
        Lead.objects.bulk_update(batch, WRITTEN, batch_size=500)
        last = batch[-1].pk


class Migration(migrations.Migration):
    dependencies = [("leads", "0006_identity_and_privacy")]
    operations = [migrations.RunPython(derive, migrations.RunPython.noop)]
