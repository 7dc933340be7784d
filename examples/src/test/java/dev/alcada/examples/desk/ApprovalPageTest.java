package dev.alcada.examples.desk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.alcada.approval.Answer;
import dev.alcada.approval.ApprovalRequest;
import dev.alcada.guard.Outcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the page shows, takes and refuses, without a browser. */
class ApprovalPageTest {
  private final HttpClient http = HttpClient.newHttpClient();
  @TempDir Path files;
  private Desk desk;
  private String origin;

  @BeforeEach
  void open() throws IOException {
    desk = Desk.open(0, List.of("ana:treasury,night", "Bo"), files);
    origin = "http://" + URI.create(desk.url()).getAuthority();
  }

  @AfterEach
  void close() {
    desk.close();
  }

  @Test
  void showsAPendingCallInFull() throws Exception {
    large();

    String page = get(desk.url()).body();

    assertThat(page)
        .contains("transfer", "agent-7", "Transfers above 1000 need a person&#39;s approval.")
        .contains("args.amount</bdi></th><td><bdi>5000<")
        .contains("args.to</bdi></th><td><bdi>&quot;ines&quot;<")
        .doesNotContain("http-equiv='refresh'");
  }

  @Test
  void looksAgainByItselfOnlyWhileNobodyWaits() throws Exception {
    assertThat(get(desk.url()).body()).contains("http-equiv='refresh'", "Nobody waits");
  }

  @ParameterizedTest
  @CsvSource({"approve, approved", "deny, denied"})
  void takesAnAnswerWithItsNote(String answer, String state) throws Exception {
    large();

    HttpResponse<String> response = post(origin, id(), answer, "as agreed: é <b>");

    assertThat(response.statusCode()).isEqualTo(303);
    assertThat(response.headers().firstValue("Location"))
        .hasValue(URI.create(desk.url()).getPath());
    assertThat(desk.approvals().pending()).isEmpty();
    assertThat(get(desk.url()).body())
        .contains("<b>" + state + "</b> <bdi>transfer</bdi> by ana — as agreed: é &lt;b&gt;");
    assertThat(large() instanceof Outcome.Completed).isEqualTo(answer.equals("approve"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/wrong/",
        "/%s",
        "/%s/other",
        "/%s//",
        "/%s0/",
        "//%s/",
        "/0/../%s/",
        "/%s/answer"
      })
  void hasNothingToShowAtAnyOtherAddress(String path) throws Exception {
    large();
    String token = URI.create(desk.url()).getPath().replace("/", "");

    HttpResponse<String> response = get(origin + path.formatted(token));

    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(response.body()).doesNotContain("5000", token);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"evil.example", "evil.example:%s", "localhost:%s", "127.0.0.1", "127.0.0.1:1"})
  void answersUnderNoOtherHostsName(String host) throws Exception {
    URI url = URI.create(desk.url());
    large();

    String response = raw(url, "Host: " + host.formatted(url.getPort()));

    assertThat(response).startsWith("HTTP/1.1 404").doesNotContain("5000");
    assertThat(raw(url, "Host: 127.0.0.1:" + url.getPort())).startsWith("HTTP/1.1 200");
  }

  static Stream<Arguments> foreignOrigins() {
    return Stream.of(
        arguments((String) null),
        arguments("null"),
        arguments("http://evil.example"),
        arguments("http://127.0.0.1:1"),
        arguments("https://127.0.0.1"));
  }

  @ParameterizedTest
  @MethodSource("foreignOrigins")
  void takesNoFormFromAnotherOrigin(@Nullable String foreign) throws Exception {
    large();

    assertThat(post(foreign, id(), "approve", "").statusCode()).isEqualTo(403);

    assertThat(desk.approvals().pending()).hasSize(1);
  }

  @Test
  void takesNoAnswerByAMereLink() throws Exception {
    large();

    assertThat(get(desk.url() + "answer?answer=approve&id=" + id()).statusCode()).isEqualTo(404);

    assertThat(desk.approvals().pending()).hasSize(1);
  }

  @Test
  void showsWhatAnAgentWroteAsTextAndSpellsOutWhatCannotBeSeen() throws Exception {
    desk.transfer(
        Map.of(
            "amount", 5000,
            "to", "</pre><script>alert(1)</script>",
            "reference", "a\u202Eb\u200Bc\u00A0d\u0007\uDB40\uDC41   e\u3164\u2800\uFE0F"));

    String page = get(desk.url()).body();

    assertThat(page)
        .doesNotContain("<script", "\u202E", "\u200B", "\u00A0", "\uDB40")
        .contains("&lt;/pre&gt;&lt;script&gt;alert(1)&lt;/script&gt;")
        .contains(
            "a\\u{202e}b\\u{200b}c\\u{a0}d\\u{7}\\u{e0041} \\u{20}\\u{20}e"
                + "\\u{3164}\\u{2800}\\u{fe0f}");
  }

