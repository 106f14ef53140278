#!/usr/bin/env python3
"""Keep lms/translations in step with the strings of the product: messages.py [--check].

Without dates and places, so that a catalogue changes only when a text does. The compiled catalogues are committed
beside it, as static/dist is: who runs Guildhall compiles nothing.
"""

import ast
import io
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from lms.kernel import events

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "lms" / "translations"
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2"), ("**/templates/**.txt", "jinja2")]
# As lms.web.context sets Jinja up: whitespace is part of a text.
JINJA = {"extensions": "jinja2.ext.do", "trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
OPTIONS = {"**/templates/**.html": JINJA, "**/templates/**.txt": JINJA}
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "_l": None,
    "lazy": None,
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "Message": None,
}
SHELL = (
    "app/menu.py",
    "courses/learning/templates/learning/_home_",
    "courses/learning/templates/learning/_words.html",
    "identity/forms/__init__.py",
    "identity/values/__init__.py",
    "identity/service/passwords.py",
    "identity/service/signing_in.py",
    "identity/service/throttle.py",
    "identity/templates/identity/_account.html",
    "identity/templates/identity/account.html",
    "identity/templates/identity/ask_reset.html",
    "identity/templates/identity/choose_password.html",
    "identity/templates/identity/link_spent.html",
    "identity/templates/identity/reset_asked.html",
    "identity/templates/identity/sign_in.html",
    "identity/views/account.py",
    "identity/views/links.py",
    "identity/views/preferences.py",
    "portal/dashboard/",
    "portal/deals/templates/deals/_home_",
    "web/",
)
"""Where the strings of the shell are: its frame and navigation, the components, signing in, home and search."""
GALLERY = "web/templates/style/"
"""Where the strings are that only show components."""
WHOLE = ("de",)
"""Languages in which every string is translated."""
SHELL_ONLY = ("ar",)
"""Languages in which the shell alone is translated, to prove that it runs right to left."""
SHOWN = 20
HEADER = (
    "# Guildhall in {name}. `make messages` keeps the strings in step; the translations are written here."
)

UNCHANGING = datetime(2026, 1, 1, tzinfo=UTC)
"""Stands for the dates that gettext's header wants: the history is in git."""


def extracted() -> Catalog:
    """Return every string of the product with the files it stands in."""
    catalog = Catalog()
    for path, line, text, comments, context in extract_from_dir(
        ROOT / "lms", METHODS, OPTIONS, KEYWORDS, comment_tags=("For translators:",), strip_comment_tags=True
    ):
        catalog.add(text, None, [(path, line)], auto_comments=comments, context=context)
    for module in sorted([*ROOT.glob("lms/**/events.py"), *ROOT.glob("lms/**/events/*.py")]):
        for text, line in _recorded(module):
            catalog.add(text, None, [(module.relative_to(ROOT / "lms").as_posix(), line)])
    return catalog


def _recorded(module: Path) -> Iterator[tuple[str, int]]:
    """Yield the names of a feature's facts and of their fields as the audit trail shows them."""
    kinds = [
        one for one in ast.parse(module.read_text(encoding="utf-8")).body if isinstance(one, ast.ClassDef)
    ]
    bases = {base.id for kind in kinds for base in kind.bases if isinstance(base, ast.Name)}
    for kind in kinds if module.parent.name != "kernel" else []:
        if kind.name not in bases:
            yield events.in_words(kind.name), kind.lineno
        for field in kind.body:
            if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
                name = field.target.id
                if name.islower():
                    yield events.field_in_words(name), field.lineno


def wanted(strings: Catalog, locale: str) -> Iterator[Message]:
    """Yield the strings that must be translated in a language."""
    for message in strings:
        in_shell = any(
            path.startswith(SHELL) and not path.startswith(GALLERY) for path, _line in message.locations
        )
        if message.id and (locale in WHOLE or in_shell):
            yield message


def renewed(strings: Catalog, locale: str) -> Catalog:
    """Return the catalogue of a language with today's strings and the translations it had."""
    path = folder_of(locale) / "messages.po"
    had = Catalog(locale=locale)
    if path.exists():
        with path.open("rb") as file:
            had = read_po(file, locale=locale, abort_invalid=True)
    catalog = Catalog(
        locale=locale,
        project="Guildhall",
        version="-",
        msgid_bugs_address="-",
        header_comment=HEADER.format(name=Locale.parse(locale).english_name),
        creation_date=UNCHANGING,
        revision_date=UNCHANGING,
        last_translator="-",
        language_team="-",
        fuzzy=False,
    )
    for message in wanted(strings, locale):
        before = had.get(message.id, message.context)
        kept = before if before and before.pluralizable == message.pluralizable else None
        catalog.add(
            message.id,
            kept.string if kept else None,
            flags=message.flags | ({"fuzzy"} if kept and kept.fuzzy else set()),
            auto_comments=message.auto_comments,
            user_comments=kept.user_comments if kept else (),
            context=message.context,
        )
    return catalog


def missing(catalog: Catalog) -> list[str]:
    """Return the strings that nobody has translated yet, or whose translation is in doubt."""
    return [
        str(message.id) for message in catalog if message.id and (message.fuzzy or not all(forms(message)))
    ]


def forms(message: Message) -> Sequence[str]:
    """Return the translation in each of the language's plural forms, or in the one form there is."""
    said = message.string
    return [said or ""] if said is None or isinstance(said, str) else said


def folder_of(locale: str) -> Path:
    """Return where a language's catalogues lie."""
    return TRANSLATIONS / locale / "LC_MESSAGES"


def written(catalog: Catalog) -> dict[str, bytes]:
    """Return both files of a language: the one people write and the one programs read."""
    text, compiled = io.BytesIO(), io.BytesIO()
    write_po(text, catalog, width=110, no_location=True, omit_header=False, sort_output=True)
    write_mo(compiled, catalog)
    return {"messages.po": text.getvalue(), "messages.mo": compiled.getvalue()}


def main(*, checking: bool) -> int:
    """Write the catalogues, or say how what is written differs; name what is not translated."""
    strings = extracted()
    objections = 0
    for locale in (*WHOLE, *SHELL_ONLY):
        catalog = renewed(strings, locale)
        folder = folder_of(locale)
        for name, content in written(catalog).items():
            path = folder / name
            if checking and (not path.exists() or path.read_bytes() != content):
                objections += 1
                print(f"{path.relative_to(ROOT)} is out of step: make messages")
            elif not checking:
                folder.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        lacking = missing(catalog)
        objections += len(lacking)
        print(f"{locale}: {len(catalog)} strings, {len(lacking)} not translated")
        for message in lacking[:SHOWN]:
            print(f"  {message}")
        if len(lacking) > SHOWN:
            print(f"  … and {len(lacking) - SHOWN} more")
    return 1 if checking and objections else 0


if __name__ == "__main__":
    sys.exit(main(checking="--check" in sys.argv[1:]))
