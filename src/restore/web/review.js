"use strict";
// The page of the review. What is decided is shown when the server has kept it, and keys that are
// pressed meanwhile wait for it, so that none is lost. Text goes into text nodes and nowhere else.
(() => {
  const [ID, PAGE, LINE, SHEET, , , LAYOUT, DOUBT, VERDICT] = Array(9).keys(); // of an item
  const KEYS = {
    j: () => go(1), k: () => go(-1), a: () => decide(true), r: () => decide(false),
    e: () => edit(), u: () => undo(), "/": () => byId("wanted").focus(),
  };
  // The same keys where another alphabet is on them, as on a Hebrew keyboard.
  const PLACES = { KeyJ: "j", KeyK: "k", KeyA: "a", KeyR: "r", KeyE: "e", KeyU: "u", Slash: "/" };
  const FILTERS = {
    open: (item) => !item[LAYOUT] && !item[VERDICT],
    doubts: (item) => item[DOUBT] && !item[LAYOUT] && !item[VERDICT],
    all: (item) => !item[LAYOUT],
    layout: () => true,
  };
  const byId = (id) => document.getElementById(id);
  const make = lines.make;
  let documents = [];
  let number = 0; // of the document
  let sheet = -1;
  let image = 0;
  let place = [0, 0]; // page and line that are looked at
  let chosen = ""; // id of the item that is looked at
  let waiting = Promise.resolve();

  const current = () => documents[number];
  const before = ([page, line], [other, under]) => page < other || (page === other && line < under);

  async function ask(path, body) {
    const answer = await fetch(path, body === undefined ? {} : {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
    }).catch(() => {
      throw new Error("the review has ended; what was decided is kept. Start it again to go on");
    });
    if (!answer.ok) throw new Error(await answer.text());
    return answer.json();
  }

  // Do one thing after the other.
  function soon(action) {
    waiting = waiting.then(action).catch((error) => say(error.message, true));
    return waiting;
  }

  function say(text, wrong = false) {
    byId("said").textContent = text;
    byId("said").classList.toggle("wrong", wrong);
  }

  function draw(views) {
    const { direction, language } = current();
    const all = byId("filter").value === "layout";
    const drawn = views.map((view) => {
      const notes = (view.notes || []).map((note) => (all ? { ...note, layout: false } : note));
      const element = lines.view({ ...view, notes }, { direction, language });
      Object.assign(element.dataset, { first: view.first, last: view.last });
      for (const note of element.querySelectorAll(".note")) note.insertBefore(choice(), note.querySelector(".stack"));
      return element;
    });
    byId("views").replaceChildren(...drawn);
    lines.settle(byId("views"));
    mark();
  }

  function choice() {
    const buttons = make("span", "choice");
    buttons.append(make("button", "accept", "accept"), make("button", "refuse", "refuse"));
    return buttons;
  }

  // Show what is looked at and what was decided.
  function mark() {
    const { items, sheets } = current();
    const verdicts = new Map(items.map((item) => [item[ID], item[VERDICT]]));
    const at = global(place);
    for (const view of byId("views").children) {
      view.classList.toggle("here", view.dataset.first <= at && at <= view.dataset.last);
    }
    for (const note of byId("views").querySelectorAll(".note")) {
      note.dataset.verdict = verdicts.get(note.dataset.id) || "";
      note.classList.toggle("here", note.dataset.id === chosen);
    }
    const counted = items.filter(FILTERS.all);
    const decided = counted.filter((item) => item[VERDICT]).length;
    byId("progress").textContent = `${decided} of ${counted.length} decided`;
    const [page, , , first] = sheets[sheet];
    const [, start, stop] = sheets[sheet];
    byId("where").textContent = `page ${page + 1}, lines ${first + 1}–${first + stop - start}`;
    byId("back").disabled = sheet === 0;
    byId("on").disabled = sheet === sheets.length - 1;
  }

  // The number of a line in the whole document.
  function global([page, line]) {
    const found = current().sheets.find(([one, start, stop]) => one === page && start <= line && line < stop);
    return found ? found[3] + line - found[1] : -1;
  }

  async function show(wanted) {
    if (wanted === sheet) return;
    draw.views = await ask(`${number}/sheets/${wanted}`);
    sheet = wanted;
    draw(draw.views);
    byId("views").scrollTop = 0;
    const { images, sheets } = current();
    if (images) turn(Math.min(sheets[sheet][0], images - 1));
  }

  function turn(to) {
    const { images } = current();
    image = to;
    byId("image").src = `${number}/pages/${image}.png`;
    byId("image-name").textContent = `page ${image + 1} of ${images}`;
    byId("image-back").disabled = image === 0;
    byId("image-on").disabled = image === images - 1;
    byId("frame").scrollTop = 0;
  }

  async function look(at, id = "") {
    place = at;
    chosen = id;
    const { sheets } = current();
    await show(sheets.findIndex(([page, start, stop]) => page === at[0] && start <= at[1] && at[1] < stop));
    mark();
    const target = byId("views").querySelector(".note.here") || byId("views").querySelector(".view.here");
    target?.scrollIntoView({ block: "center" });
  }

  // The next thing to look at, or the one before.
  function go(step) {
    return soon(async () => {
      const item = next(step);
      if (item) await look([item[PAGE], item[LINE]], item[ID]);
      else say(step > 0 ? "there is nothing more below" : "there is nothing more above");
    });
  }

  function next(step) {
    const { items } = current();
    const wanted = FILTERS[byId("filter").value];
    const at = items.findIndex((item) => item[ID] === chosen);
    const below = (item) => !before([item[PAGE], item[LINE]], place);
    const above = (item) => before([item[PAGE], item[LINE]], place);
    if (step > 0) return items.find((item, index) => wanted(item) && (at < 0 ? below(item) : index > at));
    return items.findLast((item, index) => wanted(item) && (at < 0 ? above(item) : index < at));
  }

  // Take over what the server says of a line after a decision.
  function settle({ sheet: on, views, place: [page, line], items }) {
    const document = current();
    const others = document.items.filter((item) => item[PAGE] !== page || item[LINE] !== line);
    const at = others.findIndex((item) => before([page, line], [item[PAGE], item[LINE]]));
    others.splice(at < 0 ? others.length : at, 0, ...items);
    document.items = others;
    if (on === sheet) {
      const { scrollTop } = byId("views");
      draw.views = views;
      draw(views);
      byId("views").scrollTop = scrollTop;
    }
  }

  function decide(accepted, id) {
    return soon(async () => {
      const wanted = id || chosen;
      if (!wanted) return say("choose a change first: j");
      settle(await ask(`${number}/decide`, { id: wanted, accepted }));
      say(`${accepted ? "accepted" : "refused"}: ${wanted}`);
      const item = next(1);
      if (!id && item) await look([item[PAGE], item[LINE]], item[ID]);
    });
  }

  function undo() {
    return soon(async () => {
      const taken = await ask(`${number}/undo`, {});
      if (!taken.place) return say("there is nothing to undo");
      if (taken.document !== number) await open(taken.document);
      settle(taken);
      say(`undone: ${taken.id}`);
      const there = current().items.some((item) => item[ID] === taken.id);
      await look(taken.place, there ? taken.id : "");
    });
  }

  function edit() {
    return soon(async () => {
      const at = place;
      const view = byId("views").querySelector(".view.here");
      if (!view) return;
      const { text } = await ask(`${number}/lines/${at[0]}/${at[1]}`);
      const { direction, language } = current();
      const input = Object.assign(make("input", "edit"), {
        type: "text", value: text, dir: direction, lang: language, spellcheck: false,
      });
      input.setAttribute("aria-label", "The line");
      const hint = make("p", "hint", "Enter keeps it, Escape leaves the line as it is");
      view.querySelector(".edit")?.remove();
      view.querySelector(".hint")?.remove();
      view.append(input, hint);
      input.addEventListener("keydown", (event) => {
        if (event.isComposing || !["Enter", "Escape"].includes(event.key)) return;
        event.preventDefault();
        const written = input.value;
        if (event.key === "Escape" || written === text) {
          input.remove();
          hint.remove();
        } else {
          soon(async () => {
            settle(await ask(`${number}/edit`, { page: at[0], line: at[1], text: written, seen: text }));
            say("kept");
          });
        }
      });
      input.focus();
    });
  }

  async function search() {
    const text = byId("wanted").value;
    const box = byId("found");
    box.hidden = !text;
    if (!text) return;
    const { lines: found, more } = await ask(`${number}/lines?text=${encodeURIComponent(text)}`);
    const told = `${more ? "more than " : ""}${found.length} line${found.length === 1 ? "" : "s"}`;
    box.replaceChildren(make("p", "", told), ...found.map((line) => {
      const button = make("button");
      button.type = "button";
      const words = make("bdi", "", line.text);
      words.dir = current().direction;
      button.append(make("span", "", `line ${global([line.page, line.line]) + 1}`), words);
      button.addEventListener("click", () => soon(() => look([line.page, line.line])));
      return button;
    }));
    box.querySelector("button")?.focus();
  }

  async function open(wanted) {
    number = wanted;
    sheet = -1;
    place = [0, 0];
    chosen = "";
    const { name, images, kept } = current();
    byId("document").value = number;
    byId("name").textContent = name;
    byId("page").hidden = !images;
    document.title = `${name} – restore review`;
    say(`decisions are kept in ${kept}`);
    const item = next(1);
    if (item) await look([item[PAGE], item[LINE]], item[ID]);
    else await show(0);
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && !event.target.matches(".edit")) {
      byId("found").hidden = true;
      event.target.blur();
      return;
    }
    if (event.target.matches("input, select, textarea")) return;
    const action = KEYS[event.key] || KEYS[PLACES[event.code]];
    if (!action) return;
    event.preventDefault();
    action();
  });
  byId("views").addEventListener("click", (event) => {
    const view = event.target.closest(".view");
    if (!view || event.target.matches("input")) return;
    const note = event.target.closest(".note");
    const item = note && current().items.find((one) => one[ID] === note.dataset.id);
    if (item && event.target.matches("button")) {
      decide(event.target.matches(".accept"), item[ID]);
    }
    const at = Number(view.dataset.first);
    const [page, start, , first] = current().sheets[sheet];
    place = item ? [item[PAGE], item[LINE]] : [page, start + at - first];
    chosen = item ? item[ID] : "";
    mark();
  });
  byId("search").addEventListener("submit", (event) => {
    event.preventDefault();
    soon(search);
  });
  byId("filter").addEventListener("change", () => { draw(draw.views); byId("filter").blur(); });
  byId("document").addEventListener("change", () => soon(() => open(Number(byId("document").value))));
  byId("back").addEventListener("click", () => soon(() => show(sheet - 1)));
  byId("on").addEventListener("click", () => soon(() => show(sheet + 1)));
  byId("image-back").addEventListener("click", () => turn(image - 1));
  byId("image-on").addEventListener("click", () => turn(image + 1));
  byId("image").addEventListener("click", () => byId("frame").classList.toggle("large"));
  let resized;
  window.addEventListener("resize", () => {
    clearTimeout(resized);
    resized = setTimeout(() => lines.settle(byId("views")), 150);
  });

  soon(async () => {
    documents = await ask("review");
    byId("document").hidden = documents.length < 2;
    byId("name").hidden = documents.length > 1;
    byId("document").append(...documents.map(({ name }, at) => {
      const option = make("option", "", name);
      option.value = at;
      return option;
    }));
    await open(0);
  });
})();
