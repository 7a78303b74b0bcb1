"""Static files with their hash in the name."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise has no types
    """Keeps unhashed copies, so that relative imports between ES modules still resolve."""

    manifest_strict = False
