// Servers that log where they should not, crash, and are started anew, behind the gateway, seen by the
// TypeScript SDK's client: what is counted stays counted, and the client goes on.
//   node faults.mjs
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { gateway, outcome, policies, servers } from './servers.mjs';

async function connect([command, ...args]) {
  const client = new Client({ name: 'check', version: '1' });
  await client.connect(new StdioClientTransport({ command, args, stderr: 'pipe' }));
  const call = async (name, args = {}) => outcome(await client.callTool({ name, arguments: args }));
  return { client, call, close: () => client.close() };
}

const logging = await connect([
  ...gateway(policies.paying), '--', process.execPath, fileURLToPath(new URL('logging.mjs', import.meta.url))]);
// After its second end a server is started again in a while, and a call is told in how long.
async function whenUp(name) {
  for (;;) {
    const result = await logging.client.callTool({ name, arguments: {} });
    const pause = /; it is started again in (\d+) s$/.exec(result.content[0].text);
    if (!pause) return result;
    await sleep(1000 * pause[1]);
  }
}
const pays = [];
for (let life = 0; life < 3; life++) {
  pays.push(outcome(await whenUp('pay')), outcome(await whenUp('pay')));
  assert.match((await whenUp('crash')).content[0].text, /ended with exit code 7$/);
}
const rule = '/tools/pay/limits/pays';
assert.deepEqual(pays, ['done', 'done', 'done', rule, rule, rule]);
await logging.close();
console.log('a server that logs JSON and crashes: 3 of 6 calls paid, as allowed');

const port = await new Promise(resolve => {
  const free = createServer().listen(0, '127.0.0.1', () => {
    const { port } = free.address();
    free.close(() => resolve(port));
  });
});
async function everything() {
  const [node, script] = servers.everything;
  const child = spawn(node, [script, 'streamableHttp'], {
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said = createInterface(child.stderr);
  await new Promise(resolve => said.on('line', line => /listening/i.test(line) && resolve()));
  return { end: () => new Promise(resolve => child.once('exit', resolve) && child.kill('SIGKILL')) };
}
let server = await everything();
const stateful = await connect([
  ...gateway(policies.ruled), '--upstream', `http://127.0.0.1:${port}/mcp`]);
const message = { message: 'hi' };
assert.equal(await stateful.call('echo', message), 'done');
await server.end();
const away = await stateful.client.callTool({ name: 'echo', arguments: message });
assert.match(away.content[0].text, /cannot be reached \(ConnectException\)/);
server = await everything();
assert.equal((await stateful.client.listTools()).tools.some(tool => tool.name === 'get-env'), false);
assert.equal(await stateful.call('get-sum', { a: 1, b: 2 }), 'done');
assert.equal(await stateful.call('echo', message), '/tools/echo/limits/echoes');
await stateful.close();
await server.end();
console.log('a stateful server started anew: greeted again, its counts kept');
process.exit(0);
