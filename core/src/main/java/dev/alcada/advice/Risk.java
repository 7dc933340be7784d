package dev.alcada.advice;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a tool does, how much harm it can do, and what that is concluded from. Immutable and safe
 * for use by several threads.
 */
public final class Risk {

  /** What a tool does, the least grave first. */
  public enum Category {
    /** Changes nothing. */
    READ,
    /** Creates or changes what can be put right again; sends messages; hands out credentials. */
    WRITE,
    /** Runs code, commands or queries, or starts, stops and drives what runs. */
    EXECUTE,
    /** Takes away what does not come back. */
    DESTRUCTIVE,
    /** Moves money, or commits somebody to move it. */
    FINANCIAL;

    /** {@return the category as documents spell it} */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How much harm a tool can do, the least first. */
  public enum Severity {
    /** Hardly any. */
    LOW,
    /** Some, which can be put right. */
    MEDIUM,
    /** Much, or to many. */
    HIGH,
    /** What cannot be undone. */
    CRITICAL;

    /** {@return the severity as documents spell it} */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final String tool;
  private final Category category;
  private final Severity severity;
  private final List<String> why;

  Risk(String tool, Category category, Severity severity, List<String> why) {
    this.tool = Objects.requireNonNull(tool);
    this.category = category;
    this.severity = severity;
    this.why = List.copyOf(why);
  }

  /** {@return the tool's name} */
  public String tool() {
    return tool;
  }

  /** {@return what the tool does: the gravest effect that is stated} */
  public Category category() {
    return category;
  }

  /** {@return how much harm it can do} */
  public Severity severity() {
    return severity;
  }

  /**
   * Returns what this is concluded from, in words: what decides the category first, then what moves
   * the severity. Nothing in it disturbs a terminal or a log.
   */
  public List<String> why() {
    return why;
  }

  /** {@return whether the other says the same of the same tool} */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Risk risk
        && tool.equals(risk.tool)
        && category == risk.category
        && severity == risk.severity
        && why.equals(risk.why);
  }

  @Override
  public int hashCode() {
    return Objects.hash(tool, category, severity, why);
  }

  /** {@return category, severity and the first reason} */
  @Override
  public String toString() {
    return category.text() + ", " + severity.text() + ": " + String.join("; ", why);
  }
}
