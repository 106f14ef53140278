"""The forms of deals: a deal as a partner writes it, and the reason a verb may need."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from babel.core import Locale
from babel.numbers import (
    NumberFormatError,
    format_decimal,
    get_currency_name,
    get_territory_currencies,
    parse_decimal,
)
from flask_babel import get_locale
from flask_babel import gettext as _
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    SelectField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from lms.kernel.money import CURRENCIES, Money
from lms.portal.deals.values import (
    SOURCE_WORDS,
    Deal,
    DealDraft,
    DealLine,
    LineDraft,
    Product,
    ProductId,
    Source,
)
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
from lms.web.words import lazy as _l

ROWS = 3
ROWS_AT_MOST = 100
NO_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
"""Territories of CLDR in which no customer sits."""


class LineForm(Row):
    """One product; a row without one asks for nothing."""

    product_id = SelectField(_l("Product"), validators=[Optional()])
    quantity = IntegerField(_l("Quantity"), validators=[Optional(), NumberRange(min=1, max=1_000_000)])


class DealForm(CreateForm):
    """A deal; `seen` is the version that is being changed, empty for a new one."""

    seen = VersionField(must=False)
    customer_name = NameField(
        _l("Customer"),
        validators=[InputRequired(_l("Name the customer.")), Length(max=200)],
        description=_l("The legal name, as on an invoice"),
    )
    customer_domain = LineField(
        _l("Web address"),
        validators=[Optional(), Length(max=200)],
        description=_l("It tells this customer from others of a similar name."),
    )
    customer_country = SelectField(
        _l("Country"), validators=[InputRequired(_l("Choose the country."))], validate_choice=True
    )
    customer_postcode = LineField(_l("Postcode"), validators=[Optional(), Length(max=20)])
    customer_city = LineField(_l("Town"), validators=[Optional(), Length(max=120)])
    is_existing_customer = BooleanField(_l("We sold to this customer before"))
    contact_name = LineField(_l("Contact"), validators=[Optional(), Length(max=120)])
    contact_job = LineField(_l("Contact’s job"), validators=[Optional(), Length(max=120)])
    title = NameField(
        _l("What it is about"),
        validators=[InputRequired(_l("Say in a few words what it is about.")), Length(max=160)],
    )
    lines = Rows(
        LineForm,
        _l("Products"),
        called=lambda number: _("Product %(number)s", number=number),
        min_entries=ROWS,
        max_entries=ROWS_AT_MOST,
    )
    amount = LineField(
        _l("Amount"),
        validators=[InputRequired(_l("What is the whole offer worth?")), Length(max=40)],
        description=_l("The whole offer without VAT"),
    )
    currency = SelectField(_l("Currency"), validators=[InputRequired()], validate_choice=False)
    expected_close_on = DateField(
        _l("Expected close"),
        validators=[InputRequired(_l("When will the customer decide?")), SensibleDay()],
        description=_l("The day on which the customer will decide"),
    )
    source = SelectField(
        _l("Who found it"),
        validators=[InputRequired()],
        choices=[Choice(source.value, word) for source, word in SOURCE_WORDS.items()],
    )
    competitor = LineField(_l("Competitor"), validators=[Optional(), Length(max=120)])
    summary = TextField(
        _l("Summary"),
        validators=[Optional(), Length(max=4000)],
        description=_l("What the customer needs, and what makes you the one to deliver it"),
    )

    def validate_currency(self, field: SelectField) -> None:
        """Refuse a currency nobody pays with; what was chosen stays in the list, to be seen."""
        if field.data not in CURRENCIES:
            raise ValidationError(_("There is no currency %(code)s.", code=str(field.data)[:12]))

    def validate_amount(self, field: LineField) -> None:
        """Refuse what is no exact amount of the currency, written as the reader's language writes numbers."""
        if self.currency.data in CURRENCIES:
            self._money(str(field.data))

    def _money(self, written: str) -> Money:
        locale = get_locale() or Locale("en")
        sample = format_decimal(36000, locale=locale)
        wrong = ValidationError(_("This is no amount. Write it like %(sample)s.", sample=sample))
        # Python reads more than people write: NaN, 1e9, 1_000.
        if any(character.isalpha() or character == "_" for character in written):
            raise wrong
        try:
            amount = parse_decimal("".join(written.split()), locale=locale, strict=True)
        except NumberFormatError as error:
            raise wrong from error
        try:
            money = Money.of(amount, str(self.currency.data))
        except ValueError as error:
            raise ValidationError(
                _("%(currency)s has no parts as small as this.", currency=str(self.currency.data))
            ) from error
        if not 0 < money.minor < 10**15:
            raise ValidationError(_("The amount must be more than nothing, and no more than there is."))
        return money

    def validate_lines(self, _field: Any) -> None:
        """Refuse a deal without a product, and a product without a quantity."""
        chosen = [row.form for row in self.lines if row.form.product_id.data]
        if not chosen:
            raise ValidationError(_("Choose at least one product."))
        for row in chosen:
            if not row.quantity.data:
                blame(row.quantity, _("How many?"))

    def offer_again(self, version: int) -> None:
        """Say that the deal is at `version` by now, and let who typed this decide whether it goes over that."""
        self.seen.data = str(version)
        self.form_errors.append(
            _(
                "Somebody changed this deal since you opened it. What you typed is still here; saving it now puts it"
                " over what they wrote."
            )
        )

    def offer(self, products: Sequence[Product], brands: dict[UUID, str]) -> None:
        """Set what may be chosen."""
        locale = get_locale() or Locale("en")
        countries = [
            (code, name)
            for code, name in locale.territories.items()
            if len(code) == 2 and code.isalpha() and code not in NO_COUNTRIES  # noqa: PLR2004  ISO 3166 alpha-2
        ]
        self.customer_country.choices = [
            Choice("", _("Choose a country")),
            *(Choice(code, name) for code, name in sorted(countries, key=lambda pair: pair[1])),
        ]
        known = [(code, f"{code} – {get_currency_name(code, locale=locale)}") for code in sorted(CURRENCIES)]
        if self.currency.data and self.currency.data not in CURRENCIES:
            known.insert(0, (str(self.currency.data), str(self.currency.data)))
        self.currency.choices = [Choice(code, name) for code, name in known]
        # One product is a must; the other rows ask for nothing while they are empty.
        first = self.lines[0].form
        first.product_id.flags.required = first.quantity.flags.required = True
        for row in self.lines:
            row.form.product_id.choices = [
                Choice("", _("No product")),
                *(
                    Choice(
                        str(one.id),
                        f"{one.name} ({brands[one.brand_id]})" if one.brand_id in brands else one.name,
                    )
                    for one in products
                ),
            ]

    def add_rows(self) -> None:
        """Make room for more products."""
        for _row in range(ROWS):
            if len(self.lines) < ROWS_AT_MOST:
                self.lines.append_entry()

    def draft(self) -> DealDraft:
        """Return what was typed in; only after the form was found valid."""
        return DealDraft(
            title=str(self.title.data),
            customer_name=str(self.customer_name.data),
            customer_domain=self.customer_domain.data or "",
            customer_country=str(self.customer_country.data),
            customer_postcode=self.customer_postcode.data or "",
            customer_city=self.customer_city.data or "",
            is_existing_customer=bool(self.is_existing_customer.data),
            contact_name=self.contact_name.data or "",
            contact_job=self.contact_job.data or "",
            lines=tuple(
                LineDraft(
                    product_id=ProductId(UUID(row.form.product_id.data)), quantity=row.form.quantity.data or 0
                )
                for row in self.lines
                if row.form.product_id.data
            ),
            amount=self._money(str(self.amount.data)),
            expected_close_on=self.expected_close_on.data,  # type: ignore[arg-type]  # InputRequired
            source=Source(self.source.data),
            competitor=self.competitor.data or "",
            summary=self.summary.data or "",
        )


