import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('organisations', '0001_initial'),
        ('strategy', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Channel',
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
                ('code', models.SlugField(help_text='A short name, for example press-office.', max_length=60, unique=True, verbose_name='Code')),
                ('name', models.CharField(max_length=200, verbose_name='Name')),
                ('kind', models.CharField(choices=[('site', 'Web site'), ('agency', 'Public organisation'), ('press', 'Press office'), ('social', 'Social network'), ('print', 'Print')], max_length=6, verbose_name='Kind')),
                ('url', models.URLField(blank=True, max_length=500, verbose_name='Address')),
                ('kinds', models.JSONField(blank=True, default=list, help_text='If none is selected: all.', verbose_name='Kinds of publication to post on it')),
                ('is_active', models.BooleanField(default=True, verbose_name='In use')),
                ('position', models.PositiveIntegerField(default=0)),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='channels', to='organisations.organisation', verbose_name='Run by')),
            ],
            options={
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Publication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('changed_at', models.DateTimeField(auto_now=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('translations', models.JSONField(blank=True, default=dict, verbose_name='Translations')),
                ('code', models.SlugField(help_text='Its permanent address, for example annual-review-2026.', max_length=80, unique=True, verbose_name='Code')),
                ('kind', models.CharField(choices=[('report', 'Report'), ('press', 'Press notice'), ('notice', 'Notice'), ('document', 'Document'), ('strategy', 'Strategy')], max_length=8, verbose_name='Kind')),
                ('title', models.CharField(max_length=300, verbose_name='Title')),
                ('summary', models.CharField(blank=True, help_text='One or two sentences, shown in lists, in search and in the RSS feed.', max_length=500, verbose_name='Summary')),
                ('text', models.TextField(blank=True, help_text='Markdown: ## before a heading, - before each point of a list, [words](address) for a link.', verbose_name='Text')),
                ('language', models.CharField(max_length=5, verbose_name='Language')),
                ('about', models.CharField(blank=True, help_text='Its page then links to that record. Leave empty for a separate text.', max_length=120, verbose_name='Record made public')),
                ('file', models.FileField(blank=True, max_length=300, upload_to='publications/')),
                ('file_name', models.CharField(blank=True, max_length=200)),
                ('media_type', models.CharField(blank=True, max_length=100)),
                ('size', models.PositiveBigIntegerField(blank=True, null=True)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('ready', 'Ready'), ('published', 'Published'), ('withdrawn', 'Withdrawn')], default='draft', max_length=9)),
                ('embargo_until', models.DateTimeField(blank=True, null=True)),
                ('published_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn_reason', models.CharField(blank=True, max_length=500)),
                ('issue', models.PositiveIntegerField(default=1)),
                ('corrected_at', models.DateTimeField(blank=True, null=True)),
                ('edition', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='publications', to='strategy.edition', verbose_name='Edition')),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='publications', to='organisations.organisation', verbose_name='Published by')),
            ],
            options={
                'ordering': ['-published_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Posting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('changed_at', models.DateTimeField(auto_now=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('source', models.CharField(blank=True, help_text='Document and page, or publisher.', max_length=500, verbose_name='Source')),
                ('source_url', models.URLField(blank=True, max_length=500, verbose_name='Address of the source')),
                ('confirmed', models.BooleanField(default=False, help_text='Somebody has checked it against its source.', verbose_name='Checked against source')),
                ('doubt', models.CharField(blank=True, max_length=500, verbose_name='Why not checked')),
                ('at', models.DateTimeField()),
                ('url', models.URLField(blank=True, max_length=500, verbose_name='Address of the posting')),
                ('by_name', models.CharField(max_length=200)),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='Note')),
                ('skipped', models.BooleanField(default=False)),
                ('channel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='postings', to='publications.channel')),
                ('publication', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='postings', to='publications.publication')),
            ],
            options={
                'ordering': ['at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='PublicationVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('changed_at', models.DateTimeField(auto_now=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('issue', models.PositiveIntegerField()),
                ('title', models.CharField(max_length=300)),
                ('summary', models.CharField(blank=True, max_length=500)),
                ('text', models.TextField(blank=True)),
                ('translations', models.JSONField(blank=True, default=dict)),
                ('file', models.CharField(blank=True, max_length=300)),
                ('file_name', models.CharField(blank=True, max_length=200)),
                ('media_type', models.CharField(blank=True, max_length=100)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('valid_from', models.DateTimeField()),
                ('corrected_at', models.DateTimeField()),
                ('note', models.CharField(max_length=500)),
                ('corrected_by', models.CharField(max_length=200)),
                ('publication', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='publications.publication')),
            ],
            options={
                'ordering': ['-issue'],
            },
        ),
        migrations.CreateModel(
            name='Copy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('changed_at', models.DateTimeField(auto_now=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('language', models.CharField(max_length=5)),
                ('kind', models.CharField(max_length=4)),
                ('digest', models.CharField(max_length=64)),
                ('file', models.FileField(max_length=300, upload_to='copies/')),
                ('size', models.PositiveBigIntegerField()),
                ('made_at', models.DateTimeField()),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='copies', to='strategy.edition')),
            ],
            options={
                'verbose_name_plural': 'copies',
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('edition', 'language', 'kind'), name='copy_once')],
            },
        ),
        migrations.AddIndex(
            model_name='publication',
            index=models.Index(fields=['state', 'embargo_until'], name='publication_due'),
        ),
        migrations.AddIndex(
            model_name='publication',
            index=models.Index(models.OrderBy(models.F('published_at'), descending=True), models.F('id'), name='publication_newest'),
        ),
        migrations.AddConstraint(
            model_name='publication',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'published'), _negated=True), ('published_at__isnull', False), _connector='OR'), name='published_on_a_day'),
        ),
        migrations.AddConstraint(
            model_name='publication',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'withdrawn'), ('withdrawn_at__isnull', False), models.Q(('withdrawn_reason', ''), _negated=True)), models.Q(models.Q(('state', 'withdrawn'), _negated=True), ('withdrawn_at', None), ('withdrawn_reason', '')), _connector='OR'), name='withdrawn_for_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='publication',
            constraint=models.CheckConstraint(condition=models.Q(('embargo_until', None), models.Q(('state', 'draft'), _negated=True), _connector='OR'), name='draft_goes_out_by_no_clock'),
        ),
        migrations.AddConstraint(
            model_name='publicationversion',
            constraint=models.UniqueConstraint(fields=('publication', 'issue'), name='version_once'),
        ),
    ]
