// Compares servers as they are with the same servers behind the gateway, tool by tool, with the
// TypeScript SDK's client; then puts a policy on them.
//   node gateway.mjs [stdio|http]
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

const front = process.argv[2] ?? 'stdio';
const jar = fileURLToPath(new URL('../target/alcada-examples.jar', import.meta.url));
const server = name =>
  fileURLToPath(new URL(`node_modules/@modelcontextprotocol/server-${name}/dist/index.js`, import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'alcada-check-'));
const files = join(scratch, 'files');
mkdirSync(files);
writeFileSync(join(files, 'note.txt'), 'one\ntwo\n');

const everything = [process.execPath, server('everything'), 'stdio'];
const filesystem = [process.execPath, server('filesystem'), files];
const hello = Buffer.from('hello').toString('base64');

// Every tool that answers the same twice, with arguments that make it answer.
const calls = {
  everything: [
    ['echo', { message: 'olá' }],
    ['get-sum', { a: 0.1, b: 2e10 }],
    ['get-annotated-message', { messageType: 'error', includeImage: true }],
    ['get-resource-links', { count: 2 }],
    ['get-structured-content', { location: 'Chicago' }],
    ['get-tiny-image', {}],
    ['trigger-long-running-operation', { duration: 1, steps: 4 }],
    ['gzip-file-as-resource', { name: 'a.gz', data: `data:text/plain;base64,${hello}`, outputType: 'resource' }],
    ['no-such-tool', {}],
  ],
  filesystem: [
    ['list_allowed_directories', {}],
    ['list_directory', { path: files }],
    ['directory_tree', { path: files }],
    ['read_text_file', { path: join(files, 'note.txt'), head: 1 }],
    ['read_multiple_files', { paths: [join(files, 'note.txt'), join(files, 'absent.txt')] }],
    ['search_files', { path: files, pattern: '*.txt' }],
    ['edit_file', { path: join(files, 'note.txt'), edits: [{ oldText: 'two', newText: 'three' }], dryRun: true }],
    ['read_text_file', { path: '/etc/passwd' }],
  ],
};

function policy(name, document) {
  const file = join(scratch, `${name}.json`);
  writeFileSync(file, JSON.stringify({ version: '1', ...document }));
  return file;
}

async function connect(command) {
  const client = new Client({ name: 'check', version: '1' });
  await client.connect(
    new StdioClientTransport({ command: command[0], args: command.slice(1), stderr: 'ignore' }));
  return { client, close: () => client.close() };
}

async function connectGuarded(policyFile, command) {
  const gateway = ['java', '-jar', jar, 'gateway', '--policy', policyFile];
  if (front === 'stdio') {
    return connect([...gateway, '--', ...command]);
  }
  const child = spawn(gateway[0], [...gateway.slice(1), '--listen', '0', '--', ...command]);
  const url = await new Promise(resolve =>
    child.stderr.on('data', text => {
      const serving = /serving (\S+)/.exec(text);
      if (serving) resolve(new URL(serving[1]));
    }));
  const client = new Client({ name: 'check', version: '1' });
  await client.connect(new StreamableHTTPClientTransport(url));
  return {
    client,
    close: async () => {
      await client.close();
      child.kill();
      await new Promise(resolve => child.on('exit', resolve));
    },
  };
}

async function all(client, list, key) {
  return client[list]().then(result => result[key], error => `error ${error.code}`);
}

async function observe({ client, close }, name) {
  const seen = { instructions: client.getInstructions(), version: client.getServerVersion() };
  const { tasks, ...capabilities } = client.getServerCapabilities();
  seen.capabilities = front === 'stdio' ? { tasks, ...capabilities } : capabilities;
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
  return seen;
}

for (const [name, command] of Object.entries({ everything, filesystem })) {
  const direct = await observe(await connect(command), name);
  const guarded = await observe(
    await connectGuarded(policy('allow', { default: 'allow' }), command), name);
  assert.deepEqual(guarded, direct);
  console.log(`${name}: ${direct.tools.length} tools listed, ${direct.calls.length} calls: the same`);
}

const ruled = await connectGuarded(
  policy('ruled', {
    default: 'allow',
    hide: ['get-env'],
    tools: {
      echo: { limits: [{ counter: 'echoes', window: 'minute', max: 2 }] },
      'get-tiny-image': { action: 'deny', reason: 'No pictures.' },
      'get-sum': { deny_if: [{ conditions: [{ path: 'args.a', op: 'gt', value: 100 }] }] },
    },
  }),
  everything);
const listed = (await ruled.client.listTools()).tools.map(tool => tool.name);
assert.ok(listed.includes('echo') && !listed.includes('get-env'));
const call = async (tool, args = {}) => {
  const result = await ruled.client.callTool({ name: tool, arguments: args });
  return result._meta?.['dev.alcada/decision']?.rule ?? (result.isError ? 'error' : 'done');
};
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
    'error',
  ]);
console.log('everything under a policy: hidden, capped and blocked as it says');
await ruled.close();
