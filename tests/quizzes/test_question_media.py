"""Pictures, films and sounds in the texts of a question: brought by authors and by files, shown to who is asked."""

import io
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID
from zipfile import ZipFile

import pytest

from lms.app.portal import Portal
from lms.kernel.uow import unit_of_work
from lms.quizzes.bank import queries
from lms.quizzes.bank.forms.media import free_name, listed, media_fields
from lms.quizzes.bank.service import pictures
from lms.quizzes.formats import MOODLE_XML, QTI
from lms.quizzes.syntax.phrases import phrase_of
from lms.quizzes.syntax.texts import text_to_html, text_to_words
from lms.quizzes.values import Attachment, BankId, Draw, ImportedQuestion, QuestionId, Text, TextFormat
from tests.quizzes.exams import VALVE, enrol, fill_bank, set_up_exam
from tests.quizzes.sounds import CAPTIONS, FILM, sound
from tests.quizzes.test_question_pages import fields_on
from tests.support.portal import Cast, Visitor, counted_queries

Visit = Callable[..., Visitor]
SERVED = {"valve.mp4": "/1", "valve.en.vtt": "/2", "hiss.mp3": "/3", "a.png": "/4"}.get


def html(source: str) -> str:
    return text_to_html(Text(source, TextFormat.HTML), attachment=SERVED)


@pytest.mark.parametrize(
    "written, shown",
    [
        (
            '<audio src="attachment:hiss.mp3"></audio>',
            '<audio src="/3" preload="metadata" controls=""></audio>',
        ),
        ('<video autoplay loop src="attachment:valve.mp4" onplay="x()"></video>', '<video src="/1"'),
        ('a<audio src="https://example.org/x.mp3">words</audio>b', "ab"),
        ('a<video><source src="attachment:valve.mp4"></video>b', "ab"),
        ('a<video src="attachment:nobody.mp4"></video>b', "ab"),
        ('<audio src="attachment:hiss.mp3"><track src="https://example.org/x.vtt"></audio>', "</audio>"),
    ],
)
def test_a_film_in_a_text_can_be_stopped_and_comes_from_the_question_alone(written: str, shown: str) -> None:
    made = html(written)
    if shown.startswith("<"):
        assert made.count("controls") == 1
        assert shown.split(maxsplit=1)[0] in made
        assert not {"autoplay", "loop", "onplay", "example.org"} & set(made.replace("=", " ").split())
        assert "track" not in made
        assert phrase_of(made).count("controls") == 1, "in a choice too"
    else:
        assert made == shown


def test_a_film_in_markdown_has_its_captions_and_its_name_is_a_word_of_the_question() -> None:
    text = Text("Watch.\n\n::: video attachment:valve.mp4 Bleeding\n[English](attachment:valve.en.vtt)\n:::")
    made = text_to_html(text, attachment=SERVED)
    assert '<track kind="captions" src="/2" srclang="en" label="English">' in made
    assert text_to_words(text) == "Watch. Bleeding"


def test_a_file_is_put_into_a_text_as_its_kind_is_and_never_takes_the_place_of_another() -> None:
    files = {"a b.png": "/4", "valve.mp4": "/1", "valve.en.vtt": "/2", "hiss.mp3": "/3"}
    fields = media_fields(files) | {"stem": "![](attachment:a%20b.png)"}
    picture, film, captions, heard = listed(fields)
    assert (picture.markdown, picture.is_used) == ("![](attachment:a%20b.png)", True)
    assert film.markdown == "::: video attachment:valve.mp4 valve\n[en](attachment:valve.en.vtt)\n:::"
    assert (captions.markdown, film.is_used) == ("", False)
    assert heard.html.startswith("<audio controls")
    for one in (film, heard):
        assert "controls" in html(one.html)
    assert free_name("valve.mp4", "/9", files) == "valve-2.mp4"
    assert free_name("valve.mp4", "/1", files) == "valve.mp4", "the same file again"


