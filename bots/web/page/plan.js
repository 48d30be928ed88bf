// One plan at a glance: before and after, cost, who must say yes and why, what changed since; and the answers to it.
import * as api from "/page/api.js";
import { STATES } from "/page/cards.js";
import { el, money, roleWords, setNames, setZone, time, words } from "/page/dom.js";

const id = decodeURIComponent(location.pathname.split("/").pop());
const house = document.getElementById("plan");
const sheet = document.getElementById("sheet");
const notice = document.getElementById("notice");
const picker = document.getElementById("user");
const token = document.getElementById("token");
let people = [];

async function start() {
  try {
    people = await api.users();
  } catch (error) {
    if (!(error instanceof api.Trouble)) throw error;
    picker.hidden = true;
    token.hidden = false;
    token.addEventListener("change", () => { api.signAs(token.value); load(); });
    say(`${error.message} Sign in with an access token.`, "bad");
    house.setAttribute("aria-busy", "false");
    return;
  }
  setNames(people);
  picker.replaceChildren(...people.map((one) => el("option", { value: one.id }, `${one.name} · ${one.roles.map(roleWords).join(", ") || one.id}`)));
  picker.value = sessionStorage.getItem("user") || "or.scheduler";
  if (!picker.value) picker.value = people[0].id;
  picker.addEventListener("change", become);
  await become();
}

async function become() {
  sessionStorage.setItem("user", picker.value);
  api.signAs(`sandbox:${picker.value}`);
  setZone(people.find((one) => one.id === picker.value)?.timezone || "America/Chicago");
  say("");
  await load();
}

async function load() {
  house.setAttribute("aria-busy", "true");
  try {
    draw(await api.sheet(id));
  } catch (error) {
    if (!(error instanceof api.Trouble)) throw error;
    sheet.replaceChildren();
    say(error.message, "bad");
  }
  house.setAttribute("aria-busy", "false");
}

function say(text, kind = "") {
  notice.textContent = text;
  notice.className = `notice ${kind}`;
}

function draw(one) {
  const { plan } = one;
  document.title = `${plan.title} · Wardline`;
  const parts = [
    el("header", { class: "sheet-head" }, el("h1", {}, plan.title), el("span", { class: `badge ${plan.state}` }, STATES[plan.state] || plan.state)),
    el("p", { class: "note" }, `${plan.id} · asked by ${one.asked_by}, `, time(one.asked_at), plan.expires_at && one.may !== null && ["drafted", "awaiting"].includes(plan.state) ? [" · open until ", time(plan.expires_at)] : "", one.reason ? ` · ${one.reason}` : ""),
    one.replaces ? section("Instead of another plan", el("p", {}, link(one.replaces), one.compared.length ? ":" : " says the same."), list(one.compared)) : null,
    one.replaced_by ? el("p", { class: "notice bad" }, "Another plan took its place: ", link(one.replaced_by)) : null,
    section("What changed since", one.changed_since.length ? el("ul", { class: "changed" }, one.changed_since.map((said) => el("li", {}, said))) : el("p", { class: "empty" }, "Nothing: it says what would happen now.")),
    section("What happens", el("ul", { class: "lines" }, plan.lines.map((line) => el("li", {}, line)))),
    plan.cost ? section("What it costs", el("p", { class: "cost" }, money(plan.cost))) : null,
    section("Before and after", one.rows.length ? one.rows.map(rowTable) : el("p", { class: "empty" }, "It cannot be carried out as the world is now.")),
    section("Who must say yes, and why", one.needs.length ? el("ol", { class: "needs" }, one.needs.map(need)) : el("p", { class: "empty" }, "Nobody else.")),
    one.binding.length + one.slack.length + one.why_not.length ? section("What limits it", list(one.binding.map((said) => `binds: ${said}`)), list(one.slack), list(one.why_not.map((said) => `not otherwise: ${said}`))) : null,
    answers(one),
    el("details", { class: "history" }, el("summary", {}, "What happened to it"), el("ol", {}, one.history.map((event) => el("li", {}, time(event.at), ` ${event.who}, ${words(event.what)}: ${event.why}`)))),
    el("p", { class: "digest" }, `digest ${plan.digest}`),
  ];
  sheet.replaceChildren(...parts.filter(Boolean));
}

