import django.db.models.deletion
import floreo.meetings.logic
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('organisations', '0001_initial'),
        ('strategy', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='AgendaItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('changed_at', models.DateTimeField(auto_now=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('translations', models.JSONField(blank=True, default=dict, verbose_name='Translations')),
                ('code', models.CharField(max_length=40)),
                ('position', models.PositiveIntegerField(default=0)),
                ('title', models.CharField(max_length=300, verbose_name='Title')),
                ('text', models.TextField(blank=True, verbose_name='Text')),
                ('thing', models.CharField(blank=True, db_index=True, max_length=120)),
                ('kind', models.CharField(choices=[('late', 'Late or at risk'), ('decision', 'To decide'), ('follow_up', 'Follow-up'), ('other', 'Other')], default=floreo.meetings.logic.ItemKind['OTHER'], max_length=10, verbose_name='Kind')),
                ('minutes', models.TextField(blank=True)),
                ('minutes_internal', models.TextField(blank=True)),
            ],
            options={
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Committee',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('changed_at', models.DateTimeField(auto_now=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('translations', models.JSONField(blank=True, default=dict, verbose_name='Translations')),
                ('source', models.CharField(blank=True, help_text='Document and page, or publisher.', max_length=500, verbose_name='Source')),
                ('source_url', models.URLField(blank=True, max_length=500, verbose_name='Address of the source')),
                ('confirmed', models.BooleanField(default=False, help_text='Somebody has checked it against its source.', verbose_name='Checked against source')),
                ('doubt', models.CharField(blank=True, max_length=500, verbose_name='Why not checked')),
                ('code', models.SlugField(help_text='Part of its address, for example steering-committee. It cannot change.', max_length=60, unique=True, verbose_name='Code')),
                ('name', models.CharField(max_length=200, verbose_name='Name')),
                ('purpose', models.TextField(blank=True, verbose_name='Purpose')),
                ('is_public', models.BooleanField(default=False, help_text='The public sees the member organisations and the public decisions.', verbose_name='Public')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='Dissolved on')),
                ('edition', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='committees', to='strategy.edition', verbose_name='Oversees')),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='committees', to='organisations.organisation', verbose_name='Organisation in the register')),
            ],
            options={
                'ordering': ['name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Meeting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('changed_at', models.DateTimeField(auto_now=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('translations', models.JSONField(blank=True, default=dict, verbose_name='Translations')),
                ('code', models.SlugField(max_length=40)),
                ('number', models.PositiveIntegerField()),
                ('on', models.DateField()),
                ('starts_at', models.TimeField(blank=True, null=True)),
                ('ends_at', models.TimeField(blank=True, null=True)),
                ('place', models.CharField(blank=True, max_length=200, verbose_name='Place')),
                ('online_url', models.URLField(blank=True, help_text='Only members receive it.', max_length=500, verbose_name='Address to join remotely')),
                ('state', models.CharField(choices=[('planned', 'Planned'), ('held', 'Held'), ('cancelled', 'Cancelled')], default=floreo.meetings.logic.MeetingState['PLANNED'], max_length=10)),
                ('cancelled_reason', models.CharField(blank=True, max_length=500)),
                ('opening', models.TextField(blank=True, help_text='Opening text of the agenda and the minutes.', verbose_name='Introduction')),
                ('agenda_sent_on', models.DateField(blank=True, null=True)),
                ('invitation', models.PositiveIntegerField(default=0)),
                ('minutes_state', models.CharField(choices=[('draft', 'Draft'), ('circulated', 'Circulated'), ('approved', 'Approved')], default=floreo.meetings.logic.MinutesState['DRAFT'], editable=False, max_length=10)),
                ('circulated_on', models.DateField(blank=True, null=True)),
                ('approved_on', models.DateField(blank=True, null=True)),
                ('approved_by', models.CharField(blank=True, max_length=200)),
                ('approved_in', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='approves', to='meetings.meeting')),
                ('committee', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='meetings', to='meetings.committee')),
            ],
            options={
                'ordering': ['-on', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('changed_at', models.DateTimeField(auto_now=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('translations', models.JSONField(blank=True, default=dict, verbose_name='Translations')),
                ('number', models.CharField(max_length=20, unique=True)),
                ('title', models.CharField(max_length=300, verbose_name='Decision, in a few words')),
                ('text', models.TextField(blank=True, verbose_name='Text')),
                ('addressed_to', models.CharField(blank=True, help_text='Only if somebody outside the committee decides, for example: Minister.', max_length=200, verbose_name='Requested from, by post')),
                ('state', models.CharField(choices=[('asked', 'Requested'), ('taken', 'Taken'), ('refused', 'Refused'), ('carried_out', 'Carried out'), ('dropped', 'Discarded')], default=floreo.meetings.logic.DecisionState['TAKEN'], max_length=12)),
                ('about', models.CharField(blank=True, db_index=True, max_length=120)),
                ('became', models.CharField(blank=True, db_index=True, max_length=120)),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='Due date')),
                ('asked_on', models.DateField(blank=True, null=True)),
                ('taken_on', models.DateField(blank=True, null=True)),
                ('done_on', models.DateField(blank=True, null=True)),
                ('answer', models.TextField(blank=True)),
                ('is_public', models.BooleanField(default=False, help_text='The decision and its result are public.', verbose_name='Public')),
                ('committee', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='meetings.committee')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='decisions', to='strategy.edition')),
                ('item', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='decisions', to='meetings.agendaitem')),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='organisations.organisation', verbose_name='Who carries it out')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='decisions', to='organisations.person', verbose_name='Person responsible')),
                ('meeting', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='meetings.meeting')),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('changed_at', models.DateTimeField(auto_now=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('on', models.DateField()),
                ('text', models.TextField()),
                ('reported_by', models.CharField(max_length=200)),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='corrections', to='meetings.meeting')),
            ],
            options={
                'ordering': ['on', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Attendance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('changed_at', models.DateTimeField(auto_now=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('name', models.CharField(blank=True, max_length=200)),
                ('presence', models.CharField(choices=[('present', 'Present'), ('apologies', 'Apologies'), ('absent', 'Absent')], default=floreo.meetings.logic.Presence['PRESENT'], max_length=10)),
                ('substitute', models.CharField(blank=True, max_length=200)),
                ('is_guest', models.BooleanField(default=False)),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='attendances', to='organisations.organisation')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='attendances', to='organisations.person')),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attendances', to='meetings.meeting')),
            ],
            options={
                'ordering': ['is_guest', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='agendaitem',
            name='meeting',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='meetings.meeting'),
        ),
        migrations.CreateModel(
            name='Seat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('changed_at', models.DateTimeField(auto_now=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('source', models.CharField(blank=True, help_text='Document and page, or publisher.', max_length=500, verbose_name='Source')),
                ('source_url', models.URLField(blank=True, max_length=500, verbose_name='Address of the source')),
                ('confirmed', models.BooleanField(default=False, help_text='Somebody has checked it against its source.', verbose_name='Checked against source')),
                ('doubt', models.CharField(blank=True, max_length=500, verbose_name='Why not checked')),
                ('part', models.CharField(choices=[('chair', 'Chair'), ('secretary', 'Secretary'), ('member', 'Member'), ('observer', 'Observer')], default=floreo.meetings.logic.SeatPart['MEMBER'], max_length=10, verbose_name='Part')),
                ('starts_on', models.DateField(blank=True, null=True, verbose_name='Since')),
                ('ends_on', models.DateField(blank=True, help_text='Only if it has ended.', null=True, verbose_name='Until')),
                ('position', models.PositiveIntegerField(default=0)),
                ('committee', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='seats', to='meetings.committee')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='seats', to='organisations.organisation', verbose_name='Organisation')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='seats', to='organisations.person', verbose_name='Holder of the seat')),
            ],
            options={
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.AddIndex(
            model_name='meeting',
            index=models.Index(fields=['state', 'on'], name='meeting_when'),
        ),
        migrations.AddConstraint(
            model_name='meeting',
            constraint=models.UniqueConstraint(fields=('committee', 'code'), name='meeting_code_once'),
        ),
        migrations.AddConstraint(
            model_name='meeting',
            constraint=models.CheckConstraint(condition=models.Q(('starts_at', None), ('ends_at', None), ('starts_at__lt', models.F('ends_at')), _connector='OR'), name='meeting_times_in_order'),
        ),
        migrations.AddConstraint(
            model_name='meeting',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('approved_by', ''), ('approved_on', None)), models.Q(('approved_on__isnull', False), models.Q(('approved_by', ''), _negated=True)), _connector='OR'), name='minutes_approved_by_whom'),
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(fields=['edition', 'state', 'due_on'], name='decision_open'),
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(fields=['state', 'due_on'], name='decision_due'),
        ),
        migrations.AddConstraint(
            model_name='agendaitem',
            constraint=models.UniqueConstraint(fields=('meeting', 'code'), name='agenda_code_once'),
        ),
        migrations.AddConstraint(
            model_name='seat',
            constraint=models.CheckConstraint(condition=models.Q(('starts_on', None), ('ends_on', None), ('starts_on__lte', models.F('ends_on')), _connector='OR'), name='seat_dates_in_order'),
        ),
    ]
