// Slack's two dialects as nodes: mrkdwn in most blocks, markdown in what is streamed. Nothing is parsed as HTML.
import { el } from "/page/dom.js";

let names = {};
export function setNames(people) {
  names = people;
}

const clock = new Intl.DateTimeFormat("en-US", {
  weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "America/Chicago",
});
// "Thu 17 Sep, 08:00", as everywhere else.
function moment(at) {
  const part = Object.fromEntries(clock.formatToParts(at).map((one) => [one.type, one.value]));
  return `${part.weekday} ${part.day} ${part.month}, ${part.hour}:${part.minute}`;
}
const plain = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

const RULES = [
  [/^```([\s\S]+?)```/, (found) => el("pre", {}, plain(found[1]))],
  [/^`([^`\n]+)`/, (found) => el("code", {}, plain(found[1]))],
  [/^<!date\^(\d+)\^[^|>]*(?:\|[^>]*)?>/, (found) => el("time", { datetime: new Date(found[1] * 1000).toISOString() }, moment(found[1] * 1000))],
  [/^<@([A-Z0-9]+)(?:\|[^>]*)?>/, (found) => el("span", { class: "mention" }, `@${names[found[1]] || found[1]}`)],
  [/^<(https?:[^|>]+)\|([^>]+)>/, (found) => el("a", { href: found[1], rel: "noreferrer" }, plain(found[2]))],
];
const BOLD = { mrkdwn: /^\*([^*\n]+)\*/, markdown: /^\*\*([^*\n]+)\*\*/ };
const ITALIC = /^_([^_\n]+)_(?![A-Za-z0-9])/;

function inline(text, dialect) {
  const nodes = [];
  let at = 0, kept = "";
  const keep = () => { if (kept) nodes.push(plain(kept)); kept = ""; };
  while (at < text.length) {
    const rest = text.slice(at);
    const bold = BOLD[dialect].exec(rest);
    const italic = at === 0 || /[\s(]/.test(text[at - 1]) ? ITALIC.exec(rest) : null;
    const rule = RULES.map(([pattern, make]) => [pattern.exec(rest), make]).find(([found]) => found);
    if (bold) { keep(); nodes.push(el("strong", {}, inline(bold[1], dialect))); at += bold[0].length; }
    else if (italic) { keep(); nodes.push(el("em", {}, inline(italic[1], dialect))); at += italic[0].length; }
    else if (rule) { keep(); nodes.push(rule[1](rule[0])); at += rule[0][0].length; }
    else { kept += text[at]; at += 1; }
  }
  keep();
  return nodes;
}

// A text in one line, with people by name.
export function short(text, most = 60) {
  return plain(text.replaceAll(/<@([A-Z0-9]+)(?:\|[^>]*)?>/g, (_, id) => `@${names[id] || id}`)).slice(0, most);
}

// Paragraphs and lists; a block of code may span lines.
export function rich(text, dialect = "mrkdwn") {
  const blocks = [];
  let list = null, gap = false;
  for (const line of text.replaceAll(/```([\s\S]+?)```/g, (all) => all.replaceAll("\n", "\u2028")).split("\n")) {
    const item = /^\s*(?:[•]|[-*]\s)\s*(.+)$/.exec(line);
    const head = dialect === "markdown" ? /^#+ (.+)$/.exec(line) : null;
    if (item) {
      if (!list) { list = el("ul", {}); blocks.push(list); }
      list.append(el("li", {}, inline(item[1], dialect)));
      continue;
    }
    list = null;
    if (!line.trim()) { gap = blocks.length > 0; continue; }
    const said = head ? el("strong", {}, inline(head[1], dialect)) : inline(line.replaceAll("\u2028", "\n"), dialect);
    blocks.push(el(line.startsWith("```") ? "div" : "p", { class: gap ? "gap" : null }, said));
    gap = false;
  }
  return blocks;
}
