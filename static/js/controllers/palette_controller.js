// The command palette: Ctrl K or the search trigger, results from /search.json as {"results": [{label, url, detail, icon}]}.
// An ARIA combobox: the focus stays in the field, the arrows move aria-activedescendant, Enter follows the chosen link.
import { on } from "./on.js";

const palette = document.getElementById("palette");
const shortest = 2;
const pause = 150;

if (palette) {
  const field = palette.querySelector("[role=combobox]");
  const found = palette.querySelector("[role=listbox]");
  const said = palette.querySelector("[role=status]");
  const sprite = document.querySelector("use")?.getAttribute("href").split("#")[0];
  let asking = null;
  let timer = 0;

  const options = () => [...found.querySelectorAll("[role=option]")];
  const choose = (option) => {
    for (const other of options()) other.setAttribute("aria-selected", String(other === option));
    if (option) field.setAttribute("aria-activedescendant", option.id);
    else field.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  };
  const show = (results, words) => {
    found.replaceChildren(...results.map((result, at) => drawn(result, at, sprite)));
    field.setAttribute("aria-expanded", String(results.length > 0));
    said.textContent = words;
    choose(options()[0]);
  };
  const ask = async () => {
    asking?.abort();
    const text = field.value.trim();
    if (text.length < shortest) { show([], said.dataset.hint); return; }
    asking = new AbortController();
    try {
      const address = `${palette.dataset.source}?q=${encodeURIComponent(text)}`;
      const answer = await fetch(address, { signal: asking.signal, headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(`search: ${answer.status}`);
      const { results } = await answer.json();
      show(results, results.length > 0 ? "" : said.dataset.none.replace("#", text));
    } catch (error) {
      if (error.name !== "AbortError") show([], said.dataset.failed);
    }
  };
  const open = () => {
    if (palette.open) return;
    palette.showModal();
    field.select();
    ask();
  };

  on("click", "[data-palette]", (_link, event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });
  document.addEventListener("keydown", (event) => {
    if ((event.metaKey || event.ctrlKey) && !event.altKey && event.key.toLowerCase() === "k") { event.preventDefault(); open(); }
  });
  field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, pause); });
  field.addEventListener("keydown", (event) => {
    const all = options();
    const at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && all.length > 0) {
      event.preventDefault();
      choose(all[(at + step + all.length) % all.length]);
    } else if (event.key === "Escape") {
      // A search field takes the first Escape to clear itself; here it means leave.
      event.preventDefault();
      palette.close();
    } else if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      all[at].click();
    }
  });
}

/** Return one result as the menu items of the shell are drawn. Text goes in as text: a result may hold what people wrote. */
function drawn({ label, url, detail, icon }, at, sprite) {
  const link = Object.assign(document.createElement("a"), { className: "menu-item", href: url, id: `palette-${at}`, tabIndex: -1 });
  link.setAttribute("role", "option");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sprite}#${icon || "arrow"}`);
  svg.append(use);
  const words = Object.assign(document.createElement("span"), { dir: "auto", textContent: label });
  if (detail) words.append(Object.assign(document.createElement("small"), { textContent: detail }));
  link.append(svg, words);
  return link;
}
