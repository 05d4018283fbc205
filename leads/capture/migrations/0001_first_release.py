import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('capture', '0001_add_buckets'), ('capture', '0002_add_forms_and_visitors'), ('capture', '0003_add_file_imports'), ('capture', '0004_add_api_keys'), ('capture', '0005_add_webhook_sources'), ('capture', '0006_add_import_undo')]

    initial = True

    dependencies = [
        ('leads', '0001_first_release'),
    ]

    operations = [
        migrations.CreateModel(
            name='ApiKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='api_keys', to=settings.AUTH_USER_MODEL)),
                ('scopes', models.JSONField(default=list)),
                ('source_system', models.CharField(blank=True, max_length=50, verbose_name='source system')),
                ('prefix', models.CharField(max_length=16)),
                ('digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('created_at', models.DateTimeField()),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('last_used_at', models.DateTimeField(blank=True, null=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('revoked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-created_at', '-pk'],
                'permissions': [('manage_integrations', 'Can manage API keys and webhooks')],
            },
        ),
        migrations.CreateModel(
            name='KeptAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('key', models.CharField(max_length=200)),
                ('request_digest', models.CharField(max_length=64)),
                ('code', models.PositiveSmallIntegerField(default=0)),
                ('content', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField(db_index=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(models.F('user'), models.F('key'), name='one_answer_a_key')],
            },
        ),
        migrations.CreateModel(
            name='Bucket',
            fields=[
                ('key', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('tokens', models.FloatField()),
                ('filled_at', models.FloatField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name='FileImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('due', 'Due'), ('done', 'Done'), ('stuck', 'Stuck'), ('cancelled', 'Cancelled')], default='due', editable=False, max_length=9)),
                ('not_before', models.DateTimeField(editable=False)),
                ('lease_until', models.DateTimeField(blank=True, editable=False, null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('last_error', models.TextField(blank=True, editable=False)),
                ('ended_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('kind', models.CharField(choices=[('leads', 'Leads'), ('activities', 'Activities'), ('deals', 'Deals')], max_length=10)),
                ('name', models.CharField(max_length=200)),
                ('digest', models.CharField(max_length=64)),
                ('stored_as', models.CharField(blank=True, max_length=64)),
                ('columns', models.JSONField(default=list)),
                ('fields_by_column', models.JSONField(default=dict)),
                ('fixed', models.JSONField(default=dict)),
                ('known', models.CharField(choices=[('update', 'Update it'), ('blanks', 'Fill in only what is empty'), ('skip', 'Leave it as it is')], default='update', max_length=6)),
                ('row_count', models.PositiveIntegerField()),
                ('done_rows', models.PositiveIntegerField(default=0)),
                ('created', models.PositiveIntegerField(default=0)),
                ('updated', models.PositiveIntegerField(default=0)),
                ('unchanged', models.PositiveIntegerField(default=0)),
                ('refused', models.PositiveIntegerField(default=0)),
                ('uploaded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('uploaded_at', models.DateTimeField()),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('began_at', models.DateTimeField(blank=True, null=True)),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['-uploaded_at', '-id'], name='import_latest')],
                'constraints': [models.UniqueConstraint(models.F('digest'), models.F('kind'), condition=models.Q(('state__in', ['due', 'done']), ('undone_at__isnull', True)), name='one_import_of_a_file')],
            },
        ),
        migrations.CreateModel(
            name='RefusedRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file_import', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='refused_rows', to='capture.fileimport')),
                ('line', models.PositiveIntegerField()),
                ('column', models.CharField(blank=True, max_length=1000)),
                ('reason', models.TextField()),
                ('cells', models.JSONField()),
            ],
            options={
                'ordering': ['line', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='HostedForm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('slug', models.SlugField(max_length=60, unique=True, verbose_name='address')),
                ('key', models.CharField(editable=False, max_length=32)),
                ('heading', models.CharField(max_length=200, verbose_name='heading')),
                ('introduction', models.TextField(blank=True, max_length=1000, verbose_name='introduction')),
                ('button', models.CharField(max_length=60, verbose_name='button')),
                ('kind', models.CharField(choices=[('form_submitted', 'Form submitted'), ('demo_requested', 'Demo requested'), ('pricing_requested', 'Pricing requested'), ('content_downloaded', 'Content downloaded'), ('webinar_registered', 'Webinar registered'), ('trial_started', 'Trial started')], default='form_submitted', max_length=30, verbose_name='what it records')),
                ('source', models.CharField(blank=True, max_length=100, verbose_name='source')),
                ('campaign', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='leads.campaign', verbose_name='campaign')),
                ('consent_text', models.TextField(blank=True, max_length=1000, verbose_name='consent')),
                ('consent_version', models.PositiveIntegerField(default=0, editable=False)),
                ('is_consent_required', models.BooleanField(verbose_name='cannot be sent without it')),
                ('is_double_opt_in', models.BooleanField(verbose_name='the address is confirmed by a mail')),
                ('thanks', models.TextField(blank=True, max_length=1000, verbose_name='thank-you text')),
                ('redirect_url', models.CharField(blank=True, max_length=500, verbose_name='or go on to')),
                ('sites', models.JSONField(blank=True, default=list, verbose_name='web sites')),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField()),
                ('published_at', models.DateTimeField(blank=True, null=True)),
                ('archived_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['name', 'pk'],
                'permissions': [('manage_forms', 'Can build forms and see what they bring')],
            },
        ),
        migrations.CreateModel(
            name='FormField',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('form', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='fields', to='capture.hostedform')),
                ('name', models.CharField(max_length=60)),
                ('label', models.CharField(max_length=150, verbose_name='question')),
                ('help_text', models.CharField(blank=True, max_length=300, verbose_name='help')),
                ('control', models.CharField(choices=[('line', 'One line'), ('text', 'Several lines'), ('choice', 'One of these choices'), ('check', 'A tick')], default='line', max_length=6, verbose_name='filled in by')),
                ('choices', models.JSONField(blank=True, default=list, verbose_name='choices')),
                ('is_required', models.BooleanField(default=False, verbose_name='must be filled in')),
                ('position', models.PositiveSmallIntegerField()),
            ],
            options={
                'ordering': ['position', 'pk'],
                'constraints': [models.UniqueConstraint(models.F('form'), models.F('name'), name='one_field_a_name')],
            },
        ),
        migrations.CreateModel(
            name='Submission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('form', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='submissions', to='capture.hostedform')),
                ('once_key', models.CharField(editable=False, max_length=64, unique=True)),
                ('received_at', models.DateTimeField()),
                ('box', models.CharField(choices=[('counted', 'Counted'), ('waiting', 'Not confirmed'), ('spam', 'Spam')], max_length=7)),
                ('spam_reasons', models.JSONField(blank=True, default=list)),
                ('values', models.JSONField(default=dict)),
                ('properties', models.JSONField(blank=True, default=dict)),
                ('consent_text', models.TextField(blank=True)),
                ('consent_version', models.PositiveIntegerField(blank=True, null=True)),
                ('visitor_key', models.CharField(blank=True, max_length=40)),
                ('lead', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='submissions', to='leads.lead')),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('released_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('released_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['-received_at', '-pk'],
                'indexes': [models.Index(models.F('form'), models.F('box'), models.OrderBy(models.F('received_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='form_box'), models.Index(fields=['received_at'], name='submission_received')],
                'constraints': [models.CheckConstraint(condition=models.Q(('box__in', ['counted', 'waiting', 'spam'])), name='submission_box_is_known')],
            },
        ),
        migrations.CreateModel(
            name='ConfirmationMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('due', 'Due'), ('done', 'Done'), ('stuck', 'Stuck'), ('cancelled', 'Cancelled')], default='due', editable=False, max_length=9)),
                ('not_before', models.DateTimeField(editable=False)),
                ('lease_until', models.DateTimeField(blank=True, editable=False, null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('last_error', models.TextField(blank=True, editable=False)),
                ('ended_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('submission', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='confirmation', to='capture.submission')),
                ('handed_over_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'not_before'], name='confirmation_owed')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['due', 'done', 'stuck', 'cancelled'])), name='confirmation_state_is_known')],
            },
        ),
        migrations.CreateModel(
            name='ImportedRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file_import', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='made', to='capture.fileimport')),
                ('what', models.CharField(choices=[('account', 'Accounts'), ('activity', 'Activities'), ('lead', 'Leads')], max_length=8)),
                ('record_id', models.BigIntegerField()),
                ('fingerprint', models.CharField(blank=True, max_length=16)),
                ('kept_why', models.CharField(blank=True, choices=[('changed', 'changed since'), ('active', 'has activities'), ('moved', 'moved by a person, or owned'), ('work', 'worked on: a hand-off, a task, a deal or the like'), ('people', 'has other people'), ('gone', 'not there any more: merged or removed')], max_length=7)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('kept_why', '')), fields=['file_import', '-what', 'record_id'], name='import_not_undone')],
                'constraints': [models.UniqueConstraint(models.F('file_import'), models.F('what'), models.F('record_id'), name='one_trace_a_record')],
            },
        ),
        migrations.CreateModel(
            name='ImportUndo',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('due', 'Due'), ('done', 'Done'), ('stuck', 'Stuck'), ('cancelled', 'Cancelled')], default='due', editable=False, max_length=9)),
                ('not_before', models.DateTimeField(editable=False)),
                ('lease_until', models.DateTimeField(blank=True, editable=False, null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('last_error', models.TextField(blank=True, editable=False)),
                ('ended_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('file_import', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='undo', to='capture.fileimport')),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_at', models.DateTimeField()),
                ('removed', models.PositiveIntegerField(default=0)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='WebhookSource',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('slug', models.CharField(editable=False, max_length=32, unique=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='webhook_sources', to=settings.AUTH_USER_MODEL)),
                ('source_system', models.CharField(blank=True, max_length=50, verbose_name='source system')),
                ('is_on', models.BooleanField(default=True, verbose_name='on')),
                ('seed', models.CharField(editable=False, max_length=64)),
                ('former_seed', models.CharField(blank=True, editable=False, max_length=64)),
                ('former_until', models.DateTimeField(blank=True, editable=False, null=True)),
                ('created_at', models.DateTimeField()),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='ReceivedWebhook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='received_webhooks', to='capture.webhooksource')),
                ('webhook_id', models.CharField(max_length=100)),
                ('body_digest', models.CharField(max_length=64)),
                ('received_at', models.DateTimeField(db_index=True)),
                ('taken', models.PositiveIntegerField(default=0)),
                ('refused', models.PositiveIntegerField(default=0)),
                ('answer', models.JSONField(default=dict)),
            ],
            options={
                'ordering': ['-pk'],
                'indexes': [models.Index(fields=['source', '-id'], name='received_log')],
                'constraints': [models.UniqueConstraint(models.F('source'), models.F('webhook_id'), name='a_message_is_taken_once')],
            },
        ),
        migrations.CreateModel(
            name='RefusedRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('received', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='refused_records', to='capture.receivedwebhook')),
                ('part', models.CharField(max_length=10)),
                ('place', models.PositiveIntegerField()),
                ('field', models.CharField(blank=True, max_length=200)),
                ('reason', models.TextField()),
                ('record', models.TextField()),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Visitor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=40, unique=True)),
                ('lead', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='visitors', to='leads.lead')),
                ('first_seen_at', models.DateTimeField()),
                ('last_seen_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['last_seen_at'], name='visitor_seen')],
            },
        ),
        migrations.CreateModel(
            name='Visit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('visitor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='visits', to='capture.visitor')),
                ('view_key', models.CharField(max_length=40)),
                ('occurred_at', models.DateTimeField()),
                ('url', models.CharField(max_length=2000, verbose_name='address')),
                ('title', models.CharField(blank=True, max_length=500, verbose_name='title')),
                ('properties', models.JSONField(blank=True, default=dict)),
            ],
            options={
                'ordering': ['occurred_at', 'pk'],
                'constraints': [models.UniqueConstraint(models.F('visitor'), models.F('view_key'), name='one_visit_a_view')],
            },
        ),
    ]
