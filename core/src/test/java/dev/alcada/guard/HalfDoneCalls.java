package dev.alcada.guard;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.OwnLog;
import dev.alcada.approval.ApprovalRequest;
import dev.alcada.approval.ApprovalState;
import dev.alcada.counter.memory.Faults;
import dev.alcada.decision.Caller;
import dev.alcada.decision.ToolCall;
import dev.alcada.policy.Policy;
import dev.alcada.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The calls of {@link HalfDoneCallTest}, which are made by classes that end when they are told. */
public final class HalfDoneCalls implements Callable<Integer> {
  private static final int MAX = 1_000_000;

  private final String scene;
  private final boolean async;
  private final Faults.Kind kind;
  private final ManualTime time = new ManualTime();
  private final Approvals approvals =
      Approvals.builder()
          .timeSource(time)
          .maxNewPerHour(MAX)
          .maxPerGrant(MAX)
          .maxInAll(MAX)
          .executor(Runnable::run)
          .build();
  private final List<ApprovalState> heard = new ArrayList<>();
  private final ToolGuard guard;
  private int paid;
  private int calls;

  public HalfDoneCalls(String scene, boolean async, String kind) {
    this.scene = scene;
    this.async = async;
    this.kind = Faults.Kind.valueOf(kind);
    String asks = asks() ? ", \"action\": \"require_approval\", \"reason\": \"Money moves.\"" : "";
    guard =
        ToolGuard.builder(
                Policy.parse(
                    """
                    {"version": "1", "default": "deny", "tools": {"pay": {"limits": [
                      {"counter": "paid", "window": "minute", "max": %d, "counts": "successes"}]%s}}}
                    """
                        .formatted(MAX, asks)))
            .approvals(approvals)
            .timeSource(time)
            .executor(Runnable::run)
            .listener(event -> {})
            .resultClassifier((call, result) -> "not paid".equals(result))
            .build();
    approvals.listen(request -> heard.add(request.state()));
  }

  private boolean asks() {
    return !scene.equals("limit") && !scene.equals("not done");
  }

  /** {@return at how many places the call ended} */
  @Override
  public Integer call() throws Exception {
    int[] struck = new int[1];
    try {
      List<String> log =
          OwnLog.of(
              () -> {
                once(100_000); // all classes have been used
                while (once(struck[0] + 1) > struck[0]) {
                  struck[0]++;
                }
              });
      assertThat(log).isNotNull();
    } catch (Exception | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
    assertThat(struck[0]).isGreaterThan(10);
    return struck[0];
  }

  /** {@return how many places a whole call passes, as far as it came} */
  private int once(int at) {
    calls++;
    String id = asks() && !scene.equals("asked") ? approved() : null;
    int before = paid;
    long counted = used();
    @Nullable Outcome<?>[] came = new @Nullable Outcome<?>[1];
    boolean[] stays = new boolean[1];
    boolean ended = Faults.strikes(kind, at, () -> came[0] = made(stays));
    int passed = Faults.passed();
    String place = scene + " " + kind + " at " + at + ": " + (ended ? "ended" : came[0]);
    boolean ran = paid > before;
    assertThat(stays[0]).as(place + ", and nobody is answered").isFalse();
    if (ran && came[0] instanceof Outcome.Denied) {
      assertThat(place).as("a call that ran is not denied").isEmpty();
    }
    long now = used() - counted;
    boolean notDone = scene.equals("not done");
    if (ran && !notDone) {
      assertThat(now).as(place).isEqualTo(1);
    } else if (ran) {
      assertThat(now).as(place).isBetween(0L, 1L);
    } else if (kind == Faults.Kind.DEPTH) {
      assertThat(now).as(place).isEqualTo(0);
    } else {
      assertThat(now).as(place).isBetween(0L, 1L);
    }
    if (id != null) {
      ApprovalState state = requireNonNull(approvals.get(id)).state();
      if (ran) {
        assertThat(state).as(place).isIn(ApprovalState.SPENT, ApprovalState.IN_USE);
      } else if (kind == Faults.Kind.DEPTH) {
        assertThat(state).as(place).isEqualTo(ApprovalState.APPROVED);
      } else {
        // Spent where the handler was to begin: nobody knows that it did not.
        assertThat(state)
            .as(place)
            .isIn(ApprovalState.APPROVED, ApprovalState.IN_USE, ApprovalState.SPENT);
      }
    }
    tidy();
    return passed;
  }

  private @Nullable Outcome<?> made(boolean[] stays) {
    ToolCall pay = ToolCall.of("pay", Map.of("n", calls), Caller.grant("agent-7"));
    try {
      if (!async) {
        return guard.call(pay, judged -> pay());
      }
      CompletableFuture<Outcome<String>> outcome =
          guard
              .callAsync(pay, judged -> CompletableFuture.completedFuture(pay()))
              .toCompletableFuture();
      stays[0] = !outcome.isDone();
      return stays[0] ? null : outcome.get(1, TimeUnit.MINUTES);
    } catch (ExecutionException e) {
      throw (Error) e.getCause();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private String pay() {
    paid++;
    return scene.equals("not done") ? "not paid" : "paid";
  }

  private String approved() {
    assertThat(made(new boolean[1])).isInstanceOf(Outcome.ApprovalRequired.class);
    String id = approvals.pending().get(0).id();
    heard.clear();
    approvals.approve(id, "ana", null);
    assertThat(heard).containsExactly(ApprovalState.APPROVED);
    return id;
  }

  /** What a listener has not heard of one request it hears of the next. */
  private void tidy() {
    for (ApprovalRequest request : approvals.pending()) {
      approvals.cancel(request.id());
    }
    time.advance(Duration.ofMinutes(11));
    heard.clear();
  }

  private long used() {
    return requireNonNull(guard.usage(Caller.grant("agent-7")).get(0).used()).longValueExact();
  }
}
