"""The blueprint that the pages of assignments share."""

from flask import Blueprint

blueprint = Blueprint("assignments", __name__, template_folder="../templates")
