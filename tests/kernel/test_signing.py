"""Signing: by whom, in a field that is tagged, and what is said of a document that was touched afterwards."""

import asyncio
import io
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import page
import pypdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from lms.kernel import pdf
from lms.kernel.signing import Trust, authority, sealing
from lms.kernel.signing.chains import ChainRefused, check, read_chain
from lms.web.assets import static_folder
from tests.support.needs import need_program

NOW = datetime(2026, 5, 4, 10, tzinfo=UTC)
WEAK_BITS = 1024
DAY = timedelta(days=1)
FIELD = pdf.SignatureField("Signature", "Signature of Halden Controls")
HTML = (
    '<!doctype html><html lang="en"><head><title>Paper</title></head><body><h1>Amara Osei</h1>'
    '<p><a href="http://a.example/verify/GH-AAAA-BBBB-CCCC">page</a></p></body></html>'
)


@pytest.fixture(scope="module")
def chain(tmp_path_factory):
    return authority.find_or_make(tmp_path_factory.mktemp("data") / "signing", NOW)


@pytest.fixture(scope="module")
def paper(tmp_path_factory):
    style = tmp_path_factory.mktemp("styles") / "style.css"
    style.write_text('html { font-family: "Guildhall Sans" }')
    return pdf.render(HTML, styles=(style,), fonts=static_folder() / "print", signature=FIELD)


@pytest.fixture(scope="module")
def signed(paper, chain):
    return sealing.seal(paper, chain=chain, field=FIELD.name, reason="Certificate", now=NOW)


@pytest.fixture(autouse=True)
def machine(pango):
    return pango


def examined(content, chain):
    return sealing.examine(content, roots=chain.roots, signers=[chain.certificate.subject.public_bytes()])


def test_a_signed_paper_is_whole_for_others_too_and_still_accessible(signed, paper, chain, tmp_path):
    path = tmp_path / "signed.pdf"
    path.write_bytes(signed)
    told = subprocess.run(
        [need_program("pdfsig", package="poppler-utils"), "-nocert", str(path)],
        check=True,
        capture_output=True,
    ).stdout.decode()
    assert "Signature is Valid" in told
    assert "ETSI.CAdES.detached" in told
    assert "Total document signed" in told
    subprocess.run(
        [need_program("qpdf", package="qpdf"), "--check", str(path)], check=True, capture_output=True
    )
    assert page.is_pdf_compliant_bytes(signed, profile="ua1")
    assert signed.startswith(paper), "what was set stays byte for byte; the signature is added"
    assert pypdf.PdfReader(io.BytesIO(signed)).pages[0].extract_text().startswith("Amara Osei")
    found = examined(signed, chain)
    assert found.is_genuine
    assert (found.signer, found.signed_at) == ("Guildhall certificates", NOW)
    assert "http://a.example/verify/GH-AAAA-BBBB-CCCC" in found.texts


def test_one_changed_byte_breaks_it_and_an_addition_is_seen(signed, chain):
    at = signed.index(b"/Producer")
    broken = examined(signed[:at] + b"/Producex" + signed[at + 9 :], chain)
    assert (broken.is_signed, broken.is_intact, broken.is_genuine) == (True, False, False)
    writer = pypdf.PdfWriter(io.BytesIO(signed), incremental=True)
    writer.add_metadata({"/Title": "Another"})
    added = io.BytesIO()
    writer.write(added)
    touched = examined(added.getvalue(), chain)
    assert (touched.is_intact, touched.is_changed, touched.is_genuine) == (True, True, False)


def test_a_stranger_with_our_name_is_no_signer_of_ours(paper, chain, tmp_path):
    stranger = authority.find_or_make(tmp_path / "signing", NOW)
    found = examined(sealing.seal(paper, chain=stranger, field=FIELD.name, reason="", now=NOW), chain)
    assert found.signer == "Guildhall certificates"
    assert (found.is_intact, found.trust) == (True, Trust.STRANGE)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n%%EOF", b"\x00" * 5000, b"%PDF-1.7\n" + b"<<" * 20_000])
def test_what_is_no_pdf_is_said_to_be_none(content, chain):
    assert not examined(content, chain).is_pdf


def test_a_paper_without_a_signature_is_said_to_have_none(paper, chain):
    found = examined(paper, chain)
    assert (found.is_pdf, found.is_signed, found.is_genuine) == (True, False, False)


