// The preview at a phone's width: a window of its own, so that every rule of the page meets the real width.
for (const link of document.querySelectorAll("[data-phone]")) {
  link.hidden = window.innerWidth < 480;
  link.addEventListener("click", (event) => {
    if (window.open(link.href, "guildhall-phone", "popup,width=375,height=812")) event.preventDefault();
  });
}
