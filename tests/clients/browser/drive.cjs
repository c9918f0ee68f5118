// A headless Chromium that opens a page of this folder: drive.cjs. It prints the origin that it serves the page from, and
// reads a line of JSON, {page, settings}: bundles page.js, opens it in a profile of its own, and prints what `window.told`
// promises. At the next line it leaves the page, and prints what the browser had to say: {console, errors}. The browser
// goes on, so that what the page sent last can arrive, until the input ends.
const { createServer } = require('node:http');
const { createInterface } = require('node:readline');
const path = require('node:path');
const esbuild = require('esbuild');
const { chromium } = require('playwright-core');

const SECONDS = 50;
const CHROMIUM = {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  // Nothing of its own on the network: what a page sends goes to loopback.
  args: [
    '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
  ],
};

let visit; // what is being served

function document(settings) {
  const json = JSON.stringify(settings).replaceAll('<', '\\u003c');
  return `<!doctype html><meta charset="utf-8"><title>Cruddur</title><link rel="icon" href="data:,">
<script>window.settings = ${json};</script><script src="/page.js"></script>`;
}

const server = createServer((request, response) => {
  const isScript = request.url === '/page.js';
  response.setHeader('Content-Type', isScript ? 'text/javascript; charset=utf-8' : 'text/html; charset=utf-8');
  response.end(isScript ? visit.source : document(visit.settings));
});

async function bundle(name) {
  const made = await esbuild.build({
    entryPoints: [path.join(__dirname, `${name}.js`)],
    bundle: true,
    write: false,
    logLevel: 'error',
    // zone.js cannot follow a native async function.
    target: 'es2016',
    nodePaths: [process.env.NODE_PATH],
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  return made.outputFiles[0].text;
}

async function open(origin, input) {
  const { page: name, settings } = JSON.parse((await input.next()).value);
  visit = { source: await bundle(name), settings };
  const browser = await chromium.launch(CHROMIUM);
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(SECONDS * 1000);
    const seen = { console: [], errors: [] };
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) seen.console.push(message.text());
    });
    page.on('pageerror', (error) => seen.errors.push(error.message));
    await page.goto(`${origin}/home`);
    console.log(JSON.stringify(await page.evaluate(() => window.told)));
    await input.next();
    // As a person who goes on: the page is hidden, and what it still holds is sent or lost.
    await page.goto('about:blank');
    console.log(JSON.stringify(seen));
    await input.next();
  } finally {
    await browser.close();
  }
}

server.listen(0, '127.0.0.1', async () => {
  const origin = `http://localhost:${server.address().port}`;
  console.log(JSON.stringify({ origin }));
  await open(origin, createInterface({ input: process.stdin })[Symbol.asyncIterator]());
  server.close();
});
