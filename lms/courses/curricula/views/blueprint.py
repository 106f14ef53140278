"""The blueprint that the pages of curricula share."""

from flask import Blueprint

blueprint = Blueprint("curricula", __name__, template_folder="../templates")
