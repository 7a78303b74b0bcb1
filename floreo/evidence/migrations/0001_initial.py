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
            name='Evidence',
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
                ('code', models.SlugField(max_length=80, unique=True, verbose_name='Code')),
                ('kind', models.CharField(choices=[('file', 'File'), ('link', 'Link'), ('record', 'Record in this system')], max_length=6, verbose_name='Kind')),
                ('title', models.CharField(max_length=300, verbose_name='What it is')),
                ('note', models.TextField(blank=True, verbose_name='What it supports, and where in the document')),
                ('file', models.FileField(blank=True, max_length=300, upload_to='evidence/')),
                ('file_name', models.CharField(blank=True, max_length=200, verbose_name='File name')),
                ('media_type', models.CharField(blank=True, max_length=100, verbose_name='Media type')),
                ('size', models.PositiveBigIntegerField(blank=True, null=True, verbose_name='Size')),
                ('sha256', models.CharField(blank=True, db_index=True, max_length=64, verbose_name='SHA-256')),
                ('url', models.URLField(blank=True, max_length=500, verbose_name='Address of the link')),
                ('link_state', models.CharField(blank=True, choices=[('', 'Link not checked yet'), ('alive', 'Responds'), ('dead', 'Does not respond'), ('closed', 'In a closed network; not checked')], max_length=6, verbose_name='Link')),
                ('link_seen_on', models.DateField(blank=True, null=True, verbose_name='Link checked on')),
                ('record', models.CharField(blank=True, max_length=120)),
                ('dated', models.DateField(blank=True, null=True, verbose_name='Date of the document')),
                ('valid_until', models.DateField(blank=True, help_text='Its last day. Sixty days before, its organisation receives a request to renew it. Leave empty if it does not expire.', null=True, verbose_name='Valid until')),
                ('tlp', models.CharField(choices=[('CLEAR', 'TLP:CLEAR'), ('GREEN', 'TLP:GREEN'), ('AMBER', 'TLP:AMBER'), ('AMBER+STRICT', 'TLP:AMBER+STRICT'), ('RED', 'TLP:RED')], default='GREEN', max_length=12, verbose_name='Marking')),
                ('is_public', models.BooleanField(default=False, verbose_name='Can be published')),
                ('kept_by', models.CharField(max_length=200, verbose_name='Added by')),
                ('withdrawn_on', models.DateField(blank=True, null=True, verbose_name='Withdrawn')),
                ('organisation', models.ForeignKey(blank=True, help_text='This organisation receives the request to renew it, and sees it whatever its marking.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='organisations.organisation', verbose_name='Owner')),
                ('replaced_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaces', to='evidence.evidence', verbose_name='Replaced by')),
            ],
            options={
                'indexes': [models.Index(fields=['kind', 'link_seen_on'], name='evidence_links'),
models.Index(fields=['valid_until'], name='evidence_renewals')],
                'constraints': [models.CheckConstraint(condition=models.Q(('is_public', False), ('tlp', 'CLEAR'), _connector='OR'), name='public_evidence_is_clear'),
models.CheckConstraint(condition=models.Q(models.Q(('kind', 'file'), ('record', ''), ('url', ''), models.Q(('sha256', ''), _negated=True)), models.Q(('kind', 'link'), ('record', ''), ('sha256', ''), models.Q(('url', ''), _negated=True)), models.Q(('kind', 'record'), ('sha256', ''), ('url', ''), models.Q(('record', ''), _negated=True)), _connector='OR'), name='evidence_is_one_of_three')],
                'verbose_name_plural': 'evidence',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='Created')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='Last change')),
                ('version', models.PositiveIntegerField(default=1)),
                ('thing', models.CharField(db_index=True, max_length=120, verbose_name='Supports')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='Note')),
                ('attached_by', models.CharField(max_length=200, verbose_name='Attached by')),
                ('evidence', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='evidence.evidence', verbose_name='Evidence')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('evidence', 'thing'), name='attached_once')],
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='FileText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64)),
                ('text', models.TextField(blank=True)),
                ('is_cut', models.BooleanField(default=False)),
                ('problem', models.CharField(blank=True, choices=[('kind', 'kind'), ('locked', 'locked'), ('no_words', 'no_words'), ('too_much', 'too_much'), ('damaged', 'damaged'), ('gone', 'gone')], max_length=8)),
                ('read_at', models.DateTimeField()),
                ('evidence', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='file_text', to='evidence.evidence')),
            ],
        ),
    ])
