"""How an author writes it: fields in, body out."""

from lms.kernel.messages import Message
from lms.quizzes.kinds.drafts import Draft, Fields, text_fields, ticked
from lms.quizzes.kinds.kind import Editing, body_of
from lms.quizzes.kinds.likert.values import NOT_APPLICABLE, Likert, LikertPoint, LikertScale, LikertStatement
from lms.quizzes.values import Question


class LikertEditing(Editing):
    """The fields of its form: statements, a known scale, or the points of one's own."""

    def blank_fields(self) -> Fields:
        """Return three spare statements and two spare points."""
        return {
            **{f"statement-{row}-text": "" for row in range(3)},
            **{f"point-{row}-text": "" for row in range(2)},
            "scale": LikertScale.AGREEMENT.value,
        }

    def fields_of(self, question: Question) -> Fields:
        """Return a row for each statement and each point; spare points where the scale is a known one."""
        body = body_of(question, Likert)
        fields = {
            "scale": body.scale.value,
            **ticked("not-applicable", holds=body.not_applicable),
            **ticked("shuffle", holds=body.shuffle),
        }
        for at, one in enumerate(body.statements):
            fields |= {f"statement-{at}-key": one.key, **text_fields(f"statement-{at}-text", one.text)}
        for at, point in enumerate(body.own_points):
            fields |= {f"point-{at}-key": point.key, f"point-{at}-text": point.text}
        if not body.own_points:
            fields |= {f"point-{at}-text": "" for at in range(2)}
        return fields

    def parse_body(self, fields: Fields) -> Likert:
        """Read the rows; points are read for a scale of one's own alone."""
        draft = Draft(fields)
        scale = next((one for one in LikertScale if one.value == draft.word("scale")), LikertScale.AGREEMENT)
        lines = draft.rows("statement", "text")
        keys = draft.keys("statement", lines)
        statements = tuple(LikertStatement(keys[at], draft.text(f"statement-{at}-text")) for at in lines)
        points: tuple[LikertPoint, ...] = ()
        if scale is LikertScale.OWN:
            places = draft.rows("point", "text")
            point_keys = draft.keys("point", places)
            points = tuple(LikertPoint(point_keys[at], draft.word(f"point-{at}-text")) for at in places)
            if len(points) < 2:  # noqa: PLR2004  as the body asks
                draft.refuse("points", Message("Name two points at least."))
            elif NOT_APPLICABLE in point_keys.values():
                draft.refuse("points", Message("A point has the key that means “not applicable”."))
        if not statements:
            draft.refuse("statements", Message("Write the statements that are asked about."))
        return draft.whole(
            "points" if scale is LikertScale.OWN else "statements",
            lambda: Likert(
                statements, scale, points, draft.is_ticked("not-applicable"), draft.is_ticked("shuffle")
            ),
        )
