"""How QTI 2.2 holds it: as hot text."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from html import escape
from itertools import combinations
from typing import Final
from xml.etree.ElementTree import Element as NewElement
from xml.etree.ElementTree import SubElement

from lms.kernel.messages import Message
from lms.kernel.xmltree import Element
from lms.quizzes.kinds.choices_qti import given, names_in, options_of, right_of, takes_one
from lms.quizzes.kinds.kind import QtiForm, body_of
from lms.quizzes.kinds.marked_words.values import MARK, MarkedWord, MarkedWords, MarkedWordsResponse
from lms.quizzes.syntax.qti.item import Probe, QtiItem
from lms.quizzes.syntax.qti.writing import QtiWriter
from lms.quizzes.values import NO_TEXT, ONE, ZERO, Body, Question, Text, key_at

ASKS: Final = "hottextInteraction"
PAIRS_AT_MOST: Final = 60
BRACKETS: Final = str.maketrans({"[": "(", "]": ")", "<": "\u2039", ">": "\u203a"})


class MarkedWordsQti(QtiForm):
    """Words of a text, one or several of which are chosen."""

    def claims(self, item: QtiItem) -> bool:
        """Return whether words of a text are chosen, and nothing else is asked."""
        return item.sole(ASKS) is not None and item.machine.is_graded

    def read(self, item: QtiItem) -> MarkedWords:
        """Return the words, with the shares by which the item's points add up."""
        interaction = _required(item)
        options = options_of(interaction)
        several = not takes_one(item, interaction)
        right = set(names_in(right_of(item, interaction))) & options.keys()
        full = item.weigh(
            [given(item, interaction, _ordered(options, right))]
            if several
            else [given(item, interaction, [name]) for name in options]
        )
        most = interaction.attribute("maxChoices")
        if several and most.isdecimal() and 0 < int(most) < len(options):
            item.content.warn(
                Message("That at most %(most)s choices may be made is not taken over.", most=most)
            )

        def weight(name: str) -> Decimal:
            if not several:
                return item.fraction(given(item, interaction, [name]))
            with_it = item.score(given(item, interaction, _ordered(options, right | {name})))
            without = item.score(given(item, interaction, _ordered(options, right - {name})))
            return max(-ONE, min(ONE, item.share(full - without if name in right else with_it - full)))

        words = tuple(MarkedWord(key_at(at), weight(name)) for at, name in enumerate(options))
        item.asked = _stem(item, interaction)
        return MarkedWords(words, several)

    def probes(self, item: QtiItem, body: Body) -> Sequence[Probe]:
        """Return each word alone, and where several may be chosen the right ones, these with one changed, and pairs."""
        interaction = _required(item)
        options = options_of(interaction)
        keys = {name: key_at(at) for at, name in enumerate(options)}
        sets: list[set[str]] = [{name} for name in options]
        if isinstance(body, MarkedWords) and body.takes_several:
            right = {name for name, word in zip(options, body.words, strict=True) if word.weight > ZERO}
            sets += [right, set(options), *(right ^ {name} for name in options)]
            sets += [set(pair) for pair in list(combinations(options, 2))[:PAIRS_AT_MOST]]
        tried: dict[tuple[str, ...], Probe] = {}
        for chosen in filter(None, (_ordered(options, one) for one in sets)):
            alone = chosen[0] if len(chosen) == 1 else ""
            tried[chosen] = Probe(
                given(item, interaction, chosen),
                MarkedWordsResponse(tuple(keys[name] for name in chosen)),
                keys.get(alone, ""),
                options.get(alone),
            )
        return list(tried.values())

    def with_said(self, body: Body, said: Mapping[str, Text]) -> MarkedWords | None:
        """Return the words with what is said of them."""
        if not isinstance(body, MarkedWords):
            return None
        words = tuple(replace(one, feedback=said.get(one.key, NO_TEXT)) for one in body.words)
        return replace(body, words=words)

    def write(self, question: Question, writer: QtiWriter) -> None:
        """Write the text with its words, and what each earns."""
        body = body_of(question, MarkedWords)
        keys = iter(word.key for word in body.words)
        most = "0" if body.takes_several else "1"
        interaction = writer.interaction(ASKS, maxChoices=most, minChoices="0")
        writer.write(
            SubElement(interaction, "div"),
            question.stem,
            marks=MARK,
            mark=lambda words: _hot(next(keys), words),
        )
        right = [word.key for word in body.right] if body.takes_several else _first_whole(body.words)
        shares = [(word.key, word.weight) for word in body.words]
        least = ZERO if body.takes_several else -ONE
        cardinality = "multiple" if body.takes_several else "single"
        writer.declare("RESPONSE", cardinality, "identifier", right, shares, bounds=(least, ONE))
        writer.score_if_right([writer.score_by_map()])

    def losses(self, question: Question) -> Sequence[Message]:
        """Return the feedback to words."""
        said = any(word.feedback for word in body_of(question, MarkedWords).words)
        return (Message("the feedback to words"),) if said else ()


def _stem(item: QtiItem, interaction: Element) -> Text:
    def shown(element: Element) -> str | None:
        if element is interaction:
            return item.prompt(element) + item.html(element, within)
        return None

    def within(element: Element) -> str | None:
        if element.name == "hottext":
            said = item.plain(element)
            words = said.translate(BRACKETS).strip()
            if words != said:
                item.content.warn(Message("Brackets in “%(words)s” are written otherwise.", words=words))
            return f"[[{escape(words, quote=False)}]]"
        return "" if element.name == "prompt" else None

    return item.stem(shown)


def _hot(key: str, words: str) -> NewElement:
    element = NewElement("hottext", identifier=key)
    element.text = words
    return element


def _first_whole(words: Iterable[MarkedWord]) -> list[str]:
    return [next(word.key for word in words if word.weight == ONE)]


def _ordered(options: Mapping[str, object], chosen: set[str]) -> tuple[str, ...]:
    return tuple(name for name in options if name in chosen)


def _required(item: QtiItem) -> Element:
    found = item.sole(ASKS)
    if found is None:
        raise ValueError(Message("The question has no answer."))
    return found
