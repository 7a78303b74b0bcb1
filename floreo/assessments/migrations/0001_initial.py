import django.db.models.deletion
import floreo.core.languages
from django.db import migrations, models
from floreo.core.migrations._together import together


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('frameworks', '0001_initial'),
        ('organisations', '0001_initial'),
        ('strategy', '0001_initial'),
    ]

    operations = together([
        migrations.CreateModel(
            name='Standard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='Created')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='Last change')),
                ('version', models.PositiveIntegerField(default=1)),
                ('translations', models.JSONField(blank=True, default=dict, verbose_name='Translations')),
                ('code', models.SlugField(max_length=40, unique=True)),
                ('title', models.CharField(max_length=200, verbose_name='Title')),
                ('short_title', models.CharField(max_length=40, verbose_name='Short title')),
                ('publisher', models.CharField(max_length=200, verbose_name='Who publishes it')),
                ('about', models.TextField(blank=True, max_length=2000, verbose_name='What it is for')),
            ],
            options={
                'ordering': ['title', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='AssessmentCampaign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='Created')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='Last change')),
                ('version', models.PositiveIntegerField(default=1)),
                ('translations', models.JSONField(blank=True, default=dict, verbose_name='Translations')),
                ('code', models.SlugField(max_length=80, unique=True, verbose_name='Code')),
                ('title', models.CharField(max_length=200, verbose_name='Title')),
                ('starts_on', models.DateField(verbose_name='First day')),
                ('ends_on', models.DateField(help_text='Answers are taken until the end of this day.', verbose_name='Last day')),
                ('words', models.TextField(blank=True, help_text='Part of the e-mail with the link: why they are asked, and what follows.', max_length=2000, verbose_name='Words to the organisations')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('open', 'Open'), ('closed', 'Closed')], default='draft', max_length=6, verbose_name='State')),
                ('opened_on', models.DateField(blank=True, null=True, verbose_name='Opened')),
                ('opened_by', models.CharField(blank=True, max_length=200, verbose_name='Opened by')),
                ('closed_on', models.DateField(blank=True, null=True, verbose_name='Closed')),
                ('in_version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='campaigns', to='frameworks.version', verbose_name='Framework')),
                ('reviewer', models.ForeignKey(blank=True, help_text='The regulator. If empty: the secretariat.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='campaigns_reviewed', to='organisations.organisation', verbose_name='Who reviews')),
            ],
            options={
                'ordering': ['-ends_on', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Participant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='Created')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='Last change')),
                ('version', models.PositiveIntegerField(default=1)),
                ('sector', models.CharField(choices=[('energy', 'Energy'), ('transport', 'Transport and ports'), ('finance', 'Banking and finance'), ('health', 'Health'), ('water', 'Water'), ('digital', 'Telecommunications and digital services'), ('public', 'Public administration'), ('education', 'Education and research'), ('food', 'Food and farming'), ('tourism', 'Tourism'), ('trade', 'Trade and industry'), ('people', 'Private persons'), ('other', 'Another sector')], default='other', max_length=9, verbose_name='Sector')),
                ('state', models.CharField(choices=[('asked', 'Nothing answered'), ('answering', 'Being answered'), ('submitted', 'Submitted'), ('returned', 'Returned'), ('accepted', 'Accepted')], default='asked', max_length=9, verbose_name='State')),
                ('answered', models.PositiveIntegerField(default=0, verbose_name='Items answered')),
                ('submitted_on', models.DateField(blank=True, null=True, verbose_name='Submitted')),
                ('submitted_by', models.CharField(blank=True, max_length=200, verbose_name='Submitted by')),
                ('return_note', models.TextField(blank=True, max_length=2000, verbose_name='What is to be corrected')),
                ('accepted_on', models.DateField(blank=True, null=True, verbose_name='Accepted')),
                ('accepted_by', models.CharField(blank=True, max_length=200, verbose_name='Accepted by')),
                ('results', models.JSONField(blank=True, default=dict)),
                ('self_results', models.JSONField(blank=True, default=dict)),
                ('assessment', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='participant', to='frameworks.assessment')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='participants', to='assessments.assessmentcampaign')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assessed_in', to='organisations.organisation', verbose_name='Organisation')),
            ],
            options={
                'ordering': ['organisation__name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='PlanLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='Created')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='Last change')),
                ('version', models.PositiveIntegerField(default=1)),
                ('title', models.CharField(max_length=300, verbose_name='What is done')),
                ('owner', models.CharField(help_text='A post or a unit, rather than a name.', max_length=200, verbose_name='Who does it')),
                ('due_on', models.DateField(verbose_name='Due date')),
                ('state', models.CharField(choices=[('open', 'Open'), ('done', 'Done'), ('dropped', 'Given up')], default='open', max_length=7, verbose_name='State')),
                ('ended_on', models.DateField(blank=True, null=True, verbose_name='Done on')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='Reason')),
                ('action', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='assessment_lines', to='strategy.action', verbose_name='Action of the national plan')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='plan_lines', to='frameworks.item', verbose_name='Item')),
                ('participant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='plan_lines', to='assessments.participant')),
            ],
            options={
                'ordering': ['due_on', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Respondent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='Created')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='Last change')),
                ('version', models.PositiveIntegerField(default=1)),
                ('name', models.CharField(max_length=200, verbose_name='Name')),
                ('mail', models.EmailField(help_text='The personal link is sent there.', max_length=254, verbose_name='E-mail')),
                ('language', models.CharField(default=floreo.core.languages.first, max_length=5, verbose_name='Language')),
                ('link_hash', models.CharField(blank=True, db_index=True, max_length=64)),
                ('sent_on', models.DateField(blank=True, null=True, verbose_name='Sent')),
                ('ended_on', models.DateField(blank=True, null=True, verbose_name='Ended')),
                ('ended_reason', models.CharField(blank=True, max_length=300, verbose_name='Reason')),
                ('participant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='respondents', to='assessments.participant')),
            ],
            options={
                'ordering': ['name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='SelfRating',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='Created')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='Last change')),
                ('version', models.PositiveIntegerField(default=1)),
                ('level', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True, verbose_name='Level')),
                ('applies', models.BooleanField(default=True, verbose_name='Applies')),
                ('text', models.TextField(blank=True, max_length=4000, verbose_name='How, and where it shows')),
                ('written_by', models.CharField(max_length=200, verbose_name='Written by')),
                ('written_at', models.DateTimeField(verbose_name='Written')),
                ('taken_over', models.BooleanField(default=False, verbose_name='Taken over')),
                ('answer', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='self_rating', to='frameworks.answer')),
                ('respondent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='wrote', to='assessments.respondent')),
            ],
            options={
                'ordering': ['answer', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='StandardVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='Created')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='Last change')),
                ('version', models.PositiveIntegerField(default=1)),
                ('number', models.PositiveSmallIntegerField(verbose_name='Number')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('consulted', 'In consultation'), ('published', 'Published')], default='draft', max_length=9, verbose_name='State')),
                ('levels', models.JSONField(default=list)),
                ('consultation', models.CharField(blank=True, help_text='Address of the consultation on this draft, here or elsewhere.', max_length=500, verbose_name='Consultation')),
                ('consulted_on', models.DateField(blank=True, null=True, verbose_name='Consulted on')),
                ('published_on', models.DateField(blank=True, null=True, verbose_name='Published on')),
                ('in_force_on', models.DateField(blank=True, null=True, verbose_name='In force from')),
                ('became', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='drafted_as', to='frameworks.version', verbose_name='Framework')),
                ('standard', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='assessments.standard')),
            ],
            options={
                'ordering': ['standard', '-number'],
            },
        ),
        migrations.CreateModel(
            name='StandardItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='Created')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='Last change')),
                ('version', models.PositiveIntegerField(default=1)),
                ('translations', models.JSONField(blank=True, default=dict, verbose_name='Translations')),
                ('code', models.CharField(max_length=40, verbose_name='Code')),
                ('part', models.CharField(blank=True, help_text='The heading above it.', max_length=200, verbose_name='Part')),
                ('title', models.CharField(max_length=200, verbose_name='Short title')),
                ('text', models.TextField(blank=True, max_length=4000, verbose_name='What is required')),
                ('relation', models.CharField(choices=[('same', 'same requirement'), ('partly', 'part of the requirement')], default='same', max_length=9, verbose_name='How it relates')),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('comes_from', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='in_standards', to='frameworks.item', verbose_name='Comes from')),
                ('in_standard', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='assessments.standardversion')),
            ],
            options={
                'ordering': ['in_standard', 'position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='TargetLevel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='Created')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='Last change')),
                ('version', models.PositiveIntegerField(default=1)),
                ('level', models.DecimalField(decimal_places=2, max_digits=5, verbose_name='Level')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='targets', to='assessments.assessmentcampaign')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='target_levels', to='frameworks.item', verbose_name='Item')),
                ('participant', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='targets', to='assessments.participant')),
            ],
            options={
                'ordering': ['campaign', 'item__position', 'pk'],
            },
        ),
        migrations.AddConstraint(
            model_name='assessmentcampaign',
            constraint=models.CheckConstraint(condition=models.Q(('starts_on__lte', models.F('ends_on'))), name='assessment_campaign_days_in_order'),
        ),
        migrations.AddConstraint(
            model_name='assessmentcampaign',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'draft'), ('opened_on__isnull', False), _connector='OR'), name='assessment_campaign_opened_on_a_day'),
        ),
        migrations.AddConstraint(
            model_name='assessmentcampaign',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'closed'), _negated=True), ('closed_on__isnull', False), _connector='OR'), name='assessment_campaign_closed_on_a_day'),
        ),
        migrations.AddIndex(
            model_name='participant',
            index=models.Index(fields=['campaign', 'state'], name='participant_by_state'),
        ),
        migrations.AddConstraint(
            model_name='participant',
            constraint=models.UniqueConstraint(fields=('campaign', 'organisation'), name='participant_once'),
        ),
        migrations.AddConstraint(
            model_name='participant',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'accepted'), _negated=True), ('accepted_on__isnull', False), _connector='OR'), name='participant_accepted_on_a_day'),
        ),
        migrations.AddConstraint(
            model_name='planline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_on', None), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('ended_on__isnull', False)), _connector='OR'), name='plan_line_ended_on_a_day'),
        ),
        migrations.AddConstraint(
            model_name='planline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'dropped'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='plan_line_dropped_why'),
        ),
        migrations.AddConstraint(
            model_name='respondent',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_on', None)), fields=('participant', 'mail'), name='respondent_once'),
        ),
        migrations.AddConstraint(
            model_name='respondent',
            constraint=models.CheckConstraint(condition=models.Q(('ended_on', None), ('link_hash', ''), _connector='OR'), name='ended_link_opens_nothing'),
        ),
        migrations.AddConstraint(
            model_name='selfrating',
            constraint=models.CheckConstraint(condition=models.Q(('applies', True), ('level', None), _connector='OR'), name='what_does_not_apply_has_no_level'),
        ),
        migrations.AddConstraint(
            model_name='standardversion',
            constraint=models.UniqueConstraint(fields=('standard', 'number'), name='standard_version_once'),
        ),
        migrations.AddConstraint(
            model_name='standardversion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'published'), _negated=True), models.Q(('became__isnull', False), ('published_on__isnull', False)), _connector='OR'), name='published_standard_is_a_framework'),
        ),
        migrations.AddConstraint(
            model_name='standardversion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'consulted'), _negated=True), models.Q(('consultation', ''), _negated=True), _connector='OR'), name='consulted_somewhere'),
        ),
        migrations.AddConstraint(
            model_name='standarditem',
            constraint=models.UniqueConstraint(fields=('in_standard', 'code'), name='standard_item_once'),
        ),
        migrations.AddConstraint(
            model_name='targetlevel',
            constraint=models.UniqueConstraint(condition=models.Q(('participant', None)), fields=('campaign', 'item'), name='target_once_a_campaign'),
        ),
        migrations.AddConstraint(
            model_name='targetlevel',
            constraint=models.UniqueConstraint(condition=models.Q(('participant__isnull', False)), fields=('participant', 'item'), name='target_once_a_participant'),
        ),
    ])
