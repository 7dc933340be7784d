package dev.alcada.pluggy;

import static dev.alcada.pluggy.Produced.assertThatThrownBy;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.ConnectionSpec;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.TlsVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PluggyClientBuilderTest {
  private static final ConnectTokenRequest EMPTY = ConnectTokenRequest.builder().build();

  @Test
  void needsCredentials() {
    assertThatThrownBy(() -> PluggyClient.builder().build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("no credentials are set");
    assertThatThrownBy(() -> PluggyClient.builder().credentials(" ", "secret"))
        .hasMessage("clientId is blank");
    assertThatThrownBy(() -> PluggyClient.builder().credentials("id", ""))
        .hasMessage("clientSecret is blank");
  }

  @Test
  void namesTheVariableThatIsMissing() {
    assertThatThrownBy(() -> PluggyCredentials.from(Map.of("PLUGGY_CLIENT_ID", "id")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the environment variable PLUGGY_CLIENT_SECRET is not set");
    assertThat(
            PluggyCredentials.from(
                Map.of("PLUGGY_CLIENT_ID", "id", "PLUGGY_CLIENT_SECRET", "hush-hush")))
        .hasToString("PluggyCredentials[clientId=id, clientSecret=***]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://api.pluggy.ai",
        "http://127.0.0.1.evil.example",
        "api.pluggy.ai",
        "https://user:pass@api.pluggy.ai",
        "https://api.pluggy.ai/?a=1",
        ""
      })
  void talksHttpsOnlyExceptToTheLoopbackInterface(String address) {
    assertThatThrownBy(() -> PluggyClient.builder().baseAddress(address))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("the base address ");
  }

  @ParameterizedTest
  @CsvSource({"'', /connect_token", "/, /connect_token", "/proxy, /proxy/connect_token"})
  void keepsThePathOfTheBaseAddress(String path, String asked) throws Exception {
    try (MockWebServer server = new MockWebServer()) {
      server.start();
      server.enqueue(Pluggy.key(Pluggy.freshKey()));
      server.enqueue(Pluggy.token(Pluggy.freshToken()));
      try (PluggyClient client =
          Pluggy.withCredentials()
              .baseAddress("http://localhost:" + server.getPort() + path)
              .userAgentSuffix("shop/1.4")
              .build()) {
        client.createConnectToken(EMPTY);
      }
      Pluggy.next(server);
      RecordedRequest request = Pluggy.next(server);
      assertThat(request.getUrl().encodedPath()).isEqualTo(asked);
      assertThat(request.getHeaders().get("User-Agent"))
          .startsWith("alcada-pluggy-client ")
          .endsWith(" shop/1.4");
    }
  }

  @Test
  void refusesSettingsOutOfRange() {
    PluggyClient.Builder builder = PluggyClient.builder();
    for (Duration deadline :
        List.of(
            Duration.ZERO,
            Duration.ofNanos(999_999),
            Duration.ofSeconds(-1),
            Duration.ofDays(1),
            Duration.ofSeconds(Long.MAX_VALUE))) {
      assertThatThrownBy(() -> builder.deadline(deadline))
          .hasMessageStartingWith("the deadline must be from 1 millisecond to 1 hour");
    }
    assertThatThrownBy(() -> builder.retries(-1)).hasMessageContaining("not -1");
    assertThatThrownBy(() -> builder.retries(11)).hasMessageContaining("not 11");
    assertThatThrownBy(() -> builder.userAgentSuffix("a\r\nX-Evil: 1"))
        .hasMessageStartingWith("the user agent suffix");
  }

  @Test
  void derivesAClientThatRepeatsNothingAndKeepsToNewTls() {
    OkHttpClient host =
        new OkHttpClient.Builder()
            .connectionSpecs(
                List.of(
                    new ConnectionSpec.Builder(ConnectionSpec.MODERN_TLS)
                        .tlsVersions(TlsVersion.TLS_1_1, TlsVersion.TLS_1_2)
                        .build(),
                    ConnectionSpec.CLEARTEXT))
            .build();
    OkHttpClient client =
        HttpClients.of(host, HttpUrl.get("https://api.pluggy.ai"), Duration.ofSeconds(30));
    assertThat(client.connectionSpecs())
        .allSatisfy(
            spec -> {
              assertThat(spec.isTls()).isTrue();
              assertThat(Objects.requireNonNull(spec.tlsVersions()))
                  .containsOnly(TlsVersion.TLS_1_2, TlsVersion.TLS_1_3);
            });
    assertThat(client.retryOnConnectionFailure()).isFalse();
    assertThat(client.followRedirects()).isFalse();
    assertThat(client.followSslRedirects()).isFalse();
    assertThat(client.connectionPool()).isSameAs(host.connectionPool());
    assertThat(client.dispatcher()).isNotSameAs(host.dispatcher());
  }

  @Test
  void aListenerThatThrowsChangesNothing() throws Exception {
    try (MockWebServer server = new MockWebServer()) {
      server.start();
      server.enqueue(Pluggy.key(Pluggy.freshKey()));
      server.enqueue(Pluggy.token(Pluggy.freshToken()));
      try (PluggyClient client =
          Pluggy.quiet(server)
              .listener(
                  attempt -> {
                    throw new AssertionError("a broken listener");
                  })
              .build()) {
        assertThat(client.createConnectTokenAsync(EMPTY).join()).isNotNull();
      }
    }
  }

  @Test
  void refusesASettingThatWasMadeBefore() {
    Map<String, UnaryOperator<PluggyClient.Builder>> settings = new LinkedHashMap<>();
    settings.put("credentials", builder -> builder.credentials("id", "secret"));
    settings.put("baseAddress", builder -> builder.baseAddress("https://api.pluggy.ai"));
    settings.put("httpClient", builder -> builder.httpClient(new OkHttpClient()));
    settings.put("deadline", builder -> builder.deadline(Duration.ofSeconds(1)));
    settings.put("retries", builder -> builder.retries(2));
    settings.put("retryUnknownOutcome", PluggyClient.Builder::retryUnknownOutcome);
    settings.put("userAgentSuffix", builder -> builder.userAgentSuffix("shop/1.4"));
    settings.put("timeSource", builder -> builder.timeSource(InstantSource.system()));
    settings.put("listener", builder -> builder.listener(attempt -> {}));
    settings.forEach(
        (name, setting) -> {
          PluggyClient.Builder builder = setting.apply(PluggyClient.builder());
          assertThatThrownBy(() -> setting.apply(builder))
              .isInstanceOf(IllegalStateException.class)
              .hasMessage(name + " was set before");
        });
    assertThatThrownBy(
            () ->
                PluggyClient.builder()
                    .credentials("id", "secret")
                    .credentials(() -> PluggyCredentials.of("id", "secret")))
        .hasMessage("credentials was set before");
  }

  @Test
  void aClientIsNotChangedByItsBuilder() {
    PluggyClient.Builder builder = PluggyClient.builder().credentials("id", "secret");
    try (PluggyClient client = builder.build();
        PluggyClient other = builder.baseAddress("https://proxy.example").build()) {
      assertThat(client).hasToString("PluggyClient[https://api.pluggy.ai/]");
      assertThat(other).hasToString("PluggyClient[https://proxy.example/]");
    }
  }
}
