// The console: which view is shown, and what keeps it fresh.

import { follow, get, keepToken, takeToken, token } from "./api.js";
import { Channels } from "./channels.js";
import { Events } from "./events.js";
import { openForm } from "./form.js";
import { Jobs } from "./jobs.js";
import { Nodes } from "./nodes.js";

// refreshEvery is between looks at the figures, in milliseconds. State changes come at once, as events.
const refreshEvery = 2000;
const recentEvents = 100;

const events = new Events();
const views = { channels: new Channels(), jobs: new Jobs(), nodes: new Nodes(), events };
let shown = null;
let busy = false;
let again = false;

// route shows the view that the address names: #/channels/news.
async function route() {
  const [, name = "channels", id = null] = location.hash.split("/");
  const view = views[name] ?? views.channels;
  if (view !== shown) {
    shown?.leave();
    shown = view;
    document.getElementById("view").replaceChildren(view.node);
    for (const tab of document.querySelectorAll(".tabs a")) tab.toggleAttribute("aria-current", views[tab.dataset.view] === view);
  }
  await run(() => view.show(id && decodeURIComponent(id)));
}

// refresh renews the view; one that comes while another is under way follows it, once.
async function refresh() {
  if (busy) {
    again = true;
    return;
  }
  busy = true;
  await run(() => shown?.refresh());
  busy = false;
  if (again) {
    again = false;
    await refresh();
  }
}

// run does something with the API. Without a token, it asks for one.
async function run(action) {
  try {
    await action();
    linked(true);
  } catch (error) {
    if (error.status === 401) signIn(error.message);
    else if (error.status === 404) location.hash = "#/channels";
    else linked(false, error.hint ? `${error.message} – ${error.hint}` : error.message);
  }
}

function linked(up, fault = "") {
  const link = document.getElementById("link");
  link.className = up ? "link up" : "link down";
  link.textContent = up ? "live" : fault || "reconnecting";
}

// signIn asks for a token until the server takes one, and begins anew with it.
function signIn(fault) {
  const dialog = document.getElementById("sign-in");
  if (dialog.open) return;
  dialog.oncancel = (event) => event.preventDefault();
  openForm("sign-in", async (form) => {
    const before = token();
    keepToken(form.get("token").trim());
    try {
      await get("/nodes");
    } catch (error) {
      keepToken(before);
      throw error;
    }
    location.reload();
  });
  if (token()) dialog.querySelector(".form-error").textContent = fault;
}

function theme() {
  const root = document.documentElement;
  const kept = localStorage.getItem("rung.theme");
  if (kept) root.dataset.theme = kept;
  document.getElementById("theme").addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    localStorage.setItem("rung.theme", root.dataset.theme);
  });
}

async function begin() {
  takeToken();
  theme();
  document.getElementById("sign-out").addEventListener("click", () => { keepToken(null); location.reload(); });
  get("/version").then((v) => { document.getElementById("version").textContent = v.rung ?? ""; }).catch(() => {});
  if (!token()) {
    linked(false, "signed out");
    signIn("");
    return;
  }
  addEventListener("hashchange", route);
  // Buttons' actions fail here: what they throw is shown where the link's state is.
  addEventListener("unhandledrejection", (event) => run(() => Promise.reject(event.reason)));
  await route();
  setInterval(refresh, refreshEvery);
  run(() => follow(recentEvents, (event) => {
    events.take(event);
    if (Date.now() - Date.parse(event.time) < 10000) refresh();
  }, (up) => linked(up), new AbortController().signal));
}

begin();
