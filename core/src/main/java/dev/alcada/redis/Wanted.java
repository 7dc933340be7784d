package dev.alcada.redis;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Mark;
import dev.alcada.time.Window;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One charge or mark, as the scripts are told of it. Immutable. */
final class Wanted {
  /** The kinds, by the numbers that the scripts have for them. */
  static final byte AMOUNT = 0;

  static final byte DISTINCT = 1;
  private static final byte IN_FLIGHT = 2;
  private static final byte ONCE = 3;
  private static final byte MARK = 4;
  private static final byte READ = 5;
  private static final byte LEFT_AT_THE_END = 6;
  private static final byte OWNED = 7;

  /** How many entries a count of amounts keeps apart, and how many cells its window has then. */
  private static final int EXACT = 1024;

  /** A mark that is only looked at. */
  private static final byte ANY = 2;

  /** Within so much of now a period is looked for, so that clocks may differ a little. */
  private static final Duration LENIENCE = Duration.ofSeconds(5);

  private static final int DIGEST = 16;
  private static final byte[] NOBODY = new byte[0];

  final byte[] list;
  final byte[] live;

  /** Where the keys lie that the same grant's calls have chosen, if this is one of them. */
  final byte @Nullable [] owner;

  private final byte kind;
  private final @Nullable Charge charge;
  private final byte[] told;

  private Wanted(CounterKey key, Keys names, byte kind, @Nullable Charge charge, byte[] told) {
    String counter = key.counter().text();
    this.live = names.live(counter);
    this.list = names.count(live, key.text());
    String grant = kind == READ ? null : key.owner();
    boolean mark = key.counter().kind() == CounterId.Kind.MARK;
    this.owner = grant == null ? null : names.owned(grant, mark);
    this.kind = kind;
    this.charge = charge;
    this.told = told;
  }

  /** The same, told otherwise. */
  private Wanted(Wanted same, byte[] told) {
    this.list = same.list;
    this.live = same.live;
    this.owner = same.owner;
    this.kind = same.kind;
    this.charge = same.charge;
    this.told = told;
  }

  private Wanted(byte[] list, byte[] live, byte[] told) {
    this.list = list;
    this.live = live;
    this.owner = null;
    this.kind = OWNED;
    this.charge = null;
    this.told = told;
  }

  /** {@return what is to be ended after this among the keys of a grant, if it is one of them} */
  @Nullable Wanted owned() {
    if (owner == null) {
      return null;
    }
    long span = 0;
    if (charge instanceof Charge.Amount) {
      Window window = window(charge);
      span = 1 + (window instanceof Window.Calendar ? 0 : micros(window.length()));
    }
    byte[] what = ByteBuffer.allocate(1 + 8).put(OWNED).putLong(span).array();
    return new Wanted(list, owner, what);
  }

  static Wanted of(Charge charge, Keys names) {
    byte kind =
        charge instanceof Charge.Amount
            ? AMOUNT
            : charge instanceof Charge.Distinct
                ? DISTINCT
                : charge instanceof Charge.InFlight ? IN_FLIGHT : ONCE;
    return new Wanted(charge.key(), names, kind, charge, new byte[0]);
  }

  /** {@return a mark that the admission itself leaves} */
  static Wanted tried(Mark mark, Keys names) {
    return new Wanted(mark.key(), names, MARK, null, told(MARK, mark));
  }

  /** {@return a mark that the end of a call leaves} */
  private static Wanted done(Mark mark, Keys names, int mostOfGrant) {
    byte[] told = told(LEFT_AT_THE_END, mark);
    Wanted left = new Wanted(mark.key(), names, LEFT_AT_THE_END, null, told);
    byte[] owners = owners(List.of(left), mostOfGrant);
    byte[] all = Arrays.copyOf(told, told.length + owners.length);
    System.arraycopy(owners, 0, all, told.length, owners.length);
    return new Wanted(left, all);
  }

  /** {@return what the scripts are told of whose keys there are among some; empty if nobody's} */
  static byte[] owners(List<Wanted> wanted, int mostOfGrant) {
    int size = 0;
    for (Wanted each : wanted) {
      size += each.owner == null ? 0 : 2 + 1 + each.owner.length;
    }
    if (size == 0) {
      return NOBODY;
    }
    ByteBuffer out = ByteBuffer.allocate(4 + size).putInt(mostOfGrant);
    for (int i = 0; i < wanted.size(); i++) {
      byte[] owner = wanted.get(i).owner;
      if (owner != null) {
        out.putShort((short) (i + 1)).put((byte) owner.length).put(owner);
      }
    }
    return out.array();
  }

  private static byte[] told(byte kind, Mark mark) {
    return ByteBuffer.allocate(1 + 8).put(kind).putLong(micros(mark.lasts())).array();
  }

  /**
   * A mark that is read.
   *
   * @param again whether the call is reserved already, and does not see what it has left itself
   */
  static Wanted read(Demand.Read read, Keys names, boolean again) {
    Boolean there = read.there();
    byte judged = there == null ? ANY : (byte) (there ? 1 : 0);
    byte[] told = again ? new byte[] {READ, judged, 1} : new byte[] {READ, judged};
    return new Wanted(read.key(), names, READ, null, told);
  }

  /** {@return what is there under a key, whoever has left it} */
  static Wanted held(CounterKey key, Keys names) {
    CounterId.Kind kind = key.counter().kind();
    byte number =
        switch (kind) {
          case IN_FLIGHT -> IN_FLIGHT;
          case ONCE -> ONCE;
          case MARK -> MARK;
          case AMOUNT, DISTINCT ->
              throw new IllegalArgumentException(
                  "key is of a counter of kind " + kind + ", expected MARK, IN_FLIGHT or ONCE");
        };
    return new Wanted(key, names, number, null, new byte[] {number});
  }

