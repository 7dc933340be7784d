package dev.alcada.examples.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.examples.spring.Tools.Kind;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** What holds for a tool of whatever kind at a server of whatever kind, as a client meets it. */
final class ServerCells {
  private final Server server;
  private final Kind kind;
  private final int atOnce;

  /**
   * @param atOnce how many threads call at once; one where a transport loses messages of several
   */
  ServerCells(Server server, Kind kind, int atOnce) {
    this.server = server;
    this.kind = kind;
    this.atOnce = atOnce;
  }

  void all() throws Exception {
    anAllowedToolRunsWithItsArguments();
    aCallOverItsLimitIsDenied();
    aHiddenToolIsNotListedAndDenied();
    aCallThatNeedsApprovalRunsOnceAfterAYes();
    whatAToolThrowsReachesNoClient();
    aToolThatSaysNothingWasDoneIsNotCounted();
    concurrentCallsNeverGetPastTheLimit();
  }

  private void anAllowedToolRunsWithItsArguments() {
    CallToolResult result = server.call(kind.tool("echo"), Map.of("text", "olá"));
    assertThat(result.isError()).isNotEqualTo(true);
    assertThat(result.content().toString()).contains("said olá");
  }

  private void aCallOverItsLimitIsDenied() {
    assertThat(text("limited")).contains("ran");
    assertThat(text("limited")).contains("ran");
    CallToolResult denied = server.call(kind.tool("limited"), Map.of());
    assertThat(denied.isError()).isTrue();
    assertThat(denied.content().toString()).contains("[POLICY DENIED] ");
    assertThat(denied.structuredContent().toString())
        .as("a client may show a model this alone")
        .contains("message=[POLICY DENIED] ");
    assertThat(denied.meta().get("dev.alcada/decision").toString()).contains("code=limit");
  }

  private void aHiddenToolIsNotListedAndDenied() {
    List<String> listed = server.client().listTools().tools().stream().map(Tool::name).toList();
    assertThat(listed)
        .contains(kind.tool("echo"), kind.tool("refund"))
        .doesNotContain(kind.tool("secret"));
    assertThat(text("secret")).startsWith("[POLICY DENIED] ");
  }

  private void aCallThatNeedsApprovalRunsOnceAfterAYes() {
    assertThat(text("refund")).startsWith("[APPROVAL REQUIRED] ");
    assertThat(text("refund")).startsWith("[APPROVAL REQUIRED] ");
    server.approver().accept(kind.tool("refund"));
    assertThat(text("refund")).contains("ran");
    assertThat(text("refund")).startsWith("[APPROVAL REQUIRED] ");
  }

  private void whatAToolThrowsReachesNoClient() {
    CallToolResult failed = server.call(kind.tool("fails"), Map.of());
    assertThat(failed.isError()).isTrue();
    assertThat(failed.content().toString())
        .contains("The tool failed; what it had done by then is not known.")
        .doesNotContain("hunter2", "Exception");
  }

  private void aToolThatSaysNothingWasDoneIsNotCounted() {
    for (int i = 0; i < 3; i++) {
      assertThat(text("nothing")).startsWith("The tool failed; nothing was done.");
      assertThat(text("refused")).startsWith("The tool failed; nothing was done.");
    }
  }

  private void concurrentCallsNeverGetPastTheLimit() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(atOnce);
    try {
      List<Callable<String>> calls = new ArrayList<>();
      for (int i = 0; i < 32; i++) {
        calls.add(() -> text("capped"));
      }
      int ran = 0;
      for (Future<String> result : threads.invokeAll(calls)) {
        ran += result.get().startsWith("[POLICY DENIED] ") ? 0 : 1;
      }
      assertThat(ran).isEqualTo(Tools.CAP);
    } finally {
      threads.shutdownNow();
    }
  }

  private String text(String name) {
    return server.text(kind.tool(name));
  }
}
