// A browser that is in another time zone than its reader's account says so; nothing is changed before they press the button.
const banner = document.querySelector("[data-own-zone]");
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const offsets = (name) => [0, 6].map((month) => new Date(Date.UTC(2027, month, 1)).toLocaleString("en", { timeZone: name, timeZoneName: "longOffset" }).split("GMT")[1]).join();

// Zones of one name each for the same clocks are no difference that anybody would see.
if (banner && zone && offsets(zone) !== offsets(banner.dataset.ownZone)) {
  banner.querySelector("[data-zone]").textContent = zone.replaceAll("_", " ");
  banner.querySelector("[name=time_zone]").value = zone;
  banner.hidden = false;
}
