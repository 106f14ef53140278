"""What can go wrong with quizzes, as errors that carry their status."""

from lms.kernel.errors import Invalid


class InvalidResponse(Invalid):
    """An answer that no form of ours could have sent; ``fields`` names the field."""
