package dev.alcada.audit;

import dev.alcada.audit.AuditReport.Kind;
import dev.alcada.audit.Verifier.Findings;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/*
 * Each line is compared with the tie that stands in the line before it, not with the one that should
 * stand there: so a line that was changed is found once, and what follows it is judged by itself.
 *
 *   expected number, right tie     goes on
 *   expected number, wrong tie     changed; if the next line fits the one before, inserted
 *   higher number                  removed; if the missing ones come later, swapped
 *   lower number                   seen with that tie: duplicated; else inserted
 */

/** Follows the ties from line to line, and says what is wrong where one does not hold. */
final class Ties {
  private static final int REMEMBERED = 1 << 12;

  private final Findings found;
  private final Map<Long, String> anchors = new HashMap<>();
  private @Nullable Chain chain;
  private final Line line = new Line();
  private final byte[] made = Chain.zero();

  /** The tie of the last line that was gone on from, and its number. */
  private final byte[] last = Chain.zero();

  private long lastSequence;

  /** Where it goes on if the last line was never written, or its own tie was changed alone. */
  private final byte[] beforeBad = Chain.zero();

  private final byte[] ofBad = Chain.zero();
  private int bad = -1;
  private boolean isBad;

  /** The numbers that are missing, and the tie before them. */
  private long missingFrom;

  private long missingTo;
  private final byte[] beforeMissing = Chain.zero();
  private int missing = -1;

  /** The ties of the last lines, by number. */
  private final byte[][] seen = new byte[REMEMBERED][];

  private final long[] seenSequence = new long[REMEMBERED];

  Ties(Findings found, List<Anchor> anchors, @Nullable Chain chain) {
    this.found = found;
    this.chain = chain;
    for (Anchor anchor : anchors) {
      this.anchors.put(anchor.sequence(), anchor.tie());
    }
  }

  /** Goes on under another key, or under one that is not known. */
  void under(@Nullable Chain next) {
    chain = next;
  }

  /** Begins in the middle, where the files before are gone. */
  void beginAt(long sequence, String tie) {
    byte[] hex = tie.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    if (sequence > 0 && hex.length == 2 * Chain.BYTES && Chain.read(hex, 0, last)) {
      lastSequence = sequence - 1;
    }
  }

  long lastSequence() {
    return lastSequence;
  }

  Line line() {
    return line;
  }

  /** {@return whether the line is a record that was written where it stands} */
  boolean line(LogFile file, long number, byte[] bytes, int from, int to) {
    if (!line.parse(bytes, from, to)) {
      badLine(file, number, Kind.CHANGED, "this is no record", lastSequence + 1);
      return false;
    }
    long expected = lastSequence + 1;
    if (isBad && line.sequence == lastSequence && holds(beforeBad)) {
      found.replace(bad, Kind.INSERTED, "this line was never written");
      isBad = false;
      return go(file, number);
    }
    if (line.sequence == expected) {
      if (holds(last) || (isBad && holds(ofBad))) {
        isBad = false;
        return go(file, number);
      }
      badLine(file, number, Kind.CHANGED, "the record is not what was written", expected);
      return false;
    }
    if (line.sequence > expected) {
      missingBefore(file, number, expected);
      return false;
    }
    return again(file, number);
  }

  /** {@return whether the line's tie is made of a tie before it and of its record} */
  private boolean holds(byte[] before) {
    if (chain == null) {
      return true; // nothing can be said without the key
    }
    chain.tie(before, line.bytes, line.from, line.length, made);
    return Arrays.equals(made, line.tie);
  }

  private boolean go(LogFile file, long number) {
    lastSequence = line.sequence;
    System.arraycopy(line.tie, 0, last, 0, last.length);
    int place = (int) (lastSequence & (REMEMBERED - 1));
    if (seen[place] == null) {
      seen[place] = new byte[Chain.BYTES];
    }
    System.arraycopy(line.tie, 0, seen[place], 0, Chain.BYTES);
    seenSequence[place] = lastSequence;
    String anchored = anchors.isEmpty() ? null : anchors.get(lastSequence);
    if (anchored != null && !anchored.equals(LogEnd.hex(line.tie))) {
      found.add(
          file, number, Kind.FORKED, "an anchor has another record " + lastSequence + " than this");
    }
    return true;
  }

  /**
   * Takes a line that does not fit as if it stood for the expected one. A run of them is told once.
   */
  private void badLine(LogFile file, long number, Kind kind, String text, long sequence) {
    if (!isBad) {
      bad = found.add(file, number, kind, text);
      isBad = true;
    }
    System.arraycopy(last, 0, beforeBad, 0, last.length);
    boolean record = line.sequence == sequence && line.bytes.length > 0;
    if (record && chain != null) {
      chain.tie(last, line.bytes, line.from, line.length, ofBad);
      System.arraycopy(line.tie, 0, last, 0, last.length);
    }
    lastSequence = sequence;
  }

  private void missingBefore(LogFile file, long number, long expected) {
    isBad = false;
    missingFrom = expected;
    missingTo = line.sequence - 1;
    System.arraycopy(last, 0, beforeMissing, 0, last.length);
    missing =
        found.add(
            file,
            number,
            Kind.REMOVED,
            "the records " + missingFrom + " to " + missingTo + " are missing before it");
    go(file, number);
  }

  private boolean again(LogFile file, long number) {
    if (line.sequence >= missingFrom && line.sequence <= missingTo && holds(beforeMissing)) {
      found.replace(
          missing,
          Kind.SWAPPED,
          "the record stands before record " + line.sequence + ", which was written before it");
      System.arraycopy(line.tie, 0, beforeMissing, 0, Chain.BYTES);
      missingFrom = line.sequence + 1;
      return true;
    }
    int place = (int) (line.sequence & (REMEMBERED - 1));
    boolean same =
        seen[place] != null
            && seenSequence[place] == line.sequence
            && Arrays.equals(seen[place], line.tie);
    found.add(
        file,
        number,
        same ? Kind.DUPLICATED : Kind.INSERTED,
        same
            ? "the record " + line.sequence + " stands there before"
            : "a record " + line.sequence + " has no place here");
    return false;
  }
}
