package dev.alcada.examples.gateway;

/**
 * How much of this program's memory requests may take that are under way, in all sessions together:
 * what is made of them, and not how long their texts are, since a text of small values becomes many
 * times its size. Thread-safe.
 */
final class Room {
  /** A request is read, judged as a copy, and sent on: some three times what is counted of it. */
  private static final int SHARE = 16;

  /** What a value takes beside its characters. */
  private static final int VALUE = 40;

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
    long weight = text.length();
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quoted && c == '\\') {
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && (c == ',' || c == ':' || c == '[' || c == '{')) {
        weight += VALUE;
      }
    }
    return weight;
  }

  /**
   * Takes room for a request; {@link #give} gives it back. A session has half of the room at most;
   * where nothing is under way one request has all that it needs.
   *
   * @param weight what the request takes, in bytes
   * @param ofSession what others of its session have taken
   * @return whether there is room
   */
  synchronized boolean take(long weight, long ofSession) {
    boolean fits = taken + weight <= most && (ofSession == 0 || ofSession + weight <= most / 2);
    if (taken > 0 && !fits) {
      return false;
    }
    taken += weight;
    return true;
  }

  synchronized void give(long weight) {
    taken -= weight;
  }
}
