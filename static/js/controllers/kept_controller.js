// What was typed into a form whose session had ended comes back where the form is shown again, to the same person and in this tab. Browsers alone do not
// keep it: pages of ours are not stored, and the way back may lead over the sign-in form.
import { on } from "./on.js";

const SENT = "guildhall.sent";
const LOST = "guildhall.lost";
const { person } = document.documentElement.dataset;

const read = (name) => { try { return JSON.parse(sessionStorage.getItem(name)); } catch { return null; } };
const keep = (name, what) => { try { if (what) sessionStorage.setItem(name, JSON.stringify(what)); else sessionStorage.removeItem(name); } catch { /* a full or forbidden store: the browser's own way back is left */ } };
const typed = (form) => [...form.elements].filter((one) => one.name && !["hidden", "password", "file", "submit", "button", "fieldset"].includes(one.type));
const OURS = ["csrf_token", "key"];

on("submit", "form[method=post]", (form, event) => {
  if (event.defaultPrevented || typed(form).length === 0) return;
  const secret = new Set([...form.elements].filter(({ type }) => type === "password").map(({ name }) => name));
  const fields = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !OURS.includes(name) && !secret.has(name));
  keep(SENT, { person, action: form.action, fields });
});

const fill = (form, fields) => {
  const left = fields.filter(([name]) => !form.elements.namedItem(name));
  for (const one of form.elements) {
    const values = fields.filter(([name]) => name === one.name).map(([, value]) => value);
    if (one.type === "radio" || one.type === "checkbox") one.checked = values.includes(one.value);
    else if (one.type === "select-multiple") for (const option of one.options) option.selected = values.includes(option.value);
    else if (values.length > 0 && !["password", "file", "submit", "button"].includes(one.type)) one.value = values.shift();
  }
  return left;
};

const said = document.querySelector("[data-lost-form]");
if (said) { const sent = read(SENT); if (sent) keep(LOST, { ...sent, words: said.dataset.lostForm }); }
keep(SENT, null);

const lost = read(LOST);
const form = lost && lost.person === person && [...document.forms].find((one) => one.method === "post" && one.action === lost.action && typed(one).length > 0);
if (form) {
  keep(LOST, null);
  const left = fill(form, lost.fields);
  const more = form.querySelector("button[name=more]");
  if (left.length > 0 && more) {
    // Rows that this page does not have: the server, which made them then, makes them again.
    for (const [name, value] of left) form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    form.requestSubmit(more);
  } else {
    const note = Object.assign(document.createElement("p"), { className: "banner", role: "status", textContent: lost.words });
    note.dataset.state = "progress";
    form.prepend(note);
  }
}
