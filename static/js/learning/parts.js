// Parts of a long outline that are opened where they stand. Without this script their links open the page with that part.
const outline = document.querySelector("#outline");

outline?.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-part]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const answer = await fetch(link.href).catch(() => null);
  const page = answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  const [name, list] = ["h2", "ol"].map((tag) => page?.querySelector(`#${link.dataset.part} ${tag}`));
  if (!list) { location.assign(link.href); return; }
  link.closest("section").replaceChildren(document.adoptNode(name), document.adoptNode(list));
  list.querySelector("a").focus();
});
