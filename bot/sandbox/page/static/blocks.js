// Block Kit as elements. What this page cannot draw it shows as JSON, never as nothing.
import { draft, h } from "./dom.js";
import { mrkdwn, plain, words } from "./mrkdwn.js";
import { rich } from "./rich.js";

/**
 * The blocks of a surface. `context`: names, now, id (of the surface), state (what was chosen or typed,
 * by "block action"), errors (by block), use(block, element, chosen) when something is pressed.
 */
export function blocks(all, context) {
  return all.map((block) => (DRAW[block.type] ?? unknown)(block, context));
}

const DRAW = {
  header: (block, context) => h("h3", { class: "block-header" }, words(block.text, context)),
  divider: () => h("hr"),
  section,
  context: (block, context) => h("div", { class: "block-context" }, block.elements.map((one) => (one.type === "image" ? picture(one) : h("div", {}, words(one, context))))),
  actions: (block, context) => h("div", { class: "block-actions" }, block.elements.map((one) => control(block, one, context))),
  input,
  image: (block) => h("figure", {}, picture(block), block.title ? h("figcaption", {}, plain(block.title)) : null),
  markdown: (block, context) => h("div", { class: "block-section" }, mrkdwn(block.text.replace(/\*\*(.+?)\*\*/g, "*$1*"), context)),
  rich_text: (block, context) => h("div", { class: "block-section" }, rich(block.elements, context)),
};

export function unknown(block) {
  return h("details", { class: "unknown", open: true }, h("summary", {}, `This page does not draw "${block.type}"; here is what it says`),
    h("pre", { tabindex: "0" }, JSON.stringify(block, null, 2)));
}

// The page asks nobody outside for anything, so a picture is what its author says of it.
const picture = (image) => h("span", { class: "picture" }, `Image: ${image.alt_text}`);

function section(block, context) {
  const text = block.text ? h("div", { class: "text" }, words(block.text, context)) : null;
  const fields = block.fields ? h("div", { class: "fields" }, block.fields.map((one) => h("div", {}, words(one, context)))) : null;
  const side = block.accessory ? h("div", { class: "accessory" }, control(block, block.accessory, context)) : null;
  return h("div", { class: "block-section" }, h("div", { class: "grow" }, text, fields), side);
}

// --- what can be pressed or chosen ---------------------------------------------------------------

function control(block, element, context) {
  if (element.type === "image") return picture(element);
  if (element.type === "button") return button(block, element, context);
  const made = field(block, element, context, { "aria-label": element.placeholder?.text ?? element.type });
  if (!made) return unknown(element);
  made.addEventListener("change", () => context.use(block, element, typed(block, element, context)));
  return made;
}

function button(block, element, context) {
  const press = () => context.use(block, element, null);
  const props = { type: "button", class: `bk ${element.style ?? ""}`, "data-k": `${context.id} ${element.action_id} ${element.value ?? ""}`, "aria-label": element.accessibility_label };
  if (!element.url) return h("button", { ...props, onclick: press }, plain(element.text));
  const opens = /^(https?|mailto):/i.test(element.url) ? element.url : null;
  return h("a", { ...props, type: null, href: opens, target: "_blank", rel: "noopener noreferrer", onclick: press }, plain(element.text), h("span", { "aria-hidden": "true" }, " ↗"));
}

// --- inputs ---------------------------------------------------------------------------------------

const nameOf = (block, element, context) => `${context.id} ${block.block_id} ${element.action_id}`;

function input(block, context) {
  const { element } = block;
  const id = nameOf(block, element, context).replaceAll(" ", "-");
  const words = context.errors?.[block.block_id];
  const described = [block.hint ? `${id}-hint` : "", words ? `${id}-error` : ""].filter(Boolean).join(" ");
  const grouped = element.type === "radio_buttons" || element.type === "checkboxes";
  const props = grouped ? {} : { id, "aria-invalid": words ? "true" : null, "aria-describedby": described || null, "aria-required": block.optional ? null : "true" };
  const made = field(block, element, context, props);
  if (!made) return unknown(block);
  if (block.dispatch_action) made.addEventListener("change", () => context.use(block, element, typed(block, element, context)));
  const label = [plain(block.label), block.optional ? h("span", { class: "optional" }, " (optional)") : null];
  const rest = [
    words ? h("p", { class: "error", id: `${id}-error` }, words) : null,
    block.hint ? h("p", { class: "hint", id: `${id}-hint` }, plain(block.hint)) : null,
  ];
  if (grouped) return h("fieldset", { class: "block-input", "aria-describedby": described || null }, h("legend", {}, label), made, rest);
  return h("div", { class: "block-input" }, h("label", { for: id }, label), made, rest);
}

