package dev.alcada.decision;

import dev.alcada.time.Window;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is left of a limit. The value counted by is left out: it may be an argument's.
 *
 * @param rule the limit's rule, such as {@code /tools/create_charge/limits/daily}
 * @param counter the counter's name
 * @param scope what it counts by, such as {@code grant} or {@code args.customer}
 * @param window the span of time it looks back on
 * @param max the most it may hold
 * @param amount what the call would add, or {@code null} if no call is asked about, or it is a
 *     value of the call and those were not asked for
 * @param used what it holds, or {@code null} if the store has not said
 * @param nextLeaves how long until the next amount stops counting, or {@code null} if nothing
 *     counts or it is not known
 */
public record LimitUsage(
    String rule,
    String counter,
    String scope,
    Window window,
    BigDecimal max,
    @Nullable BigDecimal amount,
    @Nullable BigDecimal used,
    @Nullable Duration nextLeaves) {

  /** {@return what is left, at least 0, or {@code null} if the store has not said} */
  public @Nullable BigDecimal left() {
    return used == null ? null : max.subtract(used).max(BigDecimal.ZERO);
  }

  /**
   * Returns this as JSON's values: {@code rule}, {@code counter}, {@code windowSeconds}, {@code
   * max}, and where known {@code used}, {@code left} and {@code nextLeavesSeconds}, rounded up.
   */
  public Map<String, Object> metadata() {
    Map<String, Object> said = new LinkedHashMap<>();
    said.put("rule", rule);
    said.put("counter", counter);
    said.put("windowSeconds", plain(BigDecimal.valueOf(window.length().toMillis(), 3)));
    said.put("max", max);
    BigDecimal left = left();
    if (used != null && left != null) {
      said.put("used", used);
      said.put("left", left);
    }
    if (nextLeaves != null) {
      said.put("nextLeavesSeconds", seconds(nextLeaves));
    }
    return said;
  }

  static BigDecimal plain(BigDecimal number) {
    BigDecimal exact = number.stripTrailingZeros();
    return exact.scale() < 0 ? exact.setScale(0) : exact;
  }

  static long seconds(Duration wait) {
    return wait.toSeconds() + (wait.toNanosPart() == 0 ? 0 : 1);
  }
}
