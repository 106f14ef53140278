// Tabs in a lesson. Without this script they stand below each other, each under its title.
const make = (block, number) => {
  const panels = [...block.querySelectorAll(":scope > .tab-block")];
  if (panels.length < 2) return;
  const list = document.createElement("div");
  list.className = "tabs";
  list.setAttribute("role", "tablist");
  const tabs = panels.map((panel, at) => {
    const tab = document.createElement("button");
    tab.type = "button";
    tab.className = "tab";
    tab.id = `tabs-${number}-${at}`;
    tab.textContent = panel.getAttribute("aria-label");
    tab.setAttribute("role", "tab");
    panel.id = `tabs-${number}-${at}-panel`;
    tab.setAttribute("aria-controls", panel.id);
    panel.setAttribute("role", "tabpanel");
    panel.removeAttribute("aria-label");
    panel.setAttribute("aria-labelledby", tab.id);
    panel.tabIndex = 0;
    return tab;
  });
  const show = (at) => tabs.forEach((tab, one) => {
    tab.setAttribute("aria-selected", String(one === at));
    tab.tabIndex = one === at ? 0 : -1;
    panels[one].toggleAttribute("data-away", one !== at); // not `hidden`: on paper all of them stand
  });
  tabs.forEach((tab, at) => tab.addEventListener("click", () => show(at)));
  list.addEventListener("keydown", (event) => {
    const at = tabs.indexOf(document.activeElement);
    const [forward, back] = getComputedStyle(list).direction === "rtl" ? ["ArrowLeft", "ArrowRight"] : ["ArrowRight", "ArrowLeft"];
    const next = { [forward]: (at + 1) % tabs.length, [back]: (at - 1 + tabs.length) % tabs.length, Home: 0, End: tabs.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    show(next);
    tabs[next].focus();
  });
  list.append(...tabs);
  block.prepend(list);
  // A link to a heading within another tab opens it; so does a search in the page.
  const open = () => { const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1))); const at = target ? panels.findIndex((panel) => panel.contains(target)) : -1; if (at >= 0) show(at); };
  addEventListener("hashchange", open);
  show(0);
  open();
};

document.querySelectorAll(".tabs-block").forEach(make);
