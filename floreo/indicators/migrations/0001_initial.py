import django.db.models.deletion
from django.db import migrations, models

from floreo.indicators.migrations._frozen import guard, unguard


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('organisations', '0001_initial'),
        ('strategy', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='RecordList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64, unique=True)),
                ('rows', models.JSONField()),
                ('total', models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Indicator',
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
                ('code', models.SlugField(help_text='Part of its address, for example reports-on-time. It cannot change.', max_length=80, unique=True, verbose_name='Code')),
                ('title', models.CharField(max_length=200, verbose_name='Title')),
                ('short_title', models.CharField(blank=True, max_length=80, verbose_name='Short title')),
                ('definition', models.TextField(help_text='Precise enough for two people to get the same result.', verbose_name='Definition')),
                ('unit', models.CharField(help_text='For example % or people. If empty, the unit of the formula is used.', max_length=60, verbose_name='Unit')),
                ('decimals', models.PositiveSmallIntegerField(default=0, verbose_name='Decimals shown')),
                ('kind', models.CharField(choices=[('input', 'Input'), ('output', 'Output'), ('outcome', 'Outcome'), ('context', 'Context')], default='output', max_length=8, verbose_name='Kind')),
                ('direction', models.CharField(choices=[('up', 'higher is better'), ('down', 'lower is better')], default='up', max_length=4, verbose_name='Better when')),
                ('frequency', models.CharField(choices=[('month', 'Monthly'), ('quarter', 'Quarterly'), ('year', 'Yearly'), ('once', 'When published')], default='quarter', max_length=8, verbose_name='How often')),
                ('method', models.TextField(blank=True, verbose_name='Method')),
                ('numerator_text', models.CharField(blank=True, max_length=200, verbose_name='What is counted')),
                ('denominator_text', models.CharField(blank=True, max_length=200, verbose_name='Out of')),
                ('about_people', models.BooleanField(default=False, verbose_name='Counts people: numbers under 5 are hidden')),
                ('baseline', models.DecimalField(blank=True, decimal_places=2, help_text='Starting value.', max_digits=16, null=True, verbose_name='Baseline')),
                ('baseline_on', models.DateField(blank=True, null=True, verbose_name='Date of the baseline')),
                ('target', models.DecimalField(blank=True, decimal_places=2, max_digits=16, null=True, verbose_name='Target')),
                ('target_due', models.DateField(blank=True, null=True, verbose_name='Due date')),
                ('target_source', models.CharField(blank=True, help_text='For example: steering committee, 12 January 2025.', max_length=300, verbose_name='Who set it, and when')),
                ('answers_post', models.CharField(blank=True, max_length=200, verbose_name='Person responsible, by post')),
                ('measure', models.CharField(blank=True, help_text='Calculated from records if there is a formula; otherwise entered by people.', max_length=80, verbose_name='Values')),
                ('is_public', models.BooleanField(default=True, verbose_name='Public')),
                ('on_home', models.BooleanField(default=False, verbose_name='On the home page')),
                ('position', models.PositiveIntegerField(default=0)),
                ('actions', models.ManyToManyField(blank=True, related_name='indicators', to='strategy.action')),
                ('answers_for', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='indicators', to='organisations.organisation', verbose_name='Responsible organisation')),
                ('edition', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='indicators', to='strategy.edition', verbose_name='Edition')),
                ('objective', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='indicators', to='strategy.objective', verbose_name='Objective')),
                ('pillar', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='indicators', to='strategy.pillar', verbose_name='Pillar')),
                ('stated_target', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='indicators', to='strategy.statedtarget')),
            ],
            options={
                'indexes': [models.Index(fields=['position', 'id'], name='indicator_order')],
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='ChartNote',
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
                ('on', models.DateField(verbose_name='Day')),
                ('title', models.CharField(max_length=120, verbose_name='What happened')),
                ('indicator', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='chart_notes', to='indicators.indicator')),
            ],
            options={
                'ordering': ['on'],
            },
        ),
        migrations.CreateModel(
            name='Reading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('changed_at', models.DateTimeField(auto_now=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('source', models.CharField(blank=True, help_text='Document and page, or publisher.', max_length=500, verbose_name='Source')),
                ('source_url', models.URLField(blank=True, max_length=500, verbose_name='Address of the source')),
                ('confirmed', models.BooleanField(default=False, help_text='Somebody has checked it against its source.', verbose_name='Checked against source')),
                ('doubt', models.CharField(blank=True, max_length=500, verbose_name='Why not checked')),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField()),
                ('part', models.CharField(blank=True, max_length=80)),
                ('subject', models.CharField(blank=True, max_length=80)),
                ('value', models.DecimalField(blank=True, decimal_places=2, max_digits=16, null=True)),
                ('qualifier', models.CharField(blank=True, max_length=12)),
                ('numerator', models.DecimalField(blank=True, decimal_places=2, max_digits=16, null=True)),
                ('denominator', models.DecimalField(blank=True, decimal_places=2, max_digits=16, null=True)),
                ('working', models.JSONField(blank=True, default=dict)),
                ('measure', models.CharField(blank=True, max_length=80)),
                ('measure_version', models.PositiveSmallIntegerField(default=0)),
                ('note', models.CharField(blank=True, max_length=500)),
                ('not_comparable', models.BooleanField(default=False)),
                ('taken_at', models.DateTimeField()),
                ('taken_by', models.CharField(max_length=200)),
                ('frozen_at', models.DateTimeField(blank=True, null=True)),
                ('frozen_by', models.CharField(blank=True, max_length=200)),
                ('corrects', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrected_by', to='indicators.reading')),
                ('indicator', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='readings', to='indicators.indicator')),
                ('records', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='readings', to='indicators.recordlist')),
            ],
            options={
                'indexes': [models.Index(fields=['indicator', 'ends_on'], name='reading_when')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('corrects', None)), fields=('indicator', 'starts_on', 'ends_on', 'part', 'subject'), name='reading_once_a_period'),
models.CheckConstraint(condition=models.Q(('starts_on__lte', models.F('ends_on'))), name='reading_dates_in_order'),
models.CheckConstraint(condition=models.Q(models.Q(('frozen_at', None), ('frozen_by', '')), models.Q(('frozen_at__isnull', False), models.Q(('frozen_by', ''), _negated=True)), _connector='OR'), name='frozen_by_whom')],
                'ordering': ['ends_on', 'pk'],
            },
        ),
        migrations.RunPython(guard, unguard),
    ]
