// Sends a form by script and goes where the server leads: without a network the page stays, where the browser would put its own page of an error.
import { post } from "./posting.js";

// Statuses with which the same may be taken later: too slow, too many, signed in anew meanwhile.
export const LATER = [401, 408, 429];

/** Send a form and follow its answer. Returns "" once the page leads on, words where the session is another's, and null where nobody answers. */
export const leadOn = async (form) => {
  let answer = null;
  try { answer = await post(form.action, new URLSearchParams(new FormData(form)), { headers: { Accept: "text/html, application/json;q=0.5", "X-Lead-On": "told" } }); } catch { return null; }
  if (answer.lost) return answer.lost;
  if (answer.status >= 500 || LATER.includes(answer.status)) return null;
  const told = answer.headers.get("Content-Type")?.includes("json") ? await answer.json().catch(() => null) : null;
  if (told?.location) location.assign(told.location);
  // The server has a page to say about it, and says it again.
  else HTMLFormElement.prototype.submit.call(form);
  return "";
};
