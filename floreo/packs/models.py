"""Which pack is loaded, and what its files were."""

from django.db import models


class LoadedPack(models.Model):
    """The pack this installation runs on. `digest` is over all its files: the same digest means nothing to do."""

    code = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=200)
    pack_version = models.CharField(max_length=20)
    digest = models.CharField(max_length=64)
    manifest = models.JSONField(default=dict)  # sources and licences, file by file
    loaded_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.code