def test_the_authority_is_made_once_for_its_owner_alone_and_what_it_signed_stays_ours(tmp_path, paper):
    folder = tmp_path / "signing"
    first = authority.find_or_make(folder, NOW)
    assert authority.find_or_make(folder, NOW + DAY).fingerprint == first.fingerprint
    assert (folder / "key.pem").stat().st_mode & 0o077 == 0
    old = sealing.seal(paper, chain=first, field=FIELD.name, reason="", now=NOW)
    second = authority.replace(folder, certificate=None, key=None, now=NOW + DAY)
    assert second.fingerprint != first.fingerprint
    assert authority.find_or_make(folder, NOW).fingerprint == second.fingerprint
    (signers, tops) = zip(*authority.former(folder), strict=True)
    names = [one.subject.public_bytes() for one in signers]
    assert sealing.examine(old, roots=tops, signers=names).is_genuine


def made(folder, *, days=30, issuer=None, use=True, key=None, name="Halden", certifies=False):
    """Write a certificate and its key; return both with their files."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    above, its_key = issuer or (None, key)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(above.subject if above else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - 60 * DAY)
        .not_valid_after(NOW + days * DAY)
        .add_extension(
            x509.KeyUsage(
                digital_signature=use,
                content_commitment=False,
                key_encipherment=not use,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=certifies,
                crl_sign=False,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .add_extension(x509.BasicConstraints(ca=certifies, path_length=None), critical=True)
        .sign(its_key, hashes.SHA256())
    )
    chain, secret = folder / f"{name}.pem", folder / f"{name}.key"
    parts = [one.public_bytes(serialization.Encoding.PEM) for one in (certificate, above) if one]
    chain.write_bytes(b"".join(parts))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return certificate, key, chain, secret


def refused(chain, secret):
    with pytest.raises(ChainRefused) as refusal:
        check(read_chain(chain, secret, None), NOW)
    return str(refusal.value)


def test_a_chain_that_cannot_sign_is_refused_with_the_reason(tmp_path):
    _certificate, _key, good, secret = made(tmp_path)
    check(read_chain(good, secret, None), NOW)
    _certificate, _key, old, its = made(tmp_path, days=-1, name="Old")
    assert "CN=Old expired on 2026-05-03" in refused(old, its)
    assert "not the one of the certificate" in refused(good, its)
    _certificate, _key, other, its = made(tmp_path, use=False, name="Mail")
    assert "not meant for signatures" in refused(other, its)
    _certificate, _key, weak, its = made(
        tmp_path, key=rsa.generate_private_key(65537, WEAK_BITS), name="Weak"
    )
    assert "1024 bits" in refused(weak, its)
    top, top_key, _chain, _its = made(tmp_path, name="Top")
    _certificate, _key, low, its = made(tmp_path, issuer=(top, top_key), name="Low")
    check(read_chain(low, its, None), NOW)
    strange, _strange_key, _chain, _its = made(tmp_path, name="Strange")
    low.write_bytes(
        low.read_bytes().split(b"-----END CERTIFICATE-----\n")[0] + b"-----END CERTIFICATE-----\n"
    )
    low.write_bytes(low.read_bytes() + strange.public_bytes(serialization.Encoding.PEM))
    assert "was not issued by the next one of the file" in refused(low, its)
    assert "cannot be read" in refused(tmp_path / "none.pem", secret)
    (tmp_path / "junk.key").write_text("junk")
    assert "cannot be read" in refused(good, tmp_path / "junk.key")


def test_who_is_certified_by_the_same_authority_is_not_us(tmp_path, paper):
    top, top_key, _chain, _its = made(tmp_path, name="Top", certifies=True)

    def certified(name):
        _certificate, _key, chain, secret = made(tmp_path, issuer=(top, top_key), name=name)
        return read_chain(chain, secret, None)

    ours, another = certified("Ours"), certified("Another")
    by_us, by_another = (
        sealing.seal(paper, chain=one, field=FIELD.name, reason="", now=NOW) for one in (ours, another)
    )
    assert examined(by_us, ours).is_genuine
    assert examined(by_another, ours).trust is Trust.STRANGE
    # A certificate that is renewed in the same name is ours, whichever signed.
    assert examined(by_us, certified("Ours")).is_genuine


def test_who_is_in_an_event_loop_already_signs_and_examines_too(paper, chain):
    async def within():
        content = sealing.seal(paper, chain=chain, field=FIELD.name, reason="Certificate", now=NOW)
        return examined(content, chain)

    # In a thread of its own: another test's browser may keep a loop in this one.
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(lambda: asyncio.run(within())).result().is_intact


def test_an_rsa_key_signs_too(tmp_path, paper):
    _certificate, _key, chain, secret = made(tmp_path, key=rsa.generate_private_key(65537, 2048))
    own = read_chain(chain, secret, None)
    assert examined(sealing.seal(paper, chain=own, field=FIELD.name, reason="", now=NOW), own).is_genuine
