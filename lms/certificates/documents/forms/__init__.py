"""The form of a bundle: whose certificates."""

from collections.abc import Iterable

from wtforms import SelectField

from lms.web.forms import Choice, CreateForm
from lms.web.words import lazy as _l


class BundleForm(CreateForm):
    """Of which partner, and of which certification; the view gives what there is to choose from."""

    partner_id = SelectField(_l("Partner"))
    certification_id = SelectField(_l("Certification"))

    def offer(
        self,
        partners: Iterable[tuple[object, str]],
        certifications: Iterable[tuple[object, str]],
        *,
        may_have_all: bool,
    ) -> None:
        """Give the partners and certifications to choose from."""
        everybody = [Choice("", _l("Every partner"))] if may_have_all else []
        self.partner_id.choices = [*everybody, *(Choice(str(value), name) for value, name in partners)]
        self.certification_id.choices = [
            Choice("", _l("Every certification")),
            *(Choice(str(value), title) for value, title in certifications),
        ]
