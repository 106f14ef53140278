"""The blueprint that the pages of live sessions share."""

from flask import Blueprint

blueprint = Blueprint("sessions", __name__, template_folder="../templates")
