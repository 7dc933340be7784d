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
  private final @Nullable CounterKey key;
  private final @Nullable Charge charge;
  private final boolean leftAtTheEnd;
  private final Span span;
  private final long amount;
  private final int decimals;
  private final long lasts;

  private Wanted(CounterKey key, @Nullable Charge charge, boolean leftAtTheEnd, long lasts) {
    this.kind = key.counter().kind();
    this.id = id(key);
    this.key = key;
    this.charge = charge;
    this.leftAtTheEnd = leftAtTheEnd;
    this.span = charge == null ? NONE : span(charge);
    this.amount = charge == null ? 0 : amount(charge);
    this.decimals = decimals(charge);
    this.lasts = lasts;
  }

  private Wanted(CounterId.Kind kind, String id, Span span, long amount, int decimals, long lasts) {
    this.kind = kind;
    this.id = id;
    this.key = null;
    this.charge = null;
    this.leftAtTheEnd = false;
    this.span = span;
    this.amount = amount;
    this.decimals = decimals;
    this.lasts = lasts;
  }

  static Wanted of(Charge charge) {
    return new Wanted(charge.key(), charge, false, 0);
  }

  /** {@return a mark that is left with the admission} */
  static Wanted tried(Mark mark) {
    return new Wanted(mark.key(), null, false, Span.micros(mark.lasts()));
  }

  /** {@return a mark that is left with the end} */
  static Wanted done(Mark mark) {
    return new Wanted(mark.key(), null, true, Span.micros(mark.lasts()));
  }

  /** {@return what is there under a key, whoever has left it} */
  static Wanted held(CounterKey key) {
    return new Wanted(key, null, false, 0);
  }

  /** {@return what was wanted and is to be ended: it is known by its row alone} */
  static Wanted ended(
      CounterId.Kind kind, String id, Span span, long amount, int decimals, long lasts) {
    return new Wanted(kind, id, span, amount, decimals, lasts);
  }

  private static Span span(Charge charge) {
    if (charge instanceof Charge.InFlight inFlight) {
      return Span.lease(inFlight.lease());
    }
    Window window =
        charge instanceof Charge.Once once ? once.window() : charge.key().counter().window();
    return Span.of(Objects.requireNonNull(window, "window"));
  }

  private static long amount(Charge charge) {
    return charge instanceof Charge.Amount amount
        ? amount.amount()
        : charge instanceof Charge.InFlight inFlight ? inFlight.amount() : 0;
  }

  private static int decimals(@Nullable Charge charge) {
    return charge instanceof Charge.Amount amount
        ? amount.decimals()
        : charge instanceof Charge.InFlight inFlight ? inFlight.decimals() : Units.FINE;
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
    return digest(key().counter().text());
  }

  /** {@return the row of the grant whose calls choose such keys, marks apart, or {@code null}} */
  @Nullable String owner() {
    String grant = key().owner();
    return grant == null
        ? null
        : digestOfAny((kind == CounterId.Kind.MARK ? "marks " : "keys ") + grant);
  }

  CounterKey key() {
    return Objects.requireNonNull(key, "key");
  }

  Charge charge() {
    return Objects.requireNonNull(charge, "charge");
  }

  boolean isLeftAtTheEnd() {
    return leftAtTheEnd;
  }

  Span span() {
    return span;
  }

  /** {@return whether it is given back when nothing was done; what is to be ended is} */
  boolean isReleasable() {
    return charge == null || charge.releasable();
  }

  long max() {
    return charge() instanceof Charge.InFlight inFlight
        ? inFlight.max()
        : ((Charge.Amount) charge()).max();
  }

  long amount() {
    return amount;
  }

  int decimals() {
    return decimals;
  }

  /** {@return for how many microseconds a mark lasts} */
  long lasts() {
    return lasts;
  }

  /** {@return whether there can be room at all} */
  boolean fits() {
    return switch (kind) {
      case AMOUNT, IN_FLIGHT -> amount <= max();
      case DISTINCT -> charge() instanceof Charge.Distinct d && d.values().size() <= d.max();
      case ONCE, MARK -> true;
    };
  }

  /** {@return whether it leaves a trace} */
  boolean adds() {
    return switch (kind) {
      case AMOUNT, IN_FLIGHT -> amount > 0;
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
