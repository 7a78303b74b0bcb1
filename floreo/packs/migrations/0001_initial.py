import django.db.models.deletion
from django.db import migrations, models
from floreo.core.migrations._together import together


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = together([
        migrations.CreateModel(
            name='LoadedPack',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=60, unique=True)),
                ('title', models.CharField(max_length=200)),
                ('pack_version', models.CharField(max_length=20)),
                ('digest', models.CharField(max_length=64)),
                ('manifest', models.JSONField(default=dict)),
                ('loaded_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='TranslationImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='Created')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='Last change')),
                ('version', models.PositiveIntegerField(default=1)),
                ('at', models.DateTimeField(verbose_name='When')),
                ('by', models.CharField(max_length=200, verbose_name='Who')),
                ('name', models.CharField(max_length=200, verbose_name='File name')),
                ('sha256', models.CharField(max_length=64)),
                ('language', models.CharField(max_length=5, verbose_name='Language')),
                ('texts', models.PositiveIntegerField(verbose_name='Texts')),
                ('changed', models.JSONField(default=list)),
                ('undone_at', models.DateTimeField(blank=True, null=True, verbose_name='Undone')),
            ],
            options={
                'verbose_name': 'import of translations',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='PackRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('word', models.CharField(max_length=30)),
                ('key', models.CharField(max_length=400)),
                ('object_id', models.PositiveBigIntegerField()),
                ('values', models.JSONField()),
                ('pack', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='packs.loadedpack')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('pack', 'word', 'key'), name='pack_row_once')],
            },
        ),
    ])
