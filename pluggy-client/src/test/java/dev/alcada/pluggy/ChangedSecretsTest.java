package dev.alcada.pluggy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okio.Buffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A server, or what stands before it, says a secret back, but not as it was told. */
class ChangedSecretsTest {
  private static final ConnectTokenRequest EMPTY = ConnectTokenRequest.builder().build();

  /** A key that is no JWT, so that nothing but itself gives it away. */
  private static final String KEY = "k3y-Zx81-Qw72-Lm63-Vb54-Nc45";

  private static final Map<String, UnaryOperator<String>> CHANGES = changes();

  private static Map<String, UnaryOperator<String>> changes() {
    Map<String, UnaryOperator<String>> changes = new LinkedHashMap<>();
    changes.put("as it is", secret -> secret);
    changes.put("its first 14 characters", secret -> secret.substring(0, 14));
    changes.put("its last 14 characters", secret -> secret.substring(secret.length() - 14));
    changes.put("all but its first character", secret -> secret.substring(1));
    changes.put("in capitals", secret -> secret.toUpperCase(Locale.ROOT));
    changes.put("without its hyphens", secret -> secret.replace("-", ""));
    changes.put("with other hyphens", secret -> secret.replace("-", "_"));
    changes.put("backwards", secret -> new StringBuilder(secret).reverse().toString());
    changes.put("JSON escapes", each("\\u%04x"));
    changes.put("JSON escapes of escapes", each("\\\\u%04X"));
    changes.put("JavaScript escapes", each("\\x%02x"));
    changes.put("percent escapes", each("%%%02X"));
    changes.put("percent escapes of escapes", each("%%25%02x"));
    changes.put("HTML escapes", each("&#%d;"));
    changes.put("HTML escapes in hexadecimal", each("&#x%x;"));
    changes.put("quoted-printable", each("=%02X"));
    changes.put(
        "one escape within",
        secret ->
            secret.substring(0, 6)
                + "\\u%04x".formatted((int) secret.charAt(6))
                + secret.substring(7));
    changes.put(
        "a zero-width space within",
        secret -> new StringBuilder(secret).insert(7, '\u200b').toString());
    changes.put("zero-width joiners throughout", between("\u200d"));
    changes.put("soft hyphens throughout", between("\u00ad"));
    changes.put("combining marks throughout", between("\u0301"));
    changes.put("spaces throughout", between(" "));
    changes.put(
        "a line break within", secret -> new StringBuilder(secret).insert(9, "\r\n").toString());
    changes.put("dots throughout", between("."));
    changes.put("full-width letters", secret -> mapped(secret, c -> c > 0x20 ? c + 0xfee0 : c));
    changes.put(
        "hexadecimal", secret -> HexFormat.of().formatHex(secret.getBytes(StandardCharsets.UTF_8)));
    changes.put(
        "Base64",
        secret -> Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8)));
    changes.put(
        "Base64 behind a name",
        secret ->
            Base64.getEncoder().encodeToString(("id:" + secret).getBytes(StandardCharsets.UTF_8)));
    changes.put(
        "Base64 behind another name",
        secret ->
            Base64.getUrlEncoder()
                .encodeToString(("user:" + secret).getBytes(StandardCharsets.UTF_8)));
    return changes;
  }

  private static UnaryOperator<String> each(String format) {
    return secret ->
        secret.chars().mapToObj(c -> format.formatted(c)).collect(Collectors.joining());
  }

  private static UnaryOperator<String> between(String separator) {
    return secret ->
        secret.chars().mapToObj(Character::toString).collect(Collectors.joining(separator));
  }

  private static String mapped(String secret, java.util.function.IntUnaryOperator change) {
    return secret.chars().map(change).mapToObj(Character::toString).collect(Collectors.joining());
  }

  static List<Arguments> echoes() {
    List<Arguments> echoes = new ArrayList<>();
    CHANGES.forEach(
        (name, change) -> {
          echoes.add(Arguments.of(name, "/auth", change.apply(Pluggy.CLIENT_SECRET)));
          echoes.add(Arguments.of(name, "/connect_token", change.apply(Pluggy.CLIENT_SECRET)));
          echoes.add(Arguments.of(name, "/connect_token", change.apply(KEY)));
        });
    return echoes;
  }

  @ParameterizedTest(name = "{0}, by {1}: {2}")
  @MethodSource("echoes")
  void isInNoPartOfTheFailure(String name, String endpoint, String echo) throws Exception {
    for (String text : failures(endpoint, answers(echo))) {
      assertThat(text.contains(echo)).as("the echo in %s", text).isFalse();
    }
  }

  /** Wherever an answer can say something. */
  private static List<MockResponse> answers(String echo) {
    List<MockResponse> answers = new ArrayList<>();
    answers.add(error(429, Map.of("message", "refused: " + echo + " (see above)")));
    answers.add(error(400, Map.of("code", 400, "codeDescription", echo)));
    answers.add(
        error(
            400,
            Map.of(
                "details",
                List.of(
                    Map.of("code", echo), Map.of("parameter", echo), Map.of("message", echo)))));
    if (echo.chars().allMatch(c -> c >= 0x20 && c < 0x7f)) {
      answers.add(Pluggy.answer(200, "").status("HTTP/1.1 " + echo).build());
      answers.add(
          new MockResponse.Builder()
              .addHeader("Transfer-Encoding", "chunked")
              .body(new Buffer().writeUtf8(echo + "\r\n" + echo))
              .removeHeader("Content-Length")
              .build());
    }
    return answers;
  }

  private static MockResponse error(int status, Map<String, Object> body) {
    return Pluggy.json(status, Json.text(body));
  }

  /** In pieces that are harmless each by itself. */
  @ParameterizedTest
  @MethodSource("endpoints")
  void isNotPutTogetherFromTheDetails(String endpoint) throws Exception {
    String secret = Pluggy.CLIENT_SECRET;
    List<Object> details = new ArrayList<>();
    IntStream.iterate(0, i -> i < secret.length(), i -> i + 5)
        .mapToObj(i -> secret.substring(i, Math.min(i + 5, secret.length())))
        .forEach(piece -> details.add(Map.of("message", piece)));
    List<String> texts = failures(endpoint, List.of(error(400, Map.of("details", details))));
    for (String text : texts) {
      assertThat(text).doesNotContain("s3cr3", "t-of-", "9f8e7");
    }
  }

  static List<String> endpoints() {
    return List.of("/auth", "/connect_token");
  }

  /** Everything that the failures of calls say, and their causes, and what they suppress. */
  private static List<String> failures(String endpoint, List<MockResponse> answers)
      throws Exception {
    List<String> texts = new ArrayList<>();
    try (MockWebServer server = new MockWebServer()) {
      server.start();
      if (!endpoint.equals("/auth")) {
        server.enqueue(Pluggy.json(200, "{\"apiKey\":\"" + KEY + "\"}"));
      }
      answers.forEach(server::enqueue);
      try (PluggyClient client =
          Pluggy.client(server).retries(0).pauses(new RecordedPauses()).build()) {
        for (int i = 0; i < answers.size(); i++) {
          Throwable thrown = Produced.failure(() -> client.createConnectToken(EMPTY));
          assertThat(thrown)
              .isInstanceOfSatisfying(
                  PluggyException.class, e -> assertThat(e.path()).isEqualTo(endpoint));
          texts.addAll(texts(thrown));
        }
      }
    }
    return texts;
  }

  private static List<String> texts(Throwable thrown) {
    List<String> texts = new ArrayList<>();
    StringWriter trace = new StringWriter();
    thrown.printStackTrace(new PrintWriter(trace));
    texts.add(trace.toString());
    texts.add(thrown.toString());
    if (thrown instanceof PluggyException e) {
      texts.add(String.valueOf(e.codeDescription()));
      texts.add(String.valueOf(e.code()));
    }
    if (thrown instanceof PluggyException.InvalidRequest e) {
      e.details().forEach(detail -> texts.add(detail.toString()));
    }
    Throwable cause = thrown.getCause();
    if (cause != null) {
      texts.addAll(texts(cause));
    }
    Arrays.stream(thrown.getSuppressed()).forEach(more -> texts.addAll(texts(more)));
    return texts;
  }
}
