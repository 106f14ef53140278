"""How Moodle XML holds it."""

from collections.abc import Sequence
from xml.etree.ElementTree import SubElement

from lms.kernel.messages import Message
from lms.quizzes.kinds.kind import MoodleXmlForm, body_of
from lms.quizzes.kinds.matching.values import Matching, MatchOption, MatchStem, losses_of_pairs
from lms.quizzes.syntax.moodle_xml import XmlReader, XmlWriter, clean
from lms.quizzes.values import Question, Text, TextFormat, key_at


class MatchingMoodleXml(MoodleXmlForm):
    """A matching question, with a subquestion for each pair."""

    type = "matching"

    def read(self, reader: XmlReader) -> Matching:
        """Return the pairs; an option without a left side only distracts."""
        stems: list[tuple[Text, str]] = []
        keys: dict[str, str] = {}
        for pair in reader.element.all("subquestion"):
            option = reader.plain(pair.first("answer"))
            keys.setdefault(option, key_at(len(keys)))
            if stem := reader.text(pair):
                stems.append((stem, option))
        return Matching(
            tuple(MatchStem(key_at(at), stem, keys[option]) for at, (stem, option) in enumerate(stems)),
            tuple(MatchOption(key, option) for option, key in keys.items()),
            shuffle=reader.is_true("shuffleanswers", "true"),
        )

    def write(self, question: Question, writer: XmlWriter) -> None:
        """Write a subquestion for each pair, and for each option that belongs to none."""
        body = body_of(question, Matching)
        writer.value("shuffleanswers", str(body.shuffle).lower())
        texts = {option.key: option.text for option in body.options}
        asked_for = {stem.option_key for stem in body.stems}
        pairs = [(stem.text, texts[stem.option_key]) for stem in body.stems]
        pairs += [(Text("", TextFormat.HTML), text) for key, text in texts.items() if key not in asked_for]
        for stem, option in pairs:
            pair = writer.text(writer.element, "subquestion", stem)
            SubElement(SubElement(pair, "answer"), "text").text = clean(option)

    def losses(self, question: Question) -> Sequence[Message]:
        """Return how much each pair counts."""
        return losses_of_pairs(body_of(question, Matching))
