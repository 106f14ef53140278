"""What pages show of answers that people mark: files as links, rubrics in the reader's words, what was decided."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from flask_babel import gettext as _

from lms.courses import facade as courses
from lms.courses.values.marking import Mark, Rubric
from lms.quizzes.attempts.values import AnswerFile
from lms.quizzes.marking import queries
from lms.quizzes.marking.values import LATE, SOURCE, ShownFile
from lms.quizzes.values import AttemptId, LateAnswerId
from lms.web.words import said


def in_words(rubric: Rubric) -> Rubric:
    """Return a rubric in the reader's language where its words are ours."""
    return Rubric(
        tuple(
            replace(
                one,
                title=said(one.title),
                levels=tuple(replace(level, words=said(level.words)) for level in one.levels),
            )
            for one in rubric.criteria
        ),
        rubric.pass_percent,
    )


def files_shown(files: Iterable[AnswerFile], *, is_nameless: bool = False) -> Sequence[ShownFile]:
    """Return files as links; without the names that their owner gave them where nobody is to know whose they are."""
    return [
        ShownFile(
            id=one.id,
            name=nameless(one.filename, number) if is_nameless else one.filename,
            url=f"/learn/exams/files/{one.id}",
            size_bytes=one.size_bytes,
            is_picture=one.media_type.startswith("image/"),
            is_shown=courses.is_shown_file(one.media_type),
        )
        for number, one in enumerate(files, 1)
    ]


def nameless(filename: str, number: int) -> str:
    """Return what a file is called whose owner is not to be known."""
    _name, dot, ending = filename.rpartition(".")
    return _("File %(number)s", number=number) + (f"{dot}{ending}" if dot else "")


def words_of_late(late_answer_ids: Collection[LateAnswerId]) -> Mapping[LateAnswerId, str]:
    """Return what was said last of answers that came late, by id; none of those of which nothing was said."""
    marks = courses.marks_of(LATE, late_answer_ids)
    said_last = {one: marks[one][-1] for one in late_answer_ids if one in marks}
    words = {one: [last.reason, last.comment, *last.comments] for one, last in said_last.items()}
    return {one: "\n".join(filter(None, given)) for one, given in words.items() if any(given)}


def marks_of(attempt_id: AttemptId) -> Mapping[int, Sequence[Mark]]:
    """Return what people decided of the answers of an attempt, by slot, the first first."""
    refs = queries.refs_of(attempt_id)
    marks = courses.marks_of(SOURCE, list(refs.values()))
    return {slot: marks[ref] for slot, ref in refs.items() if ref in marks}
