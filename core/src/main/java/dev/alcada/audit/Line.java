package dev.alcada.audit;

import java.nio.charset.StandardCharsets;

/*
 *   {"seq":17,"kind":"decision", … ,"mac":"0123…"}
 *   └─────────── what is tied ─────┘       └ tie ┘
 */

/** How a line is laid out around its record, and what can be read of it without reading it all. */
final class Line {
  static final byte[] BEFORE_TIE = ",\"mac\":\"".getBytes(StandardCharsets.US_ASCII);
  static final byte[] AFTER_TIE = "\"}".getBytes(StandardCharsets.US_ASCII);

  private static final byte[] SEQUENCE = "{\"seq\":".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] KIND = ",\"kind\":\"".getBytes(StandardCharsets.US_ASCII);
  private static final int TAIL = BEFORE_TIE.length + 2 * Chain.BYTES + AFTER_TIE.length;

  byte[] bytes = new byte[0];
  int from;
  int length;
  long sequence;
  int kindFrom;
  final byte[] tie = Chain.zero();

  /** Takes a line without its end; {@return whether it is laid out like a record} */
  boolean parse(byte[] in, int start, int end) {
    bytes = in;
    from = start;
    length = end - start - TAIL;
    if (length < SEQUENCE.length
        || !at(start, SEQUENCE)
        || !at(start + length, BEFORE_TIE)
        || !at(end - AFTER_TIE.length, AFTER_TIE)
        || !Chain.read(in, start + length + BEFORE_TIE.length, tie)) {
      return false;
    }
    int at = start + SEQUENCE.length;
    long number = 0;
    int digits = 0;
    while (at < start + length && in[at] >= '0' && in[at] <= '9' && digits++ < 18) {
      number = 10 * number + in[at++] - '0';
    }
    sequence = number;
    kindFrom = at + KIND.length;
    return digits > 0 && number > 0 && at + KIND.length < start + length && at(at, KIND);
  }

  boolean isKind(String kind) {
    for (int i = 0; i < kind.length(); i++) {
      if (kindFrom + i >= from + length || bytes[kindFrom + i] != kind.charAt(i)) {
        return false;
      }
    }
    return bytes[kindFrom + kind.length()] == '"';
  }

  private boolean at(int place, byte[] wanted) {
    if (place < 0 || place + wanted.length > bytes.length) {
      return false;
    }
    for (int i = 0; i < wanted.length; i++) {
      if (bytes[place + i] != wanted[i]) {
        return false;
      }
    }
    return true;
  }

  /** {@return the record and its tie as a whole JSON object's bytes: where they end} */
  int end() {
    return from + length + TAIL;
  }
}