function section(title, ...inside) {
  return el("section", { class: "card" }, el("h2", {}, title), ...inside);
}

function list(said) {
  return said.length ? el("ul", {}, said.map((one) => el("li", {}, one))) : null;
}

function link(other) {
  return el("a", { href: `/plans/${encodeURIComponent(other)}` }, other);
}

function rowTable(row) {
  return el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": row.what }, el("table", {},
    el("caption", {}, row.new ? `${row.what} (new)` : row.what),
    el("thead", {}, el("tr", {}, ["", "Before", "After"].map((name) => el("th", { scope: "col" }, name)))),
    el("tbody", {}, row.fields.map((field) => el("tr", {}, el("th", { scope: "row" }, field.field), el("td", {}, field.before || "–"), el("td", {}, field.after))))));
}

function need(one) {
  const met = one.have >= one.need;
  return el("li", { class: met ? "met" : "open" },
    el("strong", {}, one.role), ` (${one.scope}) `, met ? "has agreed" : one.is_next ? "decides now" : `decides later, ${one.have} of ${one.need}`,
    one.who.length ? el("span", { class: "who-list" }, ` ${one.who.join(", ")}`) : el("span", { class: "who-list" }, " nobody can at the moment"),
    el("span", { class: "why" }, one.why),
    one.then ? el("span", { class: "why" }, `At half the time: ${one.then}`) : null,
    one.said.map((vote) => el("span", { class: "why" }, `${vote.who}${vote.in_name_of ? ` for ${vote.in_name_of}` : ""}: ${vote.decision}${vote.reason ? `, ${vote.reason}` : ""} · `, time(vote.at))));
}

function answers(one) {
  const { plan, may } = one;
  if (!may.decide && !may.change && !may.withdraw) return null;
  const reason = el("textarea", { id: "reason", rows: 2, maxlength: 300 });
  const act = async (doing, work) => {
    say(`${doing}…`);
    for (const button of sheet.querySelectorAll("button")) button.disabled = true;
    let said;
    try {
      const done = await work();
      if (done.plan && done.plan.id !== id) { location.assign(`/plans/${encodeURIComponent(done.plan.id)}`); return; }
      said = [done.headline, "good"];
    } catch (error) {
      if (!(error instanceof api.Trouble)) throw error;
      said = [error.message, "bad"];
    }
    await load();
    say(...said);
    house.focus();
  };
  const fields = Object.entries(one.arguments).filter(([, value]) => ["string", "number"].includes(typeof value));
  const change = el("form", { class: "reject", onsubmit: (event) => { event.preventDefault(); act("Changing", () => api.edit(id, plan.digest, changed(change, fields))); } },
    fields.flatMap(([name, value]) => [el("label", { for: `set-${name}` }, words(name)), el("input", { id: `set-${name}`, name, value })]),
    el("div", { class: "buttons" }, el("button", { type: "submit" , class: "quiet" }, "Ask for this instead")));
  return section("Your answer",
    may.decide || may.withdraw ? [el("label", { for: "reason" }, "Reason (needed to reject)"), reason] : null,
    el("div", { class: "buttons" },
      may.decide ? el("button", { type: "button", class: "primary", onclick: () => act("Approving", () => api.decide(id, "approve", plan.digest, reason.value)) }, "Approve") : null,
      may.decide ? el("button", { type: "button", class: "quiet danger", onclick: () => act("Rejecting", () => api.decide(id, "reject", plan.digest, reason.value)) }, "Reject") : null,
      may.withdraw ? el("button", { type: "button", class: "quiet danger", onclick: () => act("Taking back", () => api.withdraw(id, reason.value)) }, "Take it back") : null),
    may.change && fields.length ? el("details", {}, el("summary", {}, "Ask for something else instead"), change) : null);
}

// Only what is different is sent; an emptied field is left out of the call.
function changed(form, fields) {
  const now = (name) => form.elements.namedItem(name).value;  // `elements.item` is a method, whatever field is called so
  return Object.fromEntries(fields.filter(([name, value]) => now(name) !== String(value)).map(([name]) => [name, now(name) || null]));
}

await start();
