import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('reports', '0001_initial'), ('reports', '0002_add_month_plans')]

    initial = True

    dependencies = [
        ('leads', '0001_first_release'),
    ]

    operations = [
        migrations.CreateModel(
            name='Export',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('due', 'Due'), ('done', 'Done'), ('stuck', 'Stuck'), ('cancelled', 'Cancelled')], default='due', editable=False, max_length=9)),
                ('not_before', models.DateTimeField(editable=False)),
                ('lease_until', models.DateTimeField(blank=True, editable=False, null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('last_error', models.TextField(blank=True, editable=False)),
                ('ended_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('report', models.CharField(max_length=50, verbose_name='report')),
                ('query', models.JSONField(default=dict)),
                ('shape', models.CharField(choices=[('csv', 'CSV'), ('xlsx', 'Excel')], max_length=4)),
                ('row_count', models.PositiveIntegerField(verbose_name='rows')),
                ('stored_as', models.CharField(blank=True, max_length=64)),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('asked_at', models.DateTimeField(verbose_name='asked for')),
            ],
            options={
                'permissions': [('export_reports', 'Can download reports and their leads')],
                'indexes': [models.Index(fields=['-asked_at', '-id'], name='export_latest')],
            },
        ),
        migrations.CreateModel(
            name='MonthPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField(unique=True, verbose_name='month')),
                ('revenue_goal', models.PositiveBigIntegerField(verbose_name='revenue goal, cents')),
                ('average_deal', models.PositiveBigIntegerField(verbose_name='average deal, cents')),
                ('win_percent', models.PositiveSmallIntegerField(verbose_name='accepted SQLs that are won')),
                ('acceptance_percent', models.PositiveSmallIntegerField(verbose_name='SQLs that are accepted')),
                ('decide_percent', models.PositiveSmallIntegerField(verbose_name='decided within the time')),
                ('follow_up_percent', models.PositiveSmallIntegerField(verbose_name='followed up in time')),
                ('set_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('set_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['month'],
                'constraints': [models.CheckConstraint(condition=models.Q(('acceptance_percent__range', (1, 100)), ('average_deal__gt', 0), ('decide_percent__range', (0, 100)), ('follow_up_percent__range', (0, 100)), ('win_percent__range', (1, 100))), name='a_plan_can_be_reached')],
            },
        ),
    ]
