package dev.alcada.mcp;

import dev.alcada.guard.NotDoneException;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;

/** Carries a result that tells of nothing done past the guard, which settles by exceptions. */
final class NothingDone extends NotDoneException {
  private static final long serialVersionUID = 1;

  private final transient CallToolResult result;

  NothingDone(CallToolResult result) {
    super("the tool's result tells that nothing was done");
    this.result = result;
  }

  CallToolResult result() {
    return result;
  }
}
