"""What a person marks an answer by: its criteria in a form, in a file, and where none were written."""

from collections.abc import Sequence
from functools import partial
from typing import Final
from xml.etree.ElementTree import SubElement

from lms.courses.values.marking import (
    CRITERIA_AT_MOST,
    Criterion,
    Level,
    Rubric,
    fault_of_criterion,
    read_levels,
    write_levels,
)
from lms.kernel.lines import cleaned, tidied
from lms.kernel.messages import Message
from lms.quizzes.kinds.drafts import Draft, Fields
from lms.quizzes.syntax.moodle_xml import XmlReader, XmlWriter, clean

Criteria = tuple[Criterion, ...]

TITLE_CHARACTERS: Final = 200
SPARE_ROWS: Final = 2
TAG: Final = "rubric"
"""The element of a file of ours that holds it: Moodle, which marks an essay as a whole, passes over it."""
AS_A_WHOLE: Final = Criterion(
    Message("The answer as a whole"),
    (
        Level(0, Message("Nothing of it is right")),
        Level(1, Message("A little of it is right")),
        Level(2, Message("Half of it is right")),
        Level(3, Message("Nearly all of it is right")),
        Level(4, Message("All of it is right")),
    ),
)


def rubric_of(criteria: Criteria) -> Rubric:
    """Return what an answer is marked by; nothing passes by it alone. Words of ours are Messages in it."""
    return Rubric(criteria or (AS_A_WHOLE,), None)


def check_criteria(criteria: Criteria) -> None:
    """Refuse criteria by which nobody could judge."""
    if len(criteria) > CRITERIA_AT_MOST:
        raise ValueError(Message("A rubric has at most %(most)s criteria.", most=CRITERIA_AT_MOST))
    for one in criteria:
        if len(one.title) > TITLE_CHARACTERS:
            raise ValueError(Message("A criterion has at most %(most)s characters.", most=TITLE_CHARACTERS))
        if read_levels(write_levels(one.levels)) != one.levels:
            raise ValueError(Message("A level of the rubric is not points and a line of words."))
        fault = fault_of_criterion(one.title, write_levels(one.levels))
        if fault is not None:
            raise ValueError(fault[1])
        if not one.title.strip():
            raise ValueError(Message("A criterion needs a title and its levels."))


def blank_criteria() -> Fields:
    """Return spare rows."""
    return {f"criterion-{row}-title": "" for row in range(SPARE_ROWS)}


def criteria_fields(criteria: Criteria) -> Fields:
    """Return a row for each criterion, its levels line by line."""
    fields = {}
    for row, one in enumerate(criteria):
        fields[f"criterion-{row}-title"] = one.title
        fields[f"criterion-{row}-levels"] = write_levels(one.levels)
    return fields or blank_criteria()


def read_criteria(draft: Draft) -> Criteria:
    """Read the rows; those that say nothing are left out."""
    made = []
    for row in draft.rows("criterion", "title", "levels"):
        name = f"criterion-{row}"
        title, levels = tidied(draft.word(f"{name}-title")), draft.word(f"{name}-levels")
        fault = fault_of_criterion(title, levels)
        if fault is not None:
            draft.refuse(f"{name}-{fault[0]}", fault[1])
            continue
        criterion = Criterion(title, read_levels(levels) or ())
        draft.part(f"{name}-title", partial(check_criteria, (criterion,)))
        made.append(criterion)
    return tuple(made)


def write_rubric(criteria: Criteria, writer: XmlWriter) -> None:
    """Write the criteria into an element of their own."""
    if not criteria:
        return
    rubric = SubElement(writer.element, TAG)
    for one in criteria:
        criterion = SubElement(rubric, "criterion")
        SubElement(criterion, "title").text = clean(one.title)
        for level in one.levels:
            SubElement(criterion, "level", points=str(level.points)).text = clean(level.words)


def read_rubric(reader: XmlReader) -> Criteria:
    """Return the criteria of a file of ours; none for any other, whose answers are marked as a whole."""
    rubric = reader.element.first(TAG)
    made = []
    for one in rubric.all("criterion") if rubric else ():
        title = one.first("title")
        lines = [f"{level.attribute('points')}: {cleaned(level.text)}" for level in one.all("level")]
        levels = read_levels("\n".join(lines))
        if levels is None:
            raise ValueError(Message("A level of the rubric is not points and a line of words."))
        made.append(Criterion(cleaned(title.text) if title else "", levels))
    return tuple(made)


def losses_of(criteria: Sequence[Criterion]) -> Sequence[Message]:
    """Return what other products lose of it."""
    return (Message("the rubric, by which the answer is marked"),) if criteria else ()
