// Starts the page: who looks, the stream of screens, and what is drawn where.
import { watch } from "./api.js";
import { drawChat } from "./chat.js";
import { h, region, toast } from "./dom.js";
import { drawModal } from "./modal.js";
import { drawTour, startTour } from "./tour.js";
import { drawWorld } from "./world.js";

const $ = (selector) => document.querySelector(selector);
const WHO = "greenlight-who";
let screen = null;

function draw() {
  if (!screen) return;
  region($("#who"), screen.slack.people, people);
  $("#who").value = screen.me;
  document.body.dataset.me = screen.me;
  $("#modal").inert = false;
  region($("#health"), screen.world.bad, () => health(screen.world.bad));
  drawChat(screen, draw);
  drawModal(screen);
  drawWorld(screen);
  drawTour(screen, be);
}

const people = () => screen.slack.people.map((one) => h("option", { value: one.id }, `${one.name}, ${one.role}`));

function health(bad) {
  const light = (words, good) => h("span", { class: good ? "up" : "down" }, h("span", { "aria-hidden": "true" }, good ? "● " : "▲ "), words);
  const socket = bad.transport === "socket" ? light(bad.sockets ? "Slack connected" : "Slack not connected", bad.sockets) : light("Signed HTTP", true);
  return [light(bad.bot ? "Bot runs" : "Bot is down", bad.bot), " ", light(bad.redis ? "Redis runs" : "Redis is down", bad.redis), " ", socket];
}

/** Become somebody else; until their screen is here, nothing on the old one can be pressed in the wrong name. */
function be(user) {
  sessionStorage.setItem(WHO, user);
  if (screen && screen.me !== user) for (const part of ["#places", "#chat", "#thread", "#modal"]) $(part).inert = true;
  watch(user, (next) => {
    if (screen && screen.world.run !== next.world.run) location.reload(); // another rehearsal has begun
    screen = next;
    draw();
  }, lost);
}

function lost() {
  toast("The demo process is gone or busy. This page comes back by itself when it does.");
}

$("#who").addEventListener("change", (event) => be(event.target.value));
$("#tour-again").addEventListener("click", () => startTour(screen));
document.addEventListener("visibilitychange", draw);
be(sessionStorage.getItem(WHO) ?? "U0ADMIN");
