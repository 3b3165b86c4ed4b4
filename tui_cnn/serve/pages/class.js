// The wall: who is where, and how good; what is written comes from people, and is only ever text.
"use strict";
const words = document.body.dataset;
const rows = new Map([...document.querySelectorAll("tr[data-name]")].map((row) => [row.dataset.name, row]));

function showShare(cell, share, digits, text = "") {
  cell.replaceChildren(text);
  if (share === null) { return; }
  const bar = document.createElement("span");
  bar.className = "bar";
  bar.style.width = `${4 * share}em`;
  cell.append(text ? " " : "", bar, ` ${(100 * share).toFixed(digits)} %`);
}

function show(person) {
  const cell = (name) => rows.get(person.name).querySelector(`.${name}`);
  const state = person.state === "running" && person.connected ? words.here : words[person.state];
  const training = words.training.replace("{network}", person.training).replace("{epoch}", person.epoch);
  cell("state").textContent = [state, person.training ? training : "", person.error].filter(Boolean).join(" · ");
  cell("screen").textContent = person.state === "running" ? words[person.screen] ?? "" : "";
  showShare(cell("lesson"), person.lesson_mastered, 0, person.lesson);
  showShare(cell("mastered"), person.mastered, 0);
  cell("runs").textContent = person.runs;
  showShare(cell("validation"), person.validation, 1);
  showShare(cell("test"), person.test, 1);
}

async function look() {
  try {
    const answer = await fetch("class/wall", { cache: "no-store" });
    if (answer.ok) { (await answer.json()).forEach(show); }
  } catch { /* the server is not there; next time */ }
  setTimeout(look, 2000);
}

document.getElementById("send").addEventListener("change", async (event) => {
  const [sent, report] = ["sent", "report"].map((name) => document.getElementById(name));
  const files = [...event.target.files];
  const names = files.map((file) => file.name).join(", ");
  const form = new FormData(); // together: lessons may link to each other
  files.forEach((file) => form.append("files", file));
  sent.textContent = `${names}: ${words.checking}`;
  report.textContent = "";
  const answer = await fetch("class", { method: "POST", body: form });
  sent.textContent = answer.ok ? `✓ ${names}: ${words.sent}` : `✗ ${names}: ${words.refused}`;
  report.textContent = await answer.text();
  event.target.value = "";
});
look();
