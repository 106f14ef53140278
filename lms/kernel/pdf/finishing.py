"""What a document still needs once WeasyPrint has set it: mended tags, files it carries, and a field to be signed."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import pydyf

from lms.kernel.pdf.values import Attachment, SignatureField

WIDGET_FLAGS: Final = 132
"""Printed and locked (ISO 32000-1 table 165)."""
SIGNATURES_EXIST: Final = 1
TAGGED: Final = "/StructElem"
OF_LISTS: Final = frozenset({"/LI", "/L", "/Caption"})
"""What a list may hold (ISO 32000-1 §14.8.4.3.3)."""
GROUPS: Final = frozenset({"/Div", "/NonStruct", "/Sect"})


def finish(
    _document: Any, pdf: Any, *, attachments: Sequence[Attachment], signature: SignatureField | None
) -> None:
    """Bring a document to what PDF/UA-1 asks for, with all that it carries."""
    tags = [one for one in pdf.objects if isinstance(one, dict) and one.get("Type") == TAGGED]
    for tag in tags:
        if tag["S"] == "/L":
            _mend_list(pdf, tag)
    _drop_empty_links(pdf, tags)
    _attach(pdf, attachments)
    if signature is not None:
        _add_field(pdf, signature)


def _mend_list(pdf: Any, top: Any) -> None:
    """Let a list hold items alone: HTML lets groups stand between, and the space between two items is no item."""
    kids = pydyf.Array()
    last: Any = None
    for kid, reference in _items(pdf, top):
        if kid["S"] in OF_LISTS:
            kid["P"] = top.reference
            kids.append(reference)
            last = kid if kid["S"] == "/LI" else last
            continue
        if last is None:
            last = pydyf.Dictionary({"Type": TAGGED, "S": "/LI", "P": top.reference, "K": pydyf.Array()})
            pdf.add_object(last)
            kids.append(last.reference)
        body = next((one for one in _kids(pdf, last) if one["S"] == "/LBody"), None)
        if body is None:
            body = pydyf.Dictionary({"Type": TAGGED, "S": "/LBody", "P": last.reference, "K": pydyf.Array()})
            pdf.add_object(body)
            last["K"].append(body.reference)
        kid["P"] = body.reference
        body["K"].append(reference)
    top["K"] = kids


def _items(pdf: Any, top: Any) -> Iterator[tuple[Any, bytes]]:
    for reference in top["K"]:
        kid = _object(pdf, reference)
        if kid["S"] in GROUPS:
            yield from _items(pdf, kid)
        else:
            yield kid, reference


def _kids(pdf: Any, tag: Any) -> Iterator[Any]:
    for kid in tag["K"]:
        if isinstance(kid, bytes):
            found = _object(pdf, kid)
            if found.get("Type") == TAGGED:
                yield found


def _drop_empty_links(pdf: Any, tags: Sequence[Any]) -> None:
    """Drop the places to click on that a line break inside a link is given: they have no width and no tag of a link."""
    dropped = set[bytes]()
    for tag in tags:
        if tag["S"] != "/NonStruct":
            continue
        for kid in list(tag["K"]):
            place = _object(pdf, kid) if isinstance(kid, bytes) else None
            if place is None or place.get("Type") != "/OBJR":
                continue
            left, _top, right, _bottom = _object(pdf, place["Obj"])["Rect"]
            if left == right:
                tag["K"].remove(kid)
                dropped.add(place["Obj"])
    if not dropped:
        return
    for reference in pdf.page_references:
        page = _object(pdf, reference)
        if "Annots" in page:
            page["Annots"] = pydyf.Array([one for one in page["Annots"] if one not in dropped])
    numbers = {_object(pdf, one).get("StructParent") for one in dropped}
    parents = _object(pdf, _object(pdf, pdf.catalog["StructTreeRoot"])["ParentTree"])
    pairs = zip(parents["Nums"][::2], parents["Nums"][1::2], strict=True)
    parents["Nums"] = pydyf.Array([part for pair in pairs if pair[0] not in numbers for part in pair])
    for one in dropped:
        # No page shows it and no tag knows it: what is left must not say that one does.
        del _object(pdf, one)["StructParent"]


def _add_field(pdf: Any, signature: SignatureField) -> None:
    """Add an empty signature field without a picture, tagged as a form field and with words that say what it is."""
    root = _object(pdf, pdf.catalog["StructTreeRoot"])
    parents = _object(pdf, root["ParentTree"])
    page = _object(pdf, pdf.page_references[0])
    top = root["K"][0]
    number = max(parents["Nums"][::2]) + 1
    field = pydyf.Dictionary(
        {
            "Type": "/Annot",
            "Subtype": "/Widget",
            "FT": "/Sig",
            "T": pydyf.String(signature.name),
            "TU": pydyf.String(signature.words),
            "Rect": pydyf.Array([0, 0, 0, 0]),
            "F": WIDGET_FLAGS,
            "P": pdf.page_references[0],
            "StructParent": number,
        }
    )
    pdf.add_object(field)
    place = pydyf.Dictionary({"Type": "/OBJR", "Obj": field.reference, "Pg": pdf.page_references[0]})
    tag = pydyf.Dictionary(
        {
            "Type": "/StructElem",
            "S": "/Form",
            "P": top,
            "Pg": pdf.page_references[0],
            "K": pydyf.Array([place]),
        }
    )
    pdf.add_object(tag)
    _object(pdf, top)["K"].append(tag.reference)
    parents["Nums"] += [number, tag.reference]
    page["Annots"] = pydyf.Array([*page.get("Annots", ()), field.reference])
    page["Tabs"] = "/S"
    pdf.catalog["AcroForm"] = pydyf.Dictionary(
        {"Fields": pydyf.Array([field.reference]), "SigFlags": SIGNATURES_EXIST}
    )


def _object(pdf: Any, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]


def _attach(pdf: Any, attachments: Sequence[Attachment]) -> None:
    """Add files to a PDF, with their relationships and without dates, which would differ from one try to the next."""
    if not attachments:
        return
    names, files = pydyf.Array(), pydyf.Array()
    for one in sorted(attachments, key=lambda one: one.name):
        stream = pydyf.Stream(
            [one.content],
            {
                "Type": "/EmbeddedFile",
                "Subtype": f"/{one.media_type.replace('/', '#2f').replace('+', '#2b')}",
                "Params": pydyf.Dictionary({"Size": len(one.content)}),
            },
            compress=True,
        )
        pdf.add_object(stream)
        entry = pydyf.Dictionary(
            {
                "Type": "/Filespec",
                "F": pydyf.String(one.name),
                "UF": pydyf.String(one.name),
                "Desc": pydyf.String(one.description or one.name),
                "EF": pydyf.Dictionary({"F": stream.reference, "UF": stream.reference}),
                "AFRelationship": f"/{one.relationship}",
            }
        )
        pdf.add_object(entry)
        names += [pydyf.String(one.name), entry.reference]
        files.append(entry.reference)
    tree = pydyf.Dictionary({"Names": names})
    pdf.add_object(tree)
    pdf.catalog.setdefault("Names", pydyf.Dictionary())["EmbeddedFiles"] = tree.reference
    pdf.catalog["AF"] = files
