"""How Moodle XML holds it: embedded answers, or words to select or drag where nothing but those is asked."""

from collections.abc import Callable, Sequence
from functools import partial
from html import escape
from typing import Final
from urllib.parse import quote
from xml.etree.ElementTree import Element as NewElement
from xml.etree.ElementTree import SubElement

from lms.kernel.messages import Message
from lms.kernel.richtext import plain_text_of
from lms.kernel.xmltree import Element
from lms.quizzes.kinds.amounts import Numbers, NumericAnswer, losses_of_numbers
from lms.quizzes.kinds.gap_fill.cloze import ClozeAnswer, ClozeGap, gaps_in, written
from lms.quizzes.kinds.gap_fill.values import MARK, BankWord, Gap, GapChoice, GapFill, GapWay
from lms.quizzes.kinds.kind import MoodleXmlForm, body_of
from lms.quizzes.kinds.words import TextAnswer, Words, losses_of_wording
from lms.quizzes.syntax.moodle_xml import XmlReader, XmlWriter, child_text, clean, number_of
from lms.quizzes.syntax.texts import text_to_html
from lms.quizzes.values import NO_TEXT, ONE, ZERO, Question, Text, TextFormat, key_at

CLOZE, SELECT, DRAG = "cloze", "gapselect", "ddwtos"
TYPES: Final = (CLOZE, "multianswer", SELECT, DRAG)
DROP_DOWNS: Final = ("MULTICHOICE", "MULTICHOICE_S")


class GapFillMoodleXml(MoodleXmlForm):
    """A cloze question; gapselect where all gaps are plain drop-downs, ddwtos where all are dragged into."""

    type = CLOZE

    def type_of(self, question: Question) -> str:
        """Return the type that holds most of it."""
        body = body_of(question, GapFill)
        if all(gap.way is GapWay.DRAG for gap in body.gaps):
            return DRAG
        return SELECT if all(_is_plain_list(gap) for gap in body.gaps) else CLOZE

    def claims(self, reader: XmlReader) -> bool:
        """Return whether it is a text with gaps, by whichever name."""
        return reader.type in TYPES

    def read(self, reader: XmlReader) -> GapFill:
        """Return the gaps, numbered as they stand in the text."""
        if reader.type == SELECT:
            return _read_select(reader)
        return _read_drag(reader) if reader.type == DRAG else _read_cloze(reader)

    def stem(self, question: Question) -> Text:
        """Return the text with Moodle's own signs for its gaps."""
        body, type_ = body_of(question, GapFill), self.type_of(question)
        if type_ == CLOZE:
            signs = {gap.key: written(_cloze_of(body, gap)) for gap in body.gaps}
        elif type_ == DRAG:
            places = {word.key: place for place, word in enumerate(body.bank, 1)}
            signs = {gap.key: f"[[{places[gap.word]}]]" for gap in body.gaps}
        else:
            signs, before = {}, 1
            for gap in body.gaps:
                right = next(place for place, one in enumerate(gap.choices) if one.weight == ONE)
                signs[gap.key] = f"[[{before + right}]]"
                before += len(gap.choices)
        stem = question.stem
        return Text(MARK.sub(lambda mark: signs[mark[1]], stem.source), stem.format)

    def write(self, question: Question, writer: XmlWriter) -> None:
        """Write the words to select or drag; embedded answers stand in the text."""
        body, type_ = body_of(question, GapFill), self.type_of(question)
        if type_ == CLOZE:
            return
        writer.value("shuffleanswers", str(int(body.shuffle)))
        if type_ == DRAG:
            for word in body.bank:
                box = _add_option(writer, "dragbox", word.text, 1)
                if body.reuse:
                    SubElement(box, "infinite")
            return
        for group, gap in enumerate(body.gaps, 1):
            for choice in gap.choices:
                _add_option(writer, "selectoption", choice.text, group)

    def losses(self, question: Question) -> Sequence[Message]:
        """Return what the type that holds most of it cannot."""
        body, type_ = body_of(question, GapFill), self.type_of(question)
        weights = {gap.weight for gap in body.gaps}
        found: dict[Message, bool] = {}
        if type_ == CLOZE:
            total = sum(gap.weight for gap in body.gaps)
            said = [text for gap in body.gaps for text in gap.texts if text]
            found = {
                Message("the points: Moodle adds up what the gaps count"): question.marks != total,
                Message("that words are dragged: their gaps are written as drop-downs"): bool(body.bank),
                Message("the feedback to a whole gap"): any(gap.feedback for gap in body.gaps),
                Message("that feedback is no HTML: it is written as such"): any(
                    text.format is not TextFormat.HTML for text in said
                ),
            }
            for gap in body.gaps:
                parts = losses_of_wording(gap.words, has_case=True) if gap.words else ()
                parts += losses_of_numbers(gap.numbers, has_units=False) if gap.numbers else ()
                found |= dict.fromkeys(parts, True)
        elif type_ == DRAG:
            found = {
                Message("how much each gap counts"): len(weights) > 1,
                Message("the feedback to a whole gap"): any(gap.feedback for gap in body.gaps),
            }
        found[Message("what a wrong gap costs")] = bool(body.wrong_costs)
        return tuple(loss for loss, holds in found.items() if holds)


