import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('nurture', '0001_segments'), ('nurture', '0002_mails'), ('nurture', '0003_add_programmes')]

    initial = True

    dependencies = [
        ('leads', '0001_first_release'),
    ]

    operations = [
        migrations.CreateModel(
            name='MailTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('name_key', models.CharField(editable=False, max_length=200, unique=True)),
                ('subject', models.CharField(max_length=200, verbose_name='subject')),
                ('preheader', models.CharField(blank=True, max_length=200, verbose_name='preheader')),
                ('body', models.TextField(max_length=20000, verbose_name='text')),
                ('is_promotional', models.BooleanField(default=True, verbose_name='promotional')),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField()),
                ('changed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('changed_at', models.DateTimeField()),
                ('archived_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Segment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('name_key', models.CharField(editable=False, max_length=200, unique=True)),
                ('description', models.CharField(blank=True, max_length=300, verbose_name='description')),
                ('kind', models.CharField(choices=[('conditions', 'By conditions'), ('list', 'Chosen by hand')], default='conditions', max_length=10, verbose_name='kind')),
                ('conditions', models.JSONField(blank=True, default=dict, verbose_name='conditions')),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField()),
                ('archived_at', models.DateTimeField(blank=True, null=True)),
                ('counted', models.PositiveIntegerField(default=0)),
                ('counted_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['name', 'pk'],
                'permissions': [('manage_nurture', 'Can build segments, mails and programmes')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['conditions', 'list'])), name='segment_kind_is_known')],
            },
        ),
        migrations.CreateModel(
            name='Programme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('name_key', models.CharField(editable=False, max_length=200, unique=True)),
                ('description', models.CharField(blank=True, max_length=300, verbose_name='description')),
                ('segment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='programmes', to='nurture.segment', verbose_name='leads enter from')),
                ('rejection_reason', models.CharField(blank=True, max_length=100, verbose_name='or when sales rejects them for')),
                ('goal', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='nurture.segment', verbose_name='the goal is to be in')),
                ('is_sales_assist', models.BooleanField(default=False, verbose_name='sales assist')),
                ('exits_on_stage', models.BooleanField(default=True, verbose_name='ends when the lead changes its stage')),
                ('exits_on_reply', models.BooleanField(default=True, verbose_name='ends when the lead answers')),
                ('reentry_days', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='may enter again after days')),
                ('from_hour', models.PositiveSmallIntegerField(default=8, validators=[django.core.validators.MaxValueValidator(23)], verbose_name='mails from hour')),
                ('to_hour', models.PositiveSmallIntegerField(default=18, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(24)], verbose_name='to hour')),
                ('on_weekdays', models.BooleanField(default=True, verbose_name='on working days only')),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField()),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('paused_at', models.DateTimeField(blank=True, null=True)),
                ('archived_at', models.DateTimeField(blank=True, null=True)),
                ('looked_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Step',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='nurture.programme')),
                ('position', models.PositiveSmallIntegerField()),
                ('kind', models.CharField(choices=[('mail', 'Send a mail'), ('wait', 'Wait some days'), ('until', 'Wait until a weekday and hour'), ('branch', 'Go on where conditions hold'), ('tag', 'Add a tag'), ('task', 'Give the owner a task'), ('notify', 'Tell the owner'), ('hand_over', 'Hand to sales')], max_length=9, verbose_name='what it does')),
                ('template', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='nurture.mailtemplate', verbose_name='mail')),
                ('days', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='days')),
                ('weekday', models.PositiveSmallIntegerField(blank=True, choices=[(0, 'Monday'), (1, 'Tuesday'), (2, 'Wednesday'), (3, 'Thursday'), (4, 'Friday'), (5, 'Saturday'), (6, 'Sunday')], null=True, verbose_name='weekday')),
                ('hour', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MaxValueValidator(23)], verbose_name='hour')),
                ('words', models.CharField(blank=True, max_length=200, verbose_name='words')),
                ('conditions', models.JSONField(blank=True, default=dict)),
                ('otherwise', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='nurture.step')),
            ],
            options={
                'ordering': ['position', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['mail', 'wait', 'until', 'branch', 'tag', 'task', 'notify', 'hand_over'])), name='step_kind_is_known')],
            },
        ),
        migrations.CreateModel(
            name='Mail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('due', 'Due'), ('done', 'Done'), ('stuck', 'Stuck'), ('cancelled', 'Cancelled')], default='due', editable=False, max_length=9)),
                ('not_before', models.DateTimeField(editable=False)),
                ('lease_until', models.DateTimeField(blank=True, editable=False, null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('last_error', models.TextField(blank=True, editable=False)),
                ('ended_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('lead', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mails', to='leads.lead')),
                ('template', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mails', to='nurture.mailtemplate')),
                ('once', models.CharField(blank=True, editable=False, max_length=36)),
                ('tester', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('step', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='mails', to='nurture.step')),
                ('created_at', models.DateTimeField()),
                ('handed_over_at', models.DateTimeField(blank=True, null=True)),
                ('is_in_doubt', models.BooleanField(default=False)),
                ('opened_at', models.DateTimeField(blank=True, null=True)),
                ('clicked_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['-created_at', '-pk'],
                'indexes': [models.Index(fields=['state', 'not_before'], name='mail_owed'), models.Index(models.OrderBy(models.F('created_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='mail_latest'), models.Index(fields=['lead', 'handed_over_at'], name='mail_of_lead')],
                'constraints': [models.UniqueConstraint(models.F('lead'), models.F('template'), models.F('once'), name='one_mail_a_lead_and_template'), models.CheckConstraint(condition=models.Q(('state__in', ['due', 'done', 'stuck', 'cancelled'])), name='mail_state_is_known')],
            },
        ),
        migrations.CreateModel(
            name='Suppression',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email_key', models.CharField(max_length=254, unique=True, verbose_name='e-mail')),
                ('why', models.CharField(choices=[('bounced', 'Bounced'), ('complained', 'Complained'), ('by_hand', 'Entered by hand')], max_length=10, verbose_name='why')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
                ('at', models.DateTimeField(verbose_name='since')),
                ('actor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('why__in', ['bounced', 'complained', 'by_hand'])), name='suppression_why_is_known')],
            },
        ),
        migrations.CreateModel(
            name='SegmentMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('segment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='members', to='nurture.segment')),
                ('lead', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='leads.lead')),
                ('added_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('added_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(models.F('segment'), models.F('lead'), name='one_lead_a_segment')],
            },
        ),
        migrations.CreateModel(
            name='SegmentEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('segment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='nurture.segment')),
                ('actor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField()),
                ('deed', models.CharField(choices=[('created', 'Made it'), ('changed', 'Changed it'), ('added', 'Added leads'), ('removed', 'Took leads out'), ('archived', 'Archived it'), ('restored', 'Took it out of the archive')], max_length=8)),
                ('words', models.TextField(blank=True)),
                ('count', models.PositiveIntegerField(blank=True, null=True)),
            ],
            options={
                'ordering': ['-at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('deed__in', ['created', 'changed', 'added', 'removed', 'archived', 'restored'])), name='segment_deed_is_known')],
            },
        ),
        migrations.CreateModel(
            name='Enrolment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('programme', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='enrolments', to='nurture.programme')),
                ('lead', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='enrolments', to='leads.lead')),
                ('run', models.PositiveSmallIntegerField(default=1)),
                ('how', models.CharField(choices=[('segment', 'By the segment'), ('hand', 'By hand'), ('rejection', 'By a rejection')], max_length=9)),
                ('actor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('entered_at', models.DateTimeField()),
                ('step', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='enrolments', to='nurture.step')),
                ('next_at', models.DateTimeField(blank=True, null=True)),
                ('waits_for', models.CharField(blank=True, max_length=200)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('ended_why', models.CharField(blank=True, choices=[('finished', 'Went through'), ('goal', 'Reached the goal'), ('stage', 'Changed its stage'), ('reply', 'Answered'), ('unsubscribed', 'Wants no mail'), ('branch', 'Left at a branch'), ('handed_over', 'Handed to sales'), ('hand', 'Taken out by hand')], max_length=12)),
            ],
            options={
                'ordering': ['-entered_at', '-pk'],
                'indexes': [models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['next_at'], name='enrolment_due'), models.Index(fields=['programme', '-entered_at', '-id'], name='enrolment_latest')],
                'constraints': [models.UniqueConstraint(models.F('programme'), models.F('lead'), models.F('run'), name='one_run_of_a_programme_a_lead')],
            },
        ),
        migrations.CreateModel(
            name='StepDone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps_done', to='nurture.enrolment')),
                ('step', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='done', to='nurture.step')),
                ('at', models.DateTimeField()),
                ('outcome', models.CharField(choices=[('done', 'Done'), ('skipped', 'Skipped'), ('otherwise', 'Did not hold')], max_length=9)),
            ],
            options={
                'ordering': ['at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='NurtureSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mute', models.CharField(choices=[('all', 'All'), ('promotional', 'Promotional ones'), ('none', 'None')], default='all', max_length=11, verbose_name='while sales works with a lead, it is spared')),
                ('most_mails', models.PositiveSmallIntegerField(default=2, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(50)], verbose_name='mails at most')),
                ('in_days', models.PositiveSmallIntegerField(default=7, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(90)], verbose_name='in days')),
            ],
            options={
                'verbose_name_plural': 'nurture settings',
            },
        ),
    ]
