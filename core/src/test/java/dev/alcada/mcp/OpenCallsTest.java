package dev.alcada.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OpenCallsTest {
  private final OpenCalls calls = new OpenCalls();

  private static JSONRPCNotification notification(String method, Map<String, Object> params) {
    return new JSONRPCNotification("2.0", method, params);
  }

  private static JSONRPCNotification cancelled(Object id) {
    return notification("notifications/cancelled", Map.of("requestId", id));
  }

  @Test
  void aCancellationIsOfTheOpenCallThatItNames() {
    OpenCalls.Call answered = calls.arrived(1);
    calls.answered(answered);
    OpenCalls.Call named = calls.arrived(1);
    OpenCalls.Call other = calls.arrived("1");

    calls.hear(cancelled(1L));

    assertThat(named.isCancelled()).isTrue();
    assertThat(other.isCancelled()).as("a text is another name than a number").isFalse();
    assertThat(answered.isCancelled()).as("it is kept no longer").isFalse();
    assertThat(calls.arrived(1).isCancelled()).as("what comes later").isFalse();
  }

  @Test
  void whereNoNameIsKnownItIsOfEveryOpenCall() {
    OpenCalls.Call unknown = calls.arrived(null);
    OpenCalls.Call named = calls.arrived(1);

    calls.hear(cancelled("x"));
    assertThat(unknown.isCancelled()).isTrue();
    assertThat(named.isCancelled()).isFalse();

    calls.hear(notification("notifications/cancelled", Map.of()));
    assertThat(named.isCancelled()).isTrue();
  }

  @Test
  void otherMessagesCancelNothing() {
    OpenCalls.Call open = calls.arrived(null);

    calls.hear(notification("notifications/progress", Map.of("requestId", 1)));

    assertThat(open.isCancelled()).isFalse();
  }
}
