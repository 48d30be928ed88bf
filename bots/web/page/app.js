// The page: who one is, the conversation, and the side that waits.
import * as api from "/page/api.js";
import { cardOf, forgetPlans, optionsOf, planCard } from "/page/cards.js";
import { el, longTime, markdown, roleWords, setNames, setZone } from "/page/dom.js";
import { forget, refresh, refreshIfIdle } from "/page/waiting.js";

const house = document.querySelector(".house");
const picker = document.getElementById("user");
const token = document.getElementById("token");
const turns = document.getElementById("turns");
const progress = document.getElementById("progress");
const welcome = document.getElementById("welcome");
const message = document.getElementById("message");
const send = document.getElementById("send");
const REFRESH_MS = 8000;

// What one may ask first, by role; only suggestions, any wording works.
const SUGGESTIONS = {
  or_scheduler: ["Which operating rooms have open prime time on Thursday?", "How long does a revision knee take?", "Find room for a three-hour hip case this week"],
  charge_nurse: ["How many nurses do we have and need tonight?", "Who could cover a night shift?", "What does the handbook say about breaks?"],
  capacity_manager: ["What is the bed state at every site?", "How many medical beds will we need tonight?", "Which feeds are late?"],
  supply_chain: ["Which cases in the next 7 days lack an implant?", "What is the state of our open requisitions?", "How many hip revision trays do we have?"],
  service_line_manager: ["What demand do we expect next week against capacity?", "Which clinics are full next week?"],
  call_center_agent: ["What is the earliest new-patient dermatology visit?", "Which MRI slots are free on Thursday?"],
};
const ANYBODY = ["What waits for my decision?", "Which exceptions are open?", "What does the handbook say about escalation?"];
const OUTCOMES = {
  propose: "Proposed, nothing has changed yet", await_approval: "Waiting for approval", clarify: "One more thing is needed",
  refuse: "Not done", escalate: "Handed to a person",
};

let people = [];
let thread = null;
let busy = false;
// Goes up when another person or conversation begins: what was fetched for the former one is then thrown away.
let generation = 0;
let restored = Promise.resolve();

async function start() {
  try {
    people = await api.users();
  } catch (error) {
    if (!(error instanceof api.Trouble)) throw error;
    askForToken(error.message);
    return;
  }
  setNames(people);
  picker.replaceChildren(...groups(people));
  const before = sessionStorage.getItem("user");
  picker.value = people.some((person) => person.id === before) ? before : "or.scheduler";
  if (!picker.value) picker.value = people[0].id;
  picker.addEventListener("change", () => become(picker.value));
  await become(picker.value, picker.value === before ? sessionStorage.getItem("thread") : null);
}

function askForToken(why) {
  picker.hidden = true;
  token.hidden = false;
  token.addEventListener("change", () => { api.signAs(token.value); begin(); });
  addProblem(`${why} Sign in with an access token.`);
  house.setAttribute("aria-busy", "false");
}

function groups(everybody) {
  const bySite = Map.groupBy ? Map.groupBy(everybody, (person) => person.site || "all sites") : new Map([["everybody", everybody]]);
  return [...bySite].sort().map(([site, some]) => el("optgroup", { label: site },
    some.map((person) => el("option", { value: person.id }, `${person.name} · ${person.roles.map(roleWords).join(", ") || person.id}`))));
}

async function become(user, before = null) {
  sessionStorage.setItem("user", user);
  if (!before) sessionStorage.removeItem("thread");
  api.signAs(`sandbox:${user}`);
  await begin(before);
}

async function begin(before = null) {
  const here = stillHere(++generation);
  house.setAttribute("aria-busy", "true");
  thread = before;
  setZone(people.find((one) => one.id === picker.value)?.timezone || "America/Chicago");
  forget();
  forgetPlans();
  turns.replaceChildren();
  listenAgain();
  restored = before ? restore(before, here) : Promise.resolve();
  await restored;
  if (!here()) return;
  showWelcome();
  await refresh();
  if (!here()) return;
  await showClock(here);
  if (here()) house.setAttribute("aria-busy", "false");
}

function stillHere(mine) {
  return () => mine === generation;
}

