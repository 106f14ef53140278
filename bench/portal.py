"""Figures of the portal itself: pages, an answer saved, a gate decided, a certificate set, at both sizes."""

import itertools
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from itsdangerous import URLSafeTimedSerializer

from bench import data, imports, question_files
from bench.bare import bare_app
from bench.crowd import actor_of
from bench.figures import Figure, is_wanted
from bench.requests import CSRF, Environ, answer, cookie_of, cpu_ms, get, most_queries, post
from bench.world import NOW, Reader, Seller, World
from lms.app.portal import Portal
from lms.certificates.badges import facade as badges
from lms.certificates.documents import queries as documents
from lms.certificates.documents.service import setting
from lms.certificates.documents.service.writing import write
from lms.certificates.values import CertificateId
from lms.identity.values import BrandId, OrganisationId, PersonId
from lms.kernel import pdf, signing
from lms.kernel.actor import acting_as
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from lms.portal.standing import facade as standing
from lms.portal.standing.values import Gate
from lms.quizzes import facade as quizzes
from lms.quizzes.kinds.single_choice import SingleChoice
from lms.quizzes.values import AttemptId, Question
from lms.web.assets import static_folder

SIZES = (100, 100_000)
TAKEN_WITH = dict.fromkeys(("preview", "signature", "badge", "badge_check"), "pdf")
"""Groups of figures that are measured along with another."""
PAGES = ("home", "course", "lesson")
PAGE_CPU_MS, PAGE_QUERIES, ANSWER_CPU_MS, GATE_CPU_MS, PDF_CPU_MS = 4, 5, 4, 2, 60
VERIFY_CPU_MS = 4
PREVIEW_CPU_MS, SIGNATURE_CPU_MS = 45, 15
"""What of `PDF_CPU_MS` is setting and what is signing."""
BADGE_CPU_MS, BADGE_CHECK_CPU_MS = 30, 30
"""A badge that nobody has asked for yet, and one that somebody brings."""
IMPORT_ROWS_PER_S = 2000
QUESTION_FILE_S = 30
FLAT = 1.3
"""A decision at the partner of thousands of certificates may cost this many times one at a small partner:
what is left is the noise of measuring twice."""


def figures(suffix: str) -> Iterator[Figure]:
    """Yield every figure of the portal; `suffix` names the database where it is not SQLite."""
    yield Figure("bare.cpu_ms", "ms")
    for size in SIZES:
        end = f"{size}{suffix}"
        for page in PAGES:
            yield Figure(f"{page}.cpu_ms.{end}", "ms", PAGE_CPU_MS)
            yield Figure(f"{page}.queries.{end}", "queries", PAGE_QUERIES)
            yield Figure(f"{page}.ratio.{end}", "× bare")
        yield Figure(f"verify.cpu_ms.{end}", "ms", VERIFY_CPU_MS)
        yield Figure(f"verify.queries.{end}", "queries", PAGE_QUERIES)
        yield Figure(f"verify.ratio.{end}", "× bare")
        yield Figure(f"answer.cpu_ms.{end}", "ms", ANSWER_CPU_MS)
        yield Figure(f"answer.queries.{end}", "queries")
        yield Figure(f"answer.ratio.{end}", "× bare")
        yield Figure(f"gate.cpu_ms.{end}", "ms", GATE_CPU_MS)
        yield Figure(f"gate.many_certificates.cpu_ms.{end}", "ms", GATE_CPU_MS)
        yield Figure(f"gate.flat.{end}", "× few", FLAT)
        yield Figure(f"gate.refused.cpu_ms.{end}", "ms", GATE_CPU_MS)
        yield Figure(f"gate.queries.{end}", "queries")
        yield Figure(f"gate.ratio.{end}", "× bare")
        yield Figure(f"pdf.cpu_ms.{end}", "ms", PDF_CPU_MS)
        yield Figure(f"pdf.ratio.{end}", "× bare")
        yield Figure(f"preview.cpu_ms.{end}", "ms", PREVIEW_CPU_MS)
        yield Figure(f"signature.cpu_ms.{end}", "ms", SIGNATURE_CPU_MS)
        yield Figure(f"badge.cpu_ms.{end}", "ms", BADGE_CPU_MS)
        yield Figure(f"badge_check.cpu_ms.{end}", "ms", BADGE_CHECK_CPU_MS)
        yield Figure(f"people_import.rows_per_s.{end}", "rows/s", IMPORT_ROWS_PER_S, at_least=True)
        yield Figure(f"people_import.tried_rows_per_s.{end}", "rows/s")
        for name in question_files.NAMES:
            yield Figure(f"question_import.{name}_s.{end}", "s", QUESTION_FILE_S)


