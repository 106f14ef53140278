"""What somebody completed stands on their transcript for good, and is read by who looks after them alone."""

import csv
import io
import subprocess

import pytest

from lms.courses import facade as courses
from tests.courses.courses import activities_of, complete, edit_first, enrol, publish, write_course
from tests.support.needs import need_program
from tests.support.portal import counted_queries

OWN = "/learn/transcript"


def finish(person_id, course_id, score=None):
    enrolment_id = enrol(person_id, course_id)
    for activity in activities_of(course_id):
        complete(enrolment_id, activity, score=score, passed=bool(score) or None)


@pytest.fixture
def course_id(app, cast):
    found = write_course(sections=(("Superheat",),))
    finish(cast.amara, found, score="0.92")
    return found


def test_every_completion_stands_with_its_version_and_results_after_the_course_changed(
    app, cast, visit, course_id
):
    edit_first(course_id, "Other words.")
    publish(course_id)
    finish(cast.amara, course_id, score="0.8")
    amara = visit(cast.amara)
    page = amara.get(OWN).text
    assert page.index(">2<") < page.index(">1<"), "the latest comes first"
    assert "92%" in page
    rows = list(csv.reader(io.StringIO(amara.get(f"{OWN}.csv").text.lstrip("\ufeff"))))
    assert [row[:2] for row in rows[1:]] == [["Cold loops", "2"], ["Cold loops", "1"]]
    assert [row[4] for row in rows[1:]] == ["80%", "92%"]
    assert len(courses.list_deeds([cast.amara], [course_id]).completions[cast.amara, course_id]) == 2


def test_only_who_looks_after_somebody_reads_their_transcript(app, cast, visit, course_id):
    for ending in ("", ".csv"):
        address = f"/team/people/{cast.amara}/transcript{ending}"
        for allowed in (cast.ruth, cast.jonas, cast.ada, cast.odd, cast.tomas):
            assert "Cold loops" in visit(allowed).get(address).text
        assert visit(cast.nils).get(address).status_code == 404
        assert visit(cast.dafydd).get(address).status_code in {403, 404}
    assert "Nothing completed yet" in visit(cast.dafydd).get(OWN).text


def test_a_long_transcript_pages_and_asks_no_more_of_the_database(app, cast, visit, course_id):
    amara = visit(cast.amara)
    with counted_queries() as few:
        amara.get(OWN)
    for _time in range(60):
        finish(cast.amara, course_id)
    with counted_queries() as many:
        page = amara.get(OWN).text
    assert len(many) == len(few)
    assert "after=" in page
    rows = list(csv.reader(io.StringIO(amara.get(f"{OWN}.csv").text)))
    assert len(rows) == 62


def test_it_is_a_pdf_with_every_line(sqlite_app, cast, visit, pango, tmp_path):
    finish(cast.amara, write_course(sections=(("Superheat",),)), score="0.92")
    answer = visit(cast.amara).get(f"{OWN}.pdf")
    assert answer.mimetype == "application/pdf"
    file = tmp_path / "transcript.pdf"
    file.write_bytes(answer.data)
    said = subprocess.run(
        [need_program("pdftotext", package="poppler-utils"), str(file), "-"], check=True, capture_output=True
    ).stdout.decode()
    assert [one for one in ("Amara Osei", "Cold loops", "92%", "Brixham Automation") if one not in said] == []
