// A question's form: its buttons add and remove rows without a reload, and what is wrong shows while its author types. The server
// renders both, from the same form; without this every button sends the page and works the same.
import { post } from "./shared/posting.js";

const PAUSE_MS = 500;

const $ = (selector, from = document) => from.querySelector(selector);
const form = $("form[data-draft]");

const begin = () => {
  // Only a field that was left, or typed in, is found fault with: not the ones an author has yet to come to.
  const touched = new Set();
  let asking = null;
  let timer = 0;

  const said = $("[data-draft-said]");
  const tell = (words) => { said.textContent = words; };

  /** Send the form as if by a button, and return the page that answers. */
  const send = async (deed) => {
    asking?.abort();
    asking = new AbortController();
    const body = new FormData(form);
    body.set("do", deed);
    const answer = await post(form.action, body, { signal: asking.signal, headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) throw new Error(`question: ${answer.status}`);
    tell("");
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  };

  const showFaults = (page) => {
    for (const line of form.querySelectorAll("[data-fault]")) {
      const name = line.dataset.fault;
      const words = $(`[data-fault="${CSS.escape(name)}"] > span`, page)?.textContent ?? "";
      // A group's fault concerns rows: it shows once one of them was touched.
      const group = line.closest("fieldset");
      const counts = touched.has(name) || (line.nextElementSibling && group && [...touched].some((one) => group.contains(form.elements.namedItem(one))));
      const shown = words !== "" && counts;
      line.hidden = !shown;
      $("span", line).textContent = shown ? words : "";
      const field = document.getElementById(name);
      if (field?.matches(".field-input")) {
        if (shown) field.setAttribute("aria-invalid", "true");
        else field.removeAttribute("aria-invalid");
      }
    }
  };
  const showSeen = (page) => { $("[data-seen]").replaceWith(document.adoptNode($("[data-seen]", page))); };

  const check = async () => {
    try {
      const page = await send("check");
      showFaults(page);
      showSeen(page);
    } catch (error) {
      if (error.name !== "AbortError") tell(said.dataset.failed);
    }
  };

  const change = async (deed, button) => {
    clearTimeout(timer);
    try {
      const page = await send(deed);
      $("[data-answers]").replaceWith(document.adoptNode($("[data-answers]", page)));
      showSeen(page);
      const [verb, group] = deed.split(":");
      const next = $("[data-answers] [autofocus]") ?? $(`[data-answers] [data-act][value="${verb === "add" ? deed : `add:${group}`}"]`);
      next?.focus();
    } catch (error) {
      if (error.name === "AbortError") return;
      // Let the browser send the form and show what the server says.
      button.removeAttribute("data-act");
      form.requestSubmit(button);
    }
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button[data-act]");
    if (!button || button.form !== form) return;
    event.preventDefault();
    change(button.value, button);
  });
  const touch = (event, wait) => {
    if (!event.target.name || event.target.type === "hidden" || event.target.form !== form) return;
    touched.add(event.target.name);
    clearTimeout(timer);
    timer = setTimeout(check, wait);
  };
  form.addEventListener("input", (event) => touch(event, PAUSE_MS));
  form.addEventListener("change", (event) => touch(event, 0));
  form.addEventListener("submit", () => { clearTimeout(timer); asking?.abort(); });
};

if (form) begin();
