"""GIFT, Moodle's text format for questions (docs.moodle.org, GIFT format).

A question ends at a blank line. Comments, ``$CATEGORY:``, ``[id:…]`` and ``[tag:…]`` in comments, titles,
formats, weights, feedback and the missing word are understood; white space around a text is not kept.
"""

from collections.abc import Iterable

from lms.kernel.messages import Message
from lms.kernel.textfiles import UnreadableText, decode
from lms.quizzes.formats.gift.reading import Parts, blocks_of
from lms.quizzes.formats.gift.writing import written
from lms.quizzes.kinds import kind_of
from lms.quizzes.kinds.chance import sampled
from lms.quizzes.syntax.moodle import category_path
from lms.quizzes.values import ImportedQuestion, ImportProblem, ImportReport, Severity, too_many


class Gift:
    """Reads and writes GIFT."""

    name = "gift"
    title = "GIFT"
    sentence = Message("Plain text that Moodle reads; without pictures, hints and points.")
    roots: tuple[str, ...] = ()
    is_written = True
    carries_files = False
    keeps_all = False
    extensions = (".gift", ".gift.txt", ".txt")

    def recognises(self, content: bytes) -> bool:
        """Return False: any text may be GIFT, so that its name decides."""
        del content
        return False

    def parse(self, content: bytes, *, most: int | None = None) -> ImportReport:
        """Read a file; a bad question is named with its line, and the rest is offered."""
        try:
            decoded = decode(content)
        except UnreadableText as error:
            return ImportReport(problems=(ImportProblem(error.line, "", error.message),))
        blocks = list(blocks_of(decoded.text))
        if refusal := too_many(len(blocks), most):
            return refusal
        questions: list[ImportedQuestion] = []
        problems: list[ImportProblem] = []
        if decoded.guess:
            message = Message("The file does not say its encoding: read as %(guess)s.", guess=decoded.guess)
            problems.append(ImportProblem(decoded.first_odd_line, "", message, Severity.WARNING))
        unfinished = False
        for block in blocks:
            if unfinished and "{" not in block.text:
                # The rest of a question that a blank line cut in two: named once is enough.
                unfinished = "}" not in block.text
                continue
            parts = Parts(block)
            unfinished = "{" in block.text and "}" not in block.text
            try:
                questions.append(ImportedQuestion(parts.question(), line=block.line))
            except ValueError as error:
                problems.append(ImportProblem(block.line, parts.name, error.args[0]))
            problems += [
                ImportProblem(block.line, parts.name, said, Severity.WARNING) for said in parts.warnings
            ]
        return ImportReport(tuple(questions), tuple(problems))

    def write(self, questions: Iterable[ImportedQuestion]) -> bytes:
        """Write a file in UTF-8."""
        category: tuple[str, ...] = ()
        blocks = []
        for imported in questions:
            question = sampled(imported.question)
            block = written(question)
            if block is None:
                continue
            if question.category != category:
                category = question.category
                blocks.append(f"$CATEGORY: {category_path(category)}\n")
            blocks.append(block)
        return "\n".join(blocks).encode()

    def losses(self, question: ImportedQuestion) -> tuple[str, ...]:
        """Return what GIFT has no place for."""
        asked = question.question
        form = kind_of(asked).gift
        if form is None:
            return (Message("the whole question: GIFT has none of its kind"),)
        losses = {
            Message("the pictures"): bool(question.attachments),
            Message("the marks"): asked.marks != 1,
            Message("the feedback by result"): any(
                (asked.feedback_correct, asked.feedback_partial, asked.feedback_incorrect)
            ),
            Message("the hints"): bool(asked.hints),
            Message("the objective"): bool(asked.objective),
            Message("that it is drawn by chance: it is written as one draw has it"): bool(asked.drawing),
        }
        return (*(loss for loss, holds in losses.items() if holds), *form.losses(asked))
