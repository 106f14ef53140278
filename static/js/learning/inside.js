// Searching within a course beside its lesson: what is typed is looked for after a moment. Without this script the form opens a page.
const form = document.querySelector("[data-inside]");
const WAIT_MS = 250;

if (form) {
  const field = form.querySelector("input");
  const place = form.querySelector("[data-inside-found]");
  let waiting = 0;
  let asked = null;

  const show = async () => {
    asked?.abort();
    const words = field.value.trim();
    if (!words) { place.replaceChildren(); return; }
    const mine = asked = new AbortController();
    try {
      const answer = await fetch(`${form.action}?${new URLSearchParams({ q: words, part: "1" })}`, { signal: mine.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (mine === asked) place.replaceChildren(...[...page.body.childNodes].map((node) => document.adoptNode(node)));
    } catch (error) {
      // The page itself says what is wrong; offline, what was found last stays.
      if (error.name !== "AbortError" && navigator.onLine) form.submit();
    }
  };

  // A passage of the lesson that is open: browsers find the words of an address only where a page is loaded.
  place.addEventListener("click", (event) => {
    const link = event.target.closest(".found-passage");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || link.pathname !== location.pathname) return;
    const words = decodeURIComponent(link.getAttribute("href").split(":~:text=")[1] ?? "");
    const holds = (one) => one.textContent.replace(/\s+/g, " ").includes(words);
    const block = [...document.querySelectorAll("article :is(p, li, td, th, h2, h3, h4, h5, h6, summary, figcaption, pre)")].findLast(holds);
    if (!block) return;
    event.preventDefault();
    for (let fold = block.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    document.querySelector("#outline:popover-open")?.hidePopover();
    block.tabIndex = -1;
    block.focus({ preventScroll: true });
    block.scrollIntoView({ block: "center" });
  });

  field.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(show, WAIT_MS); });
  form.addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(waiting); show(); });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !field.value) return;
    event.preventDefault();
    field.value = "";
    show();
    field.focus();
  });
}
