package dev.alcada.pluggy.testing;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** The stand-in's limit of one endpoint: a count that starts again with each minute. */
final class MinuteLimit {
  private static final long MINUTE = 60;

  private final int max;
  private long minute = Long.MIN_VALUE;
  private int used;

  MinuteLimit(int max) {
    this.max = max;
  }

  /** Counts a request if there is room for it. */
  Room take(Instant now) {
    long current = Math.floorDiv(now.getEpochSecond(), MINUTE);
    if (current != minute) {
      minute = current;
      used = 0;
    }
    boolean admitted = used < max;
    if (admitted) {
      used++;
    }
    long reset = MINUTE - Math.floorMod(now.getEpochSecond(), MINUTE);
    return new Room(admitted, max, max - used, reset);
  }

  /**
   * What is left after a request.
   *
   * @param reset the seconds until the count starts again
   */
  record Room(boolean admitted, int limit, int remaining, long reset) {
    Map<String, String> headers() {
      Map<String, String> headers = new LinkedHashMap<>();
      headers.put("RateLimit-Limit", Integer.toString(limit));
      headers.put("RateLimit-Remaining", Integer.toString(remaining));
      headers.put("RateLimit-Reset", Long.toString(reset));
      return headers;
    }
  }
}
