// Which glyphs the product speaks with. Left: our name. Right: Lucide's shape, or a drawing of our own where Lucide has none.
export const lucide = {
  // places
  home: "house", book: "book-open", award: "award", users: "users", user: "user", grid: "table-2", deal: "file-check", coins: "coins",
  folder: "folder", chat: "message-square", building: "building-2", chart: "chart-column", calendar: "calendar", quiz: "list-checks",
  settings: "settings", globe: "globe", map: "map", pin: "map-pin", activity: "activity", list: "list", history: "history", library: "library",
  inbox: "inbox", store: "store", handshake: "handshake", trophy: "trophy", network: "network", palette: "palette", key: "key-round",
  // things
  file: "file", "file-text": "file-text", image: "image", package: "package", video: "video", audio: "volume-2", mail: "mail", tag: "tag",
  star: "star", qr: "qr-code", code: "code-xml", database: "database", server: "server", plug: "plug", device: "smartphone", clipboard: "clipboard-list",
  bulb: "lightbulb", target: "target", route: "route", layers: "layers", ticket: "ticket", graduation: "graduation-cap",
  // states
  valid: "circle-check", clock: "clock", expired: "triangle-alert", alert: "circle-alert", revoked: "ban", none: "minus", circle: "circle",
  info: "info", help: "circle-question-mark", lock: "lock", unlock: "lock-open", saved: "cloud-check", offline: "cloud-off", flag: "flag",
  // acts
  search: "search", bell: "bell", menu: "menu", x: "x", check: "check", plus: "plus", minus: "minus", more: "ellipsis", edit: "pencil",
  trash: "trash-2", eye: "eye", "eye-off": "eye-off", copy: "copy", link: "link", external: "external-link", download: "download", upload: "upload",
  print: "printer", refresh: "refresh-cw", return: "corner-up-left", filter: "list-filter", play: "play", pause: "pause", send: "send",
  logout: "log-out", login: "log-in", archive: "archive", undo: "undo-2", save: "save", bookmark: "bookmark", merge: "merge",
  sun: "sun", moon: "moon", auto: "monitor", expand: "maximize", shrink: "minimize",
  // ways
  right: "chevron-right", left: "chevron-left", down: "chevron-down", up: "chevron-up", arrow: "arrow-right", back: "arrow-left",
  "up-sort": "arrow-up", "down-sort": "arrow-down", sort: "chevrons-up-down", "move-up": "arrow-up", "move-down": "arrow-down",
  grip: "grip-vertical", indent: "list-indent-increase", outdent: "list-indent-decrease",
  // writing
  bold: "bold", italic: "italic", strike: "strikethrough", ordered: "list-ordered", quote: "text-quote", table: "table", rule: "separator-horizontal",
  redo: "redo-2", sub: "subscript", sup: "superscript", fold: "panel-bottom-open", tabs: "panel-top", "row-add": "between-horizontal-start", "column-add": "between-vertical-start", "row-remove": "fold-vertical", "column-remove": "fold-horizontal", markdown: "text-cursor-input",
  // what a certification may be struck with
  shield: "shield-check", safety: "shield-alert", gauge: "gauge", cold: "snowflake", bolt: "zap", base: "blocks", wrench: "wrench",
  cpu: "cpu", flame: "flame", wind: "wind", leaf: "leaf", drop: "droplet", hammer: "hammer", cog: "cog", truck: "truck", scale: "scale",
  phone: "phone", heart: "heart-pulse", rocket: "rocket", medal: "medal",
};

// Half a disc says "under way" at 14 px, where Lucide's spinners say "wait".
export const own = {
  progress: '<circle cx="12" cy="12" r="10"/><path d="M12 7a5 5 0 0 1 0 10Z" fill="currentColor" stroke="none"/>',
};
