"""Statements as sources send them: people who answer the questions of courses, 900 bytes each."""

import json
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

PEOPLE: Final = 5000
COURSES: Final = 200
QUESTIONS: Final = 20
_BEGAN: Final = datetime(2026, 3, 2, 8, tzinfo=UTC)
_VERBS: Final = ("answered", "answered", "answered", "answered", "experienced", "completed", "passed")
_ADL: Final = "http://adlnet.gov/expapi"
_ANSWERS: Final = (
    "lower-the-suction-pressure",
    "check-the-superheat-first",
    "charge-until-the-glass-is-clear",
    "close-the-liquid-line-valve",
)


def batches(size: int, *, seed: int) -> Iterator[bytes]:
    """Yield bodies of `size` statements each, without end, other ones for another seed."""
    chance = random.Random(seed)  # noqa: S311  to be repeated, not to be secret
    number = 0
    while True:
        found = [statement(chance, number + one) for one in range(size)]
        number += size
        yield json.dumps(found if size > 1 else found[0], separators=(",", ":")).encode()


def ready(count: int, size: int, *, seed: int) -> Sequence[bytes]:
    """Return `count` bodies, made before anything is measured."""
    made = batches(size, seed=seed)
    return [next(made) for _one in range(count)]


def statement(chance: random.Random, number: int) -> dict[str, Any]:
    """Return somebody's answer to a question."""
    person = chance.randrange(PEOPLE)
    course = (person * 7 + chance.randrange(4)) % COURSES  # everybody is in four
    question, verb = chance.randrange(QUESTIONS), chance.choice(_VERBS)
    right = chance.random() < 0.8  # noqa: PLR2004  most people know most of it
    at = _BEGAN + timedelta(seconds=number)
    return {
        "id": str(UUID(int=chance.getrandbits(128), version=4)),
        "actor": {
            "objectType": "Agent",
            "name": f"Person {person}",
            "account": {"homePage": "https://training.example.com", "name": f"p-{person:06}"},
        },
        "verb": {"id": f"{_ADL}/verbs/{verb}", "display": {"en": verb}},
        "object": {
            "objectType": "Activity",
            "id": activity(course, question),
            "definition": {
                "type": f"{_ADL}/activities/cmi.interaction",
                "name": {"en": f"Question {question} of course {course}"},
                "interactionType": "choice",
                "correctResponsesPattern": [_ANSWERS[question % len(_ANSWERS)]],
            },
        },
        "result": {
            "response": _ANSWERS[(question + (not right)) % len(_ANSWERS)],
            "success": right,
            "score": {"scaled": 1 if right else 0},
            "duration": f"PT{chance.randrange(3, 240)}.{chance.randrange(100):02}S",
        },
        "context": {
            "registration": registration(person, course),
            "contextActivities": {
                "parent": [{"id": f"https://training.example.com/courses/{course}/quiz"}],
                "grouping": [{"id": f"https://training.example.com/courses/{course}"}],
            },
            "language": "en-GB",
        },
        "timestamp": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }


def actor(person: int) -> dict[str, Any]:
    """Return whom a filter asks for."""
    return {"account": {"homePage": "https://training.example.com", "name": f"p-{person:06}"}}


def activity(course: int, question: int) -> str:
    """Return the id of a question."""
    return f"https://training.example.com/courses/{course}/questions/{question}"


def registration(person: int, course: int) -> str:
    """Return the id of somebody's way through a course."""
    return str(UUID(int=(person << 64) | course | 0x4 << 76 | 0b10 << 62))


def verb(word: str) -> str:
    """Return the id of a verb."""
    return f"{_ADL}/verbs/{word}"
