"""folders of questions

Folders, difficulty and status of questions, and their objective where lists can narrow by it. What was there counts as
reviewed: no exam draws anything else than before. The categories that questions came with become folders. New columns may
be empty or have a default; only `questions` is touched, which has no trigger.

Revision ID: 0028
Revises: 0027
Create Date: 2026-11-27 08:10:00
"""

import json
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

from lms.kernel.migrating import build_index

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

NARROWED = ("type", "difficulty", "folder_id", "is_draft", "retired_at")
FOLDER = "fk_questions_folder_id"
OBJECTIVE = {"postgresql": "v.content ->> 'objective'", "sqlite": "json_extract(v.content, '$.objective')"}

RAW = {"postgresql": "(v.content -> 'category')::text", "sqlite": "json_extract(v.content, '$.category')"}
"""The category of a version, as text; a version without one says nothing."""
LEVELS_MOST, NAME_MOST, FOLDERS_MOST = 5, 120, 500
FOLDERS = sa.table(
    "question_folders",
    sa.column("id", sa.Uuid()),
    sa.column("bank_id", sa.Uuid()),
    sa.column("parent_id", sa.Uuid()),
    sa.column("name", sa.Text()),
    sa.column("created_at", sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    # All of it does no harm twice: the indexes at its end commit what came before, and may be killed on the way.
    op.create_table(
        "question_folders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bank_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["question_banks.id"], name=op.f("fk_question_folders_bank_id")),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["question_folders.id"], name=op.f("fk_question_folders_parent_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_folders")),
        if_not_exists=True,
    )
    top = sa.text("parent_id IS NULL")
    op.create_index(
        "uq_question_folders_top",
        "question_folders",
        ["bank_id", "name"],
        unique=True,
        sqlite_where=top,
        postgresql_where=top,
        if_not_exists=True,
    )
    op.create_index(
        "uq_question_folders_within",
        "question_folders",
        ["parent_id", "name"],
        unique=True,
        if_not_exists=True,
    )
    op.create_index(
        "ix_question_folders_bank", "question_folders", ["bank_id", "id"], unique=False, if_not_exists=True
    )
    dialect = op.get_context().dialect
    uuid, objective = sa.Uuid().compile(dialect=dialect), OBJECTIVE[dialect.name]
    unless = "IF NOT EXISTS " if dialect.name == "postgresql" else ""
    # In words, since SQLite would otherwise have the whole table copied for the sake of the reference.
    op.execute(
        f"ALTER TABLE questions ADD COLUMN {unless}folder_id {uuid}"
        f" CONSTRAINT {FOLDER} REFERENCES question_folders (id)"
    )
    words = sa.String(40).compile(dialect=dialect)
    op.execute(f"ALTER TABLE questions ADD COLUMN {unless}difficulty {words}")
    op.execute(f"ALTER TABLE questions ADD COLUMN {unless}is_draft BOOLEAN DEFAULT false NOT NULL")
    op.execute(f"ALTER TABLE questions ADD COLUMN {unless}objective TEXT DEFAULT '' NOT NULL")
    op.execute(
        f"UPDATE questions SET objective = (SELECT {objective} FROM question_versions v"  # noqa: S608  our own words
        " WHERE v.question_id = questions.id AND v.number = questions.number)"
        f" WHERE EXISTS (SELECT 1 FROM question_versions v WHERE v.question_id = questions.id"
        f" AND v.number = questions.number AND {objective} <> '')"
    )
    keep_categories()
    build_index("ix_questions_title", "questions", ["bank_id", "title", "id", *NARROWED])
    build_index(
        "ix_questions_places",
        "questions",
        ["bank_id", "folder_id", "is_draft", "retired_at", "type", "difficulty"],
    )
    build_index("ix_questions_folder", "questions", ["folder_id"])
    build_index(
        "ix_questions_objective", "questions", ["bank_id", "objective", "id"], where="objective <> ''"
    )


def keep_categories() -> None:
    """Make folders of the categories that questions came with: until now they stood in their versions alone."""
    connection = op.get_bind()
    raw = RAW[connection.dialect.name]
    found = connection.execute(
        sa.text(
            f"SELECT DISTINCT q.bank_id, {raw} AS category FROM questions q JOIN question_versions v"  # noqa: S608  our own words
            f" ON v.question_id = q.id AND v.number = q.number WHERE q.folder_id IS NULL AND {raw} <> '[]'"
        ).columns(bank_id=sa.Uuid(), category=sa.Text())
    ).all()
    made = {}
    for bank_id, folder_id, parent_id, name in connection.execute(
        sa.select(FOLDERS.c.bank_id, FOLDERS.c.id, FOLDERS.c.parent_id, FOLDERS.c.name)
    ):
        made[bank_id, parent_id, name] = folder_id
    for bank_id, category in sorted(found, key=lambda one: (str(one[0]), one[1])):
        within = None
        names = [" ".join(str(name).split())[:NAME_MOST].strip() for name in json.loads(category)]
        for name in [name for name in names if name][:LEVELS_MOST]:
            if (bank_id, within, name) not in made:
                if sum(one[0] == bank_id for one in made) >= FOLDERS_MOST:
                    break
                made[bank_id, within, name] = uuid4()
                connection.execute(
                    FOLDERS.insert().values(
                        id=made[bank_id, within, name],
                        bank_id=bank_id,
                        parent_id=within,
                        name=name,
                        created_at=sa.func.current_timestamp(),
                    )
                )
            within = made[bank_id, within, name]
        connection.execute(
            sa.text(
                "UPDATE questions SET folder_id = :folder WHERE bank_id = :bank AND folder_id IS NULL"  # noqa: S608  as above
                " AND EXISTS (SELECT 1 FROM question_versions v WHERE v.question_id = questions.id"
                f" AND v.number = questions.number AND {raw} = :category)"
            ).bindparams(
                sa.bindparam("folder", within, sa.Uuid()),
                sa.bindparam("bank", bank_id, sa.Uuid()),
                category=category,
            )
        )


def downgrade() -> None:
    op.drop_index("ix_questions_objective", table_name="questions")
    op.drop_index("ix_questions_folder", table_name="questions")
    op.drop_index("ix_questions_places", table_name="questions")
    with op.batch_alter_table("questions") as questions:
        questions.drop_constraint(FOLDER, type_="foreignkey")
        questions.drop_column("folder_id")
        questions.drop_column("difficulty")
        questions.drop_column("is_draft")
        questions.drop_column("objective")
    op.drop_table("question_folders")
    op.drop_index("ix_questions_title", table_name="questions")