def _is_plain_list(gap: Gap) -> bool:
    weights = sorted(choice.weight for choice in gap.choices)
    return (
        gap.way is GapWay.PICK
        and gap.weight == 1
        and not any(gap.texts)
        and weights == [ZERO] * (len(weights) - 1) + [ONE]
    )


def _add_option(writer: XmlWriter, name: str, words: str, group: int) -> NewElement:
    option = SubElement(writer.element, name)
    SubElement(option, "text").text = clean(escape(words, quote=False))
    SubElement(option, "group").text = str(group)
    return option


def _read_cloze(reader: XmlReader) -> GapFill:
    source = reader.asked.source
    gaps: list[Gap] = []
    pieces: list[str] = []
    place, shuffle, has_list = 0, False, False
    for number, found in enumerate(gaps_in(source), 1):
        gaps.append(_named(number, partial(_gap_of, reader, str(number), found)))
        if gaps[-1].way is GapWay.PICK:
            has_list, shuffle = True, shuffle or found.type.endswith("S")
        pieces += [source[place : found.start], f"[[{number}]]"]
        place = found.end
    if not gaps:
        raise ValueError(Message("There is no gap in its text."))
    reader.asked = Text("".join((*pieces, source[place:])), reader.asked.format)
    reader.marks = number_of(str(sum(gap.weight for gap in gaps)))
    return GapFill(tuple(gaps), shuffle=shuffle or not has_list)


def _named(number: int, build: Callable[[], Gap]) -> Gap:
    """Return the gap; what is wrong with it is said with its number."""
    try:
        return build()
    except ValueError as error:
        raise ValueError(Message("Gap %(number)s: %(said)s", number=number, said=error.args[0])) from error


def _gap_of(reader: XmlReader, key: str, found: ClozeGap) -> Gap:
    answers = [(key_at(place), one, _said(one)) for place, one in enumerate(found.answers)]
    if found.type.startswith("MULTIRESPONSE"):
        raise ValueError(Message("It takes several choices (MULTIRESPONSE), and a gap here takes one."))
    if found.type == "NUMERICAL":
        numbers = tuple(_number_of(name, one, said) for name, one, said in answers)
        return Gap(key, GapWay.NUMBER, numbers=Numbers(numbers), weight=found.weight)
    if found.type.startswith("SHORTANSWER"):
        words = tuple(TextAnswer(name, one.text, one.weight, said) for name, one, said in answers)
        return Gap(
            key,
            GapWay.TYPE,
            words=Words(words, case_sensitive=found.type.endswith("_C")),
            weight=found.weight,
        )
    if found.type not in DROP_DOWNS:
        reader.warnings.append(
            Message("Gap %(number)s: its choices are shown as a drop-down, not side by side.", number=key)
        )
    choices = tuple(
        GapChoice(name, _plain(reader, one.text), one.weight, said) for name, one, said in answers
    )
    return Gap(key, GapWay.PICK, choices=choices, weight=found.weight)


def _number_of(key: str, answer: ClozeAnswer, said: Text) -> NumericAnswer:
    value, _, tolerance = answer.text.replace(",", ".").partition(":")
    return NumericAnswer(
        key,
        None if value.strip() == "*" else number_of(value),
        number_of(tolerance) if tolerance.strip() else ZERO,
        answer.weight,
        said,
    )


def _said(answer: ClozeAnswer) -> Text:
    return Text(answer.said, TextFormat.HTML) if answer.said else NO_TEXT


