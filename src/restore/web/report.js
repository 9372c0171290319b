// The page of the report: lines are drawn when they come near to the window, a section at a time,
// and taken away when they are far from it, so that a book opens at once.
(() => {
  const NEAR = "1500px";
  const GUESS = { still: 34, changed: 190 }; // pixels that a line takes before it was ever drawn
  const documents = JSON.parse(document.getElementById("data").textContent);
  const everything = document.getElementById("all");
  const where = document.getElementById("where");
  const sections = new Map(); // by element
  const stops = []; // all that there is to look at, in its order: element of the section, and place
  let current = -1;
  let printing = false;

  const matters = (view) => view.told || (view.notes || []).some((one) => !one.layout || one.doubt);
  const doubtful = (view) => (view.notes || []).some((one) => one.doubt);
  const wanted = (view) => everything.checked || matters(view);

  function add(parent, title, views, options, draw) {
    const element = lines.make("section", "part");
    const section = { title, views, options, draw, filled: false };
    sections.set(element, section);
    parent.append(element);
    views.forEach((view, at) => { if (matters(view)) stops.push({ element, at }); });
    reserve(element, section);
    seen.observe(element);
    return element;
  }

  function reserve(element, { views }) {
    const shown = views.filter(wanted);
    const height = shown.reduce((sum, view) => sum + (matters(view) ? GUESS.changed : GUESS.still), 0);
    element.hidden = !shown.length;
    element.style.minHeight = `${height}px`;
  }

  function fill(element) {
    const section = sections.get(element);
    if (section.filled) return;
    section.filled = true;
    element.style.minHeight = "";
    if (section.title) element.append(lines.make("h4", "", section.title));
    section.views.forEach((view, at) => {
      if (!wanted(view)) return;
      const drawn = section.draw(view, section.options);
      drawn.dataset.at = at;
      drawn.tabIndex = -1;
      element.append(drawn);
    });
    lines.settle(element);
  }

  function empty(element) {
    const section = sections.get(element);
    if (!section.filled || printing) return;
    element.style.minHeight = `${element.offsetHeight}px`;
    element.replaceChildren();
    section.filled = false;
  }

  const seen = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) (isIntersecting ? fill : empty)(target);
  }, { rootMargin: `${NEAR} 0px` });

  // A doubt with the lines before and after it, which may settle it.
  function inContext(view, options) {
    const drawn = lines.view({ ...view, notes: view.notes.filter((one) => one.doubt) }, options);
    const beside = (other) => {
      const rows = (other.below || other.above).map((row) => (typeof row === "string" ? row : row[0]));
      const element = lines.stack({ above: rows }, options);
      element.classList.add("context");
      return element;
    };
    const [before, after] = view.neighbours;
    const element = lines.make("div", "in-context");
    if (before) element.append(beside(before));
    element.append(drawn);
    if (after) element.append(beside(after));
    return element;
  }

  documents.forEach((data, number) => {
    const home = document.querySelectorAll(".document")[number];
    const options = { language: data.language, direction: data.direction };
    const views = data.sections.flat();
    const doubts = views
      .map((view, at) => ({ ...view, neighbours: [views[at - 1], views[at + 1]] }))
      .filter(doubtful);
    const surest = (view) => Math.max(...view.notes.map((one) => (one.doubt ? one.confidence : 0)));
    doubts.sort((one, other) => surest(other) - surest(one));
    const list = home.querySelector(".doubts");
    list.hidden = !doubts.length;
    for (let at = 0; at < doubts.length; at += 20) add(list, "", doubts.slice(at, at + 20), options, inContext);
    const parts = [...home.querySelectorAll(".bar a")].map((link) => link.title.split(":")[0]);
    const drawn = data.sections.map((part, at) => add(home.querySelector(".lines"), parts[at], part, options, lines.view));
    home.querySelectorAll(".bar a").forEach((link, at) => link.addEventListener("click", (event) => {
      event.preventDefault();
      fill(drawn[at]);
      drawn[at].scrollIntoView();
    }));
  });

  function go(step) {
    const next = Math.min(Math.max(current + step, 0), stops.length - 1);
    if (next < 0) return;
    current = next;
    const { element, at } = stops[current];
    fill(element);
    const view = element.querySelector(`[data-at="${at}"]`);
    const target = view.matches(".view") ? view : view.querySelector(".view");
    target.tabIndex = -1;
    target.focus({ preventScroll: true });
    target.scrollIntoView({ block: "center" });
    where.textContent = `${current + 1} of ${stops.length}`;
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input:not([type=checkbox])")) return;
    if (event.key === "n") go(1);
    if (event.key === "p") go(-1);
  });
  document.getElementById("next").addEventListener("click", () => go(1));
  document.getElementById("previous").addEventListener("click", () => go(-1));
  where.textContent = `${stops.length} to see`;

  function again() {
    for (const [element, section] of sections) {
      const filled = section.filled;
      empty(element);
      reserve(element, section);
      if (filled && !element.hidden) fill(element);
    }
  }
  everything.addEventListener("change", again);

  let width = innerWidth;
  addEventListener("resize", () => {
    if (width === innerWidth || printing) return;
    width = innerWidth;
    requestAnimationFrame(() => {
      for (const [element, { filled }] of sections) if (filled) lines.settle(element);
    });
  });
  addEventListener("beforeprint", () => {
    printing = true;
    for (const element of sections.keys()) if (!element.hidden) fill(element);
  });
  addEventListener("afterprint", () => { printing = false; });
})();
