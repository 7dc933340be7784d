package dev.alcada.decision;

import dev.alcada.internal.value.ArgumentCopy;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * On whose behalf a tool is called, as the host knows it. Immutable: every method that sets
 * something returns a new caller.
 *
 * <p>An identity is never what a client says of itself: grant, session and client come from what
 * the host has authenticated.
 */
public final class Caller {
  private final String grant;
  private final @Nullable String session;
  private final @Nullable String client;
  private final Map<String, @Nullable Object> attributes;

  /** What the attributes are of the bounds of a call, or {@code null} if they are over one. */
  private final @Nullable Size size;

  private record Size(int nodes, int text) {}

  /**
   * The last judgement that hangs on nothing of a call but its caller. Threads race for it, which
   * is safe because judgements are immutable, and right because it is looked at before it is used.
   */
  private @Nullable Judgement last;

  private Caller(
      String grant,
      @Nullable String session,
      @Nullable String client,
      Map<String, @Nullable Object> attributes,
      @Nullable Size size) {
    this.grant = grant;
    this.session = session;
    this.client = client;
    this.attributes = attributes;
    this.size = size;
  }

  /**
   * Returns a caller known by its grant: the principal whose permission is used.
   *
   * @param grant the grant; a blank text is no grant, and every call made with it is denied
   */
  public static Caller grant(String grant) {
    return new Caller(Objects.requireNonNull(grant, "grant"), null, null, Map.of(), new Size(0, 0));
  }

  /** {@return the grant; blank if there is none} */
  public String grant() {
    return grant;
  }

  /**
   * Returns this caller in a session.
   *
   * @param session the session, as the host or its transport made it
   */
  public Caller session(String session) {
    return new Caller(grant, Objects.requireNonNull(session, "session"), client, attributes, size);
  }

  /** {@return the session, or {@code null} if the host gave none} */
  public @Nullable String session() {
    return session;
  }

  /**
   * Returns this caller with its authenticated client.
   *
   * @param client the client as the host authenticated it, never as it names itself
   */
  public Caller client(String client) {
    return new Caller(grant, session, Objects.requireNonNull(client, "client"), attributes, size);
  }

  /** {@return the authenticated client, or {@code null} if the host gave none} */
  public @Nullable String client() {
    return client;
  }

  /**
   * Returns this caller with an attribute, which a policy reads as {@code context.<name>}. The
   * value is copied as {@linkplain ToolCall#of arguments} are, within the same bounds; a caller
   * with more keeps the attributes it had, and every call made with it is denied as too large.
   *
   * @param name the attribute's name
   * @param value a value that JSON has: {@code null}, {@link Boolean}, {@link String}, a number, or
   *     a list or map of those
   */
  public Caller attribute(String name, @Nullable Object value) {
    Map<String, @Nullable Object> copy = new LinkedHashMap<>(attributes);
    try {
      ArgumentCopy counted = counted();
      counted.count(Objects.requireNonNull(name, "name"));
      copy.put(name, counted.value(value, 1));
      return new Caller(
          grant,
          session,
          client,
          Collections.unmodifiableMap(copy),
          new Size(counted.nodes(), counted.text()));
    } catch (ArgumentCopy.TooLargeException e) {
      return new Caller(grant, session, client, attributes, null);
    }
  }

  /** Returns a copy begun with what the attributes and names of this caller amount to. */
  ArgumentCopy counted() throws ArgumentCopy.TooLargeException {
    if (size == null) {
      throw new ArgumentCopy.TooLargeException();
    }
    return new ArgumentCopy(size.nodes(), size.text());
  }

  /** {@return the attributes by name; deeply unmodifiable} */
  public Map<String, @Nullable Object> attributes() {
    return attributes;
  }

  /** {@return the grant and the names of the attributes, without what they hold} */
  @Override
  public String toString() {
    return "Caller[grant=" + grant + ", attributes=" + attributes.keySet() + "]";
  }

  /** {@return the last judgement if that plan made it, or {@code null}} */
  @Nullable Judgement last(ToolPlan plan) {
    Judgement judgement = last;
    return judgement != null && judgement.isOf(plan) ? judgement : null;
  }

  /** Keeps a judgement that would be the same for every call of this caller. */
  Judgement keep(Judgement judgement) {
    last = judgement;
    return judgement;
  }
}
