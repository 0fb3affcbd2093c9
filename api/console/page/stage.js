// The stage: a player with its ladder and its own figures, for a channel or a finished job.

import { el, meter } from "./dom.js";
import { bitRate, count, rate, span } from "./format.js";
import { Player } from "./player.js";

export class Stage {
  constructor() {
    this.video = el("video", { controls: true, muted: true, autoplay: true, playsinline: true });
    this.video.muted = true; // the attribute alone does not count for autoplay
    this.note = el("p", { class: "note" });
    this.ladder = el("div", { class: "ladder" });
    this.figures = el("dl", { class: "tiles" });
    this.player = new Player(this.video, this.note);
    this.node = el("div", { class: "stage" },
      el("div", { class: "screen" }, this.video, this.note),
      el("section", { class: "panel" }, el("h3", null, "Ladder"), this.ladder));
  }

  play(path) { this.player.play(path); }

  stop(why) {
    this.player.stop();
    this.player.say(why);
  }

  // update shows the renditions as published, and how playing goes.
  update(renditions) {
    this.ladder.replaceChildren(...this.rungs(renditions));
    this.figures.replaceChildren(...this.tiles());
  }

  rungs(renditions) {
    const { player } = this;
    const current = player.levels[player.level];
    const video = renditions.filter((r) => r.type === "video");
    const widest = Math.max(1, ...video.map((r) => r.bandwidth || r.width * r.height * 2));
    const rungs = video.map((r) => {
      const level = player.levels.findIndex((l) => l.height === r.height && l.width === r.width);
      const shown = current && current.height === r.height && current.width === r.width;
      return el("button", { class: `rung ${shown ? "shown" : ""}`, type: "button", disabled: level < 0, title: "Play this one only", onclick: () => player.choose(level) },
        el("span", { class: "rung-name" }, `${r.width}×${r.height}`, el("small", null, [rate(r.frame_rate), r.codecs].filter(Boolean).join(" · "))),
        meter((r.bandwidth || r.width * r.height * 2) / widest, shown ? "shown" : ""),
        el("span", { class: "rung-rate" }, bitRate(r.average_bandwidth), gaps(r)));
    });
    const audio = renditions.filter((r) => r.type === "audio").map((r) => el("div", { class: "rung audio" },
      el("span", { class: "rung-name" }, r.id, el("small", null, r.codecs ?? "")), el("span"),
      el("span", { class: "rung-rate" }, bitRate(r.average_bandwidth), gaps(r))));
    if (rungs.length + audio.length === 0) return [el("p", { class: "empty" }, "No renditions yet")];
    const automatic = el("button", { class: `quiet ${player.automatic ? "on" : ""}`, type: "button", onclick: () => player.choose(-1) },
      player.automatic ? "Automatic level" : "Back to automatic level");
    return [...rungs, ...audio, automatic];
  }

  tiles() {
    const { player } = this;
    const current = player.levels[player.level];
    const playing = this.video.readyState > 1;
    return [
      tile("Playing", current ? `${current.width}×${current.height}` : "–"),
      tile("Behind live edge", span(player.latency)),
      tile("Buffered", playing ? span(player.buffered) : "–"),
      tile("Frames shown", playing ? count(player.decodedFrames) : "–"),
      tile("Frames dropped", playing ? count(player.droppedFrames) : "–", player.droppedFrames > 0 && "warn"),
      tile("Throughput", playing ? bitRate(player.bandwidth) : "–"),
    ];
  }
}

// tile is one figure with its name.
export function tile(name, value, kind) {
  return el("div", { class: `tile ${kind || ""}` }, el("dt", null, name), el("dd", null, value));
}

function gaps(r) {
  return r.gaps > 0 ? el("small", { class: "warn" }, `${r.gaps} ${r.gaps === 1 ? "gap" : "gaps"}`) : null;
}
