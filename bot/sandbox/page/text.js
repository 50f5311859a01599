// mrkdwn and Markdown to DOM nodes. Only http(s) and mailto addresses become links.

import { el } from "./dom.js";
import { glyph } from "./emoji.js";

const decode = (text) =>
  text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

const SHARED = [
  [/`([^`\n]+)`/, (m) => el("code", {}, decode(m[1]))],
  [/<([@#!])([^<>|\n]*)(?:\|([^<>\n]*))?>/, (m, names) => special(m, names)],
  [/<((?:https?:\/\/|mailto:)[^<>|\s]+)(?:\|([^<>\n]*))?>/, (m) => link(m[1], m[2])],
  [/:([a-z0-9_+'-]+(?:::skin-tone-\d)?):/, (m) => emoji(m)],
];
const MRKDWN = [
  ...SHARED,
  [/(?<![\w*])\*(\S|\S[^*\n]*?\S)\*(?![\w*])/, (m, n) => el("strong", {}, inline(m[1], n, MRKDWN))],
  [/(?<![\w])_(\S|\S[^_\n]*?\S)_(?![\w])/, (m, n) => el("em", {}, inline(m[1], n, MRKDWN))],
  [/(?<![\w~])~(\S|\S[^~\n]*?\S)~(?![\w~])/, (m, n) => el("s", {}, inline(m[1], n, MRKDWN))],
];
const MARKDOWN = [
  ...SHARED,
  [/\[([^\]\n]+)\]\(((?:https?:\/\/|mailto:)[^\s()]+)\)/, (m) => link(m[2], m[1])],
  [/\*\*(\S|\S[^\n]*?\S)\*\*/, (m, n) => el("strong", {}, inline(m[1], n, MARKDOWN))],
  [/~~(\S|\S[^\n]*?\S)~~/, (m, n) => el("s", {}, inline(m[1], n, MARKDOWN))],
  [/(?<![\w*])\*(\S|\S[^*\n]*?\S)\*(?![\w*])/, (m, n) => el("em", {}, inline(m[1], n, MARKDOWN))],
  [/(?<![\w])_(\S|\S[^_\n]*?\S)_(?![\w])/, (m, n) => el("em", {}, inline(m[1], n, MARKDOWN))],
  [/https?:\/\/[^\s<>()]+[^\s<>().,;:!?]/, (m) => link(m[0])],
];

function emoji(match) {
  const shown = glyph(match[1]);
  if (shown.startsWith(":")) return document.createTextNode(match[0]);
  return el("span", { class: "emoji", role: "img", "aria-label": match[1] }, shown);
}

export function link(address, label) {
  const target = decode(address);
  if (!/^(https?:\/\/|mailto:)/i.test(target)) return document.createTextNode(label ?? target);
  const shown = label ? decode(label) : target;
  return el("a", { href: target, target: "_blank", rel: "noopener noreferrer" }, shown);
}

function special([, sign, target, label], names) {
  if (sign === "@") return mention(`@${names.user(target)}`, names.isMe(target));
  if (sign === "#") return mention(`#${label || names.channel(target)}`);
  if (target.startsWith("date^")) return date(target, label);
  return mention(`@${label || target.replace(/^subteam\^/, "")}`, true);
}

function date(target, fallback) {
  const seconds = Number(target.split("^")[1]);
  const shown = Number.isFinite(seconds) ? new Date(seconds * 1000).toLocaleString() : fallback;
  return el("time", {}, shown ?? fallback);
}

export const mention = (text, mine) => el("span", { class: mine ? "mention mine" : "mention" }, text);

function inline(text, names, rules) {
  const nodes = [];
  let rest = text;
  let before = "";
  while (rest) {
    const found = earliest(rest, before, rules);
    if (!found) break;
    const { match, build, at } = found;
    if (at) nodes.push(decode(rest.slice(0, at)));
    nodes.push(build(match, names));
    before = match[0].slice(-1);
    rest = rest.slice(at + match[0].length);
  }
  if (rest) nodes.push(decode(rest));
  return nodes;
}

// The character before the rest still counts for the word-boundary checks.
function earliest(rest, before, rules) {
  let best = null;
  for (const [pattern, build] of rules) {
    const searched = new RegExp(pattern.source, "gi");
    const line = before + rest;
    searched.lastIndex = before.length;
    const match = searched.exec(line);
    if (match && (!best || match.index - before.length < best.at)) {
      best = { match, build, at: match.index - before.length };
    }
  }
  return best;
}

function fences(text, lines) {
  return text.split(/```(?:[a-z]*\n)?/i).flatMap((part, at) => {
    if (at % 2) return [el("pre", {}, decode(part.replace(/\n$/, "")))];
    return part.trim() ? lines(part) : [];
  });
}

export function mrkdwn(text, names) {
  return fences(text, (part) => quoted(part, names));
}

function quoted(part, names) {
  const out = [];
  let quote = null;
  part.replace(/^\n|\n$/g, "").split("\n").forEach((line) => {
    const mark = line.match(/^(?:&gt;|>) ?(.*)$/);
    if (mark) {
      if (!quote) out.push((quote = el("blockquote")));
      else quote.append(el("br"));
      quote.append(...inline(mark[1], names, MRKDWN));
      return;
    }
    if (out.length && !quote) out.push(el("br"));
    quote = null;
    out.push(...inline(line, names, MRKDWN));
  });
  return out;
}

export function markdown(text, names) {
  return fences(text, (part) => part.split(/\n{2,}/).flatMap((one) => paragraph(one, names)));
}

function paragraph(text, names) {
  const out = [];
  let open = null;
  for (const line of text.split("\n")) {
    const heading = line.match(/^(#{1,6}) +(.*)$/);
    const bullet = line.match(/^\s*[-*+•] +(.*)$/);
    const number = line.match(/^\s*\d+[.)] +(.*)$/);
    const quote = line.match(/^(?:&gt;|>) ?(.*)$/);
    const tag = heading ? "h4" : bullet ? "ul" : number ? "ol" : quote ? "blockquote" : "p";
    const body = inline((heading?.[2] ?? bullet?.[1] ?? number?.[1] ?? quote?.[1] ?? line), names, MARKDOWN);
    if (!line.trim()) continue;
    if (!open || open.localName !== tag || heading) out.push((open = el(tag)));
    else if (tag === "p" || tag === "blockquote") open.append(el("br"));
    open.append(...(bullet || number ? [el("li", {}, body)] : body));
  }
  return out;
}
