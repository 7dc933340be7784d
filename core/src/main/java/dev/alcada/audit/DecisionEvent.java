package dev.alcada.audit;

import dev.alcada.decision.Caller;
import dev.alcada.decision.Decision;
import dev.alcada.decision.ToolCall;
import dev.alcada.internal.value.Once;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One decision about one call. Carries no argument's value. Immutable. */
public final class DecisionEvent {
  private final Instant at;
  private final String tool;
  private final String grant;
  private final @Nullable String session;
  private final @Nullable String client;
  private final Decision decision;
  private final @Nullable Decision shadow;

  private DecisionEvent(Builder builder) {
    Caller caller = builder.call.caller();
    this.at = builder.at;
    this.tool = builder.call.tool();
    this.grant = caller.grant();
    this.session = caller.session();
    this.client = caller.client();
    this.decision = builder.decision;
    this.shadow = builder.shadow;
  }

  /**
   * Returns a builder of an event.
   *
   * @param at when the decision was made, by the wall clock
   * @param call the call, of which the event keeps the tool and the caller's names alone
   * @param decision what was decided
   */
  public static Builder builder(Instant at, ToolCall call, Decision decision) {
    return new Builder(at, call, decision);
  }

  /** {@return when the decision was made, by the wall clock} */
  public Instant at() {
    return at;
  }

  /** {@return the tool called; as long and as odd a text as the agent made it} */
  public String tool() {
    return tool;
  }

  /** {@return the caller's grant; blank if there was none} */
  public String grant() {
    return grant;
  }

  /** {@return the caller's session, or {@code null} if the host gave none} */
  public @Nullable String session() {
    return session;
  }

  /** {@return the caller's authenticated client, or {@code null} if the host gave none} */
  public @Nullable String client() {
    return client;
  }

  /** {@return what was decided} */
  public Decision decision() {
    return decision;
  }

  /**
   * Returns what a rule in shadow mode would have decided instead, or {@code null} if it had
   * nothing to say.
   */
  public @Nullable Decision shadow() {
    return shadow;
  }

  private List<?> parts() {
    return Arrays.asList(at, tool, grant, session, client, decision, shadow);
  }

  /** {@return whether the other is an event with equal parts} */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof DecisionEvent event && parts().equals(event.parts());
  }

  @Override
  public int hashCode() {
    return parts().hashCode();
  }

  /** {@return the event without session and client} */
  @Override
  public String toString() {
    return "DecisionEvent[at="
        + at
        + ", tool="
        + tool
        + ", grant="
        + grant
        + ", decision="
        + decision
        + ", shadow="
        + shadow
        + "]";
  }

  /** Builds an event. Not safe for use by several threads. */
  public static final class Builder {
    private final Instant at;
    private final ToolCall call;
    private final Decision decision;
    private @Nullable Decision shadow;

    private Builder(Instant at, ToolCall call, Decision decision) {
      this.at = Objects.requireNonNull(at, "at");
      this.call = Objects.requireNonNull(call, "call");
      this.decision = Objects.requireNonNull(decision, "decision");
    }

    /**
     * Sets what a rule in shadow mode would have decided instead; nothing, unless set.
     *
     * @param instead what it would have decided
     * @throws IllegalStateException if it was set before
     */
    public Builder shadow(Decision instead) {
      this.shadow = Once.set("shadow", shadow, instead);
      return this;
    }

    /** {@return the event} */
    public DecisionEvent build() {
      return new DecisionEvent(this);
    }
  }
}
