package dev.alcada.pluggy;

import static dev.alcada.pluggy.Produced.assertThatThrownBy;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
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
  @ValueSource(strings = {"", "  ", "two\nlines", "nul\0"})
  void refusesUsersThatAreBlankOrHaveControlCharacters(String user) {
    assertThatThrownBy(() -> request().clientUserId(user))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("clientUserId must not");
  }

  @Test
  void refusesWhatIsTooLong() {
    assertThatThrownBy(() -> request().webhookUrl("https://shop.example/" + "x".repeat(2_048)))
        .hasMessage("webhookUrl must have at most 2048 characters");
    assertThatThrownBy(() -> request().clientUserId("x".repeat(1_025)))
        .hasMessage("clientUserId must have at most 1024 characters");
    assertThat(request().clientUserId("x".repeat(1_024)).build().options()).hasSize(1);
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
    assertThatThrownBy(() -> request().extra("connectorIds", List.of(1)))
        .hasMessage("connectorIds is no option of a token: give it to the widget in your page");
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

  @Test
  void refusesAnOptionThatWasSetBefore() {
    String item = "3fa85f64-5717-4562-b3fc-2c963f66afa6";
    Map<String, UnaryOperator<ConnectTokenRequest.Builder>> settings = new LinkedHashMap<>();
    settings.put("itemId", builder -> builder.itemId(item));
    settings.put("clientUserId", builder -> builder.clientUserId("user-42"));
    settings.put("webhookUrl", builder -> builder.webhookUrl("https://shop.example/"));
    settings.put("oauthRedirectUri", builder -> builder.oauthRedirectUri("myapp://back"));
    settings.put("avoidDuplicates", builder -> builder.avoidDuplicates(true));
    settings.put(
        "connectorSortAlphabetically", builder -> builder.connectorSortAlphabetically(true));
    settings.put("future", builder -> builder.extra("future", 1));
    settings.forEach(
        (name, setting) -> {
          ConnectTokenRequest.Builder builder = setting.apply(request());
          assertThatThrownBy(() -> setting.apply(builder))
              .isInstanceOf(IllegalStateException.class)
              .hasMessage(name + " was set before");
          // What a request has may be replaced in another.
          assertThat(setting.apply(builder.build().toBuilder()).build()).isNotNull();
        });
  }

  @Test
  void aRefusedValueIsNotSet() {
    ConnectTokenRequest.Builder builder = request();
    assertThatThrownBy(() -> builder.itemId("x")).isInstanceOf(IllegalArgumentException.class);
    assertThat(builder.itemId("3fa85f64-5717-4562-b3fc-2c963f66afa6").build().itemId()).isNotNull();
  }
}
