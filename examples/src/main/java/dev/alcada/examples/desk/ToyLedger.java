package dev.alcada.examples.desk;

import dev.alcada.guard.NotDoneException;
import java.math.BigDecimal;
import java.util.Map;
import java.util.TreeMap;

/** Accounts and what is on them, in memory. Thread-safe. */
final class ToyLedger {
  // Guarded by this.
  private final Map<String, BigDecimal> balances = new TreeMap<>();

  ToyLedger(Map<String, BigDecimal> balances) {
    this.balances.putAll(balances);
  }

  /** Moves money, or throws {@link NotDoneException} and moves none. */
  synchronized String transfer(String from, String to, BigDecimal amount) {
    BigDecimal source = balances.get(from);
    if (source == null || !balances.containsKey(to) || from.equals(to)) {
      throw new NotDoneException("both accounts must exist, and not be the same");
    }
    if (amount.signum() <= 0 || source.compareTo(amount) < 0) {
      throw new NotDoneException("the account does not hold that much");
    }
    balances.put(from, source.subtract(amount));
    balances.merge(to, amount, BigDecimal::add);
    return "moved " + amount.toPlainString() + " from " + from + " to " + to;
  }

  synchronized BigDecimal balance(String account) {
    return balances.getOrDefault(account, BigDecimal.ZERO);
  }

  @Override
  public synchronized String toString() {
    return balances.toString();
  }
}
