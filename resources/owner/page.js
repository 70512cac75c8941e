"use strict";
// An owner's view of their cameras. The token stays in this page's memory: it comes from the address's
// fragment, which no browser sends, and is taken out of the address at once. All that the hub tells is shown
// as text.

const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const REASONS = {
  call_911: "911 call", gunshot: "Gunshot", plate_hit: "Plate hit", panic: "Panic button",
  open_incident: "Open incident", officer_safety: "Officer safety", missing_person: "Missing person",
  fire_or_rescue: "Fire or rescue", owners_request: "Your own request",
};
const part = (id) => document.getElementById(id);
let token = "";
let before = null;

class Refusal extends Error {
  constructor(status, words) {
    super(words);
    this.status = status;
  }
}

async function ask(method, path) {
  let answer;
  try {
    answer = await fetch(`api/v1/owner/${path}`, {
      method, headers: { Authorization: `Bearer ${token}` }, cache: "no-store", credentials: "omit",
      referrerPolicy: "no-referrer",
    });
  } catch {
    const words = method === "GET" ? "Try again in a moment."
      : "It may have been done all the same. Load this page again by your link to see.";
    throw new Refusal(0, `The control room does not answer. ${words}`);
  }
  const told = await answer.json().catch(() => null);
  if (!answer.ok) {
    const detail = told && typeof told.detail === "string" ? told.detail : `The hub answered ${answer.status}.`;
    throw new Refusal(answer.status, `${detail} ${(told && told.hint) || ""}`.trim());
  }
  if (told === null) throw new Refusal(answer.status, "The answer cannot be read. Load the page again.");
  return told;
}

