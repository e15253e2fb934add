// The way to the demo process: a stream of screens, and one POST per action.
import { toast } from "./dom.js";

let stream = null;

/** Receive the screens of one person from now on. */
export function watch(user, onScreen, onLost) {
  stream?.close();
  stream = new EventSource(`/screens?as=${encodeURIComponent(user)}`);
  stream.onmessage = (event) => onScreen(JSON.parse(event.data));
  stream.onerror = onLost;
}

/** Do something as a person; a problem is shown, and returned. */
export async function act(action, body) {
  let answer;
  try {
    const response = await fetch(`/do/${action}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    answer = await response.json();
  } catch {
    answer = { problem: "The demo process does not answer. Is it still running in your terminal?" };
  }
  if (answer.problem) toast(answer.problem);
  else document.querySelector("#toasts").replaceChildren(); // what went wrong before is over
  return answer;
}
