// The player: hls.js on a video element. window.rungPlayer is the one that plays: it tells tests and
// curious people how it does.

import Hls from "/console/dist/hls.min.mjs";

// retryAfter is between tries to load a presentation that is not there yet, in milliseconds.
const retryAfter = 2000;

export class Player {
  constructor(video, note) {
    this.video = video;
    this.note = note; // an element for what keeps it from playing
    this.path = null;
    this.hls = null;
    this.timer = 0;
    this.failures = 0;
    for (const event of ["playing", "timeupdate"]) video.addEventListener(event, () => this.say(""));
  }

  get currentTime() { return this.video.currentTime; }
  get decodedFrames() { return this.video.getVideoPlaybackQuality().totalVideoFrames; }
  get droppedFrames() { return this.video.getVideoPlaybackQuality().droppedVideoFrames; }
  get level() { return this.hls?.currentLevel ?? -1; }
  get levels() { return this.hls?.levels ?? []; }
  get automatic() { return this.hls?.autoLevelEnabled ?? true; }
  get bandwidth() { return this.hls?.bandwidthEstimate ?? NaN; }
  get live() { return this.hls?.levels[this.hls.currentLevel]?.details?.live ?? false; }
  // latency is from the picture shown to the presentation's live edge, in seconds.
  get latency() { return this.live ? this.hls.latency : NaN; }

  // buffered is how far ahead of the picture shown, in seconds.
  get buffered() {
    const { buffered, currentTime } = this.video;
    for (let i = 0; i < buffered.length; i++) {
      if (buffered.start(i) <= currentTime + 0.1 && currentTime < buffered.end(i)) return buffered.end(i) - currentTime;
    }
    return 0;
  }

  // play plays the presentation at that path; the same again changes nothing.
  play(path) {
    if (this.path === path) return;
    this.stop();
    this.path = path;
    window.rungPlayer = this;
    this.load();
  }

  stop() {
    clearTimeout(this.timer);
    this.hls?.destroy();
    this.hls = null;
    this.path = null;
    this.failures = 0;
  }

  // choose plays one level only, or, with -1, the one that fits.
  choose(level) {
    if (this.hls) this.hls.nextLevel = level;
  }

  say(text) {
    this.note.textContent = text;
    this.note.hidden = text === "";
  }

  load() {
    if (!Hls.isSupported()) {
      this.say("this browser has no Media Source Extensions");
      return;
    }
    this.say("loading");
    this.hls?.destroy();
    const hls = new Hls({ workerPath: "/console/dist/hls.worker.js", backBufferLength: 30, lowLatencyMode: false });
    this.hls = hls;
    hls.on(Hls.Events.ERROR, (_, data) => data.fatal && this.failed(hls, data));
    hls.on(Hls.Events.MANIFEST_PARSED, () => this.video.play().catch(() => this.say("press play")));
    hls.loadSource(this.path);
    hls.attachMedia(this.video);
  }

  // failed goes on after what can be gone on after: a presentation that is not there yet, a decoder's hiccup.
  failed(hls, data) {
    if (hls !== this.hls) return;
    if (data.type === Hls.ErrorTypes.MEDIA_ERROR && this.failures++ < 3) {
      hls.recoverMediaError();
      return;
    }
    const absent = data.response?.code === 404;
    this.say(absent ? "nothing is published yet" : `playback stopped: ${data.details}`);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.hls === hls && this.load(), retryAfter);
  }
}
