// Modals (the one in front of a stack) and confirm dialogs.
import { act } from "./api.js";
import { blocks, values } from "./blocks.js";
import { h, region } from "./dom.js";
import { plain, words } from "./mrkdwn.js";

const $ = (selector) => document.querySelector(selector);
let open = null; // id of the view on show
let back = null; // what had the focus before

/** Draw the modal in front of this person, if any; the conversation behind it cannot be used meanwhile. */
export function drawModal(screen) {
  const view = screen.slack.modals.at(-1) ?? null;
  const box = $("#modal");
  for (const behind of ["#places", "#chat", "#thread"]) $(behind).inert = Boolean(view);
  box.hidden = !view;
  const context = view && contextOf(screen, view);
  const fresh = region(box, view && [view.id, view.hash, view.errors, screen.slack.modals.length, screen.me], () => (view ? dialog(screen, view, context) : []));
  if (view && fresh) focusInto(box, view);
  if (!view && open) { (document.contains(back) ? back : $("#box"))?.focus({ preventScroll: true }); }
  open = view?.id ?? null;
}

function contextOf(screen, view) {
  const context = { id: view.id, names: screen.slack.names, now: Date.now() / 1000 + screen.world.ahead, locale: screen.slack.locale, state: view.typed, errors: view.errors };
  const use = async (block, element, chosen) => {
    if (element.confirm && !(await confirmed(element.confirm, context))) return;
    await act("press", { as: screen.me, view: view.id, block: block.block_id, action: element.action_id, chosen, values: values(view, context) });
  };
  return { ...context, use };
}

function focusInto(box, view) {
  const wrong = box.querySelector('[aria-invalid="true"]');
  if (wrong) wrong.focus();
  else if (view.id !== open) {
    back = document.activeElement;
    const wanted = view.blocks.find((block) => block.element?.focus_on_load)?.element.action_id;
    (wanted && box.querySelector(`[data-k$=" ${CSS.escape(wanted)}"]`) || box.querySelector(".dialog-head"))?.focus();
  } else if (document.activeElement === document.body) box.querySelector(".dialog-head")?.focus(); // what had it was replaced
}

function dialog(screen, view, context) {
  const close = () => act("close", { as: screen.me });
  const submit = async (event) => {
    event.preventDefault();
    const button = event.target.querySelector("button[type=submit]");
    button.setAttribute("aria-busy", "true");
    await act("submit", { as: screen.me, view: view.id, values: values(view, context) });
    button.removeAttribute("aria-busy");
  };
  const wrong = Object.keys(view.errors).length;
  const depth = screen.slack.modals.length;
  return h("form", { class: "dialog", role: "dialog", "aria-labelledby": "modal-title", novalidate: true, autocomplete: "off", onsubmit: submit, onkeydown: (event) => { if (event.key === "Escape") close(); } },
    h("div", { class: "dialog-head", tabindex: "-1" }, h("h2", { id: "modal-title" }, view.title), depth > 1 ? h("span", { class: "tag" }, `${depth} forms open`) : null, h("button", { type: "button", "aria-label": "Close", "data-k": "modal close", onclick: close }, "×")),
    h("div", { class: "dialog-body", tabindex: "0", role: "group", "aria-label": "Form" }, wrong ? h("p", { class: "error", role: "alert" }, `${wrong} ${wrong === 1 ? "field needs" : "fields need"} another look.`) : null, blocks(view.blocks, context)),
    h("div", { class: "dialog-foot" }, h("button", { type: "button", class: "bk", "data-k": "modal cancel", onclick: close }, view.close ?? "Close"), view.submit ? h("button", { type: "submit", class: "bk primary", "data-k": "modal submit" }, view.submit) : null));
}

/** Ask before a click counts; true when the answer is yes. */
export function confirmed(confirm, context) {
  return new Promise((resolve) => {
    const box = h("dialog", { class: "confirm", "aria-labelledby": "confirm-title" },
      h("form", { method: "dialog" },
        h("h2", { id: "confirm-title" }, plain(confirm.title)),
        h("div", {}, words(confirm.text, context)),
        h("div", { class: "dialog-foot" },
          h("button", { class: "bk", value: "no" }, plain(confirm.deny)),
          h("button", { class: `bk ${confirm.style ?? "primary"}`, value: "yes" }, plain(confirm.confirm)))));
    box.addEventListener("close", () => { box.remove(); resolve(box.returnValue === "yes"); });
    document.body.append(box);
    box.showModal();
  });
}
