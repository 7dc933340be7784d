package dev.alcada.redis;

import static java.util.concurrent.TimeUnit.MICROSECONDS;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Mark;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.Usage;
import dev.alcada.time.Window;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A demand as the script reads it, and what the script answers. Immutable. */
final class ReserveCall {
  private static final byte REFUSED = 1;
  private static final byte ASK_AGAIN = 2;

  /** By the numbers that the script has for them. */
  private static final List<Refusal.Reason> REASONS =
      List.of(
          Refusal.Reason.EXHAUSTED,
          Refusal.Reason.ABOVE_MAX,
          Refusal.Reason.TOO_MANY_KEYS,
          Refusal.Reason.DUPLICATE,
          Refusal.Reason.MARKS_CHANGED);

  private final Demand demand;

  /** The charges, then the marks that are left at once, then those that are read. */
  private final List<Wanted> wanted = new ArrayList<>();

  /**
   * @param again whether what it reads is read again by a call that is reserved
   * @throws IllegalArgumentException if two charges have the same key
   */
  ReserveCall(Demand demand, Keys names, boolean again) {
    this.demand = demand;
    checkKeys(demand);
    for (int i = 0; i < demand.size(); i++) {
      wanted.add(Wanted.of(demand.charge(i), names));
    }
    for (Mark mark : demand.tried()) {
      wanted.add(Wanted.tried(mark, names));
    }
    for (Demand.Read read : demand.reads()) {
      wanted.add(Wanted.read(read, names, again));
    }
  }

  /**
   * @throws IllegalArgumentException if two charges have the same key
   */
  static void checkKeys(Demand demand) {
    for (int i = 1; i < demand.size(); i++) {
      CounterKey key = demand.charge(i).key();
      for (int j = 0; j < i; j++) {
        if (key.equals(demand.charge(j).key())) {
          throw new IllegalArgumentException(
              "charges " + j + " and " + i + " have the same key, expected one charge a key");
        }
      }
    }
  }

  /** Whether there is nothing that the server need be asked. */
  boolean isEmpty() {
    return wanted.isEmpty();
  }

  Script script() {
    for (Wanted each : wanted) {
      if (!each.isPlain()) {
        return Script.RESERVE_ALL;
      }
    }
    return Script.RESERVE;
  }

  /** Whether the end of the call may change what counts, so that what it holds is recorded. */
  boolean mayEnd() {
    for (Wanted each : wanted) {
      if (each.mayEnd()) {
        return true;
      }
    }
    return false;
  }

  Wanted charge(int index) {
    return wanted.get(index);
  }

  /**
   * Returns the script's keys.
   *
   * @param record where what the call holds is recorded, if it is
   */
  byte[][] keys(byte @Nullable [] record) {
    int size = 2 * wanted.size();
    byte[][] keys = new byte[record == null ? size : size + 1][];
    for (int i = 0; i < wanted.size(); i++) {
      keys[2 * i] = wanted.get(i).list;
      keys[2 * i + 1] = wanted.get(i).live;
    }
    if (record != null) {
      keys[size] = record;
    }
    return keys;
  }

  /**
   * Returns the script's arguments.
   *
   * @param head what every script is told first
   * @param purpose what it is asked for
   * @param recorded whether what the call holds is recorded
   * @param mostOfGrant how many keys a grant's own calls may choose
   * @param now what the server's clock is taken to show, for the periods of calendars
   */
  byte[][] arguments(byte[] head, Purpose purpose, boolean recorded, int mostOfGrant, Instant now) {
    byte[][] arguments = new byte[1 + wanted.size()][];
    byte[] owners = Wanted.owners(wanted, mostOfGrant);
    arguments[0] =
        ByteBuffer.allocate(head.length + 2 + 4 + 4 + owners.length)
            .put(head)
            .put(purpose.number)
            .put((byte) (recorded ? 1 : 0))
            .putInt(demand.size())
            .putInt(demand.tried().size())
            .put(owners)
            .array();
    for (int i = 0; i < wanted.size(); i++) {
      arguments[i + 1] = wanted.get(i).argument(now);
    }
    return arguments;
  }

