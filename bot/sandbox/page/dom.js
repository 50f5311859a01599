// Builds elements. Text goes in as text nodes only, so nothing a bot or person wrote becomes markup.

export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else if (name in node && name !== "list" && typeof value !== "string") node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export const byId = (id) => document.getElementById(id);

// Reuses a child whose key and content stay the same, so focus and scroll survive a refresh.
export function keep(parent, items, keyOf, build) {
  const known = parent.keyed ?? new Map();
  const next = new Map();
  let at = parent.firstChild;
  for (const item of items) {
    const key = keyOf(item);
    const content = JSON.stringify(item);
    let entry = known.get(key);
    if (!entry || entry.content !== content) {
      const node = build(item);
      if (entry) {
        if (entry.node === at) at = at.nextSibling;
        entry.node.replaceWith(node);
      }
      entry = { content, node };
    }
    if (entry.node === at) at = at.nextSibling;
    else parent.insertBefore(entry.node, at);
    next.set(key, entry);
  }
  for (const [key, entry] of known) if (!next.has(key)) entry.node.remove();
  parent.keyed = next;
}

export function toast(text) {
  const node = el("p", { class: "toast" }, text);
  byId("toasts").append(node);
  setTimeout(() => node.remove(), 6000);
}
