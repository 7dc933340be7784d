package dev.alcada.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.alcada.decision.Caller;
import dev.alcada.guard.ToolGuard;
import dev.alcada.pluggy.ConnectTokenTool;
import dev.alcada.pluggy.PluggyClient;
import dev.alcada.pluggy.testing.PluggyStandIn;
import dev.alcada.policy.Policy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.WebDriver;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.openqa.selenium.support.ui.WebDriverWait;

/** A person presses the button, in Chromium, and the widget gets a token that works. */
class ConnectPageBrowserTest {
  private static final String ONE_A_MINUTE =
      """
      {"version": "1", "default": "deny", "tools": {"create_connect_token": {"limits": [
        {"counter": "rate", "window": "minute", "max": 1, "scope": "grant"}]}}}
      """;

  /** Stands in for the widget: shows itself only if the server it talks to takes its token. */
  private static final String WIDGET =
      """
      window.PluggyConnect = class {
        constructor(options) { this.options = options; }
        async init() {
          const url = new URL('/session', '%s');
          url.searchParams.set('token', this.options.connectToken);
          const response = await fetch(url, { method: 'POST' });
          const dialog = document.createElement('div');
          dialog.id = 'widget';
          dialog.textContent = response.ok ? 'token accepted' : 'token refused';
          document.body.append(dialog);
        }
      };
      """;

  private final PluggyStandIn pluggy = PluggyStandIn.start();
  private final PluggyClient client =
      PluggyClient.builder()
          .credentials(PluggyStandIn.CLIENT_ID, PluggyStandIn.CLIENT_SECRET)
          .baseAddress(pluggy.baseAddress())
          .build();
  private HttpServer widget;
  private LoopbackServer page;
  private WebDriver browser;

  @BeforeEach
  void start() throws IOException {
    widget = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    String address = "http://127.0.0.1:" + widget.getAddress().getPort();
    widget.createContext(
        "/widget.js", exchange -> answer(exchange, 200, WIDGET.formatted(address)));
    widget.createContext("/session", this::session);
    widget.start();
    page =
        LoopbackServer.start(
            new ConnectPage(
                ToolGuard.builder(Policy.parse(ONE_A_MINUTE)).build(),
                ConnectTokenTool.builder(client).clientUserId(Caller::grant).build(),
                address + "/widget.js"),
            0);
    browser = Chromium.start();
  }

  @AfterEach
  void stop() {
    if (browser != null) {
      browser.quit();
    }
    page.close();
    widget.stop(0);
    client.close();
    pluggy.close();
  }

  private void session(HttpExchange exchange) throws IOException {
    String token = exchange.getRequestURI().getQuery().substring("token=".length());
    answer(exchange, pluggy.accepts(token) ? 200 : 401, "");
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Access-Control-Allow-Origin", "*");
    exchange.getResponseHeaders().add("Content-Type", "text/javascript; charset=utf-8");
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private WebDriverWait within() {
    return new WebDriverWait(browser, Duration.ofSeconds(60));
  }

  @Test
  void theButtonOpensTheWidgetWithATokenAndThePolicyStopsTheNext() {
    browser.get(page.url());
    browser.findElement(By.id("connect")).click();
    within().until(ExpectedConditions.textToBe(By.id("widget"), "token accepted"));
    within().until(ExpectedConditions.textToBe(By.id("status"), "The widget is open."));
    assertThat(pluggy.minted()).isEqualTo(1);

    within().until(ExpectedConditions.elementToBeClickable(By.id("connect"))).click();
    within()
        .until(
            ExpectedConditions.textMatches(
                By.id("status"), Pattern.compile("(?i).*(limit|again|per minute).*")));
    assertThat(pluggy.minted()).isEqualTo(1);
  }
}
