package dev.alcada.pluggy;

import static dev.alcada.pluggy.Produced.assertThatThrownBy;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectTokenRequestTest {
  private static ConnectTokenRequest.Builder request() {
    return ConnectTokenRequest.builder();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "3fa85f6457174562b3fc2c963f66afa6",
        "3fa85f64-5717-4562-b3fc-2c963f66afa6 ",
        "3fa85f64-5717-4562-b3fc-2c963f66afag",
        "1-1-1-1-1"
      })
  void anItemIdIsAUuidOf36Characters(String itemId) {
    assertThatThrownBy(() -> request().itemId(itemId))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("itemId must be a UUID");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://shop.example/hooks?a=1",
        "HTTPS://shop.example",
        "https://shop.example:8443/",
        "http://localhost:8080/hook",
        "http://127.0.0.1/hook",
        "http://[::1]:8080/hook"
      })
  void takesUrls(String url) {
    assertThat(request().webhookUrl(url).oauthRedirectUri(url).build().options())
        .containsEntry("webhookUrl", url)
        .containsEntry("oauthRedirectUri", url);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "shop.example/hooks",
        "//shop.example/hooks",
        "/hooks",
        "http://shop.example/",
        "http://127.0.0.1.shop.example/",
        "http://localhost.shop.example/",
        "http://128.0.0.1/",
        "ftp://shop.example/",
        "javascript:alert(1)",
        "https:shop.example",
        "https://",
        "https://shop.example@evil.example/",
        "https://shop.example\\@evil.example/",
        "https://shop.example/#top",
        "https://shop.example:99999/",
        "https://shop example/",
        " https://shop.example/"
      })
  void refusesUrlsWithoutQuotingThem(String url) {
    assertThatThrownBy(() -> request().webhookUrl(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("webhookUrl ")
        .hasMessageNotContaining("example");
    assertThatThrownBy(() -> request().oauthRedirectUri(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("oauthRedirectUri ");
  }

  @Test
  void refusesWhatIsTooLong() {
    assertThatThrownBy(() -> request().webhookUrl("https://shop.example/" + "x".repeat(2_048)))
        .hasMessage("webhookUrl must have at most 2048 characters");
    assertThatThrownBy(() -> request().clientUserId("x".repeat(1_025)))
        .hasMessage("clientUserId must have at most 1024 characters");
    assertThat(request().clientUserId("x".repeat(1_024)).build().options()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  ", "two\nlines", "nul\0"})
  void refusesUsersThatAreBlankOrHaveControlCharacters(String user) {
    assertThatThrownBy(() -> request().clientUserId(user))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("clientUserId must not");
  }

  @Test
  void passesFutureOptionsOnAsACopy() {
    List<Object> list = new ArrayList<>(List.of("a", 1, 2.5, true, Map.of("b", List.of())));
    ConnectTokenRequest built = request().extra("future", list).build();
    list.clear();
    assertThat(Json.text(built.options())).isEqualTo("{\"future\":[\"a\",1,2.5,true,{\"b\":[]}]}");
  }

  @Test
  void refusesExtrasThatAreNone() {
    assertThatThrownBy(() -> request().extra("webhookUrl", "http://evil.example"))
        .hasMessage("webhookUrl is no extra: this builder has a method for it");
    assertThatThrownBy(() -> request().extra(" ", "x")).hasMessageContaining("1 to 128");
    for (Object value : List.of(Double.NaN, new Object(), Map.of(1, 2), 'c')) {
      assertThatThrownBy(() -> request().extra("future", value))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("extra future has a ");
    }
    List<Object> deep = new ArrayList<>();
    deep.add(deep);
    assertThatThrownBy(() -> request().extra("future", deep))
        .hasMessage("extra future is nested more than 32 deep");
  }
}
