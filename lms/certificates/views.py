"""Every page of certificates, by sub-feature."""

from lms.certificates.badges.views import blueprint as badges
from lms.certificates.cycles.views import deeds, defining
from lms.certificates.cycles.views.equivalences import blueprint as equivalences
from lms.certificates.cycles.views.looking_ahead import blueprint as team
from lms.certificates.cycles.views.mine import blueprint as mine
from lms.certificates.cycles.views.reports import blueprint as reports
from lms.certificates.cycles.views.requests import blueprint as requests
from lms.certificates.documents.views import blueprint as documents
from lms.certificates.documents.views.designs import blueprint as designs
from lms.certificates.verification.views import blueprint as verification

blueprints = (
    mine, defining.blueprint, equivalences, reports, requests, deeds.blueprint, team, documents, designs, badges,
    verification,
)  # fmt: skip
