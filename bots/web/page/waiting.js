// What waits for this person: approvals with their two buttons, and the exceptions that are one's own.
import * as api from "/page/api.js";
import { planCard, refreshPlans } from "/page/cards.js";
import { el, roleWords, time, words } from "/page/dom.js";

const list = document.getElementById("waiting");
const count = document.getElementById("waiting-count");
const title = document.getElementById("waiting-title");
const notice = document.getElementById("notice");
const exceptions = document.getElementById("exceptions");
const exceptionsCount = document.getElementById("exceptions-count");
// Only the refresh that began last is shown, and only to the person for whom it began.
let asked = 0;
let latest = Promise.resolve();
let idle = true;
let person = 0;
let drawn = new Map();

export function refresh() {
  asked += 1;
  idle = false;
  latest = load(asked);
  return latest;
}

export function refreshIfIdle() {
  return idle ? refresh() : latest;
}

async function load(mine) {
  const old = () => mine !== asked;
  try {
    const [waiting, open] = await Promise.all([api.approvals(), api.exceptions()]);
    if (old()) return latest;
    showWaiting(waiting);
    showExceptions(open);
    await refreshPlans(api.plan, old);
  } catch (error) {
    if (!(error instanceof api.Trouble)) throw error;
    if (!old()) say(error.message, "bad");
  } finally {
    if (!old()) idle = true;
  }
  return old() ? latest : undefined;
}

export function forget() {
  person += 1;
  asked += 1;
  latest = Promise.resolve();
  idle = true;
  drawn = new Map();
  list.replaceChildren();
  exceptions.replaceChildren();
  badge(count, 0);
  badge(exceptionsCount, 0);
  say("");
}

function say(text, kind = "") {
  notice.textContent = text;
  notice.className = `notice ${kind}`;
}

function showWaiting(plans) {
  // Only what changed is drawn again, so that a reason being typed, or the focus, is never lost.
  const stamps = plans.map((plan) => JSON.stringify([plan.id, plan.digest, plan.needs.map((need) => need.have)]));
  drawn = new Map(stamps.map((stamp, at) => [stamp, drawn.get(stamp) || item(plans[at])]));
  const wanted = drawn.size ? [...drawn.values()] : [list.querySelector(".empty") || el("li", { class: "empty" }, "Nothing waits for your decision.")];
  for (const node of [...list.children]) if (!wanted.includes(node)) node.remove();
  wanted.forEach((node, at) => { if (list.children[at] !== node) list.insertBefore(node, list.children[at] || null); });
  badge(count, plans.length);
}

function item(plan) {
  const reason = el("textarea", { rows: 2, id: `reason-${plan.id}`, maxlength: 500, required: true });
  const form = el("form", { class: "reject", hidden: true, onsubmit: (event) => { event.preventDefault(); decide(plan, "reject", reason.value); } },
    el("label", { for: `reason-${plan.id}` }, "Why not?"), reason,
    el("div", { class: "buttons" },
      el("button", { type: "submit", class: "danger" }, "Reject with this reason"),
      el("button", { type: "button", class: "quiet", onclick: () => { form.hidden = true; buttons.hidden = false; buttons.querySelector(".danger").focus(); } }, "Back")));
  const buttons = el("div", { class: "buttons" },
    el("button", { type: "button", class: "primary", "aria-label": `Approve: ${plan.title}`, onclick: () => decide(plan, "approve", "") }, "Approve"),
    el("button", { type: "button", class: "quiet danger", "aria-label": `Reject: ${plan.title}`, onclick: () => { form.hidden = false; buttons.hidden = true; reason.focus(); } }, "Reject…"));
  return el("li", { "data-plan": plan.id }, planCard(plan), buttons, form);
}

async function decide(plan, decision, reason) {
  const me = person;
  const buttons = list.querySelectorAll("button");
  for (const button of buttons) button.disabled = true;
  say(decision === "approve" ? "Approving…" : "Rejecting…");
  let said;
  try {
    said = [(await api.decide(plan.id, decision, plan.digest, reason)).headline, "good"];
  } catch (error) {
    if (!(error instanceof api.Trouble)) throw error;
    said = [error.message, "bad"];
  }
  if (me !== person) return;
  await refresh();
  if (me !== person) return;
  for (const button of buttons) button.disabled = false;
  say(...said);
  title.focus();
}

function showExceptions(open) {
  badge(exceptionsCount, open.length);
  exceptions.replaceChildren(...(open.length ? open.map((one) => el("li", { class: `exception ${one.severity}` },
    el("p", {}, el("span", { class: `badge ${one.severity}` }, one.severity), ` ${words(one.kind)}`),
    el("p", { class: "summary" }, one.summary),
    el("p", { class: "note" }, `${roleWords(one.owner_role)}, due `, time(one.due))))
    : [el("li", { class: "empty" }, "No open exceptions.")]));
}

function badge(node, number) {
  node.textContent = String(number);
  node.hidden = number === 0;
}
