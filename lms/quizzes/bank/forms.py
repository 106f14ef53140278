"""The forms of the bank; they ask nothing of the database."""

from wtforms import BooleanField, FileField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lms.quizzes.values import Layout, Review
from lms.web.forms import Choice, CreateForm
from lms.web.words import lazy as _l


class BankForm(CreateForm):
    """A new bank."""

    name = StringField(_l("Name of the bank"), [InputRequired(_l("Give a name.")), Length(max=120)])


class UploadForm(CreateForm):
    """A file of questions."""

    file = FileField(_l("File of questions"))


class QuizForm(CreateForm):
    """The rules of a quiz."""

    title = StringField(_l("Title"), [InputRequired(_l("Give a title.")), Length(max=200)])
    pass_percent = IntegerField(
        _l("Pass mark"), [InputRequired(_l("Give a number from 0 to 100.")), NumberRange(0, 100)], default=80
    )
    minutes = IntegerField(_l("Time limit"), [Optional(), NumberRange(1, 600)])
    attempts_allowed = IntegerField(_l("Attempts allowed"), [Optional(), NumberRange(1, 100)])
    wait_days = StringField(
        _l("Wait after an attempt that fails"), description=_l("Days, growing if you like: 1, 14, 60")
    )
    layout = SelectField(
        _l("Pages"),
        choices=[
            Choice(Layout.ONE.value, _l("One question on a page")),
            Choice(Layout.ALL.value, _l("All questions on one page")),
        ],
    )
    review = SelectField(
        _l("After finishing, show"),
        choices=[
            Choice(Review.MARKS.value, _l("What each answer earned")),
            Choice(Review.SCORE.value, _l("The score alone")),
            Choice(Review.ANSWERS.value, _l("The right answers, at once")),
            Choice(Review.ANSWERS_AT_END.value, _l("The right answers, once passed or out of attempts")),
        ],
    )
    shuffle_questions = BooleanField(_l("Shuffle the questions"), default=True)
    shuffle_choices = BooleanField(_l("Shuffle the choices"), default=True)
