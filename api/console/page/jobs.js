// The jobs, and a player for the one that is chosen.

import { call, get, list } from "./api.js";
import { ask, badge, el, meter, table } from "./dom.js";
import { openForm, profileOptions } from "./form.js";
import { clock, count, span } from "./format.js";
import { Stage } from "./stage.js";

export class Jobs {
  constructor() {
    this.rows = el("div");
    this.watched = el("div", { class: "detail" });
    this.node = el("div", { class: "page" },
      el("div", { class: "heading" }, el("h2", null, "Jobs"), el("button", { class: "primary small", type: "button", onclick: () => this.add() }, "Transcode a file")),
      this.watched, this.rows);
    this.stage = new Stage();
    this.id = null;
  }

  // show chooses a job to watch, or none.
  async show(id) {
    this.id = id;
    await this.refresh();
  }

  leave() { this.stage.stop(""); }

  async refresh() {
    this.rows.replaceChildren(table(["Job", "State", "Progress", "Input", "Profile", "Created", "Took", ""], (await list("jobs")).map((j) => this.row(j)), "No jobs yet"));
    await this.watch();
  }

  // watch plays the chosen job, if it is done.
  async watch() {
    const job = this.id && await get(`/jobs/${this.id}`).catch(() => null);
    if (!job?.playback_url) {
      this.leave();
      this.watched.replaceChildren();
      return;
    }
    if (!this.stage.node.isConnected) this.watched.replaceChildren(this.stage.node, this.stage.figures);
    this.stage.play(`/vod/${job.id}/master.m3u8`);
    this.stage.update(this.stage.player.levels.map((l) => ({
      id: l.name, type: "video", width: l.width, height: l.height, codecs: l.videoCodec, bandwidth: l.bitrate, average_bandwidth: l.averageBitrate,
    })));
  }

  row(j) {
    const took = j.started && span((Date.parse(j.finished ?? new Date()) - Date.parse(j.started)) / 1000);
    const ended = ["done", "failed", "canceled"].includes(j.state);
    return [
      el("span", { class: "mono" }, j.id),
      el("span", null, badge(j.state), j.error && el("small", { class: "row-error" }, j.error.message)),
      el("span", { class: "progress" }, meter(j.progress, j.state), el("small", null, j.segments ? `${count(j.done)} of ${count(j.segments)} segments` : "")),
      el("span", { class: "mono cut", title: j.input }, j.input), j.profile, clock(j.created), took ?? "–",
      el("span", { class: "actions" },
        j.playback_url && el("a", { class: "button small", href: `#/jobs/${j.id}` }, "Watch"),
        el("button", { class: "small", type: "button", onclick: () => this.remove(j, ended) }, ended ? "Delete" : "Cancel")),
    ];
  }

  async remove(j, ended) {
    if (ended && !await ask(`Delete the record of the job “${j.id}”? What it has published stays.`)) return;
    await call("DELETE", `/jobs/${j.id}`);
    await this.refresh();
  }

  async add() {
    await profileOptions("new-job");
    openForm("new-job", async (form) => {
      const spec = { input: form.get("input").trim(), profile: form.get("profile") };
      if (form.get("id")) spec.id = form.get("id").trim();
      await call("POST", "/jobs", spec);
      await this.refresh();
    });
  }
}
