// Shows a password while it is typed; brings the focus into the field that an error links to.
import { on } from "./on.js";

on("click", "[data-reveals]", (button) => {
  const field = document.getElementById(button.dataset.reveals);
  const shown = field.type === "password";
  field.type = shown ? "text" : "password";
  button.setAttribute("aria-pressed", String(shown));
});

on("click", ".banner-list a[href^='#']", (link, event) => {
  const field = document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!field) return;
  event.preventDefault();
  field.scrollIntoView({ block: "center" });
  field.focus({ preventScroll: true });
});
