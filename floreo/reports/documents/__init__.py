"""Reports as lists of blocks: the progress report, the minister's page, a donor's view, the closing evaluation."""

from floreo.reports.documents.closing import closing_document
from floreo.reports.documents.donor import donor_document
from floreo.reports.documents.minister import minister_document
from floreo.reports.documents.progress import progress_document

__all__ = ["closing_document", "donor_document", "minister_document", "progress_document"]
