"""Plays a script of ADL's suite over the rules alone, as the player does: content is committed, then it leaves."""

from dataclasses import dataclass, field
from random import Random

from lms.packages.rules import scorm2004 as rules
from lms.packages.rules.sequencing import navigate, opening, report, told, ways
from lms.packages.values import ScoTracking
from lms.packages.values.scorm2004 import Mode, SequencedManifest, parse_duration
from lms.packages.values.sequencing import Control, CourseState, Facts, Node, Request, RequestKind, Ways
from tests.interop.adl2004 import Command, Script, Visit

CHANCE = Random(7)  # noqa: S311 - shuffles lessons, guards nothing


@dataclass
class Learner:
    """Where a learner stands in one package."""

    manifest: SequencedManifest
    state: CourseState = field(default_factory=CourseState)
    trackings: dict[str, ScoTracking] = field(default_factory=dict)
    at: Node | None = None
    entry: str = ""
    set_here: dict[str, str] = field(default_factory=dict)
    found: dict[str, str] = field(default_factory=dict)
    ended: bool = False
    refusal: str = ""

    def node(self, title: str) -> Node:
        """Return an activity by what the script calls it."""
        if "root of" in title:
            return self.manifest.tree
        return next(node for node in self.manifest.tree.walk() if node.title.strip() == title.strip())

    def ask(self, request: Request) -> None:
        """Make a navigation request, and open what is delivered."""
        outcome = navigate(self.manifest.tree, self.state, request, chance=CHANCE, scope=self.manifest.scope)
        self.state, self.ended, self.refusal = outcome.state, outcome.ended, outcome.refusal
        self.at = None
        if outcome.deliver:
            self._open(outcome.deliver, is_new=outcome.is_new_attempt)

    def _open(self, item: str, *, is_new: bool) -> None:
        node = next(one for one in self.manifest.tree.walk() if one.identifier == item)
        before = None if is_new else self.trackings.get(item)
        entry = rules.entry_of(before, is_new_attempt=is_new)
        known = told(self.manifest.tree, self.state, item)
        tracking = rules.refresh(node, rules.begin(before or ScoTracking({})), known)
        self.trackings[item] = tracking
        self.at, self.set_here = node, {}
        self.found = rules.elements_at_launch(
            node,
            tracking,
            known,
            self.state.stores,
            entry=entry,
            mode=Mode.NORMAL,
            learner=("learner", "Learner"),
        )

    def launch(self) -> None:
        """Open the package: resume what was suspended, else start."""
        if self.state.current is not None:
            self.ask(Request(RequestKind.SUSPEND_ALL))
        self.ended = False
        self.ask(opening(self.manifest.tree, self.state))

    def run(self, visit: Visit, troubles: list[str]) -> None:
        """Do what the content of a visit does, and then what the learner does."""
        assert self.at is not None
        self._answer(visit, troubles)
        for command in visit.commands:
            self._call(command, troubles)
        asked = rules.request_of(self.set_here.pop("adl.nav.request", ""))
        clean = rules.validate_commit(self.set_here)
        item = self.at.identifier
        tracking = rules.commit(self.trackings[item], clean, is_last=True)
        self.trackings[item] = tracking
        self.state = report(
            self.manifest.tree,
            self.state,
            item,
            rules.reported(self.at, tracking.elements),
            stores=rules.stored(self.at, clean),
        )
        self._move(visit, rules.request_by_exit(tracking) or self._wanted(visit) or asked)

    def _move(self, visit: Visit, request: Request | None) -> None:
        if request:
            self.ask(request)
        if "elaunch" in visit.then or visit.then in {"ContinueExitCM8", "ExitCM09ba", "SuspendCM09ca"}:
            self.launch()
        if visit.then == "RelaunchCM10":
            self.ask(Request(RequestKind.CHOICE, self.node("Activity 4").identifier))

    def _wanted(self, visit: Visit) -> Request | None:
        """Return what the learner does by our page's controls; leaving the package suspends it."""
        kind, _sign, title = visit.then.partition("~")
        if kind in {"Choice", "ChoiceExit"}:
            return Request(RequestKind.CHOICE, self.node(title).identifier)
        known = {
            "Continue": RequestKind.CONTINUE,
            "ContinueExitCM8": RequestKind.CONTINUE,
            "Previous": RequestKind.PREVIOUS,
            "TRIGExitAll": RequestKind.EXIT_ALL,
            "SuspendCM09ca": RequestKind.SUSPEND_ALL,
            "ExitCM09ba": RequestKind.EXIT_ALL,
            "RelaunchCM11": RequestKind.EXIT_ALL,
        }
        return Request(known[kind]) if kind in known else None

    def _value(self, element: str) -> str | None:
        default = "unknown" if element.endswith(("success_status", "completion_status")) else None
        return self.set_here.get(element, self.found.get(element, default))

    def _resolve(self, element: str) -> str:
        """Return an element with the index of the objective, or shared data, that stands in it by name."""
        parts = element.split(".")
        for at, part in enumerate(parts):
            if part.startswith("&") and part.endswith("&"):
                base = ".".join(parts[:at])
                everything = {**self.found, **self.set_here}
                index = next(
                    (
                        name[len(base) + 1 :].partition(".")[0]
                        for name, value in everything.items()
                        if name.startswith(base) and name.endswith(".id") and value == part.strip("&")
                    ),
                    "?",
                )
                parts[at] = index
        return ".".join(parts)

    def _call(self, command: Command, troubles: list[str]) -> None:
        element = self._resolve(command.element)
        if command.call == "SET":
            if command.error == "0":
                self.set_here[element] = command.sent
        elif command.call == "GET":
            got = self._get(element)
            if command.error == "403":
                if got not in {None, ""}:
                    troubles.append(f"{command.element} should be unknown, is {got!r}")
            elif command.error == "0" and command.value and not _same(got, command.value):
                troubles.append(f"{command.element} should be {command.value!r}, is {got!r}")
            elif command.error == "0" and element.endswith("?.id"):
                troubles.append(f"{command.element} is not there")

    def _get(self, element: str) -> str | None:
        if element.startswith("adl.nav.request_valid."):
            now = ways(self.manifest.tree, self.state)
            rest = element.removeprefix("adl.nav.request_valid.")
            target = rest.partition("{target=")[2].rstrip("}")
            valid = {
                "continue": now.continues,
                "previous": now.goes_back,
                "choice": target in now.choices,
                "jump": target in now.jumps,
            }[rest.partition(".")[0]]
            return "true" if valid else "false"
        if element.endswith("._count"):
            base = element.removesuffix("_count")
            everything = {**self.found, **self.set_here}
            return str(
                len({name[len(base) :].partition(".")[0] for name in everything if name.startswith(base)})
            )
        return self._value(element)

    def _answer(self, visit: Visit, troubles: list[str]) -> None:
        now = ways(self.manifest.tree, self.state)
        for asked, answer in zip(visit.asked, visit.answers, strict=True):
            if asked == "click.button":
                continue
            if (got := self._seen(asked, now)) != (answer == "Y"):
                troubles.append(f"{asked}: {'seen' if got else 'not seen'}, not as expected")

    def _seen(self, asked: str, now: Ways) -> bool:
        assert self.at is not None
        what, _sign, title = asked.partition("@")
        control = {"continue": Control.CONTINUE, "previous": Control.PREVIOUS}.get(what.partition(".")[0])
        if control:
            if what.endswith("enabled"):
                return control in now.offered
            return control not in now.offered
        if what == "toc.enabled":
            return any(entry.selectable and not entry.current for entry in now.menu)
        if what == "ui.visible":
            found = next(one for one in Control if one.value.lower() == title.replace(" ", "").lower())
            return found not in self.at.hides
        entry = next((one for one in now.menu if one.identifier == self.node(title).identifier), None)
        return entry is not None and (what == "toc.visible" or entry.selectable)


