// The Slack side: conversations, messages, threads, App Home, and the box to type in.
import { act } from "./api.js";
import { blocks } from "./blocks.js";
import { confirmed } from "./modal.js";
import { draft, h, list, region, say } from "./dom.js";
import { FORMATS, inline, mrkdwn } from "./mrkdwn.js";

const $ = (selector) => document.querySelector(selector);
const SEEN = "greenlight-seen";
const seen = JSON.parse(sessionStorage.getItem(SEEN) ?? "{}");
const place = { channel: "C0GENERAL", tab: "messages", thread: null };
let now = null; // the screen on show
let redraw = () => {};

/** Draw one screen; `again` draws the same screen once more, after the person went elsewhere. */
export function drawChat(screen, again) {
  if (now && now.me !== screen.me) leave(screen);
  announce(screen);
  [now, redraw] = [screen, again];
  const channel = currentChannel();
  read(channel);
  region($("#places"), [screen.slack.channels, screen.me, place, unread()], () => places());
  region($("#heading"), [channel, place.tab], () => heading(channel));
  drawMessages(channel);
  drawThread(channel);
  region($("#composer"), [channel.id, place.tab === "home", screen.slack.commands], () => composer(channel, $("#composer"), null));
  $("#composer").hidden = place.tab === "home";
}

function leave(screen) {
  place.thread = null;
  const dm = screen.slack.channels.find((one) => one.dm);
  if (place.channel.startsWith("D")) place.channel = dm.id;
  if (place.tab === "home") act("open_home", { as: screen.me });
}

function currentChannel() {
  const { channels } = now.slack;
  return channels.find((one) => one.id === place.channel) ?? channels.find((one) => !one.dm) ?? channels[0];
}

/** Show a conversation, or the App Home. */
export function goTo(channel, tab = "messages") {
  Object.assign(place, { channel, tab, thread: null });
  if (tab === "home") act("open_home", { as: now.me });
  redraw();
}

/** What is on show: channel, tab and thread. */
export const where = () => ({ ...place });

// --- unread ----------------------------------------------------------------------------------------

const inChannel = (channel) => now.slack.messages.filter((one) => one.channel === channel.id);

function read(channel) {
  if (place.tab === "home" || document.hidden) return;
  const last = inChannel(channel).at(-1);
  if (last) (seen[now.me] ??= {})[channel.id] = last.ts;
  sessionStorage.setItem(SEEN, JSON.stringify(seen));
}

function unread() {
  const count = (channel) => inChannel(channel).filter((one) => one.user !== now.me && one.ts > (seen[now.me]?.[channel.id] ?? "")).length;
  return Object.fromEntries(now.slack.channels.map((channel) => [channel.id, count(channel)]));
}

function announce(screen) {
  if (!now || now.me !== screen.me) return;
  const known = new Set(now.slack.messages.map((one) => one.ts));
  const fresh = screen.slack.messages.filter((one) => !known.has(one.ts) && one.user !== screen.me);
  if (fresh.length) say(fresh.map((one) => `${screen.slack.names[one.user]}: ${spoken(one)}`).join(" "));
}

/** A message as it is shown, without its marks: names and dates are said, not their codes. */
const spoken = (one) => one.text.split("\n").map((line) => h("span", {}, inline(line, contextOf(one.ts))).textContent).join(" ");

// --- the sidebar ------------------------------------------------------------------------------------

function places() {
  const [dms, channels] = [true, false].map((dm) => now.slack.channels.filter((one) => one.dm === dm));
  return [
    h("p", { class: "team" }, now.slack.team),
    h("h2", {}, "Channels"),
    h("ul", {}, channels.map((one) => h("li", {}, placeButton(one, "messages", `# ${one.name}`)))),
    h("h2", {}, "Apps"),
    h("ul", {}, dms.map((one) => [
      h("li", {}, placeButton(one, "messages", "Greenlight, direct messages")),
      h("li", {}, placeButton(one, "home", "Greenlight, App Home")),
    ])),
  ];
}

function placeButton(channel, tab, name) {
  const here = currentChannel().id === channel.id && place.tab === tab;
  const count = tab === "home" ? 0 : unread()[channel.id];
  const props = { type: "button", class: count ? "unread" : "", "aria-current": here ? "page" : null, "data-k": `${channel.id} ${tab}`, "data-tour": `${channel.dm ? "dm" : channel.name}-${tab}` };
  return h("button", { ...props, onclick: () => goTo(channel.id, tab) }, h("span", {}, name), count ? h("span", { class: "badge" }, String(count), h("span", { class: "unseen" }, " unread")) : null);
}

function heading(channel) {
  const name = channel.dm ? "Greenlight" : `# ${channel.name}`;
  if (!channel.dm) return h("h2", {}, name);
  const tab = (id, words) => h("button", { type: "button", role: "tab", "aria-selected": String(place.tab === id), "data-k": `tab ${id}`, onclick: () => goTo(channel.id, id) }, words);
  return [h("h2", {}, name, h("span", { class: "tag" }, "App")), h("div", { class: "tabs", role: "tablist", "aria-label": "Greenlight" }, tab("home", "Home"), tab("messages", "Messages"))];
}

