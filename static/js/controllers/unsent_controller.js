// What a lesson could not send before its page was left: whatever page opens next sends it. A lesson's own page does so itself, before it begins.
import { sendLeft } from "../shared/unsent.js";

if (document.documentElement.dataset.person && !document.getElementById("package-saved")) {
  const send = () => { sendLeft().catch(() => {}); };
  send();
  addEventListener("online", send);
}
