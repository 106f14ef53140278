"""What an upload holds is said before anything is kept: every finding with its file and line, and bounded work."""

import io
import zipfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import func, select

from lms.kernel.archives import open_zip
from lms.kernel.db import db, new_id
from lms.kernel.files import StoredFile
from lms.kernel.messages import Message
from lms.kernel.uow import unit_of_work
from lms.packages.formats import inspecting
from lms.packages.formats.inspecting import inspect
from lms.packages.models import PackageFileRow, PackageRevision, PackageRow, PackageUploadRow
from lms.packages.service import progress
from lms.packages.values import PackageStandard, UploadId
from lms.packages.values.findings import Finding, Kept, Report, Weight, from_json, to_json
from tests.kernel.zips import Entry, zip_of
from tests.packages.cmi5 import au, cmi5_package
from tests.packages.packages import MANIFEST, package
from tests.packages.tincan import tincan, tincan_package

PAGE = "<!doctype html><html lang='de'><title>Leitungen &amp; Klemmen</title>"


def zipped(files: Mapping[str, str | bytes]) -> io.BytesIO:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    target.seek(0)
    return target


def look(files: Mapping[str, str | bytes]) -> Report:
    return inspect(open_zip(zipped(files)))


def said(report: Report, weight: Weight | None = None) -> list[tuple[str, int | None, str]]:
    return [
        (one.file, one.line, str(one.message))
        for one in report.findings
        if weight is None or one.weight is weight
    ]


def test_a_website_is_recognised_by_its_index_or_by_its_only_page():
    for names in (["index.html"], ["INDEX.HTM", "other.html"], ["start.html", "a/b.html"], ["x/index.html"]):
        report = look(dict.fromkeys(names, PAGE))
        assert (report.standard, report.title) == (PackageStandard.HTML, "Leitungen & Klemmen"), names
        assert report.languages == ["de"]
    for names in (["a.html", "b.html"], ["a/b.html", "c/index.html"], ["readme.txt"]):
        assert look(dict.fromkeys(names, PAGE)).is_refused, names


def test_what_is_no_package_says_what_was_looked_for_and_what_was_found_where():
    (told,) = said(look({"export/a/readme.txt": "x", "export/b/notes.txt": "x", "__MACOSX/x": ""}))
    assert "no imsmanifest.xml (SCORM), no cmi5.xml, no tincan.xml and no index.html" in told[2]
    assert "Looked in: export/. Found there: a/, b/." in told[2]
    (deep,) = said(look({"a/tincan.xml": tincan(), "b/index.html": PAGE}))
    assert deep[0] == "a/tincan.xml"
    assert "lies at a/tincan.xml" in deep[2]
    # A manifest that is lost among other folders does not make the rest a website.
    assert look({"index.html": PAGE, "a/cmi5.xml": "x"}).is_refused


def test_aicc_is_refused_with_a_word_that_says_so_and_a_sound_is_none():
    (told,) = said(look({"c.crs": "x", "c.au": "x", "c.des": "x", "index.html": PAGE}), Weight.REFUSED)
    assert "AICC course (c.au, c.crs, c.des)" in told[2]
    assert look({"ping.au": "x", "index.html": PAGE}).standard is PackageStandard.HTML


def test_scorm_2004_is_not_taken_for_a_website():
    newer = MANIFEST.format(title="W", mastery="").replace("adlcp_rootv1p2", "adlcp_v1p3")
    (told,) = said(look({"imsmanifest.xml": newer, "index.html": PAGE}))
    assert "SCORM 2004" in told[2]


