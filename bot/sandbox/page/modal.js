// Modals: shown as a native dialog, which keeps the focus inside and closes on Escape.

import { act } from "./api.js";
import { renderBlocks } from "./blocks.js";
import { byId, el, toast } from "./dom.js";

let shown = "";

export function showModal(desk) {
  const dialog = byId("modal");
  const view = desk.state.modal;
  const key = view ? `${view.id} ${view.hash}` : "";
  if (key === shown) return;
  shown = key;
  if (!view) {
    dialog.close();
    dialog.replaceChildren();
    return;
  }
  dialog.replaceChildren(form(view, desk));
  if (!dialog.open) dialog.showModal();
  dialog.querySelector("input, textarea, select")?.focus();
}

function form(view, desk) {
  const ctx = {
    names: desk.names,
    form: {},
    options: (actionId, query) => act("options", { user: desk.view.user, action_id: actionId, query }),
    press: (actionId, blockId, value) => act("press_in_view", {
      user: desk.view.user, action_id: actionId, block_id: blockId, value, values: collected(ctx),
    }),
  };
  const node = el("form", { method: "dialog", novalidate: true, onsubmit: (event) => submit(event, node, ctx, desk) },
    el("header", { class: "modal-head" },
      el("h2", { id: "modal-title" }, view.title.text),
      el("button", { type: "button", class: "icon", "aria-label": "Close", onclick: () => close(desk) }, "✕")),
    el("div", { class: "modal-body" }, renderBlocks(view.blocks, ctx)),
    el("footer", { class: "modal-foot" },
      el("button", { type: "button", class: "control", onclick: () => close(desk) }, view.close?.text ?? "Cancel"),
      view.submit && el("button", { type: "submit", class: "control primary" }, view.submit.text)));
  return node;
}

const collected = (ctx) =>
  Object.fromEntries(Object.entries(ctx.form).map(([name, value]) => [name, value()]));

async function submit(event, node, ctx, desk) {
  event.preventDefault();
  const pressed = node.querySelector("[type=submit]");
  pressed.disabled = true;
  const errors = (await act("submit", { user: desk.view.user, values: collected(ctx) })) ?? {};
  pressed.disabled = false;
  for (const place of node.querySelectorAll(".error")) place.textContent = errors[place.dataset.block] ?? "";
  if (errors[""]) toast(errors[""]);
  node.querySelector(".error:not(:empty)")?.parentNode.querySelector("input, textarea, select")?.focus();
}

const close = (desk) => act("close_view", { user: desk.view.user });

export function wireModal(desk) {
  byId("modal").addEventListener("cancel", (event) => {
    event.preventDefault();
    close(desk);
  });
}
