// The guided tour: each step says who you are, what to do, and points at the control; doing it moves on.
import { act } from "./api.js";
import { draft, h, region } from "./dom.js";
import { goTo, where } from "./chat.js";
import { createKey, openTab, shownKey } from "./world.js";

const $ = (selector) => document.querySelector(selector);
const AT = "greenlight-tour";
const [ALICE, RITA] = ["U0ADMIN", "U0REVIEW1"];
const FORM = 2; // the step at which the form is filled in
const EXAMPLE = { key_name: "netskope-compliance", created_by: "Alice Admin (alice@acme.example)", scope: "both", admin_email: "alice@acme.example", instance_name: "ChatGPT Acme" };

let tour = JSON.parse(sessionStorage.getItem(AT) ?? "null");
let key = ""; // the key made for the form, kept for Netskope's form

const channel = (screen, dm) => screen.slack.channels.find((one) => (dm ? one.dm : one.name === "security"));
const cards = (screen) => screen.slack.messages.filter((one) => one.channel === channel(screen, false)?.id && !one.thread && one.user === screen.slack.bot && !one.ephemeral && headline(one).startsWith("GL-"));
const headline = (one) => one?.blocks[0]?.text?.text ?? "";
const ended = (one) => /: (Denied|Cancelled|Expired|Retired)/.test(headline(one));
const card = (screen) => cards(screen).findLast((one) => !ended(one));
const stands = (screen) => headline(card(screen));
const shows = (screen, rung) => new RegExp(`${rung}[^:]*: \\*shown\\*`).test(JSON.stringify(card(screen)?.blocks ?? ""));
const reviewed = (screen) => card(screen) && !/Checking|correction|review/.test(stands(screen));
const granted = (screen) => screen.world.keys.some((one) => one.state.startsWith("read"));
const pressed = (action, place) => () => { const button = `#messages [data-k*=" ${action} "]`; return $(button) ? button : place; };

const STEPS = [
  {
    say: "You are Alice, an admin. ChatGPT Enterprise shall be connected to Netskope. Type /greenlight into the box and press Enter.",
    at: (screen) => (screen.me === ALICE ? "#box" : "#who"), does: "Type it for me",
    help: (screen, be) => (screen.me === ALICE || be(ALICE), type(screen)),
    again: "That request has ended. For another one, be Alice and type /greenlight.",
    done: (screen) => screen.slack.modals.length > 0 || card(screen),
  },
  {
    say: "The form asks for an API key. Make one under OpenAI, in The rest of the world. It is shown once.",
    at: () => '[data-tour="create-key"]', does: "Create a key",
    help: async () => { key = await createKey(); },
    done: (screen) => screen.world.keys.length > 0,
  },
  {
    say: "Copy the key and the two ids into the form, and send it. Try a mistake first: put the organization id into the workspace field.",
    at: () => "#modal .dialog-body", does: "Fill in the form for me",
    help: fill, done: (screen) => card(screen),
  },
  {
    say: "Close the window. The security team has been asked. Nobody may approve their own request, so become Rita, a reviewer.",
    at: () => "#who", does: "Be Rita",
    help: async (screen, be) => {
      if (screen.slack.modals.length) await act("close", { as: screen.me });
      be(RITA);
    },
    done: (screen) => screen.me === RITA || reviewed(screen),
  },
  {
    say: "Read the card in # security and press Approve. (Or Deny: then a reason is asked for.)",
    at: pressed("approve", '[data-tour="security-messages"]'), does: "Open # security",
    help: (screen) => goTo(channel(screen, false).id), done: reviewed,
  },
  {
    say: "Greenlight has written to OpenAI Support (see Mailbox). Now be OpenAI Support: grant the key what the letter asks for.",
    at: () => ($('[data-tour="key-switch"]') ? '[data-tour="key-switch"]' : "#tab-openai"), does: "Show the keys at OpenAI",
    help: () => openTab("openai"), done: granted,
  },
  {
    say: "Greenlight asks OpenAI twice, a minute apart (about a second here), before it believes the grant. Then it is Alice's turn again.",
    at: () => "#who", does: "Be Alice",
    help: (_, be) => be(ALICE), done: (screen) => screen.me === ALICE || shows(screen, "E4"),
  },
  {
    say: "Greenlight's direct message guides Alice through Netskope. Open Netskope in The rest of the world, fill in the form and press Grant Access.",
    at: () => ($('[data-tour="netskope-form"]') ? '[data-tour="netskope-form"]' : "#tab-netskope"), does: "Fill in Netskope's form for me",
    help: tenant, done: (screen) => screen.world.netskope.instances.length > 0,
  },
  {
    say: "Tell Greenlight: press \"I pressed Grant Access\" in its direct message.",
    at: pressed("grant_pressed", '[data-tour="dm-messages"]'), does: "Open the direct message",
    help: (screen) => goTo(channel(screen, true).id), done: (screen) => card(screen) && !/Waiting|Grant Access/.test(stands(screen)),
  },
  {
    say: "Wait for the green check at Netskope, then confirm with \"I see the green check\". Your name is recorded.",
    at: pressed("green_check", '[data-tour="dm-messages"]'), does: "Open the direct message",
    help: (screen) => goTo(channel(screen, true).id), done: (screen) => shows(screen, "E4"),
  },
  {
    say: "Last proof: data flows. Let somebody use ChatGPT; Netskope reads the conversation and Greenlight sees the event.",
    at: () => ($('[data-tour="flow"]') ? '[data-tour="flow"]' : "#tab-netskope"), does: "Open Netskope",
    help: () => openTab("netskope"), done: (screen) => shows(screen, "E5"),
  },
  {
    say: "Connected and proven; the card in # security shows each proof and its source. Now break something: open Bad day, or let OpenAI revoke the key and skip a day.",
    at: () => "#tab-bad", does: "Have a bad day", help: () => openTab("bad"), done: () => false,
  },
];

