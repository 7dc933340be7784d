package dev.alcada.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.guard.Approvals;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import dev.alcada.testing.ManualTime;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A person's yes runs nothing for a client over HTTP that has gone away meanwhile. */
class GoneClientTest {
  private static final String ASKS =
      "{\"version\": \"1\", \"default\": \"deny\", \"tools\": {\"pay\": {\"action\": \"require_approval\"}}}";
  private static final String PAY = "{\"do\":\"pay\"}";

  @RegisterExtension final Logged logged = new Logged();
  @TempDir Path directory;

  private final Approvals approvals = Approvals.inMemory();
  private HttpFront.Serving gateway;

  @BeforeEach
  void start() throws Exception {
    ToolGuard guard = ToolGuard.builder(Policy.parse(ASKS)).approvals(approvals).build();
    Settings settings =
        Settings.of(guard, Conversation.obedientServer(ledger()))
            .withForms(new Forms(approvals, new ManualTime()));
    gateway = HttpFront.start(settings, Relay.rehearse(settings), 0);
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  private Path ledger() {
    return directory.resolve("ledger");
  }

  private HttpClientSide client() throws Exception {
    HttpClientSide client = new HttpClientSide(gateway.url());
    client.begin(Methods.VERSION, "{\"elicitation\":{}}");
    return client;
  }

  private static String yes(Map<String, Object> form) {
    return "{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":{\"action\":\"accept\",\"content\":{\"approve\":true}}}"
        .formatted(form.get("id"));
  }

  /** It may be that it fills in the form all the same: that comes on another connection. */
  @Test
  void oneThatHasClosedItsConnection() throws Exception {
    HttpClientSide client = client();
    Map<String, Object> form;
    try (BufferedReader open = client.open(HttpClientSide.callOf(1, "pay", PAY))) {
      form = HttpClientSide.next(open);
    }

    client.post(yes(form));

    assertThat(client.text(2, "pay", PAY)).as("the yes is there for this call").isEqualTo("paid");
    assertThat(ObedientServer.paid(ledger())).isEqualTo(1);
  }

  @Test
  void oneThatHasEndedItsSession() throws Exception {
    HttpClientSide client = client();
    try (BufferedReader open = client.open(HttpClientSide.callOf(1, "pay", PAY))) {
      HttpClientSide.next(open);
      client.end();
    }

    approvals.approve(approvals.pending().get(0).id(), "ana", null);

    assertThat(client().text(2, "pay", PAY)).as("the yes is there for this call").isEqualTo("paid");
    assertThat(ObedientServer.paid(ledger())).isEqualTo(1);
  }
}
