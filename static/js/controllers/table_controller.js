// A table that fits lets the page scroll under its head, which stays; one that does not scrolls sideways in its own region. How wide words are, no style sheet knows.
const fit = (wrap) => wrap.toggleAttribute("data-fits", wrap.firstElementChild.offsetWidth <= wrap.clientWidth);
const watch = new ResizeObserver((entries) => { for (const wrap of new Set(entries.map(({ target }) => target.closest(".table-wrap")))) fit(wrap); });

for (const table of document.querySelectorAll(".table-wrap > .table")) { watch.observe(table); watch.observe(table.parentElement); }
