// Calls the guarded tool 31 times over stdio with the TypeScript SDK's client.
//   node serve.mjs
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';

const here = path => fileURLToPath(new URL(path, import.meta.url));
const client = new Client({ name: 'check', version: '1' });
await client.connect(
  new StdioClientTransport({
    command: 'java',
    args: [
      '-jar', here('../target/alcada-examples.jar'), 'serve',
      '--policy', here('../policies/create_connect_token.json'),
    ],
  }),
);

const { tools } = await client.listTools();
assert.deepEqual(tools.map(tool => tool.name), ['create_connect_token']);

const mint = () =>
  client.callTool({ name: 'create_connect_token', arguments: { clientUserId: 'user-42' } });
for (let call = 1; call <= 30; call++) {
  const minted = await mint();
  assert.ok(!minted.isError && minted.structuredContent.accessToken, `call ${call}`);
}
const denied = await mint();
assert.equal(denied.isError, true);
assert.match(denied.content[0].text, /^\[POLICY DENIED\] /);
assert.equal(
  denied._meta['dev.alcada/decision'].rule,
  '/tools/create_connect_token/limits/create_connect_token_rate',
);
console.log('30 tokens, then a result with isError:', denied.content[0].text);
await client.close();