// --- messages ---------------------------------------------------------------------------------------

function surface(id, state, target) {
  const use = async (block, element, chosen) => {
    if (element.confirm && !(await confirmed(element.confirm, contextOf(id)))) return;
    await act("press", { as: now.me, ...target, block: block.block_id, action: element.action_id, chosen });
  };
  return { ...contextOf(id), state, use };
}

const contextOf = (id) => ({ id, names: now.slack.names, now: Date.now() / 1000 + now.world.ahead, locale: now.slack.locale });

function drawMessages(channel) {
  const box = $("#messages");
  const home = place.tab === "home";
  if (home) {
    list(box, [{ home: now.slack.home, me: now.me }], () => "home", ({ home }) => h("div", { class: "home" }, home ? blocks(home.blocks, surface(`home ${now.me}`, home.typed, { view: home.id })) : h("p", { class: "empty" }, "Greenlight has not filled its Home tab yet.")));
    return;
  }
  const low = box.scrollHeight - box.scrollTop - box.clientHeight < 80;
  const elsewhere = box.dataset.place !== `${now.me} ${channel.id}`;
  box.dataset.place = `${now.me} ${channel.id}`;
  const all = inChannel(channel);
  const top = all.filter((one) => !one.thread || one.thread === one.ts).map((one) => ({ ...one, replies: all.filter((reply) => reply.thread === one.ts && reply.ts !== one.ts).length, open: place.thread === one.ts }));
  const empty = [{ ts: "empty", nothing: emptyWords(channel) }];
  list(box, top.length ? top : empty, (one) => `${now.me} ${channel.id} ${one.ts}`, (one) => (one.nothing ? h("p", { class: "empty" }, one.nothing) : message(one, true)));
  if (low || elsewhere) box.scrollTop = box.scrollHeight;
}

const emptyWords = (channel) => (channel.dm ? "Greenlight writes here when it is your turn." : channel.name === "security" ? "The security team sees a card here for each request." : "Nothing here yet. Type /greenlight below.");

function message(one, top) {
  const name = now.slack.names[one.user] ?? one.user;
  const app = one.user === now.slack.bot;
  const at = new Date(Number(one.ts) * 1000);
  const body = one.blocks.length ? blocks(one.blocks, surface(`${one.channel} ${one.ts}`, one.selected, { channel: one.channel, ts: one.ts })) : mrkdwn(one.text, contextOf(one.ts));
  const replies = top && (one.replies || one.open) ? h("button", { type: "button", class: "replies", "data-k": `thread ${one.ts}`, onclick: () => openThread(one.ts) }, `${one.replies} ${one.replies === 1 ? "reply" : "replies"}`) : null;
  const reply = top && !one.ephemeral && !one.replies ? h("button", { type: "button", class: "reply", "data-k": `thread ${one.ts}`, onclick: () => openThread(one.ts) }, "Reply in thread") : null;
  return h("article", { class: `message${one.ephemeral ? " ephemeral" : ""}`, "aria-label": `${name}: ${one.text.slice(0, 80)}` },
    h("div", { class: `face ${app ? "app" : ""}`, "aria-hidden": "true" }, name.slice(0, 1)),
    h("div", { class: "said" },
      h("p", { class: "by" }, h("strong", {}, name), app ? h("span", { class: "tag" }, "App") : null, h("time", { datetime: at.toISOString() }, at.toLocaleTimeString(now.slack.locale, FORMATS.time)), one.edited ? h("span", { class: "edited" }, "(edited)") : null),
      one.ephemeral ? h("p", { class: "only" }, "Only visible to you") : null,
      body, replies, reply));
}

function openThread(ts) {
  place.thread = place.thread === ts ? null : ts;
  redraw();
  if (place.thread) $("#thread textarea")?.focus();
}

function drawThread(channel) {
  const pane = $("#thread");
  const root = place.thread && inChannel(channel).find((one) => one.ts === place.thread);
  pane.hidden = !root || place.tab === "home";
  if (pane.hidden) return;
  const made = region(pane, [channel.id, place.thread, now.me], () => [
    h("div", { class: "thread-head" }, h("h2", {}, "Thread"), h("button", { type: "button", "aria-label": "Close thread", onclick: () => openThread(place.thread) }, "×")),
    h("div", { class: "thread-messages", tabindex: "0", role: "region", "aria-label": "Replies" }),
    h("form", { class: "composer", autocomplete: "off" }),
  ]);
  if (made) pane.querySelector("form").replaceChildren(...composer(channel, pane.querySelector("form"), place.thread));
  const replies = inChannel(channel).filter((one) => one.thread === root.ts && one.ts !== root.ts);
  const box = pane.querySelector(".thread-messages");
  const before = box.children.length;
  list(box, replies, (one) => `${now.me} ${one.ts}`, (one) => message(one, false));
  if (before !== box.children.length) box.scrollTop = box.scrollHeight;
}

