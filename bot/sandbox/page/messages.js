// One message with its author, blocks, reactions, thread link and menu; and the list of them.

import { act } from "./api.js";
import { renderBlocks } from "./blocks.js";
import { byId, el, keep, toast } from "./dom.js";
import { glyph, QUICK } from "./emoji.js";
import { mrkdwn } from "./text.js";

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const timeOf = (ts) => clock.format(new Date(Number(ts) * 1000));

export function avatar(user) {
  const initials = user.real_name.split(" ").map((word) => word[0]).slice(0, 2).join("");
  const node = el("span", { class: user.is_bot ? "avatar bot" : "avatar", "aria-hidden": "true" }, initials);
  node.style.setProperty("--avatar", `#${user.color}`);
  return node;
}

function badges(user) {
  const words = [user.is_bot && "APP", user.is_guest && "GUEST", user.is_outside && "EXTERNAL"];
  return words.filter(Boolean).map((word) => el("span", { class: "badge" }, word));
}

export function pressIn(desk, message) {
  return async (actionId, blockId, value) => {
    const delivery = await act("press", {
      user: desk.view.user, channel: message.channel ?? desk.state.channel, ts: message.ts,
      action_id: actionId, block_id: blockId, value,
    });
    if (delivery && delivery.state === "failed") toast(`${desk.state.app.name} didn't answer in time.`);
  };
}

export function messageNode(message, desk, { inThread }) {
  const user = desk.state.users[message.user] ?? { real_name: "Unknown", color: "777777" };
  const ctx = { names: desk.names, press: pressIn(desk, message), options: () => [] };
  const hidden = message.ephemeral;
  const node = el("article", {
    class: hidden ? "message ephemeral" : "message", "data-ts": message.ts, tabindex: "-1",
    "aria-label": `${user.real_name}, ${timeOf(message.ts)}`,
  },
  avatar(user),
  el("div", { class: "message-body" },
    hidden && el("div", { class: "only-you" }, "👁 Only visible to you"),
    el("div", { class: "by" },
      el("strong", {}, user.real_name), badges(user),
      el("time", { class: "soft" }, timeOf(message.ts)),
      message.edited && el("span", { class: "soft" }, "(edited)")),
    body(message, ctx),
    files(message),
    reactions(message, desk),
    !inThread && !hidden && threadLink(message, desk)),
  !hidden && menu(message, desk, inThread));
  return node;
}

function body(message, ctx) {
  const blocks = message.blocks ?? [];
  const fromText = blocks.length === 1 && blocks[0].block_id?.startsWith("text-");
  const content = blocks.length && !fromText ? renderBlocks(blocks, ctx) : mrkdwn(message.text ?? "", ctx.names);
  const live = message.live && el("span", { class: "cursor", "aria-label": "still writing" });
  return el("div", { class: message.subtype === "tombstone" ? "content soft" : "content" }, content, live || null);
}

const files = (message) =>
  (message.files ?? []).map((file) =>
    el("a", { class: "file", href: new URL(file.url_private).pathname, download: file.name },
      `📄 ${file.name}`, el("span", { class: "soft" }, ` ${file.size} bytes`)));

function reactions(message, desk) {
  if (!message.reactions?.length) return null;
  return el("div", { class: "reactions" }, message.reactions.map((one) =>
    el("button", {
      type: "button",
      class: one.users.includes(desk.state.me) ? "reaction mine" : "reaction",
      title: one.users.map((id) => desk.names.user(id)).join(", "),
      "aria-label": `${one.name}, ${one.count}`,
      onclick: () => desk.react(message, one.name),
    }, `${glyph(one.name)} ${one.count}`)));
}

function threadLink(message, desk) {
  if (!message.reply_count) return null;
  const word = message.reply_count === 1 ? "reply" : "replies";
  const faces = message.reply_users.slice(0, 3).map((id) => avatar(desk.state.users[id]));
  return el("button", { type: "button", class: "thread-link", onclick: () => desk.openThread(message.ts) },
    faces, `${message.reply_count} ${word}`,
    el("span", { class: "soft" }, ` last at ${timeOf(message.latest_reply)}`));
}