  @Test
  void foldsAwayWhatIsLongOrManyBelowWhatIsShort() throws Exception {
    desk.transfer(
        Map.of(
            "amount", 5000,
            "a", "x".repeat(10_000),
            "junk", IntStream.range(0, 500).boxed().toList()));

    String page = get(desk.url()).body();

    assertThat(page).contains("10,000 characters, SHA-256 ", "462 more, look at them too");
    assertThat(page.indexOf("args.amount")).isLessThan(page.indexOf("<details>"));
    assertThat(page.indexOf("<details>")).isLessThan(page.indexOf("x".repeat(301)));
  }

  @Test
  void anAnswerIsTheOneWhoseAddressItCameBy() throws Exception {
    List<ApprovalRequest> told = new ArrayList<>();
    desk.approvals().listen(told::add);
    large();
    String id = id();
    String bos =
        desk.urls().entrySet().stream()
            .filter(seat -> seat.getKey().name().equals("Bo"))
            .map(Map.Entry::getValue)
            .findFirst()
            .orElseThrow();
    assertThat(bos).isNotEqualTo(desk.url());
    assertThat(get(bos).body()).contains("You answer as <b>Bo</b>");
    assertThat(get(desk.url()).body()).contains("You answer as <b>ana:night,treasury</b>");

    post(desk.url(), origin, Map.of("id", id, "answer", "approve", "approver", "Bo"));

    assertThat(told.get(1).answer())
        .isEqualTo(Answer.approve("ana").withRoles(Set.of("treasury", "night")));
  }

  @ParameterizedTest
  @ValueSource(ints = {3, (64 << 10) - 1})
  void requestsThatNeverWhollyArriveHoldNobodyUp(int arrive) throws Exception {
    large();
    URI url = URI.create(desk.url());
    List<Socket> halves = new ArrayList<>();
    try {
      for (int i = 0; i < 230; i++) {
        Socket half = new Socket(InetAddress.getLoopbackAddress(), url.getPort());
        halves.add(half);
        String head =
            "POST %sanswer HTTP/1.1\r\nHost: %s\r\nContent-Length: 65536\r\n\r\n%s"
                .formatted(url.getPath(), url.getAuthority(), "i".repeat(arrive));
        half.getOutputStream()
            .write((i % 2 == 0 ? head : head.substring(0, 30)).getBytes(StandardCharsets.US_ASCII));
      }

      assertThat(get(desk.url()).body()).contains("args.amount");
      assertThat(post(origin, id(), "approve", "").statusCode()).isEqualTo(303);
    } finally {
      for (Socket half : halves) {
        half.close();
      }
    }
  }

  @Test
  void letsNothingElseIn() throws Exception {
    var headers = get(desk.url()).headers();

    assertThat(headers.firstValue("Content-Security-Policy"))
        .hasValueSatisfying(
            policy ->
                assertThat(policy)
                    .contains("default-src 'none'", "frame-ancestors 'none'", "form-action 'self'")
                    .doesNotContain("script-src", "unsafe"));
    assertThat(headers.firstValue("Cache-Control")).hasValue("no-store");
    assertThat(headers.firstValue("X-Content-Type-Options")).hasValue("nosniff");
    assertThat(headers.firstValue("Referrer-Policy")).hasValue("same-origin");
    assertThat(get(desk.url() + "style.css").headers().firstValue("Content-Type"))
        .hasValue("text/css;charset=UTF-8");
  }

  @Test
  void saysWhyAnAnswerIsNotTaken() throws Exception {
    large();
    String id = id();
    desk.approvals().deny(id, "bo", null);

    HttpResponse<String> late = post(origin, id, "approve", "");
    assertThat(late.statusCode()).isEqualTo(409);
    assertThat(late.body()).contains("is denied, so it cannot be approved");
    assertThat(post(origin, "<b>", "approve", "").body()).doesNotContain("<b>");
    assertThat(post(origin, id, "maybe", "").statusCode()).isEqualTo(400);
    assertThat(post(origin, id, "deny", "a".repeat(2_001)).statusCode()).isEqualTo(400);
  }

  private Outcome<String> large() throws Exception {
    return desk.transfer(Map.of("from", "company", "to", "ines", "amount", 5000));
  }

  private String id() {
    return desk.approvals().pending().stream().map(ApprovalRequest::id).findFirst().orElseThrow();
  }

  private HttpResponse<String> get(String url) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> post(@Nullable String from, String id, String answer, String note)
      throws Exception {
    return post(desk.url(), from, Map.of("id", id, "answer", answer, "note", note));
  }

  private HttpResponse<String> post(String url, @Nullable String from, Map<String, String> fields)
      throws Exception {
    String form =
        fields.entrySet().stream()
            .map(
                field ->
                    field.getKey()
                        + "="
                        + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + "answer"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form));
    if (from != null) {
      request.header("Origin", from);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static String raw(URI url, String header) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), url.getPort())) {
      socket
          .getOutputStream()
          .write(
              ("GET " + url.getPath() + " HTTP/1.1\r\n" + header + "\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
