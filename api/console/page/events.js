// The last events, newest first.

import { el, table } from "./dom.js";
import { clock, seconds, span } from "./format.js";

// kept bounds the events on the page.
const kept = 200;

export class Events {
  constructor() {
    this.all = [];
    this.rows = el("div");
    this.node = el("div", { class: "page" }, el("div", { class: "heading" }, el("h2", null, "Events")), this.rows);
  }

  // take adds an event.
  take(event) {
    this.all = [event, ...this.all].slice(0, kept);
    if (this.node.isConnected) this.refresh();
  }

  show() { return this.refresh(); }

  leave() {}

  async refresh() {
    this.rows.replaceChildren(table(["Time", "Severity", "Event", "Of", "Message", "Lasted"], this.all.map((e) => [
      el("span", { class: "mono" }, clock(e.time)), el("span", { class: `badge ${e.severity}` }, e.severity), e.code ? `${e.type} ${e.code}` : e.type,
      e.channel ? el("a", { href: `#/channels/${e.channel}` }, e.channel) : e.job ?? e.node ?? "",
      e.message, e.duration ? span(seconds(e.duration)) : "",
    ]), "Nothing has happened yet"));
  }
}
