/**
 * The page's only script: it lays what `/events` sends over what is shown, in place, so that focus, selection and scroll
 * stay where they are. A route of its own, since the page's policy allows no script inside it.
 */
export const SCRIPT = `
const main = document.querySelector("main");
const connection = document.querySelector("#connection");
const source = new EventSource("/events");

const say = (state, words) => {
  connection.dataset.state = state;
  connection.textContent = words;
};
source.addEventListener("open", () => say("live", "Live"));
source.addEventListener("error", () => {
  const isOver = source.readyState === EventSource.CLOSED;
  say("lost", isOver ? "Not live: reload the page" : "Connection lost, trying again");
});
source.addEventListener("main", ({ data }) => {
  const fresh = new DOMParser().parseFromString(JSON.parse(data), "text/html").querySelector("main");
  const focused = document.activeElement.closest("main [id]");
  document.title = fresh.dataset.title;
  merge(main, fresh);
  // Its row may have gone to another table.
  if (focused && !focused.isConnected) document.getElementById(focused.id)?.querySelector("a")?.focus();
});

function merge(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  let place = old.firstChild;
  for (const child of [...fresh.childNodes]) {
    const same = find(place, child);
    if (!same) {
      old.insertBefore(child, place);
      continue;
    }
    while (place !== same) place = remove(place);
    if (same.nodeType === Node.ELEMENT_NODE) merge(same, child);
    else if (same.data !== child.data) same.data = child.data;
    place = same.nextSibling;
  }
  while (place) place = remove(place);
}

function find(place, { nodeName, id }) {
  if (!id) return place?.nodeName === nodeName && !place.id ? place : null;
  for (let node = place; node; node = node.nextSibling) if (node.id === id) return node;
  return null;
}

function remove(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}
`;
