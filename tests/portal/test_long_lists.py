"""Long lists: in any order each thing stands on one page, once; pages cost the same; a table holds it all."""

import csv
import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import insert

from lms.identity import facade as identity
from lms.identity.values import OrganisationKind, ResellerModel
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db, new_id
from lms.kernel.uow import unit_of_work
from lms.portal.deals.models import DealRow
from lms.portal.deals.values import DealState
from tests.support.portal import counted_queries

MANY = 1_000


@pytest.fixture
def crowded(app, cast, dealing):
    """Return what a busy year leaves: a thousand deals more that wait, in two currencies, many of one customer."""
    first = dealing.write()
    with unit_of_work():
        row = db.session.get_one(DealRow, first)
        told = {column.name: getattr(row, column.name) for column in DealRow.__table__.columns}
        db.session.execute(
            insert(DealRow),
            [
                {
                    **told,
                    "id": new_id(),
                    "number": told["number"] + number,
                    "customer_name": f"Customer {number % 37:02}",
                    "amount_minor": 1_000 + number % 50,
                    "currency": ("EUR", "GBP")[number % 2],
                    "state": DealState.SUBMITTED,
                    "submitted_at": clock.now(),
                    "expected_close_on": told["expected_close_on"] + timedelta(days=number % 90),
                    "decide_by_on": told["expected_close_on"] - timedelta(days=number % 20),
                }
                for number in range(1, MANY + 1)
            ],
        )
    return dealing


def walked(visitor, url, pattern):
    """Return what every page of a list shows, page after page, and how many queries each took."""
    seen, asked = [], []
    while url:
        with counted_queries() as statements:
            page = visitor.get(url)
        assert page.status_code == 200
        asked.append(len(statements))
        seen += re.findall(pattern, page.text)
        following = re.findall(r'href="([^"]*)" rel="next"', page.text)
        url = following[0].replace("&amp;", "&") if following else None
    return seen, asked


def table_of(visitor, url):
    return list(csv.DictReader(io.StringIO(visitor.get(url).text.lstrip("\ufeff"))))


@pytest.mark.parametrize("sort", ["", "number", "-customer", "amount", "-amount", "close"])
def test_every_deal_stands_once_in_the_list_however_it_is_ordered(crowded, visit, sort):
    numbers, asked = walked(visit(crowded.cast.jonas), f"/deals?sort={sort}", r">(D-\d+)</td>")
    assert len(numbers) == len(set(numbers)) == MANY, "what is no draft of the partner's own"
    assert max(asked) == min(asked)


@pytest.mark.parametrize("sort", ["", "-number", "customer", "-amount"])
def test_every_waiting_deal_stands_once_in_the_queue_however_it_is_ordered(crowded, visit, sort):
    links, asked = walked(
        visit(crowded.cast.jonas), f"/deals/queue?sort={sort}", r'class="deal-link" href="([^"]*)"'
    )
    assert len(links) == len(set(links)) == MANY
    assert max(asked) == min(asked)


def test_deals_are_ordered_by_amount_within_each_currency(crowded, visit):
    rows = table_of(visit(crowded.cast.jonas), "/deals.csv?sort=-amount")
    amounts = [(row["Currency"], float(row["Amount"])) for row in rows]
    assert amounts == sorted(amounts, reverse=True)
    assert len(rows) == MANY


def test_a_table_of_deals_is_narrowed_as_the_list_is_and_holds_only_what_its_reader_may_see(crowded, visit):
    manager, stranger = visit(crowded.cast.jonas), visit(crowded.cast.nils)
    one_customer = table_of(manager, "/deals.csv?q=Customer+07&tab=review")
    assert {row["Customer"] for row in one_customer} == {"Customer 07"}
    assert {row["State"] for row in one_customer} == {"Submitted"}
    assert {row["Partner"] for row in table_of(manager, "/deals/queue.csv?q=Brixham")} == {
        "Brixham Automation"
    }
    assert table_of(manager, "/deals/queue.csv?q=Northway") == []
    assert table_of(stranger, "/deals.csv") == []


@pytest.mark.parametrize("sort", ["name", "-name"])
def test_every_partner_stands_once_in_the_list_and_in_its_table(app, cast, visit, sort):
    with unit_of_work(), acting_as(SYSTEM):
        for number in range(120):
            identity.add_organisation(
                name=f"Partner {number // 2:03}",
                kind=OrganisationKind.PARTNER,
                model=ResellerModel.RESELLER,
                parent_id=cast.brixham,
                region_id=None,
                country="GB",
                domain="",
                now=clock.now(),
            )
    ada = visit(cast.ada)
    links, asked = walked(ada, f"/partners?sort={sort}", r'href="(/partners/[0-9a-f-]{36})"')
    assert len(links) == len(set(links))
    assert max(asked) == min(asked)
    names = [row["Partner"] for row in table_of(ada, f"/partners.csv?sort={sort}")]
    assert len(names) == len(links) >= 120
    falling = sort.startswith("-")
    assert names == sorted(names, reverse=falling)


def test_an_order_that_a_list_does_not_know_is_refused_by_name(crowded, visit):
    refused = visit(crowded.cast.jonas).get("/deals?sort=password")
    assert refused.status_code == 422
    assert "sort" in refused.text
