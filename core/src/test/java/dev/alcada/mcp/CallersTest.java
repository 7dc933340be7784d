package dev.alcada.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.OwnLog;
import dev.alcada.decision.Caller;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.server.McpAsyncServerExchange;
import io.modelcontextprotocol.spec.McpLoggableSession;
import io.modelcontextprotocol.spec.McpSchema.Implementation;
import io.modelcontextprotocol.spec.McpSchema.LoggingLevel;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Who a call is made for: what the host knows comes first, and nothing is taken on trust. */
class CallersTest {
  private static McpAsyncServerExchange exchange() {
    return new McpAsyncServerExchange(
        "s-1",
        new Silent(),
        null,
        Implementation.builder("helper", "1").build(),
        McpTransportContext.EMPTY);
  }

  @Test
  void whatTheHostSaysIsNotReplacedByWhatTheClientSays() {
    Caller host = Caller.grant("g").withSession("host's").withAttribute("client_name", "known");

    Caller caller = new Callers(context -> host, "anonymous", true).of(exchange());

    assertThat(caller.grant()).isEqualTo("g");
    assertThat(caller.session()).isEqualTo("host's");
    assertThat(caller.attributes()).isEqualTo(Map.of("client_name", "known"));
    assertThat(caller.client()).isNull();
  }

  @Test
  void aNameThatAClientGivesItselfIsAnAttributeAndNoIdentity() {
    Caller caller = new Callers(context -> null, "anonymous", false).of(exchange());

    assertThat(caller.grant()).isEqualTo("anonymous");
    assertThat(caller.session()).isEqualTo("s-1");
    assertThat(caller.client()).isNull();
    assertThat(caller.attributes()).isEqualTo(Map.of("client_name", "helper"));
  }

  @Test
  void aSessionIsAGrantOnlyIfTheHostSaysSo() {
    assertThat(new Callers(context -> null, "anonymous", true).of(exchange()).grant())
        .isEqualTo("s-1");
  }

  @Test
  void thereIsOneWarningThatNobodyIsAuthenticated() throws Throwable {
    Callers callers = new Callers(context -> null, "anonymous", false);
    List<String> lines =
        OwnLog.of(
            () -> {
              for (int i = 0; i < 3; i++) {
                callers.of(McpTransportContext.EMPTY);
              }
            });

    assertThat(lines)
        .singleElement()
        .asString()
        .contains("without an authenticated principal")
        .contains("\"anonymous\"");
  }

  /** A session that nothing is said to. */
  private static final class Silent implements McpLoggableSession {
    @Override
    public void setMinLoggingLevel(LoggingLevel level) {}

    @Override
    public boolean isNotificationForLevelAllowed(LoggingLevel level) {
      return false;
    }

    @Override
    public <T> Mono<T> sendRequest(String method, Object params, TypeRef<T> type) {
      return Mono.empty();
    }

    @Override
    public Mono<Void> sendNotification(String method, Object params) {
      return Mono.empty();
    }

    @Override
    public Mono<Void> closeGracefully() {
      return Mono.empty();
    }

    @Override
    public void close() {}
  }
}
