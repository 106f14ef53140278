// The content origin's side of a SCORM 2004 package: gives each item its API, sends what it commits to the portal, and opens
// what the portal delivers. It runs where packages run, so nothing here is trusted by the portal; see sequenced.js.
import { Scorm2004API } from "scorm-again/scorm2004";

const portal = document.documentElement.dataset.portal;
const stage = document.getElementById("stage");
const VALID = "adl.nav.request_valid.";
const ALWAYS = new Set(["exit", "exitAll", "abandon", "abandonAll", "suspendAll"]);
// What is told of an item that it has not touched is not said again: it is not the item's own word.
const OWN_WORD = /^(cmi\.(completion_status|success_status|progress_measure|score\..*)|cmi\.objectives\.\d+\.(?!id$).*|adl\.data\.\d+\.store)$/;

let port = null;
let api = null;
let ways = { continues: false, goes_back: false, choices: [], jumps: [] };

class Api extends Scorm2004API {
  constructor(delivery) {
    super({ autocommit: true, autocommitSeconds: 2, dataCommitFormat: "flattened", logLevel: 5, autoProgress: false });
    this.said = new Set();
    this.loadFromFlattenedJSON(delivery.elements, "");
    this.adl.restoreSharedDataSnapshot(delivery.kept);
    this.adl.configureSharedDataMaps(delivery.stores.map((store) => ({ targetID: store.target, readSharedData: store.readable, writeSharedData: store.writable })));
  }

  lmsGetValue(element) {
    const value = super.lmsGetValue(element);
    if (!String(element).startsWith(VALID) || !this.isInitialized()) return value;
    const [, request, target] = String(element).match(/^adl\.nav\.request_valid\.(\w+)(?:\.\{target=([^{}]+)\})?$/) ?? [];
    const valid = { continue: ways.continues, previous: ways.goes_back, choice: ways.choices.includes(target), jump: ways.jumps.includes(target) }[request];
    if (valid === undefined && !ALWAYS.has(request)) return value;
    this.lastErrorCode = "0";
    return String(valid ?? true);
  }

  lmsSetValue(element, value) {
    const result = super.lmsSetValue(element, value);
    if (result === "true") this.said.add(String(element));
    return result;
  }

  // In place of the library's own HTTP, which would leave from here without the learner's session.
  storeData(terminates) {
    if (this === api) port.postMessage({ type: "commit", last: Boolean(terminates), elements: this.spoken(), navigation: terminates ? this.adl.nav.request : "" });
    return { result: "true", errorCode: 0 };
  }

  /** Return what the item has to say: all that is its own, and of the rest what it set. */
  spoken() {
    const flat = {};
    const walk = (value, path) => {
      if (value !== null && typeof value === "object") {
        for (const [name, inner] of Object.entries(value)) walk(inner, `${path}.${name}`);
      } else if ((typeof value === "string" || typeof value === "number") && (!OWN_WORD.test(path) || this.said.has(path))) flat[path] = value;
    };
    walk(JSON.parse(JSON.stringify(this.cmi)), "cmi");
    for (const [index, data] of this.adl.data.childArray.entries()) {
      if (this.said.has(`adl.data.${index}.store`)) flat[`adl.data.${index}.store`] = data.storeValue;
    }
    return flat;
  }

  /** Say what there is to say, if the item has begun and not ended. */
  commitNow() {
    if (this.isInitialized()) this.lmsCommit("");
  }

  /** End the session, if the item did not end it itself. */
  end() {
    if (this.isInitialized()) this.lmsFinish("");
  }
}

const deliver = (delivery) => {
  api = delivery.is_sco ? new Api(delivery) : null;
  if (api) window.API_1484_11 = api;
  else delete window.API_1484_11;
  stage.src = new URL(delivery.launch, new URL("../", location.href)).href;
};

/** Take the item away: its own handlers run first, then it is ended. */
const leave = () => {
  const ended = () => {
    const spoke = Boolean(api) && !api.isNotInitialized();
    api?.end();
    api = null;
    port.postMessage({ type: "left", spoke });
  };
  stage.addEventListener("load", ended, { once: true });
  stage.src = "about:blank";
};

addEventListener("message", (event) => {
  if (event.origin !== portal || event.source !== parent || event.data?.type !== "guildhall:begin" || port) return;
  clearInterval(calling);
  [port] = event.ports;
  port.onmessage = ({ data }) => {
    if (data.type === "deliver") deliver(data);
    else if (data.type === "commit") { api?.commitNow(); port.postMessage({ type: "committed" }); }
    else if (data.type === "leave") leave();
    else if (data.type === "ways") ({ ways } = data);
  };
});

// Before the page may go, while the page around still hears: what is said as it goes may come too late.
addEventListener("beforeunload", () => api?.commitNow());
document.addEventListener("visibilitychange", () => { if (document.hidden) api?.commitNow(); });
addEventListener("pagehide", () => api?.end());

// The page around may still be waking up: it answers the first call that it hears.
const call = () => parent.postMessage("guildhall:ready", portal);
const calling = setInterval(call, 150);
call();
