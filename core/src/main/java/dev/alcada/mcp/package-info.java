/**
 * The tools of the official MCP Java SDK behind a policy: tool specifications in, guarded tool
 * specifications out.
 *
 * <p>Needs {@code io.modelcontextprotocol.sdk:mcp-core} 2.1, which is optional for this library,
 * and neither major version of Jackson. On 2.0 all but {@link dev.alcada.mcp.McpTools#install}
 * works.
 */
@NullMarked
package dev.alcada.mcp;

import org.jspecify.annotations.NullMarked;
