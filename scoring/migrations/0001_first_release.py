import django.core.validators
import django.db.models.deletion
import scoring.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('scoring', '0001_initial'), ('scoring', '0002_add_model_history')]

    initial = True

    dependencies = [
        ('leads', '0001_first_release'),
    ]

    operations = [
        migrations.CreateModel(
            name='ScoringModel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(unique=True, verbose_name='version')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('active', 'Active'), ('retired', 'Retired')], default='draft', max_length=7)),
                ('landmark', models.DateTimeField(help_text='The instant to which the decayed sums are carried.')),
                ('half_life_fast', models.FloatField(default=14.0, validators=[django.core.validators.MinValueValidator(1.0)], verbose_name='fast half-life, days')),
                ('half_life_medium', models.FloatField(default=30.0, validators=[django.core.validators.MinValueValidator(1.0)], verbose_name='medium half-life, days')),
                ('half_life_slow', models.FloatField(default=90.0, validators=[django.core.validators.MinValueValidator(1.0)], verbose_name='slow half-life, days')),
                ('band_limits', models.JSONField(default=scoring.models.default_band_limits, verbose_name='grade limits')),
                ('activated_at', models.DateTimeField(blank=True, null=True, verbose_name='activated')),
                ('activated_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('note', models.TextField(blank=True, verbose_name='note')),
            ],
            options={
                'ordering': ['-version'],
                'permissions': [('change_scoring', 'Can change and activate scoring models')],
                'constraints': [models.UniqueConstraint(models.F('status'), condition=models.Q(('status', 'active')), name='one_active_scoring_model'), models.CheckConstraint(condition=models.Q(('half_life_fast__gte', 1.0), ('half_life_medium__gte', 1.0), ('half_life_slow__gte', 1.0)), name='half_lives_of_a_day_or_more')],
            },
        ),
        migrations.CreateModel(
            name='BehaviourRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('model', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rules', to='scoring.scoringmodel')),
                ('position', models.PositiveIntegerField()),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('kind', models.CharField(choices=[('page_view', 'Page view'), ('form_submitted', 'Form submitted'), ('content_downloaded', 'Content downloaded'), ('webinar_registered', 'Webinar registered'), ('webinar_attended', 'Webinar attended'), ('event_visited', 'Event visited'), ('email_sent', 'E-mail sent'), ('email_opened', 'E-mail opened'), ('email_clicked', 'E-mail clicked'), ('email_replied', 'E-mail replied'), ('email_bounced', 'E-mail bounced'), ('unsubscribed', 'Unsubscribed'), ('demo_requested', 'Demo requested'), ('pricing_requested', 'Pricing requested'), ('trial_started', 'Trial started'), ('chat', 'Chat'), ('social', 'Social interaction'), ('call', 'Call'), ('meeting', 'Meeting'), ('note', 'Note')], max_length=30, verbose_name='activity')),
                ('conditions', models.JSONField(blank=True, default=dict)),
                ('points', models.FloatField(verbose_name='points')),
                ('speed', models.CharField(choices=[('fast', 'Fast'), ('medium', 'Medium'), ('slow', 'Slow'), ('never', 'Never')], default='medium', max_length=6, verbose_name='fades')),
                ('cap_count', models.PositiveIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='at most')),
                ('cap_period', models.CharField(choices=[('day', 'day'), ('week', 'week'), ('month', 'month'), ('ever', 'ever')], default='ever', max_length=5)),
                ('cap_scope', models.CharField(choices=[('all', 'in all'), ('url', 'per page'), ('subject', 'per subject'), ('campaign', 'per campaign')], default='all', max_length=8)),
                ('effect', models.CharField(choices=[('none', 'Points only'), ('fast_track', 'Make the lead sales ready at once'), ('disqualify', 'Disqualify the lead')], default='none', max_length=10)),
                ('is_on', models.BooleanField(default=True, verbose_name='in use')),
            ],
            options={
                'ordering': ['model', 'position'],
                'constraints': [models.UniqueConstraint(models.F('model'), models.F('position'), name='one_rule_a_position'), models.CheckConstraint(condition=models.Q(('cap_count__isnull', True), ('cap_count__gte', 1), _connector='OR'), name='cap_is_1_up')],
            },
        ),
        migrations.CreateModel(
            name='FitCriterion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('model', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='criteria', to='scoring.scoringmodel')),
                ('position', models.PositiveIntegerField()),
                ('group', models.CharField(choices=[('demographic', 'Person'), ('firmographic', 'Company'), ('source', 'Source')], max_length=12, verbose_name='looks at')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('conditions', models.JSONField(default=dict)),
                ('points', models.FloatField(verbose_name='points')),
                ('effect', models.CharField(choices=[('none', 'Points only'), ('fast_track', 'Make the lead sales ready at once'), ('disqualify', 'Disqualify the lead')], default='none', max_length=10)),
                ('is_on', models.BooleanField(default=True, verbose_name='in use')),
            ],
            options={
                'verbose_name_plural': 'fit criteria',
                'ordering': ['model', 'position'],
                'constraints': [models.UniqueConstraint(models.F('model'), models.F('position'), name='one_criterion_a_position')],
            },
        ),
        migrations.CreateModel(
            name='Gate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('model', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='gates', to='scoring.scoringmodel')),
                ('stage', models.CharField(choices=[('new', 'New'), ('iql', 'IQL'), ('mql', 'MQL'), ('sql', 'SQL'), ('accepted', 'Accepted'), ('opportunity', 'Opportunity'), ('customer', 'Customer'), ('recycled', 'Recycled'), ('disqualified', 'Disqualified'), ('lost', 'Lost')], max_length=12, verbose_name='stage')),
                ('engagement', models.FloatField(verbose_name='engagement')),
                ('grade', models.PositiveSmallIntegerField(default=0, verbose_name='grade')),
                ('leave_engagement', models.FloatField(verbose_name='left under')),
            ],
            options={
                'ordering': ['engagement'],
                'constraints': [models.UniqueConstraint(models.F('model'), models.F('stage'), name='one_gate_a_stage'), models.CheckConstraint(condition=models.Q(('stage__in', ['iql', 'mql', 'sql'])), name='gate_stage_is_reached_by_score'), models.CheckConstraint(condition=models.Q(('leave_engagement__lte', models.F('engagement'))), name='gate_is_left_lower_than_reached')],
            },
        ),
        migrations.CreateModel(
            name='ModelEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('model', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='scoring.scoringmodel')),
                ('kind', models.CharField(choices=[('created', 'Created'), ('added', 'Added'), ('changed', 'Changed'), ('moved', 'Moved'), ('removed', 'Removed'), ('put_back', 'Put back'), ('activated', 'Activated'), ('retired', 'Retired')], max_length=9)),
                ('at', models.DateTimeField()),
                ('actor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('subject', models.CharField(blank=True, max_length=200)),
                ('changes', models.JSONField(blank=True, default=list)),
                ('removed', models.JSONField(blank=True, null=True)),
                ('note', models.TextField(blank=True)),
            ],
            options={
                'ordering': ['-at', '-pk'],
                'indexes': [models.Index(fields=['model', '-at'], name='model_event_history')],
            },
        ),
        migrations.CreateModel(
            name='Agreement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('model', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='agreements', to='scoring.scoringmodel')),
                ('side', models.CharField(choices=[('marketing', 'Marketing'), ('sales', 'Sales')], max_length=9)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('signed_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['side'],
                'constraints': [models.UniqueConstraint(models.F('model'), models.F('side'), name='a_side_signs_once')],
            },
        ),
    ]
