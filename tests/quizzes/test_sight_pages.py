"""Every author’s page of questions and exams, walked by who sees a folder, who changes in it, and who does neither."""

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from lms.app.portal import Portal
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db, new_id
from lms.kernel.uow import unit_of_work
from lms.quizzes.bank import queries, service
from lms.quizzes.bank.models import (
    FolderRow,
    NamedRow,
    QuestionPictureRow,
    QuestionRow,
    QuestionTagRow,
    QuestionVersionRow,
    QuizApartRow,
    QuizDrawRow,
)
from lms.quizzes.remarking.models import RemarkRow
from lms.quizzes.values import FolderId, ImportedQuestion
from tests.architecture.forms import Page
from tests.quizzes.exams import PLANT
from tests.quizzes.sight import CLOSED, MAP, OPEN, SECRET, WORDS, Stage, set_the_stage
from tests.support.portal import Cast, Visitor, counted_queries

Visit = Callable[..., Visitor]
KEPT = (
    FolderRow,
    NamedRow,
    QuestionPictureRow,
    QuestionRow,
    QuestionTagRow,
    QuestionVersionRow,
    QuizApartRow,
    QuizDrawRow,
    RemarkRow,
)
OF_ATTEMPTS = {
    "quizzes.give_extra_time",
    "quizzes.let_begin",
    "quizzes.make_start_code",
    "quizzes.offer_handover",
    "quizzes.set_sitting",
    "quizzes.withdraw_extra_time",
}
"""Acts on who takes an exam and when: nothing of the bank is in them."""
ASKED = {
    "quizzes.bank": ("folder={Vault}", "q=Quagga", "tag=quokka", "objective=Umbrage", "folder=none"),
    "quizzes.bank_table": ("tag=quokka",),
    "quizzes.choose": ("bank={closed}", "folder={Vault}", "q=Quagga", "group=1", "bank={shared}&tag=quokka"),
    "quizzes.export_questions": ("format=moodle-xml", "format=gift", "format=qti", "format=csv"),
    "quizzes.exposure": ("draw=3", "draw=4"),
    "quizzes.new_question": ("type=true_false&folder={Vault}",),
    "quizzes.preview": ("seed=1",),
}
"""What is asked of a page beside the page itself."""


@pytest.fixture
def stage(app: Portal, cast: Cast) -> Stage:
    return set_the_stage(cast)


def rules_of(portal: Portal, method: str) -> Iterator[Rule]:
    for rule in portal.url_map.iter_rules():
        if (
            rule.endpoint.startswith("quizzes.")
            and rule.rule.startswith("/author/")
            and method in (rule.methods or ())
        ):
            yield rule


def addresses(portal: Portal, stage: Stage, method: str) -> Iterator[tuple[str, str, bool]]:
    """Yield each author's route with each thing it can name: its endpoint, the address, whether that is hidden."""
    samples: Mapping[str, Sequence[object]] = {
        "bank_id": (stage.shared, stage.closed),
        "folder_id": (*stage.folders.values(),),
        "question_id": (*stage.questions.values(),),
        "quiz_id": (stage.exam, stage.survey),
        "version_id": (stage.version,),
        "remark_id": (stage.remark,),
        "import_id": (stage.upload,),
        "extra_time_id": (new_id(),),
        "ending": ("csv", "xlsx"),
    }
    urls = portal.url_map.bind("halden.example")
    for rule in rules_of(portal, method):
        for chosen in product(*(samples[one] for one in sorted(rule.arguments))):
            values = dict(zip(sorted(rule.arguments), chosen, strict=True))
            address = urls.build(rule.endpoint, values, method=method)
            yield rule.endpoint, address, any(str(one) in stage.hidden for one in chosen)


def words_of(answer: TestResponse, address: str) -> str:
    """Return all that an answer says, but for the address that was asked, which its own links repeat."""
    told = answer.data
    if told.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(told)) as file:
            told = b"".join(file.read(one) for one in file.namelist())
    said = told.decode(errors="replace") + str(answer.headers)
    return str(said).replace(address, "").replace(urlsplit(address).path, "")


