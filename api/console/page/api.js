// The HTTP API, with the token that the browser's tab holds.

const storageKey = "rung.token";

// Problem is an error as the API tells it (RFC 9457).
export class Problem extends Error {
  constructor(status, { detail, hint, code } = {}) {
    super(detail ?? `the server answered ${status}`);
    this.status = status;
    this.hint = hint;
    this.code = code;
  }
}

export function token() {
  return sessionStorage.getItem(storageKey);
}

export function keepToken(secret) {
  if (secret) sessionStorage.setItem(storageKey, secret);
  else sessionStorage.removeItem(storageKey);
}

// takeToken keeps a token that came in the address (#token=...), which never reaches a server or its logs, and takes it
// out of the address.
export function takeToken() {
  const secret = new URLSearchParams(location.hash.slice(1)).get("token");
  if (!secret) return;
  keepToken(secret);
  history.replaceState(null, "", `${location.pathname}#/channels`);
}

async function send(path, options = {}) {
  let response;
  try {
    response = await fetch(path, { ...options, headers: { Authorization: `Bearer ${token() ?? ""}`, ...options.headers } });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, { detail: "the server does not answer", hint: "is it running?" });
  }
  if (!response.ok) throw new Problem(response.status, await response.json().catch(() => ({})));
  return response;
}

// call sends a request under /api/v1 and gives the answer's document.
export async function call(method, path, body) {
  const options = { method };
  if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers = { "Content-Type": "application/json" };
  }
  const response = await send(`/api/v1${path}`, options);
  return response.status === 204 ? null : response.json();
}

export const get = (path) => call("GET", path);

// list gives all of a kind.
export const list = async (kind) => (await get(`/${kind}`)).items;

// follow calls take for each event, beginning with the last recent ones, and goes on after breaks until the signal.
// EventSource cannot send a token, so the stream is read here.
export async function follow(recent, take, link, signal) {
  let last = "";
  while (!signal.aborted) {
    try {
      const response = await send(`/api/v1/events?recent=${recent}`, { headers: last ? { "Last-Event-ID": last } : {}, signal });
      link(true);
      for await (const [field, value] of fields(response.body)) {
        if (field === "id") last = value;
        if (field === "data") take(JSON.parse(value));
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error.status === 401 || error.status === 403) throw error;
    }
    link(false);
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}

// fields reads an event stream's lines as pairs.
async function* fields(body) {
  let rest = "";
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    for (const line of lines) {
      const at = line.indexOf(": ");
      if (at > 0) yield [line.slice(0, at), line.slice(at + 2)];
    }
  }
}
