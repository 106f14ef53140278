"""xAPI packages made for tests, and one that speaks as such a package does."""

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from lms.courses.values import Activity
from lms.kernel.db import new_id
from tests.packages.cmi5 import Unit
from tests.support.portal import Visitor

ROOT = "https://example.com/xapi/wiring"
VERBS = "http://adlnet.gov/expapi/verbs/"


def tincan(
    *,
    root: str = ROOT,
    launch: str = "<launch lang='en'>index.html</launch>",
    more: str = "",
    name: str = "<name lang='en'>Wiring</name><name lang='de'>Verdrahtung</name>",
) -> str:
    """Return a tincan.xml."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<tincan xmlns="http://projecttincan.com/tincan.xsd">\n<activities>\n'
        f'<activity id="{root}" type="http://adlnet.gov/expapi/activities/course">{name}'
        f"<description lang='en'>About wiring</description>\n{launch}</activity>\n{more}</activities></tincan>"
    )


def tincan_package(
    text: str | bytes | None = None, pages: Mapping[str, str] | None = None, *, folder: str = ""
) -> io.BytesIO:
    """Return a zip with this tincan.xml."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(f"{folder}tincan.xml", tincan() if text is None else text)
        for name, content in ({"index.html": "<!doctype html><title>x</title>"} | dict(pages or {})).items():
            archive.writestr(f"{folder}{name}", content)
    target.seek(0)
    return target


class TinCanUnit(Unit):
    """A launched xAPI package: all it knows stands in its address."""

    def __init__(self, visitor: Visitor, launched: Mapping[str, Any]) -> None:
        self.portal, self.launched = visitor.portal, launched
        self.url = str(launched["url"])
        self.query = {name: values[0] for name, values in parse_qs(urlsplit(self.url).query).items()}
        self.endpoint = self.query["endpoint"].rstrip("/")
        self.registration, self.activity_id = self.query["registration"], self.query["activity_id"]
        self.actor = json.loads(self.query["actor"])
        self.authorization = self.query["auth"]
        self.data = {}

    def statement(self, verb: str, *, defined: bool = True, **result: Any) -> dict[str, Any]:
        """Return a statement about the package."""
        del defined
        return {
            "id": str(uuid4()),
            "actor": self.actor,
            "verb": {"id": VERBS + verb},
            "object": {"id": self.activity_id},
            "context": {"registration": self.registration},
            **({"result": result} if result else {}),
        }


def launch_tincan(visitor: Visitor, activity: Activity, *, root: str = ROOT, session: str = "") -> TinCanUnit:
    """Launch a package as the player's page does."""
    answer = visitor.post(
        f"/learn/packages/{activity.id}/launch",
        json={"unit": root, "session": session or str(new_id()), "mode": ""},
    )
    assert answer.status_code == 200, answer.text
    return TinCanUnit(visitor, answer.json or {})
