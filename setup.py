"""The one thing setup.cfg cannot say: packages that live outside `lms/` and travel inside it."""

from setuptools import find_packages, setup

setup(
    packages=[*find_packages(include=["lms", "lms.*"]), "lms.static", "lms.migrations"],
    package_dir={"lms.static": "static", "lms.migrations": "migrations"},
)
