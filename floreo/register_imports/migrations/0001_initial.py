import django.core.validators
import django.db.models.deletion
from django.db import migrations, models
from floreo.core.migrations._together import together


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = together([
        migrations.CreateModel(
            name='RegisterImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('changed_at', models.DateTimeField(auto_now=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('kind', models.CharField(choices=[('organisation', 'Organisations'), ('service', 'Essential services'), ('asset', 'Assets'), ('dependency', 'Dependencies')], help_text='Organisations first, then services, then assets and dependencies: each names the one before.', max_length=12, verbose_name='What the rows are')),
                ('name', models.CharField(max_length=200, verbose_name='File')),
                ('sha256', models.CharField(max_length=64)),
                ('by', models.CharField(max_length=200, verbose_name='By')),
                ('at', models.DateTimeField(verbose_name='Uploaded')),
                ('sheet', models.PositiveSmallIntegerField(default=0, verbose_name='Sheet')),
                ('header_row', models.PositiveIntegerField(default=1, help_text='As the spreadsheet numbers its rows. What is above it is left out.', validators=[django.core.validators.MinValueValidator(1)], verbose_name='Row of the header')),
                ('header_rows', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(3)], verbose_name='Rows that the header takes')),
                ('columns', models.JSONField(blank=True, default=list)),
                ('imported_at', models.DateTimeField(blank=True, null=True)),
                ('counts', models.JSONField(blank=True, default=dict)),
            ],
            options={
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='UploadedCells',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sheets', models.JSONField()),
                ('run', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='cells', to='register_imports.registerimport')),
            ],
        ),
    ])
