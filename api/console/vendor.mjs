// Copies what the console uses of hls.js from node_modules to dist, with its licence.
import { copyFile, mkdir } from "node:fs/promises";

const from = new URL("node_modules/hls.js/", import.meta.url);
const to = new URL("dist/", import.meta.url);

await mkdir(to, { recursive: true });
await copyFile(new URL("dist/hls.min.mjs", from), new URL("hls.min.mjs", to));
await copyFile(new URL("dist/hls.worker.js", from), new URL("hls.worker.js", to));
await copyFile(new URL("LICENSE", from), new URL("hls.LICENSE", to));
