// Reports one lesson to a system that speaks SCORM 1.2.
const find = (from) => {
  for (let at = from, tries = 0; at && tries < 50; at = at.parent === at ? null : at.parent, tries += 1) {
    try { if (at.API) return at.API; } catch { return null; }
  }
  return null;
};
const api = find(window) || (window.opener && find(window.opener));
const began = Date.now();
const span = () => {
  const seconds = Math.floor((Date.now() - began) / 1000);
  const two = (part) => String(Math.floor(part)).padStart(2, "0");
  return `${String(Math.floor(seconds / 3600)).padStart(4, "0")}:${two((seconds / 60) % 60)}:${two(seconds % 60)}.00`;
};
const complete = async () => {
  api.LMSSetValue("cmi.core.lesson_status", "completed");
  return String(api.LMSCommit("")) === "true";
};
if (api && String(api.LMSInitialize("")) === "true") {
  const status = api.LMSGetValue("cmi.core.lesson_status");
  const isDone = status === "completed" || status === "passed";
  if (!isDone) api.LMSSetValue("cmi.core.lesson_status", "incomplete");
  let isOver = false;
  addEventListener("pagehide", () => {
    if (isOver) return;
    isOver = true;
    api.LMSSetValue("cmi.core.session_time", span());
    api.LMSFinish("");
  });
  addEventListener("DOMContentLoaded", () => show(isDone));
}
{% include "packages/export/page.js" %}