def measure(pattern: str | None, data_dir: Path, database_url: str | None, suffix: str) -> dict[str, float]:
    """Return the figures that `pattern` asks for, and those they are measured along with."""
    wanted = [figure.name for figure in figures(suffix) if is_wanted(figure.name, pattern)]
    found: dict[str, float] = {}
    if not wanted:
        return found
    bare = found["bare.cpu_ms"] = _bare_cpu_ms()
    for size in SIZES:
        asked = {name.split(".")[0] for name in wanted if name.endswith(f".{size}{suffix}")}
        groups = {TAKEN_WITH.get(group, group) for group in asked}
        if not groups:
            continue
        with data.opened(size, data_dir, database_url) as (portal, world):
            bench = _Bench(portal, world)
            for group in sorted(groups):
                for name, value in bench.measure(group).items():
                    found[f"{name}.{size}{suffix}"] = value
                    if name == f"{group}.cpu_ms":
                        found[f"{group}.ratio.{size}{suffix}"] = value / bare
    return found


def _bare_cpu_ms() -> float:
    with tempfile.TemporaryDirectory(prefix="guildhall-bench-") as folder:
        app = bare_app(Path(folder))
        return cpu_ms(lambda: answer(app, get("/1")))


@dataclass(frozen=True, slots=True)
class _Bench:
    """One portal on one world, and how each group of figures is measured there."""

    portal: Portal
    world: World

    def measure(self, group: str) -> dict[str, float]:
        """Return the figures of a group by name, without their size."""
        if group in PAGES:
            return self._page(group)
        others = {
            "answer": self._answer,
            "gate": self._gate,
            "pdf": self._pdf,
            "people_import": self._import,
            "question_import": self._questions,
            "verify": self._verify,
        }
        return others[group]()

    def _import(self) -> dict[str, float]:
        """Return how fast people come in who were never here."""
        return imports.rates(self.portal, partial(data.reopened, self.portal))

    def _questions(self) -> dict[str, float]:
        """Return how long a file of ten thousand questions takes."""
        return question_files.seconds(self.portal, partial(data.reopened, self.portal))

    @property
    def _engine(self) -> Any:
        with self.portal.app_context():
            return db.engine

    def _cookie(self, reader: Reader) -> str:
        return cookie_of(self.portal, reader.token)

    def _page(self, page: str) -> dict[str, float]:
        path = {
            "home": "/",
            "course": f"/learn/{self.world.course_slug}",
            "lesson": f"/learn/{self.world.course_slug}/{self.world.lesson_id}",
        }[page]
        visits = [get(path, self._cookie(reader)) for reader in self.world.readers]
        return self._requests(page, visits)

    def _verify(self) -> dict[str, float]:
        """Return what the public page of a certificate costs, for a stranger."""
        with self.portal.app_context(), unit_of_work(read_only=True):
            ids = [CertificateId(UUID(one.certificate_id)) for one in self.world.readers]
            codes = [documents.get_proof(one).certificate.code for one in ids]
        return self._requests("verify", [get(f"/verify/{code}", "") for code in codes])

    def _requests(self, name: str, requests: Sequence[Environ]) -> dict[str, float]:
        """Return what requests cost that may be made again and again."""
        turns = itertools.cycle(requests)
        works = [lambda one=one: answer(self.portal, one) for one in requests]
        works[0]()  # what is loaded at first use is not what a page asks
        return {
            f"{name}.queries": most_queries(self._engine, works),
            f"{name}.cpu_ms": cpu_ms(lambda: answer(self.portal, next(turns))),
        }

    def _answer(self) -> dict[str, float]:
        """Return what it costs to save an answer that differs from the one before."""
        turns = self._answers()
        asked: list[Environ] = []
        cost = cpu_ms(lambda: answer(self.portal, asked[-1]), before=lambda: asked.append(next(turns)))
        count = most_queries(self._engine, [lambda: answer(self.portal, next(turns))])
        return {"answer.cpu_ms": cost, "answer.queries": count}

    def _answers(self) -> Iterator[Environ]:
        """Yield answers of all readers in turn; each names itself anew, as the page does."""
        token = URLSafeTimedSerializer(str(self.portal.secret_key), salt="wtf-csrf-token").dumps(CSRF)
        slots = [(reader, *self._choice(reader)) for reader in self.world.readers]
        run = UUID(bytes=Path("/proc/sys/kernel/random/uuid").read_bytes()[:16])
        for number in itertools.count():
            reader, slot, keys = slots[number % len(slots)]
            form = {
                "csrf_token": token,
                "slot": str(slot),
                f"q{slot}": keys[number // len(slots) % len(keys)],
                "key": str(uuid5(run, str(number))),
            }
            yield post(f"/learn/exams/{reader.attempt_id}/{slot}", self._cookie(reader), form)

    def _choice(self, reader: Reader) -> tuple[int, list[str]]:
        """Return a question of the reader's paper that has one answer to choose, and its choices."""
        actor = actor_of(self.portal, UUID(reader.person_id))
        with self.portal.app_context(), unit_of_work(read_only=True), acting_as(actor):
            drawn = quizzes.list_drawn(AttemptId(UUID(reader.attempt_id)), actor)
        return next((slot, keys) for slot, question in drawn if (keys := _choices(question)))

    def _gate(self) -> dict[str, float]:
        """Return what a decision costs: taken in a transaction of its own, stored, and rolled back."""
        world = self.world
        few = self._decided(world.few, allowed=True)
        many = self._decided(world.many, allowed=True)
        refused = self._decided(world.uncertified, allowed=False)
        with self.portal.app_context():
            spent = {"few": cpu_ms(few), "many": cpu_ms(many), "refused": cpu_ms(refused)}
            count = most_queries(self._engine, [few])
        return {
            "gate.cpu_ms": spent["few"],
            "gate.many_certificates.cpu_ms": spent["many"],
            "gate.flat": spent["many"] / spent["few"],
            "gate.refused.cpu_ms": spent["refused"],
            "gate.queries": count,
        }

    def _decided(self, seller: Seller, *, allowed: bool) -> Callable[[], object]:
        partner_id = OrganisationId(UUID(seller.partner_id))
        person_id, brand_id = PersonId(UUID(seller.person_id)), BrandId(UUID(self.world.brand_id))

        def decide() -> None:
            with unit_of_work(commits=lambda: False):
                decision = standing.decide(
                    gate=Gate.REGISTER_DEAL,
                    partner_id=partner_id,
                    person_id=person_id,
                    brand_id=brand_id,
                    at=NOW,
                )
            if decision.allowed is not allowed:
                raise AssertionError(f"{seller}: {decision.verdict}")

        return decide

    def _pdf(self) -> dict[str, float]:
        """Return what a certificate costs that nobody has asked for yet."""
        kept = data.derived_folder(self.portal)
        turns = itertools.cycle(
            get(f"/certificates/{one.certificate_id}.pdf", self._cookie(one)) for one in self.world.readers
        )
        cost = cpu_ms(
            lambda: answer(self.portal, next(turns)), before=lambda: shutil.rmtree(kept, ignore_errors=True)
        )
        set_alone, signed = self._paper()
        made, checked = self._badge()
        return {
            "pdf.cpu_ms": cost,
            "preview.cpu_ms": set_alone,
            "signature.cpu_ms": signed,
            "badge.cpu_ms": made,
            "badge_check.cpu_ms": checked,
        }

    def _badge(self) -> tuple[float, float]:
        """Return what making a badge costs that is not kept yet, and what checking one costs."""
        kept = data.derived_folder(self.portal)
        with self.portal.test_request_context(), unit_of_work(read_only=True):
            proofs = itertools.cycle(
                [documents.get_proof(CertificateId(UUID(one.certificate_id))) for one in self.world.readers]
            )
            brought = badges.make_badge(next(proofs))
            made = cpu_ms(
                lambda: badges.make_badge(next(proofs)),
                before=lambda: shutil.rmtree(kept, ignore_errors=True),
            )
            return made, cpu_ms(lambda: badges.check_badge(brought, now=NOW))

    def _paper(self) -> tuple[float, float]:
        """Return what setting a certificate costs, and what signing one costs."""
        with self.portal.test_request_context(), unit_of_work(read_only=True):
            ids = [CertificateId(UUID(one.certificate_id)) for one in self.world.readers]
            proofs = [documents.get_proof(one) for one in ids]
            written = itertools.cycle([write(proof) for proof in proofs])
            field = pdf.SignatureField(setting.FIELD, "Signature")
            one = next(written)
            paper = pdf.render(
                one.html, styles=one.styles, fonts=static_folder() / setting.FONTS, signature=field
            )
            set_alone = cpu_ms(lambda: setting.preview(next(written)))
            return set_alone, cpu_ms(lambda: signing.sign(paper, field=setting.FIELD, reason="", now=NOW))


def _choices(question: Question) -> list[str]:
    return [one.key for one in question.body.choices] if isinstance(question.body, SingleChoice) else []
