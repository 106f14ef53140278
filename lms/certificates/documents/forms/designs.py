"""The forms of designs: making one, and all that an author may say of it."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, ColorField, IntegerField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from lms.certificates.documents.rules.designs import in_order
from lms.certificates.documents.rules.samples import Sample
from lms.certificates.documents.values.designs import (
    FACTS,
    FADED_LEAST,
    FADED_MOST,
    SIGNATURES_AT_MOST,
    WORDS_AT_MOST,
    Backdrop,
    Base,
    Family,
    Field,
    Layout,
    Orientation,
    Paper,
    Picture,
    Signature,
)
from lms.web.forms import Choice, CreateForm, Form, LineField, NameField, Row, Rows, VersionField
from lms.web.words import lazy as _l

BASES = (
    (Base.CHARTER.value, _l("Charter: on one axis, inside an engraved frame")),
    (Base.PLATE.value, _l("Plate: a field of colour, and the words beside it")),
)
PAPERS = ((Paper.A4.value, _l("A4")), (Paper.LETTER.value, _l("Letter")))
ORIENTATIONS = ((Orientation.LANDSCAPE.value, _l("Landscape")), (Orientation.PORTRAIT.value, _l("Portrait")))
FAMILIES = tuple((one.value, one.value) for one in Family)
BACKDROPS = (
    (Backdrop.PLAIN.value, _l("Nothing")),
    (Backdrop.ROSETTE.value, _l("Engraved lines in the accent’s colour")),
    (Backdrop.PICTURE.value, _l("A picture, printed pale")),
)
FACT_NAMES = {
    Field.ISSUED: _l("Issued"),
    Field.VALID_THROUGH: _l("Valid through"),
    Field.LEVEL: _l("Level of the courses"),
    Field.SCORE: _l("Score of the exam"),
    Field.HOURS: _l("Hours of practice"),
    Field.BRAND: _l("Brand"),
    Field.LANGUAGE: _l("Language of the certificate"),
    Field.PARTNER: _l("Employer when issued"),
    Field.GROUNDS: _l("What it rests on"),
}
NAMED: Mapping[str, str] = {
    **{value: words for pairs in (BASES, PAPERS, ORIENTATIONS, BACKDROPS) for value, words in pairs},
    **{one.value: words for one, words in FACT_NAMES.items()},
}
"""What is chosen, in words, by its stored value."""
SAMPLES = (
    (Sample.USUAL.value, _l("Amara Osei")),
    (Sample.LONG.value, _l("A very long name")),
    (Sample.LONGEST.value, _l("300 characters, and the longest title")),
    (Sample.WELSH.value, _l("Welsh, with ŵ and ŷ")),
    (Sample.VIETNAMESE.value, _l("Vietnamese")),
    (Sample.ARABIC.value, _l("Arabic, from right to left")),
    (Sample.HEBREW.value, _l("Hebrew")),
    (Sample.DEVANAGARI.value, _l("Devanagari")),
    (Sample.KHMER.value, _l("Khmer")),
    (Sample.CHINESE.value, _l("Chinese")),
    (Sample.MARKUP.value, _l("HTML in a name")),
    (Sample.OVERRIDE.value, _l("Turned around by hidden characters")),
    (Sample.EMOJI.value, _l("A picture character")),
)
KINDS_TAKEN = "image/png,image/jpeg,image/svg+xml,.svg"
Pairs = Iterable[tuple[object, str]]
"""Ids and what they are called."""


def _choices(pairs: Pairs) -> list[Choice]:
    return [Choice(str(value), label) for value, label in pairs]


def _places(form: Any, brands: Pairs, languages: Pairs) -> None:
    form.brand_id.choices = [Choice("", _("Every brand")), *_choices(brands)]
    form.language.choices = [Choice("", _("Every language")), *_choices(languages)]


class NewDesignForm(CreateForm):
    """What a new design starts as, and where it is used; the view gives brands and languages."""

    name = NameField(_l("Name"), [InputRequired(_l("Give it a name.")), Length(max=80)])
    base = RadioField(
        _l("Start from"), [InputRequired()], choices=_choices(BASES), default=Base.CHARTER.value
    )
    brand_id = SelectField(_l("For certificates of"), [Optional()])
    language = SelectField(_l("Language"), [Optional()])

    def offer(self, *, brands: Pairs, languages: Pairs) -> None:
        """Give the fields their choices."""
        _places(self, brands, languages)


class SignatureRow(Row):
    """Who signs; without a picture there is a line to sign on."""

    name = LineField(_l("Name"), [Length(max=80)])
    title = LineField(_l("Title"), [Length(max=80)])
    picture = FileField(_l("Picture of the signature"))
    drop = BooleanField(_l("Take this picture away"))


class Checks(SelectMultipleField):
    """Several of some choices, as boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _signature_name(number: int) -> str:
    return _("Signature %(number)s", number=str(number))


def _words(label: str, description: str) -> LineField:
    return LineField(label, [Length(max=WORDS_AT_MOST)], description=description)


