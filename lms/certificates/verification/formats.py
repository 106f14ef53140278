"""A verdict as programs read it: every field stands in docs/reference/verification.md, and none is taken away."""

from collections.abc import Mapping
from typing import Any, Final

from lms.certificates.values import MarkKind
from lms.certificates.verification.values import Verdict

PICTURE: Final = ".png"


def write_verdict(verdict: Verdict) -> Mapping[str, Any]:
    """Return what the page says, as JSON values: instants with their offset, days without a time, shares as text."""
    proof, certificate = verdict.proof, verdict.proof.certificate
    superseded = certificate.mark(MarkKind.SUPERSEDED)
    return {
        "code": certificate.code,
        "url": proof.url,
        "picture": f"{proof.url}{PICTURE}",
        "state": verdict.state.value,
        "checked_at": verdict.checked_at.isoformat(),
        "holder": proof.holder,
        "certification": certificate.title,
        "brand": certificate.brand_name,
        "issuer": proof.issuer,
        "issued_on": certificate.issued_on.isoformat(),
        "valid_through": certificate.term.valid_through.isoformat(),
        "expires_at": certificate.term.expires_at.isoformat(),
        "counts_until": certificate.term.counts_until.isoformat(),
        "employer_when_issued": proof.employer or None,
        "rests_on": [
            {
                "kind": one.kind,
                "title": one.title,
                "score": str(one.score) if one.score is not None else None,
                "minimum": str(one.minimum) if one.minimum is not None else None,
                "hours": one.hours,
            }
            for one in proof.grounds
        ],
        "replaces": certificate.predecessor_code,
        "replaced_by": superseded.successor_code if superseded else None,
        "marks": [
            {
                "kind": mark.kind.value,
                "at": mark.at.isoformat(),
                "reason": mark.reason or None,
                "replaced_by": mark.successor_code,
            }
            for mark in certificate.marks
        ],
    }