  /** Whether it is an amount under a key that no grant's calls have chosen. */
  boolean isPlain() {
    return kind == AMOUNT && owner == null;
  }

  /** Whether it leaves a trace. */
  boolean adds() {
    if (charge instanceof Charge.Amount amount) {
      return amount.amount() > 0;
    } else if (charge instanceof Charge.InFlight inFlight) {
      return inFlight.amount() > 0;
    } else if (charge instanceof Charge.Distinct distinct) {
      return !distinct.values().isEmpty();
    }
    return kind != READ;
  }

  /** Whether an end of its call other than a cancellation may change it. */
  boolean mayEnd() {
    return kind != READ && adds() && (charge == null || charge.releasable());
  }

  /**
   * Returns what the scripts are told.
   *
   * @param now what the server's clock is taken to show, for the periods of calendars
   */
  byte[] argument(Instant now) {
    if (charge instanceof Charge.Amount amount) {
      return amount(amount, now);
    } else if (charge instanceof Charge.Distinct distinct) {
      return distinct(distinct, now);
    } else if (charge instanceof Charge.InFlight inFlight) {
      return inFlight(inFlight);
    } else if (charge instanceof Charge.Once once) {
      return once(once, now);
    }
    return told();
  }

  /** {@return what the scripts are told of a mark, or of what is there} */
  @SuppressWarnings("ByteBufferBackingArray") // all of it, and allocated here
  byte[] told() {
    return told;
  }

  private static byte[] amount(Charge.Amount charge, Instant now) {
    boolean above = charge.amount() > charge.max();
    Window window = window(charge);
    ByteBuffer out = ByteBuffer.allocate(5 + 3 * 8 + 8 * 4);
    out.put(AMOUNT).put(flag(charge.releasable())).put(flag(window instanceof Window.Calendar));
    out.put(flag(above)).put((byte) charge.decimals());
    putSpan(out, window, now);
    putUnits(out, charge.max(), above ? 0 : charge.amount(), charge.decimals());
    return out.array();
  }

  private static byte[] distinct(Charge.Distinct charge, Instant now) {
    boolean above = charge.values().size() > charge.max();
    List<String> values = above ? List.of() : charge.values();
    Window window = window(charge);
    ByteBuffer out = ByteBuffer.allocate(3 + 3 * 8 + 4 + DIGEST * values.size());
    out.put(DISTINCT).put(flag(window instanceof Window.Calendar)).put(flag(above));
    putSpan(out, window, now);
    out.putInt((int) charge.max());
    String key = charge.key().text();
    for (String value : values) {
      out.put(Keys.digest(key, value));
    }
    return out.array();
  }

  private static byte[] inFlight(Charge.InFlight charge) {
    boolean above = charge.amount() > charge.max();
    ByteBuffer out = ByteBuffer.allocate(3 + 8 + 8 * 4);
    out.put(IN_FLIGHT).put(flag(above)).put((byte) charge.decimals());
    out.putLong(micros(charge.lease()));
    putUnits(out, charge.max(), above ? 0 : charge.amount(), charge.decimals());
    return out.array();
  }

  private static byte[] once(Charge.Once charge, Instant now) {
    ByteBuffer out = ByteBuffer.allocate(2 + 5 * 8);
    out.put(ONCE).put(flag(charge.window() instanceof Window.Calendar));
    putSpan(out, charge.window(), now);
    out.putLong(charge.window() instanceof Window.Calendar calendar ? begin(calendar, now) : 0);
    out.putLong(micros(charge.lease()));
    return out.array();
  }

  private static byte flag(boolean set) {
    return (byte) (set ? 1 : 0);
  }

  private static Window window(Charge charge) {
    return Objects.requireNonNull(charge.key().counter().window(), "window");
  }

  private static void putSpan(ByteBuffer out, Window window, Instant now) {
    if (window instanceof Window.Calendar calendar) {
      Instant end = calendar.endOfPeriod(now);
      Instant before = now.minus(LENIENCE);
      Instant endBefore = calendar.endOfPeriod(before);
      out.putLong(micros(endBefore.equals(end) ? before : endBefore));
      out.putLong(micros(end)).putLong(micros(calendar.endOfPeriod(end)));
    } else {
      long length = micros(window.length());
      out.putLong(length).putLong((length + EXACT - 1) / EXACT).putLong(0);
    }
  }

  /** {@return when the period that an instant lies in has begun, or somewhat before} */
  private static long begin(Window.Calendar window, Instant now) {
    Instant end = window.endOfPeriod(now);
    Instant begin = now.minus(window.length().multipliedBy(2));
    for (Instant next = window.endOfPeriod(begin);
        next.isBefore(end);
        next = window.endOfPeriod(begin)) {
      begin = next;
    }
    return micros(begin);
  }

  private static void putUnits(ByteBuffer out, long max, long amount, int decimals) {
    Units.put(out, max);
    Units.put(out, amount);
    Units.put(out, Units.downToThree(max, decimals));
    Units.put(out, Units.up(amount, decimals, 3));
  }

  static long micros(Duration length) {
    return length.toSeconds() * 1_000_000 + length.toNanosPart() / 1_000;
  }

  static long micros(Instant instant) {
    return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1_000;
  }

  /** {@return the marks that the end of a call leaves} */
  static List<Wanted> done(List<Mark> marks, Keys names, int mostOfGrant) {
    List<Wanted> left = new ArrayList<>(marks.size());
    for (Mark mark : marks) {
      left.add(done(mark, names, mostOfGrant));
    }
    return left;
  }
}