  Answer read(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    byte code = in.get();
    long reading = in.getLong();
    if (code == ASK_AGAIN) {
      return new Answer(reading, true, null, List.of(), List.of(), List.of());
    }
    Refusal refusal = code == REFUSED ? refusal(in) : null;
    List<Usage> usage = new ArrayList<>(demand.size());
    List<Held> held = new ArrayList<>(demand.size());
    for (int i = 0; i < demand.size(); i++) {
      Charge charge = demand.charge(i);
      long used = Units.get(in);
      byte places = in.get();
      int own = decimals(charge);
      usage.add(Usage.of(own == 0 ? used : Units.up(used, places, own), span(in.getLong())));
      held.add(new Held(charge, in.getLong(), in.getLong(), in.get()));
    }
    List<Boolean> marks = new ArrayList<>(demand.reads().size());
    for (int i = 0; i < demand.reads().size(); i++) {
      marks.add(in.get() == 1);
    }
    return new Answer(reading, false, refusal, usage, held, marks);
  }

  private static Refusal refusal(ByteBuffer in) {
    int index = in.getInt() - 1;
    Refusal.Reason reason = REASONS.get(in.get());
    Duration retryAfter = span(in.getLong());
    Duration ago = Duration.ofNanos(MICROSECONDS.toNanos(in.getLong()));
    byte ended = in.get();
    return reason == Refusal.Reason.DUPLICATE
        ? Refusal.duplicate(index, new Refusal.Earlier(ago, End.ended(ended)))
        : new Refusal(index, reason, retryAfter);
  }

  /** {@return the decimal places of a charge's amounts, or 0 if it has none} */
  private static int decimals(Charge charge) {
    if (charge instanceof Charge.Amount amount) {
      return amount.decimals();
    }
    return charge instanceof Charge.InFlight inFlight ? inFlight.decimals() : 0;
  }

  /** Of one more than the microseconds, and 0 for nothing. */
  private static @Nullable Duration span(long oneMore) {
    return oneMore == 0 ? null : Duration.ofNanos(MICROSECONDS.toNanos(oneMore - 1));
  }

  /** What the script is asked for, by the numbers that it has for it. */
  enum Purpose {
    LOOK(0),
    RESERVE(1),

    /** Looks, and does all that is done whatever the answer is. */
    PREPARE(2);

    final byte number;

    Purpose(int number) {
      this.number = (byte) number;
    }
  }

  /** How a call ends, by the numbers that the scripts have for it. */
  enum End {
    CANCELLED(0),
    NOT_DONE(1),
    UNKNOWN(2),
    DONE(3);

    final byte number;

    End(int number) {
      this.number = (byte) number;
    }

    static End of(Ended ended) {
      return switch (ended) {
        case DONE -> DONE;
        case NOT_DONE -> NOT_DONE;
        case UNKNOWN -> UNKNOWN;
      };
    }

    /** {@return how a call has ended that is remembered, or null while it runs} */
    @SuppressWarnings("EnumOrdinal") // the script's numbers are in the same order
    static @Nullable Ended ended(byte number) {
      return number == DONE.number ? Ended.DONE : number == UNKNOWN.number ? Ended.UNKNOWN : null;
    }
  }

  /**
   * What the script says.
   *
   * @param reading what the server's clock showed, in microseconds
   * @param askAgain whether the periods that it was told of are not those of its clock
   * @param refusal why nothing was reserved, if so
   * @param usage what each count held
   * @param held what was added, for each charge, if anything was
   * @param marks whether each mark that is read is there
   */
  record Answer(
      long reading,
      boolean askAgain,
      @Nullable Refusal refusal,
      List<Usage> usage,
      List<Held> held,
      List<Boolean> marks) {
    static final Answer NOTHING = new Answer(0, false, null, List.of(), List.of(), List.of());
  }

  /**
   * What was added for a charge.
   *
   * @param charge the charge
   * @param stamp its time, or the end of its period
   * @param birth when the count began
   * @param places in which units it was added
   */
  record Held(Charge charge, long stamp, long birth, byte places) {
    /** {@return what the script that gives it back is told} */
    byte[] argument() {
      if (!(charge instanceof Charge.Amount amount)) {
        return new byte[] {Wanted.DISTINCT};
      }
      Window window = Objects.requireNonNull(charge.key().counter().window(), "window");
      long added = Units.up(amount.amount(), amount.decimals(), places);
      ByteBuffer out = ByteBuffer.allocate(4 + 3 * 8 + 6 * 4);
      out.put(Wanted.AMOUNT).put((byte) 0);
      out.put((byte) (window instanceof Window.Calendar ? 1 : 0)).put(places);
      out.putLong(Wanted.micros(window.length())).putLong(stamp).putLong(birth);
      Units.put(out, added);
      Units.put(out, Units.up(added, places, 3));
      Units.put(out, Units.downToThree(added, places));
      return out.array();
    }
  }
}