def leaks(answer: TestResponse, address: str, stage: Stage) -> list[str]:
    said = words_of(answer, address)
    asked = address.partition("?")[2]
    return [one for one in (*WORDS, *sorted(stage.hidden)) if one in said and one not in asked]


def everything_kept() -> list[str]:
    with unit_of_work(read_only=True):
        return sorted(str(tuple(row)) for kept in KEPT for row in db.session.execute(select(kept.__table__)))


def test_no_authors_page_says_anything_of_a_folder_to_who_is_not_named(
    app: Portal, cast: Cast, visit: Visit, stage: Stage
) -> None:
    tomas, seen = visit(cast.tomas), set()
    for endpoint, address, is_hidden in addresses(app, stage, "GET"):
        answer = tomas.get(address)
        assert (answer.status_code == 404) if is_hidden else answer.status_code in {200, 303, 404}, address
        assert not leaks(answer, address, stage), address
        seen.add((endpoint, answer.status_code))
        for asked in () if is_hidden else ASKED.get(endpoint, ()):
            wanted = f"{address}?{asked.format(**stage.folders, closed=stage.closed, shared=stage.shared)}"
            answer = tomas.get(wanted)
            assert answer.status_code in {200, 303, 404, 422}, wanted
            assert not leaks(answer, wanted, stage), wanted
    preview = tomas.get(f"/author/quizzes/{stage.exam}/preview", follow_redirects=True).text
    assert "it has no preview for you" in preview, (
        "its first page alone would show nothing, the next ones would"
    )
    # What has a page that is not hidden was shown: the walk says something of each of these.
    for word in ("bank", "folders", "edit_quiz", "choose", "statistics", "exposure", "show_question", "uses"):
        assert any(endpoint.endswith(word) and status == 200 for endpoint, status in seen), word


def test_no_act_of_who_is_not_named_changes_anything_of_it(
    app: Portal, cast: Cast, visit: Visit, stage: Stage
) -> None:
    tomas, before = visit(cast.tomas), everything_kept()
    hidden, vault = (
        [str(one) for title, one in stage.questions.items() if title != OPEN.title],
        stage.folders["Vault"],
    )
    bodies: Mapping[str, Sequence[Mapping[str, object]]] = {
        "quizzes.add_folder": ({"key": str(new_id()), "name": "Mine", "parent": str(vault)},),
        "quizzes.answer_preview": ({"seed": "1", "go": "check"},),
        "quizzes.change_folder": ({"key": str(new_id()), "name": "Open", "parent": str(vault)},),
        "quizzes.change_questions": (
            {"do": "look", "question": hidden, "status": "retired"},
            {"do": "apply", "question": hidden, "status": "retired", "expected": "0"},
            {"do": "apply", "question": hidden, "status": "retired", "expected": str(len(hidden))},
            {
                "do": "apply",
                "question": [str(stage.questions[OPEN.title])],
                "folder": str(vault),
                "expected": "1",
            },
        ),
        "quizzes.change_quiz": ({"do": "add:group"},),
        "quizzes.define_quiz": (
            {
                "key": str(new_id()),
                "title": "Mine",
                "section-0-key": "",
                "section-0-draw-0-bank": str(stage.closed),
                "section-0-draw-0-count": "1",
            },
        ),
        "quizzes.name_for_bank": ({"person": str(cast.petra)},),
        "quizzes.place_question": ({"folder": str(vault)},),
        "quizzes.take": ({"question": hidden}, {"question": hidden, "group": "1"}),
        "quizzes.write_question": ({"do": "check"},),
    }
    for endpoint, address, is_hidden in addresses(app, stage, "POST"):
        if endpoint in OF_ATTEMPTS or (not is_hidden and endpoint not in bodies):
            continue
        for body in bodies.get(endpoint, ({},)):
            if endpoint == "quizzes.name_for_bank" and not is_hidden:
                continue
            answer = tomas.post(address, body)
            assert not is_hidden or answer.status_code == 404, address
            assert not leaks(answer, address, stage), address
            assert answer.status_code < 500, address
    assert everything_kept() == before


