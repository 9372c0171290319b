"use strict";
// Draws lines and what became of them from what view_data() of view.py gives. Text of a document
// goes into text nodes and nowhere else.
const lines = (() => {
  const FATES = { s: "same", m: "moved", a: "altered", d: "deleted", i: "inserted" };
  const SMALLEST = 11; // pixels: a line that would need smaller letters to fit is wrapped
  const NUMBERS = 11; // pixels between a row and its ribbons, for the numbers of words
  const SVG = "http://www.w3.org/2000/svg";
  const drawn = new WeakMap(); // the words of a stack with their elements

  function make(name, kind, text) {
    const element = document.createElement(name);
    if (kind) element.className = kind;
    if (text !== undefined) element.textContent = text;
    return element;
  }

  function shape(name, attributes, text) {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text !== undefined) element.textContent = text;
    return element;
  }

  function fate([, , , letter, letters = [], marks = []]) {
    const turned = letter === "a" && !letters.length && !marks.length;
    return turned ? "turned" : FATES[letter];
  }

  function row(data, side) {
    const [text, words] = typeof data === "string" ? [data, []] : data;
    const element = make("div", `row ${side}`);
    let last = 0;
    const found = words.map((word) => {
      element.append(text.slice(last, word[0]));
      last = word[1];
      const span = make("span", `word ${fate(word)}`, text.slice(word[0], word[1]));
      element.append(span);
      return { word, span };
    });
    element.append(text.slice(last));
    return { element, words: found };
  }

  // Text in English about words: an arrow points from the left one to the right one.
  function said(text) {
    return text.replaceAll("→", "\u200e→\u200e");
  }

  // The rows of a stack; ribbons are drawn by settle(), when they have their places.
  function stack(data, { direction, language }) {
    const element = make("div", "stack");
    element.dir = direction;
    element.lang = language;
    const above = data.above.map((line) => row(line, "above"));
    const below = (data.below || []).map((line) => row(line, "below"));
    const numbered = above.some(({ words }) => words.length);
    for (const { element: line } of [...above, ...below]) {
      line.classList.toggle("numbered", numbered);
      element.append(line);
    }
    if (numbered) drawn.set(element, { above, below });
    return element;
  }

  function note(data, options) {
    const element = make("li", data.doubt ? "note doubt" : "note");
    element.dataset.id = data.id;
    const name = data.doubt ? `perhaps ${data.damage}` : data.damage;
    element.append(
      make("span", "sure", `${Math.floor(100 * data.confidence)} %`), " ",
      make("span", "damage", name), `: ${said(data.reason)}`,
    );
    if (data.stack) element.append(stack(data.stack, options));
    return element;
  }

  // An element of what view_data() gives. Notes about the layout of a page alone are left out.
  function view(data, options) {
    const notes = (data.notes || []).filter((one) => !one.layout || one.doubt);
    const still = !data.told && !notes.length;
    const element = make("article", still ? "view still" : "view");
    if (data.kind) element.classList.add("furniture");
    if (!still || data.kind) {
      const numbers = data.first === data.last ? [data.first] : [data.first, data.last];
      const heading = make("div", "heading");
      heading.append(
        make("span", "place", `line ${numbers.map((at) => at + 1).join("–")}`),
        make("span", "told", [data.kind && data.kind.replace("-", " "), said(data.told || "")].filter(Boolean).join("; ")),
      );
      element.append(heading);
    }
    if (data.image) {
      const printed = make("img", "printed");
      printed.src = data.image;
      printed.alt = "the line as it is printed";
      element.append(printed);
    }
    // A line that stayed stands above what a doubt says that it may be, and need not stand twice.
    if (data.below || !notes.some((one) => one.stack)) element.append(stack(data, options));
    if (notes.length) {
      const list = make("ul", "notes");
      list.append(...notes.map((one) => note(one, options)));
      element.append(list);
    }
    return element;
  }

  // Fit the rows of all stacks in an element, and tie the words of each with ribbons.
  function settle(root) {
    const stacks = [...root.querySelectorAll(".stack")];
    for (const element of stacks) {
      element.classList.remove("long");
      element.style.fontSize = "";
      element.querySelector(".ribbons")?.remove();
    }
    // All reading of places at once, then all writing: else each row is laid out anew.
    const fits = stacks.map((element) => {
      const room = element.clientWidth;
      const widest = Math.max(...[...element.querySelectorAll(".row")].map((one) => one.scrollWidth));
      return [element, widest > room ? (parseFloat(getComputedStyle(element).fontSize) * room) / widest : 0];
    });
    for (const [element, size] of fits) {
      if (size && size < SMALLEST) element.classList.add("long");
      else if (size) element.style.fontSize = `${Math.floor(size * 10) / 10}px`;
    }
    const tied = stacks.filter((one) => drawn.has(one) && !one.classList.contains("long"));
    const places = tied.map((element) => [element, ribbons(element, drawn.get(element))]);
    for (const [element, svg] of places) element.append(svg);
  }

  function ribbons(element, { above, below }) {
    const home = element.getBoundingClientRect();
    const box = (one) => {
      const { left, right, top, bottom } = one.getBoundingClientRect();
      return { left: left - home.left, right: right - home.left, top: top - home.top, bottom: bottom - home.top };
    };
    const svg = shape("svg", { class: "ribbons", width: home.width, height: home.height, "aria-hidden": "true" });
    const ours = above.flatMap(({ words }, line) => words.map(({ word, span }, at) => ({
      word, span, box: box(span), number: above.length > 1 ? `${line + 1}:${at + 1}` : `${at + 1}`,
    })));
    const theirs = below.flatMap(({ words }) => words.map(({ word, span }) => ({ word, span, box: box(span) })));
    for (const [from, to] of bands(ours, theirs)) {
      svg.append(shape("path", { class: fate(from[0].word), d: band(around(from), around(to)) }));
    }
    for (const { word, span, box: place } of [...ours, ...theirs]) {
      const [start, , , , letters = [], marks = []] = word;
      for (const [kind, stretches] of [["letters", letters], ["marks", marks]]) {
        for (const [low, high] of stretches) {
          const range = document.createRange();
          range.setStart(span.firstChild, low - start);
          range.setEnd(span.firstChild, high - start);
          const { left, right } = box(range);
          svg.append(shape("rect", { class: kind, x: left, y: place.top, width: right - left, height: place.bottom - place.top }));
        }
      }
    }
    for (const { box: place, number } of ours) svg.append(label(place, place.bottom + NUMBERS - 2, number));
    for (const { word, box: place } of theirs) {
      if (word[2] >= 0) svg.append(label(place, place.top - 3, ours[word[2]].number));
    }
    return svg;
  }

  function label(place, y, number) {
    return shape("text", { x: (place.left + place.right) / 2, y }, number);
  }

  // Words that stay together, from their places above to those below.
  function bands(ours, theirs) {
    const found = [];
    ours.forEach((one, at) => {
      const other = one.word[2];
      if (other < 0) return;
      const last = found.at(-1);
      const goes = last && last.at === at - 1 && last.other === other - 1 &&
        fate(last[0][0].word) === fate(one.word) && fate(one.word) !== "altered" &&
        last[0][0].box.top === one.box.top && last[1][0].box.top === theirs[other].box.top;
      if (goes) {
        last[0].push(one);
        last[1].push(theirs[other]);
        Object.assign(last, { at, other });
      } else {
        found.push(Object.assign([[one], [theirs[other]]], { at, other }));
      }
    });
    return found;
  }

  function around(words) {
    const boxes = words.map((one) => one.box);
    return {
      left: Math.min(...boxes.map((one) => one.left)), right: Math.max(...boxes.map((one) => one.right)),
      top: Math.min(...boxes.map((one) => one.top)), bottom: Math.max(...boxes.map((one) => one.bottom)),
    };
  }

  function band(from, to) {
    const [start, stop] = [from.bottom + NUMBERS, to.top - NUMBERS];
    const bend = (stop - start) / 3;
    const edge = (x, other) => `C${x} ${start + bend} ${other} ${stop - bend} ${other} ${stop}`;
    const back = (x, other) => `C${x} ${stop - bend} ${other} ${start + bend} ${other} ${start}`;
    return `M${from.left} ${start}${edge(from.left, to.left)}L${to.right} ${stop}${back(to.right, from.right)}Z`;
  }

  return { make, stack, view, settle };
})();