def test_what_comes_from_elsewhere_is_named_with_file_and_line_once_for_each_host():
    report = look(
        {
            "index.html": (
                f"{PAGE}\n<link href='https://cdn.acme.test/a.css' rel=stylesheet>\n"
                "<img src=\"//cdn.acme.test/b.png\" alt=''>\n<a href='https://help.acme.test/'>Help</a>\n"
                "<svg xmlns='http://www.w3.org/2000/svg'></svg>"
            ),
            "a.css": "\n@import 'https://fonts.acme.test/x';\nb { background: url(http://pics.acme.test/c) }",
            "a.js": "// see https://comment.acme.test/\nconst api = 'https://api.acme.test/v1';",
        }
    )
    warned = said(report, Weight.WARNING)
    assert [(file, line) for file, line, _what in warned] == [("a.css", 2), ("a.css", 3), ("index.html", 2)]
    assert "cdn.acme.test" in warned[2][2]
    assert "(2 places)" in warned[2][2]
    noted = said(report, Weight.NOTE)
    assert [(file, line) for file, line, _what in noted] == [("a.js", 2), ("index.html", 4)]
    assert "api.acme.test" in noted[0][2]
    assert not any("w3.org" in what or "comment.acme.test" in what for _file, _line, what in warned + noted)


@pytest.mark.parametrize(
    "script, says",
    [
        ("x.open('POST', '/a', false)", "synchronous (XMLHttpRequest)"),
        ('x.open("GET",u+"?a="+b,!1);', "synchronous (XMLHttpRequest)"),
        ("$.ajax({url: u, async: false})", "synchronous (async: false)"),
        ("new WebSocket('ws://x')", "WebSocket"),
        ("navigator.serviceWorker.register('sw.js')", "service worker"),
        ("window.open('x.html')", "window is opened"),
        ("top.location.href = 'x'", "led elsewhere"),
    ],
)
def test_calls_that_will_not_work_are_named_with_their_line(script, says):
    for name, text in (("a.js", f"\n\n{script}\n"), ("index.html", f"{PAGE}\n\n<script>{script}</script>")):
        report = look({"index.html": PAGE, name: text})
        ((file, line, what),) = said(report)
        assert (file, line) == (name, 3)
        assert says in what


def test_dialogues_open_in_frames_and_a_folder_around_a_package_works_so_neither_is_held_against_it():
    asking = "<script>alert('Well done'); if (confirm('Resume?')) prompt('Name')</script>"
    report = look({"out/index.html": PAGE + asking})
    assert said(report, Weight.WARNING) == []
    [(_file, _line, what)] = said(report, Weight.NOTE)
    assert "lies in a folder of the archive: out/" in what


def test_what_a_script_puts_together_is_no_file_that_is_missing():
    written = """<script>document.write("<script src='", questionsFile, "/questions.js'></scr" + "ipt>");
    document.write('<script src="', questionsFile, '/questions.js"></scr' + 'ipt>');</script>"""
    assert said(look({"index.html": PAGE + written})) == []
    [(_file, _line, what)] = said(look({"index.html": f"{PAGE}<img src='it, now.png'>"}))
    assert "it, now.png is shown here" in what


TURNED = "Wir\u202eing\u2066 one"


@pytest.mark.parametrize(
    "files",
    [
        {"index.html": f"<!doctype html><title>{TURNED}</title>"},
        {"imsmanifest.xml": MANIFEST.format(title=TURNED, mastery=""), "index.html": PAGE},
        {"tincan.xml": tincan(name=f"<name lang='en'>{TURNED}</name>"), "index.html": PAGE},
    ],
    ids=["website", "scorm", "xapi"],
)
def test_nothing_in_a_title_turns_the_text_around_it(files):
    assert look(files).title == "Wiring one"


def test_calls_that_wait_for_nobody_are_not_named():
    calm = "x.open('GET', '/a', true); x.open('GET', '/b'); $.ajax({async: true}); desktop.location = 1"
    assert said(look({"index.html": PAGE, "a.js": calm})) == []


