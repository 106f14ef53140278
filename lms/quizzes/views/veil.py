"""An exam that asks of what its author does not see: each such thing stays in it, under a name that says nothing."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask_babel import gettext as _

from lms.quizzes.bank import queries
from lms.quizzes.bank.forms.papers import PaperForm
from lms.quizzes.bank.values import Supply
from lms.quizzes.values import BankId, Draw, Quiz

LETTERS = 24
PARTS = ("bank", "folder", "tag", "objective", "question")


@dataclass(frozen=True, slots=True)
class Veil:
    """What of an exam is hidden: by what it is called on the page, its part, its value, and what is said instead."""

    hidden: Mapping[str, tuple[str, str]]
    words: Mapping[str, str]
    draws: Sequence[Draw] = ()

    @property
    def banks(self) -> Sequence[BankId]:
        """Return the hidden banks that the exam draws from."""
        values = {value for part, value in self.hidden.values() if part == "bank"}
        return [
            one for one in {draw.bank_id for draw in self.draws} if one is not None and str(one) in values
        ]

    def known_in(self, bank: str) -> Mapping[str, Sequence[str]]:
        """Return what the exam narrows draws from a bank by, hidden or not: it is not to be lost."""
        drawn = [one for one in self.draws if str(one.bank_id) == bank]
        return {
            "folder": [str(one.folder_id) for one in drawn if one.folder_id],
            "tag": [one.tag for one in drawn if one.tag],
            "objective": [one.objective for one in drawn if one.objective],
        }

    def lift(self, paper: PaperForm) -> None:
        """Put what is hidden back into a form that came from a page."""
        for name, value in paper.fields.items():
            part = name.rpartition("-")[2]
            if value in self.hidden and self.hidden[value][0] == part:
                paper.fields = {**paper.fields, name: self.hidden[value][1]}

    def lay_over(self, paper: PaperForm) -> None:
        """Take what is hidden out of a form that goes to a page."""
        called = {held: name for name, held in self.hidden.items()}
        paper.fields = {
            name: called.get((name.rpartition("-")[2], value), value) for name, value in paper.fields.items()
        }
        paper.veiled = self.words


NONE = Veil({}, {})


def veil_of(quiz: Quiz | None, supplies: Mapping[BankId, Supply]) -> Veil:
    """Return what of an exam its reader does not see. No query where they see everything."""
    sight = queries.mine()
    if quiz is None or not sight.is_narrowed:
        return NONE
    told = _told()
    objectives = queries.list_objectives_of({one.bank_id for one in quiz.draws if one.bank_id is not None})
    hidden: set[tuple[str, str]] = set()
    for draw in quiz.draws:
        if draw.bank_id is None:
            continue
        supply = supplies.get(draw.bank_id)
        if supply is None or draw.bank_id in sight.banks:
            hidden.add(("bank", str(draw.bank_id)))
        if draw.folder_id in sight.folders:
            hidden.add(("folder", str(draw.folder_id)))
        if draw.tag and (supply is None or draw.tag not in supply.by_tag):
            hidden.add(("tag", draw.tag))
        if draw.objective and draw.objective not in objectives[draw.bank_id]:
            hidden.add(("objective", draw.objective))
    named = {one.question_id for one in quiz.draws if one.question_id} | set(queries.list_apart(quiz.id))
    hidden |= {("question", str(one)) for one in queries.hidden_among(named, sight)}
    called = {_name(quiz, *one): one for one in sorted(hidden)}
    return Veil(called, {name: told[part] for name, (part, _value) in called.items()}, quiz.draws)


def without_hidden(quiz: Quiz) -> Sequence[Draw]:
    """Return the draws of an exam without the tags and objectives that their reader does not see."""
    veil = veil_of(quiz, queries.list_supplies()) if queries.mine().is_narrowed else NONE
    held = set(veil.hidden.values())
    return [
        replace(
            one,
            tag="" if ("tag", one.tag) in held else one.tag,
            objective="" if ("objective", one.objective) in held else one.objective,
        )
        for one in quiz.draws
    ]


def _name(quiz: Quiz, part: str, value: str) -> str:
    return f"kept-{hashlib.sha256(f'{quiz.id} {part} {value}'.encode()).hexdigest()[:LETTERS]}"


def _told() -> Mapping[str, str]:
    return {
        "bank": _("A bank that you do not see"),
        "folder": _("A folder that you do not see"),
        "tag": _("A tag that you do not see"),
        "objective": _("An objective that you do not see"),
        "question": _("A question that you do not see"),
    }