def _plain(reader: XmlReader, html: str) -> str:
    """Return the words of a choice, which has no room for more."""
    words = plain_text_of(html)
    if "<" in html:
        reader.warnings.append(
            Message(
                "The choice “%(words)s” is taken over as plain words, without its formatting.", words=words
            )
        )
    return words


def _cloze_of(body: GapFill, gap: Gap) -> ClozeGap:
    """Return a gap as Moodle embeds it."""
    if gap.words:
        type_ = "SHORTANSWER_C" if gap.words.case_sensitive else "SHORTANSWER"
        answers = [ClozeAnswer(one.weight, one.pattern, _html(one.feedback)) for one in gap.words.answers]
    elif gap.numbers:
        type_, numbers = "NUMERICAL", gap.numbers
        answers = [
            ClozeAnswer(
                one.weight,
                "*" if one.value is None else f"{one.value:f}:{numbers.amount(one):f}",
                _html(one.feedback),
            )
            for one in numbers.answers
        ]
    else:
        type_ = "MULTICHOICE_S" if body.shuffle or gap.word else "MULTICHOICE"
        words = [GapChoice("", word.text, ONE if word.key == gap.word else ZERO) for word in body.bank]
        answers = [
            ClozeAnswer(one.weight, escape(one.text, quote=False), _html(one.feedback))
            for one in gap.choices or words
        ]
    return ClozeGap(0, 0, gap.weight, type_, tuple(answers))


def _html(text: Text) -> str:
    if not text or text.format is TextFormat.HTML:
        return text.source
    return text_to_html(text, attachment=lambda name: f"attachment:{quote(name, safe='')}")


def _options(reader: XmlReader, name: str) -> list[tuple[str, str, Element]]:
    """Return words, group and element of what may be selected or dragged."""
    options = [
        (_plain(reader, reader.plain(one)), child_text(one, "group") or "1", one)
        for one in reader.element.all(name)
    ]
    if not options:
        raise ValueError(Message("There are no words to fill its gaps with."))
    return options


def _renumbered(reader: XmlReader, count: int) -> list[int]:
    """Return which of so many words each gap takes, and number the gaps as they stand in the text."""
    marks = [int(mark[1]) - 1 for mark in MARK.finditer(reader.asked.source)]
    if not marks:
        raise ValueError(Message("There is no gap in its text."))
    if lost := [mark for mark in marks if mark >= count]:
        raise ValueError(
            Message("The text points to word [[%(number)s]], which is not there.", number=lost[0] + 1)
        )
    numbers = iter(range(1, len(marks) + 1))
    reader.asked = Text(
        MARK.sub(lambda _mark: f"[[{next(numbers)}]]", reader.asked.source), reader.asked.format
    )
    return marks


def _read_select(reader: XmlReader) -> GapFill:
    options = _options(reader, "selectoption")
    rights = _renumbered(reader, len(options))

    def gap(number: int, right: int) -> Gap:
        group = [place for place, one in enumerate(options) if one[1] == options[right][1]]
        choices = tuple(
            GapChoice(key_at(at), options[place][0], ONE if place == right else ZERO)
            for at, place in enumerate(group)
        )
        return Gap(str(number), GapWay.PICK, choices=choices)

    gaps = [_named(number, partial(gap, number, right)) for number, right in enumerate(rights, 1)]
    return GapFill(tuple(gaps), shuffle=reader.is_true("shuffleanswers", "1"))


def _read_drag(reader: XmlReader) -> GapFill:
    options = _options(reader, "dragbox")
    rights = _renumbered(reader, len(options))
    keys: dict[str, str] = {}
    for words, _group, _element in options:
        keys.setdefault(words, key_at(len(keys)))
    endless = [element.first("infinite") is not None for _words, _group, element in options]
    used = [keys[options[right][0]] for right in rights]
    reuse = any(endless) or len(set(used)) < len(used)
    changes = {
        Message("Its words stand in one bank, not in groups."): len({group for _, group, _ in options}) > 1,
        Message("Every word may be used any number of times."): reuse and not all(endless),
        Message("The words of a bank are always shuffled."): not reader.is_true("shuffleanswers", "1"),
    }
    reader.warnings += [change for change, holds in changes.items() if holds]
    gaps = tuple(Gap(str(number), GapWay.DRAG, word=key) for number, key in enumerate(used, 1))
    return GapFill(gaps, tuple(BankWord(key, words) for words, key in keys.items()), reuse)
