package dev.alcada.decision;

import dev.alcada.counter.Ended;
import dev.alcada.counter.Refusal;
import dev.alcada.internal.value.AmountScale;
import dev.alcada.internal.value.CanonicalJson;
import dev.alcada.internal.value.Decimals;
import dev.alcada.internal.value.UnwritableException;
import dev.alcada.policy.Condition;
import dev.alcada.policy.Conditions;
import dev.alcada.policy.Limit;
import dev.alcada.policy.ValuePath;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
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
    if (condition.valueFrom() != null || condition.path().root() == ValuePath.Root.MARKS) {
      String cause =
          condition.valueFrom() != null
              ? pair(condition, condition.valueFrom())
              : path
                  + " could not be looked up: a value that it goes by is missing, or no text or number.";
      return use == PredicatePlan.Use.APPROVE_IF
          ? "The policy wants a person to approve this call because " + cause
          : cause + " Correct the call, or tell the operator.";
    }
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
              case GRANT, TOOL, TIME, MARKS, RESULT, CALL -> ".";
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
    if (condition.valueFrom() != null) {
      return condition.path() + " " + condition.op().text() + " " + condition.valueFrom();
    }
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

  private static String pair(Condition condition, ValuePath other) {
    boolean host = other.root() != ValuePath.Root.ARGS && other.root() != ValuePath.Root.TIME;
    return rule(condition)
        + " could not be judged: expected "
        + switch (condition.op()) {
          case LT, LTE, GT, GTE -> "two numbers";
          case IN, NOT_IN -> other + " to be a list of values of that type";
          default -> "two values of one type, neither of them null";
        }
        + (host ? ", " + other + " supplied by the host." : ".");
  }

  static String limitUnjudged(
      @Nullable String counter, Condition condition, Expressions expressions) {
    return name(counter)
        + " is for calls with "
        + rule(condition)
        + ", which could not be judged: expected "
        + (condition.valueFrom() != null
            ? "both to be there, and of one type"
            : expected(condition, expressions))
        + ". Correct the call, or tell the operator.";
  }

  /** For a limit that is for some calls, or on different values, or on what runs. */
  static String specialLimit(@Nullable String counter, Limit limit, @Nullable Duration wait) {
    String most = Decimals.plain(limit.max());
    String told =
        switch (limit.kind()) {
          case IN_FLIGHT ->
              name(counter) + " allows at most " + most + " at one time, and that is used up. ";
          case DISTINCT ->
              name(counter)
                  + " allows at most "
                  + most
                  + " different "
                  + paths(limit)
                  + " "
                  + per(limit.window().length())
                  + ", and this call would bring more. ";
          case AMOUNT ->
              limit.incrementFrom() == null
                  ? most(counter, most, limit.window().length()) + ", and that is used up. "
                  : most(counter, most, limit.window().length())
                      + ", and too little of that is left for this call. ";
        };
    return told
        + (limit.kind() == Limit.Kind.IN_FLIGHT
            ? "Call again when another call has ended."
            : wait == null
                ? "Change the call, or ask the operator."
                : "Wait " + wait.toSeconds() + " s, then call again.");
  }

  static String specialLimitNever(@Nullable String counter, Limit limit) {
    String most = Decimals.plain(limit.max());
    return limit.kind() == Limit.Kind.DISTINCT
        ? name(counter)
            + " allows at most "
            + most
            + " different "
            + paths(limit)
            + " "
            + per(limit.window().length())
            + ", and this call alone has more. Waiting does not help; give fewer."
        : name(counter)
            + " allows at most "
            + most
            + " at one time, and this call alone is more. Waiting does not help; ask for less.";
  }

  private static String paths(Limit limit) {
    return limit.distinct().stream().map(ValuePath::toString).collect(Collectors.joining(" and "));
  }

  static String onceMissing(ValuePath path) {
    return path.root() == ValuePath.Root.CALL
        ? "The policy lets the same call be made once, and these arguments could not be compared:"
            + " send what JSON has."
        : "The policy lets the same call be made once, and tells calls apart by "
            + path
            + ", which must be text or a number. Correct the argument and call again.";
  }

  static String onceTooManyKeys() {
    return "As many calls of this tool are remembered as may be, and this one is new. Try again"
        + " later, or tell the operator.";
  }

  static String duplicate(Duration window, Refusal.@Nullable Earlier earlier) {
    return "The same call was made"
        + (earlier == null ? " before" : " " + ago(earlier.ago()) + " ago")
        + (earlier == null
            ? ""
            : earlier.ended() == null
                ? " and still runs"
                : earlier.ended() == Ended.DONE
                    ? " and is done"
                    : " and failed: what it did is not known")
        + ", and the policy lets it be made once "
        + per(window)
        + ". Do not repeat it; if in doubt, ask the operator.";
  }

  private static String ago(Duration time) {
    long seconds = Math.max(0, time.toSeconds());
    return seconds < 120
        ? seconds + " s"
        : seconds < 7200 ? seconds / 60 + " min" : seconds / 3600 + " h";
  }

  static String markScopeMissing(String mark, ValuePath path) {
    return "The mark \""
        + mark
        + "\" that this call leaves goes by "
        + path
        + ", which must be text or a number. "
        + whoSupplies(path);
  }

  static String markTooManyKeys(String mark) {
    return "As many marks \""
        + mark
        + "\" are kept as may be, and this call would leave a new one. Try again later, or tell the"
        + " operator.";
  }

  private static String expected(Condition condition, Expressions expressions) {
    return switch (condition.op()) {
      case EQ, NEQ -> kind(condition.value());
      case IN, NOT_IN -> kindOfAll(condition.value());
      case LT, LTE, GT, GTE -> condition.value() instanceof String ? "a date" : "a number";
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

  static String scopeMissing(@Nullable String counter, ValuePath scope, boolean distinct) {
    return name(counter)
        + (distinct ? " counts different values of " : " counts by ")
        + (scope.root() == ValuePath.Root.CALL ? "the whole call" : scope)
        + (scope.root() == ValuePath.Root.CALL
            ? ", which must be what JSON has. "
            : ", which must be text or a number. ")
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
    return path.root() == ValuePath.Root.ARGS || path.root() == ValuePath.Root.CALL
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
