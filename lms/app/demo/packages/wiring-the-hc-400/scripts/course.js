/* Leads through the screens: fetches them all at the start, shows one, and keeps the place after every step. */
(function () {
  "use strict";

  var PAGES = ["1-before-you-start", "2-two-rows", "3-supply", "4-sensors", "5-relays", "6-pressure", "7-network", "8-check"];

  var tracking = window.tracking;
  var screen = document.getElementById("screen");
  var saved = document.getElementById("saved");
  var back = document.getElementById("back");
  var next = document.getElementById("next");
  var connected = tracking.open();
  var state = Object.assign({ seen: [], answers: {}, best: 0, marked: false }, tracking.restored());
  var screens = [];
  var at = Math.max(0, PAGES.indexOf(tracking.place()));

  function isDone() { return state.best >= window.check.PASS_PERCENT; }

  function keep() {
    var kept = tracking.keep(PAGES[at], state);
    saved.dataset.is = connected && kept ? "kept" : "open";
    if (!connected) {
      saved.textContent = "Preview: nothing is kept";
    } else {
      saved.textContent = kept ? "Saved" : "Not saved yet. It is tried again with your next step.";
    }
  }

  function drawSteps() {
    var list = document.getElementById("steps");
    list.textContent = "";
    screens.forEach(function (page, number) {
      var entry = document.createElement("li");
      var button = document.createElement("button");
      var seen = state.seen.indexOf(PAGES[number]) >= 0;
      button.type = "button";
      button.textContent = String(number + 1);
      button.setAttribute("aria-label", "Screen " + (number + 1) + ": " + page.title + (seen ? ", seen" : ""));
      if (seen) { button.dataset.is = "seen"; }
      if (number === at) { button.setAttribute("aria-current", "step"); }
      button.addEventListener("click", function () { go(number, true); });
      entry.appendChild(button);
      list.appendChild(entry);
    });
    document.getElementById("place").textContent = (at + 1) + " of " + screens.length;
    back.disabled = at === 0;
    next.hidden = at === screens.length - 1;
  }

  function go(number, move) {
    at = number;
    if (state.seen.indexOf(PAGES[at]) < 0) { state.seen.push(PAGES[at]); }
    screen.replaceChildren.apply(screen, Array.prototype.map.call(screens[at].nodes, function (node) { return node.cloneNode(true); }));
    document.title = screens[at].title + " · Wiring the HC-400";
    var form = screen.querySelector("#check");
    if (form) {
      window.check.start(form, state, keep, function (percent, passed) { tracking.score(percent, passed); keep(); });
    }
    drawSteps();
    keep();
    if (move) {
      window.scrollTo(0, 0);
      screen.focus({ preventScroll: true });
    }
  }

  /** Addresses in a page are relative to its folder; here they stand one floor higher. */
  function parsed(text) {
    var page = new DOMParser().parseFromString(text, "text/html");
    var main = page.querySelector("main");
    Array.prototype.forEach.call(main.querySelectorAll("img"), function (picture) {
      picture.setAttribute("src", picture.getAttribute("src").replace("../", ""));
    });
    return { title: main.querySelector("h1").textContent, nodes: main.childNodes };
  }

  function load() {
    return Promise.all(PAGES.map(function (name) {
      return fetch("pages/" + name + ".html").then(function (answer) {
        if (!answer.ok) { throw new Error(name + ": " + answer.status); }
        return answer.text();
      });
    })).then(function (texts) {
      screens = texts.map(parsed);
      go(at, false);
    }).catch(function (error) {
      var said = document.createElement("p");
      var retry = document.createElement("button");
      said.setAttribute("role", "alert");
      said.textContent = "The screens could not be loaded (" + error.message + "). ";
      retry.type = "button";
      retry.className = "button";
      retry.textContent = "Try again";
      retry.addEventListener("click", load);
      screen.replaceChildren(said, retry);
    });
  }

  back.addEventListener("click", function () { if (at > 0) { go(at - 1, true); } });
  next.addEventListener("click", function () { if (at < screens.length - 1) { go(at + 1, true); } });
  window.addEventListener("pagehide", function () { tracking.close(PAGES[at], state, isDone()); });
  load();
}());
