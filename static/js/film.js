// Films and sounds of a lesson: speed, captions, keys, going on at the second, and which parts were really shown.
// Without this script they play with the browser's own controls and nothing is counted.
import { asked } from "./learning/asked.js";
import { post } from "./shared/posting.js";

const article = document.querySelector("[data-films]");
const kept = JSON.parse(article.dataset.films);
const words = JSON.parse(article.dataset.words);
const maySend = document.querySelector("#reading input[name=csrf_token]") !== null;
const EVERY_MS = 15_000;
const AGAIN_MS = 5000;
const SPEEDS = [0.75, 1, 1.25, 1.5, 1.75, 2];
const PARTS_AT_MOST = 150;

const lengthOf = (parts) => parts.reduce((sum, [start, end]) => sum + end - start, 0);

/** Return the union of parts, in order; those less than a second apart are one, as the server has it. */
const merged = (parts) => {
  const found = [];
  for (const [start, end] of parts.filter(([one, two]) => two > one).toSorted((a, b) => a[0] - b[0])) {
    const last = found.at(-1);
    if (last && start - last[1] < 1) last[1] = Math.max(last[1], end);
    else found.push([start, end]);
  }
  return found;
};

const choice = (label, options, value, change) => {
  const holder = document.createElement("label");
  holder.className = "film-choice";
  const said = document.createElement("span");
  said.textContent = label;
  const select = document.createElement("select");
  select.className = "field-input";
  for (const [key, text] of options) select.add(new Option(text, key, false, key === value));
  select.addEventListener("change", () => change(select.value));
  holder.append(said, select);
  return { holder, select };
};

