"""What assignments offer below: the kind of activity, its part of the player, its work in the marking queue."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import render_template, url_for
from flask_babel import gettext as _

from lms.courses import policy
from lms.courses.assignments import formats, rules
from lms.courses.assignments.queries import handed
from lms.courses.assignments.rules import written
from lms.courses.assignments.service import erasing, handing_in, recording
from lms.courses.assignments.values import KIND, Assignment, Draft, HandIn
from lms.courses.formats.render import render
from lms.courses.values import Activity, ActivityId, CompletionRule, EnrolmentId, RuleKind
from lms.courses.values.marking import HandInId, Judgement, Rubric, Work, endings
from lms.courses.values.written import Entries, Fault, WrittenForm
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel import clock
from lms.kernel.actor import current
from lms.web import complaints
from lms.web.context import oem_zone
from lms.web.words import lazy as _l


class WrittenAssignment:
    """How an assignment is a file of a course."""

    keys: Sequence[str] = written.KEYS

    def write(self, config: Mapping[str, Any]) -> tuple[Entries, str]:
        """Return the entries of the front matter, and the task."""
        return written.write(config)

    def read(self, entries: Entries, body: str) -> tuple[Mapping[str, Any], Sequence[Fault]]:
        """Return what the entries and the task say, and what is wrong with them."""
        return written.read(entries, body)

    def merged(self, held: Mapping[str, Any], read: Mapping[str, Any], language: str) -> Mapping[str, Any]:
        """Return what an activity keeps once a file was read into it: who marks stays."""
        new = rules.assignment_of({**read, "markers": held.get("markers", ())})
        return rules.config_of(replace(new, task_html=render(new.task, language=language)))


class AssignmentKind:
    """An assignment as an activity of a course; its config is what `rules.config_of` writes."""

    key = KIND
    label = _l("Assignment")
    icon = "clipboard"
    is_graded = True
    activity_type = "http://id.tincanapi.com/activitytype/school-assignment"
    rules: Sequence[CompletionRule] = (CompletionRule(RuleKind.MARKED),)
    written: WrittenForm | None = WrittenAssignment()

    def noun(self, config: Mapping[str, Any]) -> str:  # noqa: ARG002  the Protocol's shape
        """Return what it is to a learner."""
        return _("Assignment")

    def play_url(self, activity: Activity, enrolment_id: EnrolmentId | None) -> str | None:  # noqa: ARG002
        """Return None: it stands in the player itself."""
        return None

    def problems(self, config: Mapping[str, Any]) -> Sequence[str]:
        """Return what keeps it from being published."""
        assignment = rules.assignment_of(config)
        found = []
        if not assignment.task.strip():
            found.append(_("The assignment has no task yet."))
        if not assignment.rubric.most:
            found.append(_("The assignment has no rubric yet."))
        return found

    def edit_url(self, activity: Activity) -> str | None:
        """Return where it is set up."""
        return url_for("assignments.edit", course_id=activity.course_id, key=activity.key)


class AssignmentWork:
    """Work that was handed in, in the marking queue."""

    key = KIND
    label = _l("Assignment")
    icon = "clipboard"

    def show(self, work: Work) -> str:
        """Return what was handed in, and what was before it."""
        now = clock.now()
        hand_in = handed.find_hand_in(HandInId(work.ref), now)
        if hand_in is None:
            return ""
        before = handed.list_before(hand_in, now)
        return render_template(
            "assignments/_work.html",
            one=hand_in,
            before=before,
            assignment=_asked(work),
            names=_names([hand_in, *before]),
            rubrics=_rubrics([hand_in, *before]),
            is_picture=formats.is_picture,
            is_shown=formats.is_shown,
        )

    def rubric(self, work: Work) -> Rubric:
        """Return the rubric of the version in which it was handed in."""
        return _asked(work).rubric

    def may_return(self, work: Work) -> bool:
        """Return whether it may come once more."""
        number = handed.find_number(HandInId(work.ref))
        return number is not None and rules.may_hand_in_again(_asked(work).again, number)

    def record(self, work: Work, judgement: Judgement) -> None:
        """Have learning take it."""
        recording.record(work, judgement)

    def url(self, work: Work) -> str:
        """Return its page in the player."""
        found = handed.find_page(work.enrolment_id, work.activity_id)
        return f"/learn/{found[0]}/{found[1]}" if found else "/learn"

    def shows(self, work: Work) -> bool:
        """Return that whose it is always reads it."""
        del work
        return True


def _asked(work: Work) -> Assignment:
    return rules.assignment_of(handed.get_activity(work.activity_id).config)


def _names(hand_ins: Sequence[HandIn]) -> Mapping[PersonId, Any]:
    return identity.list_people(
        {mark.marked_by for one in hand_ins for mark in one.marks if mark.marked_by is not None}
    )


def _rubrics(hand_ins: Sequence[HandIn]) -> Mapping[ActivityId, Rubric]:
    configs = handed.configs_of({one.activity_id for one in hand_ins if one.marks})
    return {activity_id: rules.assignment_of(config).rubric for activity_id, config in configs.items()}


def player_activity(activity: Activity, enrolment_id: EnrolmentId | None, completed: bool) -> str | None:  # noqa: FBT001
    """Return an assignment with the reader's draft and everything they handed in; None for any other activity."""
    if activity.kind != KIND:
        return None
    person_id, now = current().person_id, clock.now()
    assignment = rules.assignment_of(activity.config)
    learns = enrolment_id is not None and person_id is not None and policy.may_learn(current())
    own = handed.list_own(PersonId(person_id), activity.key, now) if learns and person_id else ()
    here = [one for one in own if one.enrolment_id == enrolment_id]
    outcome = here[-1].outcome if here else None
    return render_template(
        "assignments/_player.html",
        activity=activity,
        asked=assignment,
        own=own,
        names=_names(own),
        rubrics=_rubrics(own),
        state=rules.state_of(
            outcome, handed_in=bool(here), is_being_marked=bool(here) and here[-1].is_being_marked
        ).value,
        refusal=rules.why_not_hand_in(assignment.again, [one.outcome for one in here]),
        left=None if assignment.again is None else 1 + assignment.again - len(here),
        draft=_draft(enrolment_id, activity, here) if learns and enrolment_id else None,
        due=_due(assignment, enrolment_id),
        today=clock.today(oem_zone()),
        endings=endings(assignment.kinds),
        most_text=handing_in.TEXT_LENGTH,
        is_picture=formats.is_picture,
        is_shown=formats.is_shown,
        completed=completed,
        wrong=complaints.take(activity.id) if learns else {},
    )


def _draft(enrolment_id: EnrolmentId, activity: Activity, here: Sequence[HandIn]) -> Draft:
    """Return the draft; one that was not begun since the last time begins with the text of then."""
    draft = handed.find_draft(enrolment_id, activity.key)
    if here and here[-1].draft_revision + 1 == draft.revision:
        return Draft(text=here[-1].text, revision=draft.revision, saved_at=None, files=draft.files)
    return draft


def _due(assignment: Assignment, enrolment_id: EnrolmentId | None) -> Any:
    enrolled_at = handed.find_enrolled_at(enrolment_id) if enrolment_id and assignment.due_days else None
    return (
        rules.due_on(assignment, enrolled_at or clock.now(), oem_zone())
        if enrolment_id
        else assignment.due_on
    )


class AssignmentData:
    """A person's drafts, what they handed in, and what was said about it."""

    name = "assignments"

    def export(self, person_id: UUID) -> Mapping[str, Any]:
        """Return it as JSON values."""
        return handed.export_person(PersonId(person_id), clock.now())

    def erase(self, person_id: UUID) -> None:
        """Delete texts, files and words; that something was handed in and what was decided stays as proof."""
        erasing.erase_person(PersonId(person_id), clock.now())
