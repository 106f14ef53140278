"""Where an answer leads, told to a script that may not follow it: it would read what that page says once."""

from typing import Final

from flask import Flask, Response, jsonify, request

ASKED: Final = "X-Lead-On"
_LEADS_ON: Final = frozenset({302, 303})


def install(app: Flask) -> None:
    """Answer whoever sends `X-Lead-On: told` with {"location": …} instead of leading there."""
    app.after_request(_tell)


def _tell(response: Response) -> Response:
    if request.headers.get(ASKED) != "told" or response.status_code not in _LEADS_ON:
        return response
    told = jsonify(location=response.location)
    response.status_code = 200
    response.data = told.data
    response.content_type = told.content_type
    del response.headers["Location"]
    return response
