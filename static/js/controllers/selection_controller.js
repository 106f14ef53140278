// Select-all, shift-click ranges, and the number chosen. The bar itself shows and hides by CSS.
import { on } from "./on.js";

const boxes = (form) => [...form.querySelectorAll("tbody input[type=checkbox]:not(:disabled)")];

const tell = (form) => {
  const chosen = boxes(form).filter((box) => box.checked).length;
  const said = form.querySelector("[data-said]");
  if (said) said.textContent = said.dataset.said.replace("#", chosen.toLocaleString(document.documentElement.lang));
  const all = form.querySelector("[data-selects-all]");
  if (!all) return;
  all.checked = chosen > 0 && chosen === boxes(form).length;
  all.indeterminate = chosen > 0 && !all.checked;
};

let last = null;
on("click", "[data-selects] tbody input[type=checkbox]", (box, event) => {
  const all = boxes(box.form);
  if (event.shiftKey && all.includes(last)) {
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    for (const between of all.slice(from, to + 1)) between.checked = box.checked;
  }
  last = box;
});

on("change", "[data-selects]", (form, event) => {
  if (event.target.matches("[data-selects-all]")) for (const box of boxes(form)) box.checked = event.target.checked;
  tell(form);
});

const tellAll = () => document.querySelectorAll("[data-selects]").forEach(tell);
tellAll();
window.addEventListener("pageshow", tellAll);
