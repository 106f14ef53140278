"""Matrix: lines and columns, in each line the column that belongs to it, or all that do."""

from lms.kernel.messages import Message
from lms.quizzes.kinds.kind import Kind
from lms.quizzes.kinds.matrix.asking import MatrixAsking
from lms.quizzes.kinds.matrix.editing import MatrixEditing
from lms.quizzes.kinds.matrix.moodle_xml import MatrixMoodleXml
from lms.quizzes.kinds.matrix.qti import MatrixQti
from lms.quizzes.kinds.matrix.rules import MatrixRules
from lms.quizzes.kinds.matrix.values import (
    MATRIX,
    Matrix,
    MatrixColumn,
    MatrixGrading,
    MatrixResponse,
    MatrixRow,
)

__all__ = ["Matrix", "MatrixColumn", "MatrixGrading", "MatrixKind", "MatrixResponse", "MatrixRow"]


class MatrixKind(MatrixRules, MatrixEditing, MatrixAsking, Kind):
    """Matrix: lines and columns, in each line the column that belongs to it, or all that do."""

    type = MATRIX
    title = Message("Matrix")
    lead = Message("Several statements or things, each sorted into the same columns.")
    icon = "table"
    body = Matrix
    response = MatrixResponse
    moodle_xml = MatrixMoodleXml()
    qti = MatrixQti()
