package dev.alcada.pluggy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** Waits that are over at once, and are written down. Jitter is left out. */
final class RecordedPauses implements Pauses {
  private final List<Duration> waits = new CopyOnWriteArrayList<>();

  @Override
  public CompletableFuture<Void> after(Duration wait) {
    waits.add(wait);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public Duration jitter(Duration most) {
    return Duration.ZERO;
  }

  List<Duration> waits() {
    return List.copyOf(waits);
  }
}
