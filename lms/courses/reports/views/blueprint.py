"""The blueprint of reports."""

from flask import Blueprint

blueprint = Blueprint("reports", "lms.courses.reports", template_folder="templates")
