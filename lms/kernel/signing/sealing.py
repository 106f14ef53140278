"""pyHanko at work: loaded by `lms.kernel.signing` at first use."""

import asyncio
import io
import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import islice
from typing import TypeVar

import asn1crypto.x509
import msgspec
import structlog
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from lms.kernel.signing.chains import Chain
from lms.kernel.signing.values import Examined, Trust

log = structlog.get_logger(__name__)
_Done = TypeVar("_Done")
# What they find wrong with a file is said by us, in words; they print it with the whole way there.
for _name in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)
ROOM_BYTES = 2048
"""For all of a signature but its certificates."""
PAGES_LOOKED_AT = 5
_USE = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False)
"""Of a signer's certificate one of these is asked, as `chains.check` does before it signs."""
LINKS_LOOKED_AT = 50


class _KeptKey(Signer):
    """A signer whose key is loaded: pyHanko's own loads it again for each signature, ten times as dear."""

    def __init__(self, chain: Chain) -> None:
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]  # it takes nothing
        store.register_multiple([_plain(one) for one in chain.above])
        super().__init__(signing_cert=_plain(chain.certificate), cert_registry=store)
        self._key = chain.key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:  # noqa: FBT001, FBT002  pyHanko's
        """Return the signature of `data`."""
        if digest_algorithm != "sha256":
            raise SigningError(f"no signature with {digest_algorithm}")
        if dry_run:
            return bytes(512)
        if isinstance(self._key, EllipticCurvePrivateKey):
            return self._key.sign(data, ECDSA(hashes.SHA256()))
        return self._key.sign(data, PKCS1v15(), hashes.SHA256())


_signers: dict[str, _KeptKey] = {}


def _plain(certificate: x509.Certificate) -> asn1crypto.x509.Certificate:
    return asn1crypto.x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def seal(pdf: bytes, *, chain: Chain, field: str, reason: str, now: datetime) -> bytes:
    """Return a PDF signed in a field that it has, as an added revision: what was there stays byte for byte."""
    signer = _signers.setdefault(chain.fingerprint, _KeptKey(chain))
    meta = PdfSignatureMetadata(
        field_name=field,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        reason=reason,
    )
    output = io.BytesIO()
    certificates = (chain.certificate, *chain.above)
    # Two hex digits a byte.
    reserved = 2 * (ROOM_BYTES + sum(len(one.public_bytes(Encoding.DER)) for one in certificates))
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    _apart(lambda: asyncio.run(_seal(PdfSigner(meta, signer), writer, output, reserved, now)))
    return output.getvalue()


def _apart(work: Callable[[], _Done]) -> _Done:
    """Do it in a thread of its own: pyHanko starts an event loop, and whoever calls us may be in one already."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()


async def _seal(
    signer: PdfSigner, writer: IncrementalPdfFileWriter, output: io.BytesIO, reserved: int, now: datetime
) -> None:
    """Do what `PdfSigner.async_sign_pdf` does, with the time that our clock says and without a trial signature."""
    session = signer.init_signing_session(writer, existing_fields_only=True)
    session.system_time = now
    document = session.prepare_tbs_document(None, reserved, None)
    digest, _written = document.digest_tbs_document(output=output)
    await document.perform_signature(digest.document_digest, PdfCMSSignedAttributes(signing_time=now))


def examine(pdf: bytes, *, roots: Sequence[x509.Certificate], signers: Collection[bytes]) -> Examined:
    """Return what a file says of itself; never raises for what a stranger may have made of it, but MemoryError.

    Ours is what leads to one of `roots` and bears one of the names in `signers` (DER): whoever certified our signer
    certifies others, too.
    """
    try:
        reader = PdfFileReader(io.BytesIO(pdf))
        texts = tuple(_texts(reader))
        language = str(reader.root["/Lang"]) if "/Lang" in reader.root else ""
        signatures = reader.embedded_signatures
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001  what a stranger's file may break in a parser has no end
        log.info("signing.unreadable", reason=repr(error))
        return Examined(is_pdf=False)
    if not signatures:
        return Examined(is_pdf=True, texts=texts, language=language)
    try:
        judged = _apart(lambda: _judge(signatures[0], roots, signers, texts))
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001  the same
        log.info("signing.unreadable", reason=repr(error))
        return Examined(is_pdf=True, is_signed=True, texts=texts, language=language)
    return msgspec.structs.replace(judged, language=language)


def _judge(
    signature: EmbeddedPdfSignature,
    roots: Sequence[x509.Certificate],
    signers: Collection[bytes],
    texts: tuple[str, ...],
) -> Examined:
    signed_at = signature.self_reported_timestamp
    context = ValidationContext(
        trust_roots=[_plain(one) for one in roots],
        allow_fetching=False,
        moment=signed_at,
        best_signature_time=signed_at,
    )
    # What was added is a change, whatever it is: no need to ask which.
    is_our_name = signature.signer_cert.subject.dump() in signers
    status = validate_pdf_signature(
        signature, signer_validation_context=context, key_usage_settings=_USE, skip_diff=True
    )
    return Examined(
        is_pdf=True,
        is_signed=True,
        is_intact=bool(status.intact and status.valid),
        is_changed=_is_changed(status),
        trust=Trust.OURS if status.trusted and is_our_name else Trust.STRANGE,
        signer=_name_of(signature.signer_cert),
        signed_at=signed_at,
        signed_bytes=_reach(signature),
        texts=texts,
    )


def _reach(signature: EmbeddedPdfSignature) -> int:
    """Return where the signed bytes end (ISO 32000-1 §12.8.1: pairs of a beginning and a length)."""
    *_first, beginning, length = (int(one) for one in signature.byte_range)
    return beginning + length


def _name_of(certificate: asn1crypto.x509.Certificate) -> str:
    named = certificate.subject.native
    return str(named.get("common_name") or certificate.subject.human_friendly)


def _is_changed(status: PdfSignatureStatus) -> bool:
    return status.coverage is not SignatureCoverageLevel.ENTIRE_FILE


def _texts(reader: PdfFileReader) -> Iterator[str]:
    """Yield where the number of a certificate may stand: its description, and the addresses that its links lead to."""
    info = reader.trailer["/Info"] if "/Info" in reader.trailer else {}  # noqa: SIM401  its get leaves it unread
    yield from (str(info[key]) for key in ("/Subject", "/Title") if key in info)
    for page in islice(reader.root["/Pages"]["/Kids"], PAGES_LOOKED_AT):
        for link in islice(page.get_object().get("/Annots", ()), LINKS_LOOKED_AT):
            found = link.get_object()
            if "/A" in found and "/URI" in found["/A"]:
                yield str(found["/A"]["/URI"])
