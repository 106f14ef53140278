"""Every page of certificates, by sub-feature."""

from lms.certificates.documents.views import blueprint as documents
from lms.certificates.verification.views import blueprint as verification

blueprints = (documents, verification)
