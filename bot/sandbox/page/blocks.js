// Block Kit to DOM: the blocks a support bot uses. Unknown ones say what they are.

import { el } from "./dom.js";
import { element, inputField } from "./elements.js";
import { glyph } from "./emoji.js";
import { link, markdown, mention, mrkdwn } from "./text.js";

const TASK_MARKS = { pending: "○", in_progress: "◐", complete: "✓", error: "!" };
const TASK_WORDS = { pending: "waiting", in_progress: "working", complete: "done", error: "failed" };

export function textNodes(object, names) {
  if (!object) return [];
  if (typeof object === "string") return [object];
  return object.type === "mrkdwn" ? mrkdwn(object.text, names) : [plain(object.text)];
}

const plain = (text) => text.replace(/:([a-z0-9_+'-]+):/gi, (whole, name) => glyph(name));

const RENDER = {
  section: (block, ctx) =>
    el("div", { class: "block section" },
      el("div", { class: "section-text" }, textNodes(block.text, ctx.names),
        block.fields && el("div", { class: "fields" },
          block.fields.map((field) => el("div", {}, textNodes(field, ctx.names))))),
      block.accessory && el("div", { class: "accessory" }, element(block.accessory, block, ctx))),
  context: (block, ctx) =>
    el("div", { class: "block context" },
      block.elements.map((one) =>
        one.type === "image" ? picture(one) : el("span", {}, textNodes(one, ctx.names)))),
  actions: (block, ctx) =>
    el("div", { class: "block actions" }, block.elements.map((one) => element(one, block, ctx))),
  context_actions: (block, ctx) =>
    el("div", { class: "block actions feedback" },
      block.elements.map((one) => element(one, block, ctx))),
  divider: () => el("hr", { class: "block divider" }),
  header: (block) => el("h3", { class: "block header" }, plain(block.text.text)),
  markdown: (block, ctx) => el("div", { class: "block markdown" }, markdown(block.text, ctx.names)),
  rich_text: (block, ctx) => el("div", { class: "block rich" }, richText(block, ctx.names)),
  image: (block) => el("div", { class: "block" }, picture(block)),
  input: (block, ctx) => inputField(block, ctx),
  task_card: (block, ctx) => taskCard(block, ctx),
  plan: (block, ctx) =>
    el("details", { class: "block plan", open: true },
      el("summary", {}, planText(block.title)),
      (block.tasks ?? []).map((task) => taskCard(task, ctx))),
  table: (block, ctx) => table(block, ctx),
  alert: (block, ctx) =>
    el("div", { class: `block alert ${block.level ?? "default"}`, role: "note" },
      textNodes(block.text, ctx.names)),
  card: (block, ctx) =>
    el("div", { class: "block card" },
      block.title && el("strong", {}, textNodes(block.title, ctx.names)),
      block.subtitle && el("div", { class: "soft" }, textNodes(block.subtitle, ctx.names)),
      block.body && el("div", {}, textNodes(block.body, ctx.names)),
      block.actions && el("div", { class: "actions" },
        block.actions.map((one) => element(one, block, ctx)))),
  container: (block, ctx) =>
    el("div", { class: "block card" },
      block.title && el("strong", {}, textNodes(block.title, ctx.names)),
      renderBlocks(block.child_blocks ?? [], ctx)),
  file: () => el("div", { class: "block soft" }, "📄 file"),
};

const planText = (title) => (typeof title === "string" ? title : title?.text ?? "");

export function renderBlocks(blocks, ctx) {
  return blocks.map((block) =>
    (RENDER[block.type] ?? unknown)(block, ctx));
}

const unknown = (block) => el("div", { class: "block soft" }, `[${block.type} block]`);

// Images are not fetched: the page loads nothing from elsewhere.
const picture = (image) =>
  el("span", { class: "picture", role: "img", "aria-label": image.alt_text ?? "image" },
    `🖼 ${image.alt_text ?? "image"}`);

function taskCard(task, ctx) {
  const sources = (task.sources ?? []).map((one) => link(one.url, one.text ?? one.url));
  return el("div", { class: `block task ${task.status}` },
    el("span", { class: "task-mark", role: "img", "aria-label": TASK_WORDS[task.status] },
      TASK_MARKS[task.status]),
    el("div", {},
      el("div", { class: "task-title" }, task.title),
      task.details && el("div", { class: "soft" }, richText(task.details, ctx.names)),
      task.output && el("div", {}, richText(task.output, ctx.names)),
      sources.length ? el("div", { class: "sources" }, sources) : null));
}

function table(block, ctx) {
  const cell = (one, tag) =>
    el(tag, {}, one.type === "rich_text" ? richText(one, ctx.names) : String(one.text ?? one.value ?? ""));
  const [head, ...rows] = block.rows;
  return el("div", { class: "block scroll" },
    el("table", {},
      el("thead", {}, el("tr", {}, head.map((one) => cell(one, "th")))),
      el("tbody", {}, rows.map((row) => el("tr", {}, row.map((one) => cell(one, "td")))))));
}

const RICH = {
  rich_text_section: (part, names) => el("div", {}, part.elements.map((one) => piece(one, names))),
  rich_text_list: (part, names) =>
    el(part.style === "ordered" ? "ol" : "ul", { class: `indent-${part.indent ?? 0}` },
      part.elements.map((one) => el("li", {}, one.elements.map((two) => piece(two, names))))),
  rich_text_preformatted: (part, names) =>
    el("pre", {}, part.elements.map((one) => piece(one, names))),
  rich_text_quote: (part, names) =>
    el("blockquote", {}, part.elements.map((one) => piece(one, names))),
};

function richText(block, names) {
  return (block.elements ?? []).map((part) => (RICH[part.type] ?? RICH.rich_text_section)(part, names));
}

const PIECES = {
  text: (one) => one.text,
  link: (one) => link(one.url, one.text),
  user: (one, names) => mention(`@${names.user(one.user_id)}`, names.isMe(one.user_id)),
  channel: (one, names) => mention(`#${names.channel(one.channel_id)}`),
  broadcast: (one) => mention(`@${one.range}`, true),
  usergroup: (one) => mention(`@${one.usergroup_id}`),
  emoji: (one) => glyph(one.name),
};

function piece(one, names) {
  let node = (PIECES[one.type] ?? (() => ""))(one, names);
  const tags = { bold: "strong", italic: "em", strike: "s", code: "code" };
  for (const [style, tag] of Object.entries(tags)) if (one.style?.[style]) node = el(tag, {}, node);
  return node;
}
