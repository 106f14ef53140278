"""Tables of people for tests: written, brought, looked at and stored as the page and the job do it."""

import io
import time
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from lms.identity import jobs, queries, service
from lms.identity.policy import MANAGE_PEOPLE, VIEW_IMPORTS, VIEW_TEAM
from lms.identity.values import OrganisationId, PersonId
from lms.identity.values.imports import ImportField, ImportRow, PeopleImport, PeopleImportId, RowFate
from lms.kernel import clock
from lms.kernel.actor import EVERYTHING, SYSTEM, Actor, Scope, acting_as
from lms.kernel.db import db, new_id
from lms.kernel.uow import unit_of_work
from lms.web.pages import PageRequest
from tests.support.portal import Cast

HEADER = "Personnel no;E-mail;Name;Organisation;Position\n"


def admin_of(cast: Cast) -> Actor:
    """Return the administrator, who reaches everybody."""
    return Actor(
        person_id=cast.ada,
        employer_id=cast.halden,
        scopes={MANAGE_PEOPLE: EVERYTHING, VIEW_IMPORTS: EVERYTHING},
    )


def partner_admin_of(person_id: PersonId, partner: OrganisationId) -> Actor:
    """Return somebody who looks after a partner and its branches."""
    scope = Scope(organisation_roots=frozenset({partner}))
    may = dict.fromkeys((MANAGE_PEOPLE, VIEW_IMPORTS, VIEW_TEAM), scope)
    return Actor(person_id=person_id, employer_id=partner, scopes=may)


def bring(
    content: bytes | str,
    actor: Actor = SYSTEM,
    *,
    mapping: Sequence[ImportField | None] | None = None,
    organisation_id: OrganisationId | None = None,
    invites: bool = False,
) -> PeopleImportId:
    """Bring a file and name its columns as they are guessed, or so."""
    raw = content.encode() if isinstance(content, str) else content
    import_id = PeopleImportId(new_id())
    with unit_of_work(), acting_as(actor):
        service.begin_import(
            import_id=import_id,
            filename="people.csv",
            source=io.BytesIO(raw),
            survey=service.open_upload(raw),
            actor=actor,
            now=clock.now(),
        )
        service.name_columns(
            import_id=import_id,
            mapping=mapping or queries.get_import(import_id, actor).mapping,
            organisation_id=organisation_id,
            invites=invites,
            actor=actor,
            now=clock.now(),
        )
    return import_id


def work(import_id: PeopleImportId) -> None:
    """Do what the job does, to the end of the step that the import is in."""
    jobs.work_on_import(import_id, until=time.monotonic() + 100)
    db.session.remove()


def look(content: bytes | str, actor: Actor = SYSTEM, **options: object) -> PeopleImportId:
    """Bring a file and try all of it."""
    import_id = bring(content, actor, **options)  # type: ignore[arg-type]  # the same options
    work(import_id)
    return import_id


def store(import_id: PeopleImportId, actor: Actor = SYSTEM) -> None:
    """Confirm an import and store all of it."""
    with unit_of_work(), acting_as(actor):
        service.confirm_import(import_id=import_id, actor=actor, now=clock.now())
    work(import_id)


def state_of(import_id: PeopleImportId) -> PeopleImport:
    """Return where an import stands."""
    with unit_of_work(read_only=True):
        found = queries.get_import(import_id, SYSTEM)
        db.session.expunge_all()
        return found


def rows_of(import_id: PeopleImportId) -> Mapping[int, ImportRow]:
    """Return the rows of an import's report by their number."""
    with unit_of_work(read_only=True):
        page = queries.page_rows(import_id, PageRequest(size=1000))
        return {row.number: row for row in page.items}


def fates(import_id: PeopleImportId) -> list[RowFate]:
    """Return what each row does."""
    return [row.fate for row in rows_of(import_id).values()]


def reasons(import_id: PeopleImportId, number: int) -> list[tuple[ImportField | None, str]]:
    """Return why a row is refused."""
    return [(one.field, str(one.reason)) for one in rows_of(import_id)[number].problems]


_PARTS = {
    "[Content_Types].xml": (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Override PartName="/xl/workbook.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
    ),
    "_rels/.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Target="xl/workbook.xml" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>'
    ),
    "xl/workbook.xml": (
        '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        '<sheets><sheet name="Notes" sheetId="1" state="hidden" r:id="rId1"/>'
        '<sheet name="People" sheetId="2" r:id="rId2"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Target="worksheets/sheet1.xml" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"/>'
        '<Relationship Id="rId2" Target="worksheets/sheet2.xml" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"/>'
        '<Relationship Id="rId3" Target="styles.xml" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles"/></Relationships>'
    ),
    # Style 1 is a day.
    "xl/styles.xml": (
        '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs count="2">'
        '<xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>'
    ),
    "xl/worksheets/sheet1.xml": (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>hidden</t></is></c></row></sheetData></worksheet>'
    ),
}


def workbook(sheet: str) -> bytes:
    """Return an XLSX whose one visible sheet has these rows, in the format's own XML."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in _PARTS.items():
            archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{text}')
        archive.writestr(
            "xl/worksheets/sheet2.xml",
            '<?xml version="1.0" encoding="UTF-8"?><worksheet '
            f'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{sheet}</sheetData></worksheet>',
        )
    return target.getvalue()


def sheet_of(rows: Sequence[Sequence[str]]) -> str:
    """Return rows of texts in the format's own XML."""
    return "".join(
        f'<row r="{number}">'
        + "".join(
            f'<c r="{chr(65 + at)}{number}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
            for at, cell in enumerate(row)
            if cell
        )
        + "</row>"
        for number, row in enumerate(rows, 1)
    )
