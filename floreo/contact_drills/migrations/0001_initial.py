import django.db.models.deletion
from django.db import migrations, models
from floreo.core.migrations._together import together


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('organisations', '0001_initial'),
    ]

    operations = together([
        migrations.CreateModel(
            name='ContactDrill',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='Created')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='Last change')),
                ('version', models.PositiveIntegerField(default=1)),
                ('translations', models.JSONField(blank=True, default=dict, verbose_name='Translations')),
                ('source', models.CharField(blank=True, help_text='Document and page, or publisher.', max_length=500, verbose_name='Source')),
                ('source_url', models.URLField(blank=True, max_length=500, verbose_name='Address of the source')),
                ('read_on', models.DateField(blank=True, editable=False, null=True, verbose_name='Read in source')),
                ('read_in', models.CharField(blank=True, editable=False, max_length=300, verbose_name='Copy read')),
                ('confirmed', models.BooleanField(default=False, help_text='Select it only if you have compared the record with its source. Your name and the date are recorded.', verbose_name='Checked against source')),
                ('confirmed_by', models.CharField(blank=True, editable=False, max_length=200, verbose_name='Checked by')),
                ('confirmed_on', models.DateField(blank=True, editable=False, null=True, verbose_name='Checked on')),
                ('doubt', models.CharField(blank=True, max_length=500, verbose_name='Why not checked')),
                ('code', models.SlugField(max_length=60, unique=True)),
                ('title', models.CharField(help_text='Contacts read it in the subject.', max_length=120, verbose_name='Title')),
                ('message', models.TextField(help_text='The e-mail says before it that this is a drill, and after it how to answer.', max_length=2000, verbose_name='Message')),
                ('roles', models.JSONField(default=list, verbose_name='Roles')),
                ('lasts_minutes', models.PositiveIntegerField(default=240, help_text='Answers that come later do not count.', verbose_name='Ends after (minutes)')),
                ('state', models.CharField(choices=[('draft', 'Being prepared'), ('running', 'Running'), ('ended', 'Ended'), ('cancelled', 'Cancelled')], default='draft', max_length=10, verbose_name='State')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='Sent')),
                ('ends_at', models.DateTimeField(blank=True, null=True, verbose_name='Ends')),
                ('sent_by', models.CharField(blank=True, max_length=200, verbose_name='Sent by')),
                ('organisations', models.ManyToManyField(blank=True, related_name='contact_drills', to='organisations.organisation', verbose_name='Organisations')),
                ('sectors', models.ManyToManyField(blank=True, help_text='Every organisation of a sector, and of those under it.', related_name='contact_drills', to='organisations.nationalsector', verbose_name='Sectors')),
            ],
            options={
                'ordering': [models.OrderBy(models.F('sent_at'), descending=True, nulls_first=True), '-pk'],
            },
        ),
        migrations.CreateModel(
            name='ContactPolicy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='Created')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='Last change')),
                ('version', models.PositiveIntegerField(default=1)),
                ('code', models.SlugField(default='contacts', editable=False, max_length=20, unique=True)),
                ('stale_days', models.PositiveSmallIntegerField(default=180, help_text='Contacts that did not reply for so long are asked by e-mail whether they are still right.', verbose_name='Ask again after (days)')),
                ('wait_days', models.PositiveSmallIntegerField(default=14, help_text='After that, the contact is a task for the team.', verbose_name='Wait for the answer (days)')),
                ('is_automatic', models.BooleanField(default=False, help_text='Until you turn it on, contacts are asked only when a person presses.', verbose_name='Ask every day by itself')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('stale_days__gt', 0), ('wait_days__gt', 0)), name='contact_policy_days_positive')],
            },
        ),
        migrations.CreateModel(
            name='DrillRecipient',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='Created')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='Last change')),
                ('version', models.PositiveIntegerField(default=1)),
                ('role', models.CharField(choices=[('abuse', 'Abuse and security reports'), ('technical', 'Technical staff'), ('management', 'Management'), ('duty', 'Round the clock'), ('press', 'Press'), ('other', 'Other')], max_length=12, verbose_name='Role')),
                ('purpose', models.CharField(max_length=80, verbose_name='Purpose')),
                ('address', models.EmailField(blank=True, max_length=254)),
                ('phone', models.CharField(blank=True, max_length=40, verbose_name='Telephone')),
                ('sent_at', models.DateTimeField(verbose_name='Sent')),
                ('pressed_at', models.DateTimeField(blank=True, null=True, verbose_name='Confirmed')),
                ('called_at', models.DateTimeField(blank=True, null=True, verbose_name='When')),
                ('called_by', models.CharField(blank=True, max_length=200, verbose_name='Called by')),
                ('call_outcome', models.CharField(blank=True, choices=[('reached', 'Reached'), ('no_answer', 'No answer'), ('wrong', 'Wrong number')], max_length=10, verbose_name='Outcome')),
                ('call_note', models.CharField(blank=True, max_length=300, verbose_name='Note')),
                ('link_version', models.PositiveSmallIntegerField(default=1)),
                ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='drill_recipients', to='organisations.contact')),
                ('drill', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recipients', to='contact_drills.contactdrill', verbose_name='Drill')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='drill_recipients', to='organisations.organisation', verbose_name='Organisation')),
            ],
            options={
                'ordering': ['organisation__name', 'role', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='ConfirmationRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='Created')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='Last change')),
                ('version', models.PositiveIntegerField(default=1)),
                ('asked_on', models.DateField(verbose_name='Requested')),
                ('address', models.EmailField(max_length=254, verbose_name='Address')),
                ('confirmed_at', models.DateTimeField(blank=True, null=True, verbose_name='Confirmed')),
                ('is_wrong', models.BooleanField(default=False, verbose_name='Reported as wrong')),
                ('closed_on', models.DateField(blank=True, null=True, verbose_name='Closed')),
                ('closed_by', models.CharField(blank=True, max_length=200, verbose_name='Closed by')),
                ('link_version', models.PositiveSmallIntegerField(default=1)),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='confirmation_requests', to='organisations.contact')),
            ],
            options={
                'ordering': ['-asked_on', '-pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('closed_on', None), ('confirmed_at', None)), fields=('contact',), name='confirmation_open_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='contactdrill',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'cancelled']), models.Q(('ends_at__gt', models.F('sent_at')), ('sent_at__isnull', False)), _connector='OR'), name='contact_drill_sent_before_its_end'),
        ),
        migrations.AddConstraint(
            model_name='drillrecipient',
            constraint=models.UniqueConstraint(fields=('drill', 'contact'), name='drill_recipient_once'),
        ),
        migrations.AddConstraint(
            model_name='drillrecipient',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('call_outcome', ''), ('called_at', None)), models.Q(('called_at__isnull', False), models.Q(('call_outcome', ''), _negated=True)), _connector='OR'), name='drill_call_has_an_outcome'),
        ),
    ])
