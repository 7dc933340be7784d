package dev.alcada.examples.gateway;

/**
 * How much of this program's memory requests may take that are under way, in all sessions together:
 * what is made of them, and not how long their texts are, since a text of small values becomes many
 * times its size. No session has more than half, so that a tool that hangs keeps no others out, and
 * what is small always has room: a ping is answered, and a session begun, however much goes on.
 * Thread-safe.
 */
final class Room {
  /** A request is read, judged as a copy, and sent on: some three times what is counted of it. */
  private static final int SHARE = 8;

  /** As many as there may be of such in all sessions do not matter. */
  private static final long SMALL = 2 << 10;

  /** What a value takes beside its characters. */
  private static final int VALUE = 40;

  /** What a character may become that is not ASCII, on its way to a server. */
  private static final int ESCAPED = 6;

  private final long most;
  private long taken;

  Room(long most) {
    this.most = most;
  }

  /** {@return a share of the memory that there is} */
  static Room ofMemory() {
    return new Room(Runtime.getRuntime().maxMemory() / SHARE);
  }

  /** {@return what is made of a JSON text, about, in bytes} */
  static long weight(String text) {
    long weight = 0;
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      weight += c < 0x80 ? 1 : ESCAPED;
      if (quoted && c == '\\') {
        i++;
        weight++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && (c == ',' || c == ':' || c == '[' || c == '{')) {
        weight += VALUE;
      }
    }
    return weight;
  }

  /** {@return whether a request is so large that it never has room} */
  boolean isTooSmallFor(long weight) {
    return weight > most / 2 && weight > SMALL;
  }

  /**
   * Takes room for a request; {@link #give} gives it back.
   *
   * @param weight what the request takes, in bytes
   * @param ofSession what others of its session have taken
   * @return whether there is room
   */
  synchronized boolean take(long weight, long ofSession) {
    if (weight > SMALL && (taken + weight > most || ofSession + weight > most / 2)) {
      return false;
    }
    taken += weight;
    return true;
  }

  synchronized void give(long weight) {
    taken -= weight;
  }
}
