// The channels: a list beside the one that is chosen.

import { call, get, list } from "./api.js";
import { ask, badge, el, table } from "./dom.js";
import { openForm, profileOptions } from "./form.js";
import { bitRate, clock, count, rate, seconds, since, span } from "./format.js";
import { Stage, tile } from "./stage.js";

export class Channels {
  constructor() {
    this.items = el("div", { class: "cards" });
    this.detail = el("div", { class: "detail" });
    this.node = el("div", { class: "split" },
      el("aside", null,
        el("div", { class: "heading" }, el("h2", null, "Channels"), el("button", { class: "primary small", type: "button", onclick: () => this.add() }, "Add")),
        this.items),
      this.detail);
    this.stage = new Stage();
    this.head = el("div", { class: "heading wrap" });
    this.body = el("div", { class: "sheets" });
    this.id = null;
  }

  // show chooses a channel; none: the first that runs.
  async show(id) {
    this.id = id;
    await this.refresh();
  }

  leave() { this.stage.stop(""); }

  async refresh() {
    const all = await list("channels");
    if (!all.some((c) => c.id === this.id)) this.id = (all.find((c) => c.state === "running") ?? all[0])?.id ?? null;
    this.items.replaceChildren(...all.map((c) => this.card(c)));
    if (all.length === 0) this.items.append(el("p", { class: "empty" }, "No channels yet"));
    const id = this.id;
    if (id === null) {
      this.leave();
      this.detail.replaceChildren(welcome(() => this.add()));
      return;
    }
    const channel = await get(`/channels/${id}`);
    if (id === this.id) this.fill(channel);
  }

  card(c) {
    return el("a", { class: `card ${c.id === this.id ? "chosen" : ""}`, href: `#/channels/${c.id}` },
      el("span", { class: "card-top" }, el("strong", null, c.name || c.id), badge(c.state)),
      el("span", { class: "card-sub mono" }, c.source.url),
      el("span", { class: "card-sub" }, el("span", null, c.source_figures.connected ? bitRate(c.source_figures.bit_rate) : c.enabled ? "no source" : ""),
        c.alarms.length > 0 && el("span", { class: `alarm-count ${worst(c.alarms)}` }, `${c.alarms.length} ${c.alarms.length === 1 ? "alarm" : "alarms"}`)));
  }

  fill(c) {
    if (this.head.parentNode !== this.detail) {
      this.detail.replaceChildren(this.head, this.stage.node, this.stage.figures, this.body);
    }
    if (c.enabled) this.stage.play(`/live/${c.id}/master.m3u8`);
    else this.stage.stop("stopped");
    this.stage.update(c.renditions ?? []);
    this.head.replaceChildren(
      el("div", null, el("h2", null, c.name || c.id, " ", badge(c.state)), el("p", { class: "mono dim" }, c.source.url)),
      el("div", { class: "actions" }, ...this.buttons(c)));
    this.body.replaceChildren(...sheets(c));
  }

  buttons(c) {
    const act = (verb) => async () => { await call("POST", `/channels/${c.id}/${verb}`); await this.refresh(); };
    return [
      el("button", { type: "button", onclick: (e) => copy(e.target, c.playback_url) }, "Copy URL"),
      c.enabled ? el("button", { type: "button", onclick: act("restart") }, "Restart") : null,
      c.enabled ? el("button", { type: "button", onclick: act("stop") }, "Stop") : el("button", { type: "button", class: "primary", onclick: act("start") }, "Start"),
      el("button", { type: "button", class: "danger", onclick: () => this.remove(c) }, "Delete"),
    ];
  }

  async remove(c) {
    if (!await ask(`Delete the channel “${c.name || c.id}”? Players that watch it will stop.`)) return;
    await call("DELETE", `/channels/${c.id}`);
    location.hash = "#/channels";
    await this.show(null);
  }

