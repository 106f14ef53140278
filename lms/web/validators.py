"""What the validators and fields of WTForms say, in our own words and so in every language of ours."""

from collections.abc import Mapping
from typing import Any, Final

from flask_wtf.i18n import translations

from lms.web.words import lazy as _l

# By their singular: a field counts in characters however many there are.
OURS: Final[Mapping[str, str]] = {
    "This field is required.": _l("Fill this in."),
    "Field must be at least %(min)d character long.": _l("Use %(min)d characters or more."),
    "Field cannot be longer than %(max)d character.": _l("Use at most %(max)d characters."),
    "Field must be exactly %(max)d character long.": _l("Use just %(max)d characters."),
    "Field must be between %(min)d and %(max)d characters long.": _l("Use %(min)d to %(max)d characters."),
    "Number must be at least %(min)s.": _l("Give a number from %(min)s upwards."),
    "Number must be at most %(max)s.": _l("Give a number of at most %(max)s."),
    "Number must be between %(min)s and %(max)s.": _l("Give a number between %(min)s and %(max)s."),
    "Not a valid integer value.": _l("Give a whole number."),
    "Not a valid decimal value.": _l("Give a number."),
    "Not a valid float value.": _l("Give a number."),
    "Not a valid date value.": _l("Give a date, such as 2026-11-30."),
    "Not a valid datetime value.": _l("Give a date and a time, such as 2026-11-30 14:00."),
    "Not a valid time value.": _l("Give a time, such as 14:00."),
    "Not a valid choice.": _l("Choose one of those that are listed."),
    "Invalid Choice: could not coerce.": _l("Choose one of those that are listed."),
    "Invalid email address.": _l("Give an e-mail address, such as name@example.org."),
}


class OurWords:
    """The translations of a form: what we say ourselves, and WTForms' own for the rest."""

    def gettext(self, string: str) -> str:
        """Return a sentence in the reader's language."""
        return str(OURS[string]) if string in OURS else str(translations.gettext(string))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """Return a sentence about a number of things."""
        return str(OURS[singular]) if singular in OURS else str(translations.ngettext(singular, plural, n))


class OurMeta:
    """What a form's Meta takes on to speak so."""

    def get_translations(self, _form: Any) -> OurWords:
        """Return our words."""
        return OurWords()
