package dev.alcada.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alcada.decision.Caller;
import dev.alcada.decision.ToolCall;
import dev.alcada.policy.Policy;
import dev.alcada.testing.GovernedTools;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a server's tests can assert of its tools. */
class GovernedToolsTest {
  private final ToolGuard guard =
      ToolGuard.builder(
              Policy.parse(
                  "{\"version\": \"1\", \"default\": \"allow\", \"tools\": {\"refund\": {}}}"))
          .build();

  @Test
  void toolsThatTheirPolicyForgotAreNamed() {
    assertThatCode(() -> GovernedTools.assertCovered(guard, List.of("refund")))
        .doesNotThrowAnyException();
    assertThatThrownBy(
            () -> GovernedTools.assertCovered(guard, List.of("charge", "refund", "pay_out")))
        .isInstanceOf(AssertionError.class)
        .hasMessage(
            "The policy allows what it does not list, and no rule is for charge, pay_out: list"
                + " them, or let the default be to deny.");
  }

  @Test
  void toolsThatRunWithoutTheGuardAreNamedAndThePolicyIsPutBack() {
    Policy before = guard.policy();

    assertThatCode(() -> GovernedTools.assertBehind(guard, List.of("refund"), this::guarded))
        .doesNotThrowAnyException();
    assertThatThrownBy(
            () ->
                GovernedTools.assertBehind(
                    guard,
                    List.of("refund", "charge"),
                    tool -> tool.equals("charge") ? "" : guarded(tool)))
        .isInstanceOf(AssertionError.class)
        .hasMessage(
            "Not behind this guard, since it denied everything and they did not answer so: charge");
    assertThat(guard.policy()).isSameAs(before);
  }

  @Test
  void aDenialByAnotherGuardIsNotThisOnes() {
    ToolGuard other =
        ToolGuard.builder(Policy.parse("{\"version\": \"1\", \"default\": \"allow\"}")).build();

    assertThatThrownBy(() -> GovernedTools.assertBehind(other, List.of("charge"), this::guarded))
        .isInstanceOf(AssertionError.class)
        .hasMessageEndingWith(": charge");
  }

  @Test
  void aCallThatFailsProvesNothing() {
    Policy before = guard.policy();

    assertThatThrownBy(
            () ->
                GovernedTools.assertBehind(
                    guard,
                    List.of("refund"),
                    tool -> {
                      throw new IllegalStateException("no connection");
                    }))
        .isInstanceOf(AssertionError.class)
        .hasMessage("The call of refund failed, so it is not known who would have answered it")
        .hasRootCauseMessage("no connection");
    assertThat(guard.policy()).isSameAs(before);
  }

  @Test
  void noToolsAreNoProofEither() {
    assertThatThrownBy(() -> GovernedTools.assertCovered(guard, List.of()))
        .isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> GovernedTools.assertBehind(guard, List.of(), this::guarded))
        .isInstanceOf(AssertionError.class);
    assertThatThrownBy(
            () ->
                GovernedTools.assertBehind(
                    ToolGuard.builder(caller -> null).build(), List.of("refund"), this::guarded))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("PolicySource");
  }

  private String guarded(String tool) throws Exception {
    Outcome<String> outcome =
        guard.call(ToolCall.of(tool, Map.of(), Caller.grant("agent-7")), judged -> "ran");
    return outcome instanceof Outcome.Completed<String> done
        ? done.value()
        : outcome.decision().text();
  }
}
