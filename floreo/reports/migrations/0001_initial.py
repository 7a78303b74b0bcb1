import django.db.models.deletion
from django.db import migrations, models

from floreo.reports.migrations._frozen import guard, unguard
from floreo.core.migrations._together import together


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('reviews', '0001_initial'),
        ('strategy', '0001_initial'),
    ]

    operations = together([
        migrations.CreateModel(
            name='WordTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='Created')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='Last change')),
                ('version', models.PositiveIntegerField(default=1)),
                ('code', models.SlugField(max_length=60, unique=True)),
                ('name', models.CharField(help_text='For example: Cabinet paper.', max_length=120, verbose_name='Name')),
                ('file_name', models.CharField(max_length=200, verbose_name='File name')),
                ('content', models.BinaryField()),
                ('sha256', models.CharField(max_length=64)),
                ('size', models.PositiveIntegerField(verbose_name='Size')),
                ('language', models.CharField(blank=True, help_text='Language in which its fields are filled.', max_length=5, verbose_name='Language')),
                ('fields_used', models.JSONField(blank=True, default=list)),
                ('kept_on', models.DateField(verbose_name='Added on')),
                ('kept_by', models.CharField(max_length=200, verbose_name='Added by')),
                ('is_active', models.BooleanField(default=True, verbose_name='In use')),
            ],
            options={
                'ordering': ['name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Lesson',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='Created')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='Last change')),
                ('version', models.PositiveIntegerField(default=1)),
                ('translations', models.JSONField(blank=True, default=dict, verbose_name='Translations')),
                ('title', models.CharField(max_length=200, verbose_name='Lesson learned, in one line')),
                ('text', models.TextField(blank=True, verbose_name='What happened, and what to do next time')),
                ('reported_by', models.CharField(blank=True, max_length=200, verbose_name='Given by')),
                ('is_public', models.BooleanField(default=True, verbose_name='Show to the public')),
                ('position', models.PositiveIntegerField(default=0)),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lessons', to='strategy.edition', verbose_name='Edition')),
            ],
            options={
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Snapshot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='Created')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='Last change')),
                ('version', models.PositiveIntegerField(default=1)),
                ('kind', models.CharField(choices=[('period', 'Progress report'), ('closing', 'Closing evaluation')], default='period', max_length=8, verbose_name='Kind')),
                ('code', models.SlugField(max_length=40, verbose_name='Code')),
                ('starts_on', models.DateField(verbose_name='Starts')),
                ('ends_on', models.DateField(verbose_name='Ends')),
                ('as_of', models.DateField(verbose_name='As of')),
                ('is_public', models.BooleanField(verbose_name='Public')),
                ('public', models.JSONField()),
                ('internal', models.JSONField()),
                ('digest', models.CharField(max_length=64, verbose_name='Fingerprint')),
                ('frozen_at', models.DateTimeField(verbose_name='Frozen')),
                ('frozen_by', models.CharField(max_length=200, verbose_name='Frozen by')),
                ('audit_number', models.PositiveBigIntegerField()),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='snapshots', to='strategy.edition', verbose_name='Edition')),
                ('review', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='snapshot', to='reviews.review')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('edition', 'code'), name='snapshot_code_once'),
models.CheckConstraint(condition=models.Q(('starts_on__lte', models.F('ends_on'))), name='snapshot_days_in_order')],
                'ordering': ['-ends_on', '-starts_on', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='SignOff',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='Created')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='Last change')),
                ('version', models.PositiveIntegerField(default=1)),
                ('signed_name', models.CharField(max_length=200, verbose_name='Signed by')),
                ('signed_post', models.CharField(max_length=200, verbose_name='Post')),
                ('signed_on', models.DateField(verbose_name='Signed on')),
                ('language', models.CharField(max_length=5, verbose_name='Language of the signed PDF')),
                ('pdf_sha256', models.CharField(max_length=64)),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='Note')),
                ('kept_by', models.CharField(max_length=200, verbose_name='Added by')),
                ('snapshot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sign_offs', to='reports.snapshot')),
            ],
            options={
                'ordering': ['signed_on', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='Created')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='Last change')),
                ('version', models.PositiveIntegerField(default=1)),
                ('translations', models.JSONField(blank=True, default=dict, verbose_name='Translations')),
                ('where', models.CharField(help_text='For example: Money, by year.', max_length=200, verbose_name='Place in the report')),
                ('text', models.CharField(blank=True, max_length=500, verbose_name='Text in the report')),
                ('instead', models.TextField(verbose_name='Correct text, and its source')),
                ('on', models.DateField(verbose_name='Day')),
                ('by', models.CharField(max_length=200, verbose_name='Who')),
                ('is_public', models.BooleanField(default=True, verbose_name='Show to the public')),
                ('snapshot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='reports.snapshot')),
            ],
            options={
                'ordering': ['on', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Release',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='Created')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='Last change')),
                ('version', models.PositiveIntegerField(default=1)),
                ('publish_at', models.DateTimeField(blank=True, null=True, verbose_name='Publication')),
                ('decided_by', models.CharField(max_length=200, verbose_name='Decided by')),
                ('is_noted', models.BooleanField(default=False)),
                ('snapshot', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='release', to='reports.snapshot')),
            ],
            options={
                'ordering': ['pk'],
                'indexes': [models.Index(fields=['is_noted', 'publish_at'], name='release_due')],
            },
        ),
        migrations.CreateModel(
            name='PreviewLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='Created')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='Last change')),
                ('version', models.PositiveIntegerField(default=1)),
                ('name', models.CharField(help_text='Who gets the link, for example: Minister of Public Utilities.', max_length=200, verbose_name='For')),
                ('to', models.EmailField(blank=True, help_text='Empty: no e-mail is sent, and you pass the link on yourself.', max_length=254, verbose_name='E-mail address')),
                ('language', models.CharField(max_length=5, verbose_name='Language')),
                ('made_by', models.CharField(max_length=200, verbose_name='Made by')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='Withdrawn')),
                ('withdrawn_by', models.CharField(blank=True, max_length=200, verbose_name='Withdrawn by')),
                ('snapshot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='previews', to='reports.snapshot')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.RunPython(guard, unguard),
    ])
