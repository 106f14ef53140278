"""Every page of certificates, by sub-feature."""

from lms.certificates.cycles.views import deeds, defining
from lms.certificates.cycles.views.mine import blueprint as mine
from lms.certificates.cycles.views.team import blueprint as team
from lms.certificates.documents.views import blueprint as documents
from lms.certificates.verification.views import blueprint as verification

blueprints = (mine, defining.blueprint, deeds.blueprint, team, documents, verification)
