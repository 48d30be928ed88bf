// Talking to the server. Who one is stays in memory; nothing about patients is kept in the browser.

let bearer = "";
export function signAs(token) { bearer = token; }

export class Trouble extends Error {}

const signature = () => (bearer ? { Authorization: `Bearer ${bearer}` } : {});

async function call(path, { method = "GET", body, headers = {} } = {}) {
  const sent = { ...signature(), ...headers };
  if (body !== undefined) sent["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(path, { method, headers: sent, body: body === undefined ? undefined : JSON.stringify(body) });
  } catch {
    throw new Trouble("The server cannot be reached. Is it still running?");
  }
  if (!response.ok && response.status !== 304) {
    const problem = await response.json().catch(() => ({}));
    throw new Trouble(problem.detail || `The server answered ${response.status}.`);
  }
  return response;
}

const key = () => crypto.randomUUID();
const json = async (path, options) => (await call(path, options)).json();
export const users = () => json("/v1/users");
export const ready = () => json("/readyz");
export const approvals = () => json("/v1/approvals");
export const exceptions = () => json("/v1/exceptions");
export const plan = (id) => json(`/v1/plans/${encodeURIComponent(id)}`);
export const sheet = (id) => json(`/v1/plans/${encodeURIComponent(id)}/sheet`);
const post = (path, body) => json(path, { method: "POST", body, headers: { "Idempotency-Key": key() } });
export const edit = (id, digest, changes) => post(`/v1/plans/${encodeURIComponent(id)}/edits`, { digest, changes });
export const withdraw = (id, reason) => post(`/v1/plans/${encodeURIComponent(id)}/withdrawal`, { reason });
export const messages = (thread) => json(`/v1/threads/${encodeURIComponent(thread)}/messages`);
export const openThread = async () => (await json("/v1/threads", { method: "POST", body: { surface: "web" } })).id;
export const decide = (id, decision, digest, reason) =>
  json(`/v1/approvals/${encodeURIComponent(id)}/decisions`, {
    method: "POST", body: { decision, digest, reason }, headers: { "Idempotency-Key": key() },
  });

// One message. When the connection breaks, the same key fetches the same turn again, never a second one,
// and for the person who asked, whoever one is by then.
export async function say(thread, text, onProgress) {
  const headers = { ...signature(), Accept: "text/event-stream", "Idempotency-Key": key() };
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await listen(thread, text, headers, onProgress);
    } catch (error) {
      if (error instanceof Trouble || attempt >= 2) throw error;
      await new Promise((resolve) => { setTimeout(resolve, 500 * (attempt + 1)); });
    }
  }
}

async function listen(thread, text, headers, onProgress) {
  const response = await call(`/v1/threads/${encodeURIComponent(thread)}/messages`, { method: "POST", body: { text }, headers });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) throw new Error("the stream ended before the turn");
    buffer += value;
    const events = buffer.split("\n\n");
    buffer = events.pop();
    for (const raw of events) {
      const event = parse(raw);
      if (event.id) headers["Last-Event-ID"] = event.id;
      if (event.name === "progress") onProgress(event.data);
      if (event.name === "problem") throw new Trouble(event.data.detail);
      if (event.name === "turn") return event.data;
    }
  }
}

function parse(raw) {
  const event = { name: "", id: "", data: null };
  for (const line of raw.split("\n")) {
    if (line.startsWith("event: ")) event.name = line.slice(7);
    if (line.startsWith("id: ")) event.id = line.slice(4);
    if (line.startsWith("data: ")) event.data = JSON.parse(line.slice(6));
  }
  return event;
}
