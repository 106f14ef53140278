"""The catalogues of every language are in step with the strings, whole, and true to their placeholders."""

import re
from collections import Counter
from collections.abc import Collection
from gettext import GNUTranslations
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%|%(?![(%])|\{\w+\}|</?\w+[^>]*>")
"""What a program fills in or a browser reads: a translator may move it, and neither lose nor change it."""


def _script() -> ModuleType:
    spec = spec_from_file_location("messages", ROOT / "scripts" / "messages.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MESSAGES = _script()
LOCALES = (*MESSAGES.WHOLE, *MESSAGES.SHELL_ONLY)


@pytest.fixture(scope="module")
def strings() -> Catalog:
    catalog: Catalog = MESSAGES.extracted()
    return catalog


def _catalog(locale: str) -> Catalog:
    with (MESSAGES.folder_of(locale) / "messages.po").open("rb") as file:
        return read_po(file, locale=locale, abort_invalid=True)


def _compiled(locale: str) -> GNUTranslations:
    with (MESSAGES.folder_of(locale) / "messages.mo").open("rb") as file:
        return GNUTranslations(file)


def _said(compiled: GNUTranslations, message: Message) -> list[str]:
    """Return what a program says for 0, 1, … 200 of something; nothing for a text without plural."""
    ids = _ids(message)
    return [compiled.ngettext(ids[0], ids[1], number) for number in range(201)] if len(ids) > 1 else []


def _ids(message: Message) -> list[str]:
    return [message.id] if isinstance(message.id, str) else list(message.id)


@pytest.mark.parametrize("locale", LOCALES)
def test_no_string_is_added_or_dropped_without_the_catalogues(locale: str, strings: Catalog) -> None:
    wanted = {(str(one.id), one.context) for one in MESSAGES.wanted(strings, locale)}
    there = {(str(one.id), one.context) for one in _catalog(locale) if one.id}
    assert not wanted - there, "run: make messages"
    assert not there - wanted, "run: make messages"


@pytest.mark.parametrize("locale", LOCALES)
def test_no_translation_is_missing_or_in_doubt(locale: str) -> None:
    assert MESSAGES.missing(_catalog(locale)) == []


@pytest.mark.parametrize("locale", LOCALES)
def test_both_files_are_what_the_strings_and_the_translations_make(locale: str, strings: Catalog) -> None:
    for name, content in MESSAGES.written(MESSAGES.renewed(strings, locale)).items():
        assert (MESSAGES.folder_of(locale) / name).read_bytes() == content, f"{name}: run make messages"


@pytest.mark.parametrize("locale", LOCALES)
def test_every_plural_form_of_the_language_is_there_and_read_as_it_is_written(locale: str) -> None:
    catalog = _catalog(locale)
    compiled = _compiled(locale)
    for message in catalog:
        if not message.id:
            continue
        forms = MESSAGES.forms(message)
        if len(_ids(message)) == 1:
            assert compiled.gettext(_ids(message)[0]) == forms[0]
            continue
        assert len(forms) == catalog.num_plurals
        assert set(_said(compiled, message)) == set(forms), message.id


@pytest.mark.parametrize("locale", LOCALES)
def test_a_translation_has_the_placeholders_and_tags_of_its_text(locale: str) -> None:
    compiled = _compiled(locale)
    for message in _catalog(locale):
        if message.id:
            times = Counter(_said(compiled, message))
            assert broken(message, spelled={form for form in times if times[form] == 1}) == []


def broken(message: Message, *, spelled: Collection[str] = ()) -> list[str]:
    """Return the forms whose placeholders are not those of the text, in a plural those of its plural.

    One in `spelled` stands for a single number, so it may say that in a word ("two lessons", "one more").
    """
    text = Counter(PLACEHOLDER.findall(_ids(message)[-1]))
    found = []
    for form in MESSAGES.forms(message):
        has = Counter(PLACEHOLDER.findall(form))
        in_a_word = form in spelled and (text - has).total() == 1 and not has - text
        if has != text and not in_a_word:
            found.append(form)
    return found


@pytest.mark.parametrize(
    "text, translation",
    [
        ("%(count)s days", "%(zahl)s Tage"),
        ("%(count)s days", "Tage"),
        ("%(left)s %%", "%(left)s %"),
        ("<b>Now</b>", "<b>Jetzt"),
        ("Saved at {time}", "Gespeichert um"),
        (("%(n)s day of %(m)s", "%(n)s days of %(m)s"), ("%(n)s Tag von %(m)s", "%(n)s Tage")),
        (("One day", "%(n)s days"), ("Ein Tag", "Tage")),
    ],
)
def test_a_lost_or_changed_placeholder_is_found(
    text: str | tuple[str, str], translation: str | tuple[str, str]
) -> None:
    assert broken(Message(text, translation))


def test_the_arabic_covers_the_shell_the_components_and_signing_in() -> None:
    covered = {
        "web/templates/base/app.html",
        "web/templates/components/table.html",
        "web/errors.py",
        "identity/forms/__init__.py",
        "identity/templates/identity/sign_in.html",
        "identity/templates/identity/account.html",
    }
    assert all(any(path.startswith(part) for part in MESSAGES.SHELL) for path in covered)
    files = [path.relative_to(ROOT / "lms").as_posix() for path in (ROOT / "lms").rglob("*.*")]
    gone = [part for part in MESSAGES.SHELL if not any(file.startswith(part) for file in files)]
    assert gone == []
