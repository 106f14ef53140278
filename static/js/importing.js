// Importing people: meanings are dragged onto columns, and what is under way moves on by itself. Selects and links do both without this.
import Sortable from "sortablejs";
import "./progress.js";

const meanings = document.querySelector("[data-meanings]");
if (meanings) {
  const columns = [...document.querySelectorAll("[data-column]")].map((row) => ({ select: row.querySelector("select"), drop: row.querySelector("[data-drop]") }));

  const settle = () => {
    for (const chip of document.querySelectorAll("[data-field]")) (columns.find(({ select }) => select.value === chip.dataset.field)?.drop ?? meanings).append(chip);
  };
  const mean = (chosen, field) => {
    // A meaning is one column's: where it was before, the column is left out.
    for (const { select } of columns) if (select !== chosen && field && select.value === field) select.value = "";
    if (chosen) chosen.value = field;
    settle();
  };

  for (const { select } of columns) select.addEventListener("change", () => mean(select, select.value));
  const onEnd = ({ item, from, to }) => {
    const target = columns.find(({ drop }) => drop === to);
    if (target) return mean(target.select, item.dataset.field);
    const source = columns.find(({ drop }) => drop === from);
    if (source) source.select.value = "";
    settle();
  };
  for (const list of [meanings, ...columns.map(({ drop }) => drop)]) new Sortable(list, { group: "meanings", forceFallback: true, fallbackOnBody: true, delay: 150, delayOnTouchOnly: true, ghostClass: "is-moving", sort: false, onEnd });
  settle();
}
