"""How an author writes it: fields in, body out."""

from lms.kernel.messages import Message
from lms.quizzes.kinds.drafts import Draft, Fields, text_fields
from lms.quizzes.kinds.kind import Editing, body_of
from lms.quizzes.kinds.ordering.values import OrderGrading, Ordering, OrderItem
from lms.quizzes.values import Question
from lms.web.numbers import whole_number


class OrderingEditing(Editing):
    """The fields of its form."""

    def blank_fields(self) -> Fields:
        """Return four spare things."""
        return {
            **{f"item-{row}-text": "" for row in range(4)},
            "grading": OrderGrading.ABSOLUTE_POSITION.value,
        }

    def fields_of(self, question: Question) -> Fields:
        """Return a row for each thing."""
        body = body_of(question, Ordering)
        places = dict(body.fixed)
        fields = {"grading": body.grading.value}
        for row, item in enumerate(body.items):
            fields |= {f"item-{row}-key": item.key, **text_fields(f"item-{row}-text", item.text)}
            if item.key in places:
                fields[f"item-{row}-place"] = str(places[item.key])
        return fields

    def parse_body(self, fields: Fields) -> Ordering:
        """Read the rows: from above, they are the right order."""
        draft = Draft(fields)
        rows = draft.rows("item", "text")
        keys = draft.keys("item", rows)
        items = tuple(OrderItem(keys[row], draft.text(f"item-{row}-text")) for row in rows)
        grading = next(
            (one for one in OrderGrading if one.value == draft.word("grading")),
            OrderGrading.ABSOLUTE_POSITION,
        )
        fixed = tuple((keys[row], place) for row in rows if (place := _place(draft, row)) is not None)
        if not rows:
            draft.refuse("items", Message("Write the things in their right order."))
        return draft.whole("items", lambda: Ordering(items, grading, fixed))


def _place(draft: Draft, row: int) -> int | None:
    """Return in which place a thing stands at first; None where it is shuffled."""
    name = f"item-{row}-place"
    if not draft.word(name):
        return None
    place = whole_number(draft.word(name))
    if place is None:
        draft.refuse(name, Message("Give a whole number."))
    return place