// --- the box ----------------------------------------------------------------------------------------

function composer(channel, form, thread) {
  const name = `box ${now.me} ${channel.id} ${thread ?? ""}`;
  const label = thread ? "Reply in thread" : `Message ${channel.dm ? "Greenlight" : `#${channel.name}`}, or type / for commands`;
  const menu = h("ul", { class: "menu", role: "listbox", id: `${thread ? "thread-" : ""}commands`, "aria-label": "Commands", hidden: true });
  const box = h("textarea", { id: thread ? "reply-box" : "box", rows: "1", placeholder: label, "aria-label": label, role: "combobox", "aria-expanded": "false", "aria-controls": menu.id, "aria-autocomplete": "list", "data-k": name, value: draft.get(name) ?? "" });
  const completion = thread ? { key: () => false, draw: () => {} } : completing(box, menu);
  const send = () => {
    const text = box.value.trim();
    box.value = "";
    draft.forget(name);
    completion.draw();
    if (text) act("send", { as: now.me, channel: channel.id, text, thread: thread ?? "" });
  };
  box.addEventListener("input", () => { draft.set(name, box.value); completion.draw(); });
  box.addEventListener("blur", () => { menu.hidden = true; });
  box.addEventListener("keydown", (event) => {
    if (completion.key(event)) event.preventDefault();
    else if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); send(); }
  });
  form.onsubmit = (event) => { event.preventDefault(); send(); };
  const shortcuts = thread ? null : shortcutMenu();
  return [menu, h("div", { class: "boxrow" }, shortcuts, box, h("button", { type: "submit", class: "bk primary" }, "Send"))];
}

function completing(box, menu) {
  let [found, at, moved] = [[], 0, false];
  const choose = (text) => { box.value = `${text} `; box.dispatchEvent(new Event("input")); box.focus(); };
  const draw = (again = false) => {
    const typed = box.value;
    moved &&= again;
    found = typed.startsWith("/") ? now.slack.commands.filter((one) => one.text.startsWith(typed.trimEnd()) && one.text !== typed.trimEnd()) : [];
    if (typed === now.slack.commands[0].text) found = now.slack.commands;
    at = Math.min(at, Math.max(0, found.length - 1));
    menu.hidden = !found.length;
    box.setAttribute("aria-expanded", String(!menu.hidden));
    menu.replaceChildren(...found.map((one, i) => h("li", { role: "option", id: `command-${i}`, "aria-selected": String(i === at), onmousedown: (event) => { event.preventDefault(); choose(one.text); } }, h("strong", {}, one.text), one.about ? ` ${one.about}` : "")));
    if (found.length) box.setAttribute("aria-activedescendant", `command-${at}`);
    else box.removeAttribute("aria-activedescendant");
  };
  const key = (event) => {
    if (menu.hidden) return false;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") at = (at + (event.key === "ArrowDown" ? 1 : found.length - 1)) % found.length;
    else if (taken(event)) { choose(found[at].text); return true; }
    else if (event.key === "Escape") { menu.hidden = true; box.setAttribute("aria-expanded", "false"); return true; }
    else return false;
    moved = true;
    draw(true);
    return true;
  };
  // Enter takes what was walked to, and the rest of a command that is half typed; a whole one it sends
  const taken = ({ key: pressed, shiftKey }) => !shiftKey && (pressed === "Tab" || (pressed === "Enter" && (moved || !box.value.startsWith(now.slack.commands[0].text))));
  return { draw, key };
}

function shortcutMenu() {
  const close = () => { menu.hidden = true; button.setAttribute("aria-expanded", "false"); };
  const use = (one) => { close(); act("shortcut", { as: now.me, id: one.id }); };
  const menu = h("ul", { class: "menu", role: "menu", "aria-label": "Shortcuts", hidden: true }, now.slack.shortcuts.map((one) => h("li", { role: "none" }, h("button", { type: "button", role: "menuitem", onclick: () => use(one) }, h("strong", {}, one.name), ` ${one.about}`))));
  const button = h("button", { type: "button", class: "bk", "aria-haspopup": "menu", "aria-expanded": "false", onclick: () => {
    menu.hidden = !menu.hidden;
    button.setAttribute("aria-expanded", String(!menu.hidden));
    if (!menu.hidden) menu.querySelector("button").focus();
  } }, "Shortcuts");
  const holder = h("div", { class: "shortcuts", "data-tour": "shortcuts", onkeydown: (event) => { if (event.key === "Escape") { close(); button.focus(); } } }, button, menu);
  holder.addEventListener("focusout", (event) => { if (!holder.contains(event.relatedTarget)) close(); });
  return holder;
}
