import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from floreo.core.migrations._together import together


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = together([
        migrations.CreateModel(
            name='SeenState',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('thing', models.CharField(max_length=120, unique=True)),
                ('state', models.CharField(max_length=20)),
            ],
        ),
        migrations.CreateModel(
            name='Webhook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='Created')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='Last change')),
                ('version', models.PositiveIntegerField(default=1)),
                ('name', models.CharField(max_length=120, verbose_name='Program')),
                ('url', models.URLField(help_text='It begins with https://. Messages are posted to it.', max_length=500, verbose_name='Address')),
                ('kinds', models.JSONField(default=list, verbose_name='What is sent')),
                ('secret', models.CharField(max_length=300)),
                ('previous_secret', models.CharField(blank=True, max_length=300)),
                ('previous_until', models.DateTimeField(blank=True, null=True)),
                ('after', models.PositiveBigIntegerField(default=0)),
                ('failing_since', models.DateTimeField(blank=True, null=True)),
                ('delivered_at', models.DateTimeField(blank=True, null=True)),
                ('disabled_at', models.DateTimeField(blank=True, null=True, verbose_name='Switched off')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='Ended')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='webhooks', to=settings.AUTH_USER_MODEL, verbose_name='Account')),
            ],
            options={
                'ordering': ['name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='WebhookMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=80, unique=True)),
                ('kind', models.CharField(max_length=40)),
                ('thing', models.CharField(blank=True, max_length=120)),
                ('body', models.TextField()),
                ('made_at', models.DateTimeField(db_index=True)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('delivered', 'Delivered'), ('failed', 'Given up'), ('cancelled', 'Not sent')], default='waiting', max_length=10)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('next_try_at', models.DateTimeField()),
                ('webhook', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='webhooks.webhook')),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='WebhookAttempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('milliseconds', models.PositiveIntegerField(default=0)),
                ('status', models.PositiveSmallIntegerField(default=0)),
                ('problem', models.CharField(blank=True, choices=[('', 'Delivered'), ('status', 'The receiver answered with an error'), ('redirect', 'The receiver leads to another address, which is not followed'), ('timeout', 'The receiver did not answer within 5 seconds'), ('closed', 'The address lies in a closed network'), ('unreached', 'No server answered'), ('address', 'The address cannot be used')], max_length=10)),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tries', to='webhooks.webhookmessage')),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
        migrations.AddIndex(
            model_name='webhookmessage',
            index=models.Index(fields=['state', 'next_try_at'], name='webhook_due'),
        ),
    ])
