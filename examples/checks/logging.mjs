// An MCP server that logs JSON to standard output, between its messages, and crashes when it is told to.
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';

const log = (level, msg) => console.log(JSON.stringify({ level, msg, time: Date.now() }));
const server = new McpServer({ name: 'logging', version: '1' });
server.registerTool('pay', { description: 'Pays.' }, async () => {
  log('info', 'paying');
  return { content: [{ type: 'text', text: 'paid' }] };
});
server.registerTool('crash', { description: 'Crashes.' }, async () => process.exit(7));
log('info', 'starting');
await server.connect(new StdioServerTransport());
log('info', 'listening');
