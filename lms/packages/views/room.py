"""Where the pages of packages are registered."""

from flask import Blueprint

blueprint = Blueprint("packages", "lms.packages", template_folder="templates")
programs = Blueprint("cmi5", "lms.packages")
