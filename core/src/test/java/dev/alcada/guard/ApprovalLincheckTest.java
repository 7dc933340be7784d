package dev.alcada.guard;

import dev.alcada.approval.Answer;
import dev.alcada.approval.ApprovalRequest;
import dev.alcada.approval.ApprovalState;
import dev.alcada.approval.ApprovalStore;
import dev.alcada.approval.InMemoryApprovalStore;
import dev.alcada.decision.AskingRule;
import dev.alcada.decision.Caller;
import dev.alcada.testing.ManualTime;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Answers, claims and the end of time on one request act as if one came after the other. */
@Tag("any-jvm")
public class ApprovalLincheckTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final ManualTime time = new ManualTime();
  private final InMemoryApprovalStore store = InMemoryApprovalStore.create(time);
  private final Lifecycle lifecycle =
      new Lifecycle(store, time, Runnable::run, (request, answer) -> true);

  /** Makes the one request. */
  public ApprovalLincheckTest() {
    add("first");
  }

  @Operation
  public String approve() {
    return answer(true);
  }

  @Operation
  public String deny() {
    return answer(false);
  }

  @Operation
  public String cancel() {
    try {
      return joined(lifecycle.cancel("first")).state().name();
    } catch (ApprovalException e) {
      return "is " + e.state();
    }
  }

  /** Claims as a guard does, and tries again what was lost to another change. */
  @Operation
  public String claim() {
    while (true) {
      ApprovalRequest request = Objects.requireNonNull(lifecycle.get("first").join());
      if (request.state() != ApprovalState.APPROVED) {
        return "is " + request.state();
      }
      if (lifecycle.claim(request).join() != null) {
        return "claimed";
      }
    }
  }

  @Operation
  public void spend() {
    ApprovalRequest request = Objects.requireNonNull(lifecycle.get("first").join());
    if (request.state() == ApprovalState.IN_USE) {
      lifecycle.settle(request, false).join();
    }
  }

  @Operation
  public String callAgain() {
    return add("second");
  }

  @Operation
  public void expire() {
    time.advance(MINUTE.multipliedBy(2));
  }

  @Test
  void isLinearizableUnderModelChecking() {
    new ModelCheckingOptions()
        .iterations(5)
        .invocationsPerIteration(60)
        .threads(3)
        .actorsPerThread(2)
        .check(getClass());
  }

  @Test
  void isLinearizableUnderStress() {
    new StressOptions()
        .iterations(8)
        .invocationsPerIteration(300)
        .threads(3)
        .actorsPerThread(2)
        .check(getClass());
  }

  private String answer(boolean yes) {
    try {
      return joined(lifecycle.answer("first", yes ? Answer.approve("ana") : Answer.deny("ana")))
          .state()
          .name();
    } catch (ApprovalException e) {
      return "is " + e.state();
    }
  }

  private static ApprovalRequest joined(CompletableFuture<ApprovalRequest> stage) {
    try {
      return stage.join();
    } catch (CompletionException e) {
      throw (RuntimeException) Objects.requireNonNull(e.getCause());
    }
  }

  private String add(String id) {
    ApprovalRequest request =
        ApprovalRequest.builder(
                id,
                "binding",
                "pay",
                Caller.grant("agent-7"),
                List.of(new AskingRule("/rule", "/location", "Ask.", "{}")))
            .pending(ManualTime.START, MINUTE, MINUTE);
    ApprovalStore.Added added =
        store
            .add(request, new ApprovalStore.Bounds(10, 10, Long.MAX_VALUE, Long.MAX_VALUE))
            .toCompletableFuture()
            .join();
    ApprovalRequest found =
        added instanceof ApprovalStore.Added.Holds holds
            ? holds.request()
            : added instanceof ApprovalStore.Added.Yes ? request : null;
    return describe(found);
  }

  private static String describe(@Nullable ApprovalRequest found) {
    return found == null ? "none" : found.id() + " is " + found.state();
  }
}
