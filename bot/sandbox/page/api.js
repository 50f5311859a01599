// Talks to the control API.

import { toast } from "./dom.js";

export async function fetchState(query) {
  const response = await fetch(`/sandbox/state?${new URLSearchParams(query)}`);
  return response.ok ? response.json() : null;
}

export async function fetchDeliveries() {
  return (await fetch("/sandbox/deliveries")).json();
}

export async function act(name, args) {
  const response = await fetch(`/sandbox/act/${name}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(args),
  });
  const answer = await response.json();
  if (response.ok) return answer.result;
  toast(`That didn't work: ${answer.error}`);
  return undefined;
}

// Calls back at once and after every change, and again when the server comes back.
export function watch(changed) {
  const source = new EventSource("/sandbox/stream");
  source.onmessage = changed;
}
