package dev.alcada.spring;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What tools threw, carried past a framework that makes a text of every exception. A tool's own
 * message may hold what a client must not see, and the guard settles by the exception itself; so a
 * failure goes through the framework under a name that nobody can guess, and is itself again on the
 * other side.
 *
 * <pre>
 *   tool throws X  →  carrying(X)  →  the framework's text "…name…"  →  in(text) = X
 * </pre>
 */
final class ToolFailures {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Pattern NAME = Pattern.compile("alcada-failure-[0-9a-f]{32}");

  /** A text comes out moments later, if it does. */
  private static final Cache<String, Throwable> UNDER_WAY =
      Caffeine.newBuilder().maximumSize(10_000).expireAfterWrite(Duration.ofMinutes(1)).build();

  private ToolFailures() {}

  /** Thrown in place of what a tool threw, which is not its cause: of that a text would be made. */
  static final class Carrier extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Throwable original;

    Carrier(String name, Throwable original) {
      super(name, null, false, false);
      this.original = original;
    }
  }

  static Carrier carrying(Throwable failure) {
    if (failure instanceof Carrier carrier) {
      return carrier;
    }
    byte[] bytes = new byte[16];
    RANDOM.nextBytes(bytes);
    String name = "alcada-failure-" + HexFormat.of().formatHex(bytes);
    UNDER_WAY.put(name, failure);
    return new Carrier(name, failure);
  }

  /** {@return what was thrown, whatever it is wrapped in} */
  static Throwable original(Throwable failure) {
    Throwable found = failure;
    for (int depth = 0; found != null && depth < 20; depth++) {
      if (found instanceof Carrier carrier) {
        return carrier.original;
      }
      found = found.getCause();
    }
    return failure;
  }

  /** {@return what a text carries, or null if it carries nothing} */
  static @Nullable Throwable in(String text) {
    Matcher matcher = NAME.matcher(text);
    if (!matcher.find()) {
      return null;
    }
    Throwable failure = UNDER_WAY.getIfPresent(matcher.group());
    UNDER_WAY.invalidate(matcher.group());
    return failure == null ? new IllegalStateException("the tool failed") : failure;
  }
}
