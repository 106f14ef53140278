// What a page's script sends by itself. A form token dies with its session: after a sign-in in another tab the page gets a fresh one and goes on,
// but only if the same person signed in. What one person wrote is never sent as another's.
const root = document.documentElement;
const token = () => document.querySelector("input[name=csrf_token]")?.value ?? document.querySelector("[data-token]")?.dataset.token ?? "";

/** Whether an answer says that the page's session is gone, or that another has taken its place. A script's answer names it; a page's does not. */
const isLost = async (answer) => {
  if (answer.status === 401) return true;
  if (answer.status !== 400) return false;
  const told = await answer.clone().json().catch(() => null);
  return told === null || told.type === "urn:guildhall:problem:stale-form";
};

/** Give every form of this page a token of the session that there is now; returns "", or words that say why none was given. Throws where nobody answers. */
export const renew = async () => {
  const answer = await fetch("/account/session", { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  const now = await answer.json();
  if (!now.person) return now.words.nobody;
  if (now.person !== root.dataset.person) return now.words.another;
  for (const input of document.querySelectorAll("input[name=csrf_token]")) input.value = now.csrf_token;
  for (const place of document.querySelectorAll("[data-token]")) place.dataset.token = now.csrf_token;
  return "";
};

/** Send what `send` sends, and once more after a sign-in elsewhere. */
const insist = async (send) => {
  const answer = await send();
  if (!(await isLost(answer))) return answer;
  const lost = await renew();
  return lost ? Object.assign(answer, { lost }) : send();
};

/** Post FormData, URLSearchParams or text. The answer's `lost` says why it cannot be sent now: keep it, and try again later. */
export const post = async (url, body, { headers, ...options } = {}) => {
  if (typeof body !== "string") body.delete("csrf_token");
  return insist(() => fetch(url, { method: "POST", body, ...options, headers: { Accept: "application/json", ...headers, "X-CSRFToken": token() } }));
};

/** Post FormData with files, saying how many bytes of how many have gone, until `signal` stops it. Where a page would lead on, the answer is JSON with its `location`. */
export const upload = async (url, body, gone, signal) => {
  body.delete("csrf_token");
  return insist(() => new Promise((done, failed) => {
    const line = new XMLHttpRequest();  // fetch says nothing of what has gone
    line.open("POST", url);
    line.setRequestHeader("Accept", "text/html, application/json;q=0.5");
    line.setRequestHeader("X-Lead-On", "told");
    line.setRequestHeader("X-CSRFToken", token());
    line.upload.addEventListener("progress", ({ loaded, total }) => gone(loaded, total));
    line.addEventListener("load", () => done(new Response(line.response, { status: line.status, headers: { "Content-Type": line.getResponseHeader("Content-Type") ?? "" } })));
    for (const end of ["error", "abort", "timeout"]) line.addEventListener(end, () => failed(new TypeError(end)));
    signal.addEventListener("abort", () => line.abort(), { once: true });
    line.send(body);
  }));
};
