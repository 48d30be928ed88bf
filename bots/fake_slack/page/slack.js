// The page of the fake Slack: be anybody, write, press, fill in. What one sees is asked for again as soon as it changes.
import { el } from "/page/dom.js";
import { drawBlocks, valuesOf } from "/page/blocks.js";
import { rich, setNames, short } from "/page/mrkdwn.js";

const at = Object.fromEntries(["team", "user", "handle", "apps", "channels", "title", "tabs", "fresh", "trouble", "home", "messages", "composer", "replying", "message", "send", "modal"].map((id) => [id, document.getElementById(id)]));
const state = { team: "", user: "", place: "dm", tab: "messages", thread: null, seen: null, drawn: new Map(), turn: 0 };
let workspaces = [];

async function ask(path, body) {
  const response = await fetch(path, body === undefined ? {} : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error || "That did not work.");
  return answer;
}

async function act(what) {
  try {
    const done = await ask("/fake/do", { team: state.team, user: state.user, ...what });
    const failed = "status" in done && done.status !== 200;
    say(failed ? `The app did not answer in time (${done.status || "nobody listens"}).` : "");
    return done;
  } catch (problem) {
    say(problem.message);
    return {};
  }
}

function say(trouble) {
  at.trouble.textContent = trouble;
  at.trouble.hidden = !trouble;
}

// Who and where

function remember() {
  const place = new URLSearchParams({ team: state.team, user: state.user, place: state.place, tab: state.tab });
  history.replaceState(null, "", `#${place}`);
}

function be(team, user) {
  Object.assign(state, { team, user, thread: null, seen: null });
  document.cookie = `fake_slack_user=${team}.${user}; path=/; samesite=lax`; // whoever signs in with Slack in this browser is this person
  state.drawn.clear();
  at.messages.replaceChildren();
  const here = workspaces.find((one) => one.id === team);
  at.user.replaceChildren(...here.people.map((one) => el("option", { value: one.id, selected: one.id === user }, one.name)));
  const me = here.people.find((one) => one.id === user);
  at.handle.textContent = me ? [me.title, me.handle].filter(Boolean).join(" · ") : "";
  go(state.place, state.tab);
  watch();
}

function go(place, tab = "messages") {
  Object.assign(state, { place, tab, thread: null });
  state.drawn.clear();
  at.messages.replaceChildren();
  if (place === "dm" && tab === "home") act({ do: "home" });
  remember();
  if (state.seen) draw();
}

async function watch() {
  const mine = ++state.turn;
  let after = -1;
  while (mine === state.turn) {
    try {
      const seen = await ask(`/fake/seen?${new URLSearchParams({ team: state.team, user: state.user, after })}`);
      if (mine !== state.turn) return;
      after = seen.n;
      state.seen = seen;
      setNames(seen.names);
      draw();
    } catch {
      await new Promise((done) => setTimeout(done, 1000));
    }
  }
}

// Drawing

function channelHere() {
  const found = state.seen.channels;
  return state.place === "dm" ? found.find((one) => one.kind === "im") : found.find((one) => one.id === state.place);
}

function draw() {
  const { seen } = state;
  const link = (text, place, mark) => el("li", {}, el("button", { type: "button", "aria-current": state.place === place ? "page" : null, onclick: () => go(place) }, el("span", { class: "mark", "aria-hidden": "true" }, mark), text));
  fill(at.apps, [link("Wardline", "dm", "◆")]);
  fill(at.channels, seen.channels.filter((one) => one.kind === "channel").map((one) => link(one.name, one.id, "#")));
  const channel = channelHere(), direct = state.place === "dm";
  at.title.textContent = direct ? "Wardline" : `#${channel?.name}`;
  fill(at.tabs, direct ? ["home", "messages"].map((tab) => el("button", { type: "button", role: "tab", "aria-selected": String(state.tab === tab), onclick: () => go("dm", tab) }, tab === "home" ? "Home" : "Messages")) : []);
  const home = direct && state.tab === "home";
  at.home.hidden = !home;
  at.messages.hidden = at.composer.hidden = home;
  at.fresh.hidden = !direct || home;
  at.message.placeholder = direct ? "Message Wardline" : `Message #${channel?.name}; mention @Wardline to ask`;
  if (home) fill(at.home, seen.home ? drawBlocks(seen.home.blocks, (pressed) => act({ do: "click", view: "home", ...pressed })) : [el("p", { class: "fine" }, "One moment…")]);
  else drawMessages(channel);
  drawModal();
}

