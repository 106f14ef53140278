// An audience's editor says whom it means as one chooses, and a page whose people are being worked out follows that. The server
// renders both; without this a button shows who fits, and a link looks again.
import { post } from "./shared/posting.js";

const PAUSE_MS = 300;
const AGAIN_MS = 2_000;

const form = document.querySelector("form[data-audience]");
const adopt = (page, selector, inside = document) => {
  const found = page.querySelector(selector);
  if (found) inside.querySelector(selector)?.replaceWith(document.adoptNode(found));
};

const edit = () => {
  let asking = null;
  let timer = 0;
  const said = form.querySelector("[data-said]");

  /** Ask whom the form means now and show it; `changed` is the facet whose boxes shall be shown anew, too. */
  const look = async (changed = null, more = "") => {
    clearTimeout(timer);
    asking?.abort();
    asking = new AbortController();
    try {
      const body = new FormData(form);
      if (more) body.set("more", more);
      const answer = await post(form.dataset.audience, body, { signal: asking.signal, headers: { Accept: "text/html" } });
      if (!answer.ok || answer.redirected) throw new Error(`audience: ${answer.status}`);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      adopt(page, "[data-crowd]");
      said.replaceChildren(...page.querySelector("[data-said]").childNodes);
      if (changed) adopt(page, `[data-facet="${CSS.escape(changed.dataset.facet)}"] [data-boxes]`);
      return true;
    } catch (error) {
      if (error.name !== "AbortError") said.textContent = form.dataset.failed;
      return false;
    }
  };

  form.addEventListener("input", (event) => {
    if (event.target.matches("[name=name], [name=note]")) return;
    const facet = event.target.matches("[data-find]") ? event.target.closest("[data-facet]") : null;
    clearTimeout(timer);
    timer = setTimeout(() => look(facet), PAUSE_MS);
  });

  // Enter in a search searches; it does not save what is half chosen.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("[data-find]")) return;
    event.preventDefault();
    look(event.target.closest("[data-facet]"));
  });

  form.addEventListener("click", async (event) => {
    const button = event.target.closest("button[formaction]");
    if (!button) return;
    event.preventDefault();
    const facet = button.closest("[data-facet]");
    if (!(await look(facet, button.name === "more" ? button.value : ""))) return;
    if (button.name === "more") facet.querySelector("[data-boxes] input:not(:checked)")?.focus();
  });
};

const follow = () => {
  const again = async () => {
    if (!document.querySelector("[data-filling] progress")) return;
    try {
      const answer = await fetch(location.href);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      adopt(page, "[data-filling]");
      adopt(page, "[data-crowd]");
    } catch { /* the next time may answer */ }
    setTimeout(again, AGAIN_MS);
  };
  setTimeout(again, AGAIN_MS);
};

if (form) edit();
else follow();
