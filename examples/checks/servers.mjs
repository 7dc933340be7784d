// The servers that the checks compare with themselves behind the gateway, and what they are asked.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const here = path => fileURLToPath(new URL(path, import.meta.url));
const server = name => here(`node_modules/@modelcontextprotocol/server-${name}/dist/index.js`);

export const scratch = mkdtempSync(join(tmpdir(), 'alcada-check-'));
const files = join(scratch, 'files');
const file = name => join(files, name);
const hello = Buffer.from('hello').toString('base64');

export const servers = {
  everything: [process.execPath, server('everything'), 'stdio'],
  filesystem: [process.execPath, server('filesystem'), files],
};

// Every tool that answers the same twice, with arguments that make it answer.
export const calls = {
  everything: [
    ['echo', { message: 'olá' }],
    ['get-sum', { a: 0.1, b: 2e10 }],
    ['get-annotated-message', { messageType: 'error', includeImage: true }],
    ['get-env', {}],
    ['get-resource-links', { count: 2 }],
    ['get-resource-reference', { resourceType: 'Text', resourceId: 3 }],
    ['get-structured-content', { location: 'Chicago' }],
    ['get-tiny-image', {}],
    ['gzip-file-as-resource', { name: 'a.gz', data: `data:text/plain;base64,${hello}`, outputType: 'resource' }],
    ['toggle-simulated-logging', {}],
    ['toggle-subscriber-updates', {}],
    ['trigger-long-running-operation', { duration: 1, steps: 4 }],
  ],
  filesystem: [
    ['list_allowed_directories', {}],
    ['list_directory', { path: files }],
    ['list_directory_with_sizes', { path: files, sortBy: 'size' }],
    ['directory_tree', { path: files }],
    ['read_file', { path: file('note.txt') }],
    ['read_text_file', { path: file('note.txt'), head: 1 }],
    ['read_media_file', { path: file('dot.png') }],
    ['read_multiple_files', { paths: [file('note.txt'), file('absent.txt')] }],
    ['search_files', { path: files, pattern: '*.txt' }],
    ['get_file_info', { path: file('note.txt') }],
    ['create_directory', { path: file('made') }],
    ['write_file', { path: file('made/new.txt'), content: 'três\n' }],
    ['edit_file', { path: file('note.txt'), edits: [{ oldText: 'two', newText: 'three' }] }],
    ['move_file', { source: file('note.txt'), destination: file('made/moved.txt') }],
    ['read_text_file', { path: file('made/moved.txt') }],
    ['read_text_file', { path: '/etc/passwd' }],
  ],
};

// Puts the files back that the calls work on.
export function reset() {
  rmSync(files, { recursive: true, force: true });
  mkdirSync(files);
  writeFileSync(file('note.txt'), 'one\ntwo\n');
  writeFileSync(file('dot.png'), Buffer.from('89504e470d0a1a0a', 'hex'));
}

function policy(name, document) {
  const path = join(scratch, `${name}.json`);
  writeFileSync(path, JSON.stringify({ version: '1', ...document }));
  return path;
}

export const policies = {
  allow: policy('allow', { default: 'allow' }),
  ruled: policy('ruled', {
    default: 'allow',
    hide: ['get-env'],
    tools: {
      echo: { limits: [{ counter: 'echoes', window: 'hour', max: 2 }] },
      'get-tiny-image': { action: 'deny', reason: 'No pictures.' },
      'get-sum': { deny_if: [{ conditions: [{ path: 'args.a', op: 'gt', value: 100 }] }] },
    },
  }),
  asking: policy('asking', {
    default: 'allow',
    tools: { 'get-sum': { action: 'require_approval', reason: 'Sums are checked by a person.' } },
  }),
  paying: policy('paying', {
    default: 'allow',
    tools: { pay: { limits: [{ counter: 'pays', window: 'hour', max: 3 }] } },
  }),
  readonly: policy('readonly', {
    default: 'deny',
    hide: ['write_file', 'edit_*', 'move_file'],
    tools: {
      read_text_file: { require: [{ conditions: [{ path: 'args.path', op: 'regex', value: '/files/note[.]txt$' }] }] },
      list_directory: {},
    },
  }),
};

export const program = ['-jar', here('../target/alcada-examples.jar')];

export const gateway = policyFile => ['java', ...program, 'gateway', '--policy', policyFile];

// Starts a gateway that serves HTTP.
export async function listen(policyFile, command, env, options = []) {
  const [java, ...start] = gateway(policyFile);
  const child = spawn(java, [...start, ...options, '--listen', '0', '--', ...command], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const gone = once(child, 'exit');
  const said = createInterface(child.stderr);
  const lines = [];
  said.on('line', line => lines.push(line));
  const url = await Promise.race([
    new Promise(resolve =>
      said.on('line', line => {
        const serving = /^gateway: serving (\S+)$/.exec(line);
        if (serving) resolve(serving[1]);
      })),
    gone.then(([code]) => assert.fail(`the gateway ended with exit code ${code}`)),
  ]);
  return { url, said, lines, close: () => child.kill() && gone };
}

// What differs from run to run is the time of day.
export const timeless = seen =>
  JSON.parse(
    JSON.stringify(seen)
      .replaceAll(/\w{3} \w{3} \d\d \d{4} [\d:]{8} GMT[^"\\]*/g, 'TIME')
      .replaceAll(/\d\d?:\d\d:\d\d [AP]M/g, 'TIME')
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME'));

// The rule that a result says it was denied by, or else how it came out.
export const outcome = result =>
  result._meta?.['dev.alcada/decision']?.rule ?? (result.isError ? 'error' : 'done');
