"""Audiences use audiences: one that another names is not deleted."""

from collections.abc import Sequence

from flask_babel import gettext as _

from lms.audiences import facade
from lms.audiences.queries import audiences
from lms.audiences.values import AudienceId, Use


class InAudiences:
    """The audiences whose rule names one."""

    def uses(self, audience_id: AudienceId) -> Sequence[Use]:
        """Return them."""
        return [
            Use(_("Audience"), one.name, facade.audience_url(one.id))
            for one in audiences.list_naming(audience_id)
        ]
