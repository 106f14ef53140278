/* The five questions of the last screen: marks them, says why, and keeps what was chosen. */
(function () {
  "use strict";

  var PASS_PERCENT = 80;

  function each(list, act) { Array.prototype.forEach.call(list, act); }

  /**
   * Bring the form to life. `state.answers` holds what was chosen before, `state.best` the best result in per cent;
   * `changed` is called after every choice and `marked` with the best result after every marking.
   */
  function start(form, state, changed, marked) {
    var questions = form.querySelectorAll("fieldset[data-question]");
    var missing = form.querySelector("#missing");
    var result = form.querySelector("#result");
    var again = form.querySelector("#again");
    var submit = form.querySelector("[type=submit]");

    function chosenIn(question) { return question.querySelector("input:checked"); }

    function say(question) {
      var chosen = chosenIn(question);
      var right = Boolean(chosen) && chosen.value === question.dataset.right;
      var why = question.querySelector(".why");
      question.dataset.is = right ? "right" : "wrong";
      if (!why.dataset.text) { why.dataset.text = why.textContent; }
      why.textContent = (right ? "✓ Right. " : "✗ Not right. ") + why.dataset.text;
      why.hidden = false;
      each(question.querySelectorAll("input"), function (input) { input.disabled = true; });
      return right;
    }

    function show(percent) {
      var text = percent + " %. ";
      text += percent >= PASS_PERCENT ? "Passed." : "Four of five are needed; look at the reasons and try again.";
      if (state.best > percent) { text += " Your best result stays at " + state.best + " %."; }
      result.textContent = text;
      submit.hidden = true;
      again.hidden = percent === 100;
    }

    function mark() {
      var right = 0;
      each(questions, function (question) { right += say(question) ? 1 : 0; });
      return Math.round(100 * right / questions.length);
    }

    each(questions, function (question) {
      each(question.querySelectorAll("input"), function (input) {
        input.checked = state.answers[question.dataset.question] === input.value;
      });
    });

    form.addEventListener("change", function (event) {
      state.answers[event.target.name] = event.target.value;
      missing.textContent = "";
      changed();
    });

    form.addEventListener("submit", function (event) {
      event.preventDefault();
      var open = Array.prototype.filter.call(questions, function (question) { return !chosenIn(question); });
      if (open.length) {
        missing.textContent = open.length === 1 ? "One question has no answer yet." : open.length + " questions have no answer yet.";
        open[0].querySelector("input").focus();
        return;
      }
      var percent = mark();
      state.best = Math.max(state.best, percent);
      state.marked = true;
      show(percent);
      marked(state.best, state.best >= PASS_PERCENT);
      result.focus();
    });

    again.addEventListener("click", function () {
      state.answers = {};
      state.marked = false;
      each(questions, function (question) {
        delete question.dataset.is;
        question.querySelector(".why").hidden = true;
        each(question.querySelectorAll("input"), function (input) { input.disabled = false; input.checked = false; });
      });
      result.textContent = "";
      submit.hidden = false;
      again.hidden = true;
      changed();
      questions[0].querySelector("input").focus();
    });

    if (state.marked) { show(mark()); }
  }

  window.check = { start: start, PASS_PERCENT: PASS_PERCENT };
}());
