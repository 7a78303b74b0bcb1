import django.core.validators
import django.db.models.deletion
import floreo.core.languages
from django.db import migrations, models
from floreo.core.migrations._together import together


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('organisations', '0001_initial'),
    ]

    operations = together([
        migrations.CreateModel(
            name='Competition',
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
                ('title', models.CharField(max_length=200, verbose_name='Title')),
                ('summary', models.TextField(blank=True, max_length=2000, verbose_name='What it is about')),
                ('rules', models.TextField(blank=True, max_length=6000, verbose_name='Rules')),
                ('prizes', models.TextField(blank=True, max_length=1000, verbose_name='Prizes')),
                ('jury_text', models.TextField(blank=True, help_text='Who judges, by their office. Published.', max_length=1000, verbose_name='Jury')),
                ('categories', models.TextField(blank=True, help_text='One in each line. Empty: there is one.', max_length=1000, verbose_name='Categories')),
                ('age_from', models.PositiveSmallIntegerField(default=10, validators=[django.core.validators.MinValueValidator(5), django.core.validators.MaxValueValidator(99)], verbose_name='Age from')),
                ('age_to', models.PositiveSmallIntegerField(default=17, validators=[django.core.validators.MinValueValidator(5), django.core.validators.MaxValueValidator(99)], verbose_name='Age to')),
                ('opens_on', models.DateField(blank=True, null=True, verbose_name='Opens')),
                ('closes_on', models.DateField(blank=True, help_text='Entries are taken until the end of this day.', null=True, verbose_name='Last day')),
                ('takes_files', models.BooleanField(default=True, verbose_name='A file can be sent along')),
                ('erase_after_days', models.PositiveSmallIntegerField(default=90, help_text='Days after the result, after which names, addresses and files are erased.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(365)], verbose_name='Erase names after')),
                ('contact', models.CharField(blank=True, help_text='Where parents and schools ask: an office, with its e-mail or telephone. Published.', max_length=200, verbose_name='Questions')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('published', 'Announced'), ('ended', 'Result published')], default='draft', max_length=9, verbose_name='State')),
                ('result_on', models.DateField(blank=True, null=True, verbose_name='Result')),
                ('erased_on', models.DateField(blank=True, null=True, verbose_name='Erased on')),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='competitions', to='organisations.organisation', verbose_name='Who runs it')),
            ],
            options={
                'ordering': ['-closes_on', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='CompetitionEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='Created')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='Last change')),
                ('version', models.PositiveIntegerField(default=1)),
                ('reference', models.CharField(max_length=20, unique=True, verbose_name='Number')),
                ('category', models.CharField(blank=True, max_length=200, verbose_name='Category')),
                ('age_band', models.CharField(max_length=6, verbose_name='Age')),
                ('title', models.CharField(max_length=200, verbose_name='Title of the entry')),
                ('description', models.TextField(blank=True, max_length=4000, verbose_name='Description')),
                ('team', models.CharField(blank=True, max_length=200, verbose_name='Team')),
                ('school', models.CharField(blank=True, max_length=200, verbose_name='School')),
                ('entrant_name', models.CharField(blank=True, max_length=200, verbose_name='Name of the entrant')),
                ('guardian_name', models.CharField(blank=True, max_length=200, verbose_name='Name of the guardian')),
                ('guardian_mail', models.EmailField(blank=True, max_length=254, verbose_name='E-mail of the guardian')),
                ('language', models.CharField(default=floreo.core.languages.first, max_length=5, verbose_name='Language')),
                ('file', models.FileField(blank=True, max_length=300, upload_to='competitions/')),
                ('file_name', models.CharField(blank=True, max_length=200)),
                ('media_type', models.CharField(blank=True, max_length=100, verbose_name='Media type')),
                ('file_size', models.PositiveIntegerField(default=0)),
                ('state', models.CharField(choices=[('waiting', 'Waiting for the guardian'), ('entered', 'Entered'), ('excluded', 'Excluded')], default='waiting', max_length=8, verbose_name='State')),
                ('received_on', models.DateField(verbose_name='Received on')),
                ('agreed_on', models.DateField(blank=True, null=True, verbose_name='Consent')),
                ('may_name', models.BooleanField(default=False, verbose_name='Name may be published')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='Reason')),
                ('link_hash', models.CharField(blank=True, db_index=True, max_length=64)),
                ('guardian_hash', models.CharField(blank=True, db_index=True, max_length=64)),
                ('source_key', models.CharField(blank=True, db_index=True, max_length=64)),
                ('points', models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True, verbose_name='Points')),
                ('rank', models.PositiveIntegerField(blank=True, null=True, verbose_name='Place')),
                ('is_erased', models.BooleanField(default=False, verbose_name='Erased')),
                ('competition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='initiatives.competition', verbose_name='Competition')),
                ('place', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='competition_entries', to='organisations.place', verbose_name='District')),
            ],
            options={
                'ordering': ['competition', 'reference'],
            },
        ),
        migrations.CreateModel(
            name='Criterion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='Created')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='Last change')),
                ('version', models.PositiveIntegerField(default=1)),
                ('translations', models.JSONField(blank=True, default=dict, verbose_name='Translations')),
                ('number', models.PositiveSmallIntegerField()),
                ('title', models.CharField(max_length=200, verbose_name='Criterion')),
                ('weight', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='Weight')),
                ('competition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='criteria', to='initiatives.competition')),
            ],
            options={
                'ordering': ['competition', 'number'],
            },
        ),
        migrations.CreateModel(
            name='Initiative',
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
                ('title', models.CharField(max_length=200, verbose_name='Name of the initiative')),
                ('summary', models.TextField(blank=True, help_text='In plain words.', max_length=2000, verbose_name='What it does')),
                ('who_name', models.CharField(blank=True, help_text='An organisation, not a person.', max_length=200, verbose_name='Who runs it')),
                ('audience', models.CharField(choices=[('children', 'Children and youth'), ('parents', 'Parents'), ('teachers', 'Teachers and schools'), ('women', 'Women and girls'), ('older', 'Older people'), ('firms', 'Small firms'), ('officials', 'Officials'), ('technical', 'Technical staff'), ('public', 'Everybody')], default='public', max_length=9, verbose_name='Audience')),
                ('starts_on', models.DateField(blank=True, null=True, verbose_name='From')),
                ('ends_on', models.DateField(blank=True, help_text='Empty while it goes on.', null=True, verbose_name='To')),
                ('address', models.URLField(blank=True, max_length=500, verbose_name='Address of its page')),
                ('contact', models.CharField(blank=True, help_text='E-mail or telephone, for the coordinator. Not published.', max_length=200, verbose_name='How to reach you')),
                ('state', models.CharField(choices=[('waiting', 'Waiting to be read'), ('published', 'Published'), ('declined', 'Not published')], default='published', max_length=9, verbose_name='State')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='Reason')),
                ('received_on', models.DateField(blank=True, null=True, verbose_name='Received on')),
                ('source_key', models.CharField(blank=True, db_index=True, max_length=64)),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='initiatives', to='organisations.organisation', verbose_name='Organisation in the register')),
            ],
            options={
                'ordering': ['title', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='InitiativeDistrict',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='Created')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='Last change')),
                ('version', models.PositiveIntegerField(default=1)),
                ('initiative', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='in_districts', to='initiatives.initiative')),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='initiative_districts', to='organisations.place', verbose_name='District')),
            ],
            options={
                'ordering': ['place__position', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='initiative',
            name='districts',
            field=models.ManyToManyField(related_name='initiatives', through='initiatives.InitiativeDistrict', to='organisations.place', verbose_name='Districts'),
        ),
        migrations.CreateModel(
            name='JuryMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='Created')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='Last change')),
                ('version', models.PositiveIntegerField(default=1)),
                ('name', models.CharField(max_length=200, verbose_name='Name')),
                ('mail', models.EmailField(help_text='The personal link is sent there.', max_length=254, verbose_name='E-mail')),
                ('language', models.CharField(default=floreo.core.languages.first, max_length=5, verbose_name='Language')),
                ('link_hash', models.CharField(blank=True, db_index=True, max_length=64)),
                ('competition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='jury', to='initiatives.competition')),
            ],
            options={
                'ordering': ['name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='JuryConflict',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='Created')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='Last change')),
                ('version', models.PositiveIntegerField(default=1)),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='conflicts', to='initiatives.competitionentry', verbose_name='Entry')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='conflicts', to='initiatives.jurymember')),
            ],
            options={
                'ordering': ['entry', 'member'],
            },
        ),
        migrations.CreateModel(
            name='JuryScore',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='Created')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='Last change')),
                ('version', models.PositiveIntegerField(default=1)),
                ('points', models.PositiveSmallIntegerField(validators=[django.core.validators.MaxValueValidator(10)], verbose_name='Points')),
                ('criterion', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='scores', to='initiatives.criterion', verbose_name='Criterion')),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='scores', to='initiatives.competitionentry', verbose_name='Entry')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='scores', to='initiatives.jurymember')),
            ],
            options={
                'ordering': ['entry', 'member', 'criterion'],
            },
        ),
        migrations.AddConstraint(
            model_name='competition',
            constraint=models.CheckConstraint(condition=models.Q(('opens_on', None), ('closes_on', None), ('opens_on__lte', models.F('closes_on')), _connector='OR'), name='competition_days_in_order'),
        ),
        migrations.AddConstraint(
            model_name='competition',
            constraint=models.CheckConstraint(condition=models.Q(('age_from__lte', models.F('age_to'))), name='competition_ages_in_order'),
        ),
        migrations.AddConstraint(
            model_name='competition',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'draft'), models.Q(('closes_on__isnull', False), ('opens_on__isnull', False)), _connector='OR'), name='competition_has_days'),
        ),
        migrations.AddConstraint(
            model_name='competition',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'ended'), _negated=True), ('result_on__isnull', False), _connector='OR'), name='competition_ended_on_a_day'),
        ),
        migrations.AddIndex(
            model_name='competitionentry',
            index=models.Index(fields=['competition', 'state'], name='entry_queue'),
        ),
        migrations.AddConstraint(
            model_name='competitionentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'entered'), _negated=True), ('agreed_on__isnull', False), _connector='OR'), name='entry_agreed_before_read'),
        ),
        migrations.AddConstraint(
            model_name='competitionentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'excluded'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='entry_excluded_why'),
        ),
        migrations.AddConstraint(
            model_name='criterion',
            constraint=models.UniqueConstraint(fields=('competition', 'number'), name='criterion_once'),
        ),
        migrations.AddConstraint(
            model_name='initiativedistrict',
            constraint=models.UniqueConstraint(fields=('initiative', 'place'), name='initiative_district_once'),
        ),
        migrations.AddIndex(
            model_name='initiative',
            index=models.Index(fields=['state', 'title'], name='initiative_listed'),
        ),
        migrations.AddConstraint(
            model_name='initiative',
            constraint=models.CheckConstraint(condition=models.Q(('starts_on', None), ('ends_on', None), ('starts_on__lte', models.F('ends_on')), _connector='OR'), name='initiative_dates_in_order'),
        ),
        migrations.AddConstraint(
            model_name='initiative',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'declined'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='initiative_declined_why'),
        ),
        migrations.AddConstraint(
            model_name='jurymember',
            constraint=models.UniqueConstraint(fields=('competition', 'name'), name='in_jury_once'),
        ),
        migrations.AddConstraint(
            model_name='juryconflict',
            constraint=models.UniqueConstraint(fields=('member', 'entry'), name='conflict_once'),
        ),
        migrations.AddConstraint(
            model_name='juryscore',
            constraint=models.UniqueConstraint(fields=('member', 'entry', 'criterion'), name='scored_once'),
        ),
        migrations.AddConstraint(
            model_name='juryscore',
            constraint=models.CheckConstraint(condition=models.Q(('points__lte', 10)), name='score_in_range'),
        ),
    ])
