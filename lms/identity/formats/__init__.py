"""Tables of people as files bring them: CSV or XLSX, found out by their first bytes, read row by row."""

from lms.identity.formats.reading import open_table, read, survey
from lms.kernel.tables import Knows, Table, TableRefused

__all__ = ["Knows", "Table", "TableRefused", "open_table", "read", "survey"]