const film = (video) => {
  const key = new URL(video.src).pathname.split("/").at(-1);
  const before = kept[key] ?? {};
  let seen = (before.parts ?? []).map((part) => [...part]);
  let untold = [];
  let from = null;
  let to = 0;
  let looked = 0;
  let under = false;
  let again = 0;

  const bar = document.createElement("div");
  bar.className = "film-bar";
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", words.label);
  const speed = choice(words.speed, SPEEDS.map((one) => [String(one), `${one.toLocaleString(document.documentElement.lang)} ×`]), "1", (value) => { video.playbackRate = Number(value); });
  bar.append(speed.holder);
  const tracks = [...video.textTracks];
  let captions = null;
  const show = (at) => { tracks.forEach((track, one) => { track.mode = String(one) === at ? "showing" : "disabled"; }); if (captions) captions.select.value = at; };
  if (tracks.length > 0) {
    captions = choice(words.captions, [["", words.off], ...tracks.map((track, at) => [String(at), track.label || track.language])], "", show);
    bar.append(captions.holder);
  }
  const share = document.createElement("span");
  share.className = "small soft film-share";
  const keys = document.createElement("p");
  keys.className = "sr-only";
  keys.id = `film-keys-${key}`;
  keys.textContent = words.keys;
  video.setAttribute("aria-describedby", keys.id);
  bar.append(share, keys);
  video.after(bar);

  const paint = () => {
    if (!(video.duration > 0) || !Number.isFinite(video.duration)) return;
    const missing = video.duration - lengthOf(seen);
    const percent = missing <= Math.min(1, video.duration / 20) ? 100 : Math.floor((lengthOf(seen) / video.duration) * 100);
    share.textContent = words.watched.replace("{percent}", (Math.max(0, percent) / 100).toLocaleString(document.documentElement.lang, { style: "percent" }));
  };

  const close = () => {
    if (from !== null && to > from) { untold.push([from, to]); untold = merged(untold); seen = merged([...seen, [from, to]]); paint(); }
    from = null;
  };
  const begin = (at) => { from = at; to = at; looked = performance.now(); };
  // What passes while it plays is shown; the jump to another place is not. A page that stood still for seconds hears of both as one step, and
  // only a film that ran got no further than the clock did.
  const ran = (now) => now >= to && now - to <= ((performance.now() - looked) / 1000) * video.playbackRate + 1;
  const step = () => {
    const now = video.currentTime;
    if (video.paused || video.seeking) return;
    if (from === null) { begin(now); return; }
    if (!ran(now)) { close(); from = now; }
    to = now;
    looked = performance.now();
  };

  const tell = async ({ leaving = false } = {}) => {
    if (!maySend || !article.dataset.watching || !(video.duration > 0) || !Number.isFinite(video.duration)) return;
    if (from !== null) { const at = to; close(); if (!video.paused) from = at; }
    if (under || (untold.length === 0 && Math.abs((before.at ?? 0) - video.currentTime) < 1)) return;
    const told = untold.slice(0, PARTS_AT_MOST);
    untold = untold.slice(PARTS_AT_MOST);
    const body = new URLSearchParams({ film: key, seconds: video.duration.toFixed(2), at: video.currentTime.toFixed(2), parts: told.map(([start, end]) => `${start.toFixed(2)}-${end.toFixed(2)}`).join(",") });
    clearTimeout(again);
    under = true;
    try {
      const answer = await post(article.dataset.watching, body, { keepalive: leaving });
      if (!answer.ok) throw new Error(String(answer.status));
      before.at = video.currentTime;
      if (answer.status === 200) asked(await answer.json());
    } catch {
      // Nobody knows whether it arrived: it is told again, and what was told twice counts once.
      untold = merged([...told, ...untold]);
      again = setTimeout(tell, AGAIN_MS);
    } finally { under = false; }
  };

  video.addEventListener("loadedmetadata", () => { if (before.at > 1 && before.at < video.duration - 1 && video.currentTime < 1) video.currentTime = before.at; paint(); }, { once: true });
  if (video.readyState >= HTMLMediaElement.HAVE_METADATA) video.dispatchEvent(new Event("loadedmetadata"));
  video.addEventListener("timeupdate", step);
  video.addEventListener("seeking", close);
  video.addEventListener("playing", () => begin(video.currentTime));
  video.addEventListener("pause", () => { if (!video.seeking && from !== null && ran(video.currentTime)) to = video.currentTime; tell(); });
  video.addEventListener("ended", () => { if (from !== null) to = video.duration; tell(); });
  video.addEventListener("ratechange", () => { speed.select.value = String(video.playbackRate); });
  setInterval(() => { if (!video.paused || untold.length > 0) tell(); }, EVERY_MS);
  addEventListener("online", () => tell());
  document.addEventListener("visibilitychange", () => { if (document.hidden) tell({ leaving: true }); });
  addEventListener("pagehide", () => tell({ leaving: true }));

  const go = (by) => { video.currentTime = Math.min(video.duration || 0, Math.max(0, video.currentTime + by)); };
  const loud = (by) => { video.volume = Math.min(1, Math.max(0, video.volume + by)); };
  const faster = (by) => { const at = SPEEDS.indexOf(video.playbackRate); video.playbackRate = SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, (at < 0 ? 1 : at) + by))]; };
  const acts = {
    // The space bar is the browser's own, also where its default is prevented: ours would take back what it did.
    k: () => (video.paused ? video.play() : video.pause()),
    ArrowLeft: () => go(-5), ArrowRight: () => go(5), j: () => go(-10), l: () => go(10), ArrowUp: () => loud(0.1), ArrowDown: () => loud(-0.1),
    "<": () => faster(-1), ">": () => faster(1), m: () => { video.muted = !video.muted; },
    c: () => { if (captions) show(captions.select.value === "" ? "0" : ""); },
    f: () => (document.fullscreenElement ? document.exitFullscreen() : video.requestFullscreen()),
  };
  video.addEventListener("keydown", (event) => {
    const act = acts[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  });
};

document.querySelectorAll(".prose :is(video, audio)").forEach(film);
