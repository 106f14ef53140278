"""Forms of curricula: facts, a stage, publishing, what counts for what."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from lms.courses.authoring.rules import slug_of
from lms.courses.curricula.values import CurriculumFacts, Stage
from lms.courses.values import CourseId, StageKey
from lms.identity.values import BrandId
from lms.web.forms import Choice, CreateForm, Form, LineField, NameField, SensibleDay, TextField, VersionField
from lms.web.numbers import whole_number
from lms.web.words import lazy as _l

TITLE = [InputRequired(_l("Give it a title.")), Length(max=200)]
ALL, SOME = "all", "some"
BEFORE, FREE, CHOSEN = "before", "free", "chosen"


class BoxesField(SelectMultipleField):
    """Several of some choices, each with a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class CurriculumForm(CreateForm):
    """What a curriculum says of itself. The view fills the choices of brand and language."""

    seen = VersionField(must=False)
    title = NameField(_l("Title"), TITLE)
    slug = LineField(
        _l("Address"),
        [Optional(), Length(max=80)],
        description=_l("The last part of its link. Empty: made of the title."),
    )
    summary = TextField(
        _l("Summary"),
        [Length(max=600)],
        description=_l("One or two sentences: for whom it is, and what it leads to."),
    )
    brand = SelectField(_l("Brand"), [Optional()])
    language = SelectField(_l("Language"), [InputRequired(_l("Choose a language."))])
    is_strict = BooleanField(
        _l("Lock its courses in the catalogue too"),
        description=_l(
            "Otherwise a course of a later stage can be begun by itself; it counts as soon as it is completed."
            " Whom a partner admin or a trainer enrols may begin either way."
        ),
    )

    def facts(self) -> CurriculumFacts:
        """Return what was typed."""
        title = str(self.title.data)
        return CurriculumFacts(
            title=title,
            slug=self.slug.data or slug_of(title),
            summary=self.summary.data or "",
            brand_id=BrandId(UUID(self.brand.data)) if self.brand.data else None,
            language=str(self.language.data),
            is_strict=bool(self.is_strict.data),
        )


class NewStageForm(CreateForm):
    """A stage that is to be added."""

    title = NameField(_l("Title of the stage"), TITLE)


class StageForm(Form):
    """A stage. The view fills the courses and the other stages."""

    seen = VersionField()
    title = NameField(_l("Title"), TITLE)
    courses = BoxesField(_l("Courses"))
    how_many = RadioField(
        _l("Done with"),
        choices=[Choice(ALL, _l("all of them")), Choice(SOME, _l("some of them, as the learner chooses"))],
        default=ALL,
    )
    needed = LineField(_l("How many of them"), description=_l("Where some are enough."))
    opens = RadioField(
        _l("Opens"),
        choices=[
            Choice(BEFORE, _l("after the stage before it")),
            Choice(FREE, _l("at once")),
            Choice(CHOSEN, _l("after these stages")),
        ],
        default=BEFORE,
    )
    after = BoxesField(_l("Stages that come first"))

    def validate_needed(self, field: StringField) -> None:
        """Refuse what is no number, where one is asked for."""
        if self.how_many.data == SOME and whole_number(str(field.data or "")) is None:
            raise ValidationError(_l("Say how many."))

    def validate_after(self, field: BoxesField) -> None:
        """Refuse to wait for chosen stages of which there are none."""
        if self.opens.data == CHOSEN and not field.data:
            raise ValidationError(_l("Choose a stage."))

    def offer(self, courses: Sequence[tuple[str, str]], stages: Sequence[tuple[str, str]]) -> "StageForm":
        """Fill the choices."""
        self.courses.choices = [Choice(*pair) for pair in courses]
        self.after.choices = [Choice(*pair) for pair in stages]
        return self

    def stage(self, key: StageKey) -> Stage:
        """Return what was chosen."""
        after: tuple[StageKey, ...] | None = None
        if self.opens.data != BEFORE:
            chosen = self.after.data or [] if self.opens.data == CHOSEN else []
            after = tuple(StageKey(UUID(one)) for one in chosen)
        return Stage(
            key=key,
            title=str(self.title.data),
            courses=tuple(CourseId(UUID(one)) for one in self.courses.data or []),
            needed=whole_number(str(self.needed.data or "")) if self.how_many.data == SOME else None,
            after=after,
        )


def form_of(stage: Stage, revision: int) -> StageForm:
    """Return the form of a stage as it is."""
    return StageForm(
        seen=str(revision),
        title=stage.title,
        courses=[str(one) for one in stage.courses],
        how_many=ALL if stage.needed is None else SOME,
        needed=str(stage.needed or ""),
        opens=BEFORE if stage.after is None else CHOSEN if stage.after else FREE,
        after=[str(one) for one in stage.after or ()],
    )


class OrderForm(Form):
    """What dragging sends: the keys of all stages, in their new order, as JSON."""

    order = HiddenField()

    def validate_order(self, field: HiddenField) -> None:
        """Refuse what is no list of keys."""
        try:
            self.keys = tuple(
                StageKey(one) for one in msgspec.json.decode(str(field.data or ""), type=tuple[UUID, ...])
            )
        except (msgspec.MsgspecError, ValueError) as error:
            raise ValidationError(_l("Reload this page and try again.")) from error


class PublishForm(Form):
    """What becomes of those who are under way."""

    moves = BooleanField(
        _l("Let everybody under way go on in this version"),
        description=_l(
            "Otherwise they finish on the version that they began. What is completed stays completed."
        ),
    )


class EquivalenceForm(CreateForm):
    """What counts for what. The view fills the courses."""

    course = SelectField(_l("Who has completed"), [InputRequired(_l("Choose a course."))])
    counts_for = SelectField(_l("Counts for"), [InputRequired(_l("Choose a course."))])
    is_mutual = BooleanField(_l("And the other way round"))
    from_on = DateField(_l("Completed from"), [Optional(), SensibleDay()])
    until_on = DateField(_l("Completed until"), [Optional(), SensibleDay()])
    note = LineField(_l("Note"), [Length(max=300)], description=_l("Why, for whoever looks later."))
