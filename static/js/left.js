// Where a cmi5 unit goes once it is left, on its own origin: tells the page around it, which nothing may frame.
parent.postMessage("guildhall:left", document.documentElement.dataset.portal);
