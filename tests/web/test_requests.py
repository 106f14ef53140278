"""What a request brought is closed with it, however much of it came."""

from werkzeug.test import EnvironBuilder

from lms.web.requests import Request


def test_half_a_file_of_a_cut_line_is_closed_with_its_request_and_keeps_no_disk() -> None:
    request = Request(EnvironBuilder(method="POST").get_environ())
    # What the parser asks for before it has read anything, and has given to nobody when the line is cut.
    half = request._get_file_stream(900_000, "application/zip", "a.zip")  # noqa: SLF001  as werkzeug's parser does
    half.write(b"x" * 700_000)
    request.close()
    assert half.closed
