"""The authors' pages by which questions leave: a bank in each format, and a table to fill in."""

from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from lms.kernel.errors import NotFound
from lms.quizzes.bank import queries, service
from lms.quizzes.formats import WRITTEN, template
from lms.quizzes.policy import AUTHOR_QUESTIONS
from lms.quizzes.values import BankId
from lms.quizzes.views.blueprint import blueprint
from lms.web.access import requires
from lms.web.exports import XLSX, table_download


@blueprint.get("/author/questions/<uuid:bank_id>/export")
@requires(AUTHOR_QUESTIONS)
def export_questions(bank_id: UUID) -> ResponseReturnValue:
    """Show the formats that a bank goes out by, or hand it out in one of them."""
    bank = queries.get_bank(BankId(bank_id))
    name = request.args.get("format", "")
    if not name:
        return render_template("quizzes/export.html", bank=bank, formats=WRITTEN.values())
    if name not in WRITTEN:
        raise NotFound
    form = WRITTEN[name]
    content = form.write(service.export_bank(bank.id, with_files=form.carries_files))
    disposition = f'attachment; filename="questions{form.extensions[0]}"'
    return content, {"Content-Type": "application/octet-stream", "Content-Disposition": disposition}


@blueprint.get("/author/questions/template.xlsx")
@requires(AUTHOR_QUESTIONS)
def question_template() -> ResponseReturnValue:
    """Hand out a table to fill in, with a question of each kind that its columns hold."""
    head, *rows = template()
    return table_download(XLSX, "questions", head, [rows])
