package dev.alcada.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A caller is a value: what it is told makes another one, and equal ones are equal. */
class CallerTest {
  private static final Caller ANA = Caller.grant("ana");

  private static Caller full() {
    return ANA.withSession("s")
        .withClient("c")
        .withAttribute("tenant", "t")
        .withDetail("trace", 7)
        .withPerson("user", "ana.weiss");
  }

  @Test
  void whatIsSetIsReadBackAndLeavesTheFirstAsItWas() {
    assertThat(full().grant()).isEqualTo("ana");
    assertThat(full().session()).isEqualTo("s");
    assertThat(full().client()).isEqualTo("c");
    assertThat(full().attributes())
        .isEqualTo(Map.of("tenant", "t", "trace", 7, "user", "ana.weiss"));
    assertThat(full().details()).containsExactly("trace");
    assertThat(full().persons()).containsExactly("user");

    assertThat(ANA.attributes()).isEmpty();
    assertThat(ANA.session()).isNull();
  }

  @Test
  void callersOfWhomTheHostKnowsTheSameAreEqual() {
    assertThat(full()).isEqualTo(full()).hasSameHashCodeAs(full());
    assertThat(ANA.withAttribute("a", 1).withAttribute("b", 2))
        .isEqualTo(ANA.withAttribute("b", 2).withAttribute("a", 1));
    List<UnaryOperator<Caller>> changes =
        List.of(
            caller -> Caller.grant("bruno"),
            caller -> caller.withSession("other"),
            caller -> caller.withClient("other"),
            caller -> caller.withAttribute("tenant", "other"),
            caller -> caller.withAttribute("more", null),
            caller -> caller.withAttribute("trace", 7),
            caller -> caller.withDetail("tenant", "t"),
            caller -> caller.withAttribute("user", "ana.weiss"),
            caller -> caller.withPerson("tenant", "t"),
            caller -> caller.withAttribute("large", "x".repeat(5 << 20)));
    for (UnaryOperator<Caller> change : changes) {
      assertThat(change.apply(full())).isNotEqualTo(full());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tenant", "trace", "user"})
  void anAttributeIsMarkedAsItWasSetLast(String name) {
    assertThat(full().withAttribute(name, "x").details()).doesNotContain(name);
    assertThat(full().withAttribute(name, "x").persons()).doesNotContain(name);
    assertThat(full().withDetail(name, "x").details()).contains(name);
    assertThat(full().withDetail(name, "x").persons()).doesNotContain(name);
    assertThat(full().withPerson(name, "x").details()).doesNotContain(name);
    assertThat(full().withPerson(name, "x").persons()).contains(name);
    assertThat(full().withPerson(name, "x").attributes()).containsEntry(name, "x").hasSize(3);
  }

  @Test
  void anAttributeThatIsTooLargeChangesNoMark() {
    Caller caller = full().withDetail("tenant", "x".repeat(5 << 20));

    assertThat(caller.attributes()).isEqualTo(full().attributes());
    assertThat(caller.details()).containsExactly("trace");
    assertThat(caller).isNotEqualTo(full());
  }

  @Test
  void nobodyChangesACaller() {
    assertThatThrownBy(() -> full().details().add("x"))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> full().persons().clear())
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> full().attributes().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  @SuppressWarnings("NullAway")
  void aNameIsNeverNull() {
    assertThatNullPointerException().isThrownBy(() -> ANA.withAttribute(null, 1));
    assertThatNullPointerException().isThrownBy(() -> ANA.withDetail(null, 1));
    assertThatNullPointerException().isThrownBy(() -> ANA.withPerson(null, "x"));
    assertThatNullPointerException().isThrownBy(() -> ANA.withPerson("user", null));
    assertThatNullPointerException().isThrownBy(() -> ANA.withSession(null));
    assertThatNullPointerException().isThrownBy(() -> ANA.withClient(null));
  }

  @Test
  void aDetailIsReadByPoliciesAsEveryAttributeIs() {
    ToolCall call = ToolCall.of("t", Map.of(), full().withDetail("roles", List.of("clerk")));

    assertThat(call.caller().attributes())
        .containsEntry("roles", List.of("clerk"))
        .doesNotContainEntry("roles", Collections.emptyList());
  }
}
