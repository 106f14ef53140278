"""An import of Northway's, for tests that walk every route."""

from lms.identity.values import PersonId
from lms.kernel.actor import acting_as
from tests.architecture.samples import sample
from tests.identity.importing import HEADER, look, partner_admin_of
from tests.support.portal import Cast


@sample("people_import_id")
def _people_import(cast: Cast) -> object:
    nils = partner_admin_of(PersonId(cast.nils), cast.northway)
    with acting_as(nils):
        return look(f"{HEADER}1;ines@example.org;Ines Vale;Northway Controls;Sales rep\n", nils)
