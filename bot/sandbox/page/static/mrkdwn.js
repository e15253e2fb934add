// Slack's mrkdwn as elements. Nothing here ever becomes HTML by itself: all text goes through text nodes.
import { h } from "./dom.js";
import { EMOJI } from "./emoji.js";

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };
const INLINE = new RegExp(
  [
    /`(?<code>[^`\n]+)`/,
    /<(?<angle>[^<>\n]+)>/,
    /(?<![\w*])\*(?<bold>\S(?:[^\n*]*\S)?)\*(?![\w*])/,
    /(?<![\w_])_(?<italic>\S(?:[^\n_]*\S)?)_(?![\w_])/,
    /(?<![\w~])~(?<strike>\S(?:[^\n~]*\S)?)~(?![\w~])/,
    /:(?<emoji>[a-z0-9_+-]+):/,
  ].map((one) => one.source).join("|"),
  "g",
);
const TAGS = { bold: "strong", italic: "em", strike: "s" };

const unescape = (text) => text.replace(/&(?:amp|lt|gt);/g, (found) => ENTITIES[found]);

/** The elements of an mrkdwn text; `context` has `names` (id to name), `now` (seconds) and the reader's `locale`. */
export function mrkdwn(text, context) {
  return text.split(/```\n?([\s\S]*?)```/).flatMap((part, i) => (i % 2 ? [h("pre", { tabindex: "0" }, unescape(part))] : paragraphs(part, context)));
}

/** A plain_text text: only emoji names mean anything in it, and those only if it says so. */
export function plain(object) {
  const named = (whole, name) => EMOJI.get(name) ?? whole;
  return object.emoji === false ? object.text : object.text.replace(/:([a-z0-9_+-]+):/g, named);
}

/** A text object of either type. */
export function words(object, context) {
  if (!object) return [];
  return object.type === "mrkdwn" ? mrkdwn(object.text, context) : [plain(object)];
}

const KINDS = [
  ["quote", /^(?:&gt;|>) ?(.*)$/],
  ["bullet", /^\s*[•◦] +(.*)$/],
  ["number", /^\s*(\d+)\. +(.*)$/],
];

function kindOf(line) {
  for (const [kind, pattern] of KINDS) {
    const found = line.match(pattern);
    if (found) return { kind, text: found.at(-1), number: Number(found[1]) };
  }
  return { kind: "text", text: line };
}

function paragraphs(text, context) {
  const groups = [];
  for (const line of text.replace(/^\n|\n$/g, "").split("\n").map(kindOf)) {
    const last = groups.at(-1);
    if (last?.kind === line.kind) last.lines.push(line);
    else groups.push({ kind: line.kind, lines: [line] });
  }
  return groups.filter((group) => group.kind !== "text" || group.lines.some((line) => line.text)).map((group) => block(group, context));
}

function block({ kind, lines }, context) {
  const items = () => lines.map((line) => h("li", {}, inline(line.text, context)));
  if (kind === "bullet") return h("ul", {}, items());
  if (kind === "number") return h("ol", { start: lines[0].number }, items());
  const broken = lines.flatMap((line, i) => [...(i ? [h("br")] : []), ...inline(line.text, context)]);
  return h(kind === "quote" ? "blockquote" : "p", {}, broken);
}

/** One line of mrkdwn. */
export function inline(text, context) {
  const made = [];
  let from = 0;
  for (const found of text.matchAll(INLINE)) {
    made.push(unescape(text.slice(from, found.index)));
    made.push(piece(found, context));
    from = found.index + found[0].length;
  }
  made.push(unescape(text.slice(from)));
  return made.filter((one) => one !== "");
}

function piece(found, context) {
  const { code, angle, emoji } = found.groups;
  if (code !== undefined) return h("code", {}, unescape(code));
  if (angle !== undefined) return bracket(angle, context);
  if (emoji !== undefined) return EMOJI.has(emoji) ? h("span", { role: "img", "aria-label": emoji.replaceAll("_", " ") }, EMOJI.get(emoji)) : found[0];
  const [name, tag] = Object.entries(TAGS).find(([one]) => found.groups[one] !== undefined);
  return h(tag, {}, inline(found.groups[name], context));
}

function bracket(inner, context) {
  const [target, ...rest] = inner.split("|");
  const label = rest.length ? unescape(rest.join("|")) : "";
  if (target.startsWith("!date^")) return date(target, label, context);
  if (target.startsWith("@")) return mention(`@${label || context.names[target.slice(1)] || target.slice(1)}`);
  if (target.startsWith("#")) return mention(`#${label || context.names[target.slice(1)] || target.slice(1)}`);
  if (target.startsWith("!subteam^")) return mention(label || `@${context.names[target.slice(9)] ?? target.slice(9)}`);
  if (target.startsWith("!")) return mention(label || `@${target.slice(1)}`);
  const url = unescape(target);
  if (!/^(https?:|mailto:)/i.test(url)) return `<${unescape(inner)}>`;
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, label || url.replace(/^mailto:/, ""));
}

const mention = (text) => h("span", { class: "mention" }, text);

const DAY = 86400;
export const FORMATS = {
  date_num: { year: "numeric", month: "2-digit", day: "2-digit" },
  date: { year: "numeric", month: "long", day: "numeric" },
  date_short: { year: "numeric", month: "short", day: "numeric" },
  date_long: { weekday: "long", year: "numeric", month: "long", day: "numeric" },
  time: { hour: "numeric", minute: "2-digit" },
  time_secs: { hour: "numeric", minute: "2-digit", second: "2-digit" },
};

function date(target, fallback, context) {
  const [, seconds, format, href] = target.split("^");
  const at = new Date(Number(seconds) * 1000);
  if (!format || Number.isNaN(at.getTime())) return fallback;
  const text = format.replace(/\{(\w+)\}/g, (whole, token) => formatted(token, at, context) ?? whole);
  const shown = h("time", { datetime: at.toISOString(), title: fallback }, text);
  return href ? h("a", { href, target: "_blank", rel: "noopener noreferrer" }, shown) : shown;
}

function formatted(token, at, { now, locale }) {
  if (token === "ago") return ago(at / 1000 - now, locale);
  const pretty = token.endsWith("_pretty");
  const options = FORMATS[pretty ? token.slice(0, -7) : token];
  if (!options) return null;
  return (pretty && nearby(at, now, locale)) || new Intl.DateTimeFormat(locale, options).format(at);
}

function nearby(at, now, locale) {
  const midnight = (date) => Math.round((Date.UTC(date.getFullYear(), date.getMonth(), date.getDate())) / 1000);
  const days = (midnight(at) - midnight(new Date(now * 1000))) / DAY;
  return Math.abs(days) <= 1 && new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(days, "day");
}

function ago(seconds, locale) {
  const steps = [["day", DAY], ["hour", 3600], ["minute", 60], ["second", 1]];
  const [unit, size] = steps.find(([, one]) => Math.abs(seconds) >= one) ?? steps.at(-1);
  return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(Math.round(seconds / size), unit);
}
