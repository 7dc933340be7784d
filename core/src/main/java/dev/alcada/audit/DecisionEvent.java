package dev.alcada.audit;

import dev.alcada.counter.CounterId;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Reservation;
import dev.alcada.counter.Usage;
import dev.alcada.decision.Caller;
import dev.alcada.decision.Decision;
import dev.alcada.decision.ToolCall;
import dev.alcada.internal.value.Once;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/*
 * What costs time is made when it is first read, on the thread that reads it: most listeners read
 * little of it, and those that write it down do so on a thread of their own. Until then the event
 * holds the call; what was read no longer needs it.
 *
 *   decided ──► the caller's thread: who, what, when ──► queue ──► its thread: names, digest, limits
 */

/**
 * One decision about one call. Carries no argument's value: of the arguments it knows their names
 * and a keyed digest. Immutable, and safe for use by several threads.
 */
public final class DecisionEvent {
  private final String run;
  private final long number;
  private final Instant at;
  private final String tool;
  private final Caller caller;
  private final Decision decision;
  private final @Nullable Decision shadow;
  private final @Nullable String policyRevision;
  private final @Nullable ArgumentDigests digests;
  private final @Nullable String approvalId;
  private final List<String> answeredBy;
  private final long decideNanos;
  private final long reserveNanos;

  private final @Nullable Demand demand;
  private final @Nullable Reservation reservation;
  private final List<Usage> looked;
  private final List<MarkUse> marksRead;

  /** Made when first read; a race makes an equal one twice. */
  private @Nullable String id;

  /** Found when first asked, as each queue does; -1 until then. */
  private int weight = -1;

  /** What the arguments are read from; gone once they are. */
  private volatile @Nullable ToolCall call;

  private @Nullable Arguments arguments;

  /** Made when first read; a race makes an equal one twice. */
  private volatile @Nullable List<LimitUse> limits;

  private record Arguments(List<String> names, @Nullable String digest) {}

  private DecisionEvent(Builder builder) {
    this.run = builder.run == null ? "" : builder.run;
    this.number = builder.number;
    this.at = builder.at;
    this.tool = builder.call.tool();
    this.caller = builder.call.caller();
    this.decision = builder.decision;
    this.shadow = builder.shadow;
    this.policyRevision = builder.policyRevision;
    this.digests = builder.digests;
    this.approvalId =
        builder.approvalId == null && decision instanceof Decision.ApprovalRequired asked
            ? asked.approvalId()
            : builder.approvalId;
    this.answeredBy = builder.answeredBy;
    this.decideNanos = builder.decideNanos;
    this.reserveNanos = builder.reserveNanos;
    this.demand = builder.demand;
    this.reservation = builder.reservation;
    this.looked = builder.looked;
    this.marksRead = builder.marksRead;
    this.call = builder.call;
  }

  /**
   * Returns a builder of an event.
   *
   * @param at when the decision was made, by the wall clock; kept to the microsecond
   * @param call the call; no value of its arguments can be had from the event
   * @param decision what was decided
   */
  public static Builder builder(Instant at, ToolCall call, Decision decision) {
    return new Builder(at, call, decision);
  }

  /** {@return what tells this decision from all others, or an empty text if nobody has said} */
  public String id() {
    String made = id;
    if (made == null) {
      made = number == 0 ? run : run + number;
      id = made;
    }
    return made;
  }

  /** {@return when the decision was made, by the wall clock, to the microsecond} */
  public Instant at() {
    return at;
  }

  /** {@return the tool called; as long and as odd a text as the agent made it} */
  public String tool() {
    return tool;
  }

  /** {@return the caller's grant; blank if there was none} */
  public String grant() {
    return caller.grant();
  }

  /** {@return the caller's session, or {@code null} if the host gave none} */
  public @Nullable String session() {
    return caller.session();
  }

