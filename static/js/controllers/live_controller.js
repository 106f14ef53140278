// A list that follows what is typed beside it, and what comes in meanwhile. Without script, or network, its form asks as any other.
const pause = 250;
const idle = 5_000;

for (const form of document.querySelectorAll("form[data-live]")) {
  const region = document.getElementById(form.dataset.live);
  const said = form.querySelector("[role=status]");
  let asking = null, waiting = 0;

  const address = () => {
    const given = [...new FormData(form)].filter(([, value]) => value !== "");
    const query = new URLSearchParams(given).toString();
    return query ? `${form.action}?${query}` : form.action;
  };

  const ask = async ({ quietly }) => {
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking, wanted = quietly ? location.href : address();
    if (!quietly) region.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(wanted, { signal, headers: { Accept: "text/html" } });
      // Half an address fits nothing yet, and a session that is over is for the next page to say.
      if (answer.status >= 500 || !answer.headers.get("Content-Type")?.startsWith("text/html")) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(form.dataset.live);
      if (!fresh) { if (answer.status === 401) location.assign(wanted); return; }
      if (quietly && (region.contains(document.activeElement) || fresh.innerHTML === region.innerHTML)) return;
      region.replaceChildren(...fresh.childNodes);
      if (!quietly) history.replaceState(null, "", wanted);
      said.textContent = fresh.dataset.said;
    } catch { /* What is shown is what was there when the network was; Apply says that it is gone. */ } finally {
      if (!signal.aborted) region.removeAttribute("aria-busy");
    }
  };

  form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(() => ask({ quietly: false }), pause); });
  setInterval(() => {
    const paged = /[?&](after|before)=/.test(location.search);
    if (document.visibilityState === "visible" && !paged && !region.hasAttribute("aria-busy")) ask({ quietly: true });
  }, idle);
}
