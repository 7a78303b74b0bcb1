import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from floreo.core.migrations._together import together


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('organisations', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = together([
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='Created')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='Last change')),
                ('version', models.PositiveIntegerField(default=1)),
                ('page', models.CharField(max_length=300, verbose_name='Page')),
                ('name', models.CharField(max_length=80, verbose_name='Name')),
                ('query', models.CharField(blank=True, max_length=1000)),
                ('share', models.CharField(choices=[('private', 'Only me'), ('role', 'Everybody with the role'), ('organisation', 'Everybody of the organisation')], default='private', max_length=12, verbose_name='Who sees it')),
                ('role', models.CharField(blank=True, max_length=20, verbose_name='Role')),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='saved_views', to='organisations.organisation', verbose_name='Organisation')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_views', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['name', 'pk'],
                'indexes': [models.Index(fields=['page'], name='saved_view_page')],
                'constraints': [models.UniqueConstraint(fields=('owner', 'page', 'name'), name='saved_view_named_once'), models.CheckConstraint(condition=models.Q(models.Q(('organisation', None), ('role', ''), ('share', 'private')), models.Q(('organisation', None), ('share', 'role'), models.Q(('role', ''), _negated=True)), models.Q(('organisation__isnull', False), ('role', ''), ('share', 'organisation')), _connector='OR'), name='saved_view_shared_with_one_team')],
            },
        ),
    ])
