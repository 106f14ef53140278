// The content origin's side of a package: gives the SCO its SCORM 1.2 API and sends what it commits to the portal.
// It runs where packages run, so nothing here is trusted by the portal; see package.js.
import { Scorm12API } from "scorm-again/scorm12";

const portal = document.documentElement.dataset.portal;
const stage = document.getElementById("stage");

class Api extends Scorm12API {
  constructor(port) {
    super({ autocommit: true, autocommitSeconds: 2, dataCommitFormat: "flattened", logLevel: 5, mastery_override: false });
    this.port = port;
  }

  // In place of the library's own HTTP, which would leave from here without the learner's session.
  processCommitData(terminates) {
    this.port.postMessage({ type: "commit", last: Boolean(terminates), elements: this.getFlattenedCMI() });
    return { result: "true", errorCode: 0 };
  }

  getFlattenedCMI() {
    const flat = {};
    const walk = (value, path) => {
      if (value !== null && typeof value === "object") {
        for (const [name, inner] of Object.entries(value)) walk(inner, `${path}.${name}`);
      } else if (typeof value === "string" || typeof value === "number") flat[path] = value;
    };
    walk(this.renderCMIToJSONObject().cmi, "cmi");
    return flat;
  }
}

/** Take the lesson away: its own handlers run first, then it is ended. */
const leave = (api, port) => {
  stage.addEventListener("load", () => {
    if (api?.isInitialized()) api.LMSFinish("");
    port.postMessage({ type: "left" });
  }, { once: true });
  stage.src = "about:blank";
};

addEventListener("message", (event) => {
  if (event.origin !== portal || event.source !== parent || event.data?.type !== "guildhall:begin") return;
  clearInterval(calling);
  const { href, kind, elements } = event.data;
  const [port] = event.ports;
  const api = kind === "sco" ? new Api(port) : null;
  const commit = () => { if (api?.isInitialized()) api.LMSCommit(""); };
  port.onmessage = ({ data }) => {
    if (data.type === "commit") { commit(); port.postMessage({ type: "committed" }); } else if (data.type === "leave") leave(api, port);
  };
  if (api) {
    api.loadFromFlattenedJSON(elements, "");
    window.API = api;
    // Before the page may go, while the page around still hears: what is said as it goes may come too late.
    addEventListener("beforeunload", commit);
    document.addEventListener("visibilitychange", () => { if (document.hidden) commit(); });
    addEventListener("pagehide", () => { if (api.isInitialized()) api.LMSFinish(""); });
  }
  stage.src = new URL(href, new URL("../", location.href)).href;
});

// The page around may still be waking up, or sending what was left before: it answers as soon as it can.
const call = () => parent.postMessage("guildhall:ready", portal);
const calling = setInterval(call, 150);
call();
