// A form is sent once: a second click while the first is under way does nothing. The server refuses doubles too; this spares people the answer.
import { on } from "./on.js";

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
  const button = event.submitter;
  if (!button) return;
  // aria-disabled and not disabled: a disabled button would not send its own name and value, and would lose the focus.
  button.setAttribute("aria-busy", "true");
  button.setAttribute("aria-disabled", "true");
  button.dataset.waiting = "";
}, { capture: false });

// Back from the next page, or a download that leaves this one where it is: the form may be sent again.
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(wake));
on("submit", "form[data-once]", (form) => setTimeout(() => { if (form.isConnected) wake(form); }, 15_000));

// A button that is not allowed yet keeps its place and its focus, and does nothing.
on("click", "[aria-disabled=true]:not([data-waiting])", (_button, event) => event.preventDefault());
