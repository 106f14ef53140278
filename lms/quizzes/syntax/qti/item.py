"""One QTI item on its way to a question: what it asks, how it grades, and what it says when."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from html import unescape
from typing import Final

from lms.kernel.lines import cleaned
from lms.kernel.messages import Message
from lms.kernel.richtext import plain_text_of
from lms.kernel.xmltree import Element
from lms.quizzes.syntax.moodle import shortened
from lms.quizzes.syntax.qti.chance import Translation
from lms.quizzes.syntax.qti.content import Content, Files, Place
from lms.quizzes.syntax.qti.declarations import Declaration
from lms.quizzes.syntax.qti.processing import Machine, Outcomes
from lms.quizzes.syntax.qti.values import Given
from lms.quizzes.values import NO_TEXT, TITLE_MAX_CHARACTERS, Attachment, Response, Text, TextFormat

FEEDBACK: Final = frozenset({"feedbackInline", "feedbackBlock"})
ASIDE: Final = frozenset({"endAttemptInteraction", "mediaInteraction"})
"""Interactions that ask nothing."""
EMPTY: Final = re.compile(r"<(p|div)>\s*</\1>")
DIV: Final = re.compile(r"</?div\b[^>]*>")
PLACES: Final = Decimal("1e-10")
"""Shares are kept to the tenth place: thirds come out as they went in."""


@dataclass(frozen=True, slots=True)
class Probe:
    """An answer as the item takes it and as our question does: both are graded, and must earn the same.

    `key` is that of the part that alone was chosen, if one was; `within` the element that shows that part.
    """

    given: Given
    response: Response
    key: str = ""
    within: Element | None = None


@dataclass(slots=True)
class Said:
    """What is said by outcome, and at the end; as HTML, in the order of the file."""

    general: list[str] = field(default_factory=list)
    correct: list[str] = field(default_factory=list)
    partial: list[str] = field(default_factory=list)
    incorrect: list[str] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)


class QtiItem:
    """One item; ``name`` is what to call it, even if it turns out to be no question.

    ``asked`` is the question's own text, ``best`` the score of who answers all right: what the question is worth.
    """

    def __init__(self, element: Element, files: Files, folder: str) -> None:
        self.element = element
        self.warnings: list[str] = []
        self.name = cleaned(element.attribute("title") or element.attribute("identifier"))
        if len(self.name) > TITLE_MAX_CHARACTERS:
            self.name = f"{self.name[: TITLE_MAX_CHARACTERS - 1]}…"
            self.warnings.append(
                Message("The title is cut to %(most)s characters.", most=TITLE_MAX_CHARACTERS)
            )
        self._files, self._folder = files, folder
        self.asked = NO_TEXT
        self.best = Decimal(1)
        self.said = Said()

    def another(self) -> "QtiItem":
        """Return the same item, unread."""
        return QtiItem(self.element, self._files, self._folder)

    def open(self, draw: int = 0, translation: Translation | None = None) -> None:
        """Read what it declares and asks; raises ValueError with a sentence that says what cannot be taken over.

        `draw` numbers the draws of what it leaves to chance; with a `translation` its texts name what is drawn.
        """
        self.machine = Machine(self.element, draw, translation)
        self.content = Content(self._files, self._folder, self.machine, self.warnings)
        self.first = self.machine.first_outcomes()
        self.body = self.element.first("itemBody") or Element("itemBody", "", {}, self.element.line)
        inside = list(self.body.walk())
        self.interactions = [
            one for one in inside if one.name.endswith("Interaction") and one.name not in ASIDE
        ]
        self._requests = [one for one in inside if one.name == "endAttemptInteraction"]
        self._feedback = [one for one in inside if one.name in FEEDBACK and not self.first.shows(one)]
        hidden = {id(one) for block in self._feedback for one in block.walk()}
        if any(id(one) in hidden for one in self.interactions):
            raise ValueError(Message("It shows further questions as it goes on (an adaptive item)."))
        self._feedback += self.element.all("modalFeedback")
        self._cache: dict[tuple[tuple[str, str], ...], Outcomes] = {}
        if self.machine.drawn and translation is None:
            self.content.warn(
                Message("What it draws by chance was drawn once: everybody gets the same numbers and words.")
            )
        if self.element.attribute("adaptive") == "true":
            self.content.warn(
                Message(
                    "How it leads through several tries is not taken over: a quiz says how often one may try."
                )
            )

    def sole(self, name: str) -> Element | None:
        """Return the interaction, if there is but this one and it is of that name."""
        return (
            self.interactions[0]
            if len(self.interactions) == 1 and self.interactions[0].name == name
            else None
        )

    def response(self, interaction: Element) -> Declaration:
        """Return what is declared of an interaction's answer."""
        name = interaction.attribute("responseIdentifier")
        declared = self.machine.responses.get(name)
        if declared is None:
            raise ValueError(Message("It asks for “%(name)s”, which it does not declare.", name=name))
        return declared

    def outcomes(self, given: Given) -> Outcomes:
        """Return what its rules make of an answer."""
        key = tuple(sorted((name, repr(value)) for name, value in given.items()))
        if key not in self._cache:
            self._cache[key] = self.machine.run(given)
        return self._cache[key]

    def score(self, given: Given) -> Decimal:
        """Return what an answer earns, in the item's own points."""
        return self.outcomes(given).score

    def weigh(self, answers: Iterable[Given]) -> Decimal:
        """Find out what the best of some answers earns: that is what the question is worth."""
        # Thirds that were rounded do not make a whole.
        best = max((self.score(given) for given in answers), default=Decimal(0)).quantize(PLACES)
        self.best = best.normalize() + 0
        if self.best <= 0:
            raise ValueError(Message("No answer earns anything by its rules."))
        return self.best

    def share(self, score: Decimal) -> Decimal:
        """Return a score as a share of the best."""
        share = (score / self.best).quantize(PLACES).normalize()
        return share or Decimal(0)

    def fraction(self, given: Given) -> Decimal:
        """Return what an answer earns, of one."""
        return self.share(self.score(given))

    def stem(self, place: Place | None = None) -> Text:
        """Return the question's own text: all that it shows, with the prompt where the interaction stands."""

        def shown(element: Element) -> str | None:
            if place and (placed := place(element)) is not None:
                return placed
            return self._aside(element) if element.name not in self._names() else self.prompt(element)

        return self._text(_unwrapped(self.content.html(self.body, shown))) or Text(
            self.name, TextFormat.PLAIN
        )

    def _names(self) -> frozenset[str]:
        return frozenset(one.name for one in self.interactions)

    def guidance(self) -> Text:
        """Take over what is said to who marks it, of what was read before."""
        words = list(self.content.guidance.values())
        self.content.guidance.clear()
        return self.said_text(words) if words else NO_TEXT

    def prompt(self, interaction: Element) -> str:
        """Return the prompt of an interaction as HTML."""
        prompt = interaction.first("prompt")
        words = self.content.html(prompt, self._aside) if prompt else ""
        return f"<p>{words}</p>" if words and "<p" not in words and "<div" not in words else words

    def text(self, element: Element, place: Place | None = None) -> Text:
        """Return what an element shows, without the feedback in it."""
        return self._text(self.html(element, place))

    def html(self, element: Element, place: Place | None = None) -> str:
        """Return what an element shows as HTML, without the feedback in it."""

        def shown(inner: Element) -> str | None:
            placed = place(inner) if place else None
            return self._aside(inner) if placed is None else placed

        return self.content.html(element, shown)

    def plain(self, element: Element) -> str:
        """Return the words of an element where no more may stand; raises ValueError where it shows a picture alone."""
        formulas: list[Element] = []

        def said(one: Element) -> str | None:
            if one.name != "math":
                return None
            formulas.append(one)
            return self.content.words_of_formula(one)

        html = self.html(element, said)
        words = plain_text_of(html)
        if "<img" in html:
            raise ValueError(
                Message("A picture stands in line %(line)s, where only words may stand.", line=element.line)
            )
        if "<" in html or any(leaf.name == "mi" for one in formulas for leaf in one.walk()):
            # Set as a formula its names lean: in plain words nothing does.
            self.content.warn(
                Message(
                    "The choice “%(words)s” is taken over as plain words, without its formatting.",
                    words=words,
                )
            )
        return words

    def _text(self, html: str) -> Text:
        """Return HTML as a text; what is plain words alone stays so."""
        return Text(html, TextFormat.HTML) if html else NO_TEXT

    def _aside(self, element: Element) -> str | None:
        """Leave out what is shown later, and buttons."""
        if element.name in FEEDBACK:
            return None if self.first.shows(element) and not _is_unset(element, self.first) else ""
        return "" if element.name == "endAttemptInteraction" else None

    def ask_for_more(self) -> None:
        """Take over what its buttons show: as a hint, or as what is said in the end where it ends the question."""
        for request in self._requests:
            name = request.attribute("responseIdentifier")
            outcomes = self.outcomes({name: True})
            shown = [one for one in self._feedback if outcomes.shows(one)]
            ends = outcomes.values.get("completionStatus") == "completed"
            target = self.said.general if ends else self.said.hints
            words = "".join(f"<div>{self.html(one)}</div>" for one in shown)
            if words:
                target.append(words)
            self._feedback = [one for one in self._feedback if one not in shown]
            self.content.warn(
                Message(
                    "What the button “%(name)s” shows is said between tries or at the end.",
                    name=request.attribute("title") or name,
                )
            )

    def share_out(self, probes: Sequence[Probe], *, is_scored: bool) -> dict[str, Text]:
        """Sort what is said by when: by outcome, always, or of one part, whose texts are returned by its key."""
        tried = [(probe, self.outcomes(probe.given)) for probe in probes]
        of_parts: dict[str, list[str]] = {}
        for element in self._feedback:
            shown = [at for at, (_probe, outcomes) in enumerate(tried) if outcomes.shows(element)]
            html = self.html(element)
            if not html:
                continue
            holder = next(
                (probe for probe, _ in tried if probe.within and _holds(probe.within, element)), None
            )
            if holder is not None and holder.key:
                of_parts.setdefault(holder.key, []).append(html)
            elif targets := (
                self._by_outcome(tried, shown, given=True, is_scored=is_scored)
                or self._by_outcome(tried, shown, given=False, is_scored=is_scored)
            ):
                for target in targets:
                    target.append(html)
            elif shown and all(tried[at][0].key for at in shown):
                for at in shown:
                    of_parts.setdefault(tried[at][0].key, []).append(html)
            else:
                self.content.warn(
                    Message(
                        "“%(words)s” is said in a case that is not known here: it is not taken over.",
                        words=unescape(shortened(html)),
                    )
                )
        return {key: self._text("".join(words)) for key, words in of_parts.items()}

    def _by_outcome(
        self,
        tried: Sequence[tuple[Probe, Outcomes]],
        all_shown: Sequence[int],
        *,
        given: bool,
        is_scored: bool,
    ) -> tuple[list[str], ...]:
        """Return where something belongs that is shown for these answers; `given` leaves out the blank one."""
        every = {at for at, (probe, _outcomes) in enumerate(tried) if probe.given or not given}
        shown = every & set(all_shown)
        if shown and shown == every:
            return (self.said.general,)
        if not shown or not is_scored:
            return ()
        shares = [self.share(outcomes.score) for _probe, outcomes in tried]
        sets = (
            ({at for at in every if shares[at] == 1}, self.said.correct),
            ({at for at in every if 0 < shares[at] < 1}, self.said.partial),
            ({at for at in every if shares[at] <= 0}, self.said.incorrect),
        )
        covered = [(group, target) for group, target in sets if group and group <= shown]
        if {at for group, _target in covered for at in group} == shown:
            return tuple(target for _group, target in covered)
        return ()

    def said_text(self, words: Sequence[str]) -> Text:
        """Return what is said as one text."""
        return self._text(words[0] if len(words) == 1 else "".join(f"<div>{one}</div>" for one in words))

    @property
    def files(self) -> tuple[Attachment, ...]:
        """The pictures that it shows."""
        return tuple(Attachment(name, content) for name, content in sorted(self.content.kept.items()))


def _holds(element: Element, inner: Element) -> bool:
    return any(one is inner for one in element.walk())


def _is_unset(element: Element, outcomes: Outcomes) -> bool:
    """Return whether an element is shown only because nothing hides it yet."""
    return (
        element.attribute("showHide") == "hide"
        and outcomes.values.get(element.attribute("outcomeIdentifier")) is None
    )


def by_identifier(elements: Iterable[Element]) -> Mapping[str, Element]:
    """Return elements by their identifiers, in the order of the file."""
    return {one.attribute("identifier"): one for one in elements}


def _unwrapped(html: str) -> str:
    """Return HTML without a block around all of it, and without paragraphs that a field left empty."""
    html = EMPTY.sub("", html).strip()
    while html.startswith("<div>") and html.endswith("</div>"):
        inner = html.removeprefix("<div>").removesuffix("</div>")
        depth = 0
        for tag in DIV.finditer(inner):
            depth += -1 if tag[0].startswith("</") else 1
            if depth < 0:
                return html
        html = EMPTY.sub("", inner).strip()
    return html
