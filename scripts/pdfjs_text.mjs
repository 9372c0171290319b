// Print the text of a PDF as pdf.js extracts it: the items of a page joined as they come,
// a newline where an item ends a line, a form feed between pages.
//
// Usage: node pdfjs_text.mjs NODE_MODULES_DIR FILE.pdf
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [modules, file] = process.argv.slice(2);
const pdfjs = resolve(modules, "pdfjs-dist");
const { getDocument } = await import(pathToFileURL(`${pdfjs}/legacy/build/pdf.mjs`).href);

const pdf = await getDocument({
  data: new Uint8Array(await readFile(file)),
  standardFontDataUrl: `${pdfjs}/standard_fonts/`,
  verbosity: 0,
}).promise;
const pages = [];
for (let number = 1; number <= pdf.numPages; number += 1) {
  const page = await pdf.getPage(number);
  const { items } = await page.getTextContent();
  pages.push(items.map((item) => item.str + (item.hasEOL ? "\n" : "")).join(""));
}
process.stdout.write(pages.join("\f"));
