// Small comforts. Every page works without them.
"use strict";

document.documentElement.classList.add("scripted");

const YEAR = 31536000;

function remember(theme) {
  document.cookie = `frontdesk_theme=${theme}; path=/; max-age=${YEAR}; samesite=lax`;
}

function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function switchTheme() {
  const theme = isDark() ? "light" : "dark";
  document.documentElement.dataset.theme = theme;
  remember(theme);
}

async function copy(button) {
  await navigator.clipboard.writeText(button.dataset.copy);
  const label = button.getAttribute("aria-label");
  button.setAttribute("aria-label", "Copied");
  setTimeout(() => button.setAttribute("aria-label", label), 1500);
}

function toggleMenu(button) {
  const opened = document.getElementById("navigation").classList.toggle("open");
  button.setAttribute("aria-expanded", String(opened));
}

// Empty fields would only make the address of a search longer.
function dropEmpty(form) {
  for (const field of form.elements) if (field.name && !field.value) field.disabled = true;
}

function localTimes() {
  const format = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
  for (const time of document.querySelectorAll("time[title]")) {
    time.title += ` · ${format.format(new Date(time.dateTime))} here`;
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if ("themeSwitch" in button.dataset) switchTheme();
  if (button.dataset.copy) copy(button);
  if (button.classList.contains("menu")) toggleMenu(button);
});

document.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm || event.submitter?.dataset.confirm;
  if (question && !confirm(question)) event.preventDefault();
  else if (event.target.method === "get") dropEmpty(event.target);
});

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const search = document.querySelector("[data-search]");
  if (search) {
    event.preventDefault();
    search.focus();
  }
});

// A page that comes back from the browser's memory has its empty fields still switched off.
addEventListener("pageshow", (event) => {
  if (event.persisted) for (const field of document.querySelectorAll("form[method=get] :disabled")) field.disabled = false;
});

addEventListener("DOMContentLoaded", localTimes);
