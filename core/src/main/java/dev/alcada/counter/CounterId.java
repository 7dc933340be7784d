package dev.alcada.counter;

import dev.alcada.time.Window;
import java.util.Objects;

/**
 * What a counter is apart from the values it counts by: limits with equal identity share their
 * counts. The decimal places of amounts and the maximum are no part of it. Immutable; keep one
 * instance for many calls, since stores recognise it fastest by reference.
 */
public final class CounterId implements Comparable<CounterId> {
  private final String namespace;
  private final String name;
  private final String scope;
  private final Window window;
  private final int hash;

  private CounterId(String namespace, String name, String scope, Window window) {
    this.namespace = Objects.requireNonNull(namespace, "namespace");
    this.name = Objects.requireNonNull(name, "name");
    this.scope = Objects.requireNonNull(scope, "scope");
    this.window = Objects.requireNonNull(window, "window");
    this.hash = Objects.hash(namespace, name, scope, window);
  }

  /**
   * Returns an identity.
   *
   * @param namespace keeps apart what must never share: the named counters of documents, the
   *     shorthand limits of tools, and those that only report
   * @param name the counter's name within its namespace
   * @param scope what it counts by, for example {@code grant} or {@code args.payer.document}
   * @param window the span of time it looks back on
   */
  public static CounterId of(String namespace, String name, String scope, Window window) {
    return new CounterId(namespace, name, scope, window);
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

  /** {@return the span of time it looks back on} */
  public Window window() {
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
   * }</pre>
   *
   * <p>The parts are the number of the format, namespace, name, scope, and the window: {@code
   * sliding} or {@code calendar}, its length in milliseconds, and a calendar's zone. Each part but
   * the number is written as {@code /}, its length in characters, {@code :} and itself. Printable
   * ASCII stands for itself; a backslash and every other UTF-16 code unit is a backslash and four
   * hexadecimal digits, so that no encoding makes two texts alike.
   */
  public String text() {
    StringBuilder text = new StringBuilder("1");
    CounterText.append(text, namespace);
    CounterText.append(text, name);
    CounterText.append(text, scope);
    long millis = window.length().toMillis();
    CounterText.append(
        text,
        window instanceof Window.Calendar calendar
            ? "calendar " + millis + " " + calendar.zone().getId()
            : "sliding " + millis);
    return text.toString();
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
      order = window.length().compareTo(other.window.length());
    }
    return order != 0 ? order : zone(window).compareTo(zone(other.window));
  }

  /** {@return the zone of a calendar window, and of a sliding one what is no zone's} */
  private static String zone(Window window) {
    return window instanceof Window.Calendar calendar ? calendar.zone().getId() : "";
  }

  @Override
  public boolean equals(Object object) {
    return this == object
        || (object instanceof CounterId other
            && hash == other.hash
            && name.equals(other.name)
            && namespace.equals(other.namespace)
            && scope.equals(other.scope)
            && window.equals(other.window));
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return "CounterId[" + String.join(", ", namespace, name, scope, window.toString()) + "]";
  }
}
