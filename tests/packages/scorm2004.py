"""SCORM 2004 packages made for tests: manifests by a few words, and an item that does what it is told."""

import io
import zipfile
from collections.abc import Mapping

NAMESPACES = (
    'xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3" '
    'xmlns:adlseq="http://www.adlnet.org/xsd/adlseq_v1p3" xmlns:adlnav="http://www.adlnet.org/xsd/adlnav_v1p3" '
    'xmlns:imsss="http://www.imsglobal.org/xsd/imsss"'
)
FLOW = '<imsss:controlMode choice="true" flow="true"/>'


def sequencing(*parts: str) -> str:
    """Return an imsss:sequencing of these elements, empty if there are none."""
    return f"<imsss:sequencing>{''.join(parts)}</imsss:sequencing>" if parts else ""


def rule(kind: str, action: str, *conditions: str, combination: str = "all") -> str:
    """Return one sequencing rule: pre, post or exit; a condition is the attributes of ruleCondition."""
    inner = "".join(f"<imsss:ruleCondition {condition}/>" for condition in conditions)
    return (
        f'<imsss:{kind}ConditionRule><imsss:ruleConditions conditionCombination="{combination}">{inner}'
        f'</imsss:ruleConditions><imsss:ruleAction action="{action}"/></imsss:{kind}ConditionRule>'
    )


def rules(*given: str) -> str:
    """Return imsss:sequencingRules."""
    return f"<imsss:sequencingRules>{''.join(given)}</imsss:sequencingRules>"


def item(name: str, *inner: str, sco: bool = True, attributes: str = "", title: str = "") -> str:
    """Return an item: one that opens a file if nothing in it is an item, else a folder."""
    below = "".join(inner)
    reference = "" if "<item " in below else f' identifierref="{"R-sco" if sco else "R-asset"}"'
    return f'<item identifier="{name}"{reference} {attributes}><title>{title or name.capitalize()}</title>{below}</item>'


def manifest(*inner: str, edition: str = "2004 4th Edition", attributes: str = "", more: str = "") -> str:
    """Return an imsmanifest.xml with one organization of these items."""
    return (
        f'<?xml version="1.0"?>\n<manifest identifier="M-1" version="1.0" {NAMESPACES}>\n'
        f"<metadata><schema>ADL SCORM</schema><schemaversion>{edition}</schemaversion></metadata>\n"
        f'<organizations default="O-1"><organization identifier="O-1" {attributes}><title>Wiring</title>\n'
        f"{''.join(inner)}</organization></organizations>\n"
        '<resources><resource identifier="R-sco" type="webcontent" adlcp:scormType="sco" href="index.html"/>'
        '<resource identifier="R-asset" type="webcontent" adlcp:scormType="asset" href="read.html"/></resources>\n'
        f"{more}</manifest>"
    )


# An item as a tool makes it: it finds its API, begins, and then does what its buttons, or the address, say.
ITEM = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Item</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><body><main><h1>Item</h1><p id="told" role="status">Beginning</p>
<label>Element <input id="element"></label> <label>Value <input id="value"></label>
<button id="set">Set</button> <button id="get">Get</button> <button id="commit">Commit</button> <button id="end">End</button></main><script>
let api = window; while (!api.API_1484_11 && api.parent !== api) api = api.parent; api = api.API_1484_11;
const told = document.getElementById("told");
const field = (id) => document.getElementById(id).value;
const say = (...words) => { told.textContent = words.join(" "); };
const on = (id, deed) => { document.getElementById(id).onclick = deed; };
const begun = api.Initialize("");
window.api = api;
say("begun", begun, api.GetValue("cmi.entry"), api.GetValue("cmi.mode"), "at", api.GetValue("cmi.location") || "start");
on("set", () => say("set", api.SetValue(field("element"), field("value")), api.GetLastError()));
on("get", () => say("got", api.GetValue(field("element")), api.GetLastError()));
on("commit", () => say("committed", api.Commit("")));
on("end", () => say("ended", api.Terminate("")));
addEventListener("pagehide", () => { api.Terminate(""); });
</script></body></html>"""
READ = '<!doctype html><html lang="en"><title>Reading</title><body><h1>Reading</h1></body></html>'


def sequenced_package(text: str, pages: Mapping[str, str | bytes] | None = None) -> io.BytesIO:
    """Return a ZIP of a manifest and its files."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("imsmanifest.xml", text)
        for name, content in (pages or {"index.html": ITEM, "read.html": READ}).items():
            archive.writestr(name, content)
    target.seek(0)
    return target
