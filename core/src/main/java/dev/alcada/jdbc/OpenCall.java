package dev.alcada.jdbc;

import dev.alcada.counter.CounterId;
import dev.alcada.time.Window;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/*
 * A row's data, big-endian, by part:
 *
 *   ┌────────┬──────┬─────┬───────┬────────┬────────┬───────┬──────┬───
 *   │ format │ kind │ row │ stamp │ amount │ places │ lasts │ span │ …
 *   │   1    │  1   │ 16  │   8   │   8    │   1    │   8   │  17  │
 *   └────────┴──────┴─────┴───────┴────────┴────────┴───────┴──────┴───
 */

/**
 * A call of which it can still be said how it has ended, as it is written beside its counts.
 *
 * @param id the reservation, as the rows of its counts know it
 * @param parts what a word on its end could change
 * @param due when none could any more
 * @param outlastsItsParts whether that is later than what it holds, for the sake of marks whose end
 *     is not known or that it may leave yet
 */
record OpenCall(long id, List<HeldRows.Part> parts, long due, boolean outlastsItsParts) {
  private static final byte FORMAT = 1;
  private static final int DIGEST = 16;
  private static final int PART = 2 + DIGEST + 3 * Long.BYTES + Span.BYTES;
  private static final String SUFFIX = "-d";
  private static final HexFormat HEX = HexFormat.of();

  /** How long a call is kept that never ends and that time alone does not. */
  private static final long LONGEST = Span.micros(Window.LONGEST);

  /**
   * Returns what is to be written of a call that was admitted, or {@code null} if nothing can be
   * said of it later.
   *
   * @param rows where it counts
   * @param leavesMarks whether it may leave marks at its end
   */
  static @Nullable OpenCall of(
      long id, List<HeldRows.Part> held, Judged.Rows rows, boolean leavesMarks) {
    List<HeldRows.Part> parts = new ArrayList<>();
    long due = rows.now();
    boolean outlasts = leavesMarks;
    for (HeldRows.Part part : held) {
      Wanted wanted = part.wanted();
      long until =
          switch (wanted.kind()) {
            case AMOUNT -> wanted.isReleasable() ? wanted.span().leaves(part.stamp()) : Row.NOW;
            case DISTINCT -> Row.NOW;
            case IN_FLIGHT -> wanted.span().leaves(part.stamp());
            case ONCE -> rows.of(wanted).expiry(wanted);
            case MARK -> rows.now() + LONGEST;
          };
      outlasts |= wanted.kind() == CounterId.Kind.MARK;
      if (until != Row.NOW) {
        parts.add(part);
        due = Math.max(due, until);
      }
    }
    long longest = outlasts ? rows.now() + LONGEST : due;
    return parts.isEmpty() ? null : new OpenCall(id, parts, Math.max(due, longest), outlasts);
  }

  /**
   * Returns what is left of it once nobody knows how it has ended, or {@code null} if nothing is.
   *
   * @param rows where it counts, with that end; those of amounts need not be there
   */
  @Nullable OpenCall unknown(Judged.Rows rows) {
    List<HeldRows.Part> left = new ArrayList<>();
    long last = rows.now();
    for (HeldRows.Part part : parts) {
      Wanted wanted = part.wanted();
      Row row = rows.byId().get(wanted.id());
      long until =
          wanted.kind() == CounterId.Kind.AMOUNT
              ? wanted.span().leaves(part.stamp())
              : row == null ? Row.NOW : row.openUntil(id);
      if (until > rows.now()) {
        left.add(part);
        last = Math.max(last, until);
      }
    }
    return left.isEmpty() ? null : new OpenCall(id, left, last, false);
  }

  /** {@return what an operator finds it by} */
  String name() {
    return name(id);
  }

  static String name(long id) {
    return HEX.toHexDigits(id) + SUFFIX;
  }

  /** {@return the reservation that has a name, or {@link Row#NOBODY} if none could have it} */
  static long id(String name) {
    boolean one =
        name.length() == 2 * Long.BYTES + SUFFIX.length()
            && name.endsWith(SUFFIX)
            && name.chars().limit(2 * Long.BYTES).allMatch(c -> "0123456789abcdef".indexOf(c) >= 0);
    return one ? HexFormat.fromHexDigitsToLong(name, 0, 2 * Long.BYTES) : Row.NOBODY;
  }

  byte[] write() {
    ByteBuffer out = ByteBuffer.allocate(1 + parts.size() * PART);
    out.put(FORMAT);
    for (HeldRows.Part part : parts) {
      Wanted wanted = part.wanted();
      out.put(Row.code(wanted.kind())).put(HEX.parseHex(wanted.id())).putLong(part.stamp());
      out.putLong(wanted.amount()).put((byte) wanted.decimals()).putLong(wanted.lasts());
      wanted.span().write(out);
    }
    return out.array();
  }

  /**
   * Reads a row's data.
   *
   * @throws IllegalStateException if no store of this version wrote it
   */
  static List<HeldRows.Part> read(long id, byte[] data) {
    ByteBuffer in = ByteBuffer.wrap(data);
    if (data.length % PART != 1) {
      throw Row.damaged();
    }
    byte format = in.get();
    if (format != FORMAT) {
      throw new IllegalStateException(
          "a row is of format " + format + ": a later version of the library wrote it");
    }
    List<HeldRows.Part> parts = new ArrayList<>();
    byte[] row = new byte[DIGEST];
    while (in.hasRemaining()) {
      CounterId.Kind kind = Row.kind(in.get());
      in.get(row);
      long stamp = in.getLong();
      long amount = in.getLong();
      int decimals = in.get();
      long lasts = in.getLong();
      Span span = Span.read(in);
      Wanted wanted = Wanted.ended(kind, HEX.formatHex(row), span, amount, decimals, lasts);
      parts.add(new HeldRows.Part(wanted, stamp, id));
    }
    return parts;
  }
}
