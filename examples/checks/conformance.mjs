// Runs the MCP conformance suite against a Java server of the official SDK, as it is and with every
// tool behind a guard that allows everything, and compares what the suite saw, check by check.
//   node conformance.mjs
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const path = relative => fileURLToPath(new URL(relative, import.meta.url));
const classPath = [path('../target/test-classes'), path('../target/alcada-examples.jar')].join(delimiter);
const suite = path('node_modules/@modelcontextprotocol/conformance/dist/index.js');
const scratch = mkdtempSync(join(tmpdir(), 'alcada-conformance-'));

const ended = child => new Promise(resolve => child.once('exit', resolve));

async function run(manner) {
  const server = spawn(
    'java',
    ['-cp', classPath, 'dev.alcada.examples.conformance.ConformanceServer', manner],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const gone = ended(server);
  const [url] = await Promise.race([
    new Promise(resolve => createInterface(server.stdout).once('line', line => resolve([line]))),
    gone.then(code => assert.fail(`the server ended with exit code ${code}`)),
  ]);
  const output = join(scratch, manner);
  const code = await ended(
    spawn(process.execPath, [suite, 'server', '--url', url, '--suite', 'active', '-o', output], { stdio: 'ignore' }),
  );
  assert.ok(code === 0 || code === 1, `the suite ended with exit code ${code}`);
  server.stdin.end();
  await gone;
  return results(output, url);
}

// By scenario, each check without what differs from run to run: times, ports and sessions.
function results(output, url) {
  const scenarios = {};
  for (const directory of readdirSync(output).sort()) {
    const text = readFileSync(join(output, directory, 'checks.json'), 'utf8')
      .replaceAll(new URL(url).host, 'HOST')
      .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID');
    scenarios[directory.replace(/-\d{4}-\d\d-\d\dT.*$/, '')] = JSON.parse(text).map(
      ({ timestamp, ...check }) => check,
    );
  }
  return scenarios;
}

const bare = await run('bare');
const guarded = await run('guarded');
assert.ok(Object.keys(bare).length > 0, 'the suite ran nothing');
assert.deepEqual(Object.keys(guarded), Object.keys(bare), 'the scenarios');
let checks = 0;
for (const [scenario, seen] of Object.entries(bare)) {
  assert.deepEqual(guarded[scenario], seen, scenario);
  const counted = seen.filter(({ status }) => status !== 'INFO');
  checks += counted.length;
  for (const { id, status, errorMessage } of counted.filter(({ status }) => status !== 'SUCCESS')) {
    console.log(`${status} in both: ${scenario}, ${id}: ${errorMessage}`);
  }
}
console.log(`${Object.keys(bare).length} scenarios, ${checks} checks: the same with and without the guard`);
