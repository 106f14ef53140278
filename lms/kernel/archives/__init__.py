"""What strangers packed, as one tree of names, from a zip or a folder: or a refusal that says why."""

from lms.kernel.archives.folders import FolderSource, folder_source
from lms.kernel.archives.tree import ArchiveRefused, FileTree, Limits, Refusal
from lms.kernel.archives.zips import SafeZip, open_zip

__all__ = [
    "ArchiveRefused",
    "FileTree",
    "FolderSource",
    "Limits",
    "Refusal",
    "SafeZip",
    "folder_source",
    "open_zip",
]
