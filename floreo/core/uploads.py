"""Uploads: how large, and what happens when there is no room."""

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, StopUpload, UploadFileException
from django.utils.translation import gettext as _

from floreo.core.errors import Refused


class TooLarge(UploadFileException, Refused):
    """An upload past the limit: refused while it arrives, before it reaches the disk."""

    def __init__(self) -> None:
        limit = settings.UPLOAD_LARGEST // (1024 * 1024)
        Refused.__init__(
            self, _("The file is larger than %(limit)d MB. Send a smaller one.") % {"limit": limit}, code="too_large"
        )


class CappedUploadHandler(FileUploadHandler):
    """Counts what arrives over all files of a request; past the limit the rest is thrown away and the form hears why."""

    def __init__(self, request: object = None) -> None:
        super().__init__(request)  # type: ignore[arg-type]  # the stubs forget that Django passes None
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received += len(raw_data)
        if self.received > settings.UPLOAD_LARGEST:
            if self.request is not None:
                self.request.upload_refused = TooLarge()  # type: ignore[attr-defined]  # read by forms.checked_file
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
