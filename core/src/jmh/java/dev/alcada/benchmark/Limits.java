package dev.alcada.benchmark;

import dev.alcada.counter.CounterId;
import dev.alcada.time.Window;
import io.github.bucket4j.Bucket;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;

/** One limit in each library's terms. */
final class Limits {
  private Limits() {}

  static CounterId id(Duration window) {
    return CounterId.of("limits", "rate", "grant", new Window.Sliding(window));
  }

  static Bucket bucket(Duration window, int max) {
    return Bucket.builder()
        .addLimit(limit -> limit.capacity(max).refillGreedy(max, window))
        .build();
  }

  static RateLimiter limiter(Duration window, int max) {
    return RateLimiter.of(
        "limit",
        RateLimiterConfig.custom()
            .limitForPeriod(max)
            .limitRefreshPeriod(window)
            .timeoutDuration(Duration.ZERO)
            .build());
  }
}
