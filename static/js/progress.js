// A page that shows how far a job is moves on by itself, and comes anew once the job is past that step. Its links do the same without this.
// A bar that is hidden is that of a form: it shows once the form is sent, until the answer comes.
const bar = document.querySelector("[data-progress]");
if (bar) {
  const said = document.querySelector("[data-progress-said]");
  const waiting = bar.closest("[hidden]");
  const look = async () => {
    const answer = await fetch(location.href).catch(() => null);
    if (answer?.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const now = page.querySelector("[data-progress]");
      if (now?.dataset.progress !== bar.dataset.progress) return waiting || location.reload();
      bar.max = now.max;
      bar.value = now.value;
      said.textContent = page.querySelector("[data-progress-said]").textContent;
    }
    setTimeout(look, 2000);
  };
  if (waiting) bar.closest("form").addEventListener("submit", () => { waiting.hidden = false; setTimeout(look, 500); }, { once: true });
  else setTimeout(look, 1000);
}
