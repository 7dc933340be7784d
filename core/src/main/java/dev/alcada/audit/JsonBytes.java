package dev.alcada.audit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes JSON as bytes, in one way only: members in the order they are given, no space, and
 * everything that could end a line or be read as two things escaped. One thread at a time.
 */
final class JsonBytes {
  /** Of a longer text so many characters are kept, and a digest of it all. */
  static final int LONGEST = 1_000;

  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private byte[] bytes = new byte[16 << 10];
  private int size;
  private long second = Long.MIN_VALUE;
  private final byte[] secondText = new byte[19];

  byte[] bytes() {
    return bytes;
  }

  int size() {
    return size;
  }

  void truncate(int to) {
    size = to;
  }

  void clear() {
    size = 0;
    if (bytes.length > 4 << 20) {
      bytes = new byte[16 << 10];
    }
  }

  /** Makes room for some bytes behind the end, to be written by the caller. */
  int extend(int more) {
    int at = size;
    room(more);
    size += more;
    return at;
  }

  JsonBytes raw(String ascii) {
    int length = ascii.length();
    room(length);
    for (int i = 0; i < length; i++) {
      bytes[size++] = (byte) ascii.charAt(i);
    }
    return this;
  }

  /** Begins a member; its value is written next. */
  JsonBytes name(String name) {
    if (size > 0 && bytes[size - 1] != '{') {
      raw(",");
    }
    return raw("\"").raw(name).raw("\":");
  }

  JsonBytes member(String name, long value) {
    return name(name).raw(Long.toString(value));
  }

  /** Writes a member, unless it has no value. */
  JsonBytes member(String name, @Nullable String value) {
    return value == null ? this : name(name).text(value, LONGEST);
  }

  JsonBytes member(String name, Instant value) {
    return name(name).instant(value);
  }

  JsonBytes member(String name, List<String> values, int most) {
    name(name).raw("[");
    for (int i = 0; i < Math.min(most, values.size()); i++) {
      if (i > 0) {
        raw(",");
      }
      text(values.get(i), 200);
    }
    raw("]");
    return values.size() > most ? member(name + "_more", values.size() - most) : this;
  }

  JsonBytes text(String text, int longest) {
    int length = text.length();
    boolean cut = length > longest;
    int end = cut ? longest : length;
    room(2 + 6 * end);
    bytes[size++] = '"';
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\') {
        bytes[size++] = (byte) c;
      } else {
        i += other(text, i, end);
      }
    }
    if (cut) {
      raw("\\u2026sha256:").raw(digest(text));
    }
    room(1);
    bytes[size++] = '"';
    return this;
  }

  /** {@return how many characters more than one were written} */
  private int other(String text, int i, int end) {
    char c = text.charAt(i);
    if (c == '"' || c == '\\') {
      bytes[size++] = '\\';
      bytes[size++] = (byte) c;
    } else if (c < 0xa0 || c == '\u2028' || c == '\u2029') {
      escape(c);
    } else if (c < 0x800) {
      bytes[size++] = (byte) (0xc0 | (c >> 6));
      bytes[size++] = (byte) (0x80 | (c & 0x3f));
    } else if (Character.isSurrogate(c)) {
      if (Character.isHighSurrogate(c)
          && i + 1 < end
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        int point = Character.toCodePoint(c, text.charAt(i + 1));
        bytes[size++] = (byte) (0xf0 | (point >> 18));
        bytes[size++] = (byte) (0x80 | ((point >> 12) & 0x3f));
        bytes[size++] = (byte) (0x80 | ((point >> 6) & 0x3f));
        bytes[size++] = (byte) (0x80 | (point & 0x3f));
        return 1;
      }
      escape(c);
    } else {
      bytes[size++] = (byte) (0xe0 | (c >> 12));
      bytes[size++] = (byte) (0x80 | ((c >> 6) & 0x3f));
      bytes[size++] = (byte) (0x80 | (c & 0x3f));
    }
    return 0;
  }

  private void escape(char c) {
    bytes[size++] = '\\';
    bytes[size++] = 'u';
    bytes[size++] = HEX[c >> 12];
    bytes[size++] = HEX[(c >> 8) & 0xf];
    bytes[size++] = HEX[(c >> 4) & 0xf];
    bytes[size++] = HEX[c & 0xf];
  }

  /** Over the UTF-16 code units: an encoder would make all halves of characters alike. */
  private static String digest(String text) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(sha256.digest(text.getBytes(StandardCharsets.UTF_16BE)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Always six digits behind the second: what a database keeps of an instant. */
  private JsonBytes instant(Instant instant) {
    long seconds = instant.getEpochSecond();
    if (seconds != second) {
      LocalDateTime time = LocalDateTime.ofEpochSecond(seconds, 0, ZoneOffset.UTC);
      byte[] text =
          (time.toString() + (time.getSecond() == 0 ? ":00" : ""))
              .getBytes(StandardCharsets.US_ASCII);
      if (text.length != secondText.length) {
        return text(instant.toString(), 100); // a year of five digits
      }
      System.arraycopy(text, 0, secondText, 0, text.length);
      second = seconds;
    }
    room(30);
    bytes[size++] = '"';
    System.arraycopy(secondText, 0, bytes, size, secondText.length);
    size += secondText.length;
    bytes[size++] = '.';
    int micros = instant.getNano() / 1_000;
    for (int place = 100_000; place > 0; place /= 10) {
      bytes[size++] = (byte) ('0' + micros / place % 10);
    }
    bytes[size++] = 'Z';
    bytes[size++] = '"';
    return this;
  }

  private void room(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
    }
  }
}
