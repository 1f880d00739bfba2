#!/usr/bin/env node
// What somebody at the browser waits for, with many products: from a key in the search until its rows are painted, and from a
// jump of the scroll bar until the rows there are; and the first paint. Chromium, the service and PostgreSQL share the machine.
//
//     bench/browser.mjs [--products 100000] [--rounds 30] [--json]
//
// Needs a built program (PIXELPIM_PROGRAM, else build/dev/pixelpim) and the libraries that `./test browser` installs.
import { loadavg } from "node:os";
import { parseArgs } from "node:util";

import { launch, logIn, openPage, startService } from "../tests/browser/support.js";

const { values } = parseArgs({ options: { products: { type: "string", default: "100000" }, rounds: { type: "string", default: "30" }, json: { type: "boolean" } } });
const products = Number(values.products);
const rounds = Number(values.rounds);
const colours = ["black", "white", "red", "green", "blue", "grey", "brown", "yellow", "orange", "purple"];
const things = ["boot", "shirt", "jacket", "lamp", "table", "chair", "kettle", "mirror", "basket", "blanket", "candle"];
const tell = (text) => process.stderr.write(`${text}\n`);

function* catalogue() {
  yield "name,sku\n";
  for (let i = 0; i < products; ++i) {
    const [colour, thing] = [colours[i % colours.length], things[i % things.length]];
    yield `${colour} ${thing} ${i},${thing.slice(0, 3).toUpperCase()}-${i}\n`;
  }
}

async function load(service, person) {
  const form = new FormData();
  form.append("file", new Blob([...catalogue()], { type: "text/csv" }), "products.csv");
  const answer = await fetch(`${service.url}/products/import`, { method: "POST", body: form, headers: { Authorization: `Bearer ${person.token}` } });
  if (!answer.ok) throw new Error(`import: ${answer.status} ${await answer.text()}`);
}

function spread(times) {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] * 10) / 10;
  return { median: at(0.5), p95: at(0.95), most: at(1) };
}

// In the page: acts, and gives the milliseconds until `done` holds in a painted frame.
function timed(page, act, done, argument) {
  return page.evaluate(
    ([actSource, doneSource, value]) =>
      new Promise((resolve, reject) => {
        const [act, done] = [actSource, doneSource].map((source) => new Function(`return ${source}`)());
        const start = performance.now();
        act(value);
        const look = () => {
          if (done(value)) return resolve(performance.now() - start);
          if (performance.now() - start > 20_000) return reject(new Error(`not there after 20 s: ${value}`));
          requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      }),
    [String(act), String(done), argument],
  );
}

// A letter more or less in the search box, until the rows are those of what stands there.
async function searches(page) {
  const times = [];
  for (let round = 0; round < rounds; ++round) {
    const number = Math.floor((round * products) / rounds);
    const word = `${colours[number % colours.length]} ${things[number % things.length]} ${number}`;
    for (const length of [1, 2, 3, 4, 6, word.length]) {
      times.push(await timed(page,
        (text) => {
          const box = document.querySelector("input[type=search]");
          globalThis.before = document.querySelector(".list-count").textContent;
          Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(box, text);
          box.dispatchEvent(new Event("input", { bubbles: true }));
          globalThis.asked = performance.getEntriesByType("resource").length;
        },
        (text) => {
          const answers = performance.getEntriesByType("resource").slice(globalThis.asked);
          const rows = [...document.querySelectorAll(".grid-row")];
          return answers.some((each) => each.name.includes(`search=${encodeURIComponent(text).replaceAll("%20", "+")}&`) || each.name.includes(`search=${encodeURIComponent(text)}&`)) &&
            rows.length > 0 && rows.slice(0, 5).every((row) => row.textContent.toLowerCase().includes(text));
        },
        word.slice(0, length)));
      await page.evaluate(() => performance.clearResourceTimings());
    }
  }
  return times;
}

// A jump to a place where nobody has been, until no row that is seen is missing.
async function jumps(page) {
  const times = [];
  for (let round = 0; round < rounds; ++round) {
    times.push(await timed(page,
      (share) => {
        const grid = document.querySelector(".grid");
        grid.scrollTop = share * (grid.scrollHeight - grid.clientHeight);
        globalThis.index = Math.ceil(grid.scrollTop / 52) + 4;
      },
      () => {
        const row = document.querySelector(`.grid-row[aria-rowindex="${globalThis.index}"]`);
        return Boolean(row) && !document.querySelector(".grid-row .skeleton");
      },
      (round * 0.618_034) % 1));
  }
  return times;
}

async function paints(page, url) {
  const times = [];
  for (let round = 0; round < 10; ++round) {
    await page.goto("about:blank");
    await page.goto(url);
    await page.getByLabel("E-mail").waitFor();
    times.push(await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0].startTime));
  }
  return times;
}

const [service, browser] = await Promise.all([startService(), launch()]);
try {
  const person = await service.person();
  tell(`Importing ${products} products.`);
  await load(service, person);
  const page = await openPage(browser);
  const found = { "first paint": spread(await paints(page, service.url)) };
  await logIn(page, service.url, person);
  await page.goto(`${service.url}/#/products`);
  await page.locator(".grid-row").first().waitFor();
  tell("Scrolling.");
  found.scroll = spread(await jumps(page));
  tell("Searching.");
  found.search = spread(await searches(page));
  if (values.json) console.log(JSON.stringify({ products, load: loadavg()[0], milliseconds: found }));
  else {
    console.log(`${products} products, load ${loadavg()[0]}`);
    for (const [name, { median, p95, most }] of Object.entries(found)) console.log(`${name.padEnd(12)} median ${median} ms, p95 ${p95} ms, most ${most} ms`);
  }
} finally {
  await browser.close();
  await service.stop();
}
