"""What runs by itself and how often: names only, so that the scheduler's process stays small."""

from typing import Final

OUTBOX_JOB: Final = "outbox.deliver_due"

# Seconds between two runs. Each job drains what is due and is woken sooner by the commit that made it due;
# these are the sweep that finds what a lost broker or a killed worker left behind.
EVERY_SECONDS: Final[dict[str, float]] = {
    OUTBOX_JOB: 3,
    "mail.deliver_due": 15,
    "lrs.learn_names": 30,
    "audiences.fill": 30,
    "files.sweep": 86400,
    "courses.act_on_people": 15,
    "courses.measure_films": 3600,
    "courses.shelve": 600,
    "courses.forget_looks": 21600,
    "quizzes.finish_lapsed": 20,
    "quizzes.make_findable": 600,
    "quizzes.count_attempts": 600,
    "quizzes.mark_anew": 5,
    "identity.forget_traces": 21600,
    "identity.work_on_imports": 10,
    "deals.end_protections": 300,
    "assignments.tell_markers": 600,
    "sessions.remind": 60,
    "courses.remind": 300,
    "certificates.renew": 300,
    "certificates.weigh": 15,
    "certificates.bundle": 30,
    "certificates.set_waiting": 900,
    "notifications.write_letters": 20,
    "standing.restand_everybody": 3600,
}
