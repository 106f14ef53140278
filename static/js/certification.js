// A certification's editor: a step in its tree exchanges the tree alone, and the sentence follows what is typed. The server renders both; without this
// every step is a button that sends the form and shows the page anew.
import { post } from "./shared/posting.js";

const PAUSE_MS = 400;

const form = document.getElementById("certification-form");
if (form) {
  let asking = null;
  let stepping = null;
  let timer = 0;

  const said = () => new URLSearchParams(new FormData(form)).toString();

  const adopt = (page, selector) => {
    const found = page.querySelector(selector);
    const here = document.querySelector(selector);
    if (found && here) here.replaceWith(document.adoptNode(found));
  };

  /** Ask for the page that says what a step leads to; null when it was called off or nobody answered. */
  const take = async (op, signal) => {
    try {
      const body = new FormData(form);
      body.set("op", op);
      const answer = await post(form.action, body, { signal, headers: { Accept: "text/html" } });
      if (!answer.ok || answer.redirected) return null;
      return new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch {
      return null;
    }
  };

  /** The same of what is asked by the way: the next one calls it off, and a step does. */
  const ask = (op) => {
    asking?.abort();
    asking = new AbortController();
    return take(op, asking.signal);
  };

  // What is shown by the way is no answer to the question before saving: the mark in `seen` stays as it was.
  const show = (page, tree) => {
    if (tree) adopt(page, `[data-tree="${tree}"]`);
    adopt(page, "[data-affected]");
    document.querySelector("[data-sentence]")?.replaceChildren(...page.querySelector("[data-sentence]").childNodes);
  };

  const called = (field) => field.labels?.[0]?.textContent;

  /** Keep the keyboard where it was: in the field that was gone on to, on the same act of the moved line if it is there still, else in its tree. */
  const focus = (tree, op, label, field, name) => {
    const root = document.querySelector(`[data-tree="${tree}"]`);
    const [, verb] = op.split(":");
    const same = label ? [...root.querySelectorAll("button")].find((one) => one.getAttribute("aria-label") === label) : null;
    const found = { find: "input[data-find]", add: "select:last-of-type" }[verb];
    const next = (name && [...root.querySelectorAll("input, select")].find((one) => called(one) === name)) ?? same ?? (verb === "find" ? root.querySelector("[aria-label] .button[value*=':add:']") : null) ?? (found ? root.querySelector(found) : null) ?? root.querySelector("button, select, input:not([type=hidden])");
    next?.focus();
    // Numbers have no selection to set.
    if (name && next?.type === "text") next.setSelectionRange(field.selectionStart, field.selectionEnd);
  };

  // How far everybody is weighed by the last rule: looked at again while it moves on, and nothing else of the page is touched.
  const watch = async () => {
    if (document.hidden) { follow(); return; }
    const answer = await fetch(location.href).catch(() => null);
    // Who is signed out meanwhile is led elsewhere: there is nothing more to look at.
    if (!answer?.ok || answer.redirected) return;
    adopt(new DOMParser().parseFromString(await answer.text(), "text/html"), "[data-weighing]");
    follow();
  };
  const follow = () => { if (document.querySelector("[data-weighing=on]")) setTimeout(watch, 2000); };
  follow();

  /** Take a step. Whatever is typed while it is on its way goes along: it is asked for anew until nothing is. */
  const step = async (button) => {
    const [tree] = button.value.split(":");
    let sent = "";
    let page = null;
    clearTimeout(timer);
    asking?.abort();
    do {
      sent = said();
      page = await take(button.value);
    } while (page && sent !== said());
    if (!page) { form.requestSubmit(button); return; }
    const here = document.activeElement;
    // Who searched goes on to what was found.
    const field = here?.matches(`input${button.value.split(":")[1] === "find" ? ":not([data-find])" : ""}, select`) && here.closest(`[data-tree="${tree}"]`) ? here : null;
    const elsewhere = here && here !== document.body && !here.closest(`[data-tree="${tree}"]`);
    // By what people call it: lines have other numbers after a step, and a field that is gone has no label.
    const name = field && called(field);
    show(page, tree);
    if (!elsewhere) focus(tree, button.value, button.getAttribute("aria-label"), field, name);
  };

  /** Return the button as it stands in the page now: a step may have exchanged it for another of the same name. */
  const standing = (button) => button.isConnected ? button : [...form.querySelectorAll("button[name=op]")].find((one) => one.getAttribute("aria-label") === button.getAttribute("aria-label") && one.textContent === button.textContent);

  form.addEventListener("click", async (event) => {
    const button = event.target.closest("button[name=op]");
    const [tree] = button?.value.split(":") ?? [];
    if (!["tree", "renewal"].includes(tree)) return;
    event.preventDefault();
    // One after the other: where a line stands is known only after the step before.
    const mine = (stepping ?? Promise.resolve()).then(() => { const now = standing(button); return now ? step(now) : null; });
    stepping = mine;
    await mine;
    if (stepping === mine) stepping = null;
  });

  // Enter in a search searches; it does not send what is half drawn.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("[data-find]")) return;
    event.preventDefault();
    form.querySelector(`button[value="${event.target.dataset.find}:find"]`).click();
  });

  form.addEventListener("input", (event) => {
    const tree = event.target.closest("[data-tree]")?.dataset.tree;
    if (event.target.matches("[data-find], [name$=_new], [name$=_into]")) return;
    if (stepping) return;
    const redraws = tree && event.target.matches("select[name$=-piece]");
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const sent = said();
      const page = await ask(redraws ? `${tree}:draw` : "look");
      if (!page || stepping) return;
      if (sent !== said()) { event.target.dispatchEvent(new Event("input", { bubbles: true })); return; }
      const id = document.activeElement?.id;
      show(page, redraws ? tree : "");
      if (redraws && id) document.getElementById(id)?.focus();
    }, PAUSE_MS);
  });
}
