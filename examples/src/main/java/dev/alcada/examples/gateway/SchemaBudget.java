package dev.alcada.examples.gateway;

import com.networknt.schema.Error;
import com.networknt.schema.ExecutionConfig;
import com.networknt.schema.ExecutionContext;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What one check of arguments against a schema may cost. The validator tells its context of every
 * keyword it comes to, along every reference, so that here all its steps can be counted: a schema
 * of thirty definitions that each refer twice to the next would take a billion.
 */
final class SchemaBudget extends ExecutionContext {
  private static final long STEPS = 500_000;

  /** Kept until the end, so that they cost memory too. */
  private static final int STEPS_OF_AN_ERROR = 20;

  /** An instruction of a pattern at one character of a text is so much quicker than a step. */
  private static final long SEARCHED_A_STEP = 20;

  /** However slow the steps are: long ones are looked at from time to time. */
  private static final long LONGEST_NANOS = 5_000_000_000L;

  private static final int LOOKED_AT = 256;

  // The validator gives a pattern no context.
  private static final ThreadLocal<@Nullable SchemaBudget> CURRENT = new ThreadLocal<>();

  private final long start = System.nanoTime();
  private long steps;

  SchemaBudget() {
    super(ExecutionConfig.builder().locale(Locale.ENGLISH).formatAssertionsEnabled(false).build());
  }

  /** The check has cost what it may. */
  static final class SpentException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SpentException() {
      super("the budget is spent", null, false, false);
    }
  }

  /** Runs a check, within which the patterns' costs are its own. */
  <R> R spend(Supplier<R> check) {
    CURRENT.set(this);
    try {
      return check.get();
    } finally {
      CURRENT.remove();
    }
  }

  /** Takes what it costs to search a text with a pattern of so many instructions. */
  static void takeSearch(int length, int instructions) {
    SchemaBudget current = CURRENT.get();
    if (current != null) {
      current.take(1 + (long) length * instructions / SEARCHED_A_STEP);
    }
  }

  private void take(long more) {
    long before = steps;
    steps += more;
    if (steps > STEPS
        || (before / LOOKED_AT != steps / LOOKED_AT && System.nanoTime() - start > LONGEST_NANOS)) {
      throw new SpentException();
    }
  }

  @Override
  public void evaluationPathAddLast(String keyword) {
    take(1);
    super.evaluationPathAddLast(keyword);
  }

  @Override
  public void evaluationPathAddLast(int index) {
    take(1);
    super.evaluationPathAddLast(index);
  }

  @Override
  public void addError(Error error) {
    take(STEPS_OF_AN_ERROR);
    super.addError(error);
  }
}
