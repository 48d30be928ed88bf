// Block Kit as elements: what the bot sent, drawn; what is pressed goes to `act`.
import { el } from "/page/dom.js";
import { rich } from "/page/mrkdwn.js";

export function drawBlocks(blocks, act) {
  return blocks.map((block) => (DRAW[block.type] || unknown)(block, act));
}

const words = (text) => (text.type === "mrkdwn" ? rich(text.text) : [el("p", {}, text.text)]);
const unknown = (block) => el("p", { class: "context" }, `a block of type ${block.type}`);

function button(one, block, act) {
  if (one.url) return el("a", { class: "button", href: one.url, target: "_blank", rel: "noreferrer" }, one.text.text);
  const asked = one.confirm && [one.confirm.title.text, one.confirm.text.text].join("\n\n");
  const press = () => (asked && !window.confirm(asked)) || act({ action_id: one.action_id, value: one.value ?? null, block_id: block.block_id || null });
  return el("button", { type: "button", class: one.style || "plain", onclick: press, "data-action": one.action_id }, one.text.text);
}

function element(one, block, act) {
  if (one.type === "button") return button(one, block, act);
  if (one.type === "feedback_buttons") {
    return el("span", { class: "feedback" }, ["positive_button", "negative_button"].map((name) => {
      const press = (event) => { event.currentTarget.setAttribute("aria-pressed", "true"); act({ action_id: one.action_id, value: one[name].value }); };
      return el("button", { type: "button", class: "small", onclick: press, title: one[name].text.text }, name === "positive_button" ? "👍" : "👎", el("span", { class: "unseen" }, one[name].text.text));
    }));
  }
  return el("span", {}, one.type);
}

function table(block) {
  const columns = (block.column_settings || []).map((one) => [one.align === "right" ? "number" : "", one.is_wrapped ? "" : "whole"].join(" ").trim());
  const row = (cells, tag) => el("tr", {}, cells.map((cell, at) => el(tag, { class: columns[at] || null, scope: tag === "th" ? "col" : null }, cell.text)));
  const [head, ...body] = block.rows;
  return el("div", { class: "table", tabindex: "0", role: "region", "aria-label": "Table" }, el("table", {}, el("thead", {}, row(head, "th")), el("tbody", {}, body.map((one) => row(one, "td")))));
}

function input(block) {
  const id = `field-${block.block_id}`;
  const one = block.element;
  const shared = { id, name: block.block_id, "data-action": one.action_id, "data-input": "", required: !block.optional };
  const field = one.multiline ? el("textarea", { ...shared, rows: 3, maxlength: one.max_length || null })
    : el("input", { ...shared, type: one.type === "number_input" ? "number" : "text", value: one.initial_value || null });
  if (one.multiline && one.initial_value) field.value = one.initial_value;
  return el("p", { class: "field" }, el("label", { for: id }, block.label.text, block.optional ? el("span", { class: "fine" }, " (optional)") : null), field);
}

const DRAW = {
  header: (block) => el("h3", {}, block.text.text),
  divider: () => el("hr", {}),
  markdown: (block) => el("div", { class: "text" }, rich(block.text, "markdown")),
  section: (block, act) => el("div", { class: "section" },
    el("div", { class: "text" }, block.text ? words(block.text) : null,
      block.fields ? el("div", { class: "fields" }, block.fields.map((one) => el("div", {}, words(one)))) : null),
    block.accessory ? element(block.accessory, block, act) : null),
  context: (block) => el("div", { class: "context" }, block.elements.map((one) => el("span", {}, words(one)))),
  actions: (block, act) => el("div", { class: "actions" }, block.elements.map((one) => element(one, block, act))),
  context_actions: (block, act) => el("div", { class: "actions" }, block.elements.map((one) => element(one, block, act))),
  image: (block) => el("img", { class: "picture", alt: block.alt_text, src: block.slack_file ? `/files/${block.slack_file.id}` : block.image_url }),
  table,
  input,
};

// The values of a filled-in form as Slack sends them: by block and action.
export function valuesOf(form) {
  const values = {};
  for (const field of form.querySelectorAll("[data-input]")) {
    values[field.name] = { [field.dataset.action]: { type: "plain_text_input", value: field.value === "" ? null : field.value } };
  }
  return values;
}
