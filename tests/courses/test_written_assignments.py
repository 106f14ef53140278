"""Assignments and live sessions travel in the files of a course: nothing that was set up is typed again elsewhere."""

from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.courses import facade as courses
from lms.courses.assignments import rules
from lms.courses.assignments.rules import written
from lms.courses.assignments.service import settings
from lms.courses.assignments.values import KIND, Assignment, Takes
from lms.courses.authoring import queries
from lms.courses.authoring import service as authoring
from lms.courses.authoring.values import Fate
from lms.courses.kinds import locks
from lms.courses.sessions.values import KIND as SESSION
from lms.courses.values import ActivityKey, Lock
from lms.courses.values.marking import Criterion, FileKind, Level, Rubric
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.archives import open_zip
from lms.kernel.db import new_id
from lms.kernel.uow import unit_of_work
from tests.courses.assignments import asked
from tests.courses.courses import write_course
from tests.courses.test_exports import bring, export, renamed

WORDS = st.text(st.sampled_from("aZ é|\\:0'\"#-"), min_size=1, max_size=12).map(
    lambda text: " ".join(f"x{text}".split())
)
LEVELS = st.lists(st.builds(Level, st.integers(0, 1000), WORDS), min_size=1, max_size=10).map(tuple)
CRITERIA = st.builds(Criterion, WORDS, LEVELS).filter(lambda one: one.most > 0)
KINDS = st.sets(st.sampled_from(list(FileKind)), min_size=1).map(
    lambda chosen: tuple(kind for kind in FileKind if kind in chosen)
)
DUE = st.one_of(
    st.just((None, None)),
    st.tuples(st.integers(1, 3650), st.none()),
    st.tuples(st.none(), st.dates(date(2026, 1, 1), date(2100, 1, 1))),
)


@st.composite
def assignments(draw):
    """Draw an assignment as its form lets an author write it."""
    due_days, due_on = draw(DUE)
    return Assignment(
        task=draw(WORDS),
        task_html="",
        takes=draw(st.sampled_from(Takes)),
        kinds=draw(KINDS),
        most_files=draw(st.integers(1, 20)),
        most_bytes=1_000_000 * draw(st.integers(1, 100)),
        rubric=Rubric(tuple(draw(st.lists(CRITERIA, max_size=5))), draw(st.integers(1, 100))),
        again=draw(st.none() | st.integers(0, 20)),
        due_days=due_days,
        due_on=due_on,
        markers=(),
    )


@given(assignments())
def test_what_an_author_set_up_is_read_back_as_it_was_written(assignment):
    config = rules.config_of(assignment)
    entries, task = written.write(config)
    assert set(entries) == set(written.KEYS)
    assert written.read(entries, task) == (config, [])


@pytest.mark.parametrize(
    "entries, key, says",
    [
        ({"takes": "everything"}, "takes", "everything is not one of text, files, both."),
        ({"takes": ("text",)}, "takes", "takes is a list, but should be text."),
        ({"files": "pdf"}, "files", "files is text, but should be a list."),
        ({"files": ("pdf", "programs")}, "files", "programs is not one of pictures, pdf, documents,"),
        ({"most_files": "0"}, "most_files", "most_files is a number from 1 to 20, not 0."),
        ({"most_mb": "a lot"}, "most_mb", "most_mb is a number from 1 to 100, not a lot."),
        ({"pass": "101 %"}, "pass", "pass is a number from 1 to 100, not 101."),
        ({"again": "often"}, "again", "again is a number from 0 to 20, not often."),
        ({"due": "soon"}, "due", "soon is no due day: write 14 days or 2027-01-31."),
        ({"due": "0 days"}, "due", "0 days is no due day"),
        ({"due": "2027-02-30"}, "due", "2027-02-30 is no due day"),
        ({"rubric": ("The load",)}, "rubric", "“The load” is no criterion"),
        ({"rubric": ("The load | 0: nothing",)}, "rubric", "is no criterion"),
        ({"rubric": ("The load | much: complete",)}, "rubric", "is no criterion"),
        ({"rubric": ("The load | 1: complete \\",)}, "rubric", "is no criterion"),
        ({"rubric": ("A | 1: b",) * 21}, "rubric", "A rubric has at most 20 criteria."),
    ],
)
def test_an_entry_that_says_nothing_is_named_with_what_could_stand_there(entries, key, says):
    _config, faults = written.read(entries, "Do it.")
    assert [(at, says in str(message)) for at, message in faults] == [(key, True)]