const SIMPLE = { email_text_input: "email", url_text_input: "url", number_input: "number", datepicker: "date", timepicker: "time", datetimepicker: "datetime-local" };
const INITIAL = { datepicker: "initial_date", timepicker: "initial_time" };

/** The control for an element, or nothing when this page knows none. */
function field(block, element, context, props) {
  const name = nameOf(block, element, context);
  const value = typed(block, element, context);
  const common = { ...props, "data-k": name };
  const keep = (event) => draft.set(name, event.target.value);
  if (element.type === "plain_text_input" || SIMPLE[element.type]) {
    const tag = element.multiline ? "textarea" : "input";
    const type = element.multiline ? null : (SIMPLE[element.type] ?? "text");
    return h(tag, { ...common, type, placeholder: element.placeholder?.text, spellcheck: "false", value: value ?? "", oninput: keep });
  }
  if (element.type === "radio_buttons" || element.type === "checkboxes") return choices(element, name, value);
  const options = optionsOf(element, context);
  if (!options) return null;
  const several = element.type.startsWith("multi_");
  const chosen = [value ?? []].flat();
  const made = h("select", { ...common, multiple: several, onchange: (event) => draft.set(name, several ? [...event.target.selectedOptions].map((one) => one.value) : event.target.value) },
    several ? null : h("option", { value: "" }, element.placeholder?.text ?? "Choose"),
    options.map(([id, text]) => h("option", { value: id, selected: chosen.includes(id) }, text)));
  return made;
}

function choices(element, name, value) {
  const radio = element.type === "radio_buttons";
  const chosen = [value ?? []].flat();
  const change = (event) => {
    const boxes = [...event.currentTarget.querySelectorAll("input:checked")].map((one) => one.value);
    draft.set(name, radio ? boxes[0] : boxes);
  };
  return h("div", { class: "choices", onchange: change }, element.options.map((option, i) => {
    const id = `${name} ${i}`.replaceAll(" ", "-");
    return h("div", { class: "choice" },
      h("input", { type: radio ? "radio" : "checkbox", name, id, value: option.value, checked: chosen.includes(option.value), "data-k": id, "aria-describedby": option.description ? `${id}-more` : null }),
      h("div", {}, h("label", { for: id }, plain(option.text)), option.description ? h("p", { class: "hint", id: `${id}-more` }, plain(option.description)) : null));
  }));
}

function optionsOf(element, context) {
  const kind = element.type.replace(/^multi_/, "");
  const people = (pattern) => Object.entries(context.names).filter(([id]) => pattern.test(id));
  if (kind === "users_select") return people(/^[UW]/);
  if (kind === "channels_select" || kind === "conversations_select") return people(/^[CGD]/);
  const groups = element.option_groups?.flatMap((group) => group.options);
  const options = element.options ?? groups;
  return kind === "static_select" || kind === "overflow" ? options.map((one) => [one.value, plain(one.text)]) : null;
}

/** What an element holds: typed here, else remembered by Slack, else initial; as a text or a list of them. */
export function typed(block, element, context) {
  const here = draft.get(nameOf(block, element, context));
  if (here !== undefined) return here;
  const state = context.state?.[`${block.block_id} ${element.action_id}`];
  if (state) return human(Object.entries(state).find(([name]) => name !== "type")?.[1]);
  const initial = INITIAL[element.type] ?? Object.keys(element).find((name) => name.startsWith("initial_"));
  return human(element[initial]);
}

function human(value) {
  if (Array.isArray(value)) return value.map(human);
  if (value && typeof value === "object") return value.value;
  return value === undefined || value === null ? undefined : String(value);
}

/** What stands in all inputs of a form, by block id; a moment is sent as seconds. */
export function values(view, context) {
  const inputs = view.blocks.filter((block) => block.type === "input");
  const sent = inputs.map((block) => [block, typed(block, block.element, context)]);
  return Object.fromEntries(sent.filter(([block, value]) => value !== undefined && (value !== "" || isText(block))).map(([block, value]) => [block.block_id, moment(block, value)]));
}

const isText = (block) => block.element.type === "plain_text_input" || block.element.type in SIMPLE;

function moment(block, value) {
  return block.element.type === "datetimepicker" && value.includes("-") ? String(Date.parse(value) / 1000) : value;
}
