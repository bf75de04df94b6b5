// Builds what Schoolbell serves, from this folder into the web package:
//
//   schoolbell.css   Tailwind and daisyUI with our tokens and parts, only the classes that the templates use
//   sprite.svg       the Lucide icons that the templates and the web package's Python name
//   calendar.css     the office's calendar, with a class for every five minutes of a day
//   vendor/          htmx
//
// `node build.mjs --check` builds into a temporary folder and says which committed files are not current.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const web = join(here, "../src/schoolbell/web");
const served = join(web, "static/web");
const modules = join(here, "node_modules");

const VENDORED = [{ from: "htmx.org/dist/htmx.min.js", to: "vendor/htmx.min.js" }];

// `{% icon "check" %}` in a template; `icon="check"`, `icon: "check"` or `"icon": "check"` anywhere.
const ICON = /\{%\s*icon\s+["']([a-z0-9-]+)["']|\bicon["']?\s*[=:]\s*["']([a-z0-9-]+)["']/g;

function read(...path) {
  return readFileSync(join(...path), "utf8");
}

function version(name) {
  return JSON.parse(read(modules, name, "package.json")).version;
}

function* filesBelow(folder, ending) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path, ending);
    else if (entry.name.endsWith(ending)) yield path;
  }
}

function iconsNamed() {
  const names = new Set();
  for (const file of [...filesBelow(join(web, "templates"), ".html"), ...filesBelow(web, ".py")]) {
    for (const [, tag, argument] of read(file).matchAll(ICON)) names.add(tag ?? argument);
  }
  return [...names].sort();
}

function symbol(name) {
  let drawing;
  try {
    drawing = read(modules, "lucide-static/icons", `${name}.svg`);
  } catch {
    throw new Error(`Lucide has no icon “${name}”`);
  }
  const inside = drawing.slice(drawing.indexOf(">", drawing.indexOf("<svg")) + 1, drawing.lastIndexOf("</svg>"));
  return `<symbol id="${name}" viewBox="0 0 24 24">${inside.replace(/\s*\n\s*/g, "").replace(/\s*\/>/g, "/>")}</symbol>`;
}

function sprite() {
  const head = `<!-- Lucide ${version("lucide-static")}, ISC licence: sprite.LICENSE.txt -->`;
  return `<svg xmlns="http://www.w3.org/2000/svg">${head}\n${iconsNamed().map(symbol).join("\n")}\n</svg>\n`;
}

function styles() {
  const cli = join(modules, "@tailwindcss/cli/dist/index.mjs");
  const input = join(here, "input.css");
  return execFileSync(process.execPath, [cli, "--input", input, "--minify"], { cwd: here, stdio: ["ignore", "pipe", "ignore"] });
}

const ROWS = 24 * 12; // a day in five minutes
const LANES = 6; // side by side, of sixty columns

function calendar() {
  const rules = [];
  for (let row = 1; row <= ROWS; row++) rules.push(`.at-${row}{grid-row-start:${row}}`, `.for-${row}{grid-row-end:span ${row}}`);
  for (let lanes = 1; lanes <= LANES; lanes++) {
    const width = 60 / lanes;
    for (let lane = 1; lane <= lanes; lane++) rules.push(`.in-${lane}-${lanes}{grid-column:${(lane - 1) * width + 1}/span ${width}}`);
  }
  for (let hours = 1; hours <= 24; hours++) rules.push(`.tall-${hours}{height:${hours * 3.5}rem}`);
  return `${read(here, "calendar.css").trimEnd()}\n@layer components{${rules.join("")}}\n`;
}

function licences() {
  return Object.entries(LICENCES)
    .map(([what, text]) => `${what}\n${"-".repeat(72)}\n${text().trim()}\n`)
    .join("\n\n");
}

const LICENCES = {
  "htmx.min.js: htmx": () => read(modules, "htmx.org/LICENSE"),
  "schoolbell.css: Tailwind CSS": () => read(modules, "tailwindcss/LICENSE"),
  "schoolbell.css: daisyUI": () => read(modules, "daisyui/LICENSE"),
};

function build(target) {
  mkdirSync(join(target, "vendor"), { recursive: true });
  const written = {
    "schoolbell.css": styles(),
    "calendar.css": calendar(),
    "sprite.svg": sprite(),
    "sprite.LICENSE.txt": read(modules, "lucide-static/LICENSE"),
    "vendor/LICENSES.txt": licences(),
  };
  // A source map is not served, so nothing may point at one.
  for (const { from, to } of VENDORED) written[to] = read(modules, from).replace(/\n?(\/\/|\/\*)# sourceMappingURL=.*\n?/, "\n");
  for (const [name, content] of Object.entries(written)) writeFileSync(join(target, name), content);
  return Object.keys(written);
}

function check() {
  const fresh = mkdtempSync(join(tmpdir(), "schoolbell-frontend-"));
  try {
    return build(fresh).filter((name) => {
      try {
        return !readFileSync(join(fresh, name)).equals(readFileSync(join(served, name)));
      } catch {
        return true;
      }
    });
  } finally {
    rmSync(fresh, { recursive: true });
  }
}

if (process.argv.includes("--check")) {
  const stale = check();
  for (const name of stale) console.error(`${name} is not what frontend/ builds now: run bin/frontend and commit it`);
  process.exitCode = stale.length ? 1 : 0;
} else {
  for (const name of build(served)) console.log(`${name} ${Math.ceil(readFileSync(join(served, name)).length / 1024)} KB`);
}
