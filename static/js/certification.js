// A certification's editor: a step in its tree exchanges the tree alone, and the sentence follows what is typed. The server renders both; without this
// every step is a button that sends the form and shows the page anew.
import { post } from "./shared/posting.js";

const PAUSE_MS = 400;

const form = document.getElementById("certification-form");
if (form) {
  let asking = null;
  let timer = 0;

  const adopt = (page, selector) => {
    const found = page.querySelector(selector);
    const here = document.querySelector(selector);
    if (found && here) here.replaceWith(document.adoptNode(found));
  };

  /** Take a step and return the page that says what it led to; null when another step overtook it or nobody answered. */
  const take = async (op) => {
    asking?.abort();
    asking = new AbortController();
    try {
      const body = new FormData(form);
      body.set("op", op);
      const answer = await post(form.action, body, { signal: asking.signal, headers: { Accept: "text/html" } });
      if (!answer.ok || answer.redirected) return null;
      return new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch {
      return null;
    }
  };

  // What is shown by the way is no answer to the question before saving: the mark in `seen` stays as it was.
  const show = (page, tree) => {
    if (tree) adopt(page, `[data-tree="${tree}"]`);
    adopt(page, "[data-affected]");
    document.querySelector("[data-sentence]")?.replaceChildren(...page.querySelector("[data-sentence]").childNodes);
  };

  /** Keep the keyboard where it was: on the same act of the moved line if it is there still, else in its tree. */
  const focus = (tree, op, label) => {
    const root = document.querySelector(`[data-tree="${tree}"]`);
    const [, verb] = op.split(":");
    const same = label ? [...root.querySelectorAll("button")].find((one) => one.getAttribute("aria-label") === label) : null;
    const field = { find: "input[data-find]", add: "select:last-of-type" }[verb];
    const next = same ?? (verb === "find" ? root.querySelector("[aria-label] .button[value*=':add:']") : null) ?? (field ? root.querySelector(field) : null) ?? root.querySelector("button, select, input:not([type=hidden])");
    next?.focus();
  };

  // How far everybody is weighed by the last rule: looked at again while it moves on, and nothing else of the page is touched.
  const watch = async () => {
    const answer = await fetch(location.href).catch(() => null);
    if (answer?.ok) adopt(new DOMParser().parseFromString(await answer.text(), "text/html"), "[data-weighing]");
    follow();
  };
  const follow = () => { if (document.querySelector("[data-weighing=on]")) setTimeout(watch, 2000); };
  follow();

  form.addEventListener("click", async (event) => {
    const button = event.target.closest("button[name=op]");
    const [tree] = button?.value.split(":") ?? [];
    if (!["tree", "renewal"].includes(tree)) return;
    event.preventDefault();
    clearTimeout(timer);
    const page = await take(button.value);
    if (!page) { form.requestSubmit(button); return; }
    show(page, tree);
    focus(tree, button.value, button.getAttribute("aria-label"));
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
    const redraws = tree && event.target.matches("select");
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const page = await take(redraws ? `${tree}:draw` : "look");
      if (!page) return;
      const id = document.activeElement?.id;
      show(page, redraws ? tree : "");
      if (redraws && id) document.getElementById(id)?.focus();
    }, PAUSE_MS);
  });
}