def test_a_call_that_lies_across_two_pieces_of_a_file_is_found_once_with_its_line():
    before = ("x\n" * (inspecting.PIECE_BYTES // 2))[:-20]
    report = look({"index.html": PAGE, "a.js": f"{before}x.open('GET', 'abcdefghijk', false)\n"})
    ((_file, line, what),) = said(report)
    assert line == before.count("\n") + 1
    assert "places" not in what


def test_files_that_a_page_shows_and_that_are_missing_are_named():
    page = f"{PAGE}\n<img src='pics/a.png'><img src='there.png'><script src='../b.js'></script><img src='{{x}}.png'>"
    report = look({"lesson/index.html": page, "lesson/there.png": "x", "lesson/x.txt": ""})
    assert [(file, line, what.partition(" ")[0]) for file, line, what in said(report, Weight.WARNING)] == [
        ("lesson/index.html", 2, "lesson/pics/a.png"),
        ("lesson/index.html", 2, "b.js"),
    ]


def test_what_a_manifest_names_in_vain_is_told_with_its_line():
    manifest = MANIFEST.format(title="W", mastery="").replace(
        'href="index.html"/>', 'href="Index.html">\n<file href="gone.js"/></resource>'
    )
    report = look({"imsmanifest.xml": manifest, "index.html": PAGE})
    assert [(file, line) for file, line, _what in said(report)] == [
        ("imsmanifest.xml", 7),
        ("imsmanifest.xml", None),
    ]
    assert (report.edition, [item.title for item in report.items]) == ("SCORM 1.2", ["First"])


def test_another_standards_manifest_is_left_aside_and_said():
    files = {
        "tincan.xml": tincan(),
        "imsmanifest.xml": MANIFEST.format(title="W", mastery=""),
        "index.html": PAGE,
    }
    report = look(files)
    assert report.standard is PackageStandard.SCORM_12
    assert said(report, Weight.NOTE) == [
        ("tincan.xml", None, "This is read as SCORM 1.2; this file is left aside.")
    ]


def test_more_text_than_is_looked_through_is_said_and_not_read(monkeypatch):
    monkeypatch.setattr(inspecting, "TOTAL_BYTES", 1000)
    report = look({"index.html": PAGE, "a.js": "x" * 2000, "b.js": "alert('x')"})
    assert [(file, "searched" in what) for file, _line, what in said(report)] == [("b.js", True)]


def test_a_report_is_kept_with_sentences_that_can_still_be_translated():
    inner = Message("The XML is broken in line %(line)s, column %(column)s.", line=1, column=2)
    whole = Report(
        standard=PackageStandard.CMI5,
        edition="cmi5",
        title="W",
        items=(),
        files=2,
        size_bytes=3,
        languages=("de",),
        findings=(
            Finding(
                Weight.WARNING, Message("The cmi5.xml cannot be read. %(why)s", why=inner), "cmi5.xml", 1
            ),
        ),
    )
    (found,) = from_json(to_json(whole)).findings
    assert found.message == "The cmi5.xml cannot be read. The XML is broken in line 1, column 2."
    german = {inner.template: "Zeile %(line)s, Spalte %(column)s."}
    assert found.message.translated(lambda said: german.get(said, said)).endswith("Zeile 1, Spalte 2.")


TABLES = (PackageRow, PackageRevision, PackageFileRow, PackageUploadRow, StoredFile)


def counts():
    db.session.rollback()
    return [db.session.scalar(select(func.count()).select_from(table)) for table in TABLES]


def bring(visitor, content: bytes, name: str = "x.zip"):
    key = str(new_id())
    form = {"key": key, "file": (io.BytesIO(content), name)}
    return visitor.post("/author/packages", form, content_type="multipart/form-data")


HOSTILE = {
    "slip": zip_of(Entry(name="../index.html", content=b"x")),
    "link": zip_of(
        Entry(name="index.html", content=b"x"), Entry(name="a", content=b"/etc/passwd", mode=0o120777)
    ),
    "case": zip_of(Entry(name="index.html", content=b"x"), Entry(name="INDEX.html", content=b"y")),
    "many": b"",
}


@pytest.mark.parametrize("name", [name for name, content in HOSTILE.items() if content])
def test_a_hostile_archive_is_refused_with_the_file_and_nothing_is_kept(app, cast, visit, name):
    answer = bring(visit(cast.tomas), HOSTILE[name])
    assert answer.status_code == 422
    assert "Why it cannot come" in answer.text
    assert "<code" in answer.text
    assert counts() == [0, 0, 0, 0, 0]


def test_a_bomb_and_a_hundred_thousand_files_are_refused_without_unpacking(app, cast, visit):
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("index.html", b"\0" * (64 << 20))
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as archive:
        for number in range(100_000):
            archive.writestr(f"{number}.html", b"")
    for content, says in ((bomb, "bomb"), (many, "more than 20000 files")):
        answer = bring(visit(cast.tomas), content.getvalue())
        assert answer.status_code == 422
        assert says in answer.text
        answer.request.input_stream.close()
    assert counts() == [0, 0, 0, 0, 0]


@pytest.mark.parametrize(
    "make, standard, title",
    [
        (lambda: package({"index.html": PAGE}), "SCORM 1.2", "Wiring"),
        (lambda: cmi5_package(au("one")), "cmi5", "Wiring"),
        (tincan_package, "xAPI (Tin Can)", "Wiring"),
        (lambda: zipped({"site/index.html": PAGE}), "HTML", "Leitungen &amp; Klemmen"),
    ],
)
def test_one_door_takes_each_standard_shows_what_it_found_and_keeps_it_when_told(
    app, cast, visit, make, standard, title
):
    tomas = visit(cast.tomas)
    sent = bring(tomas, make().getvalue())
    assert sent.status_code == 303
    shown = tomas.get(sent.location).text
    assert f"{standard}</dd>" in shown
    assert title in shown
    assert counts()[:4] == [0, 0, 0, 1]
    kept = tomas.post(f"{sent.location}/confirm", {"kept_as": "own"})
    assert kept.status_code == 303
    assert counts()[:2] == [1, 1]
    assert title in tomas.get(kept.location).text


def test_nobody_who_writes_waits_while_the_files_of_a_package_are_kept(app, cast, visit, monkeypatch):
    tomas = visit(cast.tomas)
    sent = bring(tomas, package({"index.html": PAGE, "more.html": PAGE * 2}).getvalue())
    told = []

    def write():
        with app.app_context(), unit_of_work():
            db.session.connection().exec_driver_sql("UPDATE people SET name = name")
            return counts()[:2]

    def write_beside(_upload_id, done, of):
        with ThreadPoolExecutor(1) as neighbour:
            told.append((done, of, neighbour.submit(write).result(timeout=20)))

    monkeypatch.setattr(progress, "tell", write_beside)
    assert tomas.post(f"{sent.location}/confirm", {"kept_as": "own"}).status_code == 303
    assert told == [(0, 3, [0, 0])], "its files were kept before its transaction"
    assert counts()[:2] == [1, 1]


def test_the_page_of_an_upload_says_how_many_files_are_kept(app, cast, visit):
    tomas = visit(cast.tomas)
    sent = bring(tomas, package({"index.html": PAGE}).getvalue())
    upload_id = UploadId(UUID(sent.location.rpartition("/")[2]))
    progress.tell(upload_id, 500, 1200)
    shown = tomas.get(sent.location).text
    assert "500 of 1,200 files are kept" in shown
    assert 'max="1200" value="500"' in shown
    tomas.post(f"{sent.location}/confirm", {"kept_as": "own"})
    assert progress.find(upload_id) == Kept(0, 0), "nothing stays of it"


@pytest.mark.parametrize(
    "content, says",
    [
        (
            tincan(launch="<launch>javascript:alert(1)</launch>").encode(),
            "tincan.xml</code>|javascript:alert(1)",
        ),
        (b"<!doctype html><title>x</title>", "one page of HTML"),
        (b"no zip at all", "not a zip archive"),
        (b"", "The file is empty"),
        (package({"index.html": PAGE}).getvalue()[:-30], "ends too early"),
    ],
)
def test_a_file_that_is_neither_zip_nor_manifest_is_refused_with_the_reason(app, cast, visit, content, says):
    answer = bring(visit(cast.tomas), content, "tincan.xml")
    assert answer.status_code == 422
    assert says.rpartition("|")[2] in answer.text
    assert counts() == [0, 0, 0, 0, 0]


def test_whoever_may_not_bring_packages_sees_none_that_is_looked_at(app, cast, visit):
    sent = bring(visit(cast.tomas), package({"index.html": PAGE}).getvalue())
    for person in (cast.amara, cast.odd):
        assert visit(person).get(sent.location).status_code == 403
        assert visit(person).post(f"{sent.location}/confirm", {"kept_as": "own"}).status_code == 403
    assert counts()[:2] == [0, 0]
