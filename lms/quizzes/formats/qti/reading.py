"""Reading one QTI 2 item: its body as its kind reads it, what is said when, and whether both grade alike."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from lms.kernel.messages import Message
from lms.quizzes.formats.qti.drawn import translated, with_drawing
from lms.quizzes.kinds import KINDS, Kind
from lms.quizzes.syntax.qti.item import Probe, QtiItem
from lms.quizzes.values import Body, ImportedQuestion, Question

# What an item may ask that no kind here does, and what people call it. A kind whose form claims such an item takes it.
NOT_YET: Final = {
    "extendedTextInteraction": Message("extended text"),
    "uploadInteraction": Message("file upload"),
    "drawingInteraction": Message("drawing"),
    "graphicOrderInteraction": Message("order on a picture"),
    "graphicAssociateInteraction": Message("pairs on a picture"),
    "graphicGapMatchInteraction": Message("things to drag onto a picture"),
    "selectPointInteraction": Message("a point on a picture, with no places to choose from"),
    "positionObjectInteraction": Message("things to put on a picture"),
    "sliderInteraction": Message("slider"),
    "associateInteraction": Message("pairs"),
    "matchInteraction": Message("pairs"),
    "hotspotInteraction": Message("places on a picture"),
    "choiceInteraction": Message("choices"),
    "textEntryInteraction": Message("words to type"),
    "inlineChoiceInteraction": Message("drop-downs"),
    "gapMatchInteraction": Message("words to drag"),
    "orderInteraction": Message("an order"),
    "hottextInteraction": Message("words to choose in a text"),
    "customInteraction": Message("a program of its own"),
    "portableCustomInteraction": Message("a program of its own"),
}
GRADED: Final = frozenset(
    {"choiceInteraction", "textEntryInteraction", "inlineChoiceInteraction", "gapMatchInteraction"}
)
"""What kinds here ask, if it is known what is right."""
ALIKE: Final = 1e-6


def imported(
    item: QtiItem, category: tuple[str, ...], tags: tuple[str, ...], own_id: str
) -> ImportedQuestion:
    """Return the question with its pictures; raises ValueError with a sentence that says what is wrong.

    What it draws by chance is drawn for each attempt where formulas can say it, and else drawn here, once.
    """
    before = list(item.warnings)
    if (translation := translated(item.element)) is not None:
        try:
            item.open(translation=translation)
            made, read = _read(item, category, tags, own_id)
            return replace(made, question=with_drawing(made.question, read, item, translation))
        except ValueError:
            # Read once more, as one draw of it: what is wrong is told then.
            item.warnings[:] = before
    item.open()
    made, _body = _read(item, category, tags, own_id)
    return made


def _read(
    item: QtiItem, category: tuple[str, ...], tags: tuple[str, ...], own_id: str
) -> tuple[ImportedQuestion, Body]:
    """Return the question of an item that was opened, and its body before what is said of its parts."""
    kind = _kind_of(item)
    form = kind.qti
    if form is None:
        raise ValueError(Message("Nothing is asked in it."))
    body = read = form.read(item)
    for line in item.content.guidance:
        item.content.warn(
            Message("What is said to who marks it (line %(line)s) is not taken over.", line=line)
        )
    probes = [*form.probes(item, body), Probe({}, kind.response())]
    item.ask_for_more()
    if (said := item.share_out(probes, is_scored=kind.is_scored)) and (told := form.with_said(body, said)):
        body = told
    elif said:
        item.content.warn(Message("What is said of single parts of an answer is not taken over."))
    texts = item.said
    question = Question(
        title=item.name or item.asked.source[:80],
        stem=item.asked,
        body=body,
        marks=item.best,
        general_feedback=item.said_text(texts.general),
        feedback_correct=item.said_text(texts.correct),
        feedback_partial=item.said_text(texts.partial),
        feedback_incorrect=item.said_text(texts.incorrect),
        hints=tuple(item.said_text([hint]) for hint in texts.hints),
        tags=tags,
        category=category,
        external_id=own_id,
    )
    _compare(item, kind, question, probes)
    return ImportedQuestion(question, item.files, item.element.line), read


def _kind_of(item: QtiItem) -> Kind:
    if not item.interactions:
        raise ValueError(Message("Nothing is asked in it."))
    for kind in KINDS.values():
        if kind.qti is not None and kind.qti.claims(item):
            return kind
    names = list(dict.fromkeys(one.name for one in item.interactions))
    known = [str(NOT_YET.get(name, name.removesuffix("Interaction"))) for name in names]
    if len(item.interactions) > 1:
        raise ValueError(
            Message(
                "It asks several things at once (%(what)s), which cannot be one question.",
                what=", ".join(known),
            )
        )
    if not item.machine.is_graded and names[0] in GRADED:
        raise ValueError(Message("It does not say what is right."))
    raise ValueError(
        Message("Items with “%(what)s” cannot be taken over.", what=NOT_YET.get(names[0], known[0]))
    )


def _compare(item: QtiItem, kind: Kind, question: Question, probes: Sequence[Probe]) -> None:
    """Tell of answers that earn something else here than by the item's own rules."""
    if not kind.is_scored or kind.is_graded_by_person:
        return
    for probe in probes:
        there, here = item.fraction(probe.given), kind.grade(question, probe.response).fraction
        if abs(there - here) > ALIKE:
            item.content.warn(
                Message(
                    "Some answers earn otherwise: one that earns %(there)s%% in the file earns %(here)s%% here.",
                    there=_percent(float(there)),
                    here=_percent(float(here)),
                )
            )
            return


def _percent(fraction: float) -> str:
    return f"{fraction * 100:.4g}"
