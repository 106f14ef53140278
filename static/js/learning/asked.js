// What a lesson still asks of its learner, said anew after each word of the server's; done without a reload.
const place = document.querySelector("[data-asked]");

const paint = (box, state, glyph) => {
  if (!box) return;
  box.dataset.state = state;
  const use = box.querySelector("use");
  use?.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${glyph}`));
};

/** Show an answer: {done, said}. */
export const asked = ({ done, said }) => {
  const pill = place?.querySelector(".pill");
  if (!pill) return;
  const text = pill.querySelector("[data-said]");
  if (text.textContent !== said) text.textContent = said;
  if (!done) return;
  paint(pill, "valid", "valid");
  const here = document.querySelector(".outline a[aria-current]");
  paint(here, "valid", "valid");
  const word = here?.querySelector(".sr-only");
  if (word) word.textContent = place.dataset.done;
  document.querySelector("[data-onward]")?.classList.add("button-main");
};
