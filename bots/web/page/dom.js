// Elements and words, built node by node: nothing that was said is ever parsed as HTML.

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") node.className = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

export function words(text) {
  return text.replaceAll("_", " ");
}

// A role as people say it.
export function roleWords(role) {
  return words(role).replace(/^(or|cno)\b/, (short) => short.toUpperCase());
}

// People by name where the page knows them, else by the id they sign in with.
let names = new Map();
export function setNames(people) {
  names = new Map(people.map((person) => [person.id, person.name]));
}

export function nameOf(id) {
  return names.get(id) || id;
}

const dollars = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });
export function money(cents) {
  return dollars.format(cents / 100);
}

// Times are said on the clock of the person's home site.
let moment = clockOf("America/Chicago");
let today = null;
function clockOf(zone) {
  return new Intl.DateTimeFormat("en-US", {
    weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
    timeZoneName: "short", timeZone: zone,
  });
}

export function setZone(zone) {
  moment = clockOf(zone);
  today = new Intl.DateTimeFormat("en-US", { dateStyle: "full", timeStyle: "short", hourCycle: "h23", timeZone: zone });
}

export function longTime(iso) {
  return today.format(new Date(iso));
}

export function time(iso) {
  return el("time", { datetime: iso }, moment.format(new Date(iso)));
}

// A small part of markdown: paragraphs, lists, quotes, tables, bold, emphasis and code.
export function markdown(text) {
  const holder = el("div", { class: "words" });
  for (const block of text.trim().split(/\n{2,}/)) holder.append(...blockOf(block.split("\n")));
  return holder;
}

function blockOf(lines) {
  const nodes = [];
  let index = 0;
  while (index < lines.length) {
    const start = index;
    const kind = kindOf(lines[index]);
    while (index < lines.length && kindOf(lines[index]) === kind) index += 1;
    nodes.push(MAKERS[kind](lines.slice(start, index)));
  }
  return nodes;
}

function kindOf(line) {
  if (/^\s*[-*•] /.test(line)) return "bullets";
  if (/^\s*\d+[.)] /.test(line)) return "numbers";
  if (/^> ?/.test(line)) return "quote";
  if (/^\|.*\|$/.test(line.trim())) return "table";
  if (/^#{1,4} /.test(line)) return "heading";
  return "paragraph";
}

const MAKERS = {
  bullets: (lines) => el("ul", {}, lines.map((line) => el("li", {}, inline(line.replace(/^\s*[-*•] /, ""))))),
  numbers: (lines) => el("ol", {}, lines.map((line) => el("li", {}, inline(line.replace(/^\s*\d+[.)] /, ""))))),
  quote: (lines) => el("blockquote", {}, inline(lines.map((line) => line.replace(/^> ?/, "")).join(" "))),
  heading: (lines) => el("p", {}, el("strong", {}, lines.map((line) => line.replace(/^#+ /, "")).join(" "))),
  paragraph: (lines) => el("p", {}, lines.flatMap((line, at) => [at ? el("br") : null, ...inline(line)])),
  table: (lines) => {
    const rows = lines.map((line) => line.trim().slice(1, -1).split("|").map((cell) => cell.trim()));
    const body = rows.filter((row, at) => at > 0 && !row.every((cell) => /^:?-+:?$/.test(cell)));
    return tableOf(rows[0], body);
  },
};

function inline(text) {
  const parts = text.split(/(\*\*[^*]+\*\*|`[^`]+`|(?<![\w*])\*[^*\s][^*]*\*(?!\w))/);
  return parts.filter(Boolean).map((part) => {
    if (part.startsWith("**") && part.endsWith("**")) return el("strong", {}, part.slice(2, -2));
    if (part.startsWith("`") && part.endsWith("`")) return el("code", {}, part.slice(1, -1));
    if (part.startsWith("*") && part.endsWith("*") && part.length > 2) return el("em", {}, part.slice(1, -1));
    return document.createTextNode(part);
  });
}

export function tableOf(columns, rows, label = "Table") {
  const numeric = columns.map((_, at) => rows.length > 0 && rows.every((row) => row[at] === null || typeof row[at] === "number"));
  const cell = (value) => (value === null ? "–" : value === true ? "yes" : value === false ? "no"
    : typeof value === "number" ? value.toLocaleString("en-US", { maximumFractionDigits: 1 }) : value);
  return el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label },
    el("table", {},
      el("thead", {}, el("tr", {}, columns.map((name, at) => el("th", { scope: "col", class: numeric[at] ? "number" : null }, name)))),
      el("tbody", {}, rows.map((row) => el("tr", {}, row.map((value, at) => el("td", { class: numeric[at] ? "number" : widthOf(cell(value)) }, cell(value))))))));
}

// Short cells stay on one line; long ones get room, so that a wide table scrolls instead of breaking its words.
function widthOf(text) {
  return String(text).length <= 22 ? "short" : "long";
}
