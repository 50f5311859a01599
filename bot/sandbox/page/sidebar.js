// The sidebar: who you are, the channels, the app; and the drawer with its deliveries.

import { fetchDeliveries } from "./api.js";
import { byId, el, keep } from "./dom.js";
import { avatar } from "./messages.js";

export function showSidebar(desk) {
  const { state, view } = desk;
  byId("team-name").textContent = state.team.name;
  const connection = byId("connection");
  connection.textContent = state.connected ? "app connected" : "app not connected";
  connection.classList.toggle("on", state.connected);
  showPeople(state);
  const channels = state.channels.map((one) => ({
    key: one.id, name: one.name, mark: one.kind === "group" ? "🔒" : "#",
    shared: one.shared, current: view.channel === one.id || view.channel === one.name,
  }));
  const app = { key: "dm", name: state.app.name, app: true, current: view.channel === "dm" };
  const items = [{ key: "h1", title: "Channels" }, ...channels, { key: "h2", title: "Apps" }, app];
  keep(byId("places"), items, (item) => item.key, (item) => place(item, desk));
}

function place(item, desk) {
  if (item.title) return el("h2", {}, item.title);
  return el("button", {
    type: "button", class: "place", "aria-current": item.current ? "page" : undefined,
    onclick: () => desk.goTo(item.key),
  },
  item.app ? avatar(desk.state.users[desk.state.app.user]) : el("span", { class: "mark" }, item.mark),
  item.name, item.shared && el("span", { class: "badge" }, "SHARED"));
}

function showPeople(state) {
  const people = Object.values(state.users).filter((user) => !user.is_bot);
  const select = byId("who");
  keep(select, people, (user) => user.id, (user) =>
    el("option", { value: user.id }, `${user.real_name} · ${user.title}`));
  select.value = state.me;
}

export async function showWire(desk) {
  const pane = byId("wire");
  if (pane.hidden) return;
  const deliveries = await fetchDeliveries();
  pane.replaceChildren(
    el("header", { class: "pane-head" }, el("div", {}, el("h2", {}, "Deliveries"),
      el("p", { class: "topic" }, `What ${desk.state.app.name} was told, newest first`))),
    el("ol", { class: "wire-list" }, deliveries.map(delivery)));
}

function delivery(one) {
  const last = one.attempts.at(-1);
  const tries = one.attempts.length > 1 ? ` · ${one.attempts.length} attempts` : "";
  const took = last ? `${Math.round(last.seconds * 1000)} ms by ${last.via}` : "on its way";
  const why = last?.reason ? ` · ${last.reason}` : "";
  return el("li", { class: one.state },
    el("strong", {}, one.name), el("span", { class: "badge" }, one.state),
    el("div", { class: "soft" }, `${took}${tries}${why}`));
}
