package dev.alcada.pluggy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.pluggy.testing.PluggyStandIn;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ItemTest {
  private static final String WHOLE =
      """
      {"id": "3fa85f64-5717-4562-b3fc-2c963f66afa6", "status": "LOGIN_ERROR",
       "executionStatus": "INVALID_CREDENTIALS", "clientUserId": "user-42",
       "error": {"code": "INVALID_CREDENTIALS", "message": "A senha 1234 não confere"},
       "connector": {"id": 2, "name": "Pluggy Bank", "hasMFA": false},
       "consentExpiresAt": "2027-11-28T10:00:00.000Z", "nextAutoSyncAt": null,
       "createdAt": "2026-11-28T10:00:00.000Z", "updatedAt": "2026-11-28T07:00:00-03:00",
       "lastUpdatedAt": "yesterday", "webhookUrl": "https://shop.example/hooks",
       "future": {"a": [1.50, null]}}
      """;

  private final PluggyStandIn pluggy = PluggyStandIn.start();
  private final PluggyClient client =
      PluggyClient.builder()
          .credentials(PluggyStandIn.CLIENT_ID, PluggyStandIn.CLIENT_SECRET)
          .baseAddress(pluggy.baseAddress())
          .build();

  @AfterEach
  void stop() {
    client.close();
    pluggy.close();
  }

  private static Item item(String json) {
    return Objects.requireNonNull(Item.read(json));
  }

  @Test
  void hasWhatPluggySays() {
    Item item = item(WHOLE);
    Instant made = Instant.parse("2026-11-28T10:00:00Z");
    assertThat(item.id()).isEqualTo("3fa85f64-5717-4562-b3fc-2c963f66afa6");
    assertThat(item.status()).isEqualTo(Item.Status.LOGIN_ERROR);
    assertThat(item.statusText()).isEqualTo("LOGIN_ERROR");
    assertThat(item.executionStatus()).isEqualTo("INVALID_CREDENTIALS");
    assertThat(item.clientUserId()).isEqualTo("user-42");
    assertThat(Objects.requireNonNull(item.error()).code()).isEqualTo("INVALID_CREDENTIALS");
    assertThat(Objects.requireNonNull(item.error()).message()).contains("não confere");
    assertThat(item.connector()).containsEntry("id", new BigDecimal("2"));
    assertThat(item.consentExpiresAt()).isEqualTo(Instant.parse("2027-11-28T10:00:00Z"));
    assertThat(item.nextAutoSyncAt()).isNull();
    assertThat(item.createdAt()).isEqualTo(made);
    assertThat(item.updatedAt()).isEqualTo(made);
    assertThat(item.lastUpdatedAt()).isNull();
    assertThat(item.webhookUrl()).isEqualTo("https://shop.example/hooks");
    assertThat(item.fields()).containsKey("future").containsEntry("lastUpdatedAt", "yesterday");
  }

  @Test
  void saysNothingOfThePersonByAccident() {
    assertThat(item(WHOLE))
        .hasToString("Item[id=3fa85f64-5717-4562-b3fc-2c963f66afa6, status=LOGIN_ERROR]");
    assertThat(item(WHOLE).error()).hasToString("ItemError[code=INVALID_CREDENTIALS]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"HIBERNATING", "updated", ""})
  void aStatusThatIsNotKnownSurvives(String status) {
    Item item = item("{\"id\":\"x\",\"status\":\"" + status + "\"}");
    assertThat(item.status()).isEqualTo(Item.Status.OTHER);
    assertThat(item.statusText()).isEqualTo(status);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"id\":\"x\"}",
        "{\"id\":\"x\",\"status\":null,\"error\":null,\"connector\":null,\"createdAt\":null}",
        "{\"id\":\"x\",\"status\":7,\"error\":\"no\",\"connector\":[],\"createdAt\":1,"
            + "\"clientUserId\":42,\"webhookUrl\":{}}"
      })
  void whatIsMissingOrOfAnotherTypeDoesNotMakeItUnreadable(String json) {
    Item item = item(json);
    assertThat(item.status()).isEqualTo(Item.Status.OTHER);
    assertThat(item.statusText()).isEmpty();
    assertThat(item.error()).isNull();
    assertThat(item.connector()).isEmpty();
    assertThat(item.createdAt()).isNull();
    assertThat(item.clientUserId()).isNull();
    assertThat(item.webhookUrl()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{\"id\":7}",
        "{\"id\":\"x\"} {}",
        "{\"id\":\"x\",\"clientUserId\":\"a\",\"clientUserId\":\"b\"}"
      })
  void whatIsNoItemIsNone(String json) {
    assertThat(Item.read(json)).isNull();
  }

  @Test
  void isReadAndDeleted() {
    String id = pluggy.addItem("user-42", "UPDATING");
    Item item = client.getItem(id);
    assertThat(item.id()).isEqualTo(id);
    assertThat(item.clientUserId()).isEqualTo("user-42");
    assertThat(item.status()).isEqualTo(Item.Status.UPDATING);
    client.deleteItem(id);
    assertThat(pluggy.hasItem(id)).isFalse();
    assertThat(Produced.failure(() -> client.getItem(id)))
        .isInstanceOfSatisfying(
            PluggyException.InvalidRequest.class, e -> assertThat(e.status()).hasValue(404))
        .hasMessage("GET /items/{id} was answered 404: item not found");
  }

  @Test
  void isReadAndDeletedWithoutHoldingAThread() {
    String id = pluggy.addItem(null);
    assertThat(client.getItemAsync(id).join().clientUserId()).isNull();
    client.deleteItemAsync(id).join();
    assertThat(pluggy.hasItem(id)).isFalse();
  }

  @Test
  void isDeletedOnceThoughTheAnswerIsLost() {
    String id = pluggy.addItem("user-42");
    pluggy.fail("/items/{id}", PluggyStandIn.Fault.ANSWER_LOST);
    client.deleteItem(id);
    assertThat(pluggy.hasItem(id)).isFalse();
    assertThat(pluggy.requests("/items/{id}")).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "../auth",
        "3fa85f64-5717-4562-b3fc-2c963f66afa6/../../auth",
        "1-1-1-1-1"
      })
  void anIdThatIsNoneIsNotSent(String id) {
    for (Throwable refusal :
        new Throwable[] {
          Produced.failure(() -> client.getItem(id)),
          Produced.failure(() -> client.getItemAsync(id)),
          Produced.failure(() -> client.deleteItem(id)),
          Produced.failure(() -> client.deleteItemAsync(id))
        }) {
      assertThat(refusal)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("itemId must be a UUID");
    }
    assertThat(pluggy.requests()).isEmpty();
  }
}
