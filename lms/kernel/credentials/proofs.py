"""Proofs of credentials: W3C Data Integrity EdDSA Cryptosuites v1.0 §3.2, `eddsa-rdfc-2022`."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any, Final

from cryptography.exceptions import InvalidSignature

from lms.kernel.credentials.canonical import canonical
from lms.kernel.credentials.multibase import decode, encode, key_of
from lms.kernel.credentials.values import SUITE, Proven, Signer, Unreadable

KIND: Final = "DataIntegrityProof"
PURPOSE: Final = "assertionMethod"
ASKED: Final = frozenset({"type", "cryptosuite", "verificationMethod", "proofPurpose", "proofValue"})
ALLOWED: Final = ASKED | {"created"}


def hash_data(document: Mapping[str, Any], options: Mapping[str, Any]) -> bytes:
    """Return what is signed (§3.2.4): the hash of the proof's own words, then that of the document without it."""
    config = canonical({"@context": document["@context"], **options})
    return hashlib.sha256(config).digest() + hashlib.sha256(canonical(document)).digest()


def sign(document: Mapping[str, Any], signer: Signer, *, method: str, created: str) -> Mapping[str, Any]:
    """Return a document with its proof, as a list of one: the schema of Open Badges 3.0 wants a list."""
    options = {
        "type": KIND,
        "cryptosuite": SUITE,
        "created": created,
        "verificationMethod": method,
        "proofPurpose": PURPOSE,
    }
    value = encode(signer.key.sign(hash_data(document, options)))
    return {**document, "proof": [{**options, "proofValue": value}]}


def prove(document: Mapping[str, Any], *, is_ours: Callable[[str], bool], is_readable: bool = True) -> Proven:
    """Return what the one proof of a credential says; Unreadable for a document without one that we could have made.

    `is_ours` tells of a Multikey whether it is a key of ours. The issuer must be whose key it is. With `is_readable`
    False the document is known to say what we never say: it is not put in order, only its key is looked at.
    """
    proof = _proof_of(document)
    method = proof["verificationMethod"]
    controller, _hash, multikey = method.partition("#")
    issuer = document.get("issuer")
    if controller != (issuer.get("id") if isinstance(issuer, dict) else issuer):
        raise Unreadable("it is signed by another than its issuer")
    if not is_ours(multikey):
        return Proven(method, multikey, is_known=False, is_intact=False)
    if not is_readable:
        return Proven(method, multikey, is_known=True, is_intact=False)
    plain = {key: value for key, value in document.items() if key != "proof"}
    options = {key: value for key, value in proof.items() if key != "proofValue"}
    try:
        key_of(multikey).verify(decode(proof["proofValue"]), hash_data(plain, options))
    except (InvalidSignature, ValueError):
        # Unreadable among them: what says something that we never say was altered.
        return Proven(method, multikey, is_known=True, is_intact=False)
    return Proven(method, multikey, is_known=True, is_intact=True)


def _proof_of(document: Mapping[str, Any]) -> Mapping[str, str]:
    found = document.get("proof")
    proofs = found if isinstance(found, list) else [found]
    if len(proofs) != 1 or not isinstance(proofs[0], dict):
        raise Unreadable("it bears no proof, or more than one")
    proof: Mapping[str, Any] = proofs[0]
    if not ASKED <= set(proof) <= ALLOWED or not all(isinstance(value, str) for value in proof.values()):
        raise Unreadable("its proof is not of the kind that badges of this portal bear")
    if (proof["type"], proof["cryptosuite"], proof["proofPurpose"]) != (KIND, SUITE, PURPOSE):
        raise Unreadable("its proof is not of the kind that badges of this portal bear")
    if not isinstance(document.get("@context"), list):
        raise Unreadable("it names no contexts")
    return proof
