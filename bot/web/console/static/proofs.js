// Checks a proof in the browser: the desk is asked for nothing but the file itself.
// Formats: c2sp.org/tlog-proof, tlog-checkpoint, signed-note; hashes of RFC 9162; Ed25519.
"use strict";

const HEAD = "c2sp.org/tlog-proof@v1";
const PINNED = "frontdesk.vkey";
const ED25519 = 1;

class Wrong extends Error {}

const bytes = (text) => new TextEncoder().encode(text);
const hex = (data) => Array.from(data, (one) => one.toString(16).padStart(2, "0")).join("");

function base64(text) {
  try {
    return Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
  } catch {
    throw new Wrong("The file is damaged: what should be base64 is not.");
  }
}

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

async function sha256(...parts) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));
}

const leafHash = (leaf) => sha256([0], leaf);
const nodeHash = (left, right) => sha256([1], left, right);

function parsed(text) {
  const cut = text.indexOf("\n\n");
  const lines = text.slice(0, cut).split("\n");
  if (cut < 0 || lines.shift() !== HEAD) throw new Wrong("This is no proof of the kind .tlog-proof.");
  if (!lines[0]?.startsWith("extra ") || !/^index \d+$/.test(lines[1] ?? "")) {
    throw new Wrong("The proof holds no entry, or no place.");
  }
  return {
    leaf: base64(lines[0].slice(6)),
    index: BigInt(lines[1].slice(6)),
    path: lines.slice(2).map(base64),
    note: text.slice(cut + 2),
  };
}

// RFC 9162, 2.1.3.2: where the path leads from this leaf; null if it does not fit the size.
async function rootFrom(leaf, index, size, path) {
  let [node, last, hash] = [index, size - 1n, leaf];
  if (index >= size) return null;
  for (const sibling of path) {
    if (last === 0n) return null;
    if (node & 1n || node === last) {
      hash = await nodeHash(sibling, hash);
      while (!(node & 1n) && node) [node, last] = [node >> 1n, last >> 1n];
    } else {
      hash = await nodeHash(hash, sibling);
    }
    [node, last] = [node >> 1n, last >> 1n];
  }
  return last === 0n ? hash : null;
}

async function keyOf(vkey) {
  const [name, id, ...rest] = vkey.trim().split("+");
  const key = base64(rest.join("+"));
  const computed = hex((await sha256(bytes(`${name}\n`), key)).slice(0, 4));
  if (computed !== id || key[0] !== ED25519 || key.length !== 33) {
    throw new Wrong("The public key is damaged, or not of this kind.");
  }
  return { name, id, raw: key.slice(1) };
}

function checkpoint(note) {
  const cut = note.lastIndexOf("\n\n");
  if (cut < 0) throw new Wrong("The checkpoint carries no signature.");
  const signed = note.slice(0, cut + 1);
  const [origin, size, root] = signed.split("\n");
  if (!/^\d+$/.test(size)) throw new Wrong("The checkpoint states no size.");
  const signatures = note.slice(cut + 2).split("\n").filter(Boolean);
  return { signed, origin, size: BigInt(size), root: base64(root), signatures };
}

async function isSigned(found, vkey) {
  const key = await keyOf(vkey);
  const usable = await crypto.subtle.importKey("raw", key.raw, { name: "Ed25519" }, false, ["verify"]);
  for (const line of found.signatures) {
    const [dash, name, encoded] = line.split(" ");
    if (dash !== "—" || name !== key.name || name !== found.origin) continue;
    const blob = base64(encoded);
    if (hex(blob.slice(0, 4)) !== key.id || blob.length !== 68) continue;
    if (await crypto.subtle.verify("Ed25519", usable, blob.slice(4), bytes(found.signed))) return true;
  }
  return false;
}

async function check(text, vkey, say) {
  const proof = parsed(text);
  const entry = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(proof.leaf));
  const hash = await leafHash(proof.leaf);
  say(true, `The entry is ${entry.type}, ${entry.id}`, `Its fingerprint: ${hex(hash)}`);
  const found = checkpoint(proof.note);
  const root = await rootFrom(hash, proof.index, found.size, proof.path);
  const fits = root !== null && hex(root) === hex(found.root);
  say(fits, fits ? `It stands at place ${proof.index} of ${found.size}` : "It does not stand in this log",
    `Fingerprint of the log: ${hex(found.root)}`);
  const signed = await isSigned(found, vkey);
  say(signed, signed ? "The log is signed with this key" : "The log is not signed with this key", found.origin);
  return fits && signed;
}

class Checker {
  constructor(box) {
    this.box = box;
    this.key = box.querySelector("textarea[name=vkey]");
    this.told = box.dataset.vkey;
    this.key.addEventListener("change", () => this.pin());
    box.querySelector("[data-check]").addEventListener("click", () => this.run());
    const pinned = localStorage.getItem(PINNED);
    if (pinned) this.key.value = pinned;
    this.warn();
  }

  pin() {
    localStorage.setItem(PINNED, this.key.value.trim());
    this.warn();
  }

  warn() {
    const note = this.box.querySelector(".pin");
    note.hidden = this.key.value.trim() === this.told;
    note.textContent = "This is not the key that the desk tells today. If you did not change it, ask why before you trust either.";
  }

  say(good, text, detail) {
    const line = document.createElement("li");
    const words = document.createElement("span");
    const small = document.createElement("small");
    words.textContent = text;
    small.textContent = detail;
    words.append(small);
    line.append(words);
    if (!good) line.className = "wrong";
    this.box.querySelector(".checks").append(line);
  }

  async text() {
    const [file] = this.box.querySelector("input[type=file]").files;
    if (file) return file.text();
    if (!this.box.dataset.proof) throw new Wrong("Choose a file first.");
    const answer = await fetch(this.box.dataset.proof);
    if (!answer.ok) throw new Wrong("The desk did not give the proof. Reload the page and try again.");
    return answer.text();
  }

  async run() {
    const outcome = this.box.querySelector(".outcome");
    this.box.querySelector(".checks").replaceChildren();
    outcome.textContent = "";
    try {
      const good = await check(await this.text(), this.key.value, (...told) => this.say(...told));
      outcome.className = `outcome ${good ? "good" : "bad"}`;
      outcome.textContent = good
        ? "It fits: this entry stands in the signed log as you see it."
        : "It does not fit: do not rely on this entry.";
    } catch (error) {
      outcome.className = "outcome bad";
      outcome.textContent = error instanceof Wrong ? error.message : `It cannot be checked: ${error.message}`;
    }
  }
}

for (const box of document.querySelectorAll(".checker")) new Checker(box);
