package dev.alcada.pluggy;

import static dev.alcada.pluggy.Produced.assertThatThrownBy;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a user may be called at Pluggy, which says it again in every webhook. */
class ClientUserIdsTest {
  private static ConnectTokenRequest request(String user) {
    return ConnectTokenRequest.builder().clientUserId(user).build();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "user-42",
        "3fa85f64-5717-4562-b3fc-2c963f66afa6",
        "auth0|5f7c8ec7c33c6c004bbafe82",
        "42@tenant-7",
        "@ana",
        "ana@",
        "shop.example",
        "usuário 42",
        "123456789",
        "1234567890123456789",
        "12.345.678/0001-95",
        "2026-11-28",
        "123.456.789",
        "12345678900",
        "123 456 789 00",
        "id 123456789-00"
      })
  void anOpaqueIdIsTaken(String user) {
    assertThat(request(user).options()).containsEntry("clientUserId", user);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ana@shop.example",
        "ANA@SHOP.EXAMPLE",
        "ana.souza+bank@mail.shop.com.br",
        "mailto:ana@shop.example",
        "Ana <ana@shop.example>",
        "user:ana@shop.example:1",
        "ana%40shop.example",
        "ana＠shop.example",
        "joão@são.example"
      })
  void anEMailAddressIsNot(String user) {
    assertThatThrownBy(() -> request(user))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("clientUserId must not be an e-mail address")
        .hasMessageNotContaining("shop");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "123.456.789-09",
        "529.982.247-25",
        "123.456.789-00",
        "cpf:123.456.789-09",
        "123456789-09",
        "123 456 789 09",
        "123.456.789/09",
        "１２３.４５６.７８９-０９"
      })
  void aCpfThatIsWrittenAsOneIsNot(String user) {
    assertThatThrownBy(() -> request(user))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("clientUserId must not be a CPF")
        .hasMessageNotContaining("123");
  }

  @Test
  void elevenDigitsThatMayBeOneAreWarnedOf() {
    assertThat(request("52998224725").options()).containsEntry("clientUserId", "52998224725");
    assertThat(request("12345678909").options()).hasSize(1);
    assertThat(Produced.all())
        .anyMatch(text -> text.contains("eleven digits that are a valid CPF"))
        .noneMatch(text -> text.contains("52998224725"));
  }
}
