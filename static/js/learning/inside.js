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
