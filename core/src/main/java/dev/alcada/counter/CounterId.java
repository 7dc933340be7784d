package dev.alcada.counter;

import dev.alcada.time.Window;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a counter or a mark is apart from the values it goes by: limits with equal identity share
 * their counts. The decimal places of amounts and the maximum are no part of it. Immutable; keep
 * one instance for many calls, since stores recognise it fastest by reference.
 */
public final class CounterId implements Comparable<CounterId> {
  /** What is kept under a key. */
  public enum Kind {
    /** Amounts within a window: {@link Charge.Amount}. */
    AMOUNT,
    /** Different values within a window: {@link Charge.Distinct}. */
    DISTINCT,
    /** What runs now: {@link Charge.InFlight}. */
    IN_FLIGHT,
    /** That a call was made: {@link Charge.Once}. */
    ONCE,
    /** What calls have left behind: {@link Mark}. */
    MARK
  }

  private final Kind kind;
  private final String namespace;
  private final String name;
  private final String scope;
  private final @Nullable Window window;
  private final int hash;

  /** Once it has been asked for; whichever of two equal texts others see is right. */
  private @Nullable String text;

  private CounterId(
      Kind kind, String namespace, String name, String scope, @Nullable Window window) {
    this.kind = kind;
    this.namespace = Objects.requireNonNull(namespace, "namespace");
    this.name = Objects.requireNonNull(name, "name");
    this.scope = Objects.requireNonNull(scope, "scope");
    this.window = window;
    this.hash = Objects.hash(kind.name(), namespace, name, scope, window);
  }

  /**
   * Returns the identity of a counter of amounts.
   *
   * @param namespace keeps apart what must never share: the named counters of documents, the
   *     shorthand limits of tools, and those that only report
   * @param name the counter's name within its namespace
   * @param scope what it counts by, for example {@code grant} or {@code args.payer.document}
   * @param window the span of time it looks back on
   */
  public static CounterId of(String namespace, String name, String scope, Window window) {
    Objects.requireNonNull(window, "window");
    return new CounterId(Kind.AMOUNT, namespace, name, scope, window);
  }

  /**
   * Returns the identity of a counter of different values. It shares nothing with a counter of
   * amounts that has the same parts.
   *
   * @param namespace keeps apart what must never share
   * @param name the counter's name within its namespace
   * @param scope what it counts by
   * @param window the span of time it looks back on
   */
  public static CounterId distinct(String namespace, String name, String scope, Window window) {
    Objects.requireNonNull(window, "window");
    return new CounterId(Kind.DISTINCT, namespace, name, scope, window);
  }

  /**
   * Returns the identity of a counter of what runs now.
   *
   * @param namespace keeps apart what must never share
   * @param name the counter's name within its namespace
   * @param scope what it counts by
   */
  public static CounterId inFlight(String namespace, String name, String scope) {
    return new CounterId(Kind.IN_FLIGHT, namespace, name, scope, null);
  }

  /**
   * Returns the identity of what is remembered of a tool's calls, so that none is made twice. Its
   * scope is {@code once}.
   *
   * @param namespace keeps apart what must never share
   * @param tool the tool's name
   */
  public static CounterId once(String namespace, String tool) {
    return new CounterId(Kind.ONCE, namespace, tool, "once", null);
  }

  /**
   * Returns the identity of a mark.
   *
   * @param namespace keeps apart what must never share
   * @param name the mark's name within its namespace
   * @param scope what it goes by
   */
  public static CounterId mark(String namespace, String name, String scope) {
    return new CounterId(Kind.MARK, namespace, name, scope, null);
  }

  /** {@return what is kept under its keys} */
  public Kind kind() {
    return kind;
  }

  /** {@return what keeps apart counters that must never share} */
  public String namespace() {
    return namespace;
  }

  /** {@return the counter's name within its namespace} */
  public String name() {
    return name;
  }

  /** {@return what it counts by} */
  public String scope() {
    return scope;
  }

  /** {@return the span of time it looks back on, or {@code null} where its kind has none} */
  public @Nullable Window window() {
    return window;
  }