def test_an_exam_is_saved_with_all_that_its_author_does_not_see_of_it(
    app: Portal, cast: Cast, visit: Visit, stage: Stage
) -> None:
    tomas, before = visit(cast.tomas), everything_kept()
    address = f"/author/quizzes/{stage.exam}"
    page = tomas.get(address).text
    for words in (
        "A question that you do not see",
        "A folder that you do not see",
        "A bank that you do not see",
    ):
        assert words in page
    sent = next(one for one in Page(address, page).forms if one.action == address).filled()
    answer = tomas.post(address, {**sent, "title": "Renamed", "do": ""})
    assert answer.status_code == 303, answer.text
    assert everything_kept() == before, "not a draw, nor a group, is other than it was"
    with unit_of_work(read_only=True):
        assert queries.get_quiz(stage.exam).rules.title == "Renamed"


def test_who_is_named_finds_all_of_it_and_changes_it(app: Portal, visit: Visit, stage: Stage) -> None:
    nora = visit(stage.nora)
    for endpoint, address, is_hidden in addresses(app, stage, "GET"):
        answer = nora.get(address)
        # The exam of the cast is no survey, and the survey has no statistics of its own.
        if is_hidden and endpoint != "quizzes.survey_texts":
            assert answer.status_code == 200, address
    assert SECRET.title in nora.get(f"/author/questions/{stage.shared}?q=Quagga").text
    assert "Vault" in nora.get(f"/author/questions/{stage.shared}/folders").text
    assert CLOSED.title in nora.get(f"/author/questions/{stage.closed}").text
    assert nora.get(f"/author/quizzes/{stage.exam}/preview").status_code == 200
    item = f"/author/questions/items/{stage.questions[SECRET.title]}"
    assert nora.post(f"{item}/retire", {}).status_code == 303
    assert nora.post(f"{item}/place", {"difficulty": "hard"}).status_code == 303
    with unit_of_work(read_only=True), acting_as(SYSTEM):
        line = queries.get_question(stage.questions[SECRET.title]).line
        assert (line.is_retired, line.difficulty) == (True, "hard")


def test_who_only_sees_it_reads_all_of_it_and_is_told_why_nothing_changes(
    app: Portal, visit: Visit, stage: Stage
) -> None:
    sven = visit(stage.sven)
    item, folder = f"/author/questions/items/{stage.questions[SECRET.title]}", stage.folders["Vault"]
    page = sven.get(item).text
    assert "Quagga" in page
    assert f"{item}/edit" not in page, "what is refused is not offered"
    before = everything_kept()
    acts: Sequence[tuple[str, Mapping[str, object]]] = (
        (f"{item}/retire", {}),
        (f"{item}/place", {"difficulty": "hard"}),
        (f"/author/questions/folders/{folder}", {"key": str(new_id()), "name": "Mine", "parent": ""}),
        (f"/author/questions/folders/{folder}/remove", {}),
        (f"/author/questions/folders/{folder}/people", {"person": str(stage.sven), "level": "change"}),
        (f"/author/questions/folders/{folder}/people/remove", {"person": str(stage.nora)}),
        (
            f"/author/questions/{stage.shared}/change?tag=quokka",
            {"do": "apply", "scope": "all", "status": "retired"},
        ),
        (f"/author/questions/{stage.closed}/folders", {"key": str(new_id()), "name": "Mine", "parent": ""}),
        (f"/author/questions/{stage.closed}/people", {"person": str(stage.sven), "level": "change"}),
        (f"/author/questions/remarks/{stage.remark}/discard", {}),
    )
    for address, body in acts:
        shown = {}
        if body.get("do") == "apply":
            # Nothing is done but what a page has shown: looking changes nothing, and is no refusal yet.
            looked = sven.post(address, {**body, "do": "look"}).text
            shown = dict(re.findall(r'name="(shown|expected)"[^>]* value="([^"]*)"', looked))
        answer = sven.post(address, {**body, **shown})
        assert answer.status_code == 403, address
        assert "You may see this folder, not change in it." in answer.text, address
    assert everything_kept() == before


