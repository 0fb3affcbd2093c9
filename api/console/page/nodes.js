// The processes of the system.

import { list } from "./api.js";
import { badge, el, meter, table } from "./dom.js";
import { bytes, count, since } from "./format.js";

export class Nodes {
  constructor() {
    this.rows = el("div");
    this.node = el("div", { class: "page" }, el("div", { class: "heading" }, el("h2", null, "Nodes")), this.rows);
  }

  show() { return this.refresh(); }

  leave() {}

  async refresh() {
    this.rows.replaceChildren(table(["Node", "Roles", "Slots at work", "Load", "Memory", "Segments done", "Failed", "Up", "Version"], (await list("nodes")).map((n) => [
      el("span", null, el("strong", null, n.id), el("small", null, n.host)),
      el("span", null, n.roles.join(", "), n.draining && badge("draining")),
      el("span", { class: "progress" }, meter(n.slots ? n.busy / n.slots : 0), el("small", null, `${n.busy} of ${n.slots}`)),
      `${n.load.toFixed(2)} on ${n.cores} ${n.cores === 1 ? "core" : "cores"}`, bytes(n.memory), count(n.done),
      el("span", { class: n.failed > 0 ? "warn" : "" }, count(n.failed)), since(n.started),
      el("span", null, n.version, n.engine && el("small", null, n.engine)),
    ]), "No node has reported"));
  }
}