// Replace only what differs, so that nobody loses the focus.
function fill(node, children) {
  const now = children.map((one) => one.outerHTML).join();
  if (node.dataset.now === now) return;
  node.dataset.now = now;
  node.replaceChildren(...children);
}

function drawMessages(channel) {
  const messages = channel?.messages || [];
  const roots = messages.filter((one) => !one.thread_ts || one.thread_ts === one.ts || !messages.some((other) => other.ts === one.thread_ts));
  const near = at.messages.scrollHeight - at.messages.scrollTop - at.messages.clientHeight < 160;
  let changed = false;
  const wanted = roots.map((root) => {
    const replies = messages.filter((one) => one.thread_ts === root.ts && one.ts !== root.ts);
    const session = channel.sessions[root.ts];
    const now = JSON.stringify([root, replies, session, state.thread === root.ts]);
    const known = state.drawn.get(root.ts);
    if (known?.now === now) return known.node;
    changed = true;
    const node = drawThread(channel, root, replies, session);
    state.drawn.set(root.ts, { now, node });
    return node;
  });
  if (changed || at.messages.children.length !== wanted.length) {
    at.messages.replaceChildren(...wanted);
    if (near) at.messages.scrollTop = at.messages.scrollHeight;
  }
  const root = messages.find((one) => one.ts === state.thread);
  at.replying.hidden = !root;
  at.replying.replaceChildren(...(root ? ["In the thread ", el("strong", {}, channel.sessions[root.ts]?.title || short(root.text || "with Wardline")), " ", el("button", { type: "button", class: "small", onclick: () => { state.thread = null; draw(); } }, "Leave it")] : []));
}

function drawThread(channel, root, replies, session) {
  const silent = !root.text && !(root.blocks || []).length;
  const parts = [silent ? null : drawMessage(channel, root)];
  if (session?.title) parts.unshift(el("h2", { class: "thread-title" }, session.title));
  if (replies.length || silent) {
    const fresh = session?.prompts.length && !replies.some((one) => one.user !== state.seen.bot);
    parts.push(el("ol", { class: silent ? "replies bare" : "replies" }, replies.map((one) => el("li", {}, drawMessage(channel, one)))));
    if (fresh) parts.push(prompts(channel, root, session));
  }
  if (session?.status || session?.processing) parts.push(working(channel, root, session));
  if (state.thread !== root.ts) parts.push(el("p", { class: "more" }, el("button", { type: "button", class: "small", onclick: () => { state.thread = root.ts; draw(); at.message.focus(); } }, "Reply")));
  return el("li", { class: "thread" }, parts);
}

function prompts(channel, root, session) {
  return el("div", { class: "prompts" }, el("p", { class: "fine" }, session.prompts_title || "For example"),
    session.prompts.map((one) => el("button", { type: "button", onclick: () => { state.thread = root.ts; act({ do: "say", channel: channel.id, text: one.message, thread_ts: root.ts }); } }, one.title)));
}

function working(channel, root, session) {
  return el("p", { class: "working", role: "status" }, session.status ? `Wardline ${session.status}` : "Wardline is at work",
    session.processing ? el("button", { type: "button", class: "small", onclick: () => act({ do: "stop", channel: channel.id, thread_ts: root.ts }) }, "Stop") : null);
}

