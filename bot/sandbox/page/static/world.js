// The rest of the world: OpenAI, Netskope, mailbox, clock, bad days, and the log of what happened.
import { act } from "./api.js";
import { draft, h, list, region } from "./dom.js";

const $ = (selector) => document.querySelector(selector);
const TABS = { openai: ["OpenAI", openai], netskope: ["Netskope", netskope], mail: ["Mailbox", mailbox], clock: ["Clock", clock], bad: ["Bad day", bad] };
let tab = "openai";
let now = null;
let newKey = ""; // shown once, by OpenAI's own page

/** Draw the right side. */
export function drawWorld(screen) {
  now = screen;
  region($("#world"), "frame", frame);
  region($("#world-tabs"), [tab, screen.world.mail.length], tabs);
  $("#world-panel").setAttribute("aria-labelledby", `tab-${tab}`);
  region($("#world-panel"), [tab, newKey, screen.me, screen.world], () => TABS[tab][1](screen.world));
  const low = isLow($("#log"));
  list($("#log"), screen.log, (one) => String(one.number), line);
  if (low) $("#log").scrollTop = $("#log").scrollHeight;
}

/** Show one of the tabs. */
export function openTab(name) {
  tab = name;
  if (!now) return;
  drawWorld(now);
  $("#world-panel").scrollTop = 0;
}

/** The key that OpenAI has just shown; empty when there is none. */
export const shownKey = () => newKey;

/** Create a key at OpenAI, and show it. */
export async function createKey() {
  const { key } = await act("create_key", { as: now.me });
  newKey = key ?? "";
  openTab("openai");
  return newKey;
}

const isLow = (box) => box.scrollHeight - box.scrollTop - box.clientHeight < 40;

function frame() {
  return [
    h("h2", {}, "The rest of the world"),
    h("div", { id: "world-tabs", role: "tablist", "aria-label": "The rest of the world" }),
    h("div", { id: "world-panel", role: "tabpanel", tabindex: "0" }),
    h("h2", { id: "log-title" }, "What happens between them"),
    h("div", { id: "log", role: "log", "aria-live": "off", "aria-labelledby": "log-title", tabindex: "0" }),
  ];
}

function tabs() {
  const names = Object.keys(TABS);
  const move = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: names.length - 1 }[event.key];
    if (!step) return;
    openTab(names[(names.indexOf(tab) + step) % names.length]);
    $(`#tab-${tab}`).focus();
  };
  return names.map((name) => h("button", { type: "button", role: "tab", id: `tab-${name}`, "aria-selected": String(tab === name), "aria-controls": "world-panel", tabindex: tab === name ? "0" : "-1", "data-k": `world ${name}`, onclick: () => openTab(name), onkeydown: move }, TABS[name][0], name === "mail" && now.world.mail.length ? h("span", { class: "badge" }, String(now.world.mail.length)) : null));
}

function line(one) {
  const at = new Date(one.at * 1000).toLocaleTimeString([], { hour12: false });
  const who = { you: "You", slack: "Slack", bot: "Bot" }[one.who];
  return h("p", { class: `line ${one.who} ${one.bad ? "bad" : ""}` }, h("time", {}, at), " ", h("strong", {}, who), " ", one.what, one.times > 1 ? h("span", { class: "times" }, ` × ${one.times}`) : null, one.bad ? h("span", { class: "unseen" }, " (not as hoped)") : null);
}

const button = (words, action, body = {}, props = {}) => h("button", { type: "button", class: "bk", "data-k": words, onclick: () => act(action, { as: now.me, ...body }), ...props }, words);

async function copy(text, button) {
  await navigator.clipboard?.writeText(text).catch(() => {});
  button.textContent = "Copied";
}

const copyable = (label, text) => h("div", { class: "copyable" }, h("span", {}, label), h("code", {}, text), h("button", { type: "button", class: "small", "aria-label": `Copy ${label}`, "data-k": `copy ${label}`, onclick: (event) => copy(text, event.currentTarget) }, "Copy"));

// --- OpenAI -----------------------------------------------------------------------------------------

