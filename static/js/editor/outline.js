// Dragging in the outline. Move up and Move down stand in every activity's settings for those who do not drag.
import Sortable from "sortablejs";
import { post } from "../shared/posting.js";

export const outline = (nav) => {
  const lists = [...nav.querySelectorAll("[data-sortable]")];
  const order = () => lists.map((list) => ({ section: list.dataset.sortable, activities: [...list.querySelectorAll("[data-key]")].map((item) => item.dataset.key) }));
  const before = () => JSON.stringify(order());
  let was = before();

  const save = async () => {
    if (before() === was) return;
    const body = new URLSearchParams({ order: before() });
    const response = await post(nav.dataset.order, body).catch(() => null);
    // What the server did not take is not shown as if it had.
    if (!response?.ok) location.reload();
    was = before();
  };

  for (const list of lists) new Sortable(list, { group: "activities", draggable: "[data-key]", animation: 120, delay: 150, delayOnTouchOnly: true, ghostClass: "is-moving", onEnd: save });
};
