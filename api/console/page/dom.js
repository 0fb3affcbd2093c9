// Building elements without a framework.

// el makes an element. Properties are set as attributes, but for on... (listeners) and class; false and null leave them
// out. Children are nodes or texts; texts are never read as HTML.
export function el(tag, properties, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

// badge shows a state.
export function badge(state) {
  return el("span", { class: `badge ${state}` }, state);
}

// meter shows a share of 0 to 1.
export function meter(share, kind = "") {
  const fill = el("span", { class: `meter-fill ${kind}` });
  fill.style.width = `${Math.round(Math.min(1, Math.max(0, share)) * 1000) / 10}%`;
  return el("span", { class: "meter" }, fill);
}

// table makes a table of a head and rows of cells.
export function table(head, rows, empty) {
  if (rows.length === 0) return el("p", { class: "empty" }, empty);
  return el("div", { class: "scroll" },
    el("table", null,
      el("thead", null, el("tr", null, head.map((text) => el("th", null, text)))),
      el("tbody", null, rows.map((cells) => el("tr", null, cells.map((cell) => el("td", null, cell)))))));
}

// ask has a question confirmed.
export function ask(question) {
  const dialog = document.getElementById("confirm");
  dialog.querySelector("p").textContent = question;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}
