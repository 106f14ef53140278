"""What an exam asks, under its author's hands: sections with what each asks, and the questions that are kept apart."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from lms.kernel.lines import fault_of_name, fault_of_text, tidied, with_plain_breaks
from lms.kernel.messages import Message
from lms.quizzes.kinds.drafts import Fields, rows_of, with_row, with_row_up, without_row
from lms.quizzes.values import BankId, Difficulty, Draw, FolderId, QuestionId, Quiz, Section
from lms.web.numbers import whole_number
from lms.web.words import said

DEED: Final = re.compile(r"(add|remove|up|narrow):([a-z]+(?:-\d{1,4}-[a-z]+)?)(?::(\d{1,4}))?")
PLACE: Final = re.compile(r"choose:(section|group):(\d{1,4}|new)")
NARROWED: Final = ("folder", "tag", "objective", "difficulty")
TICKED: Final = "on"
NUMBER: Final = Message("Give a whole number of questions.")


@dataclass(frozen=True, slots=True)
class Paper:
    """What the form says: sections (none for an exam of one piece), draws, and groups that are kept apart."""

    sections: tuple[Section, ...]
    draws: tuple[Draw, ...]
    apart: tuple[tuple[QuestionId, ...], ...]


class PaperForm:
    """Rows within rows: not of WTForms, since they come and go, and work without script."""

    def __init__(self, fields: Fields) -> None:
        self.fields: Mapping[str, str] = fields
        self.faults: dict[str, str] = {}
        self.new_row: tuple[str, int] | None = None
        self.veiled: Mapping[str, str] = {}

    @classmethod
    def blank(cls) -> "PaperForm":
        """Return the form of a new exam: one piece, with a draw to be filled in."""
        return cls({"section-0-key": "", "section-0-shuffle": TICKED, "section-0-draw-0-bank": ""})

    @classmethod
    def filled(cls, quiz: Quiz, apart: Sequence[Collection[QuestionId]]) -> "PaperForm":
        """Return a form that holds what an exam asks."""
        fields: dict[str, str] = {}
        sections = quiz.rules.sections or (Section(title=""),)
        for number, section in enumerate(sections):
            at = f"section-{number}"
            fields |= _fields_of(at, section)
            draws = [one for one in quiz.draws if one.section == number + 1]
            for row, draw in enumerate(draws):
                fields |= _fields_of_draw(f"{at}-draw-{row}", draw)
        for number, group in enumerate(apart):
            fields |= {f"group-{number}-item-{row}-question": str(one) for row, one in enumerate(group)}
        return cls(fields)

    @classmethod
    def posted(cls, form: Mapping[str, str]) -> "PaperForm":
        """Return the form as it was sent."""
        fields = {name: value for name, value in form.items() if name.startswith(("section-", "group-"))}
        return cls(fields if any(name.startswith("section-") for name in fields) else {**cls.blank().fields})

    def value(self, name: str) -> str:
        """Return what stands in a field."""
        return self.fields.get(name, "")

    def rows(self, group: str) -> Sequence[int]:
        """Return the rows of a group."""
        return rows_of(self.fields, group)

    @property
    def is_divided(self) -> bool:
        """Return whether there are sections to speak of."""
        rows = self.rows("section")
        return len(rows) > 1 or any(self.value(f"section-{row}-title").strip() for row in rows)

    def banks(self) -> Collection[str]:
        """Return what is said for banks."""
        return {value for name, value in self.fields.items() if name.endswith("-bank") and value}

    def questions(self) -> Collection[QuestionId]:
        """Return the questions that are named one by one."""
        found = (_id_of(value) for name, value in self.fields.items() if name.endswith("-question"))
        return {QuestionId(one) for one in found if one is not None}

    def act(self, deed: str) -> bool:
        """Add, remove or move the row that a button names, or let a draw be narrowed; False if it names none."""
        found = DEED.fullmatch(deed)
        if not found:
            return False
        verb, group, row = found[1], found[2], int(found[3] or 0)
        if verb == "add":
            self.fields, row = with_row(self.fields, group)
            self.new_row = group, row
            if group == "section":
                self._divide(row)
        elif verb == "narrow":
            self.new_row = group, row
        else:
            self.fields = (without_row if verb == "remove" else with_row_up)(self.fields, group, row)
            self.new_row = group, max((one for one in self.rows(group) if one <= row), default=0)
            if not self.rows("section"):
                self.fields = {**self.fields, "section-0-key": ""}
        return True

    def _divide(self, row: int) -> None:
        """Name a section that was added, and the first one if it had no need of a name till now."""
        named = {f"section-{row}-draw-0-bank": "", f"section-{row}-shuffle": TICKED}
        for number, one in enumerate(self.rows("section"), 1):
            if not self.value(f"section-{one}-title"):
                named[f"section-{one}-title"] = said(Message("Part %(number)s", number=number))
        self.fields = {**self.fields, **named}

    @staticmethod
    def place_of(deed: str) -> Mapping[str, int] | None:
        """Return for what questions are to be chosen, counted from 1 (0 for a new group); None for any other button."""
        found = PLACE.fullmatch(deed)
        if not found:
            return None
        return {found[1]: 0 if found[2] == "new" else int(found[2])}

    def number_of(self, group: str, row: int) -> int:
        """Return which of its group a row is, from 1; 0 for none."""
        rows = list(self.rows(group))
        return rows.index(row) + 1 if row in rows else 0

    def read(self, banks: Collection[BankId]) -> Paper | None:
        """Return what the fields say; None when they make nothing, and `faults` says why."""
        self.faults = {}
        rows = self.rows("section")
        divided = self.is_divided
        sections = tuple(self._section(f"section-{row}") for row in rows) if divided else ()
        draws = [
            draw
            for number, row in enumerate(rows, 1)
            for one in self.rows(f"section-{row}-draw")
            if (draw := self._draw(f"section-{row}-draw-{one}", number, banks)) is not None
        ]
        apart = tuple(
            tuple(
                QuestionId(one)
                for item in self.rows(f"group-{row}-item")
                if (one := _id_of(self.value(f"group-{row}-item-{item}-question"))) is not None
            )
            for row in self.rows("group")
        )
        if self.faults:
            return None
        return Paper(sections, tuple(draws), tuple(group for group in apart if group))

    def _section(self, at: str) -> Section:
        title = tidied(self.value(f"{at}-title"))
        instructions = with_plain_breaks(self.value(f"{at}-instructions")).strip()
        if not title:
            self._refuse(f"{at}-title", Message("Give a title."))
        elif fault := fault_of_name(title):
            self._refuse(f"{at}-title", fault)
        if fault := fault_of_text(instructions):
            self._refuse(f"{at}-instructions", fault)
        return Section(
            title=title,
            instructions=instructions,
            minutes=self._number(f"{at}-minutes", Message("Give whole minutes, or nothing for no limit.")),
            shuffle_questions=self.value(f"{at}-shuffle") == TICKED,
            pass_percent=self._number(f"{at}-pass", Message("Give a number from 0 to 100.")) or 0,
        )

    def _number(self, name: str, complaint: Message) -> int | None:
        word = self.value(name).strip()
        number = whole_number(word)
        if word and number is None:
            self._refuse(name, complaint)
        return number

    def _draw(self, at: str, section: int, banks: Collection[BankId]) -> Draw | None:
        if f"{at}-question" in self.fields:
            question = _id_of(self.value(f"{at}-question"))
            return None if question is None else Draw(question_id=QuestionId(question), section=section)
        bank, word = self.value(f"{at}-bank"), self.value(f"{at}-count").strip()
        if not bank:
            return None
        bank_id = next((one for one in banks if str(one) == bank), None)
        count = whole_number(word)
        if bank_id is None:
            self._refuse(f"{at}-bank", Message("Choose a bank with questions."))
        if not count:
            self._refuse(f"{at}-count", NUMBER)
        if bank_id is None or not count:
            return None
        folder = _id_of(self.value(f"{at}-folder"))
        difficulty = self.value(f"{at}-difficulty")
        return Draw(
            count=count,
            bank_id=bank_id,
            tag=self.value(f"{at}-tag"),
            folder_id=FolderId(folder) if folder else None,
            objective=self.value(f"{at}-objective"),
            difficulty=next((one for one in Difficulty if one.value == difficulty), None),
            section=section,
        )

    def _refuse(self, name: str, message: Message) -> None:
        self.faults.setdefault(name, said(message))

    def complaints(self) -> Sequence[tuple[str, str]]:
        """Return the faults for the head of the page, each with where it stands and, of several, its section."""
        numbers = {f"section-{row}": number for number, row in enumerate(self.rows("section"), 1)}
        return [
            ("asked" if name == "paper" else name, self._placed(numbers.get(at_of(name)), message))
            for name, message in self.faults.items()
        ]

    def _placed(self, number: int | None, message: str) -> str:
        if number is None or not self.is_divided:
            return message
        return said(Message("Section %(number)s: %(fault)s", number=number, fault=message))

    def forget_elsewhere(self, of_bank: Mapping[str, Mapping[str, Collection[str]]]) -> None:
        """Take back what narrows a draw by something that the bank now chosen does not have."""
        kept = dict(self.fields)
        for name, bank in self.fields.items():
            if not name.endswith("-bank"):
                continue
            at = name.removesuffix("bank")
            for part, options in of_bank.get(bank, dict.fromkeys(NARROWED[:3], ())).items():
                if kept.get(f"{at}{part}") and kept[f"{at}{part}"] not in options:
                    kept[f"{at}{part}"] = ""
        self.fields = kept


def at_of(name: str) -> str:
    """Return the section or group that a field stands in."""
    return "-".join(name.split("-")[:2])


def _fields_of(at: str, section: Section) -> dict[str, str]:
    return {
        f"{at}-key": "",
        f"{at}-title": section.title,
        f"{at}-instructions": section.instructions,
        f"{at}-minutes": str(section.minutes or ""),
        f"{at}-pass": str(section.pass_percent or ""),
        f"{at}-shuffle": TICKED if section.shuffle_questions else "",
    }


def _fields_of_draw(at: str, draw: Draw) -> dict[str, str]:
    if draw.question_id is not None:
        return {f"{at}-question": str(draw.question_id)}
    return {
        f"{at}-bank": str(draw.bank_id),
        f"{at}-count": str(draw.count),
        f"{at}-folder": str(draw.folder_id or ""),
        f"{at}-tag": draw.tag,
        f"{at}-objective": draw.objective,
        f"{at}-difficulty": draw.difficulty.value if draw.difficulty else "",
    }


def _id_of(word: str) -> UUID | None:
    try:
        return UUID(word)
    except ValueError:
        return None