class DesignForm(Form):
    """All of a design; the view gives brands and languages."""

    revision = VersionField()
    name = NameField(_l("Name"), [InputRequired(_l("Give it a name.")), Length(max=80)])
    brand_id = SelectField(_l("For certificates of"), [Optional()])
    language = SelectField(_l("Language"), [Optional()])
    base = RadioField(_l("Divided as"), [InputRequired()], choices=_choices(BASES))
    orientation = RadioField(_l("Held"), [InputRequired()], choices=_choices(ORIENTATIONS))
    paper = RadioField(_l("Paper"), [InputRequired()], choices=_choices(PAPERS))
    heading = SelectField(_l("Letters of names and titles"), [InputRequired()], choices=_choices(FAMILIES))
    text = SelectField(_l("Letters of everything else"), [InputRequired()], choices=_choices(FAMILIES))
    sheet = ColorField(_l("Sheet"), [InputRequired()])
    ink = ColorField(_l("Words"), [InputRequired()])
    accent = ColorField(_l("Accent"), [InputRequired()])
    backdrop = RadioField(_l("Behind the words"), [InputRequired()], choices=_choices(BACKDROPS))
    faded = IntegerField(
        _l("Strength of the picture"),
        [InputRequired(), NumberRange(min=FADED_LEAST, max=FADED_MOST)],
        description=_l("The paler it is, the better the words are read."),
    )
    background = FileField(_l("Picture behind the words"))
    drop_background = BooleanField(_l("Take this picture away"))
    logo = FileField(_l("Logo"))
    drop_logo = BooleanField(_l("Take the logo away"))
    intro = _words(_l("Above the name"), _l("Empty for our own words, in the certificate’s language."))
    holding = _words(
        _l("Above the certification"), _l("Empty for our own words, in the certificate’s language.")
    )
    body = _words(
        _l("Below the certification"), _l("Left out if the certificate has nothing of one of its fields.")
    )
    foot = _words(_l("At the foot"), _l("Fine print."))
    facts = Checks(_l("Facts"), choices=[Choice(one.value, FACT_NAMES[one]) for one in FACTS])
    signatures = Rows(
        SignatureRow,
        _l("Signatures"),
        called=_signature_name,
        min_entries=SIGNATURES_AT_MOST,
        max_entries=SIGNATURES_AT_MOST,
    )
    sample = SelectField(_l("Show it with"), choices=_choices(SAMPLES), default=Sample.USUAL.value)

    def offer(self, *, brands: Pairs, languages: Pairs) -> None:
        """Give the fields their choices."""
        _places(self, brands, languages)

    def show(self, layout: Layout) -> None:
        """Fill the form with a design."""
        for name in ("base", "orientation", "paper", "heading", "text", "backdrop"):
            self[name].data = getattr(layout, name).value
        for name in ("sheet", "ink", "accent", "faded", "intro", "holding", "body", "foot"):
            self[name].data = getattr(layout, name)
        self.facts.data = [one.value for one in layout.facts]
        for row, signature in zip(self.signatures, layout.signatures, strict=False):
            row.form.name.data, row.form.title.data = signature.name, signature.title

    def uploads(self) -> Mapping[str, FileStorage]:
        """Return the files that were brought, by their fields."""
        fields = [self.logo, self.background, *(row.form.picture for row in self.signatures)]
        return {
            one.name: one.data for one in fields if isinstance(one.data, FileStorage) and one.data.filename
        }

    def layout(self, before: Layout, brought: Mapping[str, Picture]) -> Layout:
        """Return the design that the form says; pictures that were not brought anew stay those of `before`."""
        return Layout(
            base=Base(self.base.data),
            paper=Paper(self.paper.data),
            orientation=Orientation(self.orientation.data),
            heading=Family(self.heading.data),
            text=Family(self.text.data),
            sheet=str(self.sheet.data).lower(),
            ink=str(self.ink.data).lower(),
            accent=str(self.accent.data).lower(),
            backdrop=Backdrop(self.backdrop.data),
            faded=int(self.faded.data or 0),
            logo=_kept(brought.get("logo"), before.logo, is_dropped=self.drop_logo.data),
            background=_kept(
                brought.get("background"), before.background, is_dropped=self.drop_background.data
            ),
            intro=str(self.intro.data or ""),
            holding=str(self.holding.data or ""),
            body=str(self.body.data or ""),
            foot=str(self.foot.data or ""),
            facts=in_order(Field(one) for one in self.facts.data or ()),
            signatures=tuple(self._signers(before, brought)),
        )

    def _signers(self, before: Layout, brought: Mapping[str, Picture]) -> Iterable[Signature]:
        for number, row in enumerate(self.signatures):
            known = before.signatures[number].picture if number < len(before.signatures) else None
            if row.form.name.data:
                yield Signature(
                    name=row.form.name.data,
                    title=str(row.form.title.data or ""),
                    picture=_kept(brought.get(row.form.picture.name), known, is_dropped=row.form.drop.data),
                )

    def refuse_picture(self, field: str, message: str) -> None:
        """Put what is wrong with a picture beside the field that brought it."""
        for one in (self.logo, self.background, *(row.form.picture for row in self.signatures)):
            if one.name == field:
                one.errors = [*one.errors, message]


def _kept(new: Picture | None, before: Picture | None, *, is_dropped: bool) -> Picture | None:
    if new is not None:
        return new
    return None if is_dropped else before