def currency_of(country: str) -> str:
    """Return the currency a country pays with today, EUR where none is known: what a new deal begins with."""
    paid_with = [code for code in get_territory_currencies(country) if code in CURRENCIES]
    return paid_with[-1] if paid_with else "EUR"


def answers_of(deal: Deal, lines: Sequence[DealLine]) -> dict[str, object]:
    """Return how the form shows a deal."""
    return {
        "key": str(deal.id),
        "seen": str(deal.version),
        "title": deal.title,
        "customer_name": deal.customer_name,
        "customer_domain": deal.customer_domain,
        "customer_country": deal.customer_country,
        "customer_postcode": deal.customer_postcode,
        "customer_city": deal.customer_city,
        "is_existing_customer": deal.is_existing_customer,
        "contact_name": deal.contact_name,
        "contact_job": deal.contact_job,
        "lines": [
            *({"product_id": str(line.product.id), "quantity": line.quantity} for line in lines),
            {},
        ],
        "amount": format_decimal(deal.amount.amount, locale=get_locale() or Locale("en")),
        "currency": deal.amount.currency,
        "expected_close_on": deal.expected_close_on,
        "source": deal.source.value,
        "competitor": deal.competitor,
        "summary": deal.summary,
    }


class ActForm(Form):
    """A verb done with a deal of version `seen`, with a reason where one is needed."""

    seen = VersionField(must=False)
    reason = TextField(
        _l("Reason"), validators=[Optional(), Length(max=2000, message=_l("At most 2,000 characters."))]
    )

    def complaints(self) -> dict[str, str]:
        """Return what is wrong with what was sent, by field."""
        return {name: str(errors[0]) for name, errors in self.errors.items() if errors and name}

    @property
    def version(self) -> int | None:
        """Return the version that was looked at."""
        return self.seen.version
