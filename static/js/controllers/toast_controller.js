// Puts a toast away when told to, or by Escape. None goes by itself: what it says may be wanted by someone who reads slowly.
import { on } from "./on.js";

on("click", "[data-dismisses]", (button) => button.closest(".toast")?.remove());

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !document.querySelector("dialog[open], :popover-open")) document.querySelector(".toasts .toast:last-child")?.remove();
});
