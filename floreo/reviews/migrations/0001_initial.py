import django.db.models.deletion
import floreo.reviews.logic
import floreo.reviews.models
from django.db import migrations, models
from floreo.core.migrations._together import together


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('organisations', '0001_initial'),
        ('strategy', '0001_initial'),
    ]

    operations = together([
        migrations.CreateModel(
            name='Review',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='Created')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='Last change')),
                ('version', models.PositiveIntegerField(default=1)),
                ('code', models.SlugField(help_text='Part of its address. Empty: made from the dates.', max_length=40, verbose_name='Code')),
                ('starts_on', models.DateField(verbose_name='First day of the period')),
                ('ends_on', models.DateField(verbose_name='Last day of the period')),
                ('opened_on', models.DateField(verbose_name='Opened')),
                ('due_on', models.DateField(verbose_name='Updates are due')),
                ('closes_on', models.DateField(verbose_name='Planned closing date')),
                ('state', models.CharField(choices=[('open', 'Open'), ('closed', 'Closed')], default='open', max_length=6, verbose_name='State')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='Closed')),
                ('closed_by', models.CharField(blank=True, max_length=200, verbose_name='Closed by')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reviews', to='strategy.edition', verbose_name='Edition')),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'due_on'], name='review_running')],
                'constraints': [models.UniqueConstraint(fields=('edition', 'code'), name='review_code_once'),
models.CheckConstraint(condition=models.Q(('due_on__lte', models.F('closes_on')), ('opened_on__lte', models.F('due_on')), ('starts_on__lte', models.F('ends_on'))), name='review_days_in_order'),
models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('closed_by', ''), ('state', 'open')), models.Q(('closed_at__isnull', False), ('state', 'closed'), models.Q(('closed_by', ''), _negated=True)), _connector='OR'), name='review_closed_by_whom')],
                'ordering': ['-ends_on', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Rhythm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='Created')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='Last change')),
                ('version', models.PositiveIntegerField(default=1)),
                ('frequency', models.CharField(choices=[('month', 'Every month'), ('quarter', 'Every quarter'), ('year', 'Every year')], default='quarter', max_length=8, verbose_name='How often')),
                ('opens_after_days', models.PositiveSmallIntegerField(default=1, help_text='1 is the day after the last day of the period.', verbose_name='Opens, days after the end of the period')),
                ('due_after_days', models.PositiveSmallIntegerField(default=12, verbose_name='Updates are due, days after the end of the period')),
                ('closes_after_days', models.PositiveSmallIntegerField(default=26, help_text='The secretariat checks the review and closes it by hand.', verbose_name='Planned closing, days after the end of the period')),
                ('remind_before', models.JSONField(blank=True, default=floreo.reviews.models._before, help_text='For example 7, 1. Empty: none.', verbose_name='Reminders, days before the due date')),
                ('remind_after', models.JSONField(blank=True, default=floreo.reviews.models._after, help_text='Sent only if updates are missing.', verbose_name='Reminders, days after the due date')),
                ('escalate_after_days', models.PositiveSmallIntegerField(default=4, help_text='If the register names a deputy.', verbose_name='Request sent to the deputy, days after the due date')),
                ('approve_within_days', models.PositiveSmallIntegerField(default=5, help_text='Counted from the day on which an update was sent. Saturdays, Sundays and the holidays that are recorded do not count.', verbose_name='Updates are approved or returned within, working days')),
                ('reply_to', models.EmailField(blank=True, help_text='Shown in every e-mail. Empty: the organisation that coordinates the edition.', max_length=254, verbose_name='Contact for leads')),
                ('is_on', models.BooleanField(default=True, verbose_name='Open reviews automatically')),
                ('edition', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='rhythm', to='strategy.edition', verbose_name='Edition')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='UpdateRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='Created')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='Last change')),
                ('version', models.PositiveIntegerField(default=1)),
                ('state', models.CharField(choices=[('waiting', 'Not opened yet'), ('opened', 'Opened, no update yet'), ('draft', 'Started, some updates missing'), ('submitted', 'Waiting for approval'), ('returned', 'Returned with a note'), ('approved', 'Approved')], default=floreo.reviews.logic.RequestState['WAITING'], max_length=9, verbose_name='State')),
                ('answered_on', models.DateField(blank=True, null=True, verbose_name='Answered')),
                ('opened_at', models.DateTimeField(blank=True, null=True, verbose_name='Opened')),
                ('asked_on', models.DateField(blank=True, null=True, verbose_name='Requested')),
                ('asked_count', models.PositiveSmallIntegerField(default=0)),
                ('reminded_on', models.DateField(blank=True, null=True, verbose_name='Reminded')),
                ('reminded_count', models.PositiveSmallIntegerField(default=0, verbose_name='Reminders')),
                ('escalated_on', models.DateField(blank=True, null=True, verbose_name='Escalated')),
                ('link_version', models.PositiveSmallIntegerField(default=1)),
                ('actions', models.ManyToManyField(related_name='requests', to='strategy.action')),
                ('deputy', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='requests_as_deputy', to='organisations.person', verbose_name='Deputy')),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='requests', to='organisations.organisation', verbose_name='Organisation')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='requests', to='organisations.person', verbose_name='Person')),
                ('review', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='requests', to='reviews.review', verbose_name='Review')),
            ],
            options={
                'indexes': [models.Index(fields=['review', 'state'], name='request_state')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('person__isnull', False)), fields=('review', 'person'), name='ask_once_a_person'),
models.UniqueConstraint(condition=models.Q(('person', None)), fields=('review', 'organisation'), name='ask_once_a_body')],
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='Created')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='Last change')),
                ('version', models.PositiveIntegerField(default=1)),
                ('translations', models.JSONField(blank=True, default=dict, verbose_name='Translations')),
                ('number', models.PositiveSmallIntegerField(default=1, verbose_name='Round')),
                ('done', models.TextField(blank=True, verbose_name='Work done')),
                ('next', models.TextField(blank=True, verbose_name='Next steps')),
                ('risks', models.TextField(blank=True, verbose_name='Risks')),
                ('internal_note', models.TextField(blank=True, verbose_name='Note to the secretariat')),
                ('nothing_changed', models.BooleanField(default=False, verbose_name='Nothing changed')),
                ('milestones', models.JSONField(blank=True, default=dict)),
                ('expected', models.JSONField(blank=True, default=dict)),
                ('figures', models.JSONField(blank=True, default=list)),
                ('evidence', models.JSONField(blank=True, default=list, verbose_name='Evidence')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('submitted', 'Sent, waiting for approval'), ('returned', 'Returned with a note'), ('approved', 'Approved')], default=floreo.reviews.logic.AnswerState['DRAFT'], max_length=9, verbose_name='State')),
                ('reported_by', models.CharField(blank=True, max_length=200, verbose_name='Given by')),
                ('reported_on', models.DateField(blank=True, null=True, verbose_name='Sent')),
                ('first_answered_on', models.DateField(blank=True, null=True, verbose_name='First sent')),
                ('returned_note', models.TextField(blank=True, verbose_name='Note')),
                ('decided_by', models.CharField(blank=True, max_length=200, verbose_name='Approved or returned by')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='Decided')),
                ('action', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='strategy.action', verbose_name='Action')),
                ('update', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='answer', to='strategy.update')),
                ('update_request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='reviews.updaterequest')),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'id'], name='answer_state')],
                'constraints': [models.UniqueConstraint(fields=('update_request', 'action', 'number'), name='answer_number_once')],
                'ordering': ['update_request_id', 'action_id', 'number'],
            },
        ),
    ])
