// Dragging stages of a path. Move up and Move down stand beside each for those who do not drag.
import Sortable from "sortablejs";
import { post } from "./shared/posting.js";

const list = document.querySelector("[data-stages]");
if (list) {
  const order = () => JSON.stringify([...list.querySelectorAll("[data-key]")].map((item) => item.dataset.key));
  const save = async () => {
    const body = new URLSearchParams({ order: order() });
    await post(list.dataset.stages, body).catch(() => null);
    // The picture and the words follow from the order; what was refused goes back to where it was.
    location.reload();
  };
  new Sortable(list, { draggable: "[data-key]", filter: "button", preventOnFilter: false, animation: 120, delay: 150, delayOnTouchOnly: true, ghostClass: "is-moving", onUpdate: save });
}