def _written_course(marker):
    course_id = write_course(publish=False)
    assignment, session = ActivityKey(new_id()), ActivityKey(new_id())
    with unit_of_work(), acting_as(SYSTEM):
        now, items = clock.now(), queries.get_editor(course_id).items
        section = queries.get_editor(course_id).sections[1].key
        for key, kind, title in ((assignment, KIND, "Size a store"), (session, SESSION, "In the workshop")):
            courses.add_activity(
                course_id=course_id,
                section_key=section,
                key=key,
                kind=kind,
                title=title,
                actor=SYSTEM,
                now=now,
            )
        settings.set_up(
            course_id=course_id,
            key=assignment,
            assignment=asked(markers=(marker,), due_days=14, kinds=(FileKind.PICTURES, FileKind.PDF)),
            revision=None,
            actor=SYSTEM,
            now=now,
        )
        authoring.edit_activity(
            course_id=course_id,
            key=session,
            title="In the workshop",
            minutes=90,
            is_required=True,
            locks=[Lock(locks.AFTER, str(assignment)), Lock(locks.AFTER, str(items[0].key))],
            revision=1,
            actor=SYSTEM,
            now=now,
        )
    return course_id, assignment


def _config(course_id, key):
    with unit_of_work(read_only=True):
        row = queries.find_current_activity(course_id, key)
        assert row is not None
        return dict(row.config)


def test_an_export_holds_assignments_and_sessions_and_comes_back_to_the_byte(app, cast):
    course_id, key = _written_course(cast.tomas)
    before = _config(course_id, key)
    archive = export(course_id)
    with ZipFile(BytesIO(archive)) as found:
        text = found.read("02-part-2/02-size-a-store.md").decode()
        assert "kind: assignment\n" in text
        assert "  - 'The load | 0: missing | 2: one source left out | 4: complete'\n" in text
        assert text.endswith("---\nSize a **cold store**.\n")
        assert "after:\n  - 01-part-1/01-parts-of-a-loop.md\n  - 02-part-2/02-size-a-store.md\n" in (
            found.read("02-part-2/03-in-the-workshop.md").decode()
        )
    with open_zip(BytesIO(archive)) as tree, unit_of_work(read_only=True):
        plan = authoring.plan_import(tree)
        assert plan.issues == []
        fates = {one.title: one.fate for section in plan.sections for one in section.lessons}
        assert fates["Size a store"] is fates["In the workshop"] is Fate.SAME
    with open_zip(BytesIO(archive)) as tree:
        assert export(bring(tree)) == archive
    after = _config(course_id, key)
    assert after["markers"] == [str(cast.tomas)]
    assert "<strong>cold store</strong>" in after["task_html"]
    assert {**before, "task_html": after["task_html"]} == after
    with open_zip(renamed(archive, "cold-loops")) as tree:
        elsewhere = bring(tree)
    with unit_of_work(read_only=True):
        (copy,) = [one for one in queries.get_editor(elsewhere).items if one.kind == KIND]
    assert _config(elsewhere, ActivityKey(copy.key)) == {**after, "markers": []}


def test_a_changed_rubric_in_the_files_reaches_the_assignment_and_is_said_before(app, cast):
    course_id, key = _written_course(cast.tomas)
    packed = BytesIO()
    with ZipFile(BytesIO(export(course_id))) as source, ZipFile(packed, "w") as target:
        for entry in source.infolist():
            target.writestr(entry, source.read(entry).replace(b"4: complete", b"5: complete"))
    with open_zip(packed) as tree, unit_of_work(read_only=True):
        plan = authoring.plan_import(tree)
        fates = {one.title: one.fate for section in plan.sections for one in section.lessons}
        assert fates["Size a store"] is Fate.CHANGED
        assert fates["In the workshop"] is Fate.SAME
    with open_zip(packed) as tree:
        bring(tree)
    assert _config(course_id, key)["criteria"][0]["levels"][-1] == [5, "complete"]


def test_text_in_the_file_of_a_session_is_refused_rather_than_lost(app, cast):
    course_id, _key = _written_course(cast.tomas)
    packed = BytesIO()
    with ZipFile(BytesIO(export(course_id))) as source, ZipFile(packed, "w") as target:
        for entry in source.infolist():
            added = b"Bring gloves.\n" if entry.filename.endswith("workshop.md") else b""
            target.writestr(entry, source.read(entry) + added)
    with open_zip(packed) as tree, unit_of_work(read_only=True):
        plan = authoring.plan_import(tree)
    assert [str(one.message) for one in plan.issues] == [
        "An activity of this kind has no text: make the text a lesson."
    ]
