// An MCP server whose one tool reports progress and then waits until it is cancelled.
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';

const server = new McpServer({ name: 'waiting', version: '1' });
server.registerTool('wait', { description: 'Waits until it is cancelled.' }, async extra => {
  await extra.sendNotification({
    method: 'notifications/progress',
    params: { progressToken: extra._meta.progressToken, progress: 1 },
  });
  await new Promise(resolve => extra.signal.addEventListener('abort', resolve));
  console.error('waiting: cancelled');
  return { content: [] };
});
await server.connect(new StdioServerTransport());
