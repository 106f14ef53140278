"""A mail server, as LMS_MAIL_URL names it; of the standard library alone, so that the supervisor may read it too."""

from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass(frozen=True, slots=True)
class Smtp:
    """Where and how mail leaves: `smtp://user:password@host:587?from=portal@example.com&tls=starttls`."""

    host: str
    port: int
    user: str
    password: str
    tls: str
    sender: str

    @classmethod
    def from_url(cls, url: str) -> "Smtp":
        """Read LMS_MAIL_URL; ValueError says what is wrong with it."""
        parts = urlsplit(url)
        try:
            named_port = parts.port
        except ValueError as error:
            raise ValueError("LMS_MAIL_URL: its port is none") from error
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise ValueError("LMS_MAIL_URL must be smtp://host:port or smtps://host:port")
        if "from" not in query:
            raise ValueError("LMS_MAIL_URL needs ?from=ADDRESS")
        tls = (
            "implicit"
            if parts.scheme == "smtps"
            else query.get("tls", "starttls" if parts.username else "none")
        )
        if tls not in {"implicit", "starttls", "none"}:
            raise ValueError("LMS_MAIL_URL: tls must be starttls or none")
        return cls(
            parts.hostname,
            named_port or (465 if tls == "implicit" else 587 if tls == "starttls" else 25),
            unquote(parts.username or ""),
            unquote(parts.password or ""),
            tls,
            query["from"],
        )
