// Reports one lesson to a system that speaks SCORM 2004.
const find = (from) => {
  for (let at = from, tries = 0; at && tries < 50; at = at.parent === at ? null : at.parent, tries += 1) {
    try { if (at.API_1484_11) return at.API_1484_11; } catch { return null; }
  }
  return null;
};
const api = find(window) || (window.opener && find(window.opener));
const began = Date.now();
const complete = async () => {
  api.SetValue("cmi.completion_status", "completed");
  api.SetValue("cmi.progress_measure", "1");
  return String(api.Commit("")) === "true";
};
if (api && String(api.Initialize("")) === "true") {
  const isDone = api.GetValue("cmi.completion_status") === "completed";
  if (!isDone) api.SetValue("cmi.completion_status", "incomplete");
  let isOver = false;
  addEventListener("pagehide", () => {
    if (isOver) return;
    isOver = true;
    api.SetValue("cmi.session_time", `PT${Math.floor((Date.now() - began) / 1000)}S`);
    api.SetValue("cmi.exit", "normal");
    api.Terminate("");
  });
  addEventListener("DOMContentLoaded", () => show(isDone));
}
{% include "packages/export/page.js" %}