def _same(got: str | None, expected: str) -> bool:
    if got == expected:
        return True
    if expected.startswith("P"):
        return parse_duration(got or "") == parse_duration(expected)
    try:
        return float(got or "") == float(expected)
    except ValueError:
        return False


def play(manifest: SequencedManifest, script: Script, shared: dict[str, Facts]) -> list[str]:
    """Return what went otherwise than the script says, empty if nothing did.

    ``shared`` is what the learner's other packages left in objectives of the whole system.
    """
    known = dict(shared) if manifest.scope.keeps_objectives else {}
    learner = Learner(manifest, CourseState(objectives=known))
    troubles: list[str] = []
    found = _play(learner, script, troubles)
    if manifest.scope.keeps_objectives:
        shared |= learner.state.objectives
    return found


def _play(learner: Learner, script: Script, troubles: list[str]) -> list[str]:
    learner.launch()
    manifest = learner.manifest
    if learner.at is None and script.start:
        learner.ask(Request(RequestKind.CHOICE, learner.node(script.start).identifier))
    for at, visit in enumerate(script.visits):
        if learner.at is None:
            return [
                *troubles,
                f"visit {at}: activity {visit.activity} expected, nothing delivered ({learner.refusal or 'ended'})",
            ]
        if learner.node(f"Activity {visit.activity}") is not learner.at:
            return [
                *troubles,
                f"visit {at}: activity {visit.activity} expected, {learner.at.title} delivered",
            ]
        learner.run(visit, troubles)
        if visit.then == "RootSX4b":
            learner.ask(Request(RequestKind.CHOICE, manifest.tree.identifier))
    return troubles