function openai(world) {
  return [
    h("p", {}, "Your ChatGPT Enterprise workspace, and the API keys of its organization."),
    copyable("Workspace ID", world.workspace),
    copyable("Organization ID", world.organization),
    h("div", { class: "row" }, h("button", { type: "button", class: "bk primary", "data-k": "create key", "data-tour": "create-key", onclick: createKey }, "Create an API key")),
    newKey ? h("div", { class: "once" }, h("p", {}, "Copy it now. OpenAI shows a key only once."), copyable("API key", newKey), h("button", { type: "button", class: "small", onclick: () => { newKey = ""; drawWorld(now); } }, "Done")) : null,
    world.keys.length ? h("h3", {}, "What OpenAI does with each key") : null,
    world.keys.map((key) => keyRow(key, world.key_states)),
  ];
}

function keyRow(key, states) {
  const set = (event) => act("set_key", { as: now.me, last4: key.last4, state: event.currentTarget.value });
  const id = `key-${key.last4}`;
  return h("fieldset", { class: "keyrow", "data-tour": "key-switch" },
    h("legend", {}, "Key ending ", h("code", {}, key.last4), ` (used in ${key.calls} ${key.calls === 1 ? "call" : "calls"})`),
    Object.entries(states).map(([state, words]) => h("label", { class: "switch" }, h("input", { type: "radio", name: id, value: state, checked: key.state === state, "data-k": `${id} ${state}`, onchange: set }), " ", words)));
}

// --- Netskope ---------------------------------------------------------------------------------------

function netskope(world) {
  const value = (name, initial) => draft.get(`netskope ${name}`) ?? initial;
  const field = (name, label, initial, hint) => h("div", { class: "block-input" }, h("label", { for: `netskope-${name}` }, label), h("input", { id: `netskope-${name}`, type: "text", value: value(name, initial), spellcheck: "false", autocomplete: "off", "data-k": `netskope ${name}`, oninput: (event) => draft.set(`netskope ${name}`, event.target.value) }), hint ? h("p", { class: "hint" }, hint) : null);
  const grant = (event) => {
    event.preventDefault();
    act("grant_access", { as: now.me, workspace: $("#netskope-workspace").value, key: $("#netskope-key").value, project: $("#netskope-project").value, name: $("#netskope-name").value });
  };
  return [
    h("p", {}, "Your Netskope tenant: Settings > Configure App Access > Next Gen > CASB API > ", h("strong", {}, world.netskope.app), " > Setup CASB API Instance, onboarding type ", h("strong", {}, "Enterprise Workspace"), "."),
    h("form", { class: "setup", "data-tour": "netskope-form", autocomplete: "off", onsubmit: grant },
      h("h3", {}, "Setup Instance"),
      field("email", "Administrator Email", "", "Optional: gets Netskope's notifications."), field("workspace", "Workspace ID", ""),
      field("key", "API Key for Enterprise Workspace", "", "Paste the key here, and nowhere else but the form in Slack."),
      field("project", "API Key for Project", "", "Leave this empty: it is for the other onboarding type."), field("name", "Instance Name", ""),
      h("button", { type: "submit", class: "bk primary", "data-k": "grant access" }, "Grant Access")),
    world.netskope.instances.map(instance),
  ];
}

function instance(one) {
  const state = one.green ? h("span", { class: "green" }, "✓ Connected") : h("span", { class: "grey" }, "○ No green check (yet)");
  return h("div", { class: "instance", "data-tour": "instance" }, h("p", {}, h("strong", {}, one.name), " ", state), h("p", { class: "hint" }, `Workspace ${one.workspace}, by ${one.by}`),
    h("div", { class: "row" }, button("Someone uses ChatGPT", "chat", { name: one.name }, { "data-k": `chat ${one.name}`, "data-tour": "flow" }), button("Delete instance", "delete_instance", { name: one.name }, { "data-k": `delete ${one.name}` })));
}

// --- mailbox and clock ------------------------------------------------------------------------------

