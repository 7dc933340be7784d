package dev.alcada;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * Holds what goes to standard error while the tests of a class run. All of it is shown if one of
 * them fails; if none does, a warning or an error that nobody expects fails the class, since it is
 * what a user would read. {@code expected-log.tsv} says which class makes which lines appear: the
 * class's name, a tab, and an expression that is found in the line.
 *
 * <pre>
 *   a line of the tests' own thread    a row of this class expects it
 *   a line of ours, of another thread  a row of any class does: it may be an ended test's
 *   one of a library, of another       nobody need expect it: servers and clients are ending
 * </pre>
 *
 * It is found by its name in {@code META-INF/services}, and holds for every class of a module.
 */
public final class HeldLog implements BeforeAllCallback, AfterAllCallback, TestWatcher {
  private static final Pattern LOUD =
      Pattern.compile(
          "(?:\\[(?<thread>.*?)] )?(?:WARN|ERROR|SEVERE)\\w*(?:: .*| (?<logger>\\S+) - .*)");

  /**
   * What newer JVMs say of agents, native code and old classes that the tests' libraries use, and a
   * web server of a machine that is slow.
   */
  private static final Pattern OF_THE_JVM =
      Pattern.compile(
          "WARNING: (?:A Java agent|If a serviceability tool|Dynamic loading of agents"
              + "|A terminally deprecated method|A restricted method|Restricted methods"
              + "|Use --enable|Please consider reporting"
              + "|Creation of SecureRandom instance for session ID generation|\\S+::\\S+ (?:has been|will be)).*");

  private static final List<Row> EXPECTED = expected();

  private static final Held HELD = new Held();

  /** What stays in place between two classes: some of those who log keep the stream they found. */
  private static final PrintStream HOLDING = new PrintStream(HELD, true, StandardCharsets.UTF_8);

  private static @Nullable PrintStream console;

  private boolean failed;

  /** A line that a class makes appear. */
  private record Row(String ofClass, Pattern line) {}

  private static final class Held extends ByteArrayOutputStream {
    /** {@return what was written since the last time} */
    synchronized String take() {
      String text = toString(StandardCharsets.UTF_8);
      reset();
      return text;
    }
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    if (isOutermost(context)) {
      failed = false;
      if (console == null) {
        console = System.err;
      }
      System.setErr(HOLDING);
    }
  }

  @Override
  public void testFailed(ExtensionContext context, Throwable cause) {
    failed = true;
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (!isOutermost(context)) {
      return;
    }
    String text = HELD.take();
    if (failed || context.getExecutionException().isPresent()) {
      Objects.requireNonNull(console).print(text);
      return;
    }
    List<String> unexpected = unexpected(text, context.getRequiredTestClass().getSimpleName());
    if (!unexpected.isEmpty()) {
      throw new AssertionError(
          "The tests pass, and this was logged. Have it looked at by a test (OwnLog), or say in"
              + " expected-log.tsv that "
              + context.getRequiredTestClass().getSimpleName()
              + " makes it appear:\n"
              + String.join("\n", unexpected));
    }
  }

  private static boolean isOutermost(ExtensionContext context) {
    return context.getRequiredTestClass().getEnclosingClass() == null;
  }

  /** {@return those of the lines which no row of a class expects} */
  static List<String> unexpected(String lines, String ofClass) {
    return lines.lines().filter(line -> isUnexpected(line, ofClass)).toList();
  }

  private static boolean isUnexpected(String line, String ofClass) {
    Matcher loud = LOUD.matcher(line);
    if (!loud.matches() || OF_THE_JVM.matcher(line).matches()) {
      return false;
    }
    String thread = loud.group("thread");
    String logger = loud.group("logger");
    boolean own = Thread.currentThread().getName().equals(thread);
    boolean ending = thread != null && !own && logger != null && !logger.startsWith("dev.alcada.");
    return !ending
        && EXPECTED.stream()
            .noneMatch(
                row -> (!own || row.ofClass.equals(ofClass)) && row.line.matcher(line).find());
  }

  private static List<Row> expected() {
    List<Row> rows = new ArrayList<>();
    try (InputStream table =
            Objects.requireNonNull(HeldLog.class.getResourceAsStream("/expected-log.tsv"));
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(table, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] cells = line.split("\t", -1);
        rows.add(new Row(cells[0], Pattern.compile(cells[1])));
      }
    } catch (IOException e) {
      throw new IllegalStateException("expected-log.tsv", e);
    }
    return rows;
  }
}
