package dev.alcada.redis;

import static java.util.concurrent.TimeUnit.MICROSECONDS;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Demand;
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
  /** How many entries a count keeps apart, and how many cells its window has beyond that. */
  private static final int EXACT = 1024;

  private static final int CHARGE_BYTES = 3 + 3 * 8 + 8 * 4;
  private static final byte REFUSED = 1;
  private static final byte ASK_AGAIN = 2;

  /** By the numbers that the script has for them. */
  private static final List<Refusal.Reason> REASONS =
      List.of(Refusal.Reason.EXHAUSTED, Refusal.Reason.ABOVE_MAX, Refusal.Reason.TOO_MANY_KEYS);

  /** Within so much of now a period is looked for, so that clocks may differ a little. */
  private static final Duration LENIENCE = Duration.ofSeconds(5);

  final Charge.Amount[] charges;
  final byte[][] keys;

  /**
   * @throws IllegalArgumentException if two charges have the same key, or the demand has something
   *     that this store does not know
   */
  ReserveCall(Demand demand, Keys names) {
    if (!demand.isOfChargesAlone()) {
      throw new IllegalArgumentException("this store keeps no marks yet, only amounts");
    }
    int size = demand.size();
    charges = new Charge.Amount[size];
    keys = new byte[2 * size][];
    for (int i = 0; i < size; i++) {
      charges[i] = amount(demand.charge(i));
      CounterKey key = charges[i].key();
      for (int j = 0; j < i; j++) {
        if (key.equals(charges[j].key())) {
          throw new IllegalArgumentException(
              "charges " + j + " and " + i + " have the same key, expected one charge a key");
        }
      }
      String counter = key.counter().text();
      keys[2 * i] = names.count(counter, key.text());
      keys[2 * i + 1] = names.live(counter);
    }
  }

  private static Charge.Amount amount(Charge charge) {
    if (charge instanceof Charge.Amount amount) {
      return amount;
    }
    throw new IllegalArgumentException(
        "this store keeps no counter of kind "
            + charge.key().counter().kind()
            + " yet, only amounts");
  }

  /**
   * Returns the script's arguments.
   *
   * @param head the first
   * @param now what the server's clock is taken to show, for the periods of calendars
   */
  byte[][] arguments(byte[] head, Instant now) {
    byte[][] arguments = new byte[1 + charges.length][];
    arguments[0] = head;
    for (int i = 0; i < charges.length; i++) {
      arguments[i + 1] = argument(charges[i], now);
    }
    return arguments;
  }

  private static byte[] argument(Charge.Amount charge, Instant now) {
    boolean above = charge.amount() > charge.max();
    long amount = above ? 0 : charge.amount();
    ByteBuffer out = ByteBuffer.allocate(CHARGE_BYTES);
    Window window = window(charge);
    out.put((byte) (window instanceof Window.Calendar ? 1 : 0));
    out.put((byte) (above ? 1 : 0)).put((byte) charge.decimals());
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
    Units.put(out, charge.max());
    Units.put(out, amount);
    Units.put(out, Units.downToThree(charge.max(), charge.decimals()));
    Units.put(out, Units.up(amount, charge.decimals(), 3));
    return out.array();
  }

  private static Window window(Charge.Amount charge) {
    return Objects.requireNonNull(charge.key().counter().window(), "window");
  }

  static long micros(Duration length) {
    return length.toSeconds() * 1_000_000 + length.toNanosPart() / 1_000;
  }

  static long micros(Instant instant) {
    return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1_000;
  }

  Answer read(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    byte code = in.get();
    long reading = in.getLong();
    if (code == ASK_AGAIN) {
      return new Answer(reading, true, null, List.of(), List.of());
    }
    Refusal refusal = null;
    if (code == REFUSED) {
      int index = in.getInt();
      Refusal.Reason reason = REASONS.get(in.get());
      refusal = new Refusal(index, reason, span(in.getLong()));
    }
    List<Usage> usage = new ArrayList<>(charges.length);
    List<Held> held = new ArrayList<>(charges.length);
    for (Charge.Amount charge : charges) {
      long used = Units.get(in);
      used = Units.up(used, in.get(), charge.decimals());
      usage.add(Usage.of(used, span(in.getLong())));
      held.add(new Held(charge, in.getLong(), in.getLong(), in.get()));
    }
    return new Answer(reading, false, refusal, usage, held);
  }

  /** Of one more than the microseconds, and 0 for nothing. */
  private static @Nullable Duration span(long oneMore) {
    return oneMore == 0 ? null : Duration.ofNanos(MICROSECONDS.toNanos(oneMore - 1));
  }

  /**
   * What the script says.
   *
   * @param reading what the server's clock showed, in microseconds
   * @param askAgain whether the periods that it was told of are not those of its clock
   * @param refusal why nothing was reserved, if so
   * @param usage what each count held
   * @param held what was added, for each charge, if anything was
   */
  record Answer(
      long reading,
      boolean askAgain,
      @Nullable Refusal refusal,
      List<Usage> usage,
      List<Held> held) {}

  /**
   * What was added for a charge.
   *
   * @param charge the charge
   * @param stamp its time, or the end of its period
   * @param birth when the count began
   * @param places in which units it was added
   */
  record Held(Charge.Amount charge, long stamp, long birth, byte places) {
    byte[] argument() {
      Window window = window(charge);
      long added = Units.up(charge.amount(), charge.decimals(), places);
      ByteBuffer out = ByteBuffer.allocate(2 + 3 * 8 + 6 * 4);
      out.put((byte) (window instanceof Window.Calendar ? 1 : 0)).put(places);
      out.putLong(micros(window.length())).putLong(stamp).putLong(birth);
      Units.put(out, added);
      Units.put(out, Units.up(added, places, 3));
      Units.put(out, Units.downToThree(added, places));
      return out.array();
    }
  }
}
