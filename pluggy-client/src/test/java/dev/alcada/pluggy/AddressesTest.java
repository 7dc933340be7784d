package dev.alcada.pluggy;

import static dev.alcada.pluggy.Produced.assertThatThrownBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which addresses a token may be asked for with, and which may be sent to. */
class AddressesTest {
  private static void webhook(String url) {
    ConnectTokenRequest.builder().webhookUrl(url);
  }

  private static void redirect(String url) {
    ConnectTokenRequest.builder().oauthRedirectUri(url);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://shop.example/hooks?a=1",
        "HTTPS://SHOP.EXAMPLE",
        "https://shop.example:443/",
        "https://shop.example:/",
        "https://a-b.c.shop.com.br/h%C3%B3oks/@me",
        "https://xn--caf-dma.example/hooks",
        "https://1.2.3.example/",
        "https://4.xn--p1ai/",
        "https://localhost.shop.example/",
        "https://127.0.0.1.shop.example/",
        "https://internal.shop.example/local"
      })
  void pluggySendsEventsToPublicNames(String url) {
    webhook(url);
    WebhookRequest.builder("item/updated", url).build();
  }

  /** Kinds of addresses that Pluggy does not send to, and the words in which that is said. */
  static Stream<Map.Entry<String, String>> refusedWebhooks() {
    Map<String, List<String>> kinds =
        Map.of(
            "must be an absolute HTTPS URL",
            List.of(
                "",
                "shop.example/hooks",
                "//shop.example/hooks",
                "/hooks",
                "ftp://shop.example/",
                "javascript:alert(1)",
                "myapp://hooks",
                "https:shop.example",
                "https:/shop.example",
                "https://",
                "https:///hooks",
                "https://shop example/",
                " https://shop.example/",
                "https://shop.example/\n",
                "https://shop.example\\@evil.example/",
                "https://café.example/",
                "https://shop.example/\u200b",
                "https://１２７.0.0.1/"),
            "must be HTTPS",
            List.of("http://shop.example/", "http://localhost:8080/hook", "HTTP://[::1]/"),
            "must have a public domain name",
            List.of(
                "https://localhost/",
                "https://LOCALHOST/",
                "https://localhost./",
                "https://app.localhost/",
                "https://localhost.localdomain/",
                "https://shop.example./",
                "https://127.0.0.1/",
                "https://127.0.0.1./",
                "https://127.1/",
                "https://2130706433/",
                "https://0x7f000001/",
                "https://0x7f.0.0.1/",
                "https://0177.0.0.1/",
                "https://10.0.0.7/",
                "https://169.254.169.254/latest/meta-data",
                "https://8.8.8.8/",
                "https://shop.8/",
                "https://shop.0x8/",
                "https://[::1]/",
                "https://[2001:db8::1]/",
                "https://[::ffff:127.0.0.1]/",
                "https://%31%32%37.0.0.1/",
                "https://shop%2eexample/",
                "https://intranet/",
                "https://db-7/",
                "https://printer.local/",
                "https://api.internal/",
                "https://metadata.google.internal/",
                "https://host.docker.internal/",
                "https://git.corp/",
                "https://nas.lan/",
                "https://router.home.arpa/",
                "https://pi.home/",
                "https://kiosk.private/",
                "https://wiki.intranet/",
                "https://shop.test/",
                "https://shop.invalid/",
                "https://shop.onion/",
                "https://under_score.example/",
                "https://-shop.example/",
                "https://shop-.example/",
                "https://shop..example/",
                "https://.example/",
                "https://" + "a".repeat(64) + ".example/",
                "https://" + "abcdefgh.".repeat(30) + "example/"),
            "must be on port 443",
            List.of("https://shop.example:8443/", "https://shop.example:80/"),
            "has a port out of range",
            List.of("https://shop.example:0/", "https://shop.example:99999/"),
            "must not have a user name",
            List.of(
                "https://shop.example@evil.example/",
                "https://user:pass@shop.example/",
                "https://@shop.example/",
                "https://shop.example%40x@evil.example/"),
            "must not have a fragment",
            List.of("https://shop.example/#top", "https://shop.example#"));
    return kinds.entrySet().stream()
        .flatMap(kind -> kind.getValue().stream().map(url -> Map.entry(url, kind.getKey())));
  }

  @ParameterizedTest
  @MethodSource("refusedWebhooks")
  void otherWebhooksAreRefusedWithoutQuotingThem(Map.Entry<String, String> row) {
    assertThatThrownBy(() -> webhook(row.getKey()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("webhookUrl " + row.getValue())
        .hasMessageNotContaining("evil")
        .hasMessageNotContaining("pass@");
    assertThatThrownBy(() -> WebhookRequest.builder("item/updated", row.getKey()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("url " + row.getValue());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://shop.example/back",
        "https://shop.example:8443/back",
        "https://intranet.corp/back",
        "https://10.0.0.7/back",
        "https://127.0.0.1.shop.example/",
        "https://localhost.shop.example/",
        "https://128.0.0.1/",
        "https://[2001:db8::1]/",
        "myapp://connected",
        "myapp://oauth_callback/done?x=1",
        "myapp:///connected",
        "MyApp://Connected",
        "com.example.app:/oauth2redirect",
        "com.example.app://callback",
        "my-app+beta.2://callback",
        "myapp://back?next=http://localhost/"
      })
  void usersReturnToHttpsAndToApps(String url) {
    redirect(url);
  }

  static Stream<Map.Entry<String, String>> refusedRedirects() {
    Map<String, List<String>> kinds =
        Map.of(
            "must be an absolute HTTPS URL or an app's deep link",
            List.of(
                "",
                "/back",
                "shop.example/back",
                "//shop.example/",
                "https:shop.example",
                "https://",
                "https://127.1/",
                "https://shop_1.example/",
                "my app://back",
                "myapp://",
                "1app://back",
                "myapp://ba\tck",
                "myapp://olá"),
            "must not be localhost or 127.0.0.1",
            List.of(
                "https://localhost/back",
                "https://LocalHost:8443/back",
                "https://localhost./",
                "https://app.localhost/",
                "http://localhost:8080/back",
                "http://127.0.0.1/",
                "https://127.0.0.1/",
                "https://127.255.255.254/",
                "https://0.0.0.0/",
                "https://2130706433/",
                "https://[::1]/",
                "https://[0:0:0:0:0:0:0:1]:8443/",
                "https://[::]/",
                "https://[::ffff:127.0.0.1]/",
                "https://[::ffff:7f00:1]/",
                "https://[::127.0.0.1]/",
                "myapp://localhost",
                "myapp://localhost:80/back",
                "myapp://user@localhost/",
                "myapp://%6cocalhost/",
                "myapp://127.1/",
                "myapp://2130706433",
                "myapp://0x7f000001/",
                "myapp://0x7f.1/",
                "myapp://0177.0.0.1/",
                "myapp://017700000001",
                "myapp://0/"),
            "must be HTTPS or an app's deep link",
            List.of("http://shop.example/", "HTTP://127.0.0.1.shop.example/"),
            "must be HTTPS or a deep link in an app's own scheme",
            List.of(
                "javascript:alert(1)",
                "javascript://x/%0aalert(1)",
                "JavaScript://x/%0aalert(1)",
                "vbscript://x/",
                "data:text/html,x",
                "data://text/html,x",
                "file:///etc/passwd",
                "ftp://shop.example/",
                "ws://shop.example/",
                "blob:https://shop.example/1",
                "about:blank",
                "mailto:ana@shop.example",
                "tel:123",
                "intent://scan/",
                "content://media/",
                "myapp:connected"),
            "must not have a user name",
            List.of("https://shop.example@evil.example/", "myapp://user@back/"),
            "must not have a fragment",
            List.of("https://shop.example/#top", "myapp://back#x"));
    return kinds.entrySet().stream()
        .flatMap(kind -> kind.getValue().stream().map(url -> Map.entry(url, kind.getKey())));
  }

  @ParameterizedTest
  @MethodSource("refusedRedirects")
  void otherRedirectsAreRefusedWithoutQuotingThem(Map.Entry<String, String> row) {
    assertThatThrownBy(() -> redirect(row.getKey()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("oauthRedirectUri " + row.getValue())
        .hasMessageNotContaining("evil");
  }

  /** The client itself is tested against servers on this machine, and only it sends to them. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://localhost:8080",
        "http://127.0.0.1:8080/",
        "http://[::1]:8080/pluggy",
        "https://localhost",
        "https://10.0.0.7:8443"
      })
  void theBaseAddressMayBeOfThisMachine(String url) {
    PluggyClient.builder().baseAddress(url);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://app.localhost/",
        "http://127.1/",
        "http://0.0.0.0/",
        "http://128.0.0.1/",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "http://[::ffff:127.0.0.1]/",
        "myapp://localhost",
        "https://user@api.pluggy.ai"
      })
  void butHttpGoesToNoNameThatMayBeLookedUp(String url) {
    assertThat(catchThrowable(() -> PluggyClient.builder().baseAddress(url)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("the base address ");
  }
}
