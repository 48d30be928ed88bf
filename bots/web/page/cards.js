// Cards: one maker per kind, the same kinds that the terminal draws.
import { el, markdown, money, nameOf, roleWords, svg, tableOf, time } from "/page/dom.js";

export function cardOf(card, ask) {
  return MAKERS[card.type] ? MAKERS[card.type](card, ask) : null;
}

const MAKERS = {
  text: (card) => markdown(card.text),
  table: (card) => (card.rows.length === 0 ? null : el("figure", { class: "card" },
    el("figcaption", {}, card.title), tableOf(card.columns, card.rows, card.title), card.note ? el("p", { class: "note" }, card.note) : null)),
  chart: (card) => el("figure", { class: "card" },
    el("figcaption", {}, card.title, el("span", { class: "unit" }, ` ${card.unit}`)),
    chart(card), legend(card),
    el("details", {}, el("summary", {}, "The same as a table"), tableOf(card.twin.columns, card.twin.rows, card.title))),
  plan: (card) => planCard({ ...card, id: card.plan_id }),
  citation: (card) => el("details", { class: "citation" },
    el("summary", {}, `${card.source} ${card.section}`), el("blockquote", {}, card.text)),
  choices: (card, ask) => el("fieldset", { class: "choices", "aria-label": "Choices" },
    card.choices.map((choice) => el("button", { type: "button", class: "chip", onclick: () => ask(choice) }, choice))),
  freshness: (card) => el("p", { class: "freshness" }, "As of ",
    Object.entries(card.as_of).sort().flatMap(([source, iso], at) => [at ? " · " : "", `${source.toUpperCase()} `, time(iso)]),
    card.late.map((note) => el("strong", { class: "late" }, "⚠ ", note))),
};

export const STATES = {
  drafted: "draft", awaiting: "waiting", committed: "committed", delivered: "done", rejected: "rejected", expired: "expired",
  withdrawn: "withdrawn", superseded: "replaced", stale: "out of date", ambiguous: "being checked", compensating: "being undone", compensated: "undone",
};

const OPEN = new Set(["drafted", "awaiting"]);

// Every plan shown anywhere on the page, so that it can be told the state it is in now.
const shown = new Map();

export function planCard(plan) {
  const badge = el("span", { class: `badge ${plan.state}` }, STATES[plan.state] || plan.state);
  const needs = el("ol", { class: "needs" }, needRows(plan.needs));
  const reference = el("p", { class: "reference" });
  const card = el("article", { class: "card plan", "aria-label": plan.title },
    el("header", {}, el("h3", {}, plan.title), badge),
    el("ul", { class: "lines" }, plan.lines.map((line) => el("li", {}, change(line)))),
    el("dl", {},
      facts("Cost", plan.cost === "" || plan.cost === 0 ? null : typeof plan.cost === "number" ? money(plan.cost) : plan.cost),
      facts("Effect", effectOf(plan.effect)),
      facts("Limits", plan.constraints?.length ? plan.constraints.join(" · ") : null),
      facts("Asked by", plan.asked_by),
      facts("Open until", plan.expires_at && OPEN.has(plan.state) ? time(plan.expires_at) : null)),
    plan.needs.length ? el("p", { class: "small-title" }, "Who must agree") : null,
    needs, reference,
    el("p", { class: "digest" }, el("a", { href: `/plans/${plan.id}` }, plan.id), ` · digest ${plan.digest.slice(0, 12)}`));
  if (!shown.has(plan.id)) shown.set(plan.id, []);
  shown.get(plan.id).push((now) => {
    badge.className = `badge ${now.state}`;
    badge.textContent = STATES[now.state] || now.state;
    needs.replaceChildren(...needRows(now.needs));
    reference.textContent = now.reference ? `Reference ${now.reference}` : "";
  });
  return card;
}

const FINAL = new Set(["rejected", "expired", "withdrawn", "superseded"]);
export async function refreshPlans(fetchPlan, isOld) {
  for (const [id, tell] of [...shown]) {
    const now = await fetchPlan(id).catch(() => null);
    if (isOld()) return;
    if (!now) continue;
    for (const one of tell) one(now);
    if (FINAL.has(now.state) || (now.state === "delivered" && now.reference)) shown.delete(id);
  }
}

export function forgetPlans() {
  shown.clear();
}

function needRows(needs) {
  return [...needs].sort((a, b) => a.order - b.order).map((need) => el("li", { class: need.have >= need.need ? "met" : "open" },
    el("strong", {}, roleWords(need.role)), ` ${need.have >= need.need ? "has agreed" : `${need.have} of ${need.need}`}`,
    need.who.length ? el("span", { class: "who-list" }, ` ${need.who.map(nameOf).join(", ")}`) : null,
    el("span", { class: "why" }, need.why)));
}

function change(line) {
  const parts = line.split(/\s+(?:->|→)\s+/);
  return parts.flatMap((part, at) => [at ? el("span", { class: "arrow", "aria-label": "becomes" }, " → ") : null, el("span", {}, part)]);
}

