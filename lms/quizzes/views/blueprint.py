"""The blueprint of all pages of quizzes."""

from pathlib import Path
from typing import Final

from flask import Blueprint
from jinja2 import FileSystemLoader

from lms.quizzes.kinds import KINDS

HERE: Final = Path(__file__).parent.parent

blueprint = Blueprint("quizzes", __name__)
# Each kind brings its own: TYPE/edit.html for authors, TYPE/ask.html for learners.
blueprint.jinja_loader = FileSystemLoader(
    [HERE / "templates", *(HERE / "kinds" / kind / "templates" for kind in KINDS)]
)