def bring(visitor: Visitor, form: str, name: str, content: bytes, **typed: str) -> str:
    """Send the form with a file, as its page does once one is chosen; return the page that answers."""
    sent = {**fields_on(visitor.get(form).text), **typed}
    answer = visitor.post(
        form,
        {**sent, "media-upload": (io.BytesIO(content), name), "do": "check"},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 200
    return answer.text


def test_an_author_brings_a_sound_that_learners_hear_in_parts_and_nobody_else_gets(
    app: Portal, cast: Cast, visit: Visit
) -> None:
    bank_id, tomas = fill_bank(()), visit(cast.tomas)
    form = f"/author/questions/{bank_id}/new?type=true_false"
    page = bring(tomas, form, "The  Valve's hiss.WAV", sound(), stem="Is it tight?", holds="true")
    sent = fields_on(page)
    assert sent["media-0-name"] == "the-valve-s-hiss.wav"
    stem = "Is it tight?\n\n::: video attachment:the-valve-s-hiss.wav The hiss\n:::\n"
    saved = tomas.post(form, {**sent, "stem": stem, "holds": "true", "do": "save"})
    assert saved.status_code == 303, saved.text
    question_id = QuestionId(UUID(saved.location.rpartition("/")[2]))
    url = sent["media-0-url"]
    assert f'src="{url}"' in tomas.get(saved.location).text
    course_id, exam = set_up_exam([Draw(question_id=question_id)], pass_percent=100)
    enrol(cast.amara, course_id)
    amara = visit(cast.amara)
    assert amara.get(url).status_code == 404, "before she was asked"
    begun = amara.post(f"/learn/exams/{exam.id}/start", {})
    assert f'src="{url}"' in amara.get(begun.location).text
    part = amara.get(url, headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.data, part.mimetype) == (206, b"RIFF", "audio/wav")
    # Taken away from the form, it is no more of the next version; the first, which was asked, keeps it.
    edit = f"{saved.location}/edit"
    without = fields_on(tomas.post(edit, {**fields_on(tomas.get(edit).text), "do": "remove:media:0"}).text)
    assert "media-0-name" not in without
    assert tomas.post(edit, {**without, "stem": "Is it?", "holds": "true", "do": "save"}).status_code == 303
    with unit_of_work(read_only=True):
        assert queries.get_question(question_id).stored.pictures == {}
    assert amara.get(url).data == sound()


@pytest.mark.parametrize(
    "name, content, says",
    [
        ("x.exe", b"MZ", "This is nothing that browsers show"),
        ("x.mp4", b"MZ not a film at all", "This file is not what its name says."),
        ("x.vtt", b"1\n00:00", "This file is not what its name says."),
        ("x.svg", b"<p/>", "This is no drawing in SVG."),
        ("x.mp3", b"", "A file has at most 10 MB, and something in it."),
        ("x.mp3", b"ID3" + bytes(100), "A file has at most 10 MB, and something in it."),
    ],
)
def test_what_no_browser_shows_is_refused_beside_its_field_and_nothing_typed_is_lost(
    app: Portal,
    cast: Cast,
    visit: Visit,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    content: bytes,
    says: str,
) -> None:
    monkeypatch.setattr(pictures, "PICTURE_BYTES", 100)
    bank_id, tomas = fill_bank(()), visit(cast.tomas)
    page = bring(tomas, f"/author/questions/{bank_id}/new?type=essay", name, content, stem="Describe it.")
    assert says in page[page.index('data-fault="media"') :][:600]
    assert "Describe it." in page
    assert "media-0-name" not in fields_on(page)


def test_addresses_that_are_none_of_the_banks_are_not_taken_and_many_are_looked_up_at_once(
    app: Portal, cast: Cast, visit: Visit
) -> None:
    bank_id, other, tomas = fill_bank(()), fill_bank((), "Another"), visit(cast.tomas)
    form = f"/author/questions/{bank_id}/new?type=essay"
    foreign = fields_on(bring(tomas, f"/author/questions/{other}/new?type=essay", "a.wav", sound()))
    sent = fields_on(tomas.get(form).text) | {"stem": "Describe it.", "do": "save"}

    def take(rows: dict[str, str]) -> tuple[int, BankId | dict[str, str]]:
        with counted_queries() as asked:
            saved = tomas.post(form, {**sent, **rows})
        assert saved.status_code == 303
        with unit_of_work(read_only=True):
            view = queries.get_question(QuestionId(UUID(saved.location.rpartition("/")[2])))
        assert view.stored.pictures == {}
        return len(asked), dict(view.stored.pictures)

    rows = {f"media-0-{part}": foreign[f"media-0-{part}"] for part in ("name", "url")}
    few, _none = take(rows)
    sent |= {"key": fields_on(tomas.get(form).text)["key"], "stem": "Describe all of it."}
    many = {
        f"media-{row}-{part}": value
        for row in range(20)
        for part, value in (("name", f"{row}.wav"), ("url", f"/learn/exams/pictures/{UUID(int=row)}"))
    }
    assert take(many)[0] == few


def test_a_film_travels_in_files_and_comes_back() -> None:
    stem = Text(
        '<p>Look.</p><video controls src="attachment:valve.mp4" aria-label="valve"></video>', TextFormat.HTML
    )
    one = ImportedQuestion(replace(VALVE, stem=stem), (Attachment("valve.mp4", FILM),))
    package = QTI.write([one])
    assert QTI.parse(package).questions == (one,)
    bare = io.BytesIO()
    with ZipFile(io.BytesIO(package)) as full, ZipFile(bare, "w") as target:
        for name in full.namelist():
            if "guildhall" not in name:
                target.writestr(name, full.read(name))
    (read,) = QTI.parse(bare.getvalue()).questions
    assert [file.content for file in read.attachments] == [FILM]
    assert "<video controls" in read.question.stem.source, "as others read it, without our note"
    assert MOODLE_XML.parse(MOODLE_XML.write([one])).questions == (one,)
    block = Text("Look.\n\n::: video attachment:valve.mp4 The valve\n:::")
    (again,) = MOODLE_XML.parse(
        MOODLE_XML.write([replace(one, question=replace(VALVE, stem=block))])
    ).questions
    assert again.attachments == one.attachments
    assert "<video" in text_to_html(again.question.stem, attachment=SERVED), "Moodle reads no blocks of ours"


ITEM = """<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2" identifier="i" title="T" adaptive="false"
timeDependent="false"><responseDeclaration identifier="RESPONSE" cardinality="single" baseType="identifier">
<correctResponse><value>A</value></correctResponse></responseDeclaration>
<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>
<itemBody>{film}<choiceInteraction responseIdentifier="RESPONSE" maxChoices="1"><prompt>Which?</prompt>
<simpleChoice identifier="A">One</simpleChoice><simpleChoice identifier="B">Two</simpleChoice></choiceInteraction>
</itemBody><responseProcessing template="http://www.imsglobal.org/question/qti_v2p2/rptemplates/match_correct"/>
</assessmentItem>"""


@pytest.mark.parametrize(
    "film, kept, told",
    [
        ('<object data="f/valve.mp4" type="video/mp4"/>', ["valve.mp4"], []),
        (
            (
                '<video><source src="f/valve.ogv"/><source src="f/valve.mp4"/>'
                '<track kind="captions" src="f/valve.en.vtt" srclang="en"/></video>'
            ),
            ["valve.mp4", "valve.en.vtt"],
            [],
        ),
        ('<audio src="f/none.mp3"/>', [], ["The film or sound in line"]),
        ('<audio src="https://example.org/x.mp3"/>', [], ["The film or sound in line"]),
        ('<video src="f/liar.mp4"/>', [], ["The film or sound in line"]),
        (
            (
                '<mediaInteraction responseIdentifier="M" autostart="true" maxPlays="2">'
                '<object data="f/valve.mp4" type="video/mp4"/></mediaInteraction>'
            ),
            ["valve.mp4"],
            ["How often the film or sound"],
        ),
    ],
)
def test_a_film_of_a_qti_item_is_kept_or_told(film: str, kept: list[str], told: list[str]) -> None:
    target = io.BytesIO()
    with ZipFile(target, "w") as package:
        package.writestr("i.xml", ITEM.format(film=film))
        package.writestr("f/valve.mp4", FILM)
        package.writestr("f/valve.en.vtt", CAPTIONS)
        package.writestr("f/liar.mp4", b"GIF89a")
        package.writestr(
            "imsmanifest.xml",
            '<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" identifier="m"><organizations/><resources>'
            '<resource identifier="r" type="imsqti_item_xmlv2p2" href="i.xml"><file href="i.xml"/></resource>'
            "</resources></manifest>",
        )
    report = QTI.parse(target.getvalue())
    (read,) = report.questions
    assert sorted(file.name for file in read.attachments) == sorted(kept)
    assert [str(one.message)[: len(said)] for one, said in zip(report.problems, told, strict=True)] == told
