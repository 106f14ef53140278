// A form is sent once: a second click while the first is under way does nothing. The server refuses doubles too; this spares people the answer.
import { on } from "./on.js";

// Milliseconds after which a form may be sent again: a download answers without leaving the page.
const patience = 15_000;

const wake = (form) => {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[data-waiting]")) {
    button.removeAttribute("aria-busy");
    button.removeAttribute("aria-disabled");
    delete button.dataset.waiting;
  }
};

on("submit", "form[data-once]", (form, event) => {
  if (form.dataset.sent !== undefined) { event.preventDefault(); return; }
  form.dataset.sent = "";
  setTimeout(() => { if (form.isConnected) wake(form); }, patience);
  const button = event.submitter;
  if (!button) return;
  // aria-disabled and not disabled: a disabled button would not send its own name and value, and would lose the focus.
  button.setAttribute("aria-busy", "true");
  button.setAttribute("aria-disabled", "true");
  button.dataset.waiting = "";
});

// Back from the next page: the form may be sent again.
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(wake));

// What was sent in the background and did not lead away may be sent again.
on("sent", "form[data-once]", wake);

// A button that is not allowed yet keeps its place and its focus, and does nothing.
on("click", "[aria-disabled=true]:not([data-waiting])", (_button, event) => event.preventDefault());