/** What stands in the way of any later step: a key that OpenAI refuses. */
const REPAIR = {
  say: "OpenAI refuses this key. As Alice, press Correct in Greenlight's direct message and give a key that was made under OpenAI, in The rest of the world.",
  at: (screen) => (screen.me === ALICE ? pressed("correct", '[data-tour="dm-messages"]')() : "#who"), does: "Open the direct message",
  help: (screen, be) => { goTo(channel(screen, true).id); be(ALICE); },
};

const present = (screen) => (tour.step > FORM && /correction/.test(stands(screen)) ? REPAIR : STEPS[tour.step]);
const type = (screen) => act("send", { as: ALICE, channel: screen.slack.channels[0].id, text: "/greenlight" });

function fill(screen) {
  const view = screen.slack.modals.at(-1);
  if (!view) return type(screen);
  key ||= shownKey();
  const values = { ...EXAMPLE, workspace_id: screen.world.workspace, organization_id: screen.world.organization, api_key: key };
  for (const block of view.blocks.filter((one) => one.type === "input")) {
    const value = values[block.block_id];
    const name = `${view.id} ${block.block_id} ${block.element.action_id}`;
    if (value === undefined) continue;
    draft.set(name, value);
    for (const one of $("#modal").querySelectorAll(`[data-k^="${CSS.escape(name).replaceAll("\\ ", " ")}"]`)) one.value = value;
    for (const one of $("#modal").querySelectorAll(`[name="${CSS.escape(name).replaceAll("\\ ", " ")}"]`)) one.checked = one.value === value;
  }
  $("#modal [type=submit]").focus();
}

function tenant(screen) {
  key ||= shownKey();
  for (const [name, value] of [["email", EXAMPLE.admin_email], ["name", EXAMPLE.instance_name], ["workspace", screen.world.workspace], ["key", key]]) {
    draft.set(`netskope ${name}`, value);
    if ($(`#netskope-${name}`)) $(`#netskope-${name}`).value = value;
  }
  openTab("netskope");
}

const save = () => sessionStorage.setItem(AT, JSON.stringify(tour));

/** Begin at the beginning. */
export function startTour(screen) {
  tour = { run: screen.world.run, step: 0, off: false };
  save();
  drawTour(screen, tourBe);
}

let tourBe = () => {};
let shownAt = ""; // the step and the control that were last brought into view

/** Draw the present step and point at its control; a demo that was started anew begins anew. */
export function drawTour(screen, be) {
  tourBe = be;
  if (tour?.run !== screen.world.run) tour = { run: screen.world.run, step: 0, off: tour?.off ?? localStorage.getItem(AT) === "off" };
  while (!tour.off && tour.step < STEPS.length - 1 && STEPS[tour.step].done(screen)) tour.step += 1;
  if (!card(screen) && cards(screen).length && tour.step > FORM && tour.step < STEPS.length - 1) tour.step = 0;
  save();
  const box = $("#tour");
  box.hidden = tour.off;
  region(box, [tour, screen.me, present(screen).say], () => (tour.off ? [] : stepOn(present(screen), cards(screen).length && !card(screen))));
  box.latest = screen;
  point(tour.off ? null : target(screen)); // at last: what the tour says moves what is below it
}

/** The control of the step; but first a form in front of it has to be sent or closed. */
function target(screen) {
  const inFront = tour.step > FORM ? screen.slack.modals.at(-1) : null;
  if (inFront) return inFront.submit ? "#modal .dialog-body" : '#modal [data-k="modal cancel"]';
  return present(screen).at(screen);
}

function stepOn(step, over) {
  const box = $("#tour");
  const go = (by) => { tour.step = Math.min(STEPS.length - 1, Math.max(0, tour.step + by)); drawTour(box.latest, tourBe); };
  return [
    h("p", { role: "status" }, h("strong", {}, `${tour.step + 1} of ${STEPS.length} `), (over && step.again) || step.say),
    h("div", { class: "row" },
      h("button", { type: "button", class: "bk primary", "data-k": "tour help", onclick: async () => { await step.help(box.latest, tourBe); shownAt = ""; drawTour(box.latest, tourBe); } }, step.does),
      tour.step < STEPS.length - 1 ? h("button", { type: "button", class: "bk", "data-k": "tour next", onclick: () => go(1) }, "Skip this step") : null,
      h("button", { type: "button", class: "bk", "data-k": "tour off", onclick: () => { tour.off = true; localStorage.setItem(AT, "off"); drawTour(box.latest, tourBe); $("#tour-again").focus(); } }, "End the tour")),
  ];
}

function point(selector) {
  const wanted = selector && where() ? $(selector) : null;
  for (const one of document.querySelectorAll(".pointed")) if (one !== wanted) one.classList.remove("pointed");
  wanted?.classList.add("pointed");
  const at = `${tour.step} ${selector}`;
  if (wanted && at !== shownAt) {
    wanted.scrollIntoView({ block: "nearest" }); // once: whoever scrolls away wants to
    shownAt = at;
  }
}
