// Says which files were chosen and how large they are, before they travel; refuses one that the server would refuse.
import { size } from "../shared/sizes.js";
import { on } from "./on.js";

const tell = (drop, input) => {
  const files = [...input.files];
  const limit = Number(drop.dataset.maxBytes ?? Infinity);
  const tooBig = files.some((file) => file.size > limit);
  input.setCustomValidity(tooBig ? drop.dataset.tooBig : "");
  drop.toggleAttribute("data-chosen", files.length > 0);
  if (tooBig) drop.dataset.state = "danger";
  else delete drop.dataset.state;
  const names = files.map((file) => `\u2068${file.name}\u2069, ${size(file.size)}`).join("\n");
  drop.querySelector("[data-said]").textContent = tooBig ? `${names}\n${drop.dataset.tooBig}` : names;
};

on("change", ".drop input[type=file]", (input) => tell(input.closest(".drop"), input));
for (const type of ["dragenter", "dragover"]) on(type, ".drop", (drop) => drop.toggleAttribute("data-over", true));
for (const type of ["dragleave", "drop"]) on(type, ".drop", (drop) => drop.toggleAttribute("data-over", false));

// Forms are novalidate so that the server's words stand beside the field; a file too large is the one thing worth stopping here.
on("submit", "form", (form, event) => {
  const input = form.querySelector(".drop input[type=file]:invalid");
  if (!input?.validity.customError) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  input.focus();
}, { capture: true });
