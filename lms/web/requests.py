"""A request that closes whatever came with it."""

from typing import IO, Any

import flask


class Request(flask.Request):
    """Flask's, whose files are closed with it, those too of which a cut line brought a half."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._streams: list[IO[bytes]] = []

    def _get_file_stream(self, *given: Any, **named: Any) -> IO[bytes]:
        stream = super()._get_file_stream(*given, **named)
        self._streams.append(stream)
        return stream

    def close(self) -> None:
        """Close what the form brought, whole or not."""
        super().close()
        for stream in self._streams:
            stream.close()
