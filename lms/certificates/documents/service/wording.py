"""What a certificate in a design says, in its language."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from urllib.parse import urlsplit

from babel.core import Locale
from flask_babel import format_percent, ngettext
from flask_babel import gettext as _

from lms.certificates.documents.rules.designs import filled
from lms.certificates.documents.values import Ground, Proof
from lms.certificates.documents.values.designs import Field, Layout, Said, Signer
from lms.courses.values import Level
from lms.kernel.lines import cleaned
from lms.web.context import write_date

GROUNDS_SHOWN = 2


def labels() -> Mapping[Field, str]:
    """Return what the fields are called."""
    return {
        Field.NAME: _("Name"),
        Field.CERTIFICATION: _("Certification"),
        Field.BRAND: _("Brand"),
        Field.ISSUER: _("Issuer"),
        Field.ISSUED: _("Issued"),
        Field.VALID_THROUGH: _("Valid through"),
        Field.NUMBER: _("Number"),
        Field.LEVEL: _("Level"),
        Field.SCORE: _("Score"),
        Field.HOURS: _("Practice"),
        Field.PARTNER: _("Employer when issued"),
        Field.LANGUAGE: _("Language"),
        Field.GROUNDS: _("Rests on"),
    }


def values_of(proof: Proof, level: Level | None) -> Mapping[Field, str]:
    """Return what a certificate says of itself; an empty text where it has nothing to say."""
    certificate = proof.certificate
    hours = sum(one.hours or 0 for one in proof.grounds)
    scores = [one.score for one in proof.grounds if one.score is not None]
    return {
        Field.NAME: cleaned(proof.holder),
        Field.CERTIFICATION: cleaned(certificate.title),
        Field.BRAND: cleaned(certificate.brand_name),
        Field.ISSUER: cleaned(proof.issuer),
        Field.ISSUED: _day(certificate.issued_on),
        Field.VALID_THROUGH: _day(certificate.term.valid_through),
        Field.NUMBER: certificate.code,
        Field.LEVEL: _level(level),
        Field.SCORE: _percent(min(scores)) if scores else "",
        Field.HOURS: ngettext("%(num)s hour", "%(num)s hours", hours) if hours else "",
        Field.PARTNER: cleaned(proof.employer),
        Field.LANGUAGE: Locale.parse(proof.language, sep="-").get_display_name() or proof.language,
        Field.GROUNDS: _grounds(proof.grounds),
    }


def said_of(proof: Proof, layout: Layout, level: Level | None) -> Said:
    """Return every word of a certificate in a design; call it in the certificate's language."""
    values, named = values_of(proof, level), labels()
    address = urlsplit(proof.url)
    return Said(
        intro=filled(layout.intro, values)
        if layout.intro
        else _("%(issuer)s certifies that", issuer=values[Field.ISSUER][:80]),
        name=values[Field.NAME],
        holding=filled(layout.holding, values) if layout.holding else _("holds the certification"),
        title=values[Field.CERTIFICATION],
        body=filled(layout.body, values),
        foot=filled(layout.foot, values),
        facts=[(named[one], values[one]) for one in layout.facts if values[one]],
        number=(_("Certificate"), proof.certificate.code),
        check=_("Its page says whether it is still valid, and every line of it:"),
        address=f"{address.netloc}{address.path}",
        wordmark=values[Field.BRAND],
        logo_aspect=layout.logo.width / layout.logo.height if layout.logo else None,
        signers=[
            Signer(
                name=one.name,
                title=one.title,
                aspect=one.picture.width / one.picture.height if one.picture else None,
            )
            for one in layout.signatures
        ],
    )


def _day(day: date) -> str:
    # As pages write it, without the marks that keep it apart from a line it does not stand in.
    return cleaned(write_date(day))


def _percent(score: Decimal) -> str:
    return str(format_percent(score, "#,##0 %"))


def _level(level: Level | None) -> str:
    return {
        None: "",
        Level.FOUNDATION: _("Foundation"),
        Level.INTERMEDIATE: _("Intermediate"),
        Level.ADVANCED: _("Advanced"),
    }[level]


def _grounds(grounds: Sequence[Ground]) -> str:
    """Return the first things that a certificate rests on, and how many more there are."""
    shown = [_ground(one) for one in grounds[:GROUNDS_SHOWN]]
    left = len(grounds) - GROUNDS_SHOWN
    if left > 0:
        shown.append(
            ngettext(
                "and one more, named on its page", "and %(count)s more, named on its page", left, count=left
            )
        )
    return "; ".join(shown)


def _ground(one: Ground) -> str:
    if one.kind == "recognition":
        return _("Prior learning, recognised")
    return cleaned(one.title)
