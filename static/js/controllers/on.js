// One listener on the document serves every element that matches, also those that arrive later.

/** Call `react(element, event)` when `type` happens in an element that matches `selector`. */
export const on = (type, selector, react, options) =>
  document.addEventListener(type, (event) => {
    const element = event.target instanceof Element ? event.target.closest(selector) : null;
    if (element) react(element, event);
  }, options);
