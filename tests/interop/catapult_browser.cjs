// The browser that the suite drives: this machine's own, as test_catapult.py found it.
module.exports = {
  launch: { executablePath: process.env.GUILDHALL_CHROMIUM, headless: true, args: JSON.parse(process.env.GUILDHALL_CHROMIUM_ARGS) },
};
