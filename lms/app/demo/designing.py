"""The demo's designs of certificates, which those that are issued afterwards get."""

import io
from collections.abc import Iterator
from functools import partial
from typing import Final

import msgspec
import yaml

from lms.app.demo.stage import Act, Stage
from lms.app.demo.world import HERE
from lms.certificates import facade as certificates
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.db import new_id

FILE: Final = HERE / "designs.yaml"
DRAWN: Final = HERE / "drawings"


class Signer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who signs, with a picture that lies in DRAWN."""

    name: str
    title: str
    picture: str


class Designed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A design; what is not said is as in ours."""

    name: str
    base: str
    days_ago: int
    brand: str | None = None
    accent: str | None = None
    orientation: str | None = None
    logo: str | None = None
    body: str | None = None
    foot: str | None = None
    facts: tuple[str, ...] | None = None
    signatures: tuple[Signer, ...] = ()


def load() -> tuple[Designed, ...]:
    """Return the designs; msgspec.ValidationError for what is not understood."""
    return msgspec.convert(yaml.safe_load(FILE.read_text(encoding="utf-8")), tuple[Designed, ...])


def history(stage: Stage) -> Iterator[Act]:
    """Yield how each design was made and published."""
    for one in load():
        yield Act(stage.ago(one.days_ago, "10:00"), partial(_publish, stage, one), stage.programme_manager)


def _publish(stage: Stage, one: Designed) -> None:
    design_id = certificates.DesignId(new_id())
    brand_id = stage.brands[one.brand] if one.brand else None
    base = certificates.DesignBase(one.base)
    certificates.make_design(
        design_id=design_id,
        name=one.name,
        brand_id=brand_id,
        language=None,
        base=base,
        actor=current(),
        now=clock.now(),
    )
    looks, brought = _looks(one)
    layout = msgspec.convert(
        msgspec.to_builtins(certificates.DESIGN_STARTS[base]) | looks, certificates.DesignLayout
    )
    certificates.save_design(
        design_id=design_id,
        revision=1,
        draft=certificates.DesignDraft(name=one.name, brand_id=brand_id, language=None, layout=layout),
        brought=brought,
        actor=current(),
        now=clock.now(),
    )
    certificates.publish_design(design_id=design_id, actor=current(), now=clock.now())


def _looks(one: Designed) -> tuple[dict[str, object], list[certificates.BroughtPicture]]:
    """Return what a design says as JSON, and its pictures."""
    files = [*([one.logo] if one.logo else []), *(signer.picture for signer in one.signatures)]
    brought = {
        name: certificates.look_into_picture(name, io.BytesIO((DRAWN / name).read_bytes())) for name in files
    }
    pictures = {name: msgspec.to_builtins(found.picture) for name, found in brought.items()}
    said = {name: getattr(one, name) for name in ("accent", "orientation", "body", "foot", "facts")}
    looks: dict[str, object] = {name: value for name, value in said.items() if value is not None}
    if one.logo:
        looks["logo"] = pictures[one.logo]
    looks["signatures"] = [
        {"name": signer.name, "title": signer.title, "picture": pictures[signer.picture]}
        for signer in one.signatures
    ]
    return looks, list(brought.values())
