import django.db.models.deletion
import floreo.core.languages
from django.db import migrations, models
from floreo.core.migrations._together import together


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('frameworks', '0001_initial'),
        ('organisations', '0001_initial'),
    ]

    operations = together([
        migrations.CreateModel(
            name='CatalogueCourse',
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
                ('summary', models.TextField(blank=True, help_text='In plain words.', max_length=2000, verbose_name='What one learns')),
                ('level', models.CharField(choices=[('awareness', 'For everybody'), ('basic', 'Basic'), ('intermediate', 'Intermediate'), ('advanced', 'Advanced'), ('degree', 'Degree or diploma')], max_length=12, verbose_name='Level')),
                ('language', models.CharField(default=floreo.core.languages.first, max_length=5, verbose_name='Language')),
                ('mode', models.CharField(choices=[('present', 'In person'), ('online', 'Online'), ('mixed', 'In person and online')], max_length=7, verbose_name='How it is held')),
                ('is_free', models.BooleanField(default=False, verbose_name='It costs nothing')),
                ('cost_amount', models.DecimalField(blank=True, decimal_places=2, help_text='Only the number.', max_digits=10, null=True, verbose_name='Cost')),
                ('currency', models.CharField(blank=True, help_text='Three letters.', max_length=3, verbose_name='Currency')),
                ('cost_text', models.CharField(blank=True, help_text='For example: by instalments, scholarships for teachers.', max_length=200, verbose_name='About the cost')),
                ('duration', models.CharField(blank=True, help_text='For example: 12 Saturdays.', max_length=100, verbose_name='Duration')),
                ('hours', models.PositiveIntegerField(blank=True, null=True, verbose_name='Hours in all')),
                ('address', models.URLField(blank=True, max_length=500, verbose_name='Address of its page')),
                ('checked_on', models.DateField(blank=True, null=True, verbose_name='Last confirmed')),
                ('needs_look', models.BooleanField(default=False, verbose_name='To be looked at')),
                ('is_hidden', models.BooleanField(default=False, verbose_name='Hidden')),
                ('hidden_reason', models.CharField(blank=True, max_length=300, verbose_name='Reason')),
                ('removed_on', models.DateField(blank=True, null=True, verbose_name='Removed')),
                ('place', models.ForeignKey(blank=True, help_text='Empty where it is held online only.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='catalogue_courses', to='organisations.place', verbose_name='District')),
            ],
            options={
                'ordering': ['title', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='CatalogueRole',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='Created')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='Last change')),
                ('version', models.PositiveIntegerField(default=1)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='course_roles', to='workforce.cataloguecourse')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='catalogue_roles', to='frameworks.item', verbose_name='Role')),
            ],
            options={
                'ordering': ['item__in_version', 'item__position', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='cataloguecourse',
            name='roles',
            field=models.ManyToManyField(related_name='catalogue_courses', through='workforce.CatalogueRole', to='frameworks.item', verbose_name='Roles'),
        ),
        migrations.CreateModel(
            name='CourseDate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='Created')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='Last change')),
                ('version', models.PositiveIntegerField(default=1)),
                ('starts_on', models.DateField(verbose_name='Begins')),
                ('seats', models.PositiveIntegerField(blank=True, null=True, verbose_name='Seats')),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='dates', to='workforce.cataloguecourse', verbose_name='Course')),
            ],
            options={
                'ordering': ['starts_on', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Institution',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='Created')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='Last change')),
                ('version', models.PositiveIntegerField(default=1)),
                ('mail', models.EmailField(blank=True, help_text='The link by which it keeps its courses is sent there.', max_length=254, verbose_name='E-mail')),
                ('language', models.CharField(default=floreo.core.languages.first, max_length=5, verbose_name='Language')),
                ('link_hash', models.CharField(blank=True, db_index=True, max_length=64)),
                ('invited_on', models.DateField(blank=True, null=True, verbose_name='Invited')),
                ('reminded_on', models.DateField(blank=True, null=True, verbose_name='Reminded')),
                ('confirmed_on', models.DateField(blank=True, null=True, verbose_name='Confirmed')),
                ('organisation', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='institution', to='organisations.organisation', verbose_name='Organisation')),
            ],
            options={
                'ordering': ['organisation__name', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='cataloguecourse',
            name='institution',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='courses', to='workforce.institution', verbose_name='Institution'),
        ),
        migrations.CreateModel(
            name='NeedsRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='Created')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='Last change')),
                ('version', models.PositiveIntegerField(default=1)),
                ('year', models.PositiveSmallIntegerField(verbose_name='Year')),
                ('sector', models.CharField(choices=[('energy', 'Energy'), ('transport', 'Transport and ports'), ('finance', 'Banking and finance'), ('health', 'Health'), ('water', 'Water'), ('digital', 'Telecommunications and digital services'), ('public', 'Public administration'), ('education', 'Education and research'), ('food', 'Food and farming'), ('tourism', 'Tourism'), ('trade', 'Trade and industry'), ('people', 'Private persons'), ('other', 'Another sector')], max_length=9, verbose_name='Sector')),
                ('mail', models.EmailField(help_text='The personal link is sent there.', max_length=254, verbose_name='E-mail')),
                ('language', models.CharField(default=floreo.core.languages.first, max_length=5, verbose_name='Language')),
                ('due_on', models.DateField(verbose_name='Answer due')),
                ('link_hash', models.CharField(blank=True, db_index=True, max_length=64)),
                ('sent_on', models.DateField(verbose_name='Sent')),
                ('reminded_on', models.DateField(blank=True, null=True, verbose_name='Reminded')),
                ('answered_on', models.DateField(blank=True, null=True, verbose_name='Answered')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='needs_requests', to='organisations.organisation', verbose_name='Organisation')),
            ],
            options={
                'ordering': ['-year', 'organisation__name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='WorkforceNeed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='Created')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='Last change')),
                ('version', models.PositiveIntegerField(default=1)),
                ('source', models.CharField(blank=True, help_text='Document and page, or publisher.', max_length=500, verbose_name='Source')),
                ('source_url', models.URLField(blank=True, max_length=500, verbose_name='Address of the source')),
                ('read_on', models.DateField(blank=True, editable=False, null=True, verbose_name='Read in source')),
                ('read_in', models.CharField(blank=True, editable=False, max_length=300, verbose_name='Copy read')),
                ('confirmed', models.BooleanField(default=False, help_text='Select it only if you have compared the record with its source. Your name and the date are recorded.', verbose_name='Checked against source')),
                ('confirmed_by', models.CharField(blank=True, editable=False, max_length=200, verbose_name='Checked by')),
                ('confirmed_on', models.DateField(blank=True, editable=False, null=True, verbose_name='Checked on')),
                ('doubt', models.CharField(blank=True, max_length=500, verbose_name='Why not checked')),
                ('sector', models.CharField(choices=[('energy', 'Energy'), ('transport', 'Transport and ports'), ('finance', 'Banking and finance'), ('health', 'Health'), ('water', 'Water'), ('digital', 'Telecommunications and digital services'), ('public', 'Public administration'), ('education', 'Education and research'), ('food', 'Food and farming'), ('tourism', 'Tourism'), ('trade', 'Trade and industry'), ('people', 'Private persons'), ('other', 'Another sector')], max_length=9, verbose_name='Sector')),
                ('needed', models.PositiveIntegerField(help_text='Posts for this work, filled or not.', verbose_name='People needed')),
                ('in_post', models.PositiveIntegerField(help_text='People who do this work today.', verbose_name='People in post')),
                ('as_of', models.DateField(verbose_name='As of')),
                ('channel', models.CharField(choices=[('link', 'By its link'), ('staff', 'Entered by staff')], default='staff', max_length=5, verbose_name='Channel')),
                ('note', models.CharField(blank=True, help_text='Not published.', max_length=500, verbose_name='Note')),
                ('is_public', models.BooleanField(default=True, help_text='Only in sums of sectors, never alone.', verbose_name='Count it in the public values')),
                ('organisation', models.ForeignKey(blank=True, help_text='Empty for an estimate of the whole sector.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='workforce_needs', to='organisations.organisation', verbose_name='Organisation')),
                ('role', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='workforce_needs', to='frameworks.item', verbose_name='Role')),
            ],
            options={
                'ordering': ['-as_of', '-pk'],
            },
        ),
        migrations.AddConstraint(
            model_name='cataloguerole',
            constraint=models.UniqueConstraint(fields=('course', 'item'), name='catalogue_role_once'),
        ),
        migrations.AddIndex(
            model_name='coursedate',
            index=models.Index(fields=['starts_on'], name='course_begins'),
        ),
        migrations.AddConstraint(
            model_name='coursedate',
            constraint=models.UniqueConstraint(fields=('course', 'starts_on'), name='course_begins_once'),
        ),
        migrations.AddIndex(
            model_name='cataloguecourse',
            index=models.Index(fields=['institution', 'removed_on'], name='course_of_institution'),
        ),
        migrations.AddIndex(
            model_name='cataloguecourse',
            index=models.Index(fields=['level', 'title'], name='course_by_level'),
        ),
        migrations.AddConstraint(
            model_name='cataloguecourse',
            constraint=models.CheckConstraint(condition=models.Q(('cost_amount', None), models.Q(('cost_amount__gte', 0), models.Q(('currency', ''), _negated=True)), _connector='OR'), name='course_cost_has_currency'),
        ),
        migrations.AddConstraint(
            model_name='cataloguecourse',
            constraint=models.CheckConstraint(condition=models.Q(('is_free', False), ('cost_amount', None), ('cost_amount', 0), _connector='OR'), name='course_free_costs_nothing'),
        ),
        migrations.AddConstraint(
            model_name='cataloguecourse',
            constraint=models.CheckConstraint(condition=models.Q(('is_hidden', False), models.Q(('hidden_reason', ''), _negated=True), _connector='OR'), name='course_hidden_why'),
        ),
        migrations.AddConstraint(
            model_name='needsrequest',
            constraint=models.UniqueConstraint(fields=('organisation', 'year'), name='needs_requested_once'),
        ),
        migrations.AddIndex(
            model_name='workforceneed',
            index=models.Index(fields=['sector', 'as_of'], name='need_of_sector'),
        ),
        migrations.AddConstraint(
            model_name='workforceneed',
            constraint=models.UniqueConstraint(fields=('organisation', 'sector', 'role', 'as_of'), name='need_once_a_day'),
        ),
        migrations.AddConstraint(
            model_name='workforceneed',
            constraint=models.CheckConstraint(condition=models.Q(('in_post__lte', 100000), ('needed__lte', 100000)), name='need_believable'),
        ),
    ])
