/* What this exercise tells the system it is played in: SCORM 1.2, through the API object a parent window offers.
   Without such an object it still runs; nothing is kept then, and `connected` says so. */
(function () {
  "use strict";

  var DEPTH_AT_MOST = 12;
  var SUSPEND_CHARACTERS_AT_MOST = 4096;

  function apiIn(start) {
    var here = start;
    for (var depth = 0; here && depth < DEPTH_AT_MOST; depth += 1) {
      try {
        if (here.API) { return here.API; }
      } catch (elsewhere) {
        return null; // a window of another origin: nothing above it can be ours
      }
      if (here.parent === here) { return null; }
      here = here.parent;
    }
    return null;
  }

  function findApi() {
    var found = apiIn(window);
    if (!found && window.opener) { found = apiIn(window.opener); }
    return found;
  }

  function two(number) { return (number < 10 ? "0" : "") + number; }

  /** Seconds as the standard writes them: HHHH:MM:SS.SS. */
  function timespan(seconds) {
    var hundredths = Math.round(seconds * 100);
    var whole = Math.floor(hundredths / 100);
    var hours = Math.min(Math.floor(whole / 3600), 9999);
    return ("000" + hours).slice(-4) + ":" + two(Math.floor(whole / 60) % 60) + ":" + two(whole % 60) + "." + two(hundredths % 100);
  }

  var api = null;
  var connected = false;
  var finished = false;
  var counts = true;
  var startedAt = performance.now();

  function get(name) { return connected ? String(api.LMSGetValue(name)) : ""; }

  function set(name, value) { return !connected || String(api.LMSSetValue(name, String(value))) === "true"; }

  function open() {
    api = findApi();
    connected = Boolean(api) && String(api.LMSInitialize("")) === "true";
    counts = get("cmi.core.lesson_mode") !== "browse" && get("cmi.core.lesson_mode") !== "review";
    if (connected && counts && /^(not attempted|unknown|)$/.test(get("cmi.core.lesson_status"))) {
      set("cmi.core.lesson_status", "incomplete");
    }
    return connected;
  }

  function restored() {
    try {
      return JSON.parse(get("cmi.suspend_data") || "{}") || {};
    } catch (unreadable) {
      return {}; // written by an older edition: begin anew, the score of the system stays
    }
  }

  /** Keep place and answers; true if the system says that it has them, or if there is no system. */
  function keep(place, state) {
    if (!connected || finished) { return !connected; }
    var written = JSON.stringify(state);
    var fits = written.length <= SUSPEND_CHARACTERS_AT_MOST;
    var kept = set("cmi.core.lesson_location", place) && fits && set("cmi.suspend_data", written);
    kept = set("cmi.core.session_time", timespan((performance.now() - startedAt) / 1000)) && kept;
    return String(api.LMSCommit("")) === "true" && kept;
  }

  /** Tell a score out of 100. A result once passed is not taken back. */
  function score(percent, passed) {
    if (!connected || !counts || finished) { return; }
    set("cmi.core.score.min", 0);
    set("cmi.core.score.max", 100);
    set("cmi.core.score.raw", percent);
    if (passed || get("cmi.core.lesson_status") !== "passed") {
      set("cmi.core.lesson_status", passed ? "passed" : "failed");
    }
  }

  function close(place, state, isDone) {
    if (!connected || finished) { return; }
    set("cmi.core.exit", isDone ? "" : "suspend");
    keep(place, state);
    finished = true;
    api.LMSFinish("");
  }

  window.tracking = {
    open: open,
    place: function () { return get("cmi.core.lesson_location"); },
    restored: restored,
    keep: keep,
    score: score,
    close: close
  };
}());
