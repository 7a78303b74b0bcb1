import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from floreo.core.migrations._together import together


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('core', '0001_initial'),
        ('organisations', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = together([
        migrations.CreateModel(
            name='FeedKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='Created')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='Last change')),
                ('version', models.PositiveIntegerField(default=1)),
                ('link_version', models.PositiveIntegerField(default=1)),
                ('entries', models.JSONField(blank=True, default=dict)),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='feed_key', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='NotificationState',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('notified', models.JSONField(blank=True, default=dict)),
                ('daily_on', models.DateField(blank=True, null=True)),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='notification_state', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='NotificationChoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='Created')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='Last change')),
                ('version', models.PositiveIntegerField(default=1)),
                ('news', models.CharField(choices=[('mention', 'A colleague mentions me'), ('assigned', 'A task is assigned to me'), ('approval', 'An update waits for approval'), ('answer', 'An organisation replied'), ('finding', 'New findings in my network'), ('fault', 'A feed is silent, or notices do not arrive'), ('held', 'Work is held up until somebody acts'), ('vote', 'A committee asks for my vote or for dates'), ('deadline', 'A deadline is near'), ('other', 'Any other new task')], max_length=10, verbose_name='News')),
                ('rhythm', models.CharField(choices=[('now', 'At once'), ('daily', 'Once a day'), ('weekly', 'Once a week'), ('list', 'In the list only')], max_length=6, verbose_name='Rhythm')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notification_choices', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('user', 'news'), name='notification_chosen_once')],
            },
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='Created')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='Last change')),
                ('version', models.PositiveIntegerField(default=1)),
                ('kind', models.CharField(choices=[('reminder', 'Reminder'), ('escalation', 'Deputy notified')], default='reminder', max_length=10, verbose_name='Kind')),
                ('to_name', models.CharField(max_length=200, verbose_name='Sent to')),
                ('keys', models.JSONField(default=list)),
                ('text', models.TextField(verbose_name='Text')),
                ('on', models.DateField(verbose_name='Day')),
                ('sent_by', models.CharField(max_length=200, verbose_name='Sent by')),
                ('mail', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='core.outboxmail')),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='reminders', to='organisations.organisation', verbose_name='Organisation')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='reminders', to='organisations.person', verbose_name='Person')),
            ],
            options={
                'ordering': ['-on', '-pk'],
                'indexes': [models.Index(fields=['organisation', 'on'], name='reminder_receiver')],
            },
        ),
        migrations.CreateModel(
            name='WeeklyMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='Created')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='Last change')),
                ('version', models.PositiveIntegerField(default=1)),
                ('weekday', models.PositiveSmallIntegerField(default=0)),
                ('is_on', models.BooleanField(default=True)),
                ('last_on', models.DateField(blank=True, null=True)),
                ('person', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='weekly_mail', to='organisations.person')),
                ('user', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='weekly_mail', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('person__isnull', False), ('user', None)), models.Q(('person', None), ('user__isnull', False)), _connector='OR'), name='weekly_mail_of_one'), models.CheckConstraint(condition=models.Q(('weekday__lte', 6)), name='weekly_mail_on_a_weekday')],
            },
        ),
    ])
