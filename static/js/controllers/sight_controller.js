// A long outline scrolls by itself: what is open in it stands in sight, and the page stays where it is.
for (const list of document.querySelectorAll("[data-in-sight]")) {
  const open = list.querySelector("[aria-current]");
  if (open && list.scrollHeight > list.clientHeight) list.scrollTop += open.getBoundingClientRect().top - list.getBoundingClientRect().top - list.clientHeight / 3;
}