  /**
   * Returns this identity as a text: equal for equal identities, another for each other one, and
   * the same in every version of the library that keeps its leading number. A store that several
   * processes share makes its keys of it. For example
   *
   * <pre>{@code
   * 1/6:limits/4:rate/5:grant/13:sliding 60000
   * 1/6:limits/5:daily/11:args.seller/38:calendar 86400000 America/Sao_Paulo
   * 1/6:limits/10:recipients/5:grant/25:distinct sliding 86400000
   * 1/5:marks/12:private_data/5:grant/4:mark
   * }</pre>
   *
   * <p>The parts are the number of the format, namespace, name, scope, and the kind with the
   * window: {@code sliding} or {@code calendar}, its length in milliseconds, and a calendar's zone,
   * with {@code distinct} before it where different values are counted; or {@code in_flight},
   * {@code once} or {@code mark} alone. Each part but the number is written as {@code /}, its
   * length in characters, {@code :} and itself. Printable ASCII stands for itself; a backslash and
   * every other UTF-16 code unit is a backslash and four hexadecimal digits, so that no encoding
   * makes two texts alike.
   */
  public String text() {
    String known = text;
    if (known == null) {
      known = written();
      text = known;
    }
    return known;
  }

  private String written() {
    StringBuilder text = new StringBuilder("1");
    CounterText.append(text, namespace);
    CounterText.append(text, name);
    CounterText.append(text, scope);
    CounterText.append(
        text,
        switch (kind) {
          case AMOUNT -> span();
          case DISTINCT -> "distinct " + span();
          case IN_FLIGHT -> "in_flight";
          case ONCE -> "once";
          case MARK -> "mark";
        });
    return text.toString();
  }

  private String span() {
    long millis = length(window);
    return window instanceof Window.Calendar calendar
        ? "calendar " + millis + " " + calendar.zone().getId()
        : "sliding " + millis;
  }

  /**
   * Returns the identity that is written by such parts of its text.
   *
   * @throws RuntimeException if none is
   */
  static CounterId parse(List<@Nullable String> parts) {
    String namespace = Objects.requireNonNull(parts.get(0));
    String name = Objects.requireNonNull(parts.get(1));
    String scope = Objects.requireNonNull(parts.get(2));
    String span = Objects.requireNonNull(parts.get(3));
    String distinct = "distinct ";
    return switch (span) {
      case "in_flight" -> inFlight(namespace, name, scope);
      case "once" -> once(namespace, name);
      case "mark" -> mark(namespace, name, scope);
      default ->
          span.startsWith(distinct)
              ? distinct(namespace, name, scope, window(span.substring(distinct.length())))
              : of(namespace, name, scope, window(span));
    };
  }

  private static Window window(String span) {
    String[] words = span.split(" ", 3);
    Duration length = Duration.ofMillis(Long.parseLong(words[1]));
    return words[0].equals("calendar")
        ? new Window.Calendar(length, ZoneId.of(words[2]))
        : new Window.Sliding(length);
  }

  /** Orders by all components, so that tables keyed by identities stay fast under collisions. */
  @Override
  public int compareTo(CounterId other) {
    if (this == other) {
      return 0;
    }
    int order = name.compareTo(other.name);
    if (order == 0) {
      order = namespace.compareTo(other.namespace);
    }
    if (order == 0) {
      order = scope.compareTo(other.scope);
    }
    if (order == 0) {
      order = kind.compareTo(other.kind);
    }
    if (order == 0) {
      order = Long.compare(length(window), length(other.window));
    }
    return order != 0 ? order : zone(window).compareTo(zone(other.window));
  }

  /** {@return the zone of a calendar window, and of a sliding one what is no zone's} */
  private static String zone(@Nullable Window window) {
    return window instanceof Window.Calendar calendar ? calendar.zone().getId() : "";
  }

  private static long length(@Nullable Window window) {
    return window == null ? 0 : window.length().toMillis();
  }

  @Override
  public boolean equals(Object object) {
    return this == object
        || (object instanceof CounterId other
            && hash == other.hash
            && kind == other.kind
            && name.equals(other.name)
            && namespace.equals(other.namespace)
            && scope.equals(other.scope)
            && Objects.equals(window, other.window));
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return "CounterId["
        + String.join(", ", namespace, name, scope, window == null ? kind.name() : span())
        + "]";
  }
}
