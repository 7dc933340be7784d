package dev.alcada.jdbc;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Mark;
import dev.alcada.time.Window;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One charge, or a mark to leave, and the row where it is kept. */
final class Wanted {
  private static final int DIGEST_BYTES = 16;
  private static final Span NONE = Span.lease(Duration.ZERO);

  private final CounterId.Kind kind;
  private final String id;
  private final String counter;
  private final @Nullable Charge charge;
  private final @Nullable Mark mark;
  private final boolean leftAtTheEnd;
  private final Span span;

  private Wanted(
      CounterKey key,
      @Nullable Charge charge,
      @Nullable Mark mark,
      boolean leftAtTheEnd,
      Span span) {
    this.kind = key.counter().kind();
    this.id = id(key);
    this.counter = digest(key.counter().text());
    this.charge = charge;
    this.mark = mark;
    this.leftAtTheEnd = leftAtTheEnd;
    this.span = span;
  }

  static Wanted of(Charge charge) {
    return new Wanted(charge.key(), charge, null, false, span(charge));
  }

  private static Span span(Charge charge) {
    if (charge instanceof Charge.InFlight inFlight) {
      return Span.lease(inFlight.lease());
    }
    Window window =
        charge instanceof Charge.Once once ? once.window() : charge.key().counter().window();
    return Span.of(Objects.requireNonNull(window, "window"));
  }

  /** {@return a mark that is left with the admission} */
  static Wanted tried(Mark mark) {
    return new Wanted(mark.key(), null, mark, false, NONE);
  }

  /** {@return a mark that is left with the end} */
  static Wanted done(Mark mark) {
    return new Wanted(mark.key(), null, mark, true, NONE);
  }

  /** {@return what is there under a key, whoever has left it} */
  static Wanted held(CounterKey key) {
    return new Wanted(key, null, null, false, NONE);
  }

  CounterId.Kind kind() {
    return kind;
  }

  /** {@return the row of the key: a digest, for a key may be personal} */
  String id() {
    return id;
  }

  /** {@return the row of the counter} */
  String counter() {
    return counter;
  }

  Charge charge() {
    return Objects.requireNonNull(charge, "charge");
  }

  @Nullable Mark mark() {
    return mark;
  }

  boolean isLeftAtTheEnd() {
    return leftAtTheEnd;
  }

  Span span() {
    return span;
  }

  boolean isReleasable() {
    return charge().releasable();
  }

  long max() {
    return charge instanceof Charge.InFlight inFlight
        ? inFlight.max()
        : ((Charge.Amount) charge()).max();
  }

  long amount() {
    return charge instanceof Charge.InFlight inFlight
        ? inFlight.amount()
        : ((Charge.Amount) charge()).amount();
  }

  int decimals() {
    return charge instanceof Charge.InFlight inFlight
        ? inFlight.decimals()
        : ((Charge.Amount) charge()).decimals();
  }

  /** {@return whether there can be room at all} */
  boolean fits() {
    return switch (kind) {
      case AMOUNT, IN_FLIGHT -> amount() <= max();
      case DISTINCT -> charge() instanceof Charge.Distinct d && d.values().size() <= d.max();
      case ONCE, MARK -> true;
    };
  }

  /** {@return whether it leaves a trace} */
  boolean adds() {
    return switch (kind) {
      case AMOUNT, IN_FLIGHT -> amount() > 0;
      case DISTINCT -> charge() instanceof Charge.Distinct d && !d.values().isEmpty();
      case ONCE, MARK -> true;
    };
  }

  /** {@return the row of a key} */
  static String id(CounterKey key) {
    return digest(key.text());
  }

  /** Of a text that has one byte a character, as those of keys have. */
  static String digest(String text) {
    return digest(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Of any text: by its code units, as no encoding keeps unpaired surrogates apart. */
  static String digestOfAny(String text) {
    byte[] units = new byte[2 * text.length()];
    for (int i = 0; i < text.length(); i++) {
      units[2 * i] = (byte) (text.charAt(i) >>> 8);
      units[2 * i + 1] = (byte) text.charAt(i);
    }
    return digest(units);
  }

  private static String digest(byte[] bytes) {
    try {
      byte[] whole = MessageDigest.getInstance("SHA-256").digest(bytes);
      return HexFormat.of().formatHex(whole, 0, DIGEST_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
