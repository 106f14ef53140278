"""The bare Flask view that pages are compared with: one query, one template, nothing of ours."""

from pathlib import Path
from typing import Any

from flask import Flask, render_template_string
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

PAGE = """<!doctype html><html lang="en"><head><title>{{ thing.name }}</title></head>
<body><h1>{{ thing.name }}</h1><p>{{ thing.text }}</p></body></html>"""


class _Base(DeclarativeBase):
    """A declarative base of its own."""


def bare_app(folder: Path) -> Flask:
    """Return the application; its one row lies in a new SQLite file in `folder`."""
    database: Any = SQLAlchemy(model_class=_Base, disable_autonaming=True)

    class Thing(_Base):
        __tablename__ = "things"

        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(Text)
        text: Mapped[str] = mapped_column(Text)

    app = Flask("bare")
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{folder / 'bare.db'}"
    database.init_app(app)

    @app.get("/<int:number>")
    def show(number: int) -> str:
        return render_template_string(PAGE, thing=database.session.get(Thing, number))

    with app.app_context():
        _Base.metadata.create_all(database.engine)
        database.session.add(Thing(id=1, name="A thing", text="What is said of it."))
        database.session.commit()
    return app
