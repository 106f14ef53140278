"""XML from strangers as a small tree that knows its lines; document types and entities are refused."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.parsers.expat import errors
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler, feature_namespaces
from xml.sax.xmlreader import AttributesNSImpl, InputSource, Locator

from defusedxml.common import DefusedXmlException, DTDForbidden
from defusedxml.expatreader import DefusedExpatParser

from lms.kernel.errors import Invalid
from lms.kernel.messages import Message

MAX_DEPTH: Final = 100
MAX_ELEMENTS: Final = 500_000
XML_NAMESPACE: Final = "http://www.w3.org/XML/1998/namespace"

WHY: Final = {
    errors.codes[errors.XML_ERROR_SYNTAX]: Message("this is no XML."),
    errors.codes[errors.XML_ERROR_NO_ELEMENTS]: Message("it ends before its first element is complete."),
    errors.codes[errors.XML_ERROR_INVALID_TOKEN]: Message("a character stands where it may not."),
    errors.codes[errors.XML_ERROR_UNCLOSED_TOKEN]: Message("something is opened here and never closed."),
    errors.codes[errors.XML_ERROR_UNCLOSED_CDATA_SECTION]: Message(
        "something is opened here and never closed."
    ),
    errors.codes[errors.XML_ERROR_PARTIAL_CHAR]: Message("half a character stands here: save it as UTF-8."),
    errors.codes[errors.XML_ERROR_TAG_MISMATCH]: Message(
        "this tag closes another element than the one that is open."
    ),
    errors.codes[errors.XML_ERROR_DUPLICATE_ATTRIBUTE]: Message(
        "the same attribute stands twice in one element."
    ),
    errors.codes[errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT]: Message("something follows after the end."),
    errors.codes[errors.XML_ERROR_UNDEFINED_ENTITY]: Message("an entity is used that is not declared."),
    errors.codes[errors.XML_ERROR_BAD_CHAR_REF]: Message("a character is named by a number that none has."),
    errors.codes[errors.XML_ERROR_MISPLACED_XML_PI]: Message("something stands before the XML declaration."),
    errors.codes[errors.XML_ERROR_XML_DECL]: Message("the XML declaration is not written as it must be."),
    errors.codes[errors.XML_ERROR_UNKNOWN_ENCODING]: Message(
        "it is in an encoding that cannot be read: save it as UTF-8."
    ),
    errors.codes[errors.XML_ERROR_INCORRECT_ENCODING]: Message(
        "it is in another encoding than it says: save it as UTF-8."
    ),
    errors.codes[errors.XML_ERROR_UNBOUND_PREFIX]: Message("a prefix is used that is not declared."),
}
"""Why a document is broken, by expat's code: what people meet. The other codes are met by no file of theirs."""


class XmlRefused(Invalid):
    """The document is not read; ``line`` (from 1) is where it went wrong."""

    def __init__(self, message: Message, *, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


@dataclass(slots=True)
class Element:
    """An element: its name without prefix, its namespace, its attributes by (namespace, name), and its line.

    ``text`` is all character data directly in it, joined; ``mixed`` that data and the elements in their order, where
    `parse_xml` was asked for it.
    """

    name: str
    namespace: str
    attributes: dict[tuple[str, str], str]
    line: int
    children: list["Element"] = field(default_factory=list)
    text: str = ""
    mixed: list["Element | str"] = field(default_factory=list)

    def attribute(self, name: str, namespace: str = "") -> str:
        """Return an attribute, stripped; empty if there is none."""
        return self.attributes.get((namespace, name), "").strip()

    def all(self, name: str) -> list["Element"]:
        """Return the children of that name, in any namespace."""
        return [child for child in self.children if child.name == name]

    def first(self, name: str) -> "Element | None":
        """Return the first child of that name, in any namespace."""
        return next((child for child in self.children if child.name == name), None)

    def walk(self) -> Iterator["Element"]:
        """Yield it and every element in it, in the order of the document."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting += reversed(element.children)


def parse_xml(content: bytes, *, mixed: bool = False) -> Element:
    """Return the root of the document; raises XmlRefused with the line and the reason.

    ``mixed`` keeps where text stands between elements, for documents in which that matters.
    """
    parser = DefusedExpatParser(forbid_dtd=True, forbid_entities=True, forbid_external=True)
    parser.setFeature(feature_namespaces, state=True)
    builder = _Builder(mixed=mixed)
    parser.setContentHandler(builder)
    source = InputSource()
    source.setByteStream(io.BytesIO(content))
    try:
        parser.parse(source)
    except DTDForbidden as error:
        raise XmlRefused(
            Message("The XML has a document type (<!DOCTYPE>), which is refused: it could be a bomb."),
            line=parser.getLineNumber(),
        ) from error
    except DefusedXmlException as error:
        raise XmlRefused(
            Message("The XML declares entities, which are refused: they could be a bomb."),
            line=parser.getLineNumber(),
        ) from error
    except SAXParseException as error:
        raise XmlRefused(_broken(error), line=error.getLineNumber()) from error
    except XmlRefused:
        raise
    except (LookupError, ValueError) as error:
        # pyexpat speaks so of an encoding that it cannot do
        raise XmlRefused(
            Message("The XML is in an encoding that cannot be read: save it as UTF-8."), line=1
        ) from error
    return builder.root


def _broken(error: SAXParseException) -> Message:
    """Return where the XML is broken, and why as a reader may be told it: expat's own words are English alone."""
    where = {"line": error.getLineNumber(), "column": (error.getColumnNumber() or 0) + 1}
    why = WHY.get(getattr(error.getException(), "code", 0))
    if why is None:
        return Message("The XML is broken in line %(line)s, column %(column)s.", **where)
    return Message("The XML is broken in line %(line)s, column %(column)s: %(why)s", why=why, **where)


class _Builder(ContentHandler):
    """Builds the tree with a stack of its own, so that depth costs no recursion."""

    def __init__(self, *, mixed: bool) -> None:
        super().__init__()
        self._mixed = mixed
        self._locator: Locator | None = None
        self._open: list[tuple[Element, list[str]]] = []
        self._count = 0
        self.root = Element("", "", {}, 0)

    def setDocumentLocator(self, locator: Locator) -> None:  # noqa: N802 - SAX names it
        """Keep what knows the line."""
        self._locator = locator

    def startElementNS(  # noqa: N802 - SAX names it
        self, name: tuple[str | None, str], qname: str | None, attrs: AttributesNSImpl
    ) -> None:
        """Open an element."""
        del qname
        self._count += 1
        line = (self._locator.getLineNumber() if self._locator else None) or 1
        if len(self._open) >= MAX_DEPTH or self._count > MAX_ELEMENTS:
            raise XmlRefused(Message("The XML is nested too deeply or has too many elements."), line=line)
        attributes = (
            {(namespace or "", local): value for (namespace, local), value in attrs.items()}
            if len(attrs)
            else {}
        )
        element = Element(name[1], name[0] or "", attributes, line)
        if self._open:
            parent = self._open[-1][0]
            parent.children.append(element)
            if self._mixed:
                parent.mixed.append(element)
        else:
            self.root = element
        self._open.append((element, []))

    def endElementNS(self, name: tuple[str | None, str], qname: str | None) -> None:  # noqa: N802 - SAX names it
        """Close an element."""
        del name, qname
        element, pieces = self._open.pop()
        element.text = "".join(pieces)

    def characters(self, content: str) -> None:
        """Take character data."""
        element, pieces = self._open[-1]
        pieces.append(content)
        if self._mixed:
            element.mixed.append(content)
