package dev.alcada.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OpenCallsTest {
  private static final JSONRPCNotification CANCELLED =
      new JSONRPCNotification("2.0", "notifications/cancelled", Map.of("requestId", 1));

  private final OpenCalls calls = new OpenCalls();

  @Test
  void aCancellationIsHeldAgainstTheOpenCallsOfItsSession() {
    calls.listen();
    OpenCalls.Call answered = calls.begin("a");
    answered.close();
    OpenCalls.Call open = calls.begin("a");
    OpenCalls.Call other = calls.begin("b");

    calls.hear("a", CANCELLED);

    assertThat(open.isCancelled()).isTrue();
    assertThat(other.isCancelled()).isFalse();
    assertThat(answered.isCancelled()).as("it is kept no longer").isFalse();
    assertThat(calls.begin("a").isCancelled()).isFalse();
  }

  @Test
  void otherMessagesCancelNothing() {
    calls.listen();
    OpenCalls.Call open = calls.begin("a");

    calls.hear("a", new JSONRPCNotification("2.0", "notifications/progress", Map.of()));

    assertThat(open.isCancelled()).isFalse();
  }

  @Test
  void whatIsNotHeardOrHasNoSessionSaysSo() {
    assertThat(calls.begin("a").isHeard()).isFalse();
    calls.listen();
    assertThat(calls.begin("a").isHeard()).isTrue();
    assertThat(calls.begin(null).isHeard()).isFalse();
  }
}
