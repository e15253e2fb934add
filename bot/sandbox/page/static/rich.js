// The rich_text block: paragraphs, lists, quotes and code, already taken apart by Slack.
import { h } from "./dom.js";
import { EMOJI } from "./emoji.js";
import { inline } from "./mrkdwn.js";
import { unknown } from "./blocks.js";

const LEAVES = {
  text: (one) => one.text,
  emoji: (one) => EMOJI.get(one.name) ?? `:${one.name}:`,
  link: (one, context) => inline(`<${one.url}|${one.text ?? one.url}>`, context),
  user: (one, context) => inline(`<@${one.user_id}>`, context),
  channel: (one, context) => inline(`<#${one.channel_id}>`, context),
  usergroup: (one, context) => inline(`<!subteam^${one.usergroup_id}>`, context),
  broadcast: (one, context) => inline(`<!${one.range}>`, context),
  date: (one, context) => inline(`<!date^${one.timestamp}^${one.format}|${one.fallback ?? ""}>`, context),
};
const STYLES = { bold: "strong", italic: "em", strike: "s", code: "code" };

function leaf(one, context) {
  const draw = LEAVES[one.type];
  if (!draw) return JSON.stringify(one);
  return Object.entries(STYLES).reduce((inner, [style, tag]) => (one.style?.[style] ? h(tag, {}, inner) : inner), draw(one, context));
}

const leaves = (part, context) => part.elements.map((one) => leaf(one, context));

const PARTS = {
  rich_text_section: (part, context) => h("p", { class: "rich" }, leaves(part, context)),
  rich_text_quote: (part, context) => h("blockquote", { class: "rich" }, leaves(part, context)),
  rich_text_preformatted: (part, context) => h("pre", { tabindex: "0" }, leaves(part, context)),
  rich_text_list: (part, context) => h(part.style === "ordered" ? "ol" : "ul", {}, part.elements.map((one) => h("li", {}, leaves(one, context)))),
};

/** The elements of a rich_text block. */
export const rich = (parts, context) => parts.map((part) => (PARTS[part.type] ?? unknown)(part, context));
