// What ADL's CATAPULT LMS test suite asks of a platform, answered for Guildhall: it runs in the suite's own folder, and
// hands each request to the bridge of test_catapult.py. See lib/lms.template.js of the suite.
const { join } = require("path");
const suite = process.cwd();
const Wreck = require(join(suite, "node_modules/@hapi/wreck"));
const { InvalidPackageError } = require(join(suite, "lib/errors"));

const ask = async (path, payload, headers = { "Content-Type": "application/json" }) => {
  const sent = headers["Content-Type"] === "application/json" ? JSON.stringify(payload) : payload;
  const answer = await Wreck.request("POST", `${process.env.GUILDHALL_BRIDGE}/${path}`, { payload: sent, headers });
  const body = await Wreck.read(answer, { json: true });
  if (answer.statusCode === 422) throw new InvalidPackageError(body.message);
  if (answer.statusCode !== 200) throw new Error(`${path}: ${answer.statusCode} ${JSON.stringify(body)}`);
  return body;
};

module.exports = {
  setup: async () => {},
  teardown: async () => {},
  cleanup: async () => {},
  getLrsEndpoint: () => process.env.GUILDHALL_XAPI,
  getLrsAuthHeader: () => process.env.GUILDHALL_KEY,
  importCourse: async (stream, contentType) => (await ask("import", stream, { "Content-Type": contentType })).course,
  getLaunchUrl: async (course, index, actor, { registration, launchMode }) =>
    (await ask("launch", { course, index, registration, mode: launchMode })).url,
  hasWaive: () => true,
  waiveAU: (registration, index, reason) => ask("waive", { registration, index, reason }),
  hasAbandon: () => true,
  abandonSession: (session) => ask("abandon", { session }),
};
