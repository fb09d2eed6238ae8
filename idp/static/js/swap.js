// Makes a part of the page like its fresh copy. What is the same stays in its place, and with it focus and marks.
const typed = "input:not([type=hidden]), select, textarea"; // The person's word counts there.
const isKept = (old, fresh) => old.matches(typed) || (old.matches(".messages") && !fresh.hasChildNodes());
const name = (node) => node.getAttribute?.("id") || node.dataset?.row;
// A row without a name may be another one: a box that was ticked in it must not pass over.
const fits = (old, fresh) => old.nodeName === fresh.nodeName && (old.nodeName !== "TR" || old.isEqualNode(fresh));
const named = (parent) => new Map([...parent.children].map((child) => [name(child), child]));
const drop = (node) => {
  const next = node.nextSibling;
  node.remove();
  return next;
};

function attributes(old, fresh) {
  for (const each of new Set([...old.getAttributeNames(), ...fresh.getAttributeNames()])) {
    const value = fresh.getAttribute(each);
    if (each === "open" || value === old.getAttribute(each)) continue;
    if (value === null) old.removeAttribute(each);
    else old.setAttribute(each, value);
  }
}

function children(old, fresh) {
  const theirs = named(fresh);
  for (const child of [...old.children]) if (name(child) && !theirs.has(name(child))) child.remove();
  const ours = named(old);
  let place = old.firstChild;
  for (const child of [...fresh.childNodes]) {
    const mine = name(child) ? ours.get(name(child)) : place && !name(place) && fits(place, child) && place;
    while (mine && place && place !== mine && !name(place)) place = drop(place);
    if (mine && place === mine) place = place.nextSibling;
    else old.insertBefore(mine || child, place);
    if (mine) blend(mine, child);
  }
  while (place) place = drop(place);
}

function blend(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) old.data = fresh.data;
  else if (!old.isEqualNode(fresh) && !isKept(old, fresh)) {
    attributes(old, fresh);
    children(old, fresh);
  }
}

/** Whoever changed what was there does so again when it hears of `swap`. @param {Element} old @param {Element} fresh */
export function swap(old, fresh) {
  blend(old, fresh);
  old.dispatchEvent(new Event("swap", { bubbles: true }));
}
