"""What can go wrong with audiences, beyond the kernel's errors."""

from lms.kernel.errors import Conflict


class InUse(Conflict):
    """An audience that something uses was to be deleted; the message says where."""

    code = "in-use"
