// What can be clicked, chosen or filled in. `ctx.press` tells the app; `ctx.form` collects values.

import { el } from "./dom.js";
import { mrkdwn } from "./text.js";

export function element(one, block, ctx) {
  return (ELEMENTS[one.type] ?? ((other) => el("span", { class: "soft" }, `[${other.type}]`)))(
    one, block, ctx);
}

async function use(node, one, block, ctx, value) {
  if (one.confirm && !window.confirm(`${one.confirm.title.text}\n\n${one.confirm.text.text}`)) return;
  node.disabled = true;
  await ctx.press(one.action_id, block.block_id, value);
  node.disabled = false;
}

function button(one, block, ctx) {
  const node = el("button", {
    type: "button",
    class: `control ${one.style ?? ""}`,
    "aria-label": one.accessibility_label,
    "data-action": one.action_id,
    onclick: () => {
      if (/^https?:\/\//.test(one.url ?? "")) window.open(one.url, "_blank", "noopener");
      use(node, one, block, ctx, one.value);
    },
  }, one.text.text);
  return node;
}

function feedback(one, block, ctx) {
  const side = (choice, mark, word) => {
    const node = el("button", {
      type: "button",
      class: "control small",
      "aria-label": choice.accessibility_label ?? choice.text?.text ?? word,
      "aria-pressed": "false",
      "data-action": one.action_id,
      "data-value": choice.value,
      onclick: async () => {
        await use(node, one, block, ctx, choice.value);
        for (const other of node.parentNode.children) other.setAttribute("aria-pressed", String(other === node));
      },
    }, `${mark} ${choice.text?.text ?? word}`);
    return node;
  };
  return el("span", { class: "pair" },
    side(one.positive_button, "👍", "Good"), side(one.negative_button, "👎", "Bad"));
}

const optionsOf = (one) => [
  ...(one.options ?? []), ...(one.option_groups ?? []).flatMap((group) => group.options)];

function chooser(one, block, ctx, choices, { many = false, initial = [] } = {}) {
  const node = el("select", {
    class: "control", multiple: many, "aria-label": one.placeholder?.text ?? labelOf(block),
    "data-action": one.action_id,
  },
  many ? null : el("option", { value: "" }, one.placeholder?.text ?? "Choose…"),
  choices.map(([value, shown]) =>
    el("option", { value, selected: initial.includes(value) }, shown)));
  const value = () => many ? [...node.selectedOptions].map((option) => option.value) : node.value || null;
  return wired(node, "change", value, one, block, ctx);
}

const labelOf = (block) => block.label?.text ?? block.text?.text ?? "Choose";

// In a form a value waits for the submit; elsewhere a change is sent at once.
function wired(node, event, value, one, block, ctx) {
  const isField = block.type === "input";
  if (ctx.form) ctx.form[isField ? block.block_id : one.action_id] = value;
  if (!isField || block.dispatch_action) {
    node.addEventListener(event, () => value() !== null && use(node, one, block, ctx, value()));
  }
  return node;
}

const statics = (many) => (one, block, ctx) => {
  const initial = one.initial_options ?? (one.initial_option ? [one.initial_option] : []);
  return chooser(one, block, ctx,
    optionsOf(one).map((option) => [option.value, option.text.text]),
    { many, initial: initial.map((option) => option.value) });
};

const people = (many) => (one, block, ctx) =>
  chooser(one, block, ctx, ctx.names.people(),
    { many, initial: one.initial_users ?? [one.initial_user] });

const rooms = (many) => (one, block, ctx) =>
  chooser(one, block, ctx, ctx.names.channels(),
    { many, initial: [one.initial_channel ?? one.initial_conversation] });

function external(one, block, ctx) {
  const id = `options-${block.block_id}-${one.action_id}`;
  const list = el("datalist", { id });
  let known = [];
  const node = el("input", {
    class: "control", list: id, placeholder: one.placeholder?.text, "aria-label": labelOf(block),
    oninput: async () => {
      if (node.value.length < (one.min_query_length ?? 3)) return;
      known = (await ctx.options(one.action_id, node.value)) ?? [];
      list.replaceChildren(...known.map((option) => el("option", { value: option.text.text })));
    },
  });
  const value = () => known.find((option) => option.text.text === node.value)?.value ?? null;
  return el("span", {}, wired(node, "change", value, one, block, ctx), list);
}

const boxes = (type) => (one, block, ctx) => {
  const initial = one.initial_options ?? (one.initial_option ? [one.initial_option] : []);
  const chosen = initial.map((option) => option.value);
  const name = `${block.block_id}-${one.action_id}`;
  const node = el("div", { class: "boxes", role: "group", "aria-label": labelOf(block) },
    optionsOf(one).map((option) =>
      el("label", {},
        el("input", { type, name, value: option.value, checked: chosen.includes(option.value) }),
        el("span", {}, option.text.type === "mrkdwn" ? mrkdwn(option.text.text, ctx.names) : option.text.text,
          option.description && el("span", { class: "soft" }, ` ${option.description.text}`)))));
  const values = () => [...node.querySelectorAll("input:checked")].map((box) => box.value);
  const value = type === "radio" ? () => values()[0] ?? null : values;
  return wired(node, "change", value, one, block, ctx);
};

const typed = (type, initial) => (one, block, ctx) => {
  const long = type === "text" && one.multiline;
  const node = el(long ? "textarea" : "input", {
    class: "control", type: long ? undefined : type, rows: long ? 4 : undefined,
    placeholder: one.placeholder?.text, "aria-label": labelOf(block), "data-action": one.action_id,
    maxlength: one.max_length ? String(one.max_length) : undefined,
    minlength: one.min_length ? String(one.min_length) : undefined,
    autofocus: one.focus_on_load,
  });
  node.value = one[initial] ?? "";
  return wired(node, "change", () => node.value || null, one, block, ctx);
};

function overflow(one, block, ctx) {
  const node = el("details", { class: "overflow" },
    el("summary", { class: "control small", "aria-label": "More actions" }, "⋯"),
    el("div", { class: "menu", role: "menu" },
      one.options.map((option) =>
        el("button", {
          type: "button", role: "menuitem", "data-action": one.action_id, "data-value": option.value,
          onclick: () => { node.open = false; use(node, one, block, ctx, option.value); },
        }, option.text.text))));
  return node;
}

const ELEMENTS = {
  button,
  feedback_buttons: feedback,
  icon_button: (one, block, ctx) =>
    button({ ...one, text: { text: one.icon === "trash" ? "🗑" : one.text?.text ?? "•" } }, block, ctx),
  static_select: statics(false),
  multi_static_select: statics(true),
  external_select: external,
  users_select: people(false),
  multi_users_select: people(true),
  conversations_select: rooms(false),
  channels_select: rooms(false),
  multi_conversations_select: rooms(true),
  multi_channels_select: rooms(true),
  checkboxes: boxes("checkbox"),
  radio_buttons: boxes("radio"),
  plain_text_input: typed("text", "initial_value"),
  email_text_input: typed("email", "initial_value"),
  url_text_input: typed("url", "initial_value"),
  number_input: typed("number", "initial_value"),
  datepicker: typed("date", "initial_date"),
  timepicker: typed("time", "initial_time"),
  overflow,
  image: (one) => el("span", { class: "picture" }, `🖼 ${one.alt_text ?? "image"}`),
};

export function inputField(block, ctx) {
  const error = ctx.errors?.[block.block_id];
  const field = element(block.element, block, ctx);
  const id = `error-${block.block_id}`;
  if (error) {
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", id);
  }
  return el("div", { class: "block field" },
    el("div", { class: "label" }, block.label.text,
      block.optional && el("span", { class: "soft" }, " (optional)")),
    field,
    block.hint && el("div", { class: "soft" }, block.hint.text),
    el("div", { class: "error", id, role: "alert", "data-block": block.block_id }, error ?? ""));
}