function mailbox(world) {
  if (!world.mail.length) return h("p", {}, "No letter yet. After the approval, Greenlight writes to OpenAI Support.");
  return [...world.mail].reverse().map((letter) => h("article", { class: "letter", "aria-label": letter.heads.Subject },
    h("dl", {}, Object.entries(letter.heads).filter(([, value]) => value).map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value)))),
    h("pre", { tabindex: "0" }, letter.body)));
}

function clock(world) {
  const at = new Date(Date.now() + world.ahead * 1000);
  const hours = Math.round(world.ahead / 360) / 10;
  const ahead = world.ahead ? `${hours} ${hours === 1 ? "hour" : "hours"} ahead of the real time.` : "The real time.";
  const pace = (fast, words) => h("label", { class: "switch" }, h("input", { type: "radio", name: "pace", checked: world.fast === fast, "data-k": `pace ${fast}`, onchange: () => act("pace", { as: now.me, fast }) }), " ", words);
  return [
    h("p", {}, h("strong", {}, at.toLocaleString([], { dateStyle: "full", timeStyle: "short" }))),
    h("p", { class: "hint" }, ahead),
    h("div", { class: "row" }, button("Skip an hour", "skip", { seconds: 3600 }), button("Skip a day", "skip", { seconds: 86400 }), button("Skip a week", "skip", { seconds: 604800 }), button("Skip to the next working morning", "skip", { to: "morning" })),
    h("p", { class: "hint" }, "Reminders and the morning digest keep office hours, so at night a skipped day brings none."),
    h("fieldset", {}, h("legend", {}, "How often Greenlight asks (changing it restarts the bot)"), pace(true, "Fast: a minute takes about a second"), pace(false, "As in production: skip time to see it move")),
  ];
}

// --- bad days ---------------------------------------------------------------------------------------

function weather(id, legend, action, present, states) {
  return h("div", { class: "block-input" }, h("label", { for: id }, legend), h("select", { id, "data-k": id, onchange: (event) => act(action, { as: now.me, state: event.currentTarget.value }) }, Object.entries(states).map(([state, words]) => h("option", { value: state, selected: state === present }, words))));
}

function bad({ bad }) {
  const part = (title, status, ...buttons) => h("section", { class: "badpart" }, h("h3", {}, title), status ? h("p", { class: "hint" }, status) : null, h("div", { class: "row" }, buttons));
  return [
    h("p", {}, "Break something, go on working, and watch the log."),
    part("Deliveries", bad.doubled ? "The next click will arrive twice." : null,
      button("Resend the last delivery", "resend"), button("Deliver it twice at once", "resend", { twice: true }), button("Double the next click", "double")),
    part("Socket", bad.transport === "socket" ? `${bad.sockets} connected` : "Signed HTTP: there is no socket",
      button("Reset it", "drop", { how: "reset" }), button("Tell the bot to leave", "drop", { how: "disconnect" }), button("Let it die silently", "drop", { how: "half_open" })),
    part("Slack", bad.slack_faults ? `${bad.slack_faults} more calls will fail` : "Answers",
      button("429 for five calls", "slack_fails", { status: 429 }), button("500 for five calls", "slack_fails", { status: 500 })),
    weather("openai-weather", "OpenAI", "openai_fails", bad.openai, { "": "Answers", slow: "Times out", outage: "503, overloaded", limited: "429, too many requests", html: "A web page instead of an answer" }),
    weather("netskope-weather", "Netskope's REST API", "netskope_fails", bad.netskope, { "": "Answers", html: "A web page instead of an answer", outage: "503", limited: "429, too many requests", error_200: "200 with an error inside" }),
    part("Redis", bad.redis ? "Running" : "Stopped: nothing can be saved", bad.redis ? button("Stop Redis", "redis", { run: false }) : button("Bring Redis back", "redis", { run: true })),
    part("The bot", bad.bot ? `Process ${bad.pid}` : "Not running", button("Kill the bot (SIGKILL)", "bot", { how: "kill" }), button("Start the bot", "bot", { how: "start" }), button("Restart the bot", "bot", { how: "restart" })),
    h("div", { class: "row" }, button("Make it a good day again", "good_day", {}, { class: "bk primary" })),
  ];
}
