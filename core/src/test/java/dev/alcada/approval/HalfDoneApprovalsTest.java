package dev.alcada.approval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.counter.memory.Faults;
import dev.alcada.counter.memory.FaultyRoom;
import dev.alcada.decision.AskingRule;
import dev.alcada.decision.Caller;
import dev.alcada.testing.ManualTime;
import dev.alcada.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Requests that are added, answered, used, looked for and that expire, while some of these steps
 * end within the store: such a step has not been made, and all others are as in a store in which
 * none ends.
 */
@Timeout(120)
class HalfDoneApprovalsTest {
  private static final String ROOM = InMemoryApprovalStore.class.getName();
  private static final int STEPS = 3_000;
  private static final ApprovalStore.Bounds BOUNDS =
      new ApprovalStore.Bounds(8, 16, 1_000_000, 1_000_000);
  private static final List<AskingRule> ASKS =
      List.of(new AskingRule("/tools/pay/action", "/tools/pay/action", "Ask first", "{}"));

  private final ManualTime time = new ManualTime();
  private final ApprovalStore store = faulty(time);
  private final ApprovalStore model = InMemoryApprovalStore.create(time);
  private final List<ApprovalRequest> made = new ArrayList<>();
  private final Set<ApprovalState> met = EnumSet.noneOf(ApprovalState.class);
  private int struck;

  private static ApprovalStore faulty(TimeSource time) {
    try {
      return (ApprovalStore)
          FaultyRoom.of(name -> name.startsWith(ROOM) && !name.endsWith("Test"), name -> true)
              .loadClass(ROOM)
              .getMethod("create", TimeSource.class)
              .invoke(null, time);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"STACK_ONCE", "STACK", "MEMORY"})
  void aStepThatEndsHasNotBeenMade(Faults.Kind kind) {
    Random random = new Random(5);
    for (int step = 0; step < STEPS; step++) {
      time.advance(Duration.ofSeconds(random.nextInt(40)));
      ApprovalRequest request = next(random, step);
      int at = random.nextBoolean() ? 1 + random.nextInt(40) : Integer.MAX_VALUE;
      Function<ApprovalStore, CompletionStage<?>> operation =
          request.version() == 1 ? one -> one.add(request, BOUNDS) : one -> one.replace(request);
      Object[] answer = new Object[1];
      if (Faults.strikes(kind, at, () -> answer[0] = answered(operation.apply(store)))) {
        struck++;
      } else {
        assertThat(answer[0]).as("step %s", step).isEqualTo(answered(operation.apply(model)));
        met.add(request.state());
      }
      compare();
    }
    assertThat(struck).as("steps that ended").isGreaterThan(STEPS / 8);
    assertThat(met).contains(ApprovalState.PENDING, ApprovalState.APPROVED);
  }

  /** {@return a new request, or the next state of one that the model has} */
  private ApprovalRequest next(Random random, int step) {
    ApprovalRequest known =
        made.isEmpty() || random.nextInt(3) == 0
            ? null
            : (ApprovalRequest) answered(model.get(lately(random).id()));
    if (known != null) {
      met.add(known.at(time.instant()).state());
      ApprovalRequest next = changed(known, random);
      if (next != null) {
        return next;
      }
    }
    ApprovalRequest fresh =
        ApprovalRequest.builder(
                "id-" + step,
                "binding-" + random.nextInt(8),
                "pay",
                Caller.grant("agent-" + random.nextInt(3)),
                ASKS)
            .pending(time.instant(), Duration.ofMinutes(5), Duration.ofMinutes(5));
    made.add(fresh);
    return fresh;
  }

  private ApprovalRequest lately(Random random) {
    int some = Math.min(12, made.size());
    return made.get(made.size() - some + random.nextInt(some));
  }

  private @Nullable ApprovalRequest changed(ApprovalRequest known, Random random) {
    return switch (known.at(time.instant()).state()) {
      case PENDING ->
          known.answered(
              random.nextInt(4) == 0 ? Answer.deny("ana") : Answer.approve("ana"), time.instant());
      case APPROVED -> known.claimed();
      case IN_USE -> random.nextBoolean() ? known.spent() : known.givenBack();
      case DENIED, SPENT, CANCELLED, EXPIRED -> null;
    };
  }

  private void compare() {
    assertThat(answered(store.pending())).isEqualTo(answered(model.pending()));
    for (int binding = 0; binding < 8; binding++) {
      assertThat(answered(store.find("binding-" + binding)))
          .isEqualTo(answered(model.find("binding-" + binding)));
    }
    for (ApprovalRequest request : made.subList(Math.max(0, made.size() - 10), made.size())) {
      assertThat(answered(store.get(request.id()))).isEqualTo(answered(model.get(request.id())));
    }
  }

  private static @Nullable Object answered(CompletionStage<?> stage) {
    return stage.toCompletableFuture().join();
  }
}
