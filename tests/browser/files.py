"""The files a trainer brings to the main job: a course of Markdown, a package, questions in two formats."""

import io
import zipfile
from pathlib import Path

from PIL import Image

COURSE = "Selling cold rooms"
LESSONS = ("The cost of warm product", "Five questions")
PACKAGE = "Wiring at a glance"
EXAM = "Cold-room exam"

_COURSE = f"""---
title: {COURSE}
brand: Halden Cold
language: en
level: foundation
summary: What a cold room must do, and how to find out what a customer needs.
objectives:
  - Name what warm product costs
---
For everyone who meets customers.
"""
_FIRST = f"""---
title: {LESSONS[0]}
minutes: 8
---
A cold room that fails on a Friday is found on Monday.

![A cold store at night](../images/store.png)
"""
_SECOND = f"""---
title: {LESSONS[1]}
minutes: 6
---
Ask what is stored, how cold, how much, how often the door opens and who answers at night.
"""
_MANIFEST = f"""<?xml version="1.0"?>
<manifest identifier="WIRING" version="1.0" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
  xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
  <organizations default="O"><organization identifier="O"><title>{PACKAGE}</title>
    <item identifier="I" identifierref="R"><title>{PACKAGE}</title></item></organization></organizations>
  <resources><resource identifier="R" type="webcontent" adlcp:scormtype="sco" href="index.html">
    <file href="index.html"/></resource></resources>
</manifest>"""
# A SCO as authoring tools make them: finds the API above it, keeps its place, completes at its last page.
_SCO = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Wiring at a glance</title>
<main><h1 id="page"></h1><p id="said"></p><button id="on">Next page</button></main>
<script>
let api = window; while (!api.API && api.parent !== api) api = api.parent; api = api.API;
const pages = ["Before you start", "Supply", "Check"];
api.LMSInitialize("");
let at = Number(api.LMSGetValue("cmi.core.lesson_location") || 0);
const show = () => {
  document.getElementById("page").textContent = pages[at];
  const entry = api.LMSGetValue("cmi.core.entry");
  document.getElementById("said").textContent = `Page ${at + 1} of ${pages.length}, entry ${entry}`;
  document.getElementById("on").textContent = at === pages.length - 1 ? "I have understood" : "Next page";
};
document.getElementById("on").onclick = () => {
  if (at === pages.length - 1) {
    api.LMSSetValue("cmi.core.lesson_status", "completed");
    api.LMSSetValue("cmi.core.exit", "");
    document.getElementById("said").textContent = "Done";
  } else {
    at += 1;
    api.LMSSetValue("cmi.core.lesson_location", String(at));
    api.LMSSetValue("cmi.core.lesson_status", "incomplete");
    api.LMSSetValue("cmi.core.exit", "suspend");
    show();
  }
  api.LMSCommit("");
};
show();
</script></html>"""
_GIFT = """// Three kinds of question, as a colleague wrote them down.
::Relief valve::A relief valve opens at 27 bar. What do you do first? {
  =Clear the room.
  ~Reset the controller.
  ~Tighten the valve.
}

::Before power::What is checked before power is on? {
  ~%50%Earth
  ~%50%Polarity
  ~%-100%The invoice
}

::Superheat::Superheat is measured at the outlet of the evaporator. {TRUE}
"""
_MOODLE = """<?xml version="1.0" encoding="UTF-8"?>
<quiz>
  <question type="shortanswer"><name><text>Refrigerant</text></name>
    <questiontext format="html"><text><![CDATA[<p>Which refrigerant is carbon dioxide?</p>]]></text></questiontext>
    <defaultgrade>1</defaultgrade><usecase>0</usecase>
    <answer fraction="100"><text>R744</text></answer></question>
  <question type="numerical"><name><text>Degrees</text></name>
    <questiontext format="html"><text><![CDATA[<p>At how many kelvin does water freeze?</p>]]></text></questiontext>
    <defaultgrade>1</defaultgrade>
    <answer fraction="100"><text>273</text><tolerance>1</tolerance></answer></question>
  <question type="matching"><name><text>Stations</text></name>
    <questiontext format="html"><text><![CDATA[<p>What does each station do?</p>]]></text></questiontext>
    <defaultgrade>1</defaultgrade><shuffleanswers>true</shuffleanswers>
    <subquestion format="html"><text>Compressor</text><answer><text>raises pressure</text></answer></subquestion>
    <subquestion format="html"><text>Condenser</text><answer><text>gives heat away</text></answer></subquestion>
    <subquestion format="html"><text></text><answer><text>rests</text></answer></subquestion></question>
</quiz>
"""


def markdown_zip(folder: Path) -> Path:
    """Return a zip of Markdown with a picture."""
    picture = io.BytesIO()
    Image.new("RGB", (320, 180), (24, 62, 92)).save(picture, "PNG")
    return _zip(
        folder / "selling-cold-rooms.zip",
        {
            "course.md": _COURSE,
            "01-the-need/section.md": "---\ntitle: Understanding the need\n---\n",
            "01-the-need/01-cost.md": _FIRST,
            "01-the-need/02-questions.md": _SECOND,
            "images/store.png": picture.getvalue(),
        },
    )


def scorm_zip(folder: Path) -> Path:
    """Return a SCORM 1.2 package of three pages that keeps its place."""
    return _zip(folder / "wiring.zip", {"imsmanifest.xml": _MANIFEST, "index.html": _SCO})


def gift_file(folder: Path) -> Path:
    """Return single choice, multiple choice and true/false as GIFT."""
    path = folder / "cold-rooms.gift"
    path.write_text(_GIFT, encoding="utf-8")
    return path


def moodle_file(folder: Path) -> Path:
    """Return short text, numeric and matching as Moodle XML."""
    path = folder / "cold-rooms.xml"
    path.write_text(_MOODLE, encoding="utf-8")
    return path


def _zip(path: Path, files: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path
