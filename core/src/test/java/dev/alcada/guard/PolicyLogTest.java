package dev.alcada.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.OwnLog;
import dev.alcada.decision.Caller;
import dev.alcada.decision.ToolCall;
import dev.alcada.policy.Policy;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whoever puts a policy in force, the log says that it is, and all that is doubtful about it. */
class PolicyLogTest {
  private static final String RIGHT =
      "{\"version\": \"1\", \"default\": \"deny\", \"tools\": {\"search\": {}, \"pay\": {}}}";
  private static final String DOUBTFUL =
      "{\"version\": \"1\", \"default\": \"allow\", \"tools\": {\"pay\\u00a0\": {\"action\": \"deny\","
          + " \"rate_limit\": \"0/minute\"}}}";
  private static final ToolCall CALL = ToolCall.of("pay", Map.of(), Caller.grant("agent-7"));

  @Test
  void aGuardLogsItsPolicyOnce() throws Throwable {
    Policy policy = Policy.parse(RIGHT, "payments.yaml");

    List<String> log =
        OwnLog.of(
            () -> {
              ToolGuard guard = ToolGuard.builder(policy).build();
              guard.check(CALL);
              guard.check(CALL);
            });

    assertThat(log)
        .containsExactly(
            "[main] INFO dev.alcada.guard.ToolGuard - payments.yaml is in force: revision="
                + policy.revision().substring(0, 12)
                + " tools=2 warnings=0");
  }

  @Test
  void everyWarningIsLoggedBeforeIt() throws Throwable {
    Policy policy = Policy.parse(DOUBTFUL);

    List<String> log = OwnLog.of(() -> ToolGuard.builder(policy).build());

    assertThat(log).hasSize(policy.warnings().size() + 1).hasSize(4);
    assertThat(log.subList(0, 3))
        .allMatch(line -> line.contains(" WARN dev.alcada.guard.ToolGuard - The policy: /tools/"))
        .anyMatch(line -> line.contains("(line 1, column") && line.contains("\\u00a0"))
        .noneMatch(line -> line.contains("\u00a0"));
    assertThat(log.get(3)).contains(" INFO ").endsWith(" tools=1 warnings=3");
  }

  @Test
  void aReplacementIsLoggedLikeAStart() throws Throwable {
    Policy replacement = Policy.parse(DOUBTFUL, "watched.json");
    OwnLog.of(
        () -> {
          ToolGuard guard = ToolGuard.builder(Policy.parse(RIGHT)).build();
          List<String> log = OwnLog.of(() -> guard.replacePolicy(replacement));

          assertThat(log).hasSize(4);
          assertThat(log).allMatch(line -> line.contains(" - watched.json"));
        });
  }

  @Test
  void thePoliciesOfASourceAreLoggedOnceEach() throws Throwable {
    Policy policy = Policy.parse(DOUBTFUL);
    ToolGuard guard = ToolGuard.builder(caller -> Policy.parse(DOUBTFUL)).build();
    ToolGuard another = ToolGuard.builder(caller -> policy).build();

    assertThat(
            OwnLog.of(
                () -> {
                  guard.check(CALL);
                  guard.check(CALL);
                }))
        .hasSize(4);
    assertThat(OwnLog.of(() -> another.check(CALL))).hasSize(4);
    assertThat(OwnLog.of(() -> another.check(CALL))).isEmpty();
  }
}
