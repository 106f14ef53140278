// Reports one lesson to a system that speaks cmi5 (10 and 9 of the standard).
const given = new URLSearchParams(location.search);
const began = Date.now();
const MOVE_ON = "https://w3id.org/xapi/cmi5/context/categories/moveon";
const CMI5 = "https://w3id.org/xapi/cmi5/context/categories/cmi5";
let token;
let data;
const call = (method, path, params, body, keepalive = false) => fetch(`${given.get("endpoint").replace(/\/$/, "")}/${path}?${new URLSearchParams(params)}`, {
  method,
  keepalive,
  body: body && JSON.stringify(body),
  headers: { "X-Experience-API-Version": "1.0.3", "Content-Type": "application/json", Authorization: `Basic ${token}` },
});
const place = { activityId: given.get("activityId"), agent: given.get("actor"), registration: given.get("registration") };
const newId = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};
const say = async (verb, result, keepalive = false) => {
  const context = JSON.parse(JSON.stringify(data.contextTemplate));
  context.registration = given.get("registration");
  context.contextActivities = { ...context.contextActivities, category: [{ id: CMI5 }, ...(verb === "completed" ? [{ id: MOVE_ON }] : [])] };
  const id = newId();
  const answer = await call("PUT", "statements", { statementId: id }, {
    id,
    timestamp: new Date().toISOString(),
    actor: JSON.parse(given.get("actor")),
    verb: { id: `http://adlnet.gov/expapi/verbs/${verb}`, display: { en: verb } },
    object: { id: given.get("activityId") },
    context,
    ...(result ? { result } : {}),
  }, keepalive);
  return answer.ok;
};
const lasted = () => `PT${Math.floor((Date.now() - began) / 1000)}S`;
const complete = async () => {
  const isKept = await say("completed", { completion: true, duration: lasted() });
  if (isKept) await call("PUT", "activities/state", { ...place, stateId: "lesson" }, { done: true });
  return isKept;
};
const begin = async () => {
  token = (await (await fetch(given.get("fetch"), { method: "POST" })).json())["auth-token"];
  data = await (await call("GET", "activities/state", { ...place, stateId: "LMS.LaunchData" })).json();
  await call("GET", "agents/profile", { profileId: "cmi5LearnerPreferences", agent: given.get("actor") });
  await say("initialized");
  const kept = await call("GET", "activities/state", { ...place, stateId: "lesson" });
  show(kept.ok && (await kept.json()).done === true);
  done.hidden ||= data.launchMode !== "Normal";
  addEventListener("pagehide", () => { say("terminated", { duration: lasted() }, true); });
};
if (given.get("fetch")) begin().catch(() => { document.getElementById("told").textContent = document.getElementById("told").dataset.lost; });
{% include "packages/export/page.js" %}
