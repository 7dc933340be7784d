package dev.alcada.guard;

import dev.alcada.approval.ApprovalRequest;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/*
 * Between the store's yes to a change and the telling of it, another thread may see the change,
 * make the next one and tell of that. So each change is announced before the store is asked, and
 * is told once no earlier one of the same request is still on its way.
 *
 *   begin 2 ──► store: approved ───────────── (slow) ──────────► end 2: told "approved", "in use"
 *                       begin 3 ──► store: in use ──► end 3: waits
 */

/**
 * Tells of the changes of requests, each request's in the order of their versions, as far as they
 * are made here. Safe for use by several threads.
 */
final class News {
  private final Consumer<ApprovalRequest> teller;
  private final Map<String, Line> lines = new HashMap<>();

  /** The changes of one request that are not told yet. */
  private static final class Line {
    /** How many are under way to each version: two people may answer at once. */
    final TreeMap<Long, Integer> underWay = new TreeMap<>();

    final TreeMap<Long, ApprovalRequest> made = new TreeMap<>();
    boolean telling;
  }

  News(Consumer<ApprovalRequest> teller) {
    this.teller = teller;
  }

  /** Announces a change that a store is about to be asked for. */
  void begin(ApprovalRequest next) {
    synchronized (lines) {
      lines
          .computeIfAbsent(next.id(), id -> new Line())
          .underWay
          .merge(next.version(), 1, Integer::sum);
    }
  }

  /** Tells of the change, if it was made, and of those that waited for it. */
  void end(ApprovalRequest next, boolean made) {
    synchronized (lines) {
      Line line = lines.computeIfAbsent(next.id(), id -> new Line());
      line.underWay.computeIfPresent(next.version(), (v, many) -> many == 1 ? null : many - 1);
      if (made) {
        line.made.put(next.version(), next);
      }
      if (line.telling) {
        return;
      }
      line.telling = true;
    }
    boolean told = false;
    try {
      for (ApprovalRequest due = due(next.id()); due != null; due = due(next.id())) {
        teller.accept(due);
      }
      told = true;
    } finally {
      if (!told) {
        stopped(next.id());
      }
    }
  }

  /** Whoever makes the next change of the request tells of what is left, too. */
  private void stopped(String id) {
    synchronized (lines) {
      Line line = lines.get(id);
      if (line != null) {
        line.telling = false;
      }
    }
  }

  /** {@return the next change to be told, or null if there is none now} */
  private @Nullable ApprovalRequest due(String id) {
    synchronized (lines) {
      Line line = lines.get(id);
      if (line == null) {
        return null;
      }
      if (!line.made.isEmpty()
          && (line.underWay.isEmpty() || line.underWay.firstKey() >= line.made.firstKey())) {
        return line.made.pollFirstEntry().getValue();
      }
      line.telling = false;
      if (line.made.isEmpty() && line.underWay.isEmpty()) {
        lines.remove(id);
      }
      return null;
    }
  }
}
