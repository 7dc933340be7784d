// Compares servers as they are with the same servers behind the gateway, tool by tool, with the
// TypeScript SDK's client; then puts a policy on them, and cancels a call.
//   node gateway.mjs [stdio|http]
import assert from 'node:assert/strict';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { getDefaultEnvironment, StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { calls, gateway, listen, outcome, policies, reset, servers, timeless } from './servers.mjs';

const front = process.argv[2] ?? 'stdio';

async function connect(command) {
  const transport = new StdioClientTransport({ command: command[0], args: command.slice(1), stderr: 'pipe' });
  const client = new Client({ name: 'check', version: '1' });
  await client.connect(transport);
  return { client, said: createInterface(transport.stderr), close: () => client.close() };
}

async function connectGuarded(policy, command) {
  if (front === 'stdio') {
    return connect([...gateway(policy), '--', ...command]);
  }
  const { url, said, close } = await listen(policy, command, getDefaultEnvironment());
  const client = new Client({ name: 'check', version: '1' });
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
  return { client, said, close: () => client.close().then(close) };
}

async function all(client, list, key) {
  return client[list]().then(result => result[key], error => `error ${error.code}`);
}

async function observe({ client, close }, name) {
  const seen = { instructions: client.getInstructions(), version: client.getServerVersion() };
  seen.capabilities = client.getServerCapabilities();
  seen.tools = await all(client, 'listTools', 'tools');
  seen.resources = await all(client, 'listResources', 'resources');
  seen.templates = await all(client, 'listResourceTemplates', 'resourceTemplates');
  seen.prompts = await all(client, 'listPrompts', 'prompts');
  seen.calls = [];
  for (const [tool, args] of calls[name]) {
    const progress = [];
    const result = await client.callTool({ name: tool, arguments: args }, undefined, {
      onprogress: step => progress.push(step),
    });
    // The last step and the result race in the client, with a gateway or without.
    seen.calls.push([tool, result, progress.slice(0, 3)]);
  }
  if (Array.isArray(seen.resources) && seen.resources.length > 0) {
    seen.read = await client.readResource({ uri: seen.resources[0].uri });
  }
  if (Array.isArray(seen.prompts) && seen.prompts.length > 0) {
    seen.prompt = await client.getPrompt({ name: seen.prompts[0].name });
  }
  await close();
  return timeless(seen);
}

for (const [name, command] of Object.entries(servers)) {
  reset();
  const direct = await observe(await connect(command), name);
  reset();
  const guarded = await observe(await connectGuarded(policies.allow, command), name);
  assert.deepEqual(guarded, direct);
  const called = new Set(direct.calls.map(([tool]) => tool));
  console.log(
    `${name}: ${direct.tools.length} tools listed, ${called.size} called in ${direct.calls.length} calls: the same`);
}

const ruled = await connectGuarded(policies.ruled, servers.everything);
const listed = (await ruled.client.listTools()).tools.map(tool => tool.name);
assert.ok(listed.includes('echo') && !listed.includes('get-env'));
const call = async (tool, args = {}) =>
  outcome(await ruled.client.callTool({ name: tool, arguments: args }));
const message = { message: 'hi' };
assert.deepEqual(
  [
    await call('echo', message), await call('echo', message), await call('echo', message),
    await call('get-env'), await call('get-tiny-image'),
    await call('get-sum', { a: 100, b: 1 }), await call('get-sum', { a: 100.5, b: 1 }),
    await call('get-sum', { a: '200', b: 1 }),
  ],
  [
    'done', 'done', '/tools/echo/limits/echoes',
    '(hidden)', '/tools/get-tiny-image/action',
    'done', '/tools/get-sum/deny_if/args.a-gt',
    '/tools/get-sum/deny_if/args.a-gt', // a text is not compared with a number, and so not let through
  ]);
await assert.rejects(call('Echo', message), { code: -32602 });
await ruled.close();
console.log('everything under a policy: hidden, capped and blocked as it says');

const patient = await connectGuarded(
  policies.allow, [process.execPath, fileURLToPath(new URL('waiting.mjs', import.meta.url))]);
const told = new Promise(resolve =>
  patient.said.on('line', line => {
    if (line.endsWith('waiting: cancelled')) resolve();
  }));
const cancel = new AbortController();
const steps = [];
const waiting = patient.client.callTool({ name: 'wait' }, undefined, {
  signal: cancel.signal,
  onprogress: step => {
    steps.push(step.progress);
    cancel.abort('enough');
  },
});
await assert.rejects(waiting, /enough/);
await told;
assert.deepEqual(steps, [1]);
assert.equal((await patient.client.listTools()).tools.length, 1);
await patient.close();
console.log('a call that is under way: progress arrives, and its cancellation');