  async add() {
    await profileOptions("new-channel");
    openForm("new-channel", async (form) => {
      const source = { url: form.get("url").trim() };
      if (form.get("passphrase")) source.passphrase = form.get("passphrase");
      const channel = await call("POST", "/channels", {
        id: form.get("id").trim(), name: form.get("name").trim(), source, profile: form.get("profile"), enabled: form.has("enabled"),
      });
      location.hash = `#/channels/${channel.id}`;
    });
  }
}

// sheets are what is known of a channel, in panels.
function sheets(c) {
  const f = c.source_figures;
  const panels = [];
  if (c.error) panels.push(el("section", { class: "panel wide fault" }, el("h3", null, c.error.code), el("p", null, c.error.message), c.error.hint && el("p", { class: "dim" }, c.error.hint)));
  if (c.alarms.length > 0) panels.push(el("section", { class: "panel wide" }, el("h3", null, "Alarms"), ...c.alarms.map(alarm)));
  panels.push(el("section", { class: "panel" }, el("h3", null, "Source"), el("dl", { class: "tiles" },
    tile("Bit rate", f.connected ? bitRate(f.bit_rate) : "–"),
    tile("Connected", f.connected ? since(f.since) : "no", !f.connected && c.enabled && "warn"),
    tile("Continuity errors", count(f.continuity_errors), f.continuity_errors > 0 && "warn"),
    tile("Transport errors", count(f.transport_errors), f.transport_errors > 0 && "warn"),
    tile("PAT / PMT / PCR missing", [f.pat_missing, f.pmt_missing, f.pcr_missing].map(count).join(" / "), f.pat_missing + f.pmt_missing + f.pcr_missing > 0 && "warn"),
    tile("RTP lost / reordered", `${count(f.rtp_lost)} / ${count(f.rtp_reordered)}`, f.rtp_lost > 0 && "warn"))));
  panels.push(el("section", { class: "panel" }, el("h3", null, "Publication"), el("dl", { class: "tiles" },
    tile("Latency to listing", c.latency ? span(seconds(c.latency)) : "–"),
    tile("Segments raised", count(c.raised)),
    tile("Profile", c.profile),
    tile("Node", c.node || "–"),
    tile("Session", c.session || "–"),
    tile("In this state", since(c.since)))));
  if (f.pids?.length) panels.push(el("section", { class: "panel wide" }, el("h3", null, "Streams", media(c.media)), table(["PID", "Kind", "Codec", "Language", "Bit rate", "Continuity errors", ""],
    f.pids.map((p) => [el("span", { class: "mono" }, String(p.pid)), p.type, p.codec ?? "", p.language ?? "", bitRate(p.bit_rate), count(p.continuity_errors), p.scrambled ? "scrambled" : ""]), "")));
  return panels;
}

function alarm(a) {
  return el("div", { class: `alarm ${a.severity}` },
    el("strong", null, a.code), el("span", null, a.message, a.hint && el("small", null, a.hint)),
    el("span", { class: "dim", title: clock(a.since) }, `${since(a.since)}${a.count > 1 ? `, ${count(a.count)} times` : ""}`));
}

function media(m) {
  const v = m?.video[0];
  if (!v) return null;
  const scan = v.interlaced ? "i" : "p";
  return el("small", { class: "dim" }, ` ${m.format}, ${v.codec} ${v.width}×${v.height}${scan}${rate(v.frame_rate)}`);
}

function worst(alarms) {
  const order = ["critical", "major", "warning", "info"];
  return order.find((s) => alarms.some((a) => a.severity === s)) ?? "info";
}

function welcome(add) {
  return el("div", { class: "welcome" }, el("h2", null, "No channels yet"),
    el("p", { class: "dim" }, "Give a source and a profile. The source test: needs nothing from outside."),
    el("button", { class: "primary", type: "button", onclick: add }, "Add a channel"));
}

async function copy(button, text) {
  await navigator.clipboard.writeText(text);
  button.textContent = "Copied";
}
