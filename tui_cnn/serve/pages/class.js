// The wall: who is where, and how good; what is written comes from people, and is only ever text.
"use strict";
const words = document.body.dataset;
const rows = new Map([...document.querySelectorAll("tr[data-name]")].map((row) => [row.dataset.name, row]));

function showAccuracy(cell, value) {
  cell.replaceChildren();
  if (value === null) { return; }
  const bar = document.createElement("span");
  bar.className = "bar";
  bar.style.width = `${6 * value}em`;
  cell.append(bar, ` ${(100 * value).toFixed(1)} %`);
}

function show(person) {
  const cells = rows.get(person.name).cells;
  const state = person.state === "running" && person.connected ? words.here : words[person.state];
  const training = words.training.replace("{network}", person.training).replace("{epoch}", person.epoch);
  cells[1].textContent = [state, person.training ? training : "", person.error].filter(Boolean).join(" · ");
  cells[2].textContent = person.runs;
  showAccuracy(cells[3], person.validation);
  showAccuracy(cells[4], person.test);
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
  for (const file of event.target.files) {
    sent.textContent = `${file.name}: ${words.checking}`;
    report.textContent = "";
    const answer = await fetch("class/" + encodeURIComponent(file.name), { method: "PUT", body: file });
    sent.textContent = answer.ok ? `✓ ${file.name}: ${words.sent}` : `✗ ${file.name}: ${words.refused}`;
    report.textContent = await answer.text();
  }
  event.target.value = "";
});
look();
