// Changes the theme without a reload. The form posts the choice as it does without script; the server keeps it in a cookie.
import { post } from "../shared/posting.js";
import { on } from "./on.js";

const root = document.documentElement;

on("submit", "[data-theme-form]", (form, event) => {
  const button = event.submitter;
  if (!button?.value) return;
  event.preventDefault();
  const body = new FormData(form, button);
  if (button.value === "auto") delete root.dataset.theme;
  else root.dataset.theme = button.value;
  for (const other of form.querySelectorAll("[name=theme]")) other.setAttribute("aria-pressed", String(other === button));
  // Kept alive: who goes on to another page at once has chosen all the same. Opaque when the server redirects, as it does once the choice is kept. Anything else: let the browser send the form and show the answer.
  post(form.action, body, { redirect: "manual", keepalive: true })
    .then((answer) => { if (answer.type !== "opaqueredirect" && !answer.ok) throw new Error(`theme: ${answer.status}`); })
    .catch(() => { form.removeAttribute("data-theme-form"); form.requestSubmit(button); });
});
