// The page's one state: who is looking at what. Every change is fetched whole and drawn anew.

import { act, fetchState, watch } from "./api.js";
import { renderBlocks } from "./blocks.js";
import { wireComposer, wireHints } from "./composer.js";
import { byId, el } from "./dom.js";
import { showMessages } from "./messages.js";
import { showModal, wireModal } from "./modal.js";
import { showSidebar, showWire } from "./sidebar.js";

const DEFAULTS = { user: "ana", channel: "help", thread: "", tab: "messages" };

const desk = {
  state: null,
  view: { ...DEFAULTS, ...Object.fromEntries(new URLSearchParams(location.hash.slice(1))) },
  names: {
    user: (id) => desk.state.users[id]?.name ?? id,
    channel: (id) => desk.state.channels.find((one) => one.id === id)?.name ?? "private",
    isMe: (id) => id === desk.state.me,
    people: () => Object.values(desk.state.users).map((user) => [user.id, user.real_name]),
    channels: () => desk.state.channels.map((one) => [one.id, `#${one.name}`]),
  },
  goTo(channel) {
    const tab = channel === "dm" ? "home" : "messages";
    desk.look({ channel, thread: "", tab });
    if (channel === "dm") desk.openTab("home");
  },
  openTab(tab) {
    desk.look({ tab });
    act("open_home", { user: desk.view.user, tab });
  },
  openThread(ts, focus) {
    desk.look({ thread: ts }).then(() => focus && byId("reply-text").focus());
  },
  react: (message, name) => desk.do("react", { ts: message.ts, name }),
  remove: (message) => window.confirm("Delete this message?") && desk.do("delete", { ts: message.ts }),
  shortcut: (message, id) => desk.do("shortcut", { ts: message.ts, callback_id: id }),
  stop: (root) => desk.do("stop", { thread: root }),
  plain: (message) => plainText(message),
  do: (name, args) => act(name, { user: desk.view.user, channel: desk.view.channel, ...args }),
  look(change) {
    Object.assign(desk.view, change);
    history.replaceState(null, "", `#${new URLSearchParams(desk.view)}`);
    return refresh();
  },
};

const plainText = (message) =>
  message.text.replace(/<@(\w+)>/g, (whole, id) => `@${desk.names.user(id)}`)
    .replace(/<([^<>|]+)(\|[^<>]*)?>/g, "$1")
    .replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

let running = null;
let again = false;

function refresh() {
  again = true;
  running ??= (async () => {
    while (again) {
      again = false;
      await draw();
    }
    running = null;
  })();
  return running;
}

async function draw() {
  const { user, channel, thread } = desk.view;
  const state = await fetchState({ user, channel, thread });
  if (!state) {
    if (channel !== "help") Object.assign(desk.view, { channel: "help", thread: "", tab: "messages" });
    again = channel !== "help";
    return;
  }
  desk.state = state;
  showSidebar(desk);
  showHead();
  showMain();
  showThread();
  showModal(desk);
  await showWire(desk);
}

function showHead() {
  const channel = desk.state.channels.find((one) => one.id === desk.state.channel);
  const inApp = desk.view.channel === "dm";
  byId("channel-name").textContent = inApp ? desk.state.app.name : `# ${channel?.name ?? ""}`;
  byId("channel-topic").textContent = inApp ? desk.state.app.description : channel?.topic ?? "";
  byId("composer-text").placeholder = `Message ${inApp ? desk.state.app.name : `#${channel?.name}`}`;
  document.title = `${byId("channel-name").textContent} · ${desk.state.team.name} (sandbox)`;
  const tabs = byId("tabs");
  tabs.hidden = !inApp;
  tabs.replaceChildren(...["home", "messages"].map((tab) => el("button", {
    type: "button", role: "tab", "aria-selected": String(desk.view.tab === tab),
    onclick: () => desk.openTab(tab),
  }, tab === "home" ? "Home" : "Messages")));
}

function showMain() {
  const atHome = desk.view.channel === "dm" && desk.view.tab === "home";
  byId("messages").hidden = byId("composer").hidden = atHome;
  byId("home").hidden = !atHome;
  if (atHome) showHome();
  else {
    showMessages("messages", desk.state.messages, desk, { inThread: false });
    showEmpty();
  }
}

function showHome() {
  const view = desk.state.home;
  const home = byId("home");
  const key = view ? `${view.id} ${view.hash}` : "none";
  if (home.dataset.key === key) return;
  home.dataset.key = key;
  const press = (actionId, blockId, value) =>
    act("press_in_view", { user: desk.view.user, action_id: actionId, block_id: blockId, value, in_home: true });
  home.replaceChildren(...(view
    ? renderBlocks(view.blocks, { names: desk.names, press, options: () => [] })
    : [el("p", { class: "empty" }, `${desk.state.app.name} has not published a Home yet.`)]));
}

function showEmpty() {
  const list = byId("messages");
  list.querySelector(".empty")?.remove();
  const prompts = desk.state.thread.length ? null : desk.state.prompts;
  if (desk.state.messages.length && !(desk.view.channel === "dm" && prompts)) return;
  const inApp = desk.view.channel === "dm";
  const hello = inApp ? `This is your conversation with ${desk.state.app.name}.`
    : `Nothing here yet. Mention @${desk.names.user(desk.state.app.user)} to ask it something.`;
  list.append(el("div", { class: "empty" },
    el("p", {}, prompts?.title || hello),
    el("div", { class: "prompts" }, (prompts?.prompts ?? []).map((one) =>
      el("button", { type: "button", class: "control", onclick: () => say(one.message) }, one.title)))));
}

function showThread() {
  const { thread, sessions, channels, channel } = desk.state;
  byId("thread").hidden = !thread.length;
  byId("app").classList.toggle("with-thread", thread.length > 0);
  if (!thread.length) return;
  const where = channels.find((one) => one.id === channel)?.name;
  byId("thread-title").textContent = sessions[desk.view.thread]?.title || "Thread";
  byId("thread-where").textContent = where ? `# ${where}` : desk.state.app.name;
  showMessages("thread-messages", thread, desk, { inThread: true, root: desk.view.thread });
}

async function say(text) {
  if (text.startsWith("/")) {
    await desk.do("command", { line: text });
    return;
  }
  const message = await desk.do("post", { text });
  if (message && desk.view.channel === "dm") desk.openThread(message.ts);
}

wireComposer("composer", "composer-text", say);
wireComposer("reply", "reply-text", (text) => desk.do("post", { text, thread: desk.view.thread }));
wireHints("composer-text", "hints", desk);
wireModal(desk);
byId("who").addEventListener("change", (event) => {
  const user = event.target.value;
  const here = desk.state.channels.find((one) => one.id === desk.state.channel);
  const stays = desk.view.channel === "dm" || here?.members.includes(user);
  desk.look({ user, thread: "", ...(stays ? {} : { channel: "help", tab: "messages" }) });
});
byId("thread-close").addEventListener("click", () => desk.look({ thread: "" }));
byId("wire-toggle").addEventListener("click", (event) => {
  const pane = byId("wire");
  pane.hidden = !pane.hidden;
  event.target.setAttribute("aria-expanded", String(!pane.hidden));
  byId("app").classList.toggle("with-wire", !pane.hidden);
  refresh();
});
byId("theme").addEventListener("click", () => {
  const dark = document.documentElement.dataset.theme === "dark"
    || (!document.documentElement.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = localStorage.theme = dark ? "light" : "dark";
});
if (localStorage.theme) document.documentElement.dataset.theme = localStorage.theme;
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.overflow[open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
});
watch(refresh);
