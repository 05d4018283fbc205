"""What a team promised in hours becomes its service level for normal leads."""

from django.db import migrations

A_DAY = 24 * 60  # minutes


def keep(apps, schema_editor):
    Team = apps.get_model("leads", "Team")
    ServiceLevel = apps.get_model("handoff", "ServiceLevel")
    ServiceLevel.objects.bulk_create(
        ServiceLevel(
            team=team,
            priority="normal",
            decide_minutes=team.decide_within_hours * 60,
            follow_up_minutes=team.decide_within_hours * 60 + A_DAY,
        )
        for team in Team.objects.all()
    )


def give_back(apps, schema_editor):
    ServiceLevel = apps.get_model("handoff", "ServiceLevel")
    for level in ServiceLevel.objects.filter(team__isnull=False, priority="normal"):
        level.team.decide_within_hours = max(1, round(level.decide_minutes / 60))
        level.team.save(update_fields=["decide_within_hours"])


class Migration(migrations.Migration):
    dependencies = [("handoff", "0006_add_service_levels")]

    operations = [migrations.RunPython(keep, give_back)]
