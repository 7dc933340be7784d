package dev.alcada.pluggy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;

/** Everything the library lets out while it is tested, and every secret it was given. */
final class Produced {
  static final Set<String> SECRETS = ConcurrentHashMap.newKeySet();
  private static final Queue<String> TEXTS = new ConcurrentLinkedQueue<>();
  private static final Path LOG = Path.of("target/trace.log");
  private static int logTaken; // guarded by the class
  // OkHttp logs here; kept, or the logger would be collected with its level.
  private static final Logger OKHTTP = Logger.getLogger("okhttp3");

  static {
    SECRETS.add(Pluggy.CLIENT_SECRET);
    OKHTTP.setLevel(Level.ALL);
    OKHTTP.addHandler(
        new Handler() {
          {
            setLevel(Level.ALL);
          }

          @Override
          public void publish(LogRecord record) {
            text(record.getMessage());
            Throwable thrown = record.getThrown();
            if (thrown != null) {
              text(trace(thrown));
            }
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        });
  }

  private Produced() {}

  static void text(@Nullable Object value) {
    TEXTS.add(String.valueOf(value));
  }

  /** Runs something that fails and returns what it threw, noting all that is in it. */
  static Throwable failure(ThrowingCallable callable) {
    Throwable thrown = Assertions.catchThrowable(callable);
    Assertions.assertThat(thrown).as("an exception").isNotNull();
    note(thrown);
    return thrown;
  }

  /** As AssertJ's own, noting all that is in what was thrown. */
  static AbstractThrowableAssert<?, ? extends Throwable> assertThatThrownBy(
      ThrowingCallable callable) {
    return Assertions.assertThat(failure(callable));
  }

  private static void note(Throwable thrown) {
    text(trace(thrown));
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof PluggyException e) {
        text(e.failure());
      }
    }
  }

  private static String trace(Throwable thrown) {
    StringWriter trace = new StringWriter();
    thrown.printStackTrace(new PrintWriter(trace));
    return trace.toString();
  }

  /** Returns all that was noted and not yet taken, and what was logged. */
  static List<String> all() {
    List<String> all = new ArrayList<>(TEXTS);
    all.add(log());
    return all;
  }

  /** Returns what was noted and logged since this was last asked. */
  static synchronized List<String> taken() {
    List<String> taken = new ArrayList<>();
    for (String text = TEXTS.poll(); text != null; text = TEXTS.poll()) {
      taken.add(text);
    }
    String log = log();
    taken.add(log.substring(logTaken));
    logTaken = log.length();
    return taken;
  }

  private static String log() {
    try {
      return Files.readString(LOG);
    } catch (IOException e) {
      throw new UncheckedIOException("the log is to be scanned too", e);
    }
  }
}
