package dev.alcada.guard;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.alcada.approval.ApprovalRequest;
import dev.alcada.approval.ApprovalState;
import dev.alcada.counter.Ended;
import dev.alcada.decision.AskingRule;
import dev.alcada.decision.Caller;
import dev.alcada.decision.Decision;
import dev.alcada.decision.Quorum;
import dev.alcada.decision.ToolCall;
import dev.alcada.policy.ApprovalTerms;
import dev.alcada.testing.ManualTime;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the life cycle to the table in {@code docs/approvals.md}, cell by cell. */
class ApprovalStateTableTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final ApprovalTerms TIMES = ApprovalTerms.of(MINUTE, MINUTE);
  private static final List<AskingRule> ASKS =
      List.of(new AskingRule("/rule", "/location", "Ask first.", "{}"));
  private static final ToolCall CALL =
      ToolCall.of("transfer", Map.of("amount", 5), Caller.grant("agent-7"));

  private final ManualTime time = new ManualTime();
  private final Approvals approvals = Approvals.builder().timeSource(time).build();
  private @Nullable ApprovalClaim claim;

  static List<Arguments> cells() throws Exception {
    List<String> lines =
        Files.readAllLines(Path.of("docs/approvals.md")).stream()
            .dropWhile(line -> !line.contains("ApprovalStateTableTest reads this table"))
            .skip(1)
            .takeWhile(line -> line.startsWith("|"))
            .toList();
    List<String> events = fields(lines.get(0));
    List<Arguments> cells = new ArrayList<>();
    for (String line : lines.subList(2, lines.size())) {
      List<String> row = fields(line);
      for (int i = 1; i < events.size(); i++) {
        cells.add(arguments(row.get(0).replace("`", ""), events.get(i), row.get(i)));
      }
    }
    return cells;
  }

  private static List<String> fields(String line) {
    return Arrays.stream(line.substring(1).split("\\|")).map(String::strip).toList();
  }

  @Test
  void theTableHasARowForEachStateAndEightEvents() throws Exception {
    Stream<Object> states = cells().stream().map(cell -> cell.get()[0]);

    assertThat(cells()).hasSize(7 * 8);
    assertThat(states)
        .containsOnly(Arrays.stream(ApprovalState.values()).map(Object::toString).toArray());
  }

  @ParameterizedTest(name = "{0}, {1}: {2}")
  @MethodSource("cells")
  void theCellHolds(String stateName, String event, String cell) {
    ApprovalRequest request = in(ApprovalState.valueOf(stateName.toUpperCase(Locale.ROOT)));

    switch (event) {
      case "same call" -> sameCall(request, cell);
      case "approve" -> answer(request, cell, () -> approvals.approve(request.id(), "ana", null));
      case "deny" -> answer(request, cell, () -> approvals.deny(request.id(), "ana", null));
      case "cancel" -> answer(request, cell, () -> approvals.cancel(request.id()));
      case "claim" -> {
        ApprovalClaim got = approvals.claim(request, asking -> {}).join();
        assertThat(got == null).isEqualTo(cell.equals("refused"));
        assertState(request, cell);
      }
      case "run did nothing" -> settle(request, cell, true);
      case "run ended otherwise" -> settle(request, cell, false);
      case "time passes" -> {
        time.advance(MINUTE.multipliedBy(3));
        assertState(request, cell);
      }
      default -> throw new AssertionError("no such event: " + event);
    }
  }

  private void sameCall(ApprovalRequest request, String cell) {
    Standing asked = approvals.ask(CALL, ASKS, TIMES, Quorum.ONE, Set.of()).join();
    Decision decision = asked instanceof Standing.Answered answered ? answered.decision() : null;

    switch (cell) {
      case "runs once claimed" -> {
        assertThat(asked).isInstanceOf(Standing.Approved.class);
        assertThat(((Standing.Approved) asked).request().id()).isEqualTo(request.id());
      }
      case "the same request" ->
          assertThat(((Decision.ApprovalRequired) requireNonNull(decision)).approvalId())
              .isEqualTo(request.id());
      case "a new request" -> {
        String id = ((Decision.ApprovalRequired) requireNonNull(decision)).approvalId();
        assertThat(id).isNotNull().isNotEqualTo(request.id());
        assertThat(approvals.pending()).extracting(ApprovalRequest::id).containsExactly(id);
      }
      default ->
          assertThat(cell)
              .isEqualTo("denied, `%s`", ((Decision.Denied) requireNonNull(decision)).code());
    }
    assertThat(state(request)).isEqualTo(request.state());
  }

  private void answer(ApprovalRequest request, String cell, ThrowingCallable answer) {
    if (cell.equals("refused")) {
      assertThatThrownBy(answer)
          .isInstanceOfSatisfying(
              ApprovalException.class, e -> assertThat(e.state()).isEqualTo(request.state()))
          .hasMessageContaining("is " + request.state());
    } else {
      assertThat(catchNothing(answer)).isNull();
    }
    assertState(request, cell);
  }

  private void settle(ApprovalRequest request, String cell, boolean nothingDone) {
    if (cell.equals("cannot be")) {
      assertThat(claim).isNull();
      assertThat(approvals.claim(request, asking -> {}).join()).isNull();
      return;
    }
    ApprovalClaim settled = requireNonNull(claim, "a claim that led here");
    if (nothingDone) {
      settled.settle(Ended.NOT_DONE);
    } else {
      settled.settle(Ended.DONE);
    }
    assertState(request, cell);
  }

  private void assertState(ApprovalRequest before, String cell) {
    Matcher next = Pattern.compile("→ `(\\w+)`").matcher(cell);
    if (next.matches()) {
      assertThat(state(before)).hasToString(next.group(1));
    } else {
      assertThat(cell).isIn("refused", "no effect");
      assertThat(state(before)).isEqualTo(before.state());
    }
  }

  private ApprovalState state(ApprovalRequest request) {
    return requireNonNull(approvals.get(request.id())).state();
  }

  private static @Nullable Throwable catchNothing(ThrowingCallable answer) {
    try {
      answer.call();
      return null;
    } catch (Throwable e) {
      return e;
    }
  }

  /** Brings a request into a state by what a host and a guard can do. */
  private ApprovalRequest in(ApprovalState state) {
    Standing asked = approvals.ask(CALL, ASKS, TIMES, Quorum.ONE, Set.of()).join();
    var required = (Decision.ApprovalRequired) ((Standing.Answered) asked).decision();
    String id = requireNonNull(required.approvalId());
    switch (state) {
      case PENDING -> {}
      case APPROVED -> {
        claim(id).settle(Ended.NOT_DONE);
      }
      case IN_USE -> claim(id);
      case SPENT -> claim(id).settle(Ended.DONE);
      case DENIED -> approvals.deny(id, "ana", "no");
      case CANCELLED -> {
        claim(id);
        approvals.cancel(id);
      }
      case EXPIRED -> {
        claim(id);
        time.advance(MINUTE);
        requireNonNull(claim).settle(Ended.NOT_DONE);
      }
    }
    ApprovalRequest request = requireNonNull(approvals.get(id));
    assertThat(request.state()).isEqualTo(state);
    return request;
  }

  private ApprovalClaim claim(String id) {
    ApprovalClaim claimed =
        requireNonNull(approvals.claim(approvals.approve(id, "ana", null), asking -> {}).join());
    claim = claimed;
    return claimed;
  }
}