function facts(name, value) {
  return value === null || value === undefined || value === "" ? [] : [el("dt", {}, name), el("dd", {}, value)];
}

const UNITS = { or_minutes: "OR minutes", beds: "beds", staff_hours: "staff hours", visits: "visits" };
function effectOf(effect) {
  if (!effect) return null;
  if (Array.isArray(effect)) return effect.join(" · ") || null;
  const said = Object.entries(UNITS).filter(([name]) => effect[name]).map(([name, unit]) => `${effect[name]} ${unit}`);
  return [...said, ...(effect.notes || [])].join(" · ") || null;
}

export function optionsOf(options, ask) {
  return el("ol", { class: "options" }, options.map((option) => el("li", { class: "card" },
    summaryOf(option.summary),
    option.cost ? el("p", { class: "note" }, money(option.cost)) : null,
    option.why_not.length ? el("details", {}, el("summary", {}, "Why not something else"), el("ul", {}, option.why_not.map((why) => el("li", {}, why)))) : null,
    el("button", { type: "button", class: "chip", onclick: () => ask(`Submit option ${option.rank}`) }, `Take option ${option.rank}`))));
}

// The first part says what; the others are the resources with their own times.
function summaryOf(text) {
  const [first, ...rest] = text.split("; ");
  return el("div", {}, el("p", { class: "summary" }, first), rest.length ? el("ul", { class: "parts" }, rest.map(resource)) : null);
}

// A resource on the left, its own time on the right.
const WHEN = /^(.+?) ((?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d{1,2} [A-Z][a-z]{2} \d{2}:\d{2}.*)$/;
function resource(part) {
  const [, what, when] = part.match(WHEN) || [null, part, ""];
  return el("li", {}, el("span", {}, what), when ? el("span", { class: "when" }, when) : null);
}

const WIDE = 640, HIGH = 220, LEFT = 44, BELOW = 26, ABOVE = 10;

function chart(card) {
  const values = card.series.flatMap((one) => [...one.values, ...one.low, ...one.high]).filter((value) => value !== null);
  const top = niceTop(Math.max(...values, 1));
  const count = card.labels.length;
  const x = (at) => LEFT + ((at + 0.5) * (WIDE - LEFT)) / count;
  const y = (value) => ABOVE + (HIGH - ABOVE - BELOW) * (1 - value / top);
  const drawing = svg("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img", "aria-label": `${card.title}; the table below says the same`, class: "chart" });
  for (const share of [0, 0.25, 0.5, 0.75, 1]) {
    const at = y(top * share);
    drawing.append(svg("line", { x1: LEFT, x2: WIDE, y1: at, y2: at, class: "grid" }));
    drawing.append(svg("text", { x: LEFT - 8, y: at + 4, class: "tick end" }, (top * share).toLocaleString("en-US")));
  }
  const every = Math.ceil(count / 8);
  card.labels.forEach((label, at) => {
    if (at % every === 0) drawing.append(svg("text", { x: x(at), y: HIGH - 6, class: "tick middle" }, label));
  });
  card.series.forEach((one, number) => drawing.append(...(card.kind === "bar" ? bars(one, number) : lines(one, number))));
  return drawing;

  function bars(one, number) {
    const room = (WIDE - LEFT) / count;
    const width = Math.min(34, (room * 0.7) / card.series.length);
    return one.values.flatMap((value, at) => {
      if (value === null) return [];
      const left = x(at) - (width * card.series.length) / 2 + number * width;
      const parts = [svg("rect", { x: left, y: y(value), width: width - 2, height: Math.max(0, y(0) - y(value)), rx: 2, class: `bar s${number % 4}` })];
      if (one.low.length) parts.push(svg("line", { x1: left + width / 2 - 1, x2: left + width / 2 - 1, y1: y(one.low[at]), y2: y(one.high[at]), class: "whisker" }));
      return parts;
    });
  }

  function lines(one, number) {
    const parts = [];
    if (one.low.length) {
      const up = one.high.map((value, at) => `${x(at)},${y(value)}`);
      const down = one.low.map((value, at) => `${x(at)},${y(value)}`).reverse();
      parts.push(svg("polygon", { points: [...up, ...down].join(" "), class: `band s${number % 4}` }));
    }
    const points = one.values.map((value, at) => (value === null ? null : `${x(at)},${y(value)}`)).filter(Boolean);
    parts.push(svg("polyline", { points: points.join(" "), class: `line s${number % 4}` }));
    parts.push(...one.values.flatMap((value, at) => (value === null ? [] : [svg("circle", { cx: x(at), cy: y(value), r: 3, class: `dot s${number % 4}` })])));
    return parts;
  }
}

function legend(card) {
  return el("ul", { class: "legend" }, card.series.map((one, number) => el("li", {},
    el("span", { class: `swatch s${number % 4}`, "aria-hidden": "true" }), one.name, one.low.length && !one.name.includes("interval") ? " (with its interval)" : "")));
}

function niceTop(value) {
  const size = 10 ** Math.floor(Math.log10(value));
  return [1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8, 10].map((step) => step * size).find((step) => step >= value * 1.02) || 10 * size;
}
