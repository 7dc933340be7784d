// A person's yes and no, given to the gateway in the client's form, on the approval desk and on the
// command line, while the TypeScript SDK's client calls over stdio and over HTTP.
//   node approvals.mjs
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { getDefaultEnvironment, StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { gateway, listen, outcome, policies, program, scratch, servers } from './servers.mjs';

const rule = '/tools/get-sum/action';
const sum = { name: 'get-sum', arguments: { a: 2, b: 3 } };

// A client, with a form where somebody answers it, or else with approvers by name: then no form counts.
async function connect(front, answer) {
  const client = new Client(
    { name: 'check', version: '1' }, { capabilities: answer ? { elicitation: {} } : {} });
  if (answer) client.setRequestHandler(ElicitRequestSchema, answer);
  const files = mkdtempSync(join(scratch, 'desk-'));
  const options = [...(answer ? [] : ['--approver', 'rui']), '--desk-files', files];
  let said, end, transport, lines = [];
  if (front === 'stdio') {
    const [command, ...start] = gateway(policies.asking);
    transport = new StdioClientTransport({
      command, args: [...start, ...options, '--', ...servers.everything], stderr: 'pipe' });
    said = createInterface(transport.stderr);
  } else {
    const served = await listen(policies.asking, servers.everything, getDefaultEnvironment(), options);
    ({ said, lines } = served);
    end = served.close;
    transport = new StreamableHTTPClientTransport(new URL(served.url));
  }
  const desk = new Promise(resolve => {
    const look = line => {
      const at = /rui answers approvals at (\S+)/.exec(line);
      if (at) resolve(at[1]);
    };
    lines.forEach(look);
    said.on('line', look);
  });
  await client.connect(transport);
  return { client, files, desk, close: () => client.close().then(end) };
}

async function onTheDesk(desk, answer) {
  const page = await (await fetch(desk)).text();
  const id = /name="id" value="([^"]+)"/.exec(page)[1];
  const { origin } = new URL(desk);
  const taken = await fetch(`${desk}answer`, {
    method: 'POST',
    headers: { Origin: origin, Accept: 'text/plain' },
    body: new URLSearchParams({ id, answer, note: 'as agreed' }),
  });
  assert.equal(taken.status, 200, await taken.text());
}

function onTheCommandLine(files, answer) {
  const run = (...args) => execFileSync('java', [...program, 'approvals', ...args, '--desk-files', files]).toString();
  const id = run('list').split(' ')[0];
  run(answer, id);
}

for (const front of ['stdio', 'http']) {
  const shown = [];
  const answers = [
    { action: 'accept', content: { approve: true } },
    { action: 'decline' },
  ];
  const form = await connect(front, request => {
    shown.push(request.params.message);
    return answers.shift();
  });
  assert.equal(outcome(await form.client.callTool(sum)), 'done');
  const declined = await form.client.callTool({ ...sum, arguments: { a: 3, b: 3 } });
  assert.deepEqual([outcome(declined), declined.isError], [rule, true]);
  assert.match(shown[0], /^The tool get-sum needs your approval\.\n[^]*\nargs\.a: 2\nargs\.b: 3$/);
  await form.close();

  const plain = await connect(front);
  for (const [how, give] of [
    ['desk', async answer => onTheDesk(await plain.desk, answer)],
    ['command line', async answer => onTheCommandLine(plain.files, answer)],
  ]) {
    const call = { ...sum, arguments: { a: how.length, b: 1 } };
    const waits = await plain.client.callTool(call);
    assert.match(waits.content[0].text, /^\[APPROVAL REQUIRED\] /);
    await give('approve');
    assert.match((await plain.client.callTool(call)).content[0].text, /sum/);
    assert.equal(outcome(await plain.client.callTool(call)), rule, 'a yes is for one call');
    await give('deny');
    assert.match((await plain.client.callTool(call)).content[0].text, /^\[POLICY DENIED\] /);
  }
  await plain.close();
  console.log(`over ${front}: a yes and a no in a form, on the desk and on the command line`);
}
process.exit(0);
