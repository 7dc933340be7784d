/**
 * The tools of LangChain4j behind a policy: {@link dev.alcada.langchain4j.GuardedTools} is what an
 * AI service takes as its tool provider.
 *
 * <p>Needs {@code dev.langchain4j:langchain4j} 1.18, which is optional for this library, and {@code
 * langchain4j-mcp} only where the tools are those of MCP servers.
 */
@NullMarked
package dev.alcada.langchain4j;

import org.jspecify.annotations.NullMarked;
