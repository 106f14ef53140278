// Dialogs open by command="show-modal" alone; this serves browsers that do not know commands, and closes on a click outside where they do not.
import { on } from "./on.js";

if (!("commandForElement" in HTMLButtonElement.prototype)) {
  on("click", "button[commandfor]", (button) => {
    const dialog = document.getElementById(button.getAttribute("commandfor"));
    if (button.getAttribute("command") === "show-modal") dialog?.showModal();
    else dialog?.close();
  });
}

if (!("closedBy" in HTMLDialogElement.prototype)) {
  on("click", "dialog[closedby=any]", (dialog, event) => {
    const { left, right, top, bottom } = dialog.getBoundingClientRect();
    const inside = event.clientX >= left && event.clientX <= right && event.clientY >= top && event.clientY <= bottom;
    if (event.target === dialog && !inside) dialog.close();
  });
}
