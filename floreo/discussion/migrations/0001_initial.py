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
            name='Comment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='Created')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='Last change')),
                ('version', models.PositiveIntegerField(default=1)),
                ('thing', models.CharField(max_length=120)),
                ('text', models.TextField(blank=True, verbose_name='Comment')),
                ('batch', models.CharField(blank=True, max_length=32)),
                ('author_name', models.CharField(max_length=200, verbose_name='Written by')),
                ('written_at', models.DateTimeField(verbose_name='Written')),
                ('edited_at', models.DateTimeField(blank=True, null=True, verbose_name='Edited')),
                ('removed_at', models.DateTimeField(blank=True, null=True, verbose_name='Removed on')),
                ('removed_by', models.CharField(blank=True, max_length=200, verbose_name='Removed by')),
                ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='comments', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['written_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Mention',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='Created')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='Last change')),
                ('version', models.PositiveIntegerField(default=1)),
                ('seen_at', models.DateTimeField(blank=True, null=True, verbose_name='Seen')),
                ('comment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mentions', to='discussion.comment')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='mentions', to='organisations.person', verbose_name='Person')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='mentions', to=settings.AUTH_USER_MODEL, verbose_name='Account')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(fields=['thing', 'written_at'], name='comment_of_thing'),
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(condition=models.Q(('batch', ''), _negated=True), fields=['batch'], name='comment_of_batch'),
        ),
        migrations.AddConstraint(
            model_name='comment',
            constraint=models.CheckConstraint(condition=models.Q(('removed_at', None), ('text', ''), _connector='OR'), name='removed_comment_has_no_text'),
        ),
        migrations.AddIndex(
            model_name='mention',
            index=models.Index(fields=['user', 'seen_at'], name='mention_waits'),
        ),
        migrations.AddConstraint(
            model_name='mention',
            constraint=models.UniqueConstraint(fields=('comment', 'user'), name='mentioned_once'),
        ),
        migrations.AddConstraint(
            model_name='mention',
            constraint=models.CheckConstraint(condition=models.Q(('user__isnull', False), ('person__isnull', False), _connector='OR'), name='mention_of_somebody'),
        ),
    ])
