parent.postMessage("guildhall:left",document.documentElement.dataset.portal);
