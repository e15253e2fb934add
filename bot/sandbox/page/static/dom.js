// Building elements, and replacing parts of the page without taking focus or typed text away.

/** An element: `on...` properties are listeners, `true` an empty attribute, `false` and `null` none. */
export function h(tag, props = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "value") made.value = value;
    else if (name === "checked") made.checked = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

const drawn = new WeakMap();

/** Fill `element` by `build()` if `what` (any JSON) is new; focus and selection stay on the same `data-k`. */
export function region(element, what, build) {
  const signature = JSON.stringify(what);
  if (drawn.get(element) === signature) return false;
  drawn.set(element, signature);
  keepingFocus(element, () => element.replaceChildren(...[build()].flat(Infinity).filter(Boolean)));
  return true;
}

/** Show one child per item; children whose item is the same stay as they are. */
export function list(element, items, keyOf, build) {
  const old = new Map([...element.children].map((child) => [child.dataset.item, child]));
  keepingFocus(element, () => {
    const wanted = items.map((item) => {
      const key = keyOf(item);
      const signature = JSON.stringify(item);
      const known = old.get(key);
      if (known && drawn.get(known) === signature) return known;
      const made = build(item);
      made.dataset.item = key;
      drawn.set(made, signature);
      return made;
    });
    if (wanted.length !== element.children.length || wanted.some((child, i) => child !== element.children[i])) {
      element.replaceChildren(...wanted);
    }
  });
}

function keepingFocus(element, change) {
  const focused = document.activeElement;
  const key = element.contains(focused) ? focused?.dataset?.k : null;
  const selection = key && "selectionStart" in focused ? [focused.selectionStart, focused.selectionEnd] : null;
  change();
  if (!key || document.activeElement === focused) return;
  const again = element.querySelector(`[data-k="${CSS.escape(key)}"]`);
  // A button that is gone leaves the focus in its region: at the top of the page nobody finds back.
  (again ?? (element.tabIndex >= 0 ? element : null))?.focus({ preventScroll: true });
  if (again && selection && selection[0] !== null) again.setSelectionRange(...selection);
}

const drafts = new Map();

/** What a person typed and has not sent, by a name that outlives the element. */
export const draft = {
  get: (name) => drafts.get(name),
  set: (name, value) => drafts.set(name, value),
  forget: (name) => drafts.delete(name),
};

/** Say something that went wrong, until it is read. */
export function toast(words) {
  const shown = h("div", { class: "toast" }, h("p", {}, words),
    h("button", { type: "button", "aria-label": "Dismiss", onclick: () => shown.remove() }, "×"));
  document.querySelector("#toasts").replaceChildren(shown);
  setTimeout(() => shown.remove(), 12000);
}

/** Read something aloud to those who use a screen reader. */
export function say(words) {
  document.querySelector("#said").textContent = words;
}