function menu(message, desk, inThread) {
  const mine = message.user === desk.state.me;
  const item = (label, onclick) => el("button", { type: "button", role: "menuitem", onclick }, label);
  const close = (work) => (event) => {
    event.target.closest("details").open = false;
    work(event.target.closest(".message"));
  };
  const shortcuts = desk.state.app.shortcuts.filter((one) => one.type === "message");
  return el("div", { class: "tools" },
    el("details", { class: "overflow" },
      el("summary", { class: "icon", "aria-label": "Add reaction", title: "Add reaction" }, "☺"),
      el("div", { class: "menu emoji-menu", role: "menu" }, QUICK.map((name) =>
        el("button", { type: "button", role: "menuitem", "aria-label": name, onclick: close(() => desk.react(message, name)) },
          glyph(name))))),
    !inThread && el("button", {
      type: "button", class: "icon", "aria-label": "Reply in thread", title: "Reply in thread",
      onclick: () => desk.openThread(message.ts, true),
    }, "💬"),
    el("details", { class: "overflow" },
      el("summary", { class: "icon", "aria-label": "More actions", title: "More actions" }, "⋮"),
      el("div", { class: "menu", role: "menu" },
        mine && item("Edit message", close((node) => editor(node, message, desk))),
        mine && item("Delete message", close(() => desk.remove(message))),
        shortcuts.map((one) => item(one.name, close(() => desk.shortcut(message, one.callback_id)))),
        !mine && !shortcuts.length && el("span", { class: "soft" }, "Nothing to do here"))));
}

// Turns a message into a small form until it's saved or given up.
function editor(node, message, desk) {
  const content = node.querySelector(".content");
  const text = el("textarea", { class: "control", rows: 3, "aria-label": "Edit message" });
  text.value = desk.plain(message);
  const form = el("form", { class: "editor", onsubmit: (event) => {
    event.preventDefault();
    form.replaceWith(content);
    if (text.value.trim()) desk.do("edit", { ts: message.ts, text: text.value });
  } }, text, el("div", { class: "actions" },
    el("button", { type: "button", class: "control small", onclick: () => form.replaceWith(content) }, "Cancel"),
    el("button", { type: "submit", class: "control small primary" }, "Save")));
  content.replaceWith(form);
  text.focus();
}

function statusNode(item, desk) {
  const { status, session, root } = item;
  const own = `${desk.state.app.name} ${status?.text ?? "is working…"}`;
  const lines = status?.loading?.length ? status.loading : [own];
  const processing = session?.status === "processing";
  const line = el("span", { class: "status-text" }, lines[0]);
  const node = el("div", { class: "status", role: "status", "data-status": root },
    el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i")), line,
    processing && el("button", { type: "button", class: "control small", onclick: () => desk.stop(root) }, "Stop"));
  let at = 0;
  const turn = setInterval(() => {
    if (!node.isConnected) return clearInterval(turn);
    at = (at + 1) % lines.length;
    if (lines.length > 1) line.textContent = lines[at];
    return undefined;
  }, 2500);
  return node;
}

function statusItems(roots, desk) {
  return roots.flatMap((root) => {
    const status = desk.state.statuses[root];
    const session = desk.state.sessions[root];
    if (!status && session?.status !== "processing") return [];
    return [{ key: `status-${root}`, root, status, session }];
  });
}

export function showMessages(listId, messages, desk, { inThread, root }) {
  const list = byId(listId);
  const place = `${desk.state.me} ${desk.state.channel} ${root ?? ""}`;
  const arrives = list.dataset.place !== place;
  const atEnd = arrives || list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  list.dataset.place = place;
  const items = messages.flatMap((message) => {
    const own = { key: message.ts, message, users: Object.keys(desk.state.users).length, me: desk.state.me };
    return inThread ? [own] : [own, ...statusItems([message.ts], desk)];
  });
  if (inThread) items.push(...statusItems([root], desk));
  keep(list, items, (item) => item.key, (item) =>
    item.message ? messageNode(item.message, desk, { inThread }) : statusNode(item, desk));
  if (atEnd) list.scrollTop = list.scrollHeight;
}
