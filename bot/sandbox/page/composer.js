// Where people write. Enter sends, Shift+Enter breaks the line, a leading slash is a command.

import { byId, el } from "./dom.js";

export function wireComposer(formId, textId, send) {
  const form = byId(formId);
  const text = byId(textId);
  const fit = () => {
    text.style.height = "auto";
    text.style.height = `${Math.min(text.scrollHeight, 180)}px`;
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const typed = text.value.trim();
    if (!typed) return;
    text.value = "";
    fit();
    text.dispatchEvent(new Event("input"));
    send(typed);
  });
  text.addEventListener("input", fit);
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
}

// Lists the app's commands, or its name, while one is being typed.
export function wireHints(textId, listId, desk) {
  const text = byId(textId);
  const list = byId(listId);
  const choose = (value) => {
    text.value = text.value.replace(/[/@][\w-]*$/, `${value} `);
    list.hidden = true;
    text.focus();
  };
  text.addEventListener("input", () => {
    const found = hintsFor(text.value, desk.state);
    list.hidden = !found.length;
    list.replaceChildren(...found.map(([value, about]) =>
      el("li", {},
        el("button", { type: "button", onclick: () => choose(value) }, el("strong", {}, value),
          el("span", { class: "soft" }, ` ${about}`)))));
  });
  text.addEventListener("keydown", (event) => {
    if (event.key === "Escape") list.hidden = true;
    if (event.key === "Tab" && !list.hidden) {
      event.preventDefault();
      list.querySelector("button").click();
    }
  });
}

function hintsFor(typed, state) {
  if (!state) return [];
  if (/^\/[\w-]*$/.test(typed)) {
    return state.app.commands
      .filter((one) => one.command.startsWith(typed))
      .map((one) => [one.command, [one.usage_hint, one.description].filter(Boolean).join(" · ")]);
  }
  const name = typed.match(/(?:^|\s)@([\w-]*)$/)?.[1];
  if (name === undefined) return [];
  return Object.values(state.users)
    .filter((user) => user.name.startsWith(name.toLowerCase()))
    .slice(0, 6)
    .map((user) => [`@${user.name}`, user.title]);
}
