"""What a package’s own files say of how it will play: addresses elsewhere, calls that fail, languages, files missing.

It reads forwards, piece by piece, and no more than so much of it: what is larger is said to be looked at in part.
"""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

from lms.kernel.archives import ArchiveRefused, FileTree
from lms.kernel.messages import Message
from lms.packages.errors import PackageRefused
from lms.packages.formats import Format, manifest_in, recognised
from lms.packages.formats.places import LITTER, without_litter
from lms.packages.values.findings import Finding, Noted, PackageItem, Report, Weight

PIECE_BYTES: Final = 1 << 16
OVERLAP_BYTES: Final = 1 << 10
FILE_BYTES: Final = 4 << 20
TOTAL_BYTES: Final = 64 << 20
FILES_AT_MOST: Final = 3000
HOSTS_AT_MOST: Final = 30
MISSING_AT_MOST: Final = 20

PAGES: Final = (".html", ".htm", ".xhtml", ".svg")
SCRIPTS: Final = (".js", ".mjs")
STYLES: Final = (".css",)

# In a page: what a tag loads, and what it only leads to. In a script: text that is an address. In a style: url().
_TAG: Final = re.compile(
    rb"<(?P<tag>[a-z][a-z0-9]*)\b[^<>]{0,600}?\b(?:src|href|data|poster|action|xlink:href)\s*=\s*[\"']?\s*"
    rb"(?P<address>(?:https?:)?//(?P<host>[a-z0-9.\-]+)[^\s\"'<>]{0,200})",
    re.IGNORECASE,
)
_QUOTED: Final = re.compile(
    rb"[\"'`](?P<address>https?://(?P<host>[a-z0-9][a-z0-9.\-]*\.[a-z]{2,})(?=[/\"'`:?#])[^\s\"'`<>]{0,200})",
    re.IGNORECASE,
)
_STYLED: Final = re.compile(
    rb"(?:url\(\s*|@import\s+)[\"']?(?P<address>(?:https?:)?//(?P<host>[a-z0-9.\-]+)[^\s\"')]{0,200})",
    re.IGNORECASE,
)
_LOCAL: Final = re.compile(
    rb"<(?:img|script|link|source|video|audio|iframe|track)\b[^<>]{0,600}?\s(?:src|href)\s*=\s*"
    rb"(?:\"(?P<double>[^\"<>]{1,500})\"|'(?P<single>[^'<>]{1,500})')",
    re.IGNORECASE,
)
_ELSEWHERE: Final = re.compile(r"[a-z][a-z0-9+.\-]*:|//|#|/", re.IGNORECASE)
# What a script puts together, also as the arguments of a call: `', file, '/a.js`.
_FILLED_IN: Final = re.compile(r"[{}<>$%]{2}|\{|\+|[\"']\s*,|,\s*[\"']")
_LANGUAGE: Final = re.compile(
    rb"<html\b[^<>]{0,300}?\slang\s*=\s*[\"']?(?P<tag>[a-z]{2,3}(?:-[a-z0-9]{2,8})*)", re.IGNORECASE
)
# Hosts that are names of vocabularies and of licences, and are never asked for anything.
_NAMES_ONLY: Final = re.compile(
    rb"(?:^|\.)(?:w3\.org|w3id\.org|purl\.org|adlnet\.gov|adlnet\.org|imsglobal\.org|imsproject\.org|ieee\.org|"
    rb"adobe\.com|inkscape\.org|sodipodi\.sourceforge\.net|schema\.org|openxmlformats\.org|xmlsoap\.org|"
    rb"microsoft\.com|opensource\.org|creativecommons\.org|gnu\.org|example\.(?:com|org|net)|localhost)$",
    re.IGNORECASE,
)
_NAMED_BY: Final = re.compile(rb"xmlns|doctype|namespace|schemalocation", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Call:
    """Something that a script does and that will not work as its author meant it; `literals` are sought first."""

    literals: tuple[bytes, ...]
    pattern: re.Pattern[bytes]
    message: Message
    weight: Weight = Weight.WARNING


_CALLS: Final = (
    _Call(
        (b".open(",),
        re.compile(
            rb"\.open\(\s*[\"'][a-z]{3,7}[\"']\s*,[^;\n]{1,300}?,\s*(?:false|!1|0)\s*[,)]", re.IGNORECASE
        ),
        Message(
            "A request is synchronous (XMLHttpRequest): the page stands still until the network answers, and "
            "offline it fails."
        ),
    ),
    _Call(
        (b"async",),
        re.compile(rb"\basync\s*:\s*(?:false|!1)\b"),
        Message(
            "A request is synchronous (async: false): the page stands still until the network answers, and "
            "offline it fails."
        ),
    ),
    _Call(
        (b"WebSocket", b"EventSource"),
        re.compile(rb"\bnew\s+(?:WebSocket|EventSource)\s*\("),
        Message("A connection is held open (WebSocket, EventSource): packages reach no such server."),
    ),
    _Call(
        (b"serviceWorker",),
        re.compile(rb"serviceWorker\s*\.\s*register\s*\("),
        Message("A service worker is registered: the browser is told not to."),
    ),
    _Call(
        (b"window.open",),
        re.compile(rb"\bwindow\.open\s*\("),
        Message("A window is opened: packages stay in theirs, and the browser refuses."),
        Weight.NOTE,
    ),
    _Call(
        (b".location",),
        re.compile(
            rb"\b(?:top|parent)\.location(?:\.href)?\s*=[^=]|\b(?:top|parent)\.location\.(?:replace|assign)\("
        ),
        Message("The page around is led elsewhere: the browser refuses."),
        Weight.NOTE,
    ),
)
_FLASH: Final = Message("Flash (.swf) plays in no browser any more.")


@dataclass(slots=True)
class _Heard:
    """How often something was found, and where first."""

    message: Message
    weight: Weight
    file: str
    line: int
    times: int = 1


@dataclass(slots=True)
class _Looked:
    """What was found so far."""

    names: frozenset[str]
    heard: dict[object, _Heard] = field(default_factory=dict)
    languages: set[str] = field(default_factory=set)
    hosts: set[str] = field(default_factory=set)
    missing: int = 0
    bytes_left: int = field(default_factory=lambda: TOTAL_BYTES)
    cut_short: str = ""

    def hear(self, key: object, message: Message, weight: Weight, file: str, line: int) -> None:
        known = self.heard.get(key)
        if known is None:
            self.heard[key] = _Heard(message, weight, file, line)
        else:
            known.times += 1


def inspect(tree: FileTree) -> Report:
    """Return what an archive holds and what speaks against it. Whatever is wrong with it is a finding of the report."""
    names = tree.names()
    size_bytes = sum(tree.size(name) for name in names)
    manifest = manifest_in(names) or ""
    notes = [Finding(Weight.WARNING, _message(note)) for note in tree.notes]
    try:
        form, package = recognised(tree)
        looked = _look(tree)
    except ArchiveRefused as refusal:
        refused = Finding(Weight.REFUSED, _message(refusal.message), refusal.member or manifest)
    except PackageRefused as refusal:
        refused = Finding(Weight.REFUSED, _message(refusal.message), manifest, refusal.line)
    else:
        return _reported(form, package, looked, names, size_bytes, notes)
    return Report(
        standard=None,
        edition="",
        title="",
        items=(),
        files=len(names),
        size_bytes=size_bytes,
        languages=(),
        findings=[refused, *notes],
    )


def refused(refusal: ArchiveRefused | PackageRefused) -> Report:
    """Return the report of an upload that could not even be opened."""
    member = refusal.member if isinstance(refusal, ArchiveRefused) else ""
    line = refusal.line if isinstance(refusal, PackageRefused) else None
    return Report(
        standard=None,
        edition="",
        title="",
        items=(),
        files=0,
        size_bytes=0,
        languages=(),
        findings=[Finding(Weight.REFUSED, _message(refusal.message), member, line)],
    )


def _reported(
    form: Format,
    package: object,
    looked: _Looked,
    names: tuple[str, ...],
    size_bytes: int,
    notes: list[Finding],
) -> Report:
    manifest = manifest_in(names) or ""
    items: list[PackageItem] = list(form.items(package))
    warnings = [
        Finding(
            Weight.NOTE if isinstance(one, Noted) else Weight.WARNING,
            _message(one),
            manifest,
            getattr(one, "line", None),
        )
        for one in getattr(package, "warnings", ())
    ]
    found = [*warnings, *_others(form, names), *notes, *_findings(looked)]
    order = list(Weight)
    return Report(
        standard=form.standard,
        edition=form.edition,
        title=str(getattr(package, "title", "")),
        items=items,
        files=len(without_litter(names)),
        size_bytes=size_bytes,
        languages=sorted(form.languages(package) | looked.languages),
        findings=sorted(found, key=lambda one: order.index(one.weight)),
    )


def _others(form: Format, names: tuple[str, ...]) -> Iterator[Finding]:
    """Yield that another standard's manifest is there, too, and is not read."""
    for name in without_litter(names):
        last = name.rpartition("/")[2].lower()
        if last in {"imsmanifest.xml", "cmi5.xml", "tincan.xml"} - set(form.manifests):
            message = Message("This is read as %(edition)s; this file is left aside.", edition=form.edition)
            yield Finding(Weight.NOTE, message, name)


def _findings(looked: _Looked) -> Iterator[Finding]:
    for heard in looked.heard.values():
        message = heard.message
        if heard.times > 1:
            message = Message("%(what)s (%(times)s places)", what=message, times=heard.times)
        yield Finding(heard.weight, message, heard.file, heard.line)
    if looked.cut_short:
        message = Message("There is more text than is looked through: from here on, nothing was searched.")
        yield Finding(Weight.NOTE, message, looked.cut_short)


def _look(tree: FileTree) -> _Looked:
    looked = _Looked(frozenset(tree.names()))
    for number, name in enumerate(one for one in tree.names() if not LITTER.search(one)):
        lowered = name.lower()
        if lowered.endswith(".swf"):
            looked.hear("flash", _FLASH, Weight.WARNING, name, 1)
        if not lowered.endswith(PAGES + SCRIPTS + STYLES):
            continue
        if looked.bytes_left <= 0 or number >= FILES_AT_MOST or tree.size(name) > FILE_BYTES:
            looked.cut_short = looked.cut_short or name
            continue
        for piece in _pieces(tree, name):
            looked.bytes_left -= len(piece.content)
            _search(looked, piece)
    return looked


@dataclass(frozen=True, slots=True)
class _Piece:
    """A piece of a file, which begins at a line. What ends in its first `begins` bytes was found in the last one."""

    name: str
    line: int
    begins: int
    content: bytes

    def find(self, pattern: re.Pattern[bytes], *literals: bytes) -> Iterator[tuple[re.Match[bytes], int]]:
        """Yield what is found, with its line. To seek a literal costs a hundredth of what an expression costs."""
        if literals and not any(literal in self.content for literal in literals):
            return
        line, counted = self.line, 0
        for found in pattern.finditer(self.content):
            line, counted = line + self.content.count(b"\n", counted, found.start()), found.start()
            if found.end() > self.begins:
                yield found, line


def _pieces(tree: FileTree, name: str) -> Iterator[_Piece]:
    """Yield a file in pieces that overlap."""
    line, kept = 1, b""
    with tree.open(name) as source:
        while fresh := source.read(PIECE_BYTES):
            piece = kept + fresh
            yield _Piece(name, line, len(kept), piece)
            kept = piece[-OVERLAP_BYTES:]
            line += piece[: len(piece) - len(kept)].count(b"\n")


def _search(looked: _Looked, piece: _Piece) -> None:
    lowered = piece.name.lower()
    if lowered.endswith(PAGES):
        _search_page(looked, piece)
    if lowered.endswith(PAGES + STYLES):
        for found, at in piece.find(_STYLED, b"//"):
            _hear_host(looked, found, piece.name, at, leads=False)
    if lowered.endswith(SCRIPTS):
        for found, at in piece.find(_QUOTED, b"://"):
            _hear_host(looked, found, piece.name, at, leads=False, is_named=True)
    if lowered.endswith(PAGES + SCRIPTS):
        for call in _CALLS:
            for _found, at in piece.find(call.pattern, *call.literals):
                looked.hear(call, call.message, call.weight, piece.name, at)


def _search_page(looked: _Looked, piece: _Piece) -> None:
    for found, at in piece.find(_TAG, b"//"):
        if not _NAMED_BY.search(found[0][: found.start("address") - found.start()]):
            _hear_host(looked, found, piece.name, at, leads=found["tag"].lower() in {b"a", b"area"})
    for found, at in piece.find(_LOCAL):
        _hear_missing(looked, found["double"] or found["single"], piece.name, at)
    for found, _at in piece.find(_LANGUAGE, b"lang", b"LANG"):
        looked.languages.add(found["tag"].decode())


def _hear_host(
    looked: _Looked, found: re.Match[bytes], name: str, line: int, *, leads: bool, is_named: bool = False
) -> None:
    host = found["host"].lower()
    if _NAMES_ONLY.search(host) or (host.decode() not in looked.hosts and len(looked.hosts) >= HOSTS_AT_MOST):
        return
    looked.hosts.add(host.decode())
    address = found["address"].decode("utf-8", errors="replace")[:120]
    if leads:
        message = Message(
            "A link leads to %(host)s (%(address)s): it does not open from within a lesson.",
            host=host.decode(),
            address=address,
        )
    elif is_named:
        message = Message(
            "A script names %(host)s (%(address)s): what it asks for there does not come, and offline nothing would.",
            host=host.decode(),
            address=address,
        )
    else:
        message = Message(
            "Something is loaded from %(host)s (%(address)s): it does not come, and offline nothing would.",
            host=host.decode(),
            address=address,
        )
    weight = Weight.NOTE if leads or is_named else Weight.WARNING
    looked.hear((host, leads, is_named), message, weight, name, line)


def _hear_missing(looked: _Looked, written: bytes, name: str, line: int) -> None:
    """Note a file that a page shows and that is not there; what a script fills in later is nobody's name."""
    address = written.decode("utf-8", errors="replace").strip()
    if _ELSEWHERE.match(address) or _FILLED_IN.search(address):
        return
    path = unquote(address.partition("?")[0].partition("#")[0])
    wanted = posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else ""
    if not wanted or wanted in looked.names:
        return
    known = ("missing", wanted) in looked.heard
    if known or looked.missing < MISSING_AT_MOST:
        looked.missing += not known
        message = Message("%(file)s is shown here, and is not in the archive.", file=wanted[:200])
        looked.hear(("missing", wanted), message, Weight.WARNING, name, line)


def _message(said: str) -> Message:
    """Return a sentence as a message: one whose template is gone stays as it is."""
    return said if isinstance(said, Message) else Message("%(what)s", what=said)
