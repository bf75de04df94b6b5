// Measures the pages that a visitor comes to first, as a phone on a slow network has them. See bin/lighthouse.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";

const LEAST = 95;
const TRIES = 3; // a browser just started at times records nothing of its first page, and Lighthouse says: run me again
const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];
const FLAGS = ["--headless=new", "--no-sandbox", "--disable-quic", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const [python, ...asked] = process.argv.slice(2);
const say = (sentence) => process.stderr.write(`${sentence}\n`);

const freePort = () =>
  new Promise((found) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => found(port));
    });
  });

/** A demo in a folder of its own; resolves once it is open. */
async function openDemo(data) {
  const port = await freePort();
  const demo = spawn(python, ["-m", "schoolbell", "demo", "--port", String(port), "--data", data], {
    cwd: root,
    env: { ...process.env, SCHOOLBELL_DATA: data, DATABASE_URL: "" },
  });
  demo.stderr.pipe(process.stderr);
  await new Promise((opened, failed) => {
    demo.stdout.on("data", (words) => words.includes("Schoolbell is open") && opened());
    demo.on("exit", (status) => failed(new Error(`the demo ended with status ${status}`)));
  });
  demo.removeAllListeners("exit");
  return { demo, base: `http://127.0.0.1:${port}` };
}

/** Addresses of the three kinds of page, found as a visitor finds them. */
async function pages(base) {
  const links = async (path, pattern) => [...(await (await fetch(base + path)).text()).matchAll(pattern)].map((one) => one[1].replaceAll("&amp;", "&"));
  const [course] = await links("/s/coding/", /href="(\/s\/coding\/courses\/[^"?#]+)"/g);
  const [form] = await links("/s/first-aid/", /href="(\/s\/first-aid\/book\/\?[^"]+)"/g);
  return { "school page": "/s/coding/", "course page": course, "booking form": form };
}

async function measure(chrome, url, tries = TRIES) {
  const { lhr } = await lighthouse(url, { port: chrome.port, onlyCategories: CATEGORIES, logLevel: "error" });
  if (lhr.runtimeError && tries > 1) {
    say(`  once more: ${lhr.runtimeError.code}`);
    return measure(chrome, url, tries - 1);
  }
  if (lhr.runtimeError) throw new Error(`${url}: ${lhr.runtimeError.message}`);
  const wrong = Object.values(lhr.audits).filter((one) => one.score !== null && one.score < 0.9).map((one) => `${one.id} ${one.displayValue ?? ""}`.trim());
  return { scores: Object.fromEntries(CATEGORIES.map((name) => [name, Math.round(lhr.categories[name].score * 100)])), wrong };
}

const data = mkdtempSync(join(tmpdir(), "schoolbell-lighthouse-"));
let demo, chrome;
try {
  const opened = await openDemo(data);
  demo = opened.demo;
  chrome = await launch({ chromeFlags: FLAGS, chromePath: process.env.CHROME_PATH });
  const figures = {};
  for (const [name, path] of Object.entries(await pages(opened.base))) {
    say(`Looking at the ${name} …`);
    const { scores, wrong } = await measure(chrome, opened.base + path);
    figures[name] = scores;
    if (wrong.length) say(`  could be better: ${wrong.join(", ")}`);
  }
  if (asked.includes("--json")) console.log(JSON.stringify(figures));
  else {
    console.log(["", ...CATEGORIES].map((word) => word.padEnd(16)).join(""));
    for (const [name, scores] of Object.entries(figures)) console.log([name, ...CATEGORIES.map((one) => scores[one])].map((word) => String(word).padEnd(16)).join(""));
  }
  const low = Object.entries(figures).flatMap(([name, scores]) => CATEGORIES.filter((one) => scores[one] < LEAST).map((one) => `${name}: ${one} ${scores[one]}`));
  if (low.length) {
    say(`Below ${LEAST}: ${low.join("; ")}`);
    process.exitCode = 1;
  }
} finally {
  await chrome?.kill();
  if (demo) await new Promise((ended) => demo.once("exit", ended) && demo.kill("SIGTERM"));
  rmSync(data, { recursive: true, force: true });
}
