package dev.alcada.decision;

import dev.alcada.counter.Charge;
import dev.alcada.counter.Usage;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * A limit of a policy and what a call, or a caller, would charge it, for a guard to ask a store
 * about. Immutable.
 */
public final class LimitTrace {
  private final String rule;
  private final Charge.Amount charge;
  private final boolean told;

  LimitTrace(String rule, Charge.Amount charge, boolean told) {
    this.rule = rule;
    this.charge = charge;
    this.told = told;
  }

  /** {@return what a store is to be asked about} */
  public Charge charge() {
    return charge;
  }

  /**
   * Returns what is left of the limit.
   *
   * @param usage what the store has said of {@link #charge}, or {@code null} if nothing
   */
  public LimitUsage with(@Nullable Usage usage) {
    return new LimitUsage(
        rule,
        charge.key().counter().name(),
        charge.key().counter().scope(),
        charge.key().counter().window(),
        decimal(charge.max()),
        told ? decimal(charge.amount()) : null,
        usage == null ? null : decimal(usage.used()),
        usage == null ? null : usage.nextLeaves());
  }

  private BigDecimal decimal(long units) {
    return LimitUsage.plain(BigDecimal.valueOf(units, charge.decimals()));
  }
}