async function restore(before, here) {
  let records = [];
  try {
    records = await api.messages(before);
  } catch (error) {
    if (!(error instanceof api.Trouble)) throw error;
    if (here()) thread = null;
    if (here()) sessionStorage.removeItem("thread");
  }
  if (!here()) return;
  for (const record of records) {
    addQuestion(record.text);
    if (record.answer) addAnswer(record.answer);
  }
}

async function showClock(here) {
  try {
    const ready = await api.ready();
    if (here()) document.getElementById("clock").textContent = longTime(ready.now);
  } catch (error) {
    if (!(error instanceof api.Trouble)) throw error;
  }
}

function showWelcome() {
  const person = people.find((one) => one.id === picker.value);
  welcome.hidden = busy || turns.children.length > 0;
  const asks = (person?.roles || []).flatMap((role) => SUGGESTIONS[role] || []);
  welcome.replaceChildren(
    el("h2", {}, person ? `Good to see you, ${person.name}.` : "What should we look at?"),
    el("p", {}, "Ask about rooms, beds, staff, clinics and supplies, or say what should change. You see exactly what would happen, and who has to agree, before anything does."),
    el("div", { class: "chips" }, (asks.length ? asks : ANYBODY).map((text) => el("button", { type: "button", class: "chip", onclick: () => ask(text) }, text))));
}

async function ask(text) {
  if (busy || !text.trim()) return;
  const here = stillHere(generation);
  busy = true;
  send.disabled = true;
  welcome.hidden = true;
  progress.hidden = false;
  progress.textContent = "Listening…";
  try {
    await restored;
    if (here()) await askHere(text, here);
  } catch (error) {
    if (here()) addProblem(error instanceof api.Trouble ? error.message : "The connection broke before the answer came. Please ask again.");
  }
  if (!here()) return;
  listenAgain();
  // Whoever went on to the side, or to the top, is left there.
  if (!document.activeElement?.closest(".side, .top")) message.focus();
  await refresh();
}

async function askHere(text, here) {
  addQuestion(text);
  const opened = thread ?? await api.openThread();
  if (!here()) return;
  thread = opened;
  sessionStorage.setItem("thread", thread);
  const turn = await api.say(thread, text, (step) => { if (here()) progress.textContent = `${step.note[0].toUpperCase()}${step.note.slice(1)}…`; });
  if (here()) addAnswer(turn);
}

function listenAgain() {
  busy = false;
  send.disabled = false;
  progress.hidden = true;
}

function addQuestion(text) {
  add(el("li", { class: "asked" }, el("span", { class: "unseen" }, "You: "), el("p", {}, text)));
}

function addProblem(text) {
  add(el("li", { class: "answered" }, el("p", { class: "outcome refuse" }, text)));
}

function addAnswer(turn) {
  const hasPlan = turn.cards.some((card) => card.type === "plan");
  add(el("li", { class: "answered" },
    OUTCOMES[turn.outcome] ? el("p", { class: `outcome ${turn.outcome}` }, OUTCOMES[turn.outcome]) : null,
    turn.words ? markdown(turn.words) : null,
    turn.options.length && !hasPlan ? optionsOf(turn.options, ask) : null,
    turn.cards.map((card) => cardOf(card, ask)),
    turn.plan && !hasPlan && !turn.options.length ? planCard(turn.plan) : null,
    turn.planner === "embedded" ? null : el("p", { class: "note" }, `Understood by ${turn.planner}`)));
}

// The question moves to the top, so that its answer is read from the beginning.
function add(node) {
  turns.append(node);
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const asked = [...turns.querySelectorAll(".asked")].at(-1) || node;
  asked.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
}

function grow() {
  message.rows = Math.min(8, message.value.split("\n").length);
}

document.getElementById("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = message.value;
  if (busy || !text.trim()) return;
  message.value = "";
  grow();
  ask(text);
});
message.addEventListener("input", grow);
message.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    document.getElementById("composer").requestSubmit();
  }
});
document.getElementById("who").addEventListener("submit", (event) => event.preventDefault());
document.getElementById("fresh").addEventListener("click", async () => {
  sessionStorage.removeItem("thread");
  await begin();
  message.focus();
});

setInterval(() => { if (!document.hidden) refreshIfIdle(); }, REFRESH_MS);
start();
