from django.db import migrations, models

from floreo.core.migrations._chain import guard, unguard
from floreo.core.migrations._search_index import up, down
from floreo.core.migrations._together import together


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = together([
        migrations.CreateModel(
            name='OneTimeLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(max_length=40)),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('subject', models.CharField(blank=True, max_length=120)),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Schedule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, unique=True)),
                ('due_at', models.DateTimeField(db_index=True)),
                ('running_since', models.DateTimeField(blank=True, null=True)),
                ('running_until', models.DateTimeField(blank=True, null=True)),
                ('deaths', models.PositiveSmallIntegerField(default=0)),
                ('last_run_at', models.DateTimeField(blank=True, null=True)),
                ('last_error', models.CharField(blank=True, max_length=500)),
                ('failing_since', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='SearchEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=120, unique=True)),
                ('kind', models.CharField(max_length=40)),
                ('title', models.CharField(max_length=500)),
                ('body', models.TextField(blank=True)),
                ('address', models.CharField(max_length=300)),
                ('workspace_address', models.CharField(blank=True, max_length=300)),
                ('is_public', models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name='TokenBucket',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64, unique=True)),
                ('tokens', models.FloatField()),
                ('filled_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveBigIntegerField(unique=True)),
                ('at', models.DateTimeField(db_index=True)),
                ('actor_code', models.CharField(max_length=120)),
                ('actor_name', models.CharField(max_length=200)),
                ('verb', models.CharField(db_index=True, max_length=80)),
                ('subject', models.CharField(blank=True, max_length=120)),
                ('subject_name', models.CharField(blank=True, max_length=300)),
                ('detail', models.JSONField(default=dict)),
                ('rows', models.JSONField(default=dict)),
                ('before', models.CharField(max_length=64)),
                ('hash', models.CharField(max_length=64, unique=True)),
            ],
            options={
                'ordering': ['number'],
                'indexes': [models.Index(fields=['subject', 'number'], name='audit_subject')],
            },
        ),
        migrations.CreateModel(
            name='OutboxMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='Created')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='Last change')),
                ('version', models.PositiveIntegerField(default=1)),
                ('to', models.EmailField(blank=True, max_length=254, verbose_name='To')),
                ('name', models.CharField(blank=True, max_length=200)),
                ('subject', models.CharField(max_length=300, verbose_name='Subject')),
                ('text', models.TextField(blank=True)),
                ('attachment', models.TextField(blank=True)),
                ('attachment_name', models.CharField(blank=True, max_length=120)),
                ('attachment_type', models.CharField(blank=True, max_length=60)),
                ('kind', models.CharField(max_length=40)),
                ('about', models.CharField(blank=True, db_index=True, max_length=120)),
                ('language', models.CharField(blank=True, max_length=5, verbose_name='Language')),
                ('headers', models.JSONField(blank=True, default=dict)),
                ('is_secret', models.BooleanField(default=False)),
                ('is_masked', models.BooleanField(default=False)),
                ('held_because', models.CharField(blank=True, choices=[('no_address', 'No e-mail address in the register'), ('bounced', 'The last e-mail to this address bounced'), ('lately', 'Already sent today'), ('muted', 'A notice rule says not to notify them'), ('left_out', 'Left out today by a person'), ('stepped', 'Waits for its step: what notices change is measured')], max_length=10)),
                ('posted_by', models.CharField(blank=True, max_length=200)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('sent', 'Sent'), ('stuck', 'Could not be sent'), ('dropped', 'No longer needed'), ('bounced', 'Bounced'), ('held', 'Held back')], default='waiting', max_length=8, verbose_name='State')),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('next_try_at', models.DateTimeField()),
                ('give_up_at', models.DateTimeField(blank=True, null=True)),
                ('not_after', models.DateTimeField(blank=True, null=True, verbose_name='Valid until')),
                ('tried_at', models.DateTimeField(blank=True, null=True)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('bounced_at', models.DateTimeField(blank=True, null=True)),
                ('last_error', models.CharField(blank=True, max_length=300)),
                ('is_signed', models.BooleanField(default=False, verbose_name='Signed')),
                ('is_encrypted', models.BooleanField(default=False, verbose_name='Encrypted')),
                ('message_id', models.CharField(blank=True, db_index=True, max_length=200)),
            ],
            options={
                'ordering': ['-pk'],
                'indexes': [models.Index(fields=['state', 'next_try_at'], name='mail_due')],
            },
        ),
        migrations.CreateModel(
            name='SignedHead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveBigIntegerField(unique=True)),
                ('text', models.TextField()),
                ('signature', models.CharField(max_length=120)),
                ('public_key', models.CharField(max_length=60)),
                ('timestamp', models.TextField(blank=True)),
                ('signed_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['number'],
            },
        ),
        migrations.RunPython(up, down),
        migrations.RunPython(guard, unguard),
    ])
