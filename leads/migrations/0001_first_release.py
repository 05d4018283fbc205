import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
import leads.models.user
import leads.models.webhook
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('leads', '0001_initial'), ('leads', '0002_add_machine_reason_and_indexes'), ('leads', '0003_validate_time_zone'), ('leads', '0004_remove_team_decide_within_hours'), ('leads', '0005_add_notifications'), ('leads', '0006_identity_and_privacy'), ('leads', '0007_derive_duplicate_keys'), ('leads', '0008_mark_undone_moves'), ('leads', '0009_add_typed_fields'), ('leads', '0010_add_wording_of_news'), ('leads', '0011_add_webhooks'), ('leads', '0012_add_saved_views'), ('leads', '0013_add_programmes'), ('leads', '0014_say_who_came_by_a_form')]

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='e-mail address')),
                ('name', models.CharField(blank=True, max_length=150, verbose_name='name')),
                ('time_zone', models.CharField(blank=True, help_text="IANA name such as Europe/Berlin; empty is the workspace's zone.", max_length=64, validators=[leads.models.user.validate_time_zone], verbose_name='time zone')),
                ('is_staff', models.BooleanField(default=False, verbose_name='may open the administration')),
                ('is_active', models.BooleanField(default=True, verbose_name='may sign in')),
                ('joined_at', models.DateTimeField(auto_now_add=True, verbose_name='joined')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'ordering': ['name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Account',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('name_key', models.CharField(editable=False, max_length=200)),
                ('domain', models.CharField(blank=True, max_length=253, verbose_name='domain')),
                ('industry', models.CharField(blank=True, max_length=100, verbose_name='industry')),
                ('employees', models.PositiveIntegerField(blank=True, null=True, verbose_name='employees')),
                ('country', models.CharField(blank=True, max_length=100, verbose_name='country')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['name', 'pk'],
                'indexes': [models.Index(fields=['name_key'], name='account_name_key')],
                'constraints': [models.UniqueConstraint(models.F('domain'), condition=models.Q(('domain', ''), _negated=True), name='one_account_a_domain'), models.UniqueConstraint(models.F('name_key'), condition=models.Q(('domain', '')), name='one_account_a_name_without_domain')],
            },
        ),
        migrations.CreateModel(
            name='Campaign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('name_key', models.CharField(editable=False, max_length=200, unique=True)),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Tag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=50, unique=True, verbose_name='name')),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Lead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('external_id', models.CharField(blank=True, max_length=200, verbose_name='external id')),
                ('source_system', models.CharField(blank=True, max_length=50, verbose_name='source system')),
                ('email', models.CharField(blank=True, max_length=254, verbose_name='e-mail')),
                ('email_key', models.CharField(blank=True, editable=False, max_length=254)),
                ('first_name', models.CharField(blank=True, max_length=100, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, max_length=100, verbose_name='last name')),
                ('phone', models.CharField(blank=True, max_length=50, verbose_name='phone')),
                ('title', models.CharField(blank=True, max_length=200, verbose_name='job title')),
                ('account', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='leads', to='leads.account')),
                ('country', models.CharField(blank=True, max_length=100, verbose_name='country')),
                ('source', models.CharField(blank=True, help_text='Where the lead came from, in lower case: “organic search”.', max_length=100, verbose_name='source')),
                ('campaign', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='leads', to='leads.campaign')),
                ('custom', models.JSONField(blank=True, default=dict, verbose_name='custom fields')),
                ('typed_fields', models.JSONField(blank=True, default=list, editable=False)),
                ('search_text', models.TextField(blank=True, editable=False)),
                ('phone_key', models.CharField(blank=True, editable=False, max_length=9)),
                ('mailbox_key', models.CharField(blank=True, editable=False, max_length=254)),
                ('person_key', models.CharField(blank=True, editable=False, max_length=201)),
                ('do_not_mail_since', models.DateTimeField(blank=True, editable=False, null=True)),
                ('do_not_mail_why', models.CharField(blank=True, editable=False, max_length=200)),
                ('do_not_call_since', models.DateTimeField(blank=True, editable=False, null=True)),
                ('do_not_call_why', models.CharField(blank=True, editable=False, max_length=200)),
                ('erased_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='created')),
                ('tags', models.ManyToManyField(blank=True, related_name='leads', to='leads.tag')),
            ],
            options={
                'ordering': ['-created_at', '-pk'],
                'permissions': [('view_all_leads', 'Can see every lead'), ('move_lead', 'Can move a lead on the nurture board'), ('import_leads', 'Can import leads, activities and deals'), ('merge_leads', 'Can merge leads and accounts'), ('export_lead', 'Can download everything that is held about a lead'), ('erase_lead', 'Can erase a lead for good'), ('view_reports', 'Can read the reports')],
                'indexes': [models.Index(fields=['-created_at', '-id'], name='lead_newest'), models.Index(fields=['source'], name='lead_source'), models.Index(condition=models.Q(('phone_key', ''), _negated=True), fields=['phone_key'], name='lead_phone'), models.Index(condition=models.Q(('mailbox_key', ''), _negated=True), fields=['mailbox_key'], name='lead_mailbox'), models.Index(condition=models.Q(('person_key', ''), _negated=True), fields=['person_key', 'account'], name='lead_person')],
                'constraints': [models.UniqueConstraint(models.F('source_system'), models.F('external_id'), condition=models.Q(('external_id', ''), _negated=True), name='one_lead_an_external_id'), models.UniqueConstraint(models.F('email_key'), condition=models.Q(('email_key', ''), _negated=True), name='one_lead_an_email')],
            },
        ),
        migrations.CreateModel(
            name='Activity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lead', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='activities', to='leads.lead')),
                ('kind', models.CharField(choices=[('page_view', 'Page view'), ('form_submitted', 'Form submitted'), ('content_downloaded', 'Content downloaded'), ('webinar_registered', 'Webinar registered'), ('webinar_attended', 'Webinar attended'), ('event_visited', 'Event visited'), ('email_sent', 'E-mail sent'), ('email_opened', 'E-mail opened'), ('email_clicked', 'E-mail clicked'), ('email_replied', 'E-mail replied'), ('email_bounced', 'E-mail bounced'), ('unsubscribed', 'Unsubscribed'), ('demo_requested', 'Demo requested'), ('pricing_requested', 'Pricing requested'), ('trial_started', 'Trial started'), ('chat', 'Chat'), ('social', 'Social interaction'), ('call', 'Call'), ('meeting', 'Meeting'), ('note', 'Note')], max_length=30, verbose_name='kind')),
                ('occurred_at', models.DateTimeField(verbose_name='occurred')),
                ('recorded_at', models.DateTimeField(auto_now_add=True, verbose_name='recorded')),
                ('source_system', models.CharField(blank=True, max_length=50)),
                ('external_id', models.CharField(max_length=200)),
                ('url', models.CharField(blank=True, max_length=2000, verbose_name='address')),
                ('url_key', models.CharField(blank=True, editable=False, max_length=2000)),
                ('subject', models.CharField(blank=True, max_length=500, verbose_name='subject')),
                ('subject_key', models.CharField(blank=True, editable=False, max_length=500)),
                ('campaign', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='activities', to='leads.campaign')),
                ('properties', models.JSONField(blank=True, default=dict, verbose_name='properties')),
                ('actor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('is_machine', models.BooleanField(default=False, verbose_name='made by a machine')),
                ('machine_reason', models.CharField(blank=True, choices=[('scanner', 'Mail scanner: it followed every link within seconds'), ('prefetch', 'Opened within two seconds of sending'), ('agent', 'A known robot'), ('head', 'Asked whether the page exists, and did not read it'), ('ours', 'From our own domain or network'), ('sender', 'Marked by the system that sent it'), ('person', 'Marked by a person')], max_length=8, verbose_name='why a machine')),
                ('judged_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('judged_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name_plural': 'activities',
                'ordering': ['-occurred_at', '-pk'],
                'indexes': [models.Index(fields=['lead', 'occurred_at'], name='activity_lead_time')],
                'constraints': [models.UniqueConstraint(models.F('source_system'), models.F('external_id'), name='activity_is_recorded_once'), models.CheckConstraint(condition=models.Q(('external_id', ''), _negated=True), name='activity_has_an_external_id')],
            },
        ),
        migrations.CreateModel(
            name='Team',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, unique=True, verbose_name='name')),
                ('is_default', models.BooleanField(verbose_name='takes leads that no routing rule names')),
            ],
            options={
                'ordering': ['name'],
                'constraints': [models.UniqueConstraint(models.F('is_default'), condition=models.Q(('is_default', True)), name='one_default_team')],
            },
        ),
        migrations.CreateModel(
            name='Rep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='rep', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reps', to='leads.team')),
                ('weight', models.PositiveIntegerField(default=1, help_text='A rep of weight 2 gets twice as many leads as one of weight 1.', validators=[django.core.validators.MinValueValidator(1)], verbose_name='weight')),
                ('capacity', models.PositiveIntegerField(default=25, help_text='How many undecided hand-offs the rep may hold.', verbose_name='capacity')),
                ('is_available', models.BooleanField(default=True, verbose_name='takes new leads')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('weight__gte', 1)), name='rep_weight_is_1_up')],
            },
        ),
        migrations.CreateModel(
            name='ExternalId',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lead', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='further_ids', to='leads.lead')),
                ('source_system', models.CharField(blank=True, max_length=50, verbose_name='source system')),
                ('external_id', models.CharField(max_length=200, verbose_name='external id')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(models.F('source_system'), models.F('external_id'), name='one_lead_a_further_id'), models.CheckConstraint(condition=models.Q(('external_id', ''), _negated=True), name='a_further_id_is_not_empty')],
            },
        ),
        migrations.CreateModel(
            name='Merge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('survivor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='merges', to='leads.lead')),
                ('merged_id', models.BigIntegerField(unique=True)),
                ('merged_at', models.DateTimeField()),
                ('merged_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('chosen', models.JSONField(default=dict)),
                ('lost', models.JSONField(default=dict)),
            ],
            options={
                'ordering': ['-merged_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Distinct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='distinct_from_higher', to='leads.lead')),
                ('second', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='distinct_from_lower', to='leads.lead')),
                ('said_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('said_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(models.F('first'), models.F('second'), name='two_are_distinct_once'), models.CheckConstraint(condition=models.Q(('first__lt', models.F('second'))), name='the_lower_of_two_is_first')],
            },
        ),
        migrations.CreateModel(
            name='Notification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notifications', to=settings.AUTH_USER_MODEL)),
                ('kind', models.CharField(choices=[('lead_assigned', 'A lead became yours'), ('due_soon', 'A decision or follow-up is due soon'), ('past_due', 'A decision or follow-up is past due'), ('handoff_moved', 'A hand-off expired or went to somebody else'), ('unroutable', 'A lead found no rep'), ('capacity_full', 'A team has no free capacity'), ('question_asked', 'Sales asks marketing about a lead'), ('question_answered', 'Marketing answered your question'), ('rejection_answered', 'Marketing answered your rejection'), ('task_due', 'A task is due'), ('import_finished', 'An import has finished'), ('export_ready', 'An export is ready'), ('webhook_off', 'A webhook was switched off'), ('programme', 'A programme tells you of a lead'), ('model_activated', 'Another scoring model decides')], max_length=20, verbose_name='kind')),
                ('event', models.CharField(max_length=200)),
                ('about', models.PositiveBigIntegerField(blank=True, null=True)),
                ('wording', models.CharField(blank=True, max_length=20)),
                ('title', models.CharField(blank=True, max_length=300, verbose_name='title')),
                ('lines', models.JSONField(blank=True, default=list)),
                ('path', models.CharField(blank=True, max_length=500)),
                ('lead', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='notifications', to='leads.lead')),
                ('made_at', models.DateTimeField()),
                ('read_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['-made_at', '-pk'],
                'indexes': [models.Index(fields=['person', '-made_at', '-id'], name='notification_list'), models.Index(condition=models.Q(('read_at__isnull', True)), fields=['person'], name='notification_unread')],
                'constraints': [models.UniqueConstraint(models.F('person'), models.F('event'), name='a_person_is_told_once_of_an_event')],
            },
        ),
        migrations.CreateModel(
            name='NotificationDelivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('due', 'Due'), ('done', 'Done'), ('stuck', 'Stuck'), ('cancelled', 'Cancelled')], default='due', editable=False, max_length=9)),
                ('not_before', models.DateTimeField(editable=False)),
                ('lease_until', models.DateTimeField(blank=True, editable=False, null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('last_error', models.TextField(blank=True, editable=False)),
                ('ended_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('notification', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='leads.notification')),
                ('channel', models.CharField(choices=[('mail', 'Mail'), ('webhook', 'Chat')], max_length=7)),
                ('is_digest', models.BooleanField(default=False)),
            ],
            options={
                'verbose_name_plural': 'notification deliveries',
                'ordering': ['pk'],
                'indexes': [models.Index(fields=['state', 'not_before'], name='delivery_owed')],
                'constraints': [models.UniqueConstraint(models.F('notification'), models.F('channel'), name='news_goes_once_on_each_way'), models.CheckConstraint(condition=models.Q(('state__in', ['due', 'done', 'stuck', 'cancelled'])), name='delivery_state_is_known')],
            },
        ),
        migrations.CreateModel(
            name='NotificationPreference',
            fields=[
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='notification_preference', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('quiet_from', models.TimeField(blank=True, null=True, verbose_name='quiet from')),
                ('quiet_until', models.TimeField(blank=True, null=True, verbose_name='quiet until')),
                ('digest_hour', models.PositiveSmallIntegerField(default=8, validators=[django.core.validators.MaxValueValidator(23)], verbose_name='hour of the daily mail')),
                ('chat_url', models.CharField(blank=True, max_length=2000, verbose_name='address of the chat')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('quiet_from__isnull', True), ('quiet_until__isnull', True)), models.Q(('quiet_from__isnull', False), ('quiet_until__isnull', False)), _connector='OR'), name='quiet_hours_have_both_ends')],
            },
        ),
        migrations.CreateModel(
            name='NotificationChoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('kind', models.CharField(choices=[('lead_assigned', 'A lead became yours'), ('due_soon', 'A decision or follow-up is due soon'), ('past_due', 'A decision or follow-up is past due'), ('handoff_moved', 'A hand-off expired or went to somebody else'), ('unroutable', 'A lead found no rep'), ('capacity_full', 'A team has no free capacity'), ('question_asked', 'Sales asks marketing about a lead'), ('question_answered', 'Marketing answered your question'), ('rejection_answered', 'Marketing answered your rejection'), ('task_due', 'A task is due'), ('import_finished', 'An import has finished'), ('export_ready', 'An export is ready'), ('webhook_off', 'A webhook was switched off'), ('programme', 'A programme tells you of a lead'), ('model_activated', 'Another scoring model decides')], max_length=20)),
                ('mail', models.CharField(choices=[('off', 'No mail'), ('at_once', 'At once'), ('hourly', 'Every hour, together'), ('daily', 'Once a day, together')], max_length=7, verbose_name='mail')),
                ('is_chatted', models.BooleanField(default=False, verbose_name='chat')),
            ],
            options={
                'constraints': [models.UniqueConstraint(models.F('person'), models.F('kind'), name='one_choice_a_kind')],
            },
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lead', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='leads.lead')),
                ('purpose', models.CharField(choices=[('mail', 'E-mail'), ('call', 'Phone calls'), ('data', 'Keeping the particulars')], max_length=4, verbose_name='purpose')),
                ('is_given', models.BooleanField(verbose_name='given')),
                ('text', models.TextField(blank=True, verbose_name='wording')),
                ('version', models.CharField(blank=True, max_length=50, verbose_name='version')),
                ('how', models.CharField(choices=[('form', 'Form'), ('confirmed', 'Confirmed by mail'), ('unsubscribed', 'Unsubscribed'), ('import', 'Import'), ('api', 'API'), ('person', 'Noted by a person')], max_length=12, verbose_name='how')),
                ('source', models.CharField(blank=True, max_length=500, verbose_name='where')),
                ('at', models.DateTimeField(verbose_name='when')),
                ('recorded_at', models.DateTimeField(auto_now_add=True)),
                ('actor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-at', '-pk'],
                'indexes': [models.Index(fields=['lead', 'at'], name='consent_lead')],
                'constraints': [models.CheckConstraint(condition=models.Q(('how__in', ['form', 'confirmed', 'unsubscribed', 'import', 'api', 'person']), ('purpose__in', ['mail', 'call', 'data'])), name='consent_words_are_known')],
            },
        ),
        migrations.CreateModel(
            name='Forgotten',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key_hash', models.CharField(max_length=64, unique=True)),
                ('forgotten_at', models.DateTimeField()),
            ],
            options={
                'verbose_name_plural': 'forgotten',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Erasure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lead', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='erasure', to='leads.lead')),
                ('erased_at', models.DateTimeField()),
                ('erased_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reached', models.JSONField(default=dict)),
            ],
            options={
                'ordering': ['-erased_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_views', to=settings.AUTH_USER_MODEL)),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('query', models.CharField(max_length=4000)),
                ('is_shared', models.BooleanField(default=False, help_text='Everybody finds it in their list; only you can change it.', verbose_name='share it')),
            ],
            options={
                'ordering': ['name', 'pk'],
                'constraints': [models.UniqueConstraint(models.F('person'), models.F('name'), name='one_saved_view_a_name_and_person'), models.CheckConstraint(condition=models.Q(('query', ''), _negated=True), name='a_saved_view_filters')],
            },
        ),
        migrations.CreateModel(
            name='Standing',
            fields=[
                ('lead', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='standing', serialize=False, to='leads.lead')),
                ('stage', models.CharField(choices=[('new', 'New'), ('iql', 'IQL'), ('mql', 'MQL'), ('sql', 'SQL'), ('accepted', 'Accepted'), ('opportunity', 'Opportunity'), ('customer', 'Customer'), ('recycled', 'Recycled'), ('disqualified', 'Disqualified'), ('lost', 'Lost')], max_length=12, verbose_name='stage')),
                ('stage_since', models.DateTimeField(verbose_name='in stage since')),
                ('stage_cause', models.CharField(choices=[('score', 'Gate reached'), ('fast_track', 'Fast track'), ('decay', 'Went quiet'), ('disqualifying', 'Disqualifying rule'), ('person', 'Moved by a person'), ('decision', 'Sales decision'), ('deal', 'Deal'), ('return', 'Recycling ended'), ('import', 'Imported'), ('form', 'Came by a form'), ('merge', 'Merged with another'), ('erasure', 'Erased'), ('undo', 'Taken back')], max_length=13)),
                ('cycle', models.PositiveIntegerField(default=1, verbose_name='qualification cycle')),
                ('owner', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='leads.team')),
                ('held_since', models.DateTimeField(blank=True, null=True, verbose_name='held since')),
                ('held_until', models.DateTimeField(blank=True, null=True, verbose_name='held until')),
                ('returns_at', models.DateTimeField(blank=True, null=True, verbose_name='recycling ends')),
                ('s_never', models.FloatField(default=0.0)),
                ('s_fast', models.FloatField(default=0.0)),
                ('s_medium', models.FloatField(default=0.0)),
                ('s_slow', models.FloatField(default=0.0)),
                ('ceiling', models.FloatField(default=0.0)),
                ('fit', models.FloatField(default=0.0, verbose_name='fit')),
                ('grade', models.PositiveSmallIntegerField(default=0, verbose_name='grade')),
                ('is_fast_tracked', models.BooleanField(default=False)),
                ('is_disqualified_by_rule', models.BooleanField(default=False)),
                ('falls_at', models.DateTimeField(blank=True, null=True)),
                ('scored_at', models.DateTimeField(blank=True, null=True)),
                ('model_version', models.PositiveIntegerField(blank=True, null=True)),
                ('stale_seq', models.PositiveBigIntegerField(default=1)),
                ('scored_seq', models.PositiveBigIntegerField(default=0)),
            ],
            options={
                'indexes': [models.Index(fields=['stage', '-ceiling', 'lead'], name='standing_lane'), models.Index(fields=['owner', 'stage'], name='standing_owner'), models.Index(fields=['team', 'stage'], name='standing_team'), models.Index(condition=models.Q(('stale_seq', models.F('scored_seq')), _negated=True), fields=['lead'], name='standing_stale'), models.Index(condition=models.Q(('falls_at__isnull', False)), fields=['falls_at'], name='standing_falls'), models.Index(fields=['model_version', 'lead'], name='standing_version'), models.Index(condition=models.Q(('held_until__isnull', False)), fields=['held_until'], name='standing_holds'), models.Index(condition=models.Q(('returns_at__isnull', False)), fields=['returns_at'], name='standing_returns')],
                'constraints': [models.CheckConstraint(condition=models.Q(('stage__in', ['new', 'iql', 'mql', 'sql', 'accepted', 'opportunity', 'customer', 'recycled', 'disqualified', 'lost'])), name='standing_stage_is_known')],
            },
        ),
        migrations.CreateModel(
            name='StageChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lead', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stage_changes', to='leads.lead')),
                ('from_stage', models.CharField(blank=True, choices=[('new', 'New'), ('iql', 'IQL'), ('mql', 'MQL'), ('sql', 'SQL'), ('accepted', 'Accepted'), ('opportunity', 'Opportunity'), ('customer', 'Customer'), ('recycled', 'Recycled'), ('disqualified', 'Disqualified'), ('lost', 'Lost')], max_length=12)),
                ('to_stage', models.CharField(choices=[('new', 'New'), ('iql', 'IQL'), ('mql', 'MQL'), ('sql', 'SQL'), ('accepted', 'Accepted'), ('opportunity', 'Opportunity'), ('customer', 'Customer'), ('recycled', 'Recycled'), ('disqualified', 'Disqualified'), ('lost', 'Lost')], max_length=12)),
                ('at', models.DateTimeField()),
                ('cause', models.CharField(choices=[('score', 'Gate reached'), ('fast_track', 'Fast track'), ('decay', 'Went quiet'), ('disqualifying', 'Disqualifying rule'), ('person', 'Moved by a person'), ('decision', 'Sales decision'), ('deal', 'Deal'), ('return', 'Recycling ended'), ('import', 'Imported'), ('form', 'Came by a form'), ('merge', 'Merged with another'), ('erasure', 'Erased'), ('undo', 'Taken back')], max_length=13)),
                ('actor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('engagement', models.FloatField(null=True)),
                ('fit', models.FloatField(null=True)),
                ('grade', models.PositiveSmallIntegerField(null=True)),
                ('model_version', models.PositiveIntegerField(null=True)),
                ('cycle', models.PositiveIntegerField()),
                ('is_inferred', models.BooleanField(default=False)),
                ('is_imported', models.BooleanField(default=False)),
                ('is_undone', models.BooleanField(default=False)),
            ],
            options={
                'ordering': ['at', 'pk'],
                'indexes': [models.Index(fields=['lead', 'at'], name='stage_change_lead'), models.Index(fields=['to_stage', 'at', 'lead'], name='stage_change_entries')],
            },
        ),
        migrations.CreateModel(
            name='WebhookEndpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('url', models.CharField(max_length=2000, verbose_name='address')),
                ('description', models.CharField(blank=True, max_length=200, verbose_name='description')),
                ('kinds', models.JSONField(default=list)),
                ('is_on', models.BooleanField(default=True, verbose_name='on')),
                ('seed', models.CharField(editable=False, max_length=64)),
                ('former_seed', models.CharField(blank=True, editable=False, max_length=64)),
                ('former_until', models.DateTimeField(blank=True, editable=False, null=True)),
                ('created_at', models.DateTimeField()),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('removed_at', models.DateTimeField(blank=True, null=True)),
                ('failures', models.PositiveIntegerField(default=0, editable=False)),
                ('failing_since', models.DateTimeField(blank=True, editable=False, null=True)),
                ('rests_until', models.DateTimeField(blank=True, editable=False, null=True)),
                ('off_why', models.TextField(blank=True, editable=False)),
                ('off_at', models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='WebhookDelivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('due', 'Due'), ('done', 'Done'), ('stuck', 'Stuck'), ('cancelled', 'Cancelled')], default='due', editable=False, max_length=9)),
                ('not_before', models.DateTimeField(editable=False)),
                ('lease_until', models.DateTimeField(blank=True, editable=False, null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('last_error', models.TextField(blank=True, editable=False)),
                ('ended_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('endpoint', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='leads.webhookendpoint')),
                ('kind', models.CharField(choices=[('lead.created', 'A lead is new'), ('lead.stage_changed', 'A lead changed its stage'), ('handoff.offered', 'A hand-off was offered to sales'), ('handoff.accepted', 'A hand-off was accepted'), ('handoff.rejected', 'A hand-off was rejected'), ('handoff.expired', 'A hand-off expired'), ('handoff.withdrawn', 'A hand-off was withdrawn'), ('handoff.reopened', 'A decision was taken back'), ('deal.won', 'A deal was won'), ('deal.lost', 'A deal was lost'), ('deal.reopened', 'A deal was reopened'), ('test', 'A test')], max_length=20)),
                ('lead', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='webhook_deliveries', to='leads.lead')),
                ('message_id', models.CharField(default=leads.models.webhook.new_message_id, max_length=40, unique=True)),
                ('body', models.TextField()),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('answer_code', models.PositiveSmallIntegerField(blank=True, null=True)),
            ],
            options={
                'verbose_name_plural': 'webhook deliveries',
                'ordering': ['-pk'],
                'indexes': [models.Index(condition=models.Q(('state', 'due')), fields=['endpoint', 'not_before', 'id'], name='webhook_delivery_owed'), models.Index(fields=['endpoint', '-id'], name='webhook_delivery_log'), models.Index(fields=['made_at'], name='webhook_delivery_made')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['due', 'done', 'stuck', 'cancelled'])), name='webhook_delivery_state_is_known')],
            },
        ),
    ]