  /** {@return the caller's authenticated client, or {@code null} if the host gave none} */
  public @Nullable String client() {
    return caller.client();
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

  /**
   * Returns the {@linkplain dev.alcada.policy.Policy#revision revision} of the policy that judged
   * the call, or {@code null} if there was none for it.
   */
  public @Nullable String policyRevision() {
    return policyRevision;
  }

  /** {@return the names of the call's arguments, sorted; unmodifiable} */
  public List<String> argumentNames() {
    return arguments().names();
  }

  /**
   * Returns a digest of the arguments under the guard's key, in hexadecimal: equal for equal
   * arguments, and of no use to whoever guesses values without the key. It is {@code null} where
   * the arguments are not what JSON can say, or no key is known.
   */
  public @Nullable String argumentsDigest() {
    return arguments().digest();
  }

  /** {@return the limits that the call touched, in document order; unmodifiable} */
  public List<LimitUse> limits() {
    List<LimitUse> made = limits;
    if (made == null) {
      made = LimitUse.of(demand, reservation, looked);
      limits = made;
    }
    return made;
  }

  /** {@return the marks that the call was judged by, as they were then; unmodifiable} */
  public List<MarkUse> marksRead() {
    return marksRead;
  }

  /**
   * Returns the marks that the call has left by being let through; unmodifiable. They are taken
   * back if nothing is done. What it leaves by its end is told with that.
   *
   * @see SettlementEvent#marksLeft
   */
  public List<CounterId> marksLeft() {
    return demand == null || reservation == null ? List.of() : MarkUse.left(demand.tried());
  }

  /**
   * Returns the request that a person can answer or has answered, or {@code null} if this decision
   * has to do with none.
   */
  public @Nullable String approvalId() {
    return approvalId;
  }

  /** {@return who has answered that request; unmodifiable, empty if nobody has} */
  public List<String> answeredBy() {
    return answeredBy;
  }

  /** {@return how long it took to decide, stores and all} */
  public Duration timeToDecide() {
    return Duration.ofNanos(decideNanos);
  }

  /**
   * Returns how long a store took to reserve, or {@code null} if none was asked to, or one in this
   * process's memory, which answers sooner than a clock.
   */
  public @Nullable Duration timeToReserve() {
    return reserveNanos < 0 ? null : Duration.ofNanos(reserveNanos);
  }

  /** Most instants are cut already, and to see that costs less than to cut them. */
  static Instant micros(Instant at) {
    return at.get(ChronoField.NANO_OF_SECOND) % 1_000 == 0 ? at : at.truncatedTo(ChronoUnit.MICROS);
  }

  /** Reads the arguments now, so that the event no longer holds the call. */
  void detach() {
    arguments();
  }

  /** {@return about how many characters of a call this event still holds} */
  int held() {
    ToolCall from = call;
    if (from != null && weight < 0) {
      weight = ArgumentDigests.weight(from);
    }
    return from == null ? 0 : weight;
  }

  private Arguments arguments() {
    ToolCall from = call;
    if (from != null) {
      Arguments read =
          new Arguments(
              List.copyOf(new TreeSet<>(from.arguments().keySet())),
              digests == null ? null : digests.of(from));
      arguments = read;
      call = null; // after the arguments: whoever sees it gone sees them
      return read;
    }
    return Objects.requireNonNull(arguments);
  }

  private List<?> parts() {
    return Arrays.asList(
        id(),
        at,
        tool,
        grant(),
        session(),
        client(),
        decision,
        shadow,
        policyRevision,
        approvalId,
        answeredBy,
        decideNanos,
        reserveNanos,
        arguments(),
        limits(),
        marksRead,
        marksLeft());
  }

  /** {@return whether the other is an event with equal parts} */
  @Override
  public boolean equals(@Nullable Object other) {
    return this == other || (other instanceof DecisionEvent event && parts().equals(event.parts()));
  }

  @Override
  public int hashCode() {
    return Objects.hash(id(), at, tool, grant(), decision);
  }

  /** {@return the event without session and client} */
  @Override
  public String toString() {
    return "DecisionEvent[id="
        + id()
        + ", at="
        + at
        + ", tool="
        + tool
        + ", grant="
        + grant()
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
    private @Nullable String run;
    private long number;
    private @Nullable Decision shadow;
    private @Nullable String policyRevision;
    private @Nullable ArgumentDigests digests;
    private @Nullable Demand demand;
    private @Nullable Reservation reservation;
    private List<Usage> looked = List.of();
    private List<MarkUse> marksRead = List.of();
    private @Nullable String approvalId;
    private List<String> answeredBy = List.of();
    private long decideNanos;
    private long reserveNanos = -1;

    private Builder(Instant at, ToolCall call, Decision decision) {
      this.at = micros(at);
      this.call = Objects.requireNonNull(call, "call");
      this.decision = Objects.requireNonNull(decision, "decision");
    }

    /**
     * Sets what tells this decision from all others; an empty text, unless set.
     *
     * @param identifier the identifier
     * @throws IllegalStateException if it was set before
     */
    public Builder id(String identifier) {
      this.run = Once.set("id", run, identifier);
      return this;
    }

    /**
     * Sets what tells this decision from all others, in two parts that are joined when it is first
     * read; an empty text, unless set.
     *
     * @param prefix what no other run of a guard has
     * @param count the number in this run, at least 1
     * @throws IllegalArgumentException if it is less
     * @throws IllegalStateException if it was set before
     */
    public Builder id(String prefix, long count) {
      if (count < 1) {
        throw new IllegalArgumentException("count is " + count + ", expected at least 1");
      }
      this.run = Once.set("id", run, prefix);
      this.number = count;
      return this;
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

    /**
     * Sets the policy that judged the call; none, unless set.
     *
     * @param revision its revision
     * @throws IllegalStateException if it was set before
     */
    public Builder policyRevision(String revision) {
      this.policyRevision = Once.set("policyRevision", policyRevision, revision);
      return this;
    }

    /**
     * Sets what makes the digest of the arguments; there is none, unless set.
     *
     * @param made makes it, when it is first read
     * @throws IllegalStateException if it was set before
     */
    public Builder digests(ArgumentDigests made) {
      this.digests = Once.set("digests", digests, made);
      return this;
    }

    /**
     * Sets what the call was charged; nothing, unless set.
     *
     * @param charges what was demanded
     * @param held what the store granted; it is asked what each count held before
     * @throws IllegalStateException if it was set before
     */
    public Builder charged(Demand charges, Reservation held) {
      this.demand = Once.set("charged", demand, charges);
      this.reservation = Objects.requireNonNull(held, "held");
      return this;
    }

    /**
     * Sets what the call would have been charged, where nothing was.
     *
     * @param charges what was demanded
     * @param used what each count held, in their order, or nothing if the store has not said
     * @throws IllegalStateException if it was set before
     */
    public Builder uncharged(Demand charges, List<Usage> used) {
      this.demand = Once.set("charged", demand, charges);
      this.looked = List.copyOf(used);
      return this;
    }

    /**
     * Sets the marks that the call was judged by; none, unless set.
     *
     * @param reads the marks that were looked up
     * @param found for each of them whether it was there
     */
    public Builder marksRead(List<Demand.Read> reads, List<Boolean> found) {
      this.marksRead = MarkUse.of(reads, found);
      return this;
    }

    /**
     * Sets the approval that the decision rests on; none, unless set or the decision asks for one.
     *
     * @param request the request's identifier
     * @param approvers who has answered it
     * @throws IllegalStateException if it was set before
     */
    public Builder approval(String request, List<String> approvers) {
      this.approvalId = Once.set("approval", approvalId, request);
      this.answeredBy = List.copyOf(approvers);
      return this;
    }

    /**
     * Sets how long the decision took; 0 and unknown, unless set.
     *
     * @param decide nanoseconds to decide, at least 0
     * @param reserve nanoseconds of them that a store took to reserve, or -1 if none did
     */
    public Builder took(long decide, long reserve) {
      this.decideNanos = decide;
      this.reserveNanos = reserve;
      return this;
    }

    /** {@return the event} */
    public DecisionEvent build() {
      return new DecisionEvent(this);
    }
  }
}
