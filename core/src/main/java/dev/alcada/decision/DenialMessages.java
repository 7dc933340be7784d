package dev.alcada.decision;

import dev.alcada.internal.value.AmountScale;
import dev.alcada.internal.value.CanonicalJson;
import dev.alcada.internal.value.Decimals;
import dev.alcada.internal.value.UnwritableException;
import dev.alcada.policy.Condition;
import dev.alcada.policy.Conditions;
import dev.alcada.policy.ValuePath;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the agent is told of a rule where the document says nothing: the cause, and what to do.
 * Never a value of the call.
 */
final class DenialMessages {
  static final String ACTION = "The policy denies every call of this tool. Use another tool.";
  static final String ASK = "The policy wants a person to approve every call of this tool.";

  /** As much of a rule's own value as is told. */
  private static final int LONGEST = 100;

  private DenialMessages() {}

  /** {@return the document's own text, and how long to wait where that helps} */
  static String withWait(String told, @Nullable Duration wait) {
    return wait == null
        ? told
        : told
            + (told.endsWith(" ") ? "" : " ")
            + "Wait "
            + wait.toSeconds()
            + " s, then call again.";
  }

  /** {@return the document's own text, or {@code null} if it has none, or one that says nothing} */
  static @Nullable String told(@Nullable String text) {
    return text == null || text.isBlank() ? null : text;
  }

  static String unjudged(PredicatePlan.Use use, Condition condition, Expressions expressions) {
    String path = condition.path().toString();
    ValuePath.Root root = condition.path().root();
    boolean ofAgent = root == ValuePath.Root.ARGS;
    boolean asks = use == PredicatePlan.Use.APPROVE_IF;
    String cause =
        (ofAgent ? (asks ? "argument " : "Argument ") : "")
            + path
            + " could not be judged: expected "
            + expected(condition, expressions)
            + switch (root) {
              case ARGS -> ", given once and under exactly that name.";
              case CONTEXT, SESSION, CLIENT -> ", supplied by the host.";
              case GRANT, TOOL -> ".";
            };
    return asks
        ? "The policy wants a person to approve this call because " + cause
        : cause + (ofAgent ? " Correct the argument and call again." : " Tell the operator.");
  }

  /**
   * Returns what a predicate that decided says.
   *
   * @param missing whether the deciding condition's value is not in the call
   */
  static String decided(
      PredicatePlan.Use use, Conditions predicate, int condition, boolean missing) {
    String name = predicate.name();
    String what =
        predicate.conditions().isEmpty()
            ? "a rule without conditions"
            : rule(predicate.conditions().get(condition));
    String named =
        name == null
            ? what
            : "\"" + name + "\"" + (predicate.conditions().isEmpty() ? "" : " (" + what + ")");
    return switch (use) {
      case REQUIRE ->
          missing
              ? predicate.conditions().get(condition).path()
                  + " is missing, and the policy requires "
                  + named
                  + ". Give it and call again, or ask the operator."
              : "The policy requires " + named + ". Change the call, or ask the operator.";
      case DENY_IF ->
          "The policy denies this call because of "
              + named
              + ". Change the call, or ask the operator.";
      case APPROVE_IF -> "The policy wants a person to approve this call because of " + named + ".";
    };
  }

  /** {@return a condition in the document's own words, its value cut short} */
  private static String rule(Condition condition) {
    String value;
    try {
      value = CanonicalJson.write(condition.value(), Integer.MAX_VALUE);
    } catch (UnwritableException e) {
      value = "…";
    }
    return condition.path()
        + " "
        + condition.op().text()
        + " "
        + (value.length() > LONGEST ? value.substring(0, LONGEST) + "…" : value);
  }

  private static String expected(Condition condition, Expressions expressions) {
    return switch (condition.op()) {
      case EQ, NEQ -> kind(condition.value());
      case IN, NOT_IN -> kindOfAll(condition.value());
      case LT, LTE, GT, GTE -> "a number";
      case REGEX ->
          String.format(
              Locale.ROOT,
              "text of at most %,d characters",
              expressions.of(condition).longestText());
      case CONTAINS -> condition.value() instanceof String ? "text or a list" : "a list";
      case EXISTS -> "a value that JSON has";
    };
  }

  private static String kindOfAll(@Nullable Object list) {
    List<String> kinds =
        list instanceof List<?> values
            ? values.stream().map(DenialMessages::kind).distinct().toList()
            : List.of();
    return kinds.size() == 1 ? kinds.get(0) : "a value of a type the policy lists";
  }

  private static String kind(@Nullable Object value) {
    if (value instanceof String) {
      return "text";
    }
    if (value instanceof BigDecimal) {
      return "a number";
    }
    if (value instanceof Boolean) {
      return "true or false";
    }
    if (value instanceof Map<?, ?>) {
      return "an object";
    }
    return value == null ? "null" : "a list";
  }

  static String limit(
      @Nullable String counter, String max, Duration window, @Nullable Duration wait) {
    return most(counter, max, window)
        + ", and that is used up. "
        + (wait == null
            ? "Change the call, or ask the operator."
            : "Wait " + wait.toSeconds() + " s, then call again.");
  }

  /** For a limit whose calls add different amounts: a smaller one may still fit. */
  static String limitForAmount(
      @Nullable String counter, String max, Duration window, @Nullable Duration wait) {
    return most(counter, max, window)
        + ", and too little of that is left for this call. "
        + (wait == null
            ? "Ask for less, or ask the operator."
            : "Ask for less, or wait " + wait.toSeconds() + " s and call again.");
  }

  static String limitNever(@Nullable String counter, String max, Duration window) {
    return most(counter, max, window)
        + ", and this call alone is more. Waiting does not help; ask for less.";
  }

  private static String most(@Nullable String counter, String max, Duration window) {
    return name(counter) + " allows at most " + max + " " + per(window);
  }

  static String tooManyKeys(@Nullable String counter) {
    return name(counter)
        + " counts as many separate values as it may, and this one is new. Try again later, or tell"
        + " the operator.";
  }

  static String scopeMissing(@Nullable String counter, ValuePath scope) {
    return name(counter)
        + " counts by "
        + scope
        + ", which must be text or a number. "
        + whoSupplies(scope);
  }

  static String amountInvalid(@Nullable String counter, ValuePath from, int decimals) {
    return name(counter)
        + " adds up "
        + from
        + ", which must be a number from 0 to "
        + Decimals.plain(BigDecimal.valueOf(AmountScale.MOST_UNITS, decimals))
        + " with at most "
        + decimals
        + " decimal places. "
        + whoSupplies(from);
  }

  private static String whoSupplies(ValuePath path) {
    return path.root() == ValuePath.Root.ARGS
        ? "Correct the argument and call again."
        : "The host supplies it; tell the operator.";
  }

  private static String name(@Nullable String counter) {
    return counter == null ? "The rate limit of this tool" : "The limit \"" + counter + "\"";
  }

  private static String per(Duration window) {
    Map<Duration, String> named =
        Map.of(
            Duration.ofSeconds(1), "a second",
            Duration.ofMinutes(1), "a minute",
            Duration.ofHours(1), "an hour",
            Duration.ofDays(1), "a day",
            Duration.ofDays(7), "a week");
    String name = named.get(window);
    return name != null
        ? name
        : "in "
            + BigDecimal.valueOf(window.toMillis(), 3).stripTrailingZeros().toPlainString()
            + " seconds";
  }
}
