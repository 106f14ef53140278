"""Tables as files bring them, CSV or XLSX, read row by row; what they mean is known above."""

from lms.kernel.tables.table import Knows, Line, Table, TableRefused, Tidy, column_letters

__all__ = ["Knows", "Line", "Table", "TableRefused", "Tidy", "column_letters"]