def test_administrators_and_auditors_read_it_as_before(
    app: Portal, cast: Cast, visit: Visit, stage: Stage
) -> None:
    for person_id in (cast.ada, cast.odd):
        visitor = visit(person_id)
        assert SECRET.title in visitor.get(f"/author/questions/{stage.shared}").text
        assert visitor.get(f"/author/questions/items/{stage.questions[CLOSED.title]}").status_code == 200
    petra = visit(cast.petra)
    assert SECRET.title not in petra.get(f"/author/questions/{stage.shared}").text, (
        "a programme manager is no auditor"
    )


def test_people_are_named_on_the_page_of_a_folder_once_however_often_it_is_pressed(
    app: Portal, cast: Cast, visit: Visit, stage: Stage
) -> None:
    tomas, folder = visit(cast.tomas), f"/author/questions/folders/{stage.folders['Open']}"
    assert "Every author." in tomas.get(folder).text
    for _press in range(2):
        sent = {"person": str(cast.petra), "level": "see"}
        assert tomas.post(f"{folder}/people", sent).location == folder
    page = tomas.get(folder).text
    assert page.count("Remove Petra Novak") == 1
    assert page.count("Remove Tomas Lindqvist") == 1, "who names the first is named too"
    assert visit(stage.nora).get(folder).status_code == 404
    assert (
        visit(cast.petra).get(f"/author/questions/{stage.shared}?folder={stage.folders['Open']}").status_code
        == 200
    )
    for _press in range(2):
        tomas.post(f"{folder}/people/remove", {"person": str(cast.petra)})
    tomas.post(f"{folder}/people/remove", {"person": str(cast.tomas)})
    assert visit(stage.nora).get(folder).status_code == 200
    whole = f"/author/questions/{stage.shared}"
    tomas.post(f"{whole}/people", {"person": str(cast.tomas), "level": "change"})
    assert "It follows what it lies in" in tomas.get(folder).text
    assert visit(cast.petra).get(whole).status_code == 404


def test_a_list_costs_one_query_more_for_who_is_shut_out_however_many_folders_are(
    app: Portal, cast: Cast, visit: Visit, stage: Stage
) -> None:
    tomas = visit(cast.tomas)

    def cost() -> int:
        with counted_queries() as seen:
            assert tomas.get(f"/author/questions/{stage.shared}").status_code == 200
        return len(seen)

    cost()
    few = cost()
    with unit_of_work(), acting_as(SYSTEM):
        for number in range(30):
            folder_id = service.add_folder(
                folder_id=FolderId(new_id()),
                bank_id=stage.shared,
                name=f"Folder {number}",
                parent_id=None,
                actor=SYSTEM,
                now=clock.now(),
            )
            service.name_person(
                bank_id=stage.shared,
                folder_id=folder_id,
                person_id=stage.nora,
                may_change=True,
                actor=SYSTEM,
                now=clock.now(),
            )
    assert cost() == few


def test_a_picture_of_a_folder_is_shown_to_who_sees_it_and_to_who_marks_what_was_asked(
    app: Portal, cast: Cast, visit: Visit, stage: Stage
) -> None:
    unasked = replace(MAP, title="Zanzibar unasked")
    with unit_of_work(), acting_as(SYSTEM):
        made = service.add_questions(
            bank_id=stage.shared,
            imported=[ImportedQuestion(unasked, (replace(PLANT, content=PLANT.content + b"\n"),))],
            actor=SYSTEM,
            now=clock.now(),
        )
    with unit_of_work(read_only=True), acting_as(SYSTEM):
        hidden, asked = (
            next(iter(queries.get_question(one).stored.pictures.values()))
            for one in (made.questions[0], stage.questions[MAP.title])
        )
    assert hidden != asked
    assert visit(stage.nora).get(hidden).status_code == 200
    assert visit(cast.tomas).get(hidden).status_code == 404
    assert visit(cast.tomas).get(asked).status_code == 200, "it stands on a paper that he marks"
