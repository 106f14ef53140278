"""The blueprint of learning's pages."""

from flask import Blueprint

blueprint = Blueprint("learning", __name__, template_folder="../templates")
