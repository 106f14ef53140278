"""The forms of live sessions: a date, the sheet, a correction, a reason."""

from collections.abc import Iterable, Sequence
from datetime import time
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from flask import request
from flask_babel import gettext as _
from wtforms import (
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from lms.courses.sessions import rules
from lms.courses.sessions.values import Day, Marking, Session, SessionDraft
from lms.courses.values import BookingId, Mark
from lms.identity.values import PersonId
from lms.web.forms import (
    Choice,
    CreateForm,
    Form,
    LineField,
    NameField,
    Row,
    Rows,
    SensibleDay,
    TextField,
    VersionField,
    blame,
)
from lms.web.numbers import whole_number
from lms.web.words import lazy as _l

DAYS_AT_MOST: Final = 20
WEEKS_AT_MOST_HOURS: Final = 2160
ZONES: Final = (
    "UTC",
    *sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/")),
)
MARK_WORDS = {
    Mark.PRESENT: _l("present"),
    Mark.PARTLY: _l("partly"),
    Mark.ABSENT: _l("absent"),
    Mark.EXCUSED: _l("excused"),
}


class DayForm(Row):
    """One day of a session, by the clock at its place; a row without a day asks for nothing."""

    on = DateField(_l("Day"), validators=[Optional(), SensibleDay()])
    begins = TimeField(_l("Begins"), validators=[Optional()], default=time(9))
    ends = TimeField(_l("Ends"), validators=[Optional()], default=time(17))


class SessionForm(CreateForm):
    """A date; `seen` is the version that is being changed, empty for a new one."""

    seen = VersionField(must=False)
    title = NameField(_l("Title"), [InputRequired(_l("Give it a title.")), Length(max=200)])
    days = Rows(
        DayForm,
        _l("Days"),
        called=lambda number: _("Day %(number)s", number=number),
        min_entries=1,
        max_entries=DAYS_AT_MOST,
    )
    time_zone = SelectField(
        _l("Time zone of the place"),
        [InputRequired()],
        choices=[Choice(zone, zone.replace("_", " ")) for zone in ZONES],
        description=_l(
            "Days and hours above are by the clock there. Everybody sees them in their own zone too."
        ),
    )
    place = LineField(
        _l("Place"), [Optional(), Length(max=300)], description=_l("Address and room, as somebody finds it")
    )
    link = LineField(
        _l("Link"),
        [Optional(), Length(max=500)],
        description=_l("Where to join online; shown to those who have a seat"),
    )
    seats = IntegerField(
        _l("Seats"), [Optional(), NumberRange(1, 100_000)], description=_l("Empty: without limit")
    )
    trainers = SelectMultipleField(
        _l("Trainers"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    language = SelectField(_l("Language"), [InputRequired()])
    book_closes_hours = IntegerField(
        _l("Booking closes"), [InputRequired(), NumberRange(0, WEEKS_AT_MOST_HOURS)], default=0
    )
    cancel_closes_hours = IntegerField(
        _l("Seats can be given back until"),
        [InputRequired(), NumberRange(0, WEEKS_AT_MOST_HOURS)],
        default=24,
    )
    note = TextField(
        _l("Note"),
        [Optional(), Length(max=4000)],
        description=_l("What to bring, where to park, whom to call"),
    )

    def offer(
        self, trainers: Iterable[tuple[PersonId, str]], languages: Iterable[tuple[str, str]]
    ) -> "SessionForm":
        """Give the form its choices."""
        self.trainers.choices = [Choice(str(person_id), name) for person_id, name in trainers]
        self.language.choices = [Choice(code, name) for code, name in languages]
        for one in self.days[0].form:
            one.flags.required = True  # there is one day at least; further rows may stay empty
        return self

    def validate_days(self, field: Any) -> None:
        """Refuse hours that clocks at the place never show, and a day without its hours."""
        for row in field:
            on, begins, ends = row.form.on.data, row.form.begins.data, row.form.ends.data
            if on is None:
                continue
            if begins is None or ends is None:
                blame(row.form.begins if begins is None else row.form.ends, _("Give each day its hours."))
            elif self.time_zone.data in ZONES:
                for hour, instant in zip(
                    (row.form.begins, row.form.ends), self._instants(on, begins, ends), strict=True
                ):
                    if instant is None:
                        blame(
                            hour,
                            _(
                                "On this day clocks at the place go forward, and this hour does not exist there."
                            ),
                        )

    def _instants(self, on: Any, begins: Any, ends: Any) -> tuple[Any, Any]:
        zone = str(self.time_zone.data)
        return rules.instant_of(on, begins, zone), rules.instant_of(on, ends, zone)

    def draft(self) -> SessionDraft:
        """Return the date as it was written; only of a valid form."""
        rows = [row.form for row in self.days if row.form.on.data is not None]
        days = [Day(*self._instants(row.on.data, row.begins.data, row.ends.data)) for row in rows]
        return SessionDraft(
            title=str(self.title.data),
            days=sorted(days, key=lambda day: day.starts_at),
            time_zone=str(self.time_zone.data),
            place=str(self.place.data or ""),
            link=str(self.link.data or ""),
            seats=self.seats.data,
            trainers=[PersonId(UUID(one)) for one in self.trainers.data or ()],
            language=str(self.language.data),
            note=str(self.note.data or "").strip(),
            book_closes_hours=int(self.book_closes_hours.data or 0),
            cancel_closes_hours=int(self.cancel_closes_hours.data or 0),
        )


def form_of(session: Session) -> SessionForm:
    """Return the form of a date as it is."""
    zone = ZoneInfo(session.time_zone)
    local = [(day.starts_at.astimezone(zone), day.ends_at.astimezone(zone)) for day in session.days]
    return SessionForm(
        seen=session.version,
        title=session.title,
        days=[{"on": begins.date(), "begins": begins.time(), "ends": ends.time()} for begins, ends in local],
        time_zone=session.time_zone,
        place=session.place,
        link=session.link,
        seats=session.seats,
        trainers=[str(one) for one in session.trainers],
        language=session.language,
        note=session.note,
        book_closes_hours=session.book_closes_hours,
        cancel_closes_hours=session.cancel_closes_hours,
    )


class ReasonForm(Form):
    """Why a date is called off."""

    reason = LineField(
        _l("Reason"), [InputRequired(_l("Say why: everybody who booked is told.")), Length(max=500)]
    )


class SheetForm(Form):
    """Marks of the people on a page of the sheet, each in fields named by the booking."""

    def marks(self, minutes: int) -> tuple[dict[BookingId, Marking], Sequence[str]]:
        """Return what was marked out of so many `minutes`, and the bookings whose minutes cannot be."""
        marked: dict[BookingId, Marking] = {}
        wrong: list[str] = []
        for name, value in request.form.items():
            booking_id = _booking_of(name)
            if booking_id is None or value not in set(Mark):
                continue
            given = whole_number(request.form.get(f"minutes-{booking_id}", "").strip())
            marking = rules.marking_of(Mark(value), given, minutes)
            if marking is None:
                wrong.append(str(booking_id))
            else:
                marked[booking_id] = marking
        return marked, wrong


def _booking_of(name: str) -> BookingId | None:
    try:
        return BookingId(UUID(name.removeprefix("mark-"))) if name.startswith("mark-") else None
    except ValueError:
        return None


class CorrectionForm(Form):
    """A mark changed after the sheet was closed."""

    mark = RadioField(
        _l("Mark"), [InputRequired()], choices=[Choice(mark.value, word) for mark, word in MARK_WORDS.items()]
    )
    minutes = IntegerField(
        _l("Minutes"), [Optional(), NumberRange(1, 100_000)], description=_l("For who was there partly")
    )
    reason = LineField(_l("Reason"), [InputRequired(_l("Say why: it stays on record.")), Length(max=500)])

    def marking(self, whole: int) -> Marking | None:
        """Return the mark out of so many minutes; None if its minutes cannot be."""
        return rules.marking_of(Mark(self.mark.data), self.minutes.data, whole)
