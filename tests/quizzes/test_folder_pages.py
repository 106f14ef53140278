"""The pages of a bank: its list narrowed in every way, its folders, and acts on many questions."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from lms.app.portal import Portal
from lms.kernel.db import new_id
from lms.kernel.uow import unit_of_work
from lms.quizzes.bank import queries
from lms.quizzes.bank.queries import QuestionFilter
from lms.quizzes.values import BankId, QuestionId, Status
from lms.web.pages import PageRequest
from tests.quizzes.exams import CHECKS, COLD, VALVE, fill_bank
from tests.support.portal import Cast, Visitor, counted_queries

Visit = Callable[..., Visitor]


@pytest.fixture
def tomas(cast: Cast, visit: Visit) -> Visitor:
    return visit(cast.tomas)


def shown(page: str) -> list[str]:
    return [title for title in (VALVE.title, CHECKS.title, COLD.title) if f">{title}</a>" in page]


def ids_of(bank_id: BankId, **like: object) -> list[QuestionId]:
    with unit_of_work(read_only=True):
        wanted = QuestionFilter(**like)  # type: ignore[arg-type]  # a case's own
        return [one.id for one in queries.page_questions(bank_id, PageRequest(), like=wanted).items]


def test_a_list_is_narrowed_by_its_address_and_says_so_when_nothing_fits(app: Portal, tomas: Visitor) -> None:
    bank_id = fill_bank([replace(VALVE, category=("Safety",), objective="Knows valves"), CHECKS, COLD])
    here = f"/author/questions/{bank_id}"
    with unit_of_work(read_only=True):
        folder = queries.list_folders(bank_id)[0].id
    assert shown(tomas.get(f"{here}?folder={folder}").text) == [VALVE.title]
    assert shown(tomas.get(f"{here}?folder=none").text) == [CHECKS.title, COLD.title]
    assert shown(tomas.get(f"{here}?q=polarity").text) == [CHECKS.title]
    assert shown(tomas.get(f"{here}?objective=Knows+valves").text) == [VALVE.title]
    assert shown(tomas.get(f"{here}?tag=wiring&asked=never").text) == [CHECKS.title]
    nothing = tomas.get(f"{here}?difficulty=hard").text
    assert "No question fits" in nothing
    assert f'href="{here}"' in nothing, "there is a way back to all"
    for wrong in ("folder=x", f"folder={new_id()}", "difficulty=9", "status=x", "asked=x", "type=x"):
        assert tomas.get(f"{here}?{wrong}").status_code == 422, wrong
    table = tomas.get(f"{here}.csv?folder={folder}").text
    assert "Safety" in table
    assert COLD.title not in table


def test_a_list_costs_the_same_however_many_questions_and_folders_there_are(
    app: Portal, tomas: Visitor
) -> None:
    def cost(bank_id: BankId) -> int:
        with counted_queries() as seen:
            assert tomas.get(f"/author/questions/{bank_id}?q=valve&sort=title").status_code == 200
        return len(seen)

    few = fill_bank([VALVE], name="Few")
    many = fill_bank(
        [replace(VALVE, title=f"Valve {n}", category=(f"Part {n % 30}",)) for n in range(300)], name="Many"
    )
    cost(few)
    assert cost(few) == cost(many) <= 10


def test_folders_are_made_renamed_and_removed_on_their_pages(app: Portal, tomas: Visitor) -> None:
    bank_id = fill_bank([VALVE])
    here = f"/author/questions/{bank_id}/folders"
    assert "No folders yet" in tomas.get(here).text
    key = new_id()
    for _twice in range(2):
        assert tomas.post(here, {"key": str(key), "name": "Safety", "parent": ""}).status_code == 303
    refused = tomas.post(here, {"key": str(new_id()), "name": "Safety", "parent": ""})
    assert refused.status_code == 422
    assert "There is a folder of this name already." in refused.text
    mine = f"/author/questions/folders/{key}"
    sent = {"key": str(new_id()), "name": "Safety first", "parent": ""}
    assert tomas.post(mine, sent).status_code == 303
    assert "Safety first" in tomas.get(here).text
    tomas.post(f"/author/questions/items/{ids_of(bank_id)[0]}/place", {"folder": str(key)})
    assert "Only an empty folder can be removed" in tomas.get(mine).text
    assert tomas.post(f"{mine}/remove").location == mine, "what lies in it is not lost"
    tomas.post(f"/author/questions/items/{ids_of(bank_id)[0]}/place", {"folder": "none"})
    assert tomas.post(f"{mine}/remove").location == here
    assert tomas.get(mine).status_code == 404


def shown_by(page: str) -> str:
    """Return the name of the change that a page has shown."""
    found = re.search(r'name="shown" value="([0-9a-f]+)"', page)
    assert found
    return found[1]


def test_what_is_confirmed_is_what_was_shown_and_nothing_else(app: Portal, tomas: Visitor) -> None:
    bank_id = fill_bank([VALVE, CHECKS, COLD])
    address = f"/author/questions/{bank_id}/change"
    one, two, three = (str(one) for one in ids_of(bank_id))
    looked = tomas.post(address, {"question": [one, two], "tag": "2027", "do": "look"}).text
    confirmed = {
        "question": [one, two],
        "tag": "2027",
        "expected": "2",
        "shown": shown_by(looked),
        "do": "apply",
    }
    for other in ({"tag": "2028"}, {"status": "retired"}, {"question": [one, three]}, {"shown": ""}):
        told = tomas.post(address, confirmed | other)
        assert told.status_code == 422
        assert "what you chose is not what you were shown" in told.text
        assert ids_of(bank_id, tag="2027") == ids_of(bank_id, tag="2028") == []
        assert ids_of(bank_id, status=Status.RETIRED) == []
    # What it says now is what may be confirmed next.
    told = tomas.post(address, confirmed | {"tag": "2028"})
    again = confirmed | {"tag": "2028", "shown": shown_by(told.text)}
    assert tomas.post(address, again).status_code == 303
    assert ids_of(bank_id, tag="2028") == ids_of(bank_id)[:2]


def test_many_are_changed_only_after_the_page_said_what_that_comes_to(app: Portal, tomas: Visitor) -> None:
    bank_id = fill_bank([VALVE, CHECKS, COLD])
    address = f"/author/questions/{bank_id}/change"
    ticked = [str(one) for one in ids_of(bank_id)[:2]]
    asked = tomas.post(address, {"question": ticked})
    assert "Change 2 questions" in asked.text
    assert tomas.post(address, {"question": ticked, "do": "look"}).status_code == 422, "nothing was chosen"
    looked = tomas.post(address, {"question": ticked, "status": "draft", "tag": "2027", "do": "look"})
    assert "2 questions get another status" in looked.text
    assert ids_of(bank_id, status=Status.DRAFT) == [], "looking changes nothing"
    sent = {
        "question": ticked,
        "status": "draft",
        "tag": "2027",
        "expected": "2",
        "shown": shown_by(looked.text),
    }
    sent |= {"do": "apply"}
    assert tomas.post(address, sent).status_code == 303
    assert ids_of(bank_id, status=Status.DRAFT, tag="2027") == ids_of(bank_id)[:2]
    every = tomas.post(f"{address}?status=draft", {"scope": "all", "status": "reviewed", "do": "look"})
    assert "2 questions get another status" in every.text
    retire = {"scope": "all", "status": "retired"}
    shown = shown_by(tomas.post(f"{address}?status=draft", retire | {"do": "look"}).text)
    fewer = retire | {"expected": "3", "shown": shown, "do": "apply"}
    assert tomas.post(f"{address}?status=draft", fewer).status_code == 422, "others than were shown"
    assert ids_of(bank_id, status=Status.RETIRED) == []
    assert "No question is selected" in tomas.post(address, {}).text


def test_a_new_question_stands_where_its_author_puts_it(app: Portal, tomas: Visitor) -> None:
    bank_id = fill_bank([replace(VALVE, category=("Safety",))])
    with unit_of_work(read_only=True):
        folder = queries.list_folders(bank_id)[0].id
    address = f"/author/questions/{bank_id}/new?type=true_false"
    assert f'<option selected value="{folder}">' in tomas.get(f"{address}&folder={folder}").text
    sent = {
        "key": str(new_id()),
        "stem": "Is it cold?",
        "marks": "1",
        "holds": "true",
        "folder": str(folder),
        "difficulty": "hard",
        "status": "draft",
    }
    assert tomas.post(address, sent).status_code == 303
    (made,) = ids_of(bank_id, status=Status.DRAFT, folders=frozenset([folder]))
    page = tomas.get(f"/author/questions/items/{made}").text
    assert "Random draws leave it out until it is reviewed" in page
    assert tomas.post(f"/author/questions/items/{made}/place", {"status": "reviewed"}).status_code == 303
    assert ids_of(bank_id, status=Status.DRAFT) == []
    assert made in ids_of(bank_id, folders=frozenset([folder])), "what was not sent stays"


def test_who_only_reads_arranges_nothing(app: Portal, cast: Cast, visit: Visit) -> None:
    bank_id = fill_bank([replace(VALVE, category=("Safety",))])
    odd = visit(cast.odd)
    page = odd.get(f"/author/questions/{bank_id}").text
    assert shown(page) == [VALVE.title]
    assert "/change" not in page
    assert odd.get(f"/author/questions/{bank_id}/folders").status_code == 200
    for path in (f"{bank_id}/change", f"{bank_id}/folders", f"items/{ids_of(bank_id)[0]}/place"):
        assert odd.post(f"/author/questions/{path}", {"status": "draft"}).status_code == 403