function element(name, text = "", kind = "") {
  const made = document.createElement(name);
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

function moment(text) {
  const at = new Date(text);
  const made = element("time", at.toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" }));
  made.dateTime = text;
  return made;
}

const day = (text) => new Date(text).toLocaleDateString("en-GB", { dateStyle: "medium" });

function problem(words) {
  part("problem").textContent = words;
  part("problem").hidden = !words;
}

function news(words) {
  part("news").textContent = words;
}

function show(which) {
  for (const id of ["door", "inside", "left"]) part(id).hidden = id !== which;
}

// Cameras

function consentWords(consent) {
  if (consent === null) return "No consent of yours is on record.";
  if (consent.level === 1) return `Nobody looks: registered only, since ${day(consent.valid_from)}.`;
  const now = Date.now();
  if (consent.valid_until && new Date(consent.valid_until) <= now) {
    return `Your consent ended on ${day(consent.valid_until)}: nobody looks.`;
  }
  const from = new Date(consent.valid_from) > now ? `from ${day(consent.valid_from)} on, ` : "";
  const until = consent.valid_until ? `until ${day(consent.valid_until)}` : "without an end";
  return `${scopeWords(consent)}, ${from}${until}.`;
}

function scopeWords(consent) {
  if (consent.scope === "hours") {
    const hours = consent.windows.map((one) => `${DAYS[one.weekday]} ${one.begin}–${one.end}`).join(", ");
    return `They may look live in these hours (${consent.zone}): ${hours}`;
  }
  if (consent.scope === "incident") {
    return `They may look live for an incident within ${consent.radius_m} m, for ${consent.minutes} minutes`;
  }
  return "They may look live at any time";
}

function isOpen(consent) {
  return consent !== null && consent.level !== 1;
}

function cameraItem(camera) {
  const item = element("li", "", "camera");
  const words = element("div");
  words.append(element("h3", camera.name));
  if (camera.place) words.append(element("p", camera.place, "dim"));
  words.append(element("p", consentWords(camera.present)));
  item.append(words);
  if (isOpen(camera.present)) {
    const button = element("button", "Revoke …");
    button.type = "button";
    button.setAttribute("aria-label", `Revoke your consent for ${camera.name}`);
    button.addEventListener("click", () => revoke(camera));
    item.append(button);
  }
  return item;
}

async function showCameras() {
  const told = await ask("GET", "cameras");
  const items = told.cameras.map(cameraItem);
  if (!items.length) items.push(element("li", "No camera of yours is in the control room's list."));
  part("cameras").replaceChildren(...items);
  part("link-words").textContent = `Your link is good until ${day(told.ends_at)}.`;
}

// Looks

function lookItem(look) {
  const item = element("li");
  const head = element("div", "", "look-head");
  head.append(element("h3", look.camera), moment(look.began_at));
  const who = [look.who, look.role].filter(Boolean).join(", ") || "Somebody of the control room";
  item.append(head, element("p", who), element("p", whatFor(look)));
  item.append(look.ended_at ? element("p", lasted(look), "dim") : element("p", "Looking now", "going-on"));
  return item;
}

function whatFor(look) {
  const reason = REASONS[look.reason] || look.reason;
  if (look.incident) return `For the incident “${look.incident}”${reason ? ` (${reason})` : ""}`;
  return reason ? `Reason: ${reason}` : "No reason was needed then";
}

function lasted(look) {
  const seconds = Math.max(0, Math.round((new Date(look.ended_at) - new Date(look.began_at)) / 1000));
  if (seconds < 60) return seconds < 1 ? "for less than a second" : `for ${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `for ${minutes} min` : `for ${Math.round(minutes / 60)} h`;
}

async function showLooks(more = false) {
  const told = await ask("GET", more && before !== null ? `looks?before=${before}` : "looks");
  const items = told.looks.map(lookItem);
  before = told.before;
  part("earlier").hidden = before === null;
  part("looks-words").textContent = told.words;
  if (more) {
    part("looks").append(...items);
  } else {
    part("looks").replaceChildren(...(items.length ? items : [element("li", "Nobody has looked so far.")]));
  }
}

// What an owner does

function confirmed(title, words, yes) {
  part("ask-title").textContent = title;
  part("ask-words").textContent = words;
  part("ask-yes").textContent = yes;
  const dialog = part("ask");
  return new Promise((answer) => {
    const done = (value) => () => { dialog.close(value); };
    part("ask-no").onclick = done("no");
    part("ask-yes").onclick = done("yes");
    dialog.onclose = () => answer(dialog.returnValue === "yes");
    dialog.returnValue = "no";
    dialog.showModal();
    // Enter pressed twice must not take anything back.
    part("ask-no").focus();
  });
}

async function attempt(work) {
  problem("");
  news("");
  try {
    await work();
  } catch (error) {
    problem(error.message);
    if (error instanceof Refusal && error.status === 401) close();
  }
}

function ended(count) {
  // A look that is listed later is not counted.
  return count === 0 ? "whatever look went on has ended" : count === 1 ? "one look was ended" : `${count} looks were ended`;
}

async function revoke(camera) {
  const words = "Looks that go on end at once, and nobody of the control room looks any more. To open it "
    + "again you agree anew with the control room.";
  if (!await confirmed(`Revoke your consent for ${camera.name}?`, words, "Revoke now")) return;
  await attempt(async () => {
    const told = await ask("POST", `cameras/${encodeURIComponent(camera.id)}/revoke`);
    news(`Your consent for ${camera.name} is revoked: ${ended(told.looks_ended)}.`);
    part("title").focus();
    await showCameras();
    await showLooks();
  });
}

async function leave() {
  const words = "All your consents end, your cameras leave the list and this link ends. This cannot be undone.";
  if (!await confirmed("Leave with all your cameras?", words, "Leave now")) return;
  await attempt(async () => {
    const told = await ask("POST", "leave");
    close("left");
    part("title").textContent = "You have left";
    part("left-words").textContent = told.words;
    part("title").focus();
  });
}

function close(which = "door") {
  token = "";
  before = null;
  for (const id of ["cameras", "looks"]) part(id).replaceChildren();
  show(which);
}

async function enter(text) {
  token = text.trim().split("#").pop();
  part("title").textContent = "Your cameras";
  if (!/^[\w-]{43}$/.test(token)) {
    close();
    problem("This is not a whole link. Paste it again, from its beginning to its end.");
    return;
  }
  await attempt(async () => {
    await showCameras();
    await showLooks();
    show("inside");
    part("title").focus();
  });
}

function fromAddress() {
  const fragment = location.hash.slice(1);
  if (!fragment) return false;
  // It must not stay in the address line, the history or a screenshot.
  history.replaceState(null, "", location.pathname);
  enter(fragment);
  return true;
}

part("enter").addEventListener("submit", (event) => {
  event.preventDefault();
  const field = part("token");
  enter(field.value);
  field.value = "";
});
part("earlier").addEventListener("click", () => attempt(() => showLooks(true)));
part("leave").addEventListener("click", leave);
addEventListener("hashchange", fromAddress);
if (!fromAddress()) show("door");
