// Compares servers as they are with the same servers behind the gateway, tool by tool, with the
// command line of the MCP Inspector, which makes one call a run; then puts a policy on them.
//   npx node inspector.mjs
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { calls, gateway, listen, outcome, policies, reset, scratch, servers, timeless } from './servers.mjs';

const inspector = fileURLToPath(
  new URL('node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js', import.meta.url));
// A gateway starts a JVM and then the server; the Inspector's own 15 seconds are too few on a busy machine.
const patience = ['--connect-timeout', '120000'];
const environment = { ...process.env, MCP_CATALOG_PATH: join(scratch, 'mcp.json') };
let runs = 0;

// What the Inspector prints, on standard error as well, and ends with when it asks a server.
async function inspect(target, ...options) {
  runs++;
  const run = spawn(process.execPath, [inspector, '--cli', ...target, ...options, ...patience], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [printed, errors, [code]] = await Promise.all([text(run.stdout), text(run.stderr), once(run, 'exit')]);
  const error = errors.split('\n').find(line => line.startsWith('{"error"')) ?? '{}';
  return { code, ...JSON.parse(error), ...JSON.parse(printed || '{}') };
}

const call = (target, tool, args = {}) =>
  inspect(
    target, '--method', 'tools/call', '--tool-name', tool,
    ...Object.entries(args).flatMap(([name, value]) => [
      '--tool-arg', `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
    ]));

const tools = target => inspect(target, '--method', 'tools/list');

// The Inspector can be asked for its roots.
calls.everything.push(['get-roots-list', {}]);

async function observe(target, name) {
  reset();
  const seen = { listed: await tools(target), calls: [] };
  for (const [tool, args] of calls[name]) {
    seen.calls.push([tool, await call(target, tool, args)]);
  }
  return timeless(seen);
}

for (const [name, command] of Object.entries(servers)) {
  const direct = await observe(command, name);
  const guarded = await observe([...gateway(policies.allow), '--', ...command], name);
  assert.deepEqual(guarded, direct);
  const called = new Set(direct.calls.map(([tool]) => tool));
  const answered = direct.calls.filter(([, { code }]) => code === 0).length;
  console.log(
    `${name}: ${direct.listed.tools.length} tools listed, ${called.size} called in ${direct.calls.length} calls`
      + ` (${answered} answered, ${direct.calls.length - answered} errors): the same`);
}

// Over stdio each run is a gateway of its own, which starts to count anew.
const everything = [...gateway(policies.ruled), '--', ...servers.everything];
const names = (await tools(everything)).tools.map(tool => tool.name);
assert.ok(names.includes('echo') && !names.includes('get-env'));
const denied = 5;
assert.equal((await call(everything, 'get-env')).error.code, 'tool_not_found');
const expected = [
  ['get-tiny-image', {}, '/tools/get-tiny-image/action'],
  ['get-sum', { a: 100.5, b: 1 }, '/tools/get-sum/deny_if/args.a-gt'],
  ['get-sum', { a: 100, b: 1 }, 'done'],
  ['echo', { message: 'hi' }, 'done'],
];
for (const [tool, args, as] of expected) {
  const { code, ...result } = await call(everything, tool, args);
  assert.deepEqual([outcome(result), code], [as, as === 'done' ? 0 : denied], `${tool}: ${JSON.stringify(result)}`);
}
const readonly = [...gateway(policies.readonly), '--', ...servers.filesystem];
reset();
const kept = (await tools(readonly)).tools.map(tool => tool.name);
assert.ok(kept.includes('read_text_file'));
assert.ok(!['write_file', 'edit_file', 'move_file'].some(name => kept.includes(name)));
for (const [tool, args] of calls.filesystem) {
  const { code } = await call(readonly, tool, args);
  const answers = tool === 'list_directory' || (tool === 'read_text_file' && args.head);
  assert.equal(code, answers ? 0 : denied, tool);
}
console.log('under policies: hidden, blocked and allowed as they say');

// A gateway that outlives the runs counts them together.
const { url, close } = await listen(policies.ruled, servers.everything);
const echoes = [];
for (let run = 1; run <= 3; run++) {
  echoes.push(outcome(await call([url, '--transport', 'http'], 'echo', { message: 'hi' })));
}
assert.deepEqual(echoes, ['done', 'done', '/tools/echo/limits/echoes']);
await close();
console.log(`capped over HTTP: two runs are answered, the third is denied (${runs} runs in all)`);
