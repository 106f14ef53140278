// A survey without names is sent by script, so that a lost network leaves the page and what was written there as they are. Nothing is stored on the device.
import { leadOn } from "./shared/leading.js";

const form = document.querySelector("form[data-survey]");
const line = form.querySelector("[data-unsent]");
let isSending = false;

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (isSending) return;
  isSending = true;
  line.hidden = true;
  const said = await leadOn(form);
  if (said === "") return;
  isSending = false;
  line.hidden = false;
  line.querySelector("[data-said]").textContent = said ?? line.dataset.words;
  form.dispatchEvent(new CustomEvent("sent", { bubbles: true }));
});
