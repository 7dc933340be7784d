package dev.alcada.fleet;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a caller has seen of one charge that was admitted. Times are microseconds of the store's
 * clock, which the caller has read on a connection of its own.
 *
 * @param limit the place of its limit in the list
 * @param before what the clock showed before the call was made
 * @param after what it showed once the call was answered
 * @param stamp when the store says it was admitted, or {@link #UNTOLD}
 * @param amount how much
 * @param released what the clock showed just before it was given back, or {@link #KEPT}
 */
record Entry(int limit, long before, long after, long stamp, long amount, long released) {
  static final long UNTOLD = Long.MIN_VALUE;
  static final long KEPT = Long.MAX_VALUE;

  Entry releasedAt(long time) {
    return new Entry(limit, before, after, stamp, amount, time);
  }

  void write(DataOutputStream out) throws IOException {
    out.writeInt(limit);
    out.writeLong(before);
    out.writeLong(after);
    out.writeLong(stamp);
    out.writeLong(amount);
    out.writeLong(released);
  }

  static void read(Path log, List<Entry> into) throws IOException {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(log)))) {
      while (true) {
        int limit;
        try {
          limit = in.readInt();
        } catch (EOFException e) {
          return;
        }
        into.add(
            new Entry(
                limit, in.readLong(), in.readLong(), in.readLong(), in.readLong(), in.readLong()));
      }
    }
  }
}
