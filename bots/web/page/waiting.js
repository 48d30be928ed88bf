// What waits for this person: approvals with their two buttons, and the exceptions everybody sees.
import * as api from "/page/api.js";
import { planCard, refreshPlans } from "/page/cards.js";
import { el, time, words } from "/page/dom.js";

const list = document.getElementById("waiting");
const count = document.getElementById("waiting-count");
const title = document.getElementById("waiting-title");
const notice = document.getElementById("notice");
const exceptions = document.getElementById("exceptions");
const exceptionsCount = document.getElementById("exceptions-count");
let now = "";

export async function refresh() {
  try {
    const [waiting, open] = await Promise.all([api.approvals(), api.exceptions()]);
    showWaiting(waiting);
    showExceptions(open);
    await refreshPlans(api.plan);
  } catch (error) {
    if (!(error instanceof api.Trouble)) throw error;
    say(error.message, "bad");
  }
}

export function forget() {
  now = "";
  say("");
}

function say(text, kind = "") {
  notice.textContent = text;
  notice.className = `notice ${kind}`;
}

function showWaiting(plans) {
  // Only what changed is drawn again, so that a reason being typed is never lost.
  const stamp = JSON.stringify(plans.map((plan) => [plan.id, plan.digest, plan.needs.map((need) => need.have)]));
  if (stamp === now) return;
  now = stamp;
  badge(count, plans.length);
  list.replaceChildren(...(plans.length ? plans.map(item) : [el("li", { class: "empty" }, "Nothing waits for your decision.")]));
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
  const buttons = list.querySelectorAll("button");
  for (const button of buttons) button.disabled = true;
  say(decision === "approve" ? "Approving…" : "Rejecting…");
  try {
    const result = await api.decide(plan.id, decision, plan.digest, reason);
    say(result.headline, "good");
  } catch (error) {
    if (!(error instanceof api.Trouble)) throw error;
    say(error.message, "bad");
  }
  now = "";
  await refresh();
  for (const button of buttons) button.disabled = false;
  title.focus();
}

function showExceptions(open) {
  badge(exceptionsCount, open.length);
  exceptions.replaceChildren(...(open.length ? open.map((one) => el("li", { class: `exception ${one.severity}` },
    el("p", {}, el("span", { class: `badge ${one.severity}` }, one.severity), ` ${words(one.kind)}`),
    el("p", { class: "summary" }, one.summary),
    el("p", { class: "note" }, `${words(one.owner_role)}, due `, time(one.due))))
    : [el("li", { class: "empty" }, "No open exceptions.")]));
}

function badge(node, number) {
  node.textContent = String(number);
  node.hidden = number === 0;
}