function drawMessage(channel, message) {
  const bot = message.user === state.seen.bot;
  const pressed = (what) => { if (what.action_id?.startsWith("choose")) state.thread = message.thread_ts || message.ts; act({ do: "click", channel: channel.id, ts: message.ts, ...what }); };
  const blocks = message.blocks?.length ? drawBlocks(message.blocks, pressed) : [];
  const text = message.text && (!message.blocks?.length || message.tasks.length || message.streaming) ? rich(message.text, bot ? "markdown" : "mrkdwn") : [];
  const name = state.seen.names[message.user] || message.user;
  const time = new Date(Number(message.ts) * 1000);
  return el("article", { class: bot ? "message bot" : "message", "data-ts": message.ts },
    el("span", { class: "face", "aria-hidden": "true" }, bot ? "◆" : name.split(" ").map((one) => one[0]).slice(0, 2).join("")),
    el("div", { class: "body" },
      el("p", { class: "head" }, el("strong", {}, name), bot ? el("span", { class: "app" }, "APP") : null, el("time", { datetime: time.toISOString() }, time.toLocaleTimeString("en-US", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" })),
        message.ephemeral ? el("span", { class: "fine" }, "Only visible to you") : null, message.edited && !bot ? el("span", { class: "fine" }, "(edited)") : null,
        !bot && channel.kind === "channel" ? el("button", { type: "button", class: "small shortcut", onclick: () => act({ do: "shortcut", channel: channel.id, ts: message.ts }) }, "Ask Wardline about this") : null),
      message.tasks.length ? el("ul", { class: "tasks" }, message.tasks.map((one) => el("li", { class: one.status }, one.title))) : null,
      text.length ? el("div", { class: "text" }, text) : null, blocks,
      (message.files || []).map((one) => el("p", { class: "fine" }, `📎 ${one.name}`))));
}

function drawModal() {
  const view = state.seen.modal;
  if (!view) { if (at.modal.open) at.modal.close(); at.modal.dataset.now = ""; return; }
  const now = JSON.stringify(view);
  if (at.modal.dataset.now === now) return;
  at.modal.dataset.now = now;
  const close = () => act({ do: "close", view: view.id });
  const send = (event) => { event.preventDefault(); act({ do: "submit", view: view.id, values: valuesOf(event.currentTarget) }); };
  at.modal.replaceChildren(el("form", { onsubmit: send },
    el("h2", { id: "modal-title" }, view.title.text), el("div", { class: "modal-body", tabindex: "0" }, drawBlocks(view.blocks, (pressed) => act({ do: "click", view: view.id, ...pressed }))),
    el("p", { class: "modal-foot" }, el("button", { type: "button", class: "plain", onclick: close }, view.close?.text || "Close"), view.submit ? el("button", { type: "submit", class: "primary" }, view.submit.text) : null)));
  if (!at.modal.open) at.modal.showModal();
}

// Events

at.modal.addEventListener("cancel", (event) => { event.preventDefault(); act({ do: "close", view: state.seen.modal.id }); });
at.team.addEventListener("change", () => { const here = workspaces.find((one) => one.id === at.team.value); be(here.id, here.people[0].id); });
at.user.addEventListener("change", () => be(state.team, at.user.value));
at.fresh.addEventListener("click", async () => { const made = await act({ do: "thread" }); state.thread = made.ts || null; at.message.focus(); });
at.message.addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); at.composer.requestSubmit(); } });
at.composer.addEventListener("submit", async (event) => {
  event.preventDefault();
  const channel = channelHere();
  const text = at.message.value.trim().replaceAll("@Wardline", `<@${state.seen.bot}>`);
  if (!text || !channel) return;
  at.message.value = "";
  at.messages.scrollTop = at.messages.scrollHeight;
  if (text.startsWith("/wardline")) { await act({ do: "command", channel: channel.id, text: text.slice(9).trim() }); return; }
  const sent = await act({ do: "say", channel: channel.id, text, thread_ts: state.thread });
  if (!state.thread && sent.ts && (channel.kind === "im" || text.includes(`<@${state.seen.bot}>`))) state.thread = sent.ts;
});

async function begin() {
  workspaces = await ask("/fake/workspaces");
  at.team.replaceChildren(...workspaces.map((one) => el("option", { value: one.id }, one.installed ? one.name : `${one.name} (app not installed)`)));
  const place = new URLSearchParams(location.hash.slice(1));
  const here = workspaces.find((one) => one.id === place.get("team")) || workspaces[0];
  at.team.value = here.id;
  Object.assign(state, { place: place.get("place") || "dm", tab: place.get("tab") || "messages" });
  const wanted = here.people.find((one) => one.id === place.get("user") || one.handle === place.get("user"));
  be(here.id, (wanted || here.people[0]).id);
}

begin();
